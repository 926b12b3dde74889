"""Dates, times, datetimes, timedeltas, durations, values of other calendars."""

import datetime

from . import zones
from .model import Calendar, Duration, FarDate, FarDateTime, NamedZone
from .reader import PART, Rejected, reads
from .tags import CALENDARS
from .times import DAY_NS, date_of, datetime_of, delta_of, time_of

_UTC = datetime.timezone.utc
_NS = (1_000_000_000, 1_000_000, 1000, 1)  # of a resolution
_LONGEST_NS = 2**53 * 1_000_000_000


@reads("DATE16")
def _date16(r, at, n, role):
    return date_of(r.uint(2, at))


@reads("DATE")
def _date(r, at, n, role):
    days = r.int()
    if not -100000001 <= days <= 100000000:
        raise Rejected("invalid_date", at)
    return date_of(days)


def _zone(r, kind, at):
    if kind == 0:
        return None
    if kind > 4:
        raise Rejected("invalid_time_zone", at)
    content = [r.str() if kind == 3 else r.int()]
    if kind == 4:
        content.append(r.str())
    zone = zones.make(kind, *content)
    if zone is None:
        raise Rejected("invalid_time_zone", at)
    return zone


@reads("TIME")
def _time(r, at, n, role):
    word = r.uint(3, at)
    second, fold, resolution, kind = word & 0x1FFFF, word >> 17 & 1, word >> 18 & 3, word >> 20 & 7
    if word >> 23:
        raise Rejected("invalid_value", at)
    fraction = r.uint((0, 2, 3, 4)[resolution], at) * _NS[resolution]
    if second >= 86400 or fraction >= 1_000_000_000:
        raise Rejected("invalid_time", at)
    return time_of(second * 1_000_000_000 + fraction, _zone(r, kind, at), fold)


@reads("DTN_S", "DTU_S", "DTN_US", "DTU_US")
def _datetime(r, at, n, role):
    tag = r.data[at]
    wall = r.uint(4, at) * 1_000_000_000 if tag < 0xF2 else r.sint(7, at) * 1000
    return datetime_of(wall, _UTC if tag & 1 else None, 0)


@reads("DTX")
def _dtx(r, at, n, role):
    header = r.uint(1, at)
    if header >> 6:
        raise Rejected("invalid_value", at)
    wall = r.int() * _NS[header >> 1 & 3]
    if not -100000001 <= wall // DAY_NS <= 100000000:
        raise Rejected("invalid_date", at)
    return datetime_of(wall, _zone(r, header >> 3 & 7, at), header & 1)


@reads("TD")
def _td(r, at, n, role):
    unit = r.uint(1, at)
    if unit > 4:
        raise Rejected("invalid_value", at)
    nanoseconds = r.int() * (DAY_NS, *_NS)[unit]
    if abs(nanoseconds) >= _LONGEST_NS:
        raise Rejected("invalid_time", at)
    return delta_of(nanoseconds)


_UNITS_NS = (DAY_NS, 3600 * _NS[0], 60 * _NS[0], *_NS)  # days to nanoseconds


@reads("DURATION")
def _duration(r, at, n, role):
    mask = r.uint(2, at)
    if mask >> 10:
        raise Rejected("invalid_value", at)
    fields = [r.int() if mask >> i & 1 else 0 for i in range(10)]
    if any(not _is_double(field) for field in fields):
        raise Rejected("invalid_value", at)
    total = sum(field * unit for field, unit in zip(fields[3:], _UNITS_NS))
    if (
        min(fields) < 0 < max(fields)
        or any(abs(field) >= 1 << 32 for field in fields[:3])
        or abs(total) >= _LONGEST_NS
    ):
        raise Rejected("invalid_time", at)
    return Duration(*fields) if any(fields[:3]) else delta_of(total)


def _is_double(integer):
    try:
        return int(float(integer)) == integer
    except OverflowError:
        return False


@reads("CALENDAR")
def _calendar(r, at, n, role):
    form = r.uint(1, at)
    if form > 2:
        raise Rejected("invalid_value", at)
    name = r.str().lower()
    start = r.at
    if r.peek() not in ("DATE16", "XT", "DTN_S", "DTN_US", "DTX"):
        raise Rejected("invalid_value", start)
    if r.data[start] == 0xF8:
        if start + 1 >= r.end:
            raise Rejected("truncated", start)
        if r.data[start + 1] != 0x16:
            raise Rejected("invalid_value", start)
    value = r.value(PART)
    if name not in CALENDARS:
        raise Rejected("invalid_date", at)
    if not isinstance(value, (datetime.date, FarDate)) or isinstance(value, datetime.datetime):
        if form:
            raise Rejected("invalid_value", at)
        _check_moment(value, at)
    return value if form == 0 and name == "iso8601" else Calendar(form, name, value)


def _check_moment(moment, at):
    zone = zones.describe(moment.tzinfo)
    is_shown = moment.fold == 0
    if zone[0] == 3:
        is_shown = not isinstance(moment.tzinfo, NamedZone) and _is_on_clocks(moment)
    if zone == (1, 0) or zone[0] == 4 or (zone[0] == 1 and zone[1] % 60_000_000) or not is_shown:
        raise Rejected("invalid_value", at)


def _is_on_clocks(moment):
    if isinstance(moment, FarDateTime):
        return True
    try:
        back = moment.astimezone(_UTC).astimezone(moment.tzinfo)
    except OverflowError:
        return True
    return back.replace(tzinfo=None) == moment.replace(tzinfo=None) and back.fold == moment.fold
