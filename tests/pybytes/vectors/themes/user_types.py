"""EXTV and EXTB: ids and contents."""


def fill(table):
    """Adds the vectors."""
    for id in (0, 1, 247, 248, 503, 504, 66039, 66040, 2**24 - 1, 2**24, 2**32 - 1):
        table.valid(f"user type {id}", f"Extension({id}, None)")
        table.valid(f"user type {id} of bytes", f"Extension({id}, b'ab')")
    for count in (0, 247, 248, 503, 504, 66039, 66040):
        table.valid(f"user type of {count} bytes", f"Extension(5, bytes({count}))")
    for python in (
        "1",
        "'abc'",
        "[1, 2]",
        "{'a': 1}",
        "(b'x',)",
        "Extension(6, Extension(7, b''))",
        "UNDEFINED",
        "bytearray(b'ab')",
        "1.5",
    ):
        table.valid(f"user type of {python}", f"[0, Extension(5, {python}), 1]")
    table.loose("EXTV of bytes", "Extension(5, b'ab')", "f905 ae6162")
    for size, first in ((3, "fa"), (4, "fb"), (6, "fc")):
        table.loose(
            f"EXTV with its id in {size} bytes",
            "Extension(5, 1)",
            f"f9 {first} 05 00{{{size - 1}}} 01",
        )
        table.loose(
            f"EXTB with its id in {size} bytes",
            "Extension(5, b'a')",
            f"fa {first} 05 00{{{size - 1}}} 01 61",
        )
        table.loose(
            f"EXTB with its length in {size} bytes",
            "Extension(5, b'a')",
            f"fa 05 {first} 01 00{{{size - 1}}} 61",
        )
    for name, hex, code, offset in (
        ("EXTV without id", "f9", "truncated", 0),
        ("EXTV without content", "f905", "truncated", 0),
        ("EXTV with half an id", "f9fa05", "truncated", 0),
        ("EXTV with the id FD", "f9fd", "invalid_length", 0),
        ("EXTV with the id FF", "f9ff 05", "invalid_length", 0),
        ("EXTV with a reserved content", "f905fc", "reserved_tag", 2),
        ("EXTV with half a content", "f905 cd00", "truncated", 2),
        ("EXTV with the id 2^32", "f9 fc000000000100 05", "invalid_value", 0),
        ("EXTV with the id 2^48 - 1", "f9 fc ff{6} 05", "invalid_value", 0),
        ("EXTB with the id 2^32", "fa fc000000000100 00", "invalid_value", 0),
        ("EXTB without id", "fa", "truncated", 0),
        ("EXTB without length", "fa05", "truncated", 0),
        ("EXTB without bytes", "fa0502 61", "truncated", 0),
        ("EXTB with the length FE", "fa05fe", "invalid_length", 0),
        ("EXTB with the id FE", "fafe", "invalid_length", 0),
    ):
        table.rejected(name, hex, code, offset)
