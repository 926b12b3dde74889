"""SREF, DREF, DREFV: what has a number, what has none, every class of number."""

from codec.write_scalars import length


def fill(table):
    """Adds the vectors."""
    abc = "63616263"
    for name, python, hex in (
        ("SREF to the str before", "['abc', 'abc']", f"82 {abc} e400"),
        ("SREF to the second str", "['abc', 'abd', 'abd']", f"83 {abc} 63616264 e401"),
        (
            "SREF in a tuple, a set, a dict and a deque",
            "['abc', ('abc',), {'abc'}, {1: 'abc'}, collections.deque(['abc'])]",
            f"85 {abc} 91e400 ea01e400 a101e400 f80681e400",
        ),
        ("SREF in a key that is a tuple", "{('abc', 'abc'): 1}", f"a1 92 {abc} e400 01"),
        (
            "a str in a key that is a tuple has a number",
            "[{('abc',): 1}, 'abc']",
            f"82 a1 91{abc} 01 e400",
        ),
        (
            "a str of 3 characters has a number, one of 2 none",
            "['ab', 'abc', 'abc']",
            f"83 626162 {abc} e400",
        ),
        (
            "a str of 255 units has a number, one of 256 none",
            "['a' * 256, 'b' * 255, 'b' * 255]",
            "83 e0e0 61{256} e0df 62{255} e400",
        ),
        (
            "units are those of UTF-16",
            "['a\\U0001f600', 'a\\U0001f600']",
            "82 e103 61f09f9880 e400",
        ),
        (
            "254 units of 127 astral characters and one more",
            "['\\U0001f600' * 127 + 'a'] * 2",
            "82 e1f90300 " + "f09f9880" * 127 + "61 e400",
        ),
        (
            "256 units of 128 astral characters have none",
            "['\\U0001f600' * 128, 'abc', 'abc']",
            "83 e1f90600 " + "f09f9880" * 128 + f"{abc} e400",
        ),
        ("a key has no number", "[{'abc': 'abd'}, 'abd']", f"82 a1 {abc} 63616264 e400"),
        (
            "a path has no number",
            "[pathlib.PurePosixPath('abc'), 'abd', 'abd']",
            f"83 f80d {abc} 63616264 e400",
        ),
        (
            "the names of a named tuple have none, its values do",
            "[collections.namedtuple('Abc', 'abc')('abd'), 'abd']",
            f"82 f80c 63416263 a1 {abc} 63616264 e400",
        ),
        (
            "a zone key has no number",
            "[datetime.time(0, tzinfo=zone('Mars/Phobos')), 'abd', 'abd']",
            "83 ef000030 6b4d6172732f50686f626f73 63616264 e400",
        ),
        (
            "CODE_POINTS has no number",
            "['\\ud800\\udc00a', 'abc', 'abc']",
            f"83 f81d03 00d800 00dc00 610000 {abc} e400",
        ),
        ("SREF has no number", "['abc', 'abc', 'abd', 'abd']", f"84 {abc} e400 63616264 e401"),
        (
            "strs of every form have numbers",
            "[*['abc', 'ab\\ud800', '\\u0436' * 3, 'a' * 32, 'ab\\u20ac'] * 2]",
            f"8a {abc} e202 61006200 00d8 e32003b6b6b6 e000 61{{32}} e103 6162e282ac e400e401e402e403e404",
        ),
        (
            "the content of a user type has a number",
            "[Extension(1, 'abc'), 'abc']",
            f"82 f901{abc} e400",
        ),
        (
            "SREF as the content of a user type",
            "['abc', Extension(1, 'abc')]",
            f"82 {abc} f901e400",
        ),
        (
            "a value of a Counter has a number, its key none",
            "[collections.Counter({'abc': 'abd'}), 'abd']",
            f"82 f80aa1 {abc} 63616264 e400",
        ),
        ("DREF to the dict before", "[{'a': 1}, {'a': 2}]", "82 a1616101 9802"),
        (
            "DREF to a dict of dicts before",
            "[{'a': {'b': 1}}, {'b': 2}, {'a': 3}]",
            "83 a16161 a1616201 9802 9903",
        ),
        ("DREF inside the dict that it refers to", "{'a': {'a': 1}}", "a16161 9801"),
        ("DREF in DREF", "[{'a': 1}, {'a': {'a': 2}}]", "82 a1616101 98 98 02"),
        ("DREF does not count", "[{'a': 1}, {'a': 2}, {'a': 3}]", "83 a1616101 9802 9803"),
        ("an empty dict does not count", "[{'a': 1}, {}, {'a': 2}]", "83 a1616101 a0 9802"),
        (
            "a dict with an int key does not count",
            "[{'a': 1}, {'b': 1, 2: 3}, {'a': 2}]",
            "83 a1616101 a2616202 0103 9802",
        ),
        (
            "a dict with a CODE_POINTS key does not count",
            "[{'a': 1}, {'b': 1}, {'a': 2}]",
            "83 a1616101 a1f81d0162000001 9802",
        ),
        (
            "an OrderedDict, a Counter and a MAP do not count",
            "[{'a': 1}, collections.OrderedDict(b=1), collections.Counter(c=1), JsMap({'d': 1}), {'a': 2}]",
            "85 a1616101 f808a1616201 f80aa1616301 f81ea1616401 9802",
        ),
        (
            "a named tuple does not count",
            "[{'a': 1}, collections.namedtuple('P', 'x')(1), {'a': 2}]",
            "83 a1616101 f80c6150a1617801 9802",
        ),
        (
            "a dict in a ChainMap counts",
            "[collections.ChainMap({'a': 1}), {'a': 2}]",
            "82 f80b81a1616101 9802",
        ),
        (
            "DREF in a ChainMap",
            "[{'a': 1}, collections.ChainMap({'a': 2})]",
            "82 a1616101 f80b819802",
        ),
        (
            "keys keep their order",
            "[{'b': 1, 'a': 2}, {'b': 3, 'a': 4}]",
            "82 a2616261610102 980304",
        ),
        (
            "a DICTV counts",
            "[dict.fromkeys(map(chr, range(97, 109)), 1), dict.fromkeys(map(chr, range(97, 109)), 2)]",
            "82 e900 " + "".join(f"61{c:02x}" for c in range(97, 109)) + "01{12} 98 02{12}",
        ),
        (
            "keys of every form",
            "[{'\\u20ac': 1, '\\u0436\\u0436': 2, '\\U0001f600': 3, '\\ud800': 4},"
            " {'\\u20ac': 1, '\\u0436\\u0436': 2, '\\U0001f600': 3, '\\ud800': 4}]",
            "82 a4 e200ac20 e32002b6b6 fb00f601 e20000d8 01020304 9801020304",
        ),
    ):
        table.loose(name, python, hex)
    for back in range(9):
        dicts = "".join(f"a161{97 + i:02x}01" for i in range(9))
        keys = f"[*({{chr(97 + i): 1}} for i in range(9)), {{chr({105 - back}): 2}}]"
        tag = f"{0x98 + back:02x}" if back < 8 else "ec00"
        table.loose(f"keys {back} dicts back", keys, f"8a {dicts} {tag} 02")
    for size, first in ((3, "fa"), (4, "fb"), (6, "fc")):
        table.loose(
            f"SREF with its number in {size} bytes",
            "['abc', 'abc']",
            f"82 {abc} e4 {first} 00{{{size}}}",
        )
        table.loose(
            f"DREFV with its number in {size} bytes",
            "[*({chr(97 + i): 1} for i in range(9)), {'a': 2}]",
            f"8a {dicts} ec {first} 00{{{size}}} 02",
        )
    for number, prefix in ((247, "f7"), (248, "f800"), (503, "f8ff"), (504, "f90000")):
        strs = "".join(b"".join((b"c", b"%03d" % i)).hex() for i in range(number + 1))
        strs = "".join("64" + strs[i : i + 8] for i in range(0, len(strs), 8))
        head = f"e7 {_length(number + 2 - 16)}"
        table.loose(
            f"SREF to the number {number}",
            f"[*(f'c{{i:03}}' for i in range({number + 1})), 'c{number:03}']",
            f"{head} {strs} e4{prefix}",
        )
        counted = "".join(
            (
                f"a16263{i:02x}01"
                if i < 256
                else f"a16264{i - 256:02x}01" if i < 512 else f"a16265{i - 512:02x}01"
            )
            for i in range(number + 9)
        )
        table.loose(
            f"DREFV with the number {number}",
            f"[*({{'cde'[i >> 8] + chr(i & 255): 1}} for i in range({number + 9})), {{'c\\x00': 2}}]",
            f"e7 {_length(number + 10 - 16)} {counted} ec{prefix} 02",
        )
    _rejected(table, abc)


