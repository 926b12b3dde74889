"""Floats and complex numbers: every form, its edges, and NaNs by their bits."""


def fill(table):
    """Adds the vectors."""
    for python in (
        "0.0",
        "-0.0",
        "1.0",
        "-1.0",
        "127.0",
        "-128.0",
        "128.0",
        "-129.0",
        "0.1",
        "-0.1",
        "12.7",
        "12.8",
        "-12.8",
        "-12.9",
        "0.01",
        "-0.01",
        "1.28",
        "327.67",
        "327.68",
        "-327.68",
        "-327.69",
        "3.14",
        "1234.5678",
        "0.5",
        "0.25",
        "0.125",
        "2.5",
    ):
        table.valid(f"float {python}", python)
    for places in range(16):
        for bits in (7, 15, 23, 31, 39, 47):
            integer = (1 << bits) - 1
            while places and integer % 10 == 0:
                integer -= 1
            if places % 3 == 0 or bits in (7, 47):
                table.valid(
                    f"float of {places} places and {bits} bits", f"{integer} / 10**{places}"
                )
    for python in (
        "-128 / 10**3",
        "-129 / 10**3",
        "-2**15 / 10**3",
        "-(2**15 + 1) / 10**3",
        "-2**23 / 10**5",
        "-2**31 / 10**7",
        "-2**39 / 10**9",
        "(2**47 - 1) / 10",
        "2**47 / 10",
        "(2**47 + 1) / 10",
        "-(2**47 - 1) / 100",
        "-2**47 / 100",
        "1e-15",
        "1e-16",
        "1.5e-15",
        "1e15",
        "1e16",
        "1e22",
        "1e23",
        "2.0**53",
        "2.0**47",
        "2.0**47 - 1",
        "65504.0",
        "65505.0",
        "65520.0",
        "2048.0",
        "2049.0",
        "100000.0",
        "16777216.0",
        "16777217.0",
        "2.0**-14",
        "2.0**-24",
        "2.0**-25",
        "3 * 2.0**-24",
        "1023 * 2.0**-24",
        "2.0**-126",
        "2.0**-127",
        "2.0**-149",
        "2.0**-150",
        "(2 - 2.0**-23) * 2.0**127",
        "2.0**128",
        "1e300",
        "1.7976931348623157e308",
        "2.2250738585072014e-308",
        "5e-324",
        "-5e-324",
        "1 / 3",
        "3.141592653589793",
        "0.1 + 0.2",
        "float('inf')",
        "float('-inf')",
        "7.3e-7",
        "123456789.125",
    ):
        table.valid(f"float {python}", python)
    _nans(table)
    _loose(table)
    for python in (
        "complex(1, 2)",
        "complex(0.0, -0.0)",
        "complex(-0.0, 0.0)",
        "complex(0.1, 1e300)",
        "complex(float('inf'), float_of(0x7FF8000000000000))",
        "complex(float_of(0xFFF8000000000001), 1 / 3)",
    ):
        table.valid(f"complex {python}", python)
    table.loose("complex in wide floats", "complex(1, 2)", "df de000000000000f03f dd00000040")
    _rejected(table)


def _nans(table):
    for name, bits in (
        ("quiet", 0x7FF8 << 48),
        ("negative", 0xFFF8 << 48),
        ("signaling in 2 bytes", 0x7FF0 << 48 | 1 << 42),
        ("all bits of 2 bytes", 0x7FF << 52 | 0x3FF << 42),
        ("negative signaling in 2 bytes", 0xFFF0 << 48 | 5 << 42),
        ("quiet with payload in 4 bytes", 0x7FF8 << 48 | 1 << 29),
        ("signaling in 4 bytes", 0x7FF0 << 48 | 1 << 29),
        ("lowest bit above 2 bytes", 0x7FF8 << 48 | 1 << 41),
        ("quiet with payload in 8 bytes", 0x7FF8 << 48 | 1),
        ("signaling in 8 bytes", 0x7FF0 << 48 | 1),
        ("lowest bit above 4 bytes", 0x7FF8 << 48 | 1 << 28),
        ("all bits", (1 << 64) - 1),
        ("all bits, positive", (1 << 63) - 1),
    ):
        table.valid(f"NaN, {name}", f"float_of({bits:#018x})")


def _loose(table):
    for name, python, hex in (
        ("F_I8 0", "0.0", "d8 00"),
        ("F_D1 10", "1.0", "d9 0a"),
        ("F_D1 0", "0.0", "d9 00"),
        ("F_D2 10", "0.1", "da 0a00"),
        ("F_D2 0", "0.0", "da 0000"),
        ("F_DEC of 0 places", "5.0", "db 01 05"),
        ("F_DEC of 1 place", "0.5", "db 09 05"),
        ("F_DEC with zeros", "0.5", "db 12 3200"),
        ("F_DEC of more bytes", "0.001", "db 1e 010000000000"),
        ("F_DEC -2^47", "-2.0**47 / 10**15", "db 7e 000000000080"),
        ("F_DEC -2^47, integral", "-2.0**47", "db 06 000000000080"),
        ("F16 1.0", "1.0", "dc 003c"),
        ("F16 0.0", "0.0", "dc 0000"),
        ("F16 subnormal that is a decimal", "0.5", "dc 0038"),
        ("F32 1.0", "1.0", "dd 0000803f"),
        ("F32 0.0", "0.0", "dd 00000000"),
        ("F32 -0.0", "-0.0", "dd 00000080"),
        ("F32 infinity", "float('inf')", "dd 0000807f"),
        ("F32 NaN", "float('nan')", "dd 0000c07f"),
        ("F64 1.0", "1.0", "de 000000000000f03f"),
        ("F64 0.0", "0.0", "de 0000000000000000"),
        ("F64 -0.0", "-0.0", "de 0000000000000080"),
        ("F64 infinity", "float('-inf')", "de 000000000000f0ff"),
        ("F64 NaN", "float('nan')", "de 000000000000f87f"),
        ("F64 NaN with payload of 2 bytes", "float_of(0x7FF0040000000000)", "de 000000000004f07f"),
        ("F32 NaN with payload of 2 bytes", "float_of(0x7FF0040000000000)", "dd 0020807f"),
        ("F64 subnormal of 4 bytes", "2.0**-149", "de 000000000000a036"),
    ):
        table.loose(name, python, hex)


def _rejected(table):
    for header in ("00", "07", "08", "0f", "10", "78", "7f", "80", "81", "86", "ff"):
        table.rejected(
            f"F_DEC with the header {header}",
            f"db {header} 01{{8}}",
            "invalid_value",
            0,
            wrap=header in ("07", "81"),
        )
    for size in range(1, 7):
        table.rejected(
            f"F_DEC 0 in {size} bytes",
            f"db {24 + size:02x} 00{{{size}}}",
            "invalid_value",
            0,
            wrap=False,
        )
    for hex in (
        "d8",
        "d9",
        "da00",
        "db",
        "db09",
        "db1e 0000000000",
        "dc00",
        "dd000000",
        "de00000000000000",
    ):
        table.rejected(f"float without its last byte: {hex}", hex, "truncated", 0, wrap=False)
    table.rejected("complex without real part", "df", "truncated", 1)
    table.rejected("complex without imaginary part", "df d7", "truncated", 2)
    table.rejected("complex with an int", "df 01 d7", "invalid_value", 1)
    table.rejected("complex with a complex", "df d7 df", "invalid_value", 2)
    table.rejected("complex with a reserved tag", "df d7 fc", "invalid_value", 2)
    table.rejected("complex with half a float", "df d7 dc00", "truncated", 2)
