"""Ints, floats, strs, bytes and the values without content."""

import decimal
import uuid

from .floats import widen
from .model import UNDEFINED, FarDecimal
from .reader import VALUE, Rejected, reads
from .tags import FIXBYTES_LENGTHS, FLOATS, WINDOWS


@reads("NONE", "FALSE", "TRUE", "ELLIPSIS", "UNDEFINED")
def _constant(r, at, n, role):
    return {0xC0: None, 0xC1: False, 0xC2: True, 0xC3: ..., 0xF8: UNDEFINED}[r.data[at]]


@reads("FIXINT")
def _fixint(r, at, n, role):
    return n


@reads("NEGFIX")
def _negfix(r, at, n, role):
    return -1 - n


@reads("INT2P")
def _int2p(r, at, n, role):
    return 96 + 256 * n + r.uint(1, at)


@reads("INT2N")
def _int2n(r, at, n, role):
    return -9 - r.uint(1, at)


@reads("U16")
def _u16(r, at, n, role):
    return 2144 + r.uint(2, at)


@reads("N16")
def _n16(r, at, n, role):
    return -265 - r.uint(2, at)


@reads("I24")
def _i24(r, at, n, role):
    return r.sint(3, at)


@reads("U32")
def _u32(r, at, n, role):
    return r.uint(4, at)


@reads("N32")
def _n32(r, at, n, role):
    return -1 - r.uint(4, at)


@reads("I48")
def _i48(r, at, n, role):
    return r.sint(6, at)


@reads("U64")
def _u64(r, at, n, role):
    return r.uint(8, at)


@reads("N64")
def _n64(r, at, n, role):
    return -1 - r.uint(8, at)


@reads("BIGP")
def _bigp(r, at, n, role):
    return r.uint(r.length(at, 9), at)


@reads("BIGN")
def _bign(r, at, n, role):
    return -1 - r.uint(r.length(at, 9), at)


@reads("F_0")
def _f_0(r, at, n, role):
    return 0.0


@reads("F_I8")
def _f_i8(r, at, n, role):
    return float(r.sint(1, at))


@reads("F_D1")
def _f_d1(r, at, n, role):
    return r.sint(1, at) / 10


@reads("F_D2")
def _f_d2(r, at, n, role):
    return r.sint(2, at) / 100


@reads("F_DEC")
def _f_dec(r, at, n, role):
    places, size = divmod(r.uint(1, at), 8)
    if places > 15 or size in (0, 7):
        raise Rejected("invalid_value", at)
    integer = r.sint(size, at)
    if integer == 0:
        raise Rejected("invalid_value", at)
    return float(integer) / 10.0**places


@reads("F16", "F32", "F64")
def _binary(r, at, n, role):
    return widen(r.take({0xDC: 2, 0xDD: 4, 0xDE: 8}[r.data[at]], at))


@reads("COMPLEX")
def _complex(r, at, n, role):
    real = r.part(FLOATS)
    return complex(real, r.part(FLOATS))


def _counted(r, text, role):
    if role == VALUE and 3 <= len(text.encode("utf-16-le", "surrogatepass")) // 2 <= 255:
        r.strs.append(text)
    return text


@reads("FIXSTR", "STRV")
def _latin1(r, at, n, role):
    units = n if r.data[at] < 0x80 else r.length(at, 32)
    if role == VALUE and r.block is not None:
        return _counted(r, r.block.narrow.cut(units, at), role)
    return _counted(r, r.take(units, at).decode("latin-1"), role)


@reads("SU8")
def _su8(r, at, n, role):
    size = r.length(at, 2)
    if role == VALUE and r.block is not None:
        return _counted(r, r.block.wide.cut(size, at), role)
    try:
        return _counted(r, r.take(size, at).decode("utf-8"), role)
    except UnicodeDecodeError:
        raise Rejected("invalid_utf8", at) from None


@reads("SU16")
def _su16(r, at, n, role):
    text = r.take(2 * r.length(at, 1), at).decode("utf-16-le", "surrogatepass")
    return _counted(r, text, role)


@reads("SX")
def _sx(r, at, n, role):
    window = r.uint(1, at)
    if window >= 0xD0:
        raise Rejected("invalid_string", at)
    base = 32 * window if window < 0xC0 else WINDOWS[window - 0xC0]
    data = r.take(r.length(at), at)
    text = "".join(chr(byte if byte < 0x80 else base + byte - 0x80) for byte in data)
    return _counted(r, text, role)


@reads("S1")
def _s1(r, at, n, role):
    point = r.uint(3, at)
    if point > 0x10FFFF or 0xD800 <= point < 0xE000:
        raise Rejected("invalid_string", at)
    return chr(point)


@reads("CODE_POINTS")
def _code_points(r, at, n, role):
    data = r.take(3 * r.length(at), at)
    points = [int.from_bytes(data[i : i + 3], "little") for i in range(0, len(data), 3)]
    if any(point > 0x10FFFF for point in points):
        raise Rejected("invalid_string", at)
    return "".join(map(chr, points))


@reads("SREF")
def _sref(r, at, n, role):
    number = r.length(at)
    if number >= len(r.strs):
        raise Rejected("invalid_reference", at)
    return r.strs[number]


@reads("FIXBYTES")
def _fixbytes(r, at, n, role):
    return r.take(FIXBYTES_LENGTHS[n], at)


@reads("BYTESV")
def _bytesv(r, at, n, role):
    return r.take(r.length(at, 9), at)


@reads("BARR")
def _barr(r, at, n, role):
    return bytearray(r.take(r.length(at), at))


@reads("UUID")
def _uuid(r, at, n, role):
    return uuid.UUID(bytes=bytes(r.take(16, at)))


@reads("DEC")
def _dec(r, at, n, role):
    sign, e = divmod(r.uint(1, at), 128)
    if e == 0x7C:
        return decimal.Decimal((sign, (0,), "F"))
    exponent = {0x7D: "n", 0x7E: "N"}.get(e, e - 64)
    if e == 0x7F:
        exponent = r.int()
    start = r.at
    coefficient = r.int()
    if coefficient < 0:
        raise Rejected("invalid_value", start)
    return decimal_of(sign, coefficient, exponent)


def decimal_of(sign, coefficient, exponent):
    """The Decimal of three parts, a FarDecimal beyond the limits of the module."""
    is_nan = exponent in ("n", "N")
    digits = () if is_nan and coefficient == 0 else tuple(map(int, str(coefficient)))
    try:
        made = decimal.Decimal((sign, digits, exponent))
    except (decimal.InvalidOperation, OverflowError, ValueError):
        return FarDecimal(sign, coefficient, exponent)
    return (
        made
        if made.as_tuple() == (sign, digits, exponent)
        else FarDecimal(sign, coefficient, exponent)
    )
