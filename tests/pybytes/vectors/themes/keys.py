"""Keys: which are equal, which are not, which cannot be keys."""

SAME = [
    ("1 and 1.0", "01 d801"),
    ("1 and True", "01 c2"),
    ("0 and False", "00 c1"),
    ("0.0 and -0.0", "d7 dc0080"),
    ("0 and -0.0", "00 dc0080"),
    ("1 and Decimal('1.00')", "01 f73ec404"),
    ("1 and 1+0j", "01 dfd801d7"),
    ("0.5 and Decimal('0.5')", "d905 f73f05"),
    ("2^64 and 2.0^64", "d500 00{8}01 dd0000805f"),
    ("infinity and Decimal('Infinity')", "dc007c f77c"),
    ("1+2j and 1+2j", "dfd801d802 dfd801d802"),
    ("-0.0+0j and 0", "dfdc0080d7 00"),
    ("Decimal('-0') and 0", "f7c000 00"),
    ("Decimal('1E+2') and 100", "f74201 c404"),
    ("Decimal('1.5') and Decimal('1.50')", "f73f0f f73ec436"),
    ("two NaNs", "dc007e dc007e"),
    ("NaNs of other bits", "dc007e dc00fe"),
    ("NaN and NaN+0j", "dc007e dfdc007ed7"),
    ("two Decimal NaNs", "f77d00 f77d00"),
    ("two Decimal NaNs with payload", "f77d05 f77d05"),
    ("two strs", "6161 6161"),
    ("a str in two forms", "6161 e20061 00"),
    ("a str as CODE_POINTS", "6161 f81d01610000"),
    ("two bytes", "ad61 ad61"),
    ("bytes and a memoryview", "ad61 ed620161"),
    ("bytes and a read-only memoryview", "ad61 f81fed620161"),
    ("two tuples", "920102 920102"),
    ("tuples of equal numbers", "9101 91d801"),
    ("tuples of NaN", "91dc007e 91dc007e"),
    ("a tuple and a packed tuple", "9105 ed210105"),
    ("a tuple and a named tuple", "9105 f80c6150a1617805"),
    ("frozensets", "eb020102 eb020201"),
    ("empty frozensets", "eb00 eb00"),
    ("None", "c0 c0"),
    ("UNDEFINED", "f800 f800"),
    ("Ellipsis", "c3 c3"),
    ("ranges with the same members", "f8040003 02 f8040004 02"),
    ("empty ranges", "f80200 f8030503"),
    ("ranges of one member", "f80201 f804000505"),
    ("paths", "f80d6161 f80d6161"),
    ("a Path and a PurePath", "f80d6161 f80f6161"),
    ("paths with the same parts", "f80d63612f62 f80d64612f2f62"),
    ("Windows paths in either case", "f80e6141 f80e6161"),
    ("Windows paths with either slash", "f80e63612f62 f80e63615c62"),
    ("timedeltas in two units", "f50001 f501cf805101"),
    ("dates in two forms", "ee0500 f81605"),
    ("naive times", "ef000000 ef000000"),
    ("times that differ in fold", "ef000000 ef000002"),
    ("times of the same moment", "ef100e1000 efd40d20b8"),
    ("naive datetimes in two forms", "f000000000 f400 00"),
    ("datetimes that differ in fold", "f000000000 f40100"),
    ("datetimes of the same moment", "f1100e0000 f410cdc0133c"),
    ("UTC and an offset of zero", "f105000000 f4100500"),
    ("datetimes of an unknown zone", "f41805654d6172732f f41805654d6172732f"),
    ("UUIDs", "f6 00{16} f6 00{16}"),
    ("dates of a calendar", "f81a0063726f63ee0500 f81a0063524f43ee0500"),
]

