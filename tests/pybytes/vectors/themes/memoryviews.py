"""Memoryviews: every format, shapes, padding at every position, formats of one's own."""

import math

from codec.tags import ELEMENTS


def fill(table):
    """Adds the vectors."""
    for type, (format, size) in ELEMENTS.items():
        for count in sorted({0, 1, 64 // size - 1, 64 // size, 64 // size + 1}):
            table.valid(
                f"memoryview of {count} {format}",
                f"View({format!r}, {size}, ({count},), bytes(range({count * size})))",
            )
        table.valid(
            f"memoryview of {format} in two dimensions",
            f"View({format!r}, {size}, (1, 2), b'\\x01' * {2 * size})",
        )
        for before in (1, 2, 5, 8):
            table.valid(
                f"memoryview of {format} after {before} values",
                f"[*range({before}), View({format!r}, {size}, (64,), b'\\x02' * {64 * size})]",
            )
    for python in (
        "memoryview(array.array('d', [1, 2]))",
        "memoryview(array.array('h', range(40)))",
        "memoryview(b'ab')",
        "memoryview(bytearray(b'ab'))",
        "memoryview(b'abcdef').cast('B', (2, 3))",
        "memoryview(b'abcdefgh').cast('q', ())",
        "memoryview(array.array('f', [0.5]))",
        "memoryview(bytearray(b'abcdefgh')).cast('I')",
        "memoryview(b'')",
        "memoryview(b'a').cast('?')",
        "memoryview(b'a').cast('c')",
        "memoryview(bytes(range(80))).cast('l')",
    ):
        table.valid(f"{python}", python)
    for shape in (
        "()",
        "(0,)",
        "(0, 5)",
        "(5, 0)",
        "(1, 1, 1)",
        "(2, 3, 4)",
        "(1,) * 64",
        "(0,) * 64",
        "(300,)",
        "(1, 300)",
    ):
        table.valid(
            f"memoryview of the shape {shape}",
            f"View('b', 1, {shape}, bytes({math.prod(eval(shape))}))",
        )
    for format, size, count in (
        ("T{i:x:}", 4, 3),
        ("B", 2, 1),
        ("<d", 8, 9),
        ("l", 4, 2),
        ("Zd", 8, 1),
        (" ", 1, 1),
        ("~" * 1024, 1, 1),
        ("d", 3, 30),
        ("x", 1000, 2),
        ("B", 66040, 1),
    ):
        table.valid(
            f"memoryview of {count} items of {size} bytes, format {format[:8]}",
            (
                f"View({format[0]!r} * {len(format)}, {size}, ({count},), bytes({size * count}))"
                if len(format) > 8
                else f"View({format!r}, {size}, ({count},), bytes({size * count}))"
            ),
        )
    table.valid("a format of one's own in two dimensions", "View('T{b:x:}', 1, (2, 2), b'abcd')")
    table.valid("a read-only one of two dimensions", "View('h', 2, (2, 2), b'abcdefgh', True)")
    table.valid("a read-only one with padding", "View('d', 8, (8,), bytes(64), True)")
    for n, (hex, python) in enumerate(
        (
            ("ed 82 01 01 61", "View('B', 1, (1,), b'a')"),
            ("ed 7f 01 42 01 01 61", "View('B', 1, (1,), b'a')"),
            ("ed 9f 01 42 01 01 01 61", "View('B', 1, (1,), b'a')"),
            ("ed 62 fa010000 61", "View('B', 1, (1,), b'a')"),
            ("ed 62 fb01000000 61", "View('B', 1, (1,), b'a')"),
            ("ed 62 fc010000000000 61", "View('B', 1, (1,), b'a')"),
            ("ed 82 fa020000 fa010000 fa010000 61", "View('B', 1, (1, 1), b'a')"),
            ("ed 7f fa010000 41 fa010000 fa010000 61", "View('A', 1, (1,), b'a')"),
            ("ed 7f 01 64 08 08 0000 00{64}", "View('d', 8, (8,), bytes(64))"),
        )
    ):
        table.loose(f"memoryview in a longer form {n}", python, hex)
    _rejected(table)


def _rejected(table):
    for type in (0, 12, 13, 14, 24, 25, 30):
        for kind in (3, 4):
            table.rejected(
                f"memoryview of type {type}, kind {kind}",
                f"ed {32 * kind + type:02x} 00",
                "unknown_tag",
                0,
                wrap=type == 12,
            )
    for hex in (
        "ed 7f 00 01 00",
        "ed 7f 01 1f 01 00",
        "ed 7f 01 7f 01 00",
        "ed 7f 01 e9 01 00",
        "ed 7f 02 4207 01 00",
        "ed 7f 01 62 00 01",
        "ed 9f 01 62 00 00",
        "ed 7f f90902 61{1025} 01 00",
        "ed 82 41 01{65} 00",
        "ed 82 f800 01",
    ):
        table.rejected(
            f"a memoryview that is impossible: {hex}",
            hex,
            "invalid_value",
            0,
            wrap=hex == "ed 7f 00 01 00",
        )
    for first in ("fd", "ff"):
        for hex in (
            f"ed 62 {first}",
            f"ed 82 {first}",
            f"ed 82 02 01 {first}",
            f"ed 7f {first}",
            f"ed 7f 01 62 {first}",
            f"ed 7f 01 62 01 {first}",
        ):
            table.rejected(
                f"a length that starts with {first}: {hex}", hex, "invalid_length", 0, wrap=False
            )
    for hex in (
        "ed 62",
        "ed 62 01",
        "ed 82",
        "ed 82 02 01",
        "ed 82 02 01 01",
        "ed 7f",
        "ed 7f 01",
        "ed 7f 01 62",
        "ed 7f 01 62 01",
        "ed 7f 01 62 02 01 00",
        "ed 8b 00",
        "ed 6b 08 0000",
        "ed 6b 08 00{5} 00{63}",
        "ed 6b 07 00{55}",
        "ed 62 fc 00000000 0001 00",
    ):
        table.rejected(f"a memoryview that ends too early: {hex}", hex, "truncated", 0, wrap=False)
    table.rejected(
        "padding that is not zero", "ed 6b 08 00{4}01 00{64}", "invalid_padding", 0, wrap=False
    )
    table.rejected(
        "padding that is not zero at position 2",
        "82 01 ed 6b 08 010000 00{64}",
        "invalid_padding",
        2,
        wrap=False,
    )
    table.rejected(
        "padding of a format of one's own",
        "ed 7f 01 62 01 40 0001 00{64}",
        "invalid_padding",
        0,
        wrap=False,
    )
    table.rejected(
        "padding of 16 bytes", "ed 70 04 00{12}01 00{64}", "invalid_padding", 0, wrap=False
    )
    table.rejected("padding of binary16", "ed 69 20 ff 00{64}", "invalid_padding", 0, wrap=False)
    table.rejected(
        "padding after READ_ONLY", "f81f ed 6b 08 0000ff 00{64}", "invalid_padding", 2, wrap=False
    )
    for hex, code in (
        ("05", "invalid_value"),
        ("80", "invalid_value"),
        ("ed02 0105", "invalid_value"),
        ("ed22 0105", "invalid_value"),
        ("f800", "invalid_value"),
        ("fc", "invalid_value"),
        ("ed7f 00 01 00", "invalid_value"),
        ("ed62 fd", "invalid_length"),
        ("ed6c 00", "unknown_tag"),
        ("", "truncated"),
        ("ed", "truncated"),
        ("ed62", "truncated"),
        ("ed6202 61", "truncated"),
    ):
        table.rejected(f"READ_ONLY before '{hex}'", f"f81f {hex}", code, 2, wrap=hex in ("", "05"))
