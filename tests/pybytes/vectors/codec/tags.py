"""The bytes of the format: tags, subtypes of XT, element types of PACK, lengths of FIXBYTES."""

# Name, and how many bytes the tag covers, from 00 on.
_TAGS = """FIXINT 96 FIXSTR 32 FIXLIST 16 FIXTUPLE 8 DREF 8 FIXDICT 12 FIXBYTES 12 NEGFIX 8
NONE 1 FALSE 1 TRUE 1 ELLIPSIS 1 INT2P 8 INT2N 1 U16 1 N16 1 I24 1 U32 1 N32 1 I48 1 U64 1 N64 1
BIGP 1 BIGN 1 F_0 1 F_I8 1 F_D1 1 F_D2 1 F_DEC 1 F16 1 F32 1 F64 1 COMPLEX 1 STRV 1 SU8 1 SU16 1
SX 1 SREF 1 BYTESV 1 BARR 1 LISTV 1 TUPLEV 1 DICTV 1 SET 1 FSET 1 DREFV 1 PACK 1 DATE16 1 TIME 1
DTN_S 1 DTU_S 1 DTN_US 1 DTU_US 1 DTX 1 TD 1 UUID 1 DEC 1 XT 1 EXTV 1 EXTB 1 S1 1 RSV 1 SBS2 1
SBS1 1 ESC 1""".split()

SUBTYPES = """UNDEFINED BIGINT RANGE1 RANGE2 RANGE3 SLICE DEQUE DEQUE_MAX ORDERED_DICT DEFAULT_DICT
COUNTER CHAIN_MAP NAMED_TUPLE PURE_POSIX_PATH PURE_WINDOWS_PATH POSIX_PATH WINDOWS_PATH FRACTION
ENUM IPV4 IPV6 IP_NETWORK DATE TIMEZONE ZONE_INFO DURATION CALENDAR OBJECT_DEFINITION
OBJECT_REFERENCE CODE_POINTS MAP READ_ONLY BUNDLE COLUMNS CHECKSUM DATACLASS LONG_BUNDLE""".split()

RESERVED_TAGS = {"RSV", "SBS2", "SBS1"}
RESERVED_SUBTYPES = set("""BIGINT SLICE DEFAULT_DICT FRACTION ENUM IPV4 IPV6 IP_NETWORK TIMEZONE
ZONE_INFO OBJECT_DEFINITION OBJECT_REFERENCE COLUMNS CHECKSUM DATACLASS""".split())

FIRST = {}
"""The first byte of each tag."""
NAMES = []
"""Of each byte: the tag's name and the number n in it."""
for _name, _count in zip(_TAGS[::2], _TAGS[1::2]):
    FIRST[_name] = len(NAMES)
    NAMES += [(_name, n) for n in range(int(_count))]
assert len(NAMES) == 256 and FIRST["ESC"] == 0xFF

SUBTYPE = {name: number for number, name in enumerate(SUBTYPES)}

INTS = set("FIXINT NEGFIX INT2P INT2N U16 N16 I24 U32 N32 I48 U64 N64 BIGP BIGN".split())
FLOATS = set("F_0 F_I8 F_D1 F_D2 F_DEC F16 F32 F64".split())
STRS = set("FIXSTR STRV SU8 SU16 SX S1".split())

FIXBYTES_LENGTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 20, 32]

ELEMENTS = {
    1: ("b", 1),
    2: ("B", 1),
    3: ("h", 2),
    4: ("H", 2),
    5: ("i", 4),
    6: ("I", 4),
    7: ("q", 8),
    8: ("Q", 8),
    9: ("e", 2),
    10: ("f", 4),
    11: ("d", 8),
    15: ("Zf", 8),
    16: ("Zd", 16),
    17: ("?", 1),
    18: ("c", 1),
    19: ("l", 8),
    20: ("L", 8),
    21: ("n", 8),
    22: ("N", 8),
    23: ("P", 8),
}
"""Format and item size of the element types of memoryviews; 31 says its own."""

WINDOWS = [
    0x2000,
    0x2080,
    0x2100,
    0x2190,
    0x2500,
    0x25A0,
    0x2600,
    0x3000,
    0x3040,
    0x30A0,
    0x3100,
    0xA640,
    0xFB50,
    0xFE70,
    0xFF00,
    0xFF60,
]
"""Bases of the windows C0 to CF of SX."""

CALENDARS = set("""iso8601 buddhist chinese coptic dangi ethioaa ethiopic gregory hebrew indian
islamic-civil islamic-tbla islamic-umalqura japanese persian roc""".split())
"""The calendars that this implementation knows."""
