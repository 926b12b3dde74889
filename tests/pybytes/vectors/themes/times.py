"""Dates, times, datetimes, timedeltas: resolutions, zone kinds, fold, the ends of every range."""

from codec.write_scalars import int_bytes

ZONES = [
    ("UTC", "UTC"),
    ("an offset of minutes", "timezone(timedelta(minutes=330))"),
    ("a negative offset of minutes", "timezone(timedelta(minutes=-1))"),
    ("the longest offset", "timezone(timedelta(minutes=1439))"),
    ("the longest negative offset", "timezone(timedelta(minutes=-1439))"),
    ("an offset of seconds", "timezone(timedelta(seconds=561))"),
    ("an offset of microseconds", "timezone(timedelta(microseconds=-1))"),
    (
        "the longest offset in microseconds",
        "timezone(timedelta(days=1) - timedelta(microseconds=1))",
    ),
    ("zero minutes that are not UTC", "ZERO_OFFSET"),
    ("a key", "zone('Europe/Paris')"),
    ("the key UTC", "zone('UTC')"),
    ("a key that nobody knows", "zone('Mars/Phobos')"),
    ("a key of one character", "zone('\\u20ac')"),
    ("an offset with a name", "timezone(timedelta(seconds=3600), 'X')"),
    ("UTC with a name", "timezone(timedelta(0), 'UTC')"),
    ("an offset with an empty name", "timezone(timedelta(minutes=1), '')"),
]


def fill(table):
    """Adds the vectors."""
    _dates(table)
    _times(table)
    _datetimes(table)
    _deltas(table)
    _rejected(table)


def _dates(table):
    for python in (
        "datetime.date(1970, 1, 1)",
        "datetime.date(1969, 12, 31)",
        "datetime.date(2149, 6, 6)",
        "datetime.date(2149, 6, 7)",
        "datetime.date.min",
        "datetime.date.max",
        "FarDate(-719163)",
        "FarDate(2932897)",
        "FarDate(-100000001)",
        "FarDate(100000000)",
        "datetime.date(2024, 2, 29)",
    ):
        table.valid(f"date {python}", python)
    table.loose("DATE with a day of DATE16", "datetime.date(1970, 1, 1)", "f816 00")
    table.loose("DATE with the last day of DATE16", "datetime.date(2149, 6, 6)", "f816 cd9ff7")
    table.loose("DATE with its day in 8 bytes", "datetime.date(1969, 12, 31)", "f816 d4 00{8}")


def _times(table):
    for name, zone in ZONES:
        table.valid(f"time with {name}", f"datetime.time(3, 4, 5, tzinfo={zone})")
    for clock in (
        "0",
        "23, 59, 59",
        "0, 0, 0, 1000",
        "0, 0, 0, 999000",
        "0, 0, 0, 1",
        "0, 0, 0, 999999",
        "12, 30, 0, 10",
    ):
        for fold in (0, 1):
            table.valid(f"time {clock} fold {fold}", f"datetime.time({clock}, fold={fold})")
    for nanoseconds in (1, 999, 1001, 86399999999999):
        table.valid(f"time of {nanoseconds} ns", f"FarTime({nanoseconds})")
    table.valid("time of nanoseconds with zone and fold", "FarTime(1, zone('Europe/Paris'), 1)")
    for name, hex in (
        ("milliseconds", "ef 000004 0000"),
        ("microseconds", "ef 000008 000000"),
        ("nanoseconds", "ef 00000c 00000000"),
    ):
        table.loose(f"midnight in {name}", "datetime.time(0)", hex)
    table.loose(
        "a millisecond in nanoseconds", "datetime.time(0, 0, 0, 1000)", "ef 00000c 40420f00"
    )
    table.loose(
        "an offset of minutes in microseconds",
        "datetime.time(0, tzinfo=timezone(timedelta(minutes=1)))",
        "ef 000010 d000879303",
    )
    table.loose(
        "a zone key as SU8", "datetime.time(0, tzinfo=zone('UTC'))", "ef 000030 e101 555443"
    )


