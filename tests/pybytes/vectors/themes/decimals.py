"""Decimals and UUIDs."""


def fill(table):
    """Adds the vectors."""
    for text in (
        "0",
        "-0",
        "1",
        "-1",
        "1.5",
        "1.50",
        "1.500",
        "-1.5",
        "100",
        "1E+2",
        "0E+5",
        "0.00",
        "-0.00",
        "1E-64",
        "1E-65",
        "1E+59",
        "1E+60",
        "-1E-64",
        "-1E+60",
        "0E-64",
        "0E-65",
        "0E+59",
        "0E+60",
        "95",
        "96",
        "123456789012345678901234567890.123456789",
        "9.99E+999",
        "1E-1000",
        "1E+999999",
        "1E+999999999999999999",
        "-7E-999999",
        "Infinity",
        "-Infinity",
        "NaN",
        "-NaN",
        "NaN123",
        "-NaN96",
        "sNaN",
        "-sNaN",
        "sNaN1",
        "-sNaN18446744073709551616",
    ):
        table.valid(f"Decimal('{text}')", f"Decimal('{text}')")
    table.valid("a Decimal of 1000 digits", "Decimal('7' * 1000)")
    for python in (
        "FarDecimal(0, 1, 10**19)",
        "FarDecimal(1, 5, -10**19)",
        "FarDecimal(0, 0, 2**100)",
    ):
        table.valid(python, python)
    for name, python, hex in (
        ("exponent 0 in full", "Decimal('5')", "f77f 00 05"),
        ("exponent -64 in full", "Decimal('5E-64')", "f77f d1 3f000000 05"),
        ("exponent 59 in full", "Decimal('-5E+59')", "f7ff 3b 05"),
        ("a coefficient in 8 bytes", "Decimal('5')", "f740 d3 05 00{7}"),
        ("a payload in 8 bytes", "Decimal('NaN')", "f77d d3 00{8}"),
    ):
        table.loose(f"Decimal with {name}", python, hex)
    for name, hex, code, offset in (
        ("a negative coefficient", "f740 b8", "invalid_value", 2),
        ("a coefficient of -9", "f740 cc00", "invalid_value", 2),
        ("a negative coefficient of 9 bytes", "f740 d600 00{9}", "invalid_value", 2),
        ("a negative payload", "f77d b8", "invalid_value", 2),
        ("a negative payload of sNaN", "f7fe b8", "invalid_value", 2),
        ("a negative coefficient in full", "f77f 00 b8", "invalid_value", 3),
        ("a float", "f740 d7", "invalid_value", 2),
        ("a bool", "f740 c2", "invalid_value", 2),
        ("a str", "f740 6161", "invalid_value", 2),
        ("a float as exponent", "f77f d7 05", "invalid_value", 2),
        ("a float after the exponent", "f77f 00 d7", "invalid_value", 3),
        ("a reserved tag", "f740 fd", "invalid_value", 2),
        ("XT", "f740 f80205", "invalid_value", 2),
        ("no header", "f7", "truncated", 0),
        ("no coefficient", "f740", "truncated", 2),
        ("no payload", "f77d", "truncated", 2),
        ("no payload of sNaN", "f77e", "truncated", 2),
        ("no exponent", "f77f", "truncated", 2),
        ("an exponent alone", "f77f 00", "truncated", 3),
        ("half a coefficient", "f740 d000", "truncated", 2),
        ("a coefficient with a bad length", "f740 d5ff", "invalid_length", 2),
        ("an exponent with a bad length", "f77f d6fd", "invalid_length", 2),
    ):
        table.rejected(f"Decimal with {name}", hex, code, offset)
    table.valid("UUID of zeros", "uuid.UUID(int=0)")
    table.valid("UUID of ones", "uuid.UUID(int=2**128 - 1)")
    table.valid("UUID", "uuid.UUID('12345678-1234-5678-1234-567812345678')")
    for size in (0, 1, 15):
        table.rejected(
            f"UUID of {size} bytes",
            f"f6 00{{{size}}}" if size else "f6",
            "truncated",
            0,
            wrap=size == 15,
        )
