"""Dates, times and timedeltas as the integers that the format writes, and back."""

import datetime

from .model import FarDate, FarDateTime, FarDelta, FarTime

EPOCH = datetime.date(1970, 1, 1)
DAY_NS = 86_400_000_000_000
_MICROSECOND = datetime.timedelta(microseconds=1)
_FIRST = (datetime.date.min - EPOCH).days
_LAST = (datetime.date.max - EPOCH).days
_LONGEST_US = datetime.timedelta.max // _MICROSECOND
_LEAST_US = datetime.timedelta.min // _MICROSECOND


def days_of(date):
    """Days since 1970-01-01."""
    return date.days if isinstance(date, FarDate) else (date - EPOCH).days


def date_of(days):
    """The date of a day, a FarDate outside Python's years."""
    if _FIRST <= days <= _LAST:
        return EPOCH + datetime.timedelta(days)
    return FarDate(days)


def time_ns(time):
    """Nanoseconds of the day."""
    if isinstance(time, FarTime):
        return time.nanoseconds
    second = (time.hour * 60 + time.minute) * 60 + time.second
    return (second * 1_000_000 + time.microsecond) * 1000


def time_of(nanoseconds, zone, fold):
    """The time of nanoseconds of the day."""
    if nanoseconds % 1000:
        return FarTime(nanoseconds, zone, fold)
    second, fraction = divmod(nanoseconds // 1000, 1_000_000)
    clock = (second // 3600, second // 60 % 60, second % 60)
    return datetime.time(*clock, fraction, tzinfo=zone, fold=fold)


def wall_ns(moment):
    """The wall time of a datetime in nanoseconds since 1970."""
    if isinstance(moment, FarDateTime):
        return moment.nanoseconds
    return days_of(moment.date()) * DAY_NS + time_ns(moment.time())


def datetime_of(nanoseconds, zone, fold):
    """The datetime of a wall time."""
    days, rest = divmod(nanoseconds, DAY_NS)
    if not _FIRST <= days <= _LAST or rest % 1000:
        return FarDateTime(nanoseconds, zone, fold)
    return datetime.datetime.combine(date_of(days), time_of(rest, zone, fold))


def delta_ns(delta):
    """The nanoseconds of a timedelta."""
    return delta.nanoseconds if isinstance(delta, FarDelta) else delta // _MICROSECOND * 1000


def delta_of(nanoseconds):
    """The timedelta of nanoseconds."""
    if nanoseconds % 1000 or not _LEAST_US <= nanoseconds // 1000 <= _LONGEST_US:
        return FarDelta(nanoseconds)
    return datetime.timedelta(microseconds=nanoseconds // 1000)
