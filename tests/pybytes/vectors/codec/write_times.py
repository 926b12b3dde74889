"""The canonical form of dates, times, datetimes, timedeltas, durations and calendars."""

import datetime

from .model import FarDate
from .tags import FIRST
from .times import DAY_NS, days_of, delta_ns, time_ns, wall_ns
from .write_scalars import int_bytes, part_bytes, subtype_bytes
from .zones import describe


def date_bytes(value):
    """A date."""
    days = days_of(value)
    if 0 <= days <= 0xFFFF:
        return bytes((FIRST["DATE16"],)) + days.to_bytes(2, "little")
    return subtype_bytes("DATE") + int_bytes(days)


def _zone(zone):
    content = b"" if zone[0] == 0 else part_bytes(zone[1]) if zone[0] == 3 else int_bytes(zone[1])
    return content + part_bytes(zone[2]) if zone[0] == 4 else content


_RESOLUTIONS_NS = (1_000_000_000, 1_000_000, 1000, 1)


def _resolution(nanoseconds):
    return next(i for i, unit in enumerate(_RESOLUTIONS_NS) if nanoseconds % unit == 0)


def time_bytes(value):
    """A time."""
    zone = describe(value.tzinfo)
    second, fraction = divmod(time_ns(value), 1_000_000_000)
    resolution = _resolution(fraction)
    word = second | value.fold << 17 | resolution << 18 | zone[0] << 20
    size = (0, 2, 3, 4)[resolution]
    return (
        bytes((FIRST["TIME"],))
        + word.to_bytes(3, "little")
        + (fraction // _RESOLUTIONS_NS[resolution]).to_bytes(size, "little")
        + _zone(zone)
    )


def datetime_bytes(value):
    """A datetime."""
    zone = describe(value.tzinfo)
    wall = wall_ns(value)
    if value.fold == 0 and zone in ((0,), (1, 0)):
        utc = int(zone == (1, 0))
        if wall % 1_000_000_000 == 0 and 0 <= wall < 1_000_000_000 << 32:
            return bytes((FIRST["DTN_S"] + utc,)) + (wall // 1_000_000_000).to_bytes(4, "little")
        if wall % 1000 == 0 and -1 << 55 <= wall // 1000 < 1 << 55:
            return bytes((FIRST["DTN_US"] + utc,)) + (wall // 1000).to_bytes(
                7, "little", signed=True
            )
    resolution = _resolution(wall)
    header = value.fold | resolution << 1 | zone[0] << 3
    return (
        bytes((FIRST["DTX"], header)) + int_bytes(wall // _RESOLUTIONS_NS[resolution]) + _zone(zone)
    )


def delta_bytes(value):
    """A timedelta."""
    nanoseconds = delta_ns(value)
    units = (DAY_NS, *_RESOLUTIONS_NS)
    unit = next(i for i, unit in enumerate(units) if nanoseconds % unit == 0)
    return bytes((FIRST["TD"], unit)) + int_bytes(nanoseconds // units[unit])


def duration_bytes(value):
    """A Temporal.Duration."""
    fields = value.fields()
    mask = sum(1 << i for i, field in enumerate(fields) if field)
    return (
        subtype_bytes("DURATION")
        + mask.to_bytes(2, "little")
        + b"".join(int_bytes(field) for field in fields if field)
    )


def calendar_bytes(value):
    """A value of another calendar."""
    is_date = type(value.value) in (datetime.date, FarDate)
    return (
        subtype_bytes("CALENDAR")
        + bytes((value.form,))
        + part_bytes(value.name)
        + (date_bytes if is_date else datetime_bytes)(value.value)
    )