DIFFERENT = [
    ("None and UNDEFINED", "c0 f800", "None, UNDEFINED"),
    ("a str and bytes", "6161 ad61", "'a', b'a'"),
    ("NaN and Decimal NaN", "dc007e f77d00", "float('nan'), Decimal('NaN')"),
    ("Decimal NaNs of other payloads", "f77d00 f77d01", "Decimal('NaN'), Decimal('NaN1')"),
    ("Decimal NaNs of other signs", "f77d00 f7fd00", "Decimal('NaN'), Decimal('-NaN')"),
    ("1 and '1'", "01 6131", "1, '1'"),
    ("a tuple and a range", "9100 f80201", "(0,), range(1)"),
    ("0.1 and Decimal('0.1')", "d901 f73f01", "0.1, Decimal('0.1')"),
    ("2^53+1 and 2.0^53", "d30100000000002000 dd0000005a", "2**53 + 1, 2.0**53"),
    ("1+2j and 1", "dfd801d802 01", "1+2j, 1"),
    (
        "a naive time and an aware one",
        "ef000000 ef00001000",
        "datetime.time(0), datetime.time(0, tzinfo=UTC)",
    ),
    (
        "a naive datetime and one in UTC",
        "f000000000 f100000000",
        "datetime.datetime(1970, 1, 1), datetime.datetime(1970, 1, 1, tzinfo=UTC)",
    ),
    (
        "a date and a datetime",
        "ee0000 f000000000",
        "datetime.date(1970, 1, 1), datetime.datetime(1970, 1, 1)",
    ),
    (
        "paths of two flavours",
        "f80d6161 f80e6161",
        "pathlib.PurePosixPath('a'), pathlib.PureWindowsPath('a')",
    ),
    (
        "paths in either case",
        "f80d6141 f80d6161",
        "pathlib.PurePosixPath('A'), pathlib.PurePosixPath('a')",
    ),
    ("a path and a str", "f80d6161 6161", "pathlib.PurePosixPath('a'), 'a'"),
    ("frozensets", "eb0101 eb0102", "frozenset({1}), frozenset({2})"),
    (
        "memoryviews of other shapes",
        "f81fed8202010261 62 f81fed8202020161 62",
        "View('B', 1, (1, 2), b'ab', True), View('B', 1, (2, 1), b'ab', True)",
    ),
    (
        "a date and one of a calendar",
        "ee0500 f81a0063726f63ee0500",
        "datetime.date(1970, 1, 6), Calendar(0, 'roc', datetime.date(1970, 1, 6))",
    ),
]

UNHASHABLE = [
    ("a list", "80"),
    ("a dict", "a0"),
    ("a set", "ea00"),
    ("a bytearray", "e600"),
    ("a deque", "f80680"),
    ("a deque with maxlen", "f8070080"),
    ("an OrderedDict", "f808a0"),
    ("a Counter", "f80aa0"),
    ("a MAP", "f81ea0"),
    ("a ChainMap", "f80b81a0"),
    ("a signaling Decimal NaN", "f77e00"),
    ("a tuple of a list", "9180"),
    ("a named tuple of a list", "f80c6150a1617880"),
    ("a packed list", "ed010105"),
    ("a user type", "f90501"),
    ("a user type of bytes", "fa050161"),
    ("a memoryview of doubles", "ed6b01 00{8}"),
    ("a read-only memoryview of doubles", "f81fed6b01 00{8}"),
    ("a read-only memoryview of b", "f81fed610161"),
    ("a read-only memoryview of c", "f81fed720161"),
    ("a memoryview of two dimensions", "ed8202010161"),
    ("a tuple of a tuple of a dict", "9191a0"),
]


def fill(table):
    """Adds the vectors."""
    for name, hex in SAME:
        table.rejected(f"equal keys: {name}", f"a2 {hex} c0 c0", "duplicate_key", 0, wrap=False)
        table.rejected(
            f"equal members: {name}", f"8205 ea 02 {hex}", "duplicate_key", 2, wrap=False
        )
    for name, hex, python in DIFFERENT:
        table.valid(f"different keys: {name}", f"dict.fromkeys([{python}])", f"a2 {hex} c0 c0")
        table.valid(f"different members: {name}", f"frozenset([{python}])", f"eb 02 {hex}")
    for name, hex in UNHASHABLE:
        table.rejected(
            f"unhashable key: {name}", f"a1 {hex} c0", "unhashable_key", 0, wrap=name == "a list"
        )
        table.rejected(
            f"unhashable member: {name}", f"82 05 eb 01 {hex}", "unhashable_key", 2, wrap=False
        )
    for subtype, name in (("08", "OrderedDict"), ("0a", "Counter"), ("1e", "MAP")):
        table.rejected(f"equal keys of an {name}", f"f8{subtype} a2 0101 c0 c0", "duplicate_key", 0)
        table.rejected(
            f"an unhashable key of an {name}", f"f8{subtype} a1 80 c0", "unhashable_key", 0
        )
    table.rejected(
        "equal fields of a named tuple", "f80c 6150 a2 6161 6161 0102", "duplicate_key", 0
    )
    table.valid("a memoryview of bytes as key", "{View('B', 1, (2,), b'ab'): 1}")
    table.valid("a read-only memoryview of bytes as key", "{View('B', 1, (2,), b'ab', True): 1}")
    table.valid("-0.0 as key", "{-0.0: 0}")
    table.valid("NaN as key and member", "{float('nan'): {float('nan')}}")
    for python in (
        "1.5",
        "True",
        "None",
        "...",
        "1+2j",
        "b'a'",
        "(1, (2, 'x'))",
        "frozenset({1, (2,)})",
        "Decimal('1.10')",
        "uuid.UUID(int=1)",
        "datetime.date(2024, 1, 2)",
        "datetime.time(1)",
        "datetime.timedelta(1)",
        "range(3)",
        "pathlib.PurePosixPath('a')",
        "2**70",
        "collections.namedtuple('P', 'x')(1)",
        "datetime.datetime(2024, 1, 2, tzinfo=UTC)",
    ):
        table.valid(f"key {python}", f"{{{python}: {python}}}")
        table.valid(f"member {python}", f"{{{python}, 'z'}}")
