"""Strs: every form, the lengths where forms change, windows, surrogates."""

from codec.tags import WINDOWS

# Lengths on both sides of every class of length prefix but the last, which 16 MiB take; see bytes.py for that.
COUNTS = [247, 248, 503, 504, 66039, 66040]


def fill(table):
    """Adds the vectors."""
    for count in (0, 1, 2, 3, 30, 31, 32, 33, 255, 256):
        table.valid(f"str of {count} ASCII characters", f"'a' * {count}")
        if count:
            table.valid(f"str of {count} Latin-1 characters", f"'\\xff' * {count}")
    for count in COUNTS:
        table.valid(f"STRV with the length prefix of {count}", f"'b' * ({count} + 32)")
    for count in COUNTS:
        table.valid(f"SU8 with the length prefix of {count}", _su8(count + 2))
        table.valid(f"SU16 with the length prefix of {count}", f"'\\ud8d8' * ({count} + 1)")
        table.valid(f"SX with the length prefix of {count}", f"'\\u0436' * {count}")
    for python in (
        "'\\x00'",
        "'\\x7f'",
        "'\\x80'",
        "'\\xff'",
        "'\\u0100'",
        "'\\u017f'",
        "'\\u07ff'",
        "'\\u0800'",
        "'\\u20ac'",
        "'\\ufeff'",
        "'\\ufffd'",
        "'\\uffff'",
        "'\\U00010000'",
        "'\\U0001f600'",
        "'\\U0010ffff'",
        "'\\ud800'",
        "'\\udbff'",
        "'\\udc00'",
        "'\\udfff'",
        "'\\ufeffabc'",
        "'a\\ud800'",
        "'\\udc00\\ud800'",
        "'\\udc00b'",
        "'\\u20ac\\U0001f600'",
        "'a\\u0436'",
        "'\\u0436\\u0436'",
        "'\\xe9\\u0101'",
        "'\\u03b1\\u0436'",
        "'\\u03b1\\u0441\\u044f'",
        "'abcdefgh\\u20ac'",
        "'\\u4f60\\u597d'",
        "'\\u4f60\\u597d\\u4e16\\u754c'",
        "'\\u4f60a\\u597d'",
        "'\\U0001f600\\U0001f601'",
        "'ab\\U0001f600'",
        "'\\u17ff\\u17ff\\u17ff'",
        "'\\u1800\\u1800\\u1800'",
        "'\\u1fff\\u1fff\\u1fff'",
    ):
        table.valid(f"str {python}", python)
    for number, base in enumerate(WINDOWS):
        table.valid(
            f"SX with the window {0xC0 + number:02X}",
            f"'ab' + chr({base:#x}) + chr({base + 127:#x}) + 'cd'",
        )
    for low in (0x100, 0x11F, 0x120, 0x370, 0x400, 0x600, 0x900, 0x17E0):
        table.valid(
            f"SX with the lowest character U+{low:04X}",
            f"'abc' + chr({low:#x}) * 2 + chr({low // 32 * 32 + 127:#x})",
        )
        table.valid(
            f"no SX: one character too far above U+{low:04X}",
            f"'abc' + chr({low:#x}) * 2 + chr({low // 32 * 32 + 128:#x})",
        )
    table.valid("SX with the window BF", "'\\u17e0\\u185f'", "e3 bf 02 80ff")
    _loose(table)
    for python in (
        "'\\ud83d\\ude00'",
        "'a\\ud800\\udc00b'",
        "'\\U0001f600\\ud83d\\ude00'",
        "'\\udbff\\udfff' * 124",
        "'\\ud800\\udc00' * 252",
    ):
        table.valid(f"CODE_POINTS {python}", python)
    _rejected(table)


def _su8(size):
    """Text of that many bytes of UTF-8, for which it is the shortest form."""
    return f"'\\u0416' + 'a' * {size - 6} + '\\U0001f600'"


