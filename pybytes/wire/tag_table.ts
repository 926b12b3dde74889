/**
 * The format's tags and subtypes as data: the source of FORMAT.md's tables, of the names and sizes that the inspector
 * and errors use, and of the worked examples that the tests decode and encode.
 */
import { Subtype, Tag } from "./tags.ts";

/** One tag, or one XT subtype. */
export interface TagRow {
  /** Its name. */
  readonly name: string;
  /** Its (first) byte; of a subtype the second byte. */
  readonly first: number;
  /** How many consecutive bytes it covers; the difference to `first` is part of the value. */
  readonly count: number;
  /** Bytes that follow and hold no values, where their number is fixed; else -1. */
  readonly sizeBytes: number;
  /** What follows the tag, in FORMAT.md's notation. */
  readonly layout: string;
  /** The Python type. */
  readonly type: string;
  /** The value that it stands for. */
  readonly meaning: string;
  /** A whole document with this tag, in hexadecimal; empty when the tag is reserved. */
  readonly hex: string;
  /** That document's value as Python writes it (JavaScript's where Python has none). */
  readonly python: string;
  /** Whether decoders refuse it. */
  readonly isReserved: boolean;
}

type Row = readonly [
  name: string,
  count: number,
  sizeBytes: number,
  layout: string,
  type: string,
  meaning: string,
  hex: string,
  python: string,
];

