"""The canonical encoder: one document for each value."""

import collections
import datetime
import decimal
import pathlib
import uuid

from .model import (
    UNDEFINED,
    Calendar,
    Duration,
    Extension,
    FarDate,
    FarDateTime,
    FarDecimal,
    FarDelta,
    FarTime,
    JsMap,
    RawPath,
    Record,
    View,
    view_of,
)
from .tags import ELEMENTS, FIRST, FIXBYTES_LENGTHS
from .write_scalars import (
    NoCanonicalForm,
    float_bytes,
    has_pair,
    int_bytes,
    length,
    part_bytes,
    str_bytes,
    subtype_bytes,
)
from .write_times import (
    calendar_bytes,
    date_bytes,
    datetime_bytes,
    delta_bytes,
    duration_bytes,
    time_bytes,
)


def encode(value):
    """The canonical document of a value."""
    out = bytearray()
    _write(out, value, False)
    return bytes(out)


def _document(value):
    """A key or member as a document of its own."""
    out = bytearray()
    _write(out, value, True)
    return bytes(out)


def _write(out, value, is_inside):
    """Appends a value; is_inside says whether it is in a key or a set, where positions are not known."""
    kind = type(value)
    if kind in _SIMPLE:
        out += _SIMPLE[kind](value)
    elif kind is list:
        _sized(out, "FIXLIST", 15, "LISTV", len(value))
        _members(out, value, is_inside)
    elif kind is dict or kind is JsMap:
        _dict(out, value, is_inside)
    elif kind is collections.Counter:
        out += subtype_bytes("COUNTER")
        _dict(out, value, is_inside)
    elif kind is collections.OrderedDict:
        out += subtype_bytes("ORDERED_DICT")
        _sized(out, "FIXDICT", 11, "DICTV", len(value))
        for key in value:
            out += _document(key)
        _members(out, value.values(), is_inside)
    elif kind in (set, frozenset):
        out.append(FIRST["SET" if kind is set else "FSET"])
        out += length(len(value))
        for document in sorted(map(_document, value)):
            out += document
    elif kind is Record or isinstance(value, tuple) and hasattr(value, "_fields"):
        name, fields = (
            (value.name, value.fields) if kind is Record else (kind.__name__, value._fields)
        )
        out += subtype_bytes("NAMED_TUPLE") + part_bytes(name)
        _sized(out, "FIXDICT", 11, "DICTV", len(fields))
        for field in fields:
            out += part_bytes(field)
        _members(out, value.values if kind is Record else value, is_inside)
    elif kind is tuple:
        _sized(out, "FIXTUPLE", 7, "TUPLEV", len(value))
        _members(out, value, is_inside)
    elif kind is collections.deque:
        out += (
            subtype_bytes("DEQUE")
            if value.maxlen is None
            else subtype_bytes("DEQUE_MAX") + int_bytes(value.maxlen)
        )
        _sized(out, "FIXLIST", 15, "LISTV", len(value))
        _members(out, value, is_inside)
    elif kind is collections.ChainMap:
        out += subtype_bytes("CHAIN_MAP")
        _sized(out, "FIXLIST", 15, "LISTV", len(value.maps))
        _members(out, value.maps, is_inside)
    elif kind is Extension:
        is_bytes = type(value.content) is bytes
        out.append(FIRST["EXTB" if is_bytes else "EXTV"])
        out += length(value.id)
        if is_bytes:
            out += length(len(value.content)) + value.content
        else:
            _write(out, value.content, is_inside)
    elif kind in (View, memoryview):
        _view(out, value if kind is View else view_of(value), is_inside)
    elif isinstance(value, pathlib.PurePath) or kind is RawPath:
        name, text = (value.kind, value.text) if kind is RawPath else (kind.__name__, str(value))
        out += subtype_bytes(_PATHS[name]) + part_bytes(text)
    else:
        raise TypeError(f"no value of the format: {value!r}")


_PATHS = {
    "PurePosixPath": "PURE_POSIX_PATH",
    "PureWindowsPath": "PURE_WINDOWS_PATH",
    "PosixPath": "POSIX_PATH",
    "WindowsPath": "WINDOWS_PATH",
}


def _members(out, members, is_inside):
    for member in members:
        _write(out, member, is_inside)


