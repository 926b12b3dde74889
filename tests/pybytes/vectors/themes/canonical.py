"""The canonical form: the order of dicts and sets, what is written once more, what is kept apart."""


def fill(table):
    """Adds the vectors."""
    for name, python in (
        (
            "ints by their bytes",
            "{k: None for k in (95, 0, -1, 96, 404, -9, 2144, -265, 70000, 2**31, -2**31, 2**40, 2**63, 2**70, -2**70)}",
        ),
        (
            "strs by their bytes, the shorter first",
            "{k: None for k in ('b', 'a', '', 'ab', 'aa', '\\xe9', '\\u20ac', '\\U0001f600', 'a' * 40)}",
        ),
        (
            "keys of many types",
            "{k: None for k in ('a', 1, 0.5, None, True + 0j, b'a', (1,), frozenset({2}), ..., UNDEFINED)}",
        ),
        ("tuples by their bytes", "{k: None for k in ((2,), (1, 1), (1,), (), (1, 0), ('a',))}"),
        ("a set of strs", "{'b', 'a', 'ab', '', '\\u0436'}"),
        ("a set of ints", "{3, 2, 1, 0, -1, 95, 96, 1000, -1000}"),
        ("a frozenset of floats", "frozenset({0.5, 1.5, 1e300, -0.0, float('inf')})"),
        ("a set of frozensets", "{frozenset({2, 1}), frozenset({1}), frozenset()}"),
        ("a frozenset in a key", "{frozenset({2, 1}): {2, 1}, (frozenset({'b', 'a'}),): 1}"),
        ("a dict in a dict", "{'b': {'d': 1, 'c': 2}, 'a': [{'f': 1, 'e': 2}]}"),
        ("a Counter", "collections.Counter({'b': 1, 'a': 2})"),
        ("repeated strs", "['abc', 'abc', {'abc': 'abc'}]"),
        ("repeated keys", "[{'a': 1, 'b': 2}, {'b': 2, 'a': 1}]"),
        ("a list of numbers", "[0.5] * 40"),
        ("a list of bools", "[True] * 40"),
        ("many strs", "[str(i) * 3 for i in range(60)]"),
        ("zeros", "[0, 0.0, -0.0, False, 0j, Decimal(0), Decimal('-0')]"),
        ("ones", "[1, 1.0, True, 1+0j, Decimal(1), Decimal('1.0')]"),
    ):
        table.reordered(f"canonical: {name}", python)
    for name, hex, python in (
        ("entries in another order", "a2 01 00 c0 c0", "{1: None, 0: None}"),
        ("members in another order", "ea02 6162 6161", "{'b', 'a'}"),
        ("a set in a dict in another order", "a1 01 ea02 02 01", "{1: {2, 1}}"),
        ("a frozenset in a key in another order", "a1 eb02 02 01 c0", "{frozenset({1, 2}): None}"),
        ("a packed list", "ed02 0105", "[5]"),
        ("a packed tuple", "ed22 0105", "(5,)"),
        ("an int in a longer form", "cf 050000", "5"),
        ("a list in a longer form", "e7 fa000000 c0{16}", "[None] * 16"),
        (
            "a padded memoryview in a key's place",
            "a1 01 ed6b08 00{3} 00{64}",
            "{1: View('d', 8, (8,), bytes(64))}",
        ),
    ):
        if name.startswith("a padded"):
            table.valid(f"canonical: {name}", python, hex)
        else:
            table.loose(f"not canonical: {name}", python, hex)
