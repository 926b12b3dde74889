"""Ints: both sides of every boundary between two forms, and every form with a value of a shorter one."""


def fill(table):
    """Adds the vectors."""
    edges = {0, 1, 94, 95, -1, -7, -8, -9, -10, -263, -264, -265, -266, -65799, -65800, -65801}
    for n in range(8):
        edges |= {96 + 256 * n, 96 + 256 * n + 255}
    edges |= {2144, 67679, 67680}
    for python in [*map(str, sorted(edges, key=lambda n: (n < 0, abs(n))))]:
        table.valid(f"int {python}", python)
    for bits in (23, 31, 32, 47, 48, 53, 63, 64, 72, 80):
        for python in (f"2**{bits} - 1", f"2**{bits}", f"-2**{bits}", f"-2**{bits} - 1"):
            table.valid(f"int {python}", python)
    for size in (256, 257, 512, 513):
        table.valid(f"int of {size} bytes, the least", f"1 << 8 * {size - 1}")
        table.valid(f"int of {size} bytes, the greatest", f"(1 << 8 * {size}) - 1")
        table.valid(f"negative int of {size} bytes", f"-1 - (1 << 8 * {size - 1})")
    table.valid("int of 2^20 bits", "(1 << 2**20) - 1")
    loose = [
        ("INT2P", "c4 00", None),
        ("U16 0", "cd 0000", "2144"),
        ("I24 5", "cf 050000", "5"),
        ("I24 -1", "cf ffffff", "-1"),
        ("U32 5", "d0 05000000", "5"),
        ("N32 -1", "d1 00000000", "-1"),
        ("I48 5", "d2 050000000000", "5"),
        ("I48 -6", "d2 faffffffffff", "-6"),
        ("U64 5", "d3 0500000000000000", "5"),
        ("N64 -1", "d4 0000000000000000", "-1"),
        ("BIGP 0", "d5 00 00{9}", "0"),
        ("BIGP 5", "d5 00 05 00{8}", "5"),
        ("BIGN -1", "d6 00 00{9}", "-1"),
        ("BIGN -6", "d6 00 05 00{8}", "-6"),
        ("BIGP with a zero byte at the end", "d5 01 ff{9} 00", "2**72 - 1"),
        ("BIGP with its length in 3 bytes", "d5 fa000000 ff{9}", "2**72 - 1"),
        ("BIGP with its length in 4 bytes", "d5 fb00000000 ff{9}", "2**72 - 1"),
        ("BIGP with its length in 6 bytes", "d5 fc000000000000 ff{9}", "2**72 - 1"),
        ("BIGN with its length in 3 bytes", "d6 fa010000 ff{10}", "-2**80"),
        ("BIGN with its length in 6 bytes", "d6 fc010000000000 ff{10}", "-2**80"),
    ]
    for name, hex, python in loose:
        if python is not None:
            table.valid(f"{name}", python, hex)
    for tag, name, codes in (("d5", "BIGP", 3), ("d6", "BIGN", 3)):
        for first in ("fd", "fe", "ff")[:codes]:
            table.rejected(
                f"{name} with a length that starts with {first}",
                f"{tag} {first}",
                "invalid_length",
                0,
                wrap=False,
            )
    for hex in (
        "c4",
        "cc",
        "cd00",
        "ce00",
        "cf0000",
        "d0000000",
        "d1000000",
        "d20000000000",
        "d300000000000000",
        "d400000000000000",
        "d500 00{8}",
        "d600 00{8}",
        "d5",
        "d6f8",
        "d5f900",
        "d5fa0000",
        "d6fb000000",
        "d6fc0000000000",
    ):
        table.rejected(f"int without its last byte: {hex}", hex, "truncated", 0, wrap=False)
