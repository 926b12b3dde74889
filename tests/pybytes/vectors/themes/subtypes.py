"""XT: ranges, the types of collections, named tuples, paths, durations, calendars, MAP."""

from codec.write_scalars import int_bytes, length


def fill(table):
    """Adds the vectors."""
    for python in (
        "range(0)",
        "range(5)",
        "range(-5)",
        "range(2, 5)",
        "range(5, 2)",
        "range(10, -1, -2)",
        "range(0, 9, 2)",
        "range(2**64)",
        "range(-2**63, 2**63, 2**40)",
    ):
        table.valid(python, python)
    table.loose("RANGE3 with step 1", "range(2, 5)", "f804 02 05 01")
    table.loose("RANGE2 with start 0", "range(5)", "f803 00 05")
    table.loose("RANGE1 with a stop of 8 bytes", "range(5)", "f802 d3 05 00{7}")
    table.valid("UNDEFINED", "[UNDEFINED, {'a': UNDEFINED}]")
    for count in (0, 1, 15, 16, 263, 264):
        table.valid(f"deque of {count}", f"collections.deque([None] * {count})")
        table.valid(
            f"deque of {count} with that maxlen", f"collections.deque([None] * {count}, {count})"
        )
    table.valid("deque with the longest maxlen", "collections.deque([1], 2**63 - 1)")
    table.loose("deque with LISTV", "collections.deque([None] * 16)", "f806 e7 fa000000 c0{16}")
    for count in (0, 1, 11, 12, 260):
        table.valid(
            f"OrderedDict of {count}",
            f"collections.OrderedDict((i, None) for i in reversed(range({count})))",
        )
        table.valid(f"Counter of {count}", f"collections.Counter(range({count}))")
        table.loose(f"MAP of {count}", f"JsMap.fromkeys(range({count}), 1)", _map(count))
    table.loose("MAP with str keys", "JsMap({'a': 1})", "f81e a1 6161 01")
    table.valid("OrderedDict in its order", "collections.OrderedDict([('b', 1), ('a', 2)])")
    table.loose(
        "Counter in another order",
        "collections.Counter({'b': 1, 'a': 2})",
        "f80a a2 6162 6161 01 02",
    )
    table.valid("Counter of what is no count", "collections.Counter({'a': 'x', 'b': 1.5})")
    for python in (
        "collections.ChainMap({})",
        "collections.ChainMap({'a': 1}, {}, {'b': [2]})",
        "collections.ChainMap(collections.OrderedDict(a=1), collections.Counter(b=2))",
        "collections.ChainMap(*({} for _ in range(16)))",
        "collections.ChainMap(*({} for _ in range(4096)))",
    ):
        table.valid(python, python)
    table.loose(
        "ChainMap of a MAP", "collections.ChainMap(JsMap({'a': 1}))", "f80b 81 f81e a1 6161 01"
    )
    for python in (
        "collections.namedtuple('P', '')()",
        "collections.namedtuple('Point', 'x y')(1, 2)",
        "collections.namedtuple('P', 'b a')((1,), [2])",
        "Record('', (), ())",
        "Record('', ('',), (1,))",
        "Record('class', ('def', '_x', '1', 'a b'), (1, 2, 3, 4))",
        "Record('\\u20ac', ('\\ud800',), ('x',))",
        "collections.namedtuple('P', [f'f{i}' for i in range(12)])(*range(12))",
    ):
        table.valid(f"named tuple {python}", python)
    for kind, text in (
        ("PurePosixPath", "/a/b"),
        ("PurePosixPath", "."),
        ("PurePosixPath", "a b/c"),
        ("PosixPath", "/tmp"),
        ("PureWindowsPath", "c:\\\\x"),
        ("PureWindowsPath", "\\\\\\\\host\\\\share\\\\a"),
        ("PurePosixPath", "\\u20ac/\\udc80"),
    ):
        table.valid(f"{kind} {text}", f"pathlib.{kind}('{text}')")
    for kind, text in (
        ("PurePosixPath", ""),
        ("PurePosixPath", "a//b"),
        ("PosixPath", "a/./b/"),
        ("PureWindowsPath", "a/b"),
        ("WindowsPath", "c:\\\\x"),
        ("WindowsPath", ""),
    ):
        table.valid(
            f"{kind} that Python would change or lacks: '{text}'", f"RawPath('{kind}', '{text}')"
        )
    _durations(table)
    _calendars(table)
    _rejected(table)


def _map(count):
    head = f"{0xA0 + count:02x}" if count < 12 else "e9" + length(count - 12).hex()
    return f"f81e {head}" + b"".join(map(int_bytes, range(count))).hex() + "01" * count