def _sized(out, fixed, most, variable, count):
    if count <= most:
        out.append(FIRST[fixed] + count)
    else:
        out.append(FIRST[variable])
        out += length(count - most - 1)


def _dict(out, value, is_inside):
    _sized(out, "FIXDICT", 11, "DICTV", len(value))
    pairs = (
        sorted((_document(key), key) for key in value)
        if len(value) < 2
        else sorted(((_document(key), key) for key in value), key=lambda pair: pair[0])
    )
    for document, _ in pairs:
        out += document
    for _, key in pairs:
        _write(out, value[key], is_inside)


def _view(out, view, is_inside):
    if view.read_only:
        out += subtype_bytes("READ_ONLY")
    types = {known: type for type, known in ELEMENTS.items()}
    type = types.get((view.format, view.item_size), 31)
    kind = 3 if len(view.shape) == 1 else 4
    out += bytes((FIRST["PACK"], 32 * kind + type))
    if type == 31:
        format = view.format.encode("latin-1")
        out += length(len(format)) + format + length(view.item_size)
    if kind == 4:
        out += length(len(view.shape))
    for count in view.shape:
        out += length(count)
    unit = 8 if type == 31 else view.item_size
    if len(view.data) >= 64 and unit > 1:
        if is_inside:
            raise NoCanonicalForm("a padded memoryview in a key or a set")
        out += bytes(-len(out) % unit)
    out += view.data


def _bytes(value):
    if len(value) in FIXBYTES_LENGTHS:
        return bytes((FIRST["FIXBYTES"] + FIXBYTES_LENGTHS.index(len(value)),)) + value
    return bytes((FIRST["BYTESV"],)) + length(len(value) - 9) + value


def _str(value):
    if not has_pair(value):
        return str_bytes(value)
    points = b"".join(ord(character).to_bytes(3, "little") for character in value)
    return subtype_bytes("CODE_POINTS") + length(len(value)) + points


def _range(value):
    if value.step != 1:
        return subtype_bytes("RANGE3") + b"".join(
            map(int_bytes, (value.start, value.stop, value.step))
        )
    if value.start != 0:
        return subtype_bytes("RANGE2") + int_bytes(value.start) + int_bytes(value.stop)
    return subtype_bytes("RANGE1") + int_bytes(value.stop)


def _decimal(value):
    if type(value) is FarDecimal:
        sign, coefficient, exponent = value.sign, value.coefficient, value.exponent
    else:
        sign, digits, exponent = value.as_tuple()
        coefficient = int("".join(map(str, digits)) or "0")
    head = sign << 7
    if exponent == "F":
        return bytes((FIRST["DEC"], head | 0x7C))
    if exponent in ("n", "N"):
        head |= 0x7D if exponent == "n" else 0x7E
        return bytes((FIRST["DEC"], head)) + int_bytes(coefficient)
    if -64 <= exponent <= 59:
        return bytes((FIRST["DEC"], head | exponent + 64)) + int_bytes(coefficient)
    return bytes((FIRST["DEC"], head | 0x7F)) + int_bytes(exponent) + int_bytes(coefficient)


def _complex(value):
    return bytes((FIRST["COMPLEX"],)) + float_bytes(value.real) + float_bytes(value.imag)


_SIMPLE = {
    type(None): lambda value: bytes((FIRST["NONE"],)),
    bool: lambda value: bytes((FIRST["TRUE" if value else "FALSE"],)),
    type(...): lambda value: bytes((FIRST["ELLIPSIS"],)),
    type(UNDEFINED): lambda value: subtype_bytes("UNDEFINED"),
    int: int_bytes,
    float: float_bytes,
    complex: _complex,
    str: _str,
    bytes: _bytes,
    bytearray: lambda value: bytes((FIRST["BARR"],)) + length(len(value)) + value,
    range: _range,
    uuid.UUID: lambda value: bytes((FIRST["UUID"],)) + value.bytes,
    decimal.Decimal: _decimal,
    FarDecimal: _decimal,
    datetime.date: date_bytes,
    FarDate: date_bytes,
    datetime.time: time_bytes,
    FarTime: time_bytes,
    datetime.datetime: datetime_bytes,
    FarDateTime: datetime_bytes,
    datetime.timedelta: delta_bytes,
    FarDelta: delta_bytes,
    Duration: duration_bytes,
    Calendar: calendar_bytes,
}