// deno-fmt-ignore
const TAGS: readonly Row[] = [
  ["FIXINT", 96, 0, "", "int", "0..95: the byte itself", "05", "5"],
  ["FIXSTR", 32, -1, "latin1*n", "str", "n = 0..31 characters up to U+00FF", "64636166e9", "'caf\u00e9'"],
  ["FIXLIST", 16, 0, "value*n", "list", "n = 0..15 items", "83010203", "[1, 2, 3]"],
  ["FIXTUPLE", 8, 0, "value*n", "tuple", "n = 0..7 items", "920102", "(1, 2)"],
  ["DREF", 8, 0, "value*n", "dict", "with the keys n dicts back, n = 0..7; see References", "82a16161019802", "[{'a': 1}, {'a': 2}]"],
  ["FIXDICT", 12, 0, "value*n value*n", "dict", "n = 0..11: all keys, then all values", "a26161616201c2", "{'a': 1, 'b': True}"],
  ["FIXBYTES", 12, -1, "u8*n", "bytes", "n = 0..8, 16, 20, 32", "af616263", "b'abc'"],
  ["NEGFIX", 8, 0, "", "int", "-1..-8: 183 minus the byte", "b8", "-1"],
  ["NONE", 1, 0, "", "NoneType", "", "c0", "None"],
  ["FALSE", 1, 0, "", "bool", "", "c1", "False"],
  ["TRUE", 1, 0, "", "bool", "", "c2", "True"],
  ["ELLIPSIS", 1, 0, "", "ellipsis", "", "c3", "..."],
  ["INT2P", 8, 1, "u8", "int", "96 + 256*n + u8, n = 0..7: 96..2143", "c534", "404"],
  ["INT2N", 1, 1, "u8", "int", "-9 - u8: -9..-264", "cc0b", "-20"],
  ["U16", 1, 2, "u16", "int", "2144 + u16: 2144..67679", "cda007", "4096"],
  ["N16", 1, 2, "u16", "int", "-265 - u16: -265..-65800", "cedf02", "-1000"],
  ["I24", 1, 3, "i24", "int", "", "cf701101", "70000"],
  ["U32", 1, 4, "u32", "int", "", "d000000080", "2147483648"],
  ["N32", 1, 4, "u32", "int", "-1 - u32", "d1ffffff7f", "-2147483648"],
  ["I48", 1, 6, "i48", "int", "", "d20068e5cf8b01", "1700000000000"],
  ["U64", 1, 8, "u64", "int", "", "d30100000000002000", "9007199254740993"],
  ["N64", 1, 8, "u64", "int", "-1 - u64", "d40100000000002000", "-9007199254740994"],
  ["BIGP", 1, -1, "length(9) u8*n", "int", "unsigned, least byte first", "d50400000040eaed7446d09c2c9f0c", "1000000000000000000000000000000"],
  ["BIGN", 1, -1, "length(9) u8*n", "int", "-1 - unsigned", "d600000000000000000001", "-18446744073709551617"],
  ["F_0", 1, 0, "", "float", "0.0 (not -0.0)", "d7", "0.0"],
  ["F_I8", 1, 1, "i8", "float", "an integral float", "d801", "1.0"],
  ["F_D1", 1, 1, "i8", "float", "i8 / 10", "d905", "0.5"],
  ["F_D2", 1, 2, "i16", "float", "i16 / 100", "da3a01", "3.14"],
  ["F_DEC", 1, -1, "8*k+w:u8 i(8*w)", "float", "integer / 10**k; w = 1..6, k = 0..15; see Floats", "db244e61bc00", "1234.5678"],
  ["F16", 1, 2, "f16", "float", "", "dc007e", "nan"],
  ["F32", 1, 4, "f32", "float", "", "dd00000078", "1.0384593717069655e+34"],
  ["F64", 1, 8, "f64", "float", "", "de9c7500883ce4377e", "1e+300"],
  ["COMPLEX", 1, 0, "float float", "complex", "real part, imaginary part", "dfd801d802", "(1+2j)"],
  ["STRV", 1, -1, "length(32) latin1*n", "str", "characters up to U+00FF", "e0006162636465666768696a6b6c6d6e6f707172737475767778797a303132333435", "'abcdefghijklmnopqrstuvwxyz012345'"],
  ["SU8", 1, -1, "length(2) u8*n", "str", "strict UTF-8, n bytes", "e113e282ac2061626364656667686920f09f9880ceb121", "'\u20ac abcdefghi \\U0001f600\u03b1!'"],
  ["SU16", 1, -1, "length(1) u16*n", "str", "UTF-16 units; lone surrogates allowed", "e203610062003dd86300", "'ab\\ud83dc'"],
  ["SX", 1, -1, "window:u8 length u8*n", "str", "ASCII and one window of 128 characters", "e321069fa0989295a2", "'\u043f\u0440\u0438\u0432\u0435\u0442'"],
  ["SREF", 1, -1, "length", "str", "an earlier str; see References", "8263616263e400", "['abc', 'abc']"],
  ["BYTESV", 1, -1, "length(9) u8*n", "bytes", "", "e50130313233343536373839", "b'0123456789'"],
  ["BARR", 1, -1, "length u8*n", "bytearray", "", "e603616263", "bytearray(b'abc')"],
  ["LISTV", 1, -1, "length(16) value*n", "list", "", "e701000102030405060708090a0b0c0d0e0f10", "list(range(17))"],
  ["TUPLEV", 1, -1, "length(8) value*n", "tuple", "", "e8000001020304050607", "(0, 1, 2, 3, 4, 5, 6, 7)"],
  ["DICTV", 1, -1, "length(12) value*n value*n", "dict", "all keys, then all values", "e9000102030405060708090a0b0cc0c0c0c0c0c0c0c0c0c0c0c0", "dict.fromkeys(range(1, 13))"],
  ["SET", 1, -1, "length value*n", "set", "", "ea03010203", "{1, 2, 3}"],
  ["FSET", 1, -1, "length value*n", "frozenset", "", "eb0101", "frozenset({1})"],
  ["DREFV", 1, -1, "length(8) value*n", "dict", "with the keys n dicts back", "8aa1616101a1616201a1616301a1616401a1616501a1616601a1616701a1616801a1616901ec0002", "[{'a': 1}, {'b': 1}, {'c': 1}, {'d': 1}, {'e': 1}, {'f': 1}, {'g': 1}, {'h': 1}, {'i': 1}, {'a': 2}]"],
  ["PACK", 1, -1, "32*kind+type:u8 ...", "memoryview, list, tuple", "see Packed elements", "ed6b02000000000000f03f0000000000000040", "memoryview(array('d', [1.0, 2.0]))"],
  ["DATE16", 1, 2, "u16", "datetime.date", "days since 1970-01-01", "ee0c4d", "datetime.date(2024, 1, 2)"],
  ["TIME", 1, -1, "u24 fraction zone", "datetime.time", "see Times", "ef252b04a602", "datetime.time(3, 4, 5, 678000)"],
  ["DTN_S", 1, 4, "u32", "datetime.datetime", "naive, seconds since 1970", "f0257d9365", "datetime.datetime(2024, 1, 2, 3, 4, 5)"],
  ["DTU_S", 1, 4, "u32", "datetime.datetime", "UTC, seconds since 1970", "f1257d9365", "datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)"],
  ["DTN_US", 1, 7, "i56", "datetime.datetime", "naive, microseconds since 1970", "f2352f58c0ed0d06", "datetime.datetime(2024, 1, 2, 3, 4, 5, 678901)"],
  ["DTU_US", 1, 7, "i56", "datetime.datetime", "UTC, microseconds since 1970", "f3352f58c0ed0d06", "datetime.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc)"],
  ["DTX", 1, 1, "header:u8 int zone", "datetime.datetime", "see Times", "f419d018d2266770416d65726963612f4e65775f596f726b", "datetime.datetime(2024, 11, 3, 1, 30, fold=1, tzinfo=zoneinfo.ZoneInfo(key='America/New_York'))"],
  ["TD", 1, 1, "unit:u8 int", "datetime.timedelta", "units: day, s, ms, us, ns", "f50001", "datetime.timedelta(days=1)"],
  ["UUID", 1, 16, "u8*16", "uuid.UUID", "uuid.bytes", "f612345678123456781234567812345678", "uuid.UUID('12345678-1234-5678-1234-567812345678')"],
  ["DEC", 1, 1, "128*sign+e:u8 [int] [int]", "decimal.Decimal", "see Decimals", "f73ec436", "Decimal('1.50')"],
  ["XT", 1, -1, "subtype:u8 ...", "-", "see Subtypes", "f80205", "range(0, 5)"],
  ["EXTV", 1, -1, "length value", "user type", "id and content", "f90501", "Extension(5, 1)"],
  ["EXTB", 1, -1, "length length u8*n", "user type", "id and content that is bytes", "fa05020102", "Extension(5, b'\\x01\\x02')"],
  ["S1", 1, 3, "u24", "str", "one character", "fb00f601", "'\\U0001f600'"],
  ["RSV", 1, -1, "", "-", "never used", "", ""],
  ["SBS2", 1, -1, "", "-", "at offset 0: a document of format SBS-2", "", ""],
  ["SBS1", 1, -1, "", "-", "at offset 0: a document of format SBS-1", "", ""],
  ["ESC", 1, -1, "version:u8", "-", "another version of this format", "", ""],
];

