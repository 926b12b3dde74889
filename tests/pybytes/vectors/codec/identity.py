"""What two values have in common that are the same type for type and bit for bit."""

import collections
import datetime
import decimal
import pathlib
import struct

from .model import Calendar, Extension, FarDateTime, FarTime, Record, View, view_of
from .zones import describe


def same(a, b):
    """Whether two values are the same: types, float bits, fold, zones, the order of dicts."""
    return identity(a) == identity(b)


def identity(value):
    """A flat list of what a value is, equal for the same values only."""
    out = []
    _add(out, value)
    return out


def _add(out, value):
    kind = type(value)
    if kind is memoryview:
        value, kind = view_of(value), View
    out.append(kind.__name__)
    if kind is float:
        out.append(struct.pack("<d", value))
    elif kind is complex:
        out.append(struct.pack("<dd", value.real, value.imag))
    elif kind is decimal.Decimal:
        out.append(value.as_tuple())
    elif kind in (list, tuple, collections.deque):
        out.append(len(value))
        out.append(value.maxlen if kind is collections.deque else None)
        for item in value:
            _add(out, item)
    elif kind in (set, frozenset):
        out.append(len(value))
        for member in sorted((identity(member) for member in value), key=repr):
            out += member
    elif isinstance(value, dict):
        out.append(len(value))
        for key, item in value.items():
            _add(out, key)
            _add(out, item)
    elif kind is collections.ChainMap:
        _add(out, list(value.maps))
    elif hasattr(value, "_fields") and isinstance(value, tuple):
        out.append(value._fields)
        for item in value:
            _add(out, item)
    elif kind is Record:
        out += (value.name, value.fields)
        _add(out, value.values)
    elif kind is Extension:
        out.append(value.id)
        _add(out, value.content)
    elif kind is Calendar:
        out += (value.form, value.name)
        _add(out, value.value)
    elif kind in (datetime.time, datetime.datetime):
        out += (str(value.replace(tzinfo=None)), value.fold, describe(value.tzinfo))
    elif kind in (FarTime, FarDateTime):
        out += (value.nanoseconds, value.fold, describe(value.tzinfo))
    elif kind is range:
        out += (value.start, value.stop, value.step)
    elif isinstance(value, pathlib.PurePath):
        out.append(str(value))
    else:
        out.append(value)
