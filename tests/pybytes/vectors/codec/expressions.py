"""The names that the Python expressions of the vectors may use."""

import array
import collections
import datetime
import decimal
import fractions
import functools
import pathlib
import struct
import uuid

from .floats import float_of
from .model import (
    UNDEFINED,
    ZERO_OFFSET,
    Calendar,
    Duration,
    Extension,
    FarDate,
    FarDateTime,
    FarDecimal,
    FarDelta,
    FarTime,
    JsMap,
    NamedZone,
    RawPath,
    Record,
    View,
)
from .read_scalars import decimal_of
from .write import encode
from .zones import zone_of


def nested(depth):
    """Empty lists in one another."""
    return functools.reduce(lambda inner, _: [inner], range(depth), [])


def ordered(value):
    """The value with every dict in it in the order of the canonical form: that of the keys' bytes."""
    kind = type(value)
    if kind in (dict, collections.Counter):
        return kind({key: ordered(value[key]) for key in sorted(value, key=encode)})
    return kind(map(ordered, value)) if kind in (list, tuple) else value


NAMES = {
    "array": array,
    "collections": collections,
    "datetime": datetime,
    "decimal": decimal,
    "fractions": fractions,
    "functools": functools,
    "pathlib": pathlib,
    "struct": struct,
    "uuid": uuid,
    "Decimal": decimal.Decimal,
    "timedelta": datetime.timedelta,
    "timezone": datetime.timezone,
    "UTC": datetime.timezone.utc,
    "zone": zone_of,
    "float_of": float_of,
    "nested": nested,
    "ordered": ordered,
    "decimal_of": decimal_of,
    "UNDEFINED": UNDEFINED,
    "ZERO_OFFSET": ZERO_OFFSET,
    "Calendar": Calendar,
    "Duration": Duration,
    "Extension": Extension,
    "FarDate": FarDate,
    "FarDateTime": FarDateTime,
    "FarDecimal": FarDecimal,
    "FarDelta": FarDelta,
    "FarTime": FarTime,
    "JsMap": JsMap,
    "NamedZone": NamedZone,
    "RawPath": RawPath,
    "Record": Record,
    "View": View,
}


def evaluate(expression):
    """The value of a vector's expression."""
    return eval(expression, {"__builtins__": __builtins__, **NAMES})
