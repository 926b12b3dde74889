"""Bytes and bytearrays: the lengths of FIXBYTES, every class of length prefix."""

from themes.strings import COUNTS


def fill(table):
    """Adds the vectors."""
    for count in (*range(11), 15, 16, 17, 19, 20, 21, 31, 32, 33):
        table.valid(f"bytes of length {count}", f"bytes(range({count}))")
    for count in (*COUNTS, 2**24 - 1, 2**24):
        table.valid(f"BYTESV with the length prefix of {count}", f"b'x' * ({count} + 9)")
    for count in (0, 1, *COUNTS):
        table.valid(f"BARR with the length prefix of {count}", f"bytearray(b'y' * {count})")
    for count, prefix in ((16, "07"), (20, "0b"), (32, "17")):
        table.loose(f"BYTESV of length {count}", f"bytes({count})", f"e5 {prefix} 00{{{count}}}")
    for size, first in ((3, "fa"), (4, "fb"), (6, "fc")):
        table.loose(
            f"BYTESV with its length in {size} bytes",
            "b'x' * 9",
            f"e5 {first} 00{{{size}}} 78{{9}}",
        )
        table.loose(
            f"BARR with its length in {size} bytes",
            "bytearray(b'x')",
            f"e6 {first} 01 00{{{size - 1}}} 78",
        )
    for tag, name in (("e5", "BYTESV"), ("e6", "BARR")):
        for first in ("fd", "fe", "ff"):
            table.rejected(
                f"{name} with a length that starts with {first}",
                f"{tag} {first}",
                "invalid_length",
                0,
                wrap=first == "fe",
            )
        for hex in ("", "f8", "f900", "fa0000", "fb000000", "fc0000000000", "05 61"):
            table.rejected(
                f"{name} that ends with '{hex}'", f"{tag} {hex}", "truncated", 0, wrap=False
            )
        table.rejected(
            f"{name} of 2^40 bytes", f"{tag} fc 000000000001 61", "truncated", 0, wrap=False
        )
    for hex in ("ad", "b400", "b5 00{15}", "b6 00{19}", "b7 00{31}"):
        table.rejected(f"FIXBYTES without its last byte: {hex}", hex, "truncated", 0, wrap=False)
