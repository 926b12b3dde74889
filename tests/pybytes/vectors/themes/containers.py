"""Lists, tuples, dicts, sets: the counts of the FIX tags, every class of length prefix, depth."""

COUNTS = [247, 248, 503, 504, 66039, 66040]


def fill(table):
    """Adds the vectors."""
    for count in (0, 1, 7, 8, 9, 11, 12, 13, 15, 16, 17):
        table.valid(f"list of {count}", f"[None] * {count}")
        table.valid(f"tuple of {count}", f"(None,) * {count}")
        table.valid(f"dict of {count}", f"dict.fromkeys(range({count}))")
        table.valid(
            f"dict of {count} str keys", f"dict.fromkeys(map(chr, range(65, 65 + {count})), 1)"
        )
        table.valid(f"set of {count}", f"set(range({count}))")
        table.valid(f"frozenset of {count}", f"frozenset(range({count}))")
    for count in COUNTS:
        table.valid(f"LISTV with the length prefix of {count}", f"[True] * ({count} + 16)")
        table.valid(f"TUPLEV with the length prefix of {count}", f"(False,) * ({count} + 8)")
    for count in COUNTS[:4]:
        table.valid(
            f"DICTV with the length prefix of {count}", f"dict.fromkeys(range({count} + 12))"
        )
        table.valid(f"SET with the length prefix of {count}", f"set(range({count}))")
        table.valid(f"FSET with the length prefix of {count}", f"frozenset(range({count}))")
    for tag, name, base, body, python in (
        ("e7", "LISTV", 16, "c0{16}", "[None] * 16"),
        ("e8", "TUPLEV", 8, "c0{8}", "(None,) * 8"),
        ("e9", "DICTV", 12, "000102030405060708090a0b c0{12}", "dict.fromkeys(range(12))"),
        ("ea", "SET", 0, "", "set()"),
        ("eb", "FSET", 0, "", "frozenset()"),
    ):
        for size, first in ((3, "fa"), (4, "fb"), (6, "fc")):
            table.loose(
                f"{name} with its length in {size} bytes",
                python,
                f"{tag} {first} 00{{{size}}} {body}",
            )
        for first in ("fd", "ff"):
            table.rejected(
                f"{name} with a length that starts with {first}",
                f"{tag} {first}",
                "invalid_length",
                0,
                wrap=first == "fd",
            )
        table.rejected(f"{name} without length", tag, "truncated", 0, wrap=False)
        table.rejected(f"{name} of 2^23 members", f"{tag} fa 000080 c0", "truncated", 0)
    table.valid("nested lists and tuples", "[[], (), [[1, ()], ([2],)]]")
    table.valid("nested dicts", "{'a': {'b': {}}, 'c': [{'d': {'e': ({},)}}]}")
    table.valid("2000 lists in one another", "nested(2000)")
    table.valid("Ellipsis, None, False and True", "[..., None, False, True]")
    table.loose(
        "a dict in another order than the canonical", "{'b': 1, 'a': 2}", "a2 6162 6161 01 02"
    )
    table.loose("a set in another order than the canonical", "{1, 2}", "ea 02 02 01")
    table.rejected("list without its last item", "82 05", "truncated", 0)
    table.rejected(
        "list in a list without its last item", "82 82 01 02", "truncated", 4, wrap=False
    )
    table.rejected("tuple without its last item", "92 05", "truncated", 0)
    table.rejected("dict without values", "a1 05", "truncated", 0)
    table.rejected("dict whose value is missing", "a1 6161", "truncated", 3)
    table.rejected("set without its last member", "ea 02 05", "truncated", 0)
    table.rejected("frozenset without its last member", "eb 02 05", "truncated", 0)
    table.rejected("lists that claim the same bytes", "83 83 83 00 00", "truncated", 1, wrap=False)
    table.rejected(
        "tuples that claim the same bytes", "92 92 92 92 00 00", "truncated", 3, wrap=False
    )
    table.rejected(
        "dicts that claim the same bytes",
        "a2 01 02 a2 03 04 a2 05 06 00 00",
        "truncated",
        6,
        wrap=False,
    )
