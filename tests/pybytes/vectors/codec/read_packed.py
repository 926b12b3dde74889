"""PACK: lists and tuples of numbers, memoryviews."""

from .floats import widen
from .model import View
from .reader import Rejected, reads
from .tags import ELEMENTS

_MEMORYVIEWS = (3, 4)


@reads("PACK")
def _pack(r, at, n, role):
    kind, type = divmod(r.uint(1, at), 32)
    if kind == 2:
        raise Rejected("reserved_tag", at)
    if kind > 4:
        raise Rejected("unknown_tag", at)
    if kind in _MEMORYVIEWS:
        return _view(r, kind, type, at)
    if type > 14 and type != 24:
        raise Rejected("unknown_tag", at)
    items = _items(r, r.length(at), type, at)
    return items if kind == 0 else tuple(items)


def _items(r, count, type, at):
    if type == 0:
        data = r.take((count + 7) // 8, at)
        bits = [byte >> bit & 1 == 1 for byte in data for bit in range(8)]
        if any(bits[count:]):
            raise Rejected("invalid_padding", at)
        return bits[:count]
    if type == 12:
        places, size = divmod(r.uint(1, at), 8)
        if not 1 <= places <= 15 or size in (0, 7):
            raise Rejected("invalid_value", at)
        integers = _numbers(r.take(count * size, at), size, True)
        return [_as_number(integer / 10.0**places) for integer in integers]
    if type in (9, 10, 11, 24):
        size = {9: 2, 10: 4, 11: 8, 24: 8}[type]
        data = r.take(count * size, at)
        floats = [widen(data[i : i + size]) for i in range(0, len(data), size)]
        return [_as_number(x) for x in floats] if type == 24 else floats
    size = ELEMENTS[type][1] if type in ELEMENTS else {13: 3, 14: 6}[type]
    return _numbers(r.take(count * size, at), size, type in (1, 3, 5, 7, 14))


def _numbers(data, size, is_signed):
    return [
        int.from_bytes(data[i : i + size], "little", signed=is_signed)
        for i in range(0, len(data), size)
    ]


def _as_number(x):
    """JavaScript's number: an int if integral and safe, and not -0.0."""
    if x != x or abs(x) >= 2.0**53 or x != int(x) or (x == 0 and str(x) == "-0.0"):
        return x
    return int(x)


def _view(r, kind, type, at):
    if type == 31:
        format = r.take(r.length(at), at)
        if not 1 <= len(format) <= 1024 or any(not 0x20 <= byte <= 0x7E for byte in format):
            raise Rejected("invalid_value", at)
        format, size, unit = format.decode("latin-1"), r.length(at), 8
        if size == 0:
            raise Rejected("invalid_value", at)
    elif type in ELEMENTS:
        format, size = ELEMENTS[type]
        unit = size
    else:
        raise Rejected("unknown_tag", at)
    dimensions = 1 if kind == 3 else r.length(at)
    if dimensions > 64:
        raise Rejected("invalid_value", at)
    shape = tuple(r.length(at) for _ in range(dimensions))
    total = size
    for count in shape:
        total *= count
    if total >= 64 and any(r.take(-r.at % unit, at)):
        raise Rejected("invalid_padding", at)
    return View(format, size, shape, r.take(total, at))


@reads("READ_ONLY")
def _read_only(r, at, n, role):
    start = r.at
    view = r.part({"PACK"})
    if not isinstance(view, View):
        raise Rejected("invalid_value", start)
    return View(view.format, view.item_size, view.shape, view.data, True)