def _length(n):
    return length(n).hex()


def _rejected(table, abc):
    for name, hex, code, offset in (
        ("SREF before any str", "e400", "invalid_reference", 0),
        ("SREF to a number that is not there yet", f"82 {abc} e401", "invalid_reference", 5),
        ("SREF to a str of 2 characters", "82 626162 e400", "invalid_reference", 4),
        ("SREF to a str of 256 characters", "82 e0e0 61{256} e400", "invalid_reference", 259),
        ("SREF to a key", f"82 a1 {abc} 01 e400", "invalid_reference", 7),
        ("SREF to a path", f"82 f80d {abc} e400", "invalid_reference", 7),
        ("SREF to a field name", f"82 f80c 6150 a1 {abc} 05 e400", "invalid_reference", 11),
        ("SREF to CODE_POINTS", "82 f81d03 610000 620000 630000 e400", "invalid_reference", 13),
        ("SREF as a path", f"82 {abc} f80d e400", "invalid_value", 7),
        ("SREF as a class name", f"82 {abc} f80c e400 a0", "invalid_value", 7),
        ("SREF as a field name", f"82 {abc} f80c 6150 a1 e400 05", "invalid_value", 5),
        ("SREF as a zone key", f"82 {abc} ef000030 e400", "invalid_value", 9),
        ("DREF before any dict", "98", "invalid_reference", 0),
        ("DREF beyond the first dict", "82 a1616101 9901", "invalid_reference", 5),
        ("DREF to an empty dict", "82 a0 98", "invalid_reference", 2),
        ("DREF to a dict with an int key", "82 a1 05 01 9802", "invalid_reference", 4),
        ("DREF to a Counter", "82 f80a a1616101 9802", "invalid_reference", 7),
        (
            "DREF to a dict with a CODE_POINTS key",
            "82 a1 f81d01620000 01 9802",
            "invalid_reference",
            9,
        ),
        ("DREF without its values", "82 a1616101 98", "truncated", 5),
        ("DREF without its last value", "82 a2616161620102 9803", "truncated", 8),
        ("DREF whose value is reserved", "82 a1616101 98fc", "reserved_tag", 6),
        ("DREF as the DICT of an OrderedDict", "82 a1616101 f8089802", "invalid_value", 7),
        ("DREF as the fields of a named tuple", "82 a1616101 f80c61509802", "invalid_value", 9),
        ("DREFV beyond the first dict", "82 a1616101 ec0002", "invalid_reference", 5),
        ("DREFV before any dict", "ec00", "invalid_reference", 0),
        ("DREFV with a length that starts with fd", "ecfd", "invalid_length", 0),
        ("DREFV without number", "ec", "truncated", 0),
    ):
        table.rejected(name, hex, code, offset, wrap=name == "SREF before any str")