// deno-fmt-ignore
const SUBTYPES: readonly Row[] = [
  ["UNDEFINED", 1, 0, "", "-", "JavaScript's undefined; None in Python", "f800", "undefined"],
  ["BIGINT", 1, 0, "int", "int", "a small int that was a bigint", "", ""],
  ["RANGE1", 1, 0, "int", "range", "stop; start 0, step 1", "f80205", "range(0, 5)"],
  ["RANGE2", 1, 0, "int int", "range", "start, stop; step 1", "f8030205", "range(2, 5)"],
  ["RANGE3", 1, 0, "int int int", "range", "start, stop, step (not 0)", "f8040ab8b9", "range(10, -1, -2)"],
  ["SLICE", 1, 0, "value value value", "slice", "", "", ""],
  ["DEQUE", 1, 0, "LIST", "collections.deque", "maxlen None", "f806820102", "collections.deque([1, 2])"],
  ["DEQUE_MAX", 1, 0, "int LIST", "collections.deque", "maxlen, items", "f807038101", "collections.deque([1], maxlen=3)"],
  ["ORDERED_DICT", 1, 0, "DICT", "collections.OrderedDict", "", "f808a1616101", "collections.OrderedDict({'a': 1})"],
  ["DEFAULT_DICT", 1, 0, "value DICT", "collections.defaultdict", "", "", ""],
  ["COUNTER", 1, 0, "DICT", "collections.Counter", "", "f80aa2616161620201", "collections.Counter('aab')"],
  ["CHAIN_MAP", 1, 0, "LIST", "collections.ChainMap", "1..4096 dicts", "f80b82a1616101a0", "collections.ChainMap({'a': 1}, {})"],
  ["NAMED_TUPLE", 1, 0, "str DICT", "a named tuple", "class name; field names (str) and values", "f80c65506f696e74a2617861790102", "Point(x=1, y=2)"],
  ["PURE_POSIX_PATH", 1, 0, "str", "pathlib.PurePosixPath", "", "f80d642f746d70", "pathlib.PurePosixPath('/tmp')"],
  ["PURE_WINDOWS_PATH", 1, 0, "str", "pathlib.PureWindowsPath", "", "f80e63633a5c", "pathlib.PureWindowsPath('c:\\\\')"],
  ["POSIX_PATH", 1, 0, "str", "pathlib.PosixPath", "", "f80f642f746d70", "pathlib.PosixPath('/tmp')"],
  ["WINDOWS_PATH", 1, 0, "str", "pathlib.WindowsPath", "", "f81063633a5c", "pathlib.WindowsPath('c:\\\\')"],
  ["FRACTION", 1, 0, "int int", "fractions.Fraction", "", "", ""],
  ["ENUM", 1, 0, "str value", "enum.Enum", "", "", ""],
  ["IPV4", 1, -1, "u8*4", "ipaddress.IPv4Address", "", "", ""],
  ["IPV6", 1, -1, "u8*16", "ipaddress.IPv6Address", "", "", ""],
  ["IP_NETWORK", 1, -1, "", "ipaddress.IPv4Network", "", "", ""],
  ["DATE", 1, 0, "int", "datetime.date", "days since 1970-01-01, outside u16", "f816b8", "datetime.date(1969, 12, 31)"],
  ["TIMEZONE", 1, 0, "", "datetime.timezone", "", "", ""],
  ["ZONE_INFO", 1, 0, "", "zoneinfo.ZoneInfo", "", "", ""],
  ["DURATION", 1, 2, "mask:u16 int*k", "-", "a Temporal.Duration with years, months or weeks", "f8190b00010204", "Temporal.Duration P1Y2M4D"],
  ["CALENDAR", 1, 1, "form:u8 str value", "-", "a Temporal value of another calendar", "f81a00686275646468697374ee0c4d", "Temporal.PlainDate 2024-01-02[u-ca=buddhist]"],
  ["OBJECT_DEFINITION", 1, 0, "value", "-", "an object that is referred to", "", ""],
  ["OBJECT_REFERENCE", 1, -1, "length", "-", "", "", ""],
  ["CODE_POINTS", 1, -1, "length u24*n", "str", "surrogate pairs as two code points", "f81d023dd80000de00", "'\\ud83d\\ude00'"],
  ["MAP", 1, 0, "DICT", "dict", "was a JavaScript Map", "f81ea1616101", "Map {'a': 1}"],
  ["READ_ONLY", 1, 0, "PACK", "memoryview", "that cannot be written through", "f81fed62020102", "memoryview(b'\\x01\\x02')"],
  ["BUNDLE", 1, 6, "u16*3 value", "-", "what follows has its text in a block; see Text block", "f8200400030006008263e10161626364c3a9e282ac", "['abc', 'd\u00e9\u20ac']"],
  ["COLUMNS", 1, -1, "", "-", "a list of dicts by columns", "", ""],
  ["CHECKSUM", 1, -1, "", "-", "a document with a checksum", "", ""],
  ["DATACLASS", 1, -1, "", "-", "a dataclass instance", "", ""],
  ["LONG_BUNDLE", 1, 22, "u48*3 u32 value", "-", "the same with longer sizes", "f82404000000000003000000000006000000000000000000" + "8263e10161626364c3a9e282ac", "['abc', 'd\u00e9\u20ac']"],
];

