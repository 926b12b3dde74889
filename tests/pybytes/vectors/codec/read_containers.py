"""Lists, tuples, dicts, sets, references, the text block, user types."""

from .keys import Unhashable, token
from .model import Extension
from .reader import KEY, READERS, VALUE, Rejected, reads
from .tags import FIRST, RESERVED_SUBTYPES, STRS, SUBTYPES


def items(r, count, at):
    """The members of a list, tuple or set."""
    r.claim(count, at)
    found = []
    for _ in range(count):
        found.append(r.value())
    return found


def distinct(keys, at):
    """Checks that keys or members can be such, and differ."""
    try:
        tokens = [token(key) for key in keys]
    except Unhashable:
        raise Rejected("unhashable_key", at) from None
    if len(set(tokens)) < len(tokens):
        raise Rejected("duplicate_key", at)


def entries(r, count, at, make=dict):
    """The keys and values of a dict; at is the position of its tag, or of XT."""
    r.claim(2 * count, at)
    keys, tags = [], set()
    for _ in range(count):
        tags.add(r.peek())
        if _is_no_key(r):
            raise Rejected("invalid_value", at)
        keys.append(r.value(KEY))
    distinct(keys, at)
    if make is dict and keys and tags <= STRS:
        r.keys.append(keys)
    return _fill(r, keys, at, make)


def _is_no_key(r):
    """Whether a reference or a text block comes next, which are values only."""
    first = r.data[r.at]
    if first == FIRST["XT"]:
        return r.data[r.at + 1 : r.at + 2] in (b"\x20", b"\x24")
    return first == FIRST["SREF"]


def _fill(r, keys, at, make):
    made = make()
    for key in keys:
        made[key] = r.value()
    if len(made) < len(keys):  # equal for Python, though not for the format
        raise Rejected("duplicate_key", at)
    return made


@reads("FIXLIST")
def _fixlist(r, at, n, role):
    return items(r, n, at)


@reads("LISTV")
def _listv(r, at, n, role):
    return items(r, r.length(at, 16), at)


@reads("FIXTUPLE")
def _fixtuple(r, at, n, role):
    return tuple(items(r, n, at))


@reads("TUPLEV")
def _tuplev(r, at, n, role):
    return tuple(items(r, r.length(at, 8), at))


@reads("SET", "FSET")
def _set(r, at, n, role):
    members = items(r, r.length(at), at)
    distinct(members, at)
    made = {0xEA: set, 0xEB: frozenset}[r.data[at]](members)
    if len(made) < len(members):
        raise Rejected("duplicate_key", at)
    return made


@reads("FIXDICT")
def _fixdict(r, at, n, role):
    return entries(r, n, at)


@reads("DICTV")
def _dictv(r, at, n, role):
    return entries(r, r.length(at, 12), at)


@reads("DREF")
def _dref(r, at, n, role):
    return _referred(r, n, at)


@reads("DREFV")
def _drefv(r, at, n, role):
    return _referred(r, r.length(at, 8), at)


def _referred(r, back, at):
    if back >= len(r.keys):
        raise Rejected("invalid_reference", at)
    keys = r.keys[-1 - back]
    r.claim(len(keys), at)
    return _fill(r, keys, at, dict)


@reads("XT")
def _xt(r, at, n, role):
    number = r.uint(1, at)
    name = SUBTYPES[number] if number < len(SUBTYPES) else None
    if name is None:
        raise Rejected("unknown_tag", at)
    if name in RESERVED_SUBTYPES:
        raise Rejected("reserved_tag", at)
    r.tags.add(name)
    return READERS[name](r, at, n, role)


@reads("ESC")
def _esc(r, at, n, role):
    r.uint(1, at)
    raise Rejected("unsupported_version", at)


@reads("EXTV")
def _extv(r, at, n, role):
    id = _id(r, at)
    r.claim(1, at)
    return Extension(id, r.value())


@reads("EXTB")
def _extb(r, at, n, role):
    id = _id(r, at)
    return Extension(id, r.take(r.length(at), at))


def _id(r, at):
    id = r.length(at)
    if id >= 1 << 32:
        raise Rejected("invalid_value", at)
    return id


class _Text:
    """One of the two texts of a block."""

    def __init__(self, data):
        self.units = data.decode("utf-8").encode("utf-16-le")

    def cut(self, count, at):
        """The next units, as a str."""
        if 2 * count > len(self.units):
            raise Rejected("truncated", at)
        text = self.units[: 2 * count].decode("utf-16-le", "surrogatepass")
        self.units = self.units[2 * count :]
        return text


class _Block:
    """The text of a document, behind everything else."""

    def __init__(self, narrow, wide):
        self.narrow = _Text(narrow)
        self.wide = _Text(wide)

    def is_used_up(self):
        """Whether all units are taken."""
        return not self.narrow.units and not self.wide.units


@reads("BUNDLE", "LONG_BUNDLE")
def _bundle(r, at, n, role):
    if r.block is not None:
        raise Rejected("invalid_value", at)
    is_long = r.data[at + 1] == 0x24
    structure, narrow, wide = (r.uint(6 if is_long else 2, at) for _ in range(3))
    if is_long and r.uint(4, at):
        raise Rejected("invalid_padding", at)
    end = r.at + structure
    if end + narrow + wide > len(r.data):
        raise Rejected("truncated", at)
    try:
        r.block = _Block(r.data[end : end + narrow], r.data[end + narrow : end + narrow + wide])
    except UnicodeDecodeError:
        raise Rejected("invalid_utf8", at) from None
    r.end, r.document_end = end, end + narrow + wide
    return r.value(VALUE)