def _durations(table):
    for fields in (
        "1",
        "0, 1",
        "0, 0, 1",
        "-1",
        "0, -1, 0, -3",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        "2**32 - 1, 2**32 - 1, 2**32 - 1",
        "1 - 2**32",
        "1, 0, 0, 104249991374",
        "1, 0, 0, 0, 0, 0, 2**53 - 1",
        "1, 0, 0, 0, 0, 0, 0, 0, 0, 2**70",
    ):
        table.valid(f"Duration({fields})", f"Duration({fields})")
    table.loose("a field that is 0", "Duration(1)", "f819 0300 01 00")
    table.loose("DURATION without years, months and weeks", "datetime.timedelta(1)", "f819 0800 01")
    table.loose("DURATION of nothing", "datetime.timedelta(0)", "f819 0000")
    table.loose("DURATION of days and hours", "datetime.timedelta(1, 7200)", "f819 1800 01 02")
    for name, hex, code, offset in (
        ("bit 10", "f819 0004", "invalid_value", 0),
        ("bit 15", "f819 0180 01", "invalid_value", 0),
        ("two signs", "f819 0300 01 b8", "invalid_time", 0),
        ("signs that differ in days", "f819 0900 01 b8", "invalid_time", 0),
        ("2^32 years", "f819 0100 d3 00{4}01 00{3}", "invalid_time", 0),
        ("2^32 months", "f819 0200 d3 00{4}01 00{3}", "invalid_time", 0),
        ("-2^32 weeks", "f819 0400 d1 ff{4}", "invalid_time", 0),
        ("2^53 seconds", "f819 4100 01 d3 00{6}2000", "invalid_time", 0),
        ("2^53 seconds alone", "f819 4000 d3 00{6}2000", "invalid_time", 0),
        ("an int that is no binary64", "f819 8100 01 d3 01 00{5}2000", "invalid_value", 0),
        ("a float", "f819 0100 d801", "invalid_value", 4),
        ("a str", "f819 0300 01 60", "invalid_value", 5),
        ("no mask", "f819", "truncated", 0),
        ("half a mask", "f819 01", "truncated", 0),
        ("no field", "f819 0100", "truncated", 4),
        ("no second field", "f819 0300 01", "truncated", 5),
        ("half a field", "f819 0100 cd00", "truncated", 4),
    ):
        table.rejected(
            f"DURATION with {name}",
            hex,
            code,
            offset,
            wrap=name in ("bit 10", "two signs", "a float"),
        )


def _calendars(table):
    # None with a zone key: whether it is valid depends on the time zones that the host knows.
    for python in (
        "0, 'buddhist', datetime.date(2024, 1, 2)",
        "0, 'roc', datetime.date(1900, 1, 1)",
        "0, 'gregory', datetime.datetime(2024, 1, 2, 3, 4, 5)",
        "0, 'gregory', datetime.datetime(2024, 1, 2, 3, 4, 5, 6)",
        "0, 'gregory', FarDateTime(1)",
        "0, 'hebrew', datetime.datetime(2024, 1, 2, tzinfo=timezone(timedelta(minutes=330)))",
        "0, 'hebrew', datetime.datetime(2024, 1, 2, tzinfo=ZERO_OFFSET)",
        "1, 'gregory', datetime.date(2024, 1, 1)",
        "2, 'gregory', datetime.date(1972, 1, 2)",
        "1, 'iso8601', datetime.date(2024, 1, 1)",
        "2, 'iso8601', datetime.date(1972, 2, 29)",
    ):
        table.valid(f"Calendar({python})", f"Calendar({python})")
    table.loose(
        "a calendar in upper case",
        "Calendar(0, 'buddhist', datetime.date(2024, 1, 2))",
        "f81a 00 684255444448495354 ee0c4d",
    )
    table.loose(
        "an ISO date as CALENDAR", "datetime.date(2024, 1, 2)", "f81a 00 6769736f38363031 ee0c4d"
    )
    name = "68 6275646468697374"
    for what, hex, code, offset in (
        ("form 3", f"03 {name} ee0c4d", "invalid_value", 0),
        ("form FF", f"ff {name} ee0c4d", "invalid_value", 0),
        ("an unknown name", "00 6178 ee0c4d", "invalid_date", 0),
        ("an empty name", "00 60 ee0c4d", "invalid_date", 0),
        ("an int as name", "00 05 ee0c4d", "invalid_value", 3),
        ("an int as date", f"00 {name} 05", "invalid_value", 12),
        ("a TIME", f"00 {name} ef000000", "invalid_value", 12),
        ("a datetime in UTC", f"00 {name} f1 00{{4}}", "invalid_value", 12),
        ("another subtype", f"00 {name} f800", "invalid_value", 12),
        ("a DTX in UTC", f"00 {name} f4080000", "invalid_value", 0),
        ("a DTX with a name", f"00 {name} f42000006161", "invalid_value", 0),
        ("a naive fold 1", f"00 {name} f40100", "invalid_value", 0),
        ("an offset of microseconds", f"00 {name} f4080001", "invalid_value", 0),
        (
            "a key that nobody knows",
            f"00 {name} f41800 6b4d6172732f50686f626f73",
            "invalid_value",
            0,
        ),
        ("a datetime in form 1", f"01 {name} f000000000", "invalid_value", 0),
        ("a DTX in form 2", f"02 {name} f40000", "invalid_value", 0),
        ("a TIME in form 1", f"01 {name} ef000000", "invalid_value", 12),
        ("a DATE out of range", f"00 {name} f816 d0 01e1f505", "invalid_date", 12),
        ("no form", "", "truncated", 0),
        ("no name", "00", "truncated", 3),
        ("no date", f"00 {name}", "truncated", 12),
        ("half a date", f"00 {name} ee00", "truncated", 12),
    ):
        table.rejected(
            f"CALENDAR with {what}",
            f"f81a {hex}",
            code,
            offset,
            wrap=what in ("form 3", "no date", "a naive fold 1"),
        )


