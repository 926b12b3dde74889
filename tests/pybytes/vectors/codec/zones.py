"""Time zones: CPython's objects on one side, kind and content on the other."""

import datetime
import zoneinfo

from .model import ZERO_OFFSET, NamedZone, ZeroOffset

_MICROSECOND = datetime.timedelta(microseconds=1)
DAY_US = 86_400_000_000


def zone_of(key):
    """The ZoneInfo of a key, a NamedZone where this host has no data for it."""
    try:
        return zoneinfo.ZoneInfo(key)
    except (ValueError, OSError, KeyError):
        return NamedZone(key)


def describe(zone):
    """Kind and content of a `tzinfo`, as the canonical form writes them."""
    if zone is None:
        return (0,)
    if isinstance(zone, ZeroOffset):
        return (2, 0)
    if isinstance(zone, (zoneinfo.ZoneInfo, NamedZone)):
        return (3, zone.key)
    arguments = zone.__getinitargs__()
    offset = arguments[0] // _MICROSECOND
    if len(arguments) == 2:
        return (4, offset, arguments[1])
    if offset == 0 or offset % 60_000_000:
        return (1, offset)
    return (2, offset // 60_000_000)


def make(kind, *content):
    """The `tzinfo` of kind and content, or None if there is none such."""
    if kind == 3:
        return zone_of(content[0]) if content[0] else None
    offset = content[0] * (60_000_000 if kind == 2 else 1)
    if abs(offset) >= DAY_US:
        return None
    if kind == 2 and offset == 0:
        return ZERO_OFFSET
    return datetime.timezone(datetime.timedelta(microseconds=offset), *content[1:])