def _datetimes(table):
    for name, zone in ZONES:
        table.valid(
            f"datetime with {name}", f"datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo={zone})"
        )
        table.valid(
            f"datetime with {name}, fold 1",
            f"datetime.datetime(2024, 1, 2, 3, 4, 5, 6000, tzinfo={zone}, fold=1)",
        )
        table.valid(f"datetime with {name}, nanoseconds", f"FarDateTime(-1, {zone})")
    for zone in ("None", "UTC"):
        for python in (
            "1970, 1, 1",
            "1969, 12, 31, 23, 59, 59",
            "2106, 2, 7, 6, 28, 15",
            "2106, 2, 7, 6, 28, 16",
            "1970, 1, 1, 0, 0, 0, 1",
            "1970, 1, 1, 0, 0, 0, 1000",
            "1, 1, 1",
            "9999, 12, 31, 23, 59, 59, 999999",
            "828, 4, 27",
            "2024, 1, 2, 3, 4, 5, 678901",
        ):
            table.valid(
                f"datetime({python}, {zone})", f"datetime.datetime({python}, tzinfo={zone})"
            )
        for us in ("-2**55", "2**55 - 1", "-2**55 - 1", "2**55"):
            table.valid(
                f"datetime of {us} us, {zone}",
                f"(lambda us: datetime.datetime(1970, 1, 1, tzinfo={zone}) + timedelta(microseconds=us))({us})",
            )
        table.valid(
            f"datetime of the first day, {zone}", f"FarDateTime(-100000001 * 86400 * 10**9, {zone})"
        )
        table.valid(
            f"datetime of the last nanosecond, {zone}",
            f"FarDateTime(100000001 * 86400 * 10**9 - 1, {zone})",
        )
        table.valid(
            f"datetime with fold 1, {zone}", f"datetime.datetime(2024, 1, 2, tzinfo={zone}, fold=1)"
        )
    table.valid(
        "a datetime in a gap", "datetime.datetime(2024, 3, 31, 2, 30, tzinfo=zone('Europe/Paris'))"
    )
    table.valid(
        "a datetime in a fold",
        "datetime.datetime(2024, 10, 27, 2, 30, tzinfo=zone('Europe/Paris'), fold=1)",
    )
    for name, python, hex in (
        ("DTX naive", "datetime.datetime(1970, 1, 1)", "f4 00 00"),
        ("DTX in UTC", "datetime.datetime(1970, 1, 1, tzinfo=UTC)", "f4 08 00 00"),
        ("DTX naive in milliseconds", "datetime.datetime(1970, 1, 1, 0, 0, 1)", "f4 02 c788"),
        ("DTX naive in microseconds", "datetime.datetime(1970, 1, 1)", "f4 04 00"),
        ("DTX naive in nanoseconds", "datetime.datetime(1970, 1, 1)", "f4 06 00"),
        ("DTN_US of whole seconds", "datetime.datetime(1970, 1, 1)", "f2 00{7}"),
        ("DTU_US of whole seconds", "datetime.datetime(1970, 1, 1, tzinfo=UTC)", "f3 00{7}"),
        (
            "DTX with minutes in microseconds",
            "datetime.datetime(1970, 1, 1, tzinfo=timezone(timedelta(minutes=1)))",
            "f4 08 00 d000879303",
        ),
        (
            "DTX with its wall time in 8 bytes",
            "datetime.datetime(1970, 1, 1, fold=1)",
            "f4 01 d3 00{8}",
        ),
    ):
        table.loose(name, python, hex)


def _deltas(table):
    for python in (
        "0",
        "1",
        "-1",
        "0, 1",
        "0, -1",
        "0, 0, 1",
        "0, 0, 1000",
        "0, 0, -1000",
        "1, 1",
        "999999999",
        "-999999999",
        "365, 86399, 999999",
        "0, 86400",
    ):
        table.valid(f"timedelta({python})", f"datetime.timedelta({python})")
    for python in (
        "1",
        "-1",
        "1001",
        "2**53 * 10**9 - 1",
        "1 - 2**53 * 10**9",
        "10**9 * 86400 * 10**9",
        "(2**53 - 1) * 10**9",
    ):
        table.valid(f"timedelta of {python} ns", f"FarDelta({python})")
    for unit in range(5):
        table.loose(
            f"no time in the unit {unit}", "datetime.timedelta(0)", f"f5 {unit:02x} cf 000000"
        )
    table.loose("a day in seconds", "datetime.timedelta(1)", "f501 cf805101")
    table.loose("a second in nanoseconds", "datetime.timedelta(seconds=1)", "f504 d000ca9a3b")