def _rejected(table):
    for name, hex, code, offset in (
        ("RANGE1 without stop", "f802", "truncated", 2),
        ("RANGE2 without stop", "f803 01", "truncated", 3),
        ("RANGE3 without step", "f804 01 02", "truncated", 4),
        ("RANGE3 with step 0", "f804 00 05 00", "invalid_value", 0),
        ("RANGE1 with a float", "f802 d7", "invalid_value", 2),
        ("RANGE2 with a bool", "f803 01 c2", "invalid_value", 3),
        ("RANGE3 with a str", "f804 01 02 60", "invalid_value", 4),
        ("RANGE1 with UNDEFINED", "f802 f800", "invalid_value", 2),
        ("RANGE1 with a reserved tag", "f802 fc", "invalid_value", 2),
        ("deque of a tuple", "f806 90", "invalid_value", 2),
        ("deque of a packed list", "f806 ed02 0105", "invalid_value", 2),
        ("deque without list", "f806", "truncated", 2),
        ("deque without its last item", "f806 82 01", "truncated", 0),
        ("deque of a LISTV with a bad length", "f806 e7fd", "invalid_length", 2),
        ("deque of a LISTV without length", "f806 e7", "truncated", 2),
        ("deque longer than maxlen", "f807 01 82 01 02", "invalid_value", 0),
        ("deque with a negative maxlen", "f807 b8 80", "invalid_value", 0),
        ("deque with maxlen 2^63", "f807 d3 00{7}80 80", "invalid_value", 0),
        ("deque with a float as maxlen", "f807 d7 80", "invalid_value", 2),
        ("deque without maxlen", "f807", "truncated", 2),
        ("deque with maxlen alone", "f807 05", "truncated", 3),
        ("OrderedDict of a list", "f808 80", "invalid_value", 2),
        ("Counter of an OrderedDict", "f80a f808a0", "invalid_value", 2),
        ("MAP of a set", "f81e ea00", "invalid_value", 2),
        ("OrderedDict without dict", "f808", "truncated", 2),
        ("OrderedDict whose value is missing", "f808 a1 6161", "truncated", 5),
        ("Counter without its last entry", "f80a a2 61 61 05", "truncated", 0),
        ("OrderedDict of a DICTV with a bad length", "f808 e9ff", "invalid_length", 2),
        ("ChainMap of nothing", "f80b 80", "invalid_value", 0),
        ("ChainMap of an int", "f80b 81 05", "invalid_value", 0),
        ("ChainMap of a list", "f80b 82 a0 80", "invalid_value", 0),
        ("ChainMap of a ChainMap", "f80b 81 f80b81a0", "invalid_value", 0),
        ("ChainMap of a tuple", "f80b 91 a0", "invalid_value", 2),
        ("ChainMap without list", "f80b", "truncated", 2),
        ("ChainMap without its last dict", "f80b 82 a0", "truncated", 0),
        ("ChainMap of 4097", "f80b e7 f9f90d a0{4097}", "count_too_large", 0),
        ("named tuple without name", "f80c", "truncated", 2),
        ("named tuple without fields", "f80c 6150", "truncated", 4),
        ("named tuple with an int as name", "f80c 05 a0", "invalid_value", 2),
        ("named tuple with CODE_POINTS as name", "f80c f81d00 a0", "invalid_value", 2),
        ("named tuple with an int as field", "f80c 6150 a1 05 05", "invalid_value", 0),
        (
            "named tuple with CODE_POINTS as field",
            "f80c 6150 a1 f81d0161 0000 05",
            "invalid_value",
            0,
        ),
        ("named tuple of a list", "f80c 6150 80", "invalid_value", 4),
        ("named tuple of an OrderedDict", "f80c 6150 f808a0", "invalid_value", 4),
        ("named tuple whose value is missing", "f80c 6150 a1 6161", "truncated", 7),
        ("named tuple that claims too much", "f80c 6150 a1 61", "truncated", 0),
        ("path of an int", "f80d 05", "invalid_value", 2),
        ("path of bytes", "f80e ad61", "invalid_value", 2),
        ("path without str", "f80f", "truncated", 2),
        ("path whose str ends too early", "f810 6261", "truncated", 2),
        ("path of CODE_POINTS", "f80d f81d0161 0000", "invalid_value", 2),
        ("path that is no UTF-8", "f80d e100 c0af", "invalid_utf8", 2),
        ("path with a bad window", "f80d e3d00180", "invalid_string", 2),
    ):
        table.rejected(
            name,
            hex,
            code,
            offset,
            wrap=name
            in (
                "RANGE3 with step 0",
                "ChainMap of nothing",
                "path of an int",
                "deque longer than maxlen",
                "named tuple without fields",
            ),
        )