function rowsOf(rows: readonly Row[], numbers: Readonly<Record<string, number>>): TagRow[] {
  return rows.map(([name, count, sizeBytes, layout, type, meaning, hex, python]) => {
    const first = numbers[name];
    return {
      name,
      first,
      count,
      sizeBytes,
      layout,
      type,
      meaning,
      hex,
      python,
      isReserved: hex === "",
    };
  });
}

/** Every tag, in the order of its first byte; together they cover all 256. */
export const TAG_TABLE: readonly TagRow[] = rowsOf(TAGS, Tag);
/** Every subtype of XT that has a meaning or is reserved, in order. */
export const SUBTYPE_TABLE: readonly TagRow[] = rowsOf(SUBTYPES, Subtype);

const BY_BYTE: readonly TagRow[] = TAG_TABLE.flatMap((row) =>
  new Array<TagRow>(row.count).fill(row)
);

/** The row of a first byte. */
export function tagRow(byte: number): TagRow {
  return BY_BYTE[byte];
}

/** The row of an XT subtype, `undefined` if it has no meaning. */
export function subtypeRow(subtype: number): TagRow | undefined {
  return SUBTYPE_TABLE[subtype];
}

/** Whether an XT subtype is reserved. */
export function isReserved(subtype: number): boolean {
  return SUBTYPE_TABLE[subtype]?.isReserved === true;
}
