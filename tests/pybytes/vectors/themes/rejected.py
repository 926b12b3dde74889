"""What concerns no single theme: tags without meaning, bytes that are missing or too many."""

from codec.tags import RESERVED_SUBTYPES, SUBTYPE, SUBTYPES


def fill(table):
    """Adds the vectors."""
    table.rejected("nothing", "", "truncated", 0, wrap=False)
    table.rejected("XT alone", "f8", "truncated", 0)
    table.rejected("ESC alone", "ff", "truncated", 0)
    for name, byte in (("RSV", "fc"), ("SBS2", "fd"), ("SBS1", "fe")):
        table.rejected(name, byte, "reserved_tag", 0)
        table.rejected(f"{name} before other bytes", f"{byte} 00", "reserved_tag", 0, wrap=False)
        table.rejected(f"{name} as a key", f"a1 {byte} 00", "reserved_tag", 1, wrap=False)
        table.rejected(
            f"{name} as an item of a key", f"a1 91{byte} 00", "reserved_tag", 2, wrap=False
        )
    for version in ("00", "01", "03", "07", "ff"):
        table.rejected(
            f"ESC with the version {version}",
            f"ff {version}",
            "unsupported_version",
            0,
            wrap=version == "07",
        )
    for name in sorted(RESERVED_SUBTYPES, key=SUBTYPE.get):
        table.rejected(
            f"XT {name}",
            f"f8 {SUBTYPE[name]:02x} 05 05 05",
            "reserved_tag",
            0,
            wrap=name == "FRACTION",
        )
        table.rejected(
            f"XT {name} as a part", f"f802 f8 {SUBTYPE[name]:02x}", "invalid_value", 2, wrap=False
        )
    for number in (len(SUBTYPES), 0x40, 0x7F, 0x80, 0xFE, 0xFF):
        table.rejected(f"XT {number:02X}", f"f8 {number:02x} 00", "unknown_tag", 0)
    for hex, offset in (
        ("c0 c0", 1),
        ("05 ff", 1),
        ("80 00", 1),
        ("6161 6162", 2),
        ("a0 f8", 1),
        ("820102 03", 3),
        ("f800 00", 2),
        ("d7 d7", 1),
        ("ed6200 00", 3),
        ("f90501 00", 3),
    ):
        table.rejected(f"bytes after the value: {hex}", hex, "trailing_bytes", offset)
