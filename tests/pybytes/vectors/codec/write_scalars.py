"""The shortest form of a length, an int, a float, a str."""

import re

from .floats import bits_of, decimal_of, narrow, signed_size
from .tags import FIRST, SUBTYPE, WINDOWS

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class NoCanonicalForm(Exception):
    """Raised for what has no canonical document."""


def subtype_bytes(name):
    """XT and a subtype."""
    return bytes((FIRST["XT"], SUBTYPE[name]))


def part_bytes(text):
    """A str that is a part of another value."""
    if has_pair(text):
        raise NoCanonicalForm("a surrogate pair as two code points in a part")
    return str_bytes(text)


def length(n):
    """A length in its shortest form."""
    if n < 248:
        return bytes((n,))
    if n < 504:
        return bytes((248, n - 248))
    if n < 66040:
        return b"\xf9" + (n - 504).to_bytes(2, "little")
    if n < 1 << 24:
        return b"\xfa" + n.to_bytes(3, "little")
    if n < 1 << 32:
        return b"\xfb" + n.to_bytes(4, "little")
    return b"\xfc" + n.to_bytes(6, "little")


def _tagged(name, n, size, signed=False):
    return bytes((FIRST[name],)) + n.to_bytes(size, "little", signed=signed)


def int_bytes(n):
    """An int."""
    if 0 <= n <= 95:
        return bytes((n,))
    if -8 <= n < 0:
        return bytes((183 - n,))
    if 96 <= n <= 2143:
        return bytes((FIRST["INT2P"] + (n - 96) // 256, (n - 96) % 256))
    if -264 <= n <= -9:
        return _tagged("INT2N", -9 - n, 1)
    if 2144 <= n <= 67679:
        return _tagged("U16", n - 2144, 2)
    if -65800 <= n <= -265:
        return _tagged("N16", -265 - n, 2)
    if -1 << 23 <= n < 1 << 23:
        return _tagged("I24", n, 3, True)
    if 0 <= n < 1 << 32:
        return _tagged("U32", n, 4)
    if -1 << 32 <= n < 0:
        return _tagged("N32", -1 - n, 4)
    if -1 << 47 <= n < 1 << 47:
        return _tagged("I48", n, 6, True)
    if 0 <= n < 1 << 64:
        return _tagged("U64", n, 8)
    if -1 << 64 <= n < 0:
        return _tagged("N64", -1 - n, 8)
    magnitude = n if n > 0 else -1 - n
    data = magnitude.to_bytes((magnitude.bit_length() + 7) // 8, "little")
    return bytes((FIRST["BIGP" if n > 0 else "BIGN"],)) + length(len(data) - 9) + data


def float_bytes(x):
    """A float."""
    bits = bits_of(x)
    if bits == 0:
        return bytes((FIRST["F_0"],))
    is_finite = x - x == 0
    if is_finite and x != 0 and -128 <= x <= 127 and x == int(x):
        return _tagged("F_I8", int(x), 1, True)
    forms = []
    decimal = decimal_of(x) if is_finite and x != 0 else None
    if decimal is not None:
        places, integer = decimal
        size = signed_size(integer)
        if places == 1 and size == 1:
            return _tagged("F_D1", integer, 1, True)
        if places == 2 and size <= 2:
            return _tagged("F_D2", integer, 2, True)
        forms.append(
            bytes((FIRST["F_DEC"], 8 * places + size))
            + integer.to_bytes(size, "little", signed=True)
        )
    for name, size in (("F16", 2), ("F32", 4)):
        data = narrow(x, size)
        if data is not None:
            forms.append(bytes((FIRST[name],)) + data)
    forms.append(_tagged("F64", bits, 8))
    return min(forms, key=len)


def has_pair(text):
    """Whether a high surrogate stands before a low one, as two code points."""
    return _PAIR.search(text) is not None


def str_bytes(text):
    """A str without surrogate pairs as two code points."""
    if not text or max(text) <= "\xff":
        data = text.encode("latin-1")
        if len(data) < 32:
            return bytes((FIRST["FIXSTR"] + len(data),)) + data
        return bytes((FIRST["STRV"],)) + length(len(data) - 32) + data
    forms = []
    has_surrogate = _SURROGATE.search(text) is not None
    if not has_surrogate:
        data = text.encode("utf-8")
        forms.append(bytes((FIRST["SU8"],)) + length(len(data) - 2) + data)
    data = text.encode("utf-16-le", "surrogatepass")
    forms.append(bytes((FIRST["SU16"],)) + length(len(data) // 2 - 1) + data)
    window = _window(text)
    if window is not None:
        number, base = window
        data = bytes(ord(c) if c < "\x80" else ord(c) - base + 0x80 for c in text)
        forms.append(bytes((FIRST["SX"], number)) + length(len(data)) + data)
    if len(text) == 1 and not has_surrogate:
        forms.append(_tagged("S1", ord(text), 3))
    return min(forms, key=len)


def _window(text):
    """The number and base of the window that holds the characters beyond ASCII, or None."""
    points = [ord(c) for c in text if c >= "\x80"]
    low, high = min(points), max(points)
    if low < 0x1800:
        base = low // 32 * 32
        return (low // 32, base) if high < base + 128 else None
    for number, base in enumerate(WINDOWS):
        if base <= low and high < base + 128:
            return 0xC0 + number, base
    return None
