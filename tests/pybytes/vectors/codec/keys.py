"""When two keys are one, and what cannot be a key: the section Keys of FORMAT.md."""

import collections
import datetime
import decimal
import math
import pathlib
import uuid

from .model import (
    Calendar,
    Duration,
    Extension,
    FarDate,
    FarDateTime,
    FarDecimal,
    FarDelta,
    FarTime,
    NamedZone,
    RawPath,
    Record,
    View,
)
from .times import days_of, delta_ns, time_ns, wall_ns
from .zones import describe

_ATOMS = (type(None), type(...), Extension)
_PATHS = {
    "PurePosixPath": pathlib.PurePosixPath,
    "PosixPath": pathlib.PurePosixPath,
    "PureWindowsPath": pathlib.PureWindowsPath,
    "WindowsPath": pathlib.PureWindowsPath,
}


class Unhashable(Exception):
    """Raised for a value that cannot be a key."""


def token(value):
    """What equal keys have in common; hashable."""
    kind = type(value)
    if kind in (bool, int, float, complex, decimal.Decimal, FarDecimal):
        return _number(value)
    if kind is str:
        return ("str", value)
    if kind is bytes:
        return ("bytes", value)
    if kind is View:
        return _view(value)
    if kind is Record:
        return ("tuple", *map(token, value.values))
    if isinstance(value, tuple):
        return ("tuple", *map(token, value))
    if kind is frozenset:
        return ("frozenset", frozenset(map(token, value)))
    if kind is range:
        return (
            "range",
            len_of(value),
            *((value.start,) if len_of(value) else ()),
            *((value.step,) if len_of(value) > 1 else ()),
        )
    if kind is RawPath:
        return ("path", _PATHS[value.kind](value.text))
    if isinstance(value, pathlib.PurePath):
        return ("path", _PATHS[kind.__name__](str(value)))
    if kind in (datetime.timedelta, FarDelta):
        return ("timedelta", delta_ns(value))
    if kind in (datetime.date, FarDate):
        return ("date", days_of(value))
    if kind in (datetime.time, FarTime):
        return _time(value)
    if kind in (datetime.datetime, FarDateTime):
        return _datetime(value)
    if kind is Calendar:
        return ("calendar", value.form, value.name, token(value.value))
    if kind in (
        list,
        dict,
        set,
        bytearray,
        collections.deque,
        collections.OrderedDict,
        collections.Counter,
        collections.ChainMap,
        Extension,
    ) or isinstance(value, dict):
        raise Unhashable
    if kind in (uuid.UUID, Duration):
        return (kind.__name__, value)
    return ("atom", repr(value))


def len_of(value):
    """The length of a range, also one that `len` finds too long."""
    span = value.stop - value.start
    return max(0, -(-span // value.step))


def _number(value):
    if isinstance(value, complex):
        if value.imag == 0:
            return _number(value.real)
        return ("complex", _number(value.real), _number(value.imag))
    if isinstance(value, FarDecimal):
        if value.exponent in ("n", "N"):
            return _decimal_nan(value.sign, value.coefficient, value.exponent)
        return _exact(value.sign, value.coefficient, value.exponent)
    if isinstance(value, float) and not math.isfinite(value):
        return ("nan",) if value != value else ("infinity", value < 0)
    if isinstance(value, (float, decimal.Decimal)):
        sign, digits, exponent = decimal.Decimal(value).as_tuple()
        if exponent == "F":
            return ("infinity", bool(sign))
        coefficient = int("".join(map(str, digits)) or "0")
        if exponent in ("n", "N"):
            return _decimal_nan(sign, coefficient, exponent)
        return _exact(sign, coefficient, exponent)
    return _exact(int(value < 0), abs(int(value)), 0)


def _decimal_nan(sign, payload, exponent):
    if exponent == "N":
        raise Unhashable
    return ("decimal nan", sign, payload)


def _exact(sign, coefficient, exponent):
    if coefficient == 0:
        return ("number", 0, 0, 0)
    while coefficient % 10 == 0:
        coefficient //= 10
        exponent += 1
    return ("number", sign, coefficient, exponent)


def _view(view):
    one = len(view.shape) == 1
    if view.format != "B" or not (view.read_only or one and view.item_size == 1):
        raise Unhashable
    return ("bytes", view.data) if one else ("view", view.shape, view.data)


def _time(value):
    zone = describe(value.tzinfo)
    if zone[0] in (0, 3):
        return ("time", time_ns(value))
    return ("aware time", time_ns(value) - _offset_ns(zone))


def _datetime(value):
    zone = describe(value.tzinfo)
    wall = wall_ns(value)
    if zone[0] == 0:
        return ("datetime", wall)
    if zone[0] != 3:
        return ("moment", wall - _offset_ns(zone))
    if isinstance(value.tzinfo, NamedZone) or isinstance(value, FarDateTime):
        return ("elsewhere", wall, zone[1])
    return ("moment", wall - delta_ns(value.replace(fold=0).utcoffset()))


def _offset_ns(zone):
    return zone[1] * (60_000_000_000 if zone[0] == 2 else 1000)