def _loose(table):
    for name, python, hex in (
        ("SU8 of ASCII", "'ab'", "e1 00 6162"),
        ("SU8 of Latin-1", "'\\xe9'", "e1 00 c3a9"),
        ("SU16 of ASCII", "'a'", "e2 00 6100"),
        ("SU16 of Latin-1", "'\\xe9a'", "e2 01 e9006100"),
        ("SX of nothing", "''", "e3 00 00"),
        ("SX of ASCII", "'abc'", "e3 cf 03 616263"),
        ("SX with window 0", "'\\x00\\x7f'", "e3 00 02 80ff"),
        ("SX of Latin-1", "'\\xe9'", "e3 04 01 e9"),
        ("SX with another window than the encoder's", "'\\u0436'", "e3 20 01 b6"),
        ("S1 of ASCII", "'a'", "fb 610000"),
        ("S1 of NUL", "'\\x00'", "fb 000000"),
        ("S1 below the surrogates", "'\\ud7ff'", "fb ffd700"),
        ("SU16 of an astral character", "'\\U0001f600'", "e2 01 3dd800de"),
        ("SU8 of an astral character", "'\\U0001f600'", "e1 02 f09f9880"),
        ("CODE_POINTS of nothing", "''", "f81d 00"),
        ("CODE_POINTS of ASCII", "'a'", "f81d 01 610000"),
        ("CODE_POINTS of a lone surrogate", "'\\ud800'", "f81d 01 00d800"),
        ("CODE_POINTS of an astral character", "'\\U0010ffff'", "f81d 01 ffff10"),
    ):
        table.loose(name, python, hex)
    for tag, name, body, python in (
        ("e0", "STRV", "61{32}", "'a' * 32"),
        ("e1", "SU8", "c480", "'\\u0100'"),
        ("e2", "SU16", "0001", "'\\u0100'"),
        ("e3 08", "SX", "", "''"),
        ("f81d", "CODE_POINTS", "", "''"),
    ):
        for size, first in ((3, "fa"), (4, "fb"), (6, "fc")):
            table.loose(
                f"{name} with its length in {size} bytes",
                python,
                f"{tag} {first} 00{{{size}}} {body}",
            )
    table.loose("STRV with a length of 1 in 3 bytes", "'a' * 33", "e0 fa 010000 61{33}")


def _rejected(table):
    for name, body in (
        ("overlong in 2 bytes", "c0af"),
        ("overlong in 3 bytes", "e080af"),
        ("overlong in 4 bytes", "f08080af"),
        ("a surrogate", "eda080"),
        ("a surrogate pair", "eda0bdedb880"),
        ("above U+10FFFF", "f4908080"),
        ("five bytes", "f888808080"),
        ("a byte that continues nothing", "6180"),
        ("a character that is cut", "61e282"),
        ("the byte FF", "61ff"),
        ("the byte C1", "c181"),
    ):
        table.rejected(
            f"SU8 with {name}",
            f"e1 {len(body) // 2 - 2:02x} {body}",
            "invalid_utf8",
            0,
            wrap=name == "a surrogate",
        )
    for window in ("d0", "e0", "ff"):
        table.rejected(
            f"SX with the window {window}",
            f"e3 {window} 01 80",
            "invalid_string",
            0,
            wrap=window == "d0",
        )
    for point in ("00d800", "ffdf00", "000011", "ffffff"):
        table.rejected(f"S1 {point}", f"fb {point}", "invalid_string", 0, wrap=point == "00d800")
    for point in ("000011", "ffffff"):
        table.rejected(f"CODE_POINTS {point}", f"f81d 02 610000 {point}", "invalid_string", 0)
    for tag, name in (
        ("e0", "STRV"),
        ("e1", "SU8"),
        ("e2", "SU16"),
        ("e308", "SX"),
        ("e4", "SREF"),
        ("f81d", "CODE_POINTS"),
    ):
        for first in ("fd", "ff"):
            table.rejected(
                f"{name} with a length that starts with {first}",
                f"{tag} {first}",
                "invalid_length",
                0,
                wrap=first == "ff",
            )
        table.rejected(f"{name} without length", tag, "truncated", 0, wrap=False)
        table.rejected(
            f"{name} without its whole length", f"{tag} fa 0000", "truncated", 0, wrap=False
        )
    for hex in (
        "61",
        "7f 61{30}",
        "e000 61{31}",
        "e100 61",
        "e200 61",
        "e3 08 01",
        "fb 6100",
        "f81d 01 6100",
    ):
        table.rejected(f"str without its last byte: {hex}", hex, "truncated", 0, wrap=False)