def _rejected(table):
    for days in ("-100000002", "100000001", "-2**63", "2**70"):
        table.rejected(f"DATE of {days}", f"f816 {int_bytes(eval(days)).hex()}", "invalid_date", 0)
        seconds = int_bytes(eval(days) * 86400).hex()
        table.rejected(f"DTX on the day {days}", f"f400 {seconds}", "invalid_date", 0, wrap=False)
    table.rejected(
        "DTX a nanosecond after the last day",
        f"f406 {int_bytes(100000001 * 86400 * 10**9).hex()}",
        "invalid_date",
        0,
    )
    table.rejected(
        "DTX a nanosecond before the first day",
        f"f406 {int_bytes(-100000001 * 86400 * 10**9 - 1).hex()}",
        "invalid_date",
        0,
    )
    day = "805101"
    for name, hex in (
        ("second 86400", f"ef {day}"),
        ("second 131071", "ef ffff01"),
        ("1000 ms", "ef 000004 e803"),
        ("65535 ms", "ef 000004 ffff"),
        ("10^6 us", "ef 000008 40420f"),
        ("10^9 ns", "ef 00000c 00ca9a3b"),
        ("2^32 - 1 ns", "ef 00000c ffffffff"),
    ):
        table.rejected(f"TIME of {name}", hex, "invalid_time", 0, wrap=name == "1000 ms")
    table.rejected("TIME with bit 23", "ef 000080", "invalid_value", 0)
    for header in ("40", "80", "c0"):
        table.rejected(
            f"DTX with the header {header}",
            f"f4 {header} 00",
            "invalid_value",
            0,
            wrap=header == "40",
        )
    for kind in (5, 6, 7):
        table.rejected(
            f"TIME with the zone kind {kind}", f"ef 0000{16 * kind:02x}", "invalid_time_zone", 0
        )
        table.rejected(
            f"DTX with the zone kind {kind}", f"f4 {8 * kind:02x} 00", "invalid_time_zone", 0
        )
    for name, kind, zone in (
        ("24 hours", 2, int_bytes(1440).hex()),
        ("-24 hours", 2, int_bytes(-1440).hex()),
        ("24 hours in microseconds", 1, int_bytes(86400 * 10**6).hex()),
        ("-24 hours in microseconds", 1, int_bytes(-86400 * 10**6).hex()),
        ("2^70 minutes", 2, int_bytes(2**70).hex()),
        ("an empty key", 3, "60"),
        ("24 hours with a name", 4, int_bytes(86400 * 10**6).hex() + "6158"),
    ):
        table.rejected(
            f"TIME with {name}", f"ef 0000{16 * kind:02x} {zone}", "invalid_time_zone", 0
        )
        table.rejected(f"DTX with {name}", f"f4 {8 * kind:02x} 00 {zone}", "invalid_time_zone", 0)
    for name, hex, code, offset in (
        ("TIME with a float as offset", "ef 000010 d7", "invalid_value", 4),
        ("TIME with an int as key", "ef 000030 05", "invalid_value", 4),
        ("TIME with CODE_POINTS as key", "ef 000030 f81d0161 0000", "invalid_value", 4),
        ("TIME with an int as name", "ef 000040 05 05", "invalid_value", 5),
        ("TIME without offset", "ef 000020", "truncated", 4),
        ("TIME without key", "ef 000030", "truncated", 4),
        ("TIME without name", "ef 000040 05", "truncated", 5),
        ("TIME with half an offset", "ef 000020 cd00", "truncated", 4),
        ("TIME whose key ends too early", "ef 000030 6261", "truncated", 4),
        ("TIME whose key has a bad length", "ef 000030 e0ff", "invalid_length", 4),
        ("TIME whose key is no UTF-8", "ef 000030 e100 c0af", "invalid_utf8", 4),
        ("DTX with a float", "f4 00 d7", "invalid_value", 2),
        ("DTX with a bool", "f4 00 c2", "invalid_value", 2),
        ("DTX with a float as offset", "f4 08 00 d7", "invalid_value", 3),
        ("DTX with an int as key", "f4 18 00 05", "invalid_value", 3),
        ("DTX with None as name", "f4 20 00 05 c0", "invalid_value", 4),
        ("DTX without wall time", "f4 00", "truncated", 2),
        ("DTX without offset", "f4 10 00", "truncated", 3),
        ("DTX without name", "f4 20 00 05", "truncated", 4),
        ("DTX with a reserved tag", "f4 00 fc", "invalid_value", 2),
        ("TD with a float", "f5 00 d7", "invalid_value", 2),
        ("TD with a str", "f5 00 60", "invalid_value", 2),
        ("TD without its int", "f5 00", "truncated", 2),
        ("DATE with a float", "f816 d7", "invalid_value", 2),
        ("DATE without its day", "f816", "truncated", 2),
    ):
        table.rejected(name, hex, code, offset, wrap=name.startswith("DTX with a b"))
    for unit in ("05", "06", "80", "ff"):
        table.rejected(
            f"TD with the unit {unit}", f"f5 {unit} 00", "invalid_value", 0, wrap=unit == "05"
        )
    for unit, n in (
        (0, 2**53 // 86400 + 1),
        (0, -(2**53) // 86400 - 1),
        (1, 2**53),
        (1, -(2**53)),
        (2, 2**53 * 1000),
        (3, 2**53 * 10**6),
        (4, 2**53 * 10**9),
        (4, -(2**53) * 10**9),
        (1, 2**100),
    ):
        table.rejected(
            f"TD of {n} in the unit {unit}",
            f"f5 {unit:02x} {int_bytes(n).hex()}",
            "invalid_time",
            0,
            wrap=n == 2**53,
        )
    for hex in (
        "ee",
        "ee00",
        "ef",
        "ef0000",
        "ef 000004 00",
        "ef 000008 0000",
        "ef 00000c 000000",
        "f0 000000",
        "f1 000000",
        "f2 00{6}",
        "f3 00{6}",
        "f4",
        "f5",
        "f0",
        "f3",
    ):
        table.rejected(
            f"a time that ends too early: {hex}", hex, "truncated", 0, wrap=hex == "ee00"
        )
