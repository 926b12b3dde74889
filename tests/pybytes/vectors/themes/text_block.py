"""BUNDLE and LONG_BUNDLE: what takes its text from the block, and where the document ends."""

from codec.hex_runs import expand


def _bundle(structure, narrow=b"", wide=b"", long=False):
    """The hex of a text block before the structure (hex)."""
    body = expand(structure)
    size = 6 if long else 2
    sizes = b"".join(len(part).to_bytes(size, "little") for part in (body, narrow, wide))
    head = b"\xf8\x24" + sizes + bytes(4) if long else b"\xf8\x20" + sizes
    return (head + body + narrow + wide).hex()


def fill(table):
    """Adds the vectors."""
    for long in (False, True):
        name = "LONG_BUNDLE" if long else "BUNDLE"

        def add(what, python, structure, narrow="", wide="", before=""):
            hex = before + _bundle(structure, narrow.encode(), wide.encode(), long)
            table.loose(f"{name}: {what}", python, hex)

        add("no text", "5", "05")
        add("an empty str", "''", "60")
        add("one str", "'abc'", "63", "abc")
        add("narrow and wide", "['abc', 'd\\xe9\\u20ac']", "82 63 e101", "abc", "d\xe9\u20ac")
        add("narrow text beyond ASCII", "['\\xe9', '\\xff\\xe8']", "82 61 62", "\xe9\xff\xe8")
        add("narrow text beyond Latin-1", "['\\u20ac', 'a']", "82 61 61", "\u20aca")
        add("a STRV", "['a' * 33, 'b']", "82 e001 61", "a" * 33 + "b")
        add("a cut between two surrogates", "['\\ud83d', '\\ude00']", "82 61 61", "\U0001f600")
        add(
            "a cut in the wide text",
            "['a\\u20ac\\ud83d', '\\ude00b']",
            "82 e101 e100",
            "",
            "a\u20ac\U0001f600b",
        )
        add(
            "SU16, SX and S1 have their text in place",
            "['\\ud800', '\\u0436', '\\U0001f600', 'ab']",
            "84 e20000d8 e32001b6 fb00f601 62",
            "ab",
        )
        add("CODE_POINTS have theirs", "['\\ud800\\udc00', 'x']", "82 f81d02 00d800 00dc00 61", "x")
        add("keys have theirs", "{'k': 'v', 'l': 'w'}", "a2 616b 616c 61 61", "vw")
        add(
            "parts have theirs",
            "[pathlib.PurePosixPath('p'), 'x', collections.namedtuple('N', 'f')('y'),"
            " datetime.time(0, tzinfo=zone('Mars/Phobos'))]",
            "84 f80d6170 61 f80c614e a1 6166 61 ef000030 6b4d6172732f50686f626f73",
            "xy",
        )
        add(
            "a key that is a tuple takes its strs from the block",
            "{('a', 'b'): 'c'}",
            "a1 92 61 61 61",
            "abc",
        )
        add("members of sets", "[{'a'}, frozenset({'b'})]", "82 ea0161 eb0161", "ab")
        add(
            "values of Counters and contents of user types",
            "[collections.Counter({'k': 'v'}), Extension(1, 'c')]",
            "82 f80aa1 616b 61 f90161",
            "vc",
        )
        add(
            "strs before the block and after it",
            "['abc', 'x', ['y', 'z']]",
            "61 82 61 61",
            "xyz",
            before="83 63616263",
        )
        add(
            "in a list, what comes after is in the structure",
            "[1, ['a'], 'b', 2]",
            "81 61 61 02",
            "ab",
            before="8401",
        )
        add("as a value of a dict", "{'k': 'v'}", "61", "v", before="a1616b")
        add("inside a key", "{('a',): 'b'}", "61 61", "ab", before="a191")
        add("as a member of a set", "{'a'}", "61", "a", before="ea01")
        add(
            "references into the block",
            "['abc', 'abc', {'k': 'abd'}, {'k': 'abd'}]",
            "84 63 e400 a1616b63 98e401",
            "abcabd",
        )
        add(
            "a memoryview is aligned to the document",
            "[View('d', 8, (8,), bytes(64)), 'a']",
            "82 ed6b08 00{4} 00{64} 61",
            "a",
        )
        table.loose(
            f"{name}: two texts that end in the same units",
            "['\\u20ac\\u20ac', '\\u20ac']",
            _bundle("82 e100 61", "\u20ac".encode(), "\u20ac\u20ac".encode(), long),
        )
        _rejected(table, name, long)
    table.rejected(
        "LONG_BUNDLE whose zero bytes are not zero",
        "f824 010000000000 00{12} 01000000 05",
        "invalid_padding",
        0,
    )
    table.rejected(
        "LONG_BUNDLE whose last zero byte is not zero",
        "f824 010000000000 00{12} 00000080 05",
        "invalid_padding",
        0,
    )
    table.rejected(
        "LONG_BUNDLE that claims 2^40 bytes", "f824 000000000001 00{12} 00000000 05", "truncated", 0
    )


