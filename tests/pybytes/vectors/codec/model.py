"""Values of the format that Python has no type for.

Everything else is CPython's own object. Where Python's type is only too small (a year 10000, a
nanosecond), the classes that start with Far stand in for it.
"""

import datetime
from dataclasses import dataclass


class Undefined:
    """JavaScript's `undefined`; there is one, `UNDEFINED`."""

    def __repr__(self):
        return "UNDEFINED"


UNDEFINED = Undefined()


@dataclass
class Extension:
    """A value of a user type: its id and its content."""

    id: int
    content: object


@dataclass(frozen=True)
class View:
    """A memoryview of any format, also of those that `memoryview` cannot be made of."""

    format: str
    item_size: int
    shape: tuple
    data: bytes
    read_only: bool = False


def view_of(view):
    """A `memoryview` as a View."""
    return View(view.format, view.itemsize, tuple(view.shape), view.tobytes(), view.readonly)


@dataclass(frozen=True)
class Duration:
    """A Temporal.Duration with years, months or weeks."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0
    milliseconds: int = 0
    microseconds: int = 0
    nanoseconds: int = 0

    def fields(self):
        """The ten fields in the order of the format."""
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)


@dataclass(frozen=True)
class Calendar:
    """A date or datetime (form 0), a year and month (1), a month and day (2) of a calendar."""

    form: int
    name: str
    value: object


class JsMap(dict):
    """A dict that JavaScript holds as a `Map`."""

    __hash__ = None


@dataclass(frozen=True)
class Record:
    """A named tuple with names that `collections.namedtuple` refuses."""

    name: str
    fields: tuple
    values: tuple


@dataclass(frozen=True)
class RawPath:
    """A path of a class of `pathlib` that this host lacks, or whose text Python would normalise."""

    kind: str
    text: str


@dataclass(frozen=True)
class FarDate:
    """A date outside the years 1 to 9999: days since 1970-01-01."""

    days: int


@dataclass(frozen=True)
class FarTime:
    """A time with nanoseconds: nanoseconds of the day, zone, fold."""

    nanoseconds: int
    tzinfo: object = None
    fold: int = 0


@dataclass(frozen=True)
class FarDateTime:
    """A datetime with nanoseconds or a far year: wall time in nanoseconds since 1970, zone, fold."""

    nanoseconds: int
    tzinfo: object = None
    fold: int = 0


@dataclass(frozen=True)
class FarDelta:
    """A timedelta with nanoseconds or of more than 999999999 days: its nanoseconds."""

    nanoseconds: int


@dataclass(frozen=True)
class FarDecimal:
    """A Decimal beyond the limits of the `decimal` module."""

    sign: int
    coefficient: int
    exponent: object


class NamedZone(datetime.tzinfo):
    """A time zone key that this host has no data for."""

    def __init__(self, key):
        self.key = key

    def utcoffset(self, moment):
        return None

    def dst(self, moment):
        return None

    def tzname(self, moment):
        return self.key

    def __repr__(self):
        return f"NamedZone({self.key!r})"


class ZeroOffset(datetime.tzinfo):
    """A fixed offset of zero minutes, which is not UTC for JavaScript; there is one, `ZERO_OFFSET`."""

    def utcoffset(self, moment):
        return datetime.timedelta(0)

    def dst(self, moment):
        return None

    def tzname(self, moment):
        return "+00:00"

    def __repr__(self):
        return "ZERO_OFFSET"


ZERO_OFFSET = ZeroOffset()
