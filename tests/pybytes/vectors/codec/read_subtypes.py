"""Ranges, the types of `collections`, named tuples, paths."""

import collections
import functools
import keyword
import pathlib

from .model import JsMap, RawPath, Record
from .read_containers import distinct, entries, items
from .reader import PART, Rejected, reads
from .tags import STRS, SUBTYPES

_DICTS = (dict, collections.OrderedDict, collections.Counter, JsMap)


@reads("RANGE1")
def _range1(r, at, n, role):
    return range(r.int())


@reads("RANGE2")
def _range2(r, at, n, role):
    start = r.int()
    return range(start, r.int())


@reads("RANGE3")
def _range3(r, at, n, role):
    start, stop, step = r.int(), r.int(), r.int()
    if step == 0:
        raise Rejected("invalid_value", at)
    return range(start, stop, step)


def _list(r, at, most=None):
    count = r.header(at, "FIXLIST", "LISTV", 16)
    if most is not None and count > most:
        raise Rejected("invalid_value", at)
    return items(r, count, at)


@reads("DEQUE")
def _deque(r, at, n, role):
    return collections.deque(_list(r, at))


@reads("DEQUE_MAX")
def _deque_max(r, at, n, role):
    longest = r.int()
    if not 0 <= longest < 1 << 63:
        raise Rejected("invalid_value", at)
    return collections.deque(_list(r, at, longest), longest)


@reads("ORDERED_DICT", "COUNTER", "MAP")
def _dict(r, at, n, role):
    make = {"ORDERED_DICT": collections.OrderedDict, "COUNTER": collections.Counter, "MAP": JsMap}
    count = r.header(at, "FIXDICT", "DICTV", 12)
    return entries(r, count, at, make[SUBTYPES[r.data[at + 1]]])


@reads("CHAIN_MAP")
def _chain_map(r, at, n, role):
    count = r.header(at, "FIXLIST", "LISTV", 16)
    if count == 0:
        raise Rejected("invalid_value", at)
    if count > 4096:
        raise Rejected("count_too_large", at)
    maps = items(r, count, at)
    if any(type(item) not in _DICTS for item in maps):
        raise Rejected("invalid_value", at)
    return collections.ChainMap(*maps)


@reads("NAMED_TUPLE")
def _named_tuple(r, at, n, role):
    name = r.str()
    count = r.header(at, "FIXDICT", "DICTV", 12)
    r.claim(2 * count, at)
    fields = []
    for _ in range(count):
        if r.peek() not in STRS:
            raise Rejected("invalid_value", at)
        fields.append(r.value(PART))
    distinct(fields, at)
    values = []
    for _ in range(count):
        values.append(r.value())
    return record_of(name, tuple(fields), tuple(values))


def record_of(name, fields, values):
    """A named tuple; a Record if `collections.namedtuple` refuses the names."""
    made = _class_of(name, fields)
    return Record(name, fields, values) if made is None else made(*values)


@functools.cache
def _class_of(name, fields):
    words = (name, *fields)
    if any(not word.isidentifier() or keyword.iskeyword(word) for word in words) or any(
        field.startswith("_") for field in fields
    ):
        return None
    made = collections.namedtuple(name, fields)
    return made if (made.__name__, made._fields) == (name, fields) else None


@reads("PURE_POSIX_PATH", "PURE_WINDOWS_PATH", "POSIX_PATH", "WINDOWS_PATH")
def _path(r, at, n, role):
    kind = "".join(word.title() for word in SUBTYPES[r.data[at + 1]].split("_"))
    return path_of(kind, r.str())


def path_of(kind, text):
    """A path; a RawPath if this host has no such class or changes the text."""
    try:
        made = getattr(pathlib, kind)(text)
    except NotImplementedError:
        return RawPath(kind, text)
    return made if str(made) == text else RawPath(kind, text)
