"""Floats by their bits: NaNs keep sign and payload, which arithmetic and `struct` may not."""

import struct

_SHAPES = {2: (10, 5), 4: (23, 8)}  # bytes: bits of significand and exponent


def bits_of(x):
    """The 64 bits of a float."""
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def float_of(bits):
    """The float with these 64 bits."""
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def widen(data):
    """The float of 2, 4 or 8 bytes."""
    bits = int.from_bytes(data, "little")
    if len(data) == 8:
        return float_of(bits)
    fraction_bits, exponent_bits = _SHAPES[len(data)]
    sign = bits >> (fraction_bits + exponent_bits)
    exponent = bits >> fraction_bits & ((1 << exponent_bits) - 1)
    fraction = bits & ((1 << fraction_bits) - 1)
    if exponent == (1 << exponent_bits) - 1:
        return float_of(sign << 63 | 0x7FF << 52 | fraction << (52 - fraction_bits))
    bias = (1 << (exponent_bits - 1)) - 1
    scale = max(exponent, 1) - bias - fraction_bits
    magnitude = float(fraction + (bool(exponent) << fraction_bits)) * 2.0**scale
    return -magnitude if sign else magnitude


def narrow(x, size):
    """The 2 or 4 bytes that hold a float exactly, or None."""
    if x != x:
        fraction_bits, exponent_bits = _SHAPES[size]
        bits = bits_of(x)
        fraction = bits & ((1 << 52) - 1)
        if fraction & ((1 << (52 - fraction_bits)) - 1):
            return None
        head = (bits >> 63) << exponent_bits | ((1 << exponent_bits) - 1)
        return (head << fraction_bits | fraction >> (52 - fraction_bits)).to_bytes(size, "little")
    try:
        data = struct.pack({2: "<e", 4: "<f"}[size], x)
    except OverflowError:
        return None
    return data if bits_of(widen(data)) == bits_of(x) else None


def decimal_of(x):
    """Places and integer of the decimal that the format writes for a finite float, or None."""
    for places in range(16):
        scaled = x * 10.0**places
        if abs(scaled) >= 2.0**48:
            return None
        integer = round(scaled)
        if abs(integer) >= 1 << 47:
            return None
        if integer != 0 and integer / 10.0**places == x:
            return places, integer
    return None


def signed_size(integer):
    """The fewest bytes of two's complement that hold an int."""
    size = 1
    while not -1 << 8 * size - 1 <= integer < 1 << 8 * size - 1:
        size += 1
    return size
