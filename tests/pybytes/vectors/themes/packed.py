"""Packed lists and tuples: every element type, its extremes, the bits and numbers that are refused."""


def fill(table):
    """Adds the vectors."""
    for kind, mark, open, close in (("list", 0, "[", "]"), ("tuple", 0x20, "(", ",)")):

        def add(name, items, type, body):
            close_here = "]" if kind == "list" else ",)" if items else ")"
            table.loose(
                f"packed {kind}: {name}",
                f"{open}{items}{close_here}",
                f"ed {mark + type:02x} {body}",
            )

        add("no bools", "", 0, "00")
        add("one bool", "True", 0, "01 01")
        add("eight bools", "True, False, True, True, False, False, False, True", 0, "08 8d")
        add(
            "nine bools",
            "False, False, False, False, False, False, False, False, True",
            0,
            "09 0001",
        )
        add("b", "-128, 127, -1", 1, "03 807fff")
        add("B", "0, 255", 2, "02 00ff")
        add("h", "-32768, 32767", 3, "02 0080ff7f")
        add("H", "0, 65535", 4, "02 0000ffff")
        add("i", "-2**31, 2**31 - 1", 5, "02 00000080 ffffff7f")
        add("I", "0, 2**32 - 1", 6, "02 00000000 ffffffff")
        add("q", "-2**63, 2**63 - 1", 7, "02 00{7}80 ff{7}7f")
        add("Q", "0, 2**64 - 1", 8, "02 00{8} ff{8}")
        add("binary16", "1.0, float('inf'), float_of(0x7FF0040000000000)", 9, "03 003c 007c 017c")
        add(
            "binary32",
            "1.0, -0.0, float_of(0x7FF0000020000000)",
            10,
            "03 0000803f 00000080 0100807f",
        )
        add(
            "binary64",
            "1.0, 5e-324, float_of(0x7FF0000000000001)",
            11,
            "03 000000000000f03f 0100000000000000 010000000000f07f",
        )
        add("decimals of 1 byte", "0.5, 1, 0, -12.8", 12, "04 09 050a0080")
        add("decimals of 2 bytes", "0.5, 1, 2.25, 19.99, 3", 12, "05 12 3200 6400 e100 cf07 2c01")
        add("decimals of 3 bytes", "-8388.608, 0.001", 12, "02 1b 000080 010000")
        add("decimals of 4 bytes", "-214748.3648, 1", 12, "02 24 00000080 10270000")
        add("decimals of 5 bytes", "-2**39 / 10**5, 7", 12, "02 2d 0000000080 60ae0a0000")
        add(
            "decimals of 6 bytes",
            "-2**47 / 10**15, (2**47 - 1) / 10**15, 0",
            12,
            "03 7e 000000000080 ffffffffff7f 000000000000",
        )
        add("no decimals", "", 12, "00 09")
        add("unsigned ints of 3 bytes", "0, 2**24 - 1", 13, "02 000000 ffffff")
        add("signed ints of 6 bytes", "-2**47, 2**47 - 1", 14, "02 000000000080 ffffffffff7f")
        add(
            "binary64, ints where integral",
            "1, 0, -0.0, 0.5, 2**53 - 1, 2.0**53, -2**53 + 1, float('inf'), float_of(0xFFF8000000000001)",
            24,
            "09 000000000000f03f 00{8} 00{7}80 000000000000e03f ffffffffffff3f43 0000000000004043"
            " ffffffffffff3fc3 000000000000f07f 010000000000f8ff",
        )
        add("B with its length in 3 bytes", "7", 2, "fa010000 07")
        add("B with its length in 6 bytes", "7", 2, "fc010000000000 07")
        for count, prefix in (
            (247, "f7"),
            (248, "f800"),
            (503, "f8ff"),
            (504, "f90000"),
            (66039, "f9ffff"),
            (66040, "faf80101"),
        ):
            table.loose(
                f"packed {kind} of {count}",
                f"{kind}([7] * {count})",
                f"ed {mark + 2:02x} {prefix} 07{{{count}}}",
            )
    table.loose("a packed tuple as a key", "{(1, 2): 3}", "a1 ed22020102 03")
    table.loose(
        "a packed list in a list at an odd position",
        "[0, [1.0] * 9, 0]",
        "83 00 ed0b09 " + "000000000000f03f" * 9 + " 00",
    )
    _rejected(table)


def _rejected(table):
    for header in ("0f", "10", "17", "19", "1e", "1f", "2f", "37", "39", "3f"):
        table.rejected(
            f"packed type {header}", f"ed {header} 00", "unknown_tag", 0, wrap=header == "1f"
        )
    for header in ("40", "4b", "5f"):
        table.rejected(f"PACK kind 2, {header}", f"ed {header} 00", "reserved_tag", 0)
    for header in ("a0", "a2", "c2", "e2", "ff"):
        table.rejected(
            f"PACK kind above 4, {header}", f"ed {header} 00", "unknown_tag", 0, wrap=header == "a2"
        )
    for bits in ("02", "80", "ff"):
        table.rejected(
            f"padding bits of one bool, {bits}", f"ed 00 01 {bits}", "invalid_padding", 0
        )
    table.rejected("padding bits of nine bools", "ed 20 09 00 02", "invalid_padding", 0)
    for header in ("00", "01", "06", "07", "08", "0f", "10", "7f", "80", "89", "ff"):
        table.rejected(
            f"packed decimals with the header {header}",
            f"ed 0c 01 {header} 05 00{{7}}",
            "invalid_value",
            0,
            wrap=header == "01",
        )
    table.rejected("packed decimals without their header", "ed 0c 01", "truncated", 0)
    table.rejected("no packed decimals without their header", "ed 0c 00", "truncated", 0)
    for hex in (
        "ed",
        "ed00",
        "ed0001",
        "ed2009ff",
        "ed0102 00",
        "ed0201",
        "ed0301 00",
        "ed0401 00",
        "ed0501 00{3}",
        "ed0601 00{3}",
        "ed0701 00{7}",
        "ed0801 00{7}",
        "ed0901 00",
        "ed0a01 00{3}",
        "ed0b01 00{7}",
        "ed0c0212 050005",
        "ed0d01 0000",
        "ed0e01 00{5}",
        "ed1801 00{7}",
        "ed02f8",
        "ed02fa0000",
        "ed02fc 000000000080 00",
        "ed00fc 0000000000ff 00",
    ):
        table.rejected(
            f"packed items that end too early: {hex}",
            hex,
            "truncated",
            0,
            wrap=hex == "ed0b01 00{7}",
        )
    for first in ("fd", "fe", "ff"):
        table.rejected(
            f"packed items with a length that starts with {first}",
            f"ed 02 {first}",
            "invalid_length",
            0,
        )