def _rejected(table, name, long):
    head = 24 if long else 8  # bytes before the structure

    def wrong(what, code, offset, structure, narrow=b"", wide=b"", after="", wrap=True):
        table.rejected(
            f"{name}: {what}", _bundle(structure, narrow, wide, long) + after, code, offset, wrap
        )

    wrong("bytes after the block", "trailing_bytes", head + 2, "61", b"a", b"", "05")
    wrong("a structure that is longer than the value", "invalid_value", head + 1, "05 06")
    wrong("narrow text that nobody takes", "invalid_value", head + 1, "05", b"a")
    wrong("wide text that nobody takes", "invalid_value", head + 1, "61", b"a", "\u20ac".encode())
    wrong("a str longer than the narrow text", "truncated", head, "62", b"a")
    wrong(
        "a second str longer than the narrow text",
        "truncated",
        head + 2,
        "82 61 62",
        b"ab",
        wrap=False,
    )
    wrong(
        "a str longer than the wide text", "truncated", head, "e101", b"", "\u20ac\u20ac".encode()
    )
    wrong("narrow text that is no UTF-8", "invalid_utf8", 0, "62", b"\xc0\xaf")
    wrong("wide text that is no UTF-8", "invalid_utf8", 0, "82 61 e101", b"a", b"\xed\xa0\x80")
    wrong(
        "a character that is cut between the texts",
        "invalid_utf8",
        0,
        "82 61 e100",
        b"\xe2",
        b"\x82\xac",
    )
    wrong("an empty structure", "truncated", head, "")
    wrong("a structure that ends in the value", "truncated", head, "82 61", b"a")
    inner = _bundle("05", b"", b"", long)
    wrong("a second block inside", "invalid_value", head, inner, wrap=False)
    wrong("a second block after it", "invalid_value", head + 2, "82 05 " + inner, wrap=False)
    table.rejected(
        f"{name} as a key",
        "a1" + _bundle("6161 05", b"", b"", long),
        "invalid_value",
        0,
        wrap=False,
    )
    table.rejected(f"{name} as an int", "f802" + inner, "invalid_value", 2)
    table.rejected(f"{name} as a LIST", "f806" + _bundle("80", b"", b"", long), "invalid_value", 2)
    table.rejected(
        f"{name} as a path", "f80d" + _bundle("6161", b"", b"", long), "invalid_value", 2
    )
    whole = _bundle("82 62 e101", b"ab", "\u20ac\u20ac\u20ac".encode(), long)
    for end in (4, 2 * head - 2, 2 * head, 2 * head + 4, len(whole) - 6, len(whole) - 2):
        table.rejected(
            f"{name} that ends after {end // 2} bytes", whole[:end], "truncated", 0, wrap=False
        )
