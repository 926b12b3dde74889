"""The decoder's core: the cursor, lengths, and which function reads which tag."""

from .tags import FIRST, INTS, NAMES, RESERVED_TAGS, STRS

READERS = {}
"""Of each tag and subtype the function that reads what follows it: `(reader, at, n, role)`."""

VALUE, KEY, PART = "value", "key", "part"


class Rejected(Exception):
    """A document that is wrong: the code, and the position of the tag of what is wrong."""

    def __init__(self, code, offset):
        super().__init__(f"{code} at byte {offset}")
        self.code = code
        self.offset = offset


def reads(*names):
    """Registers a function as the reader of these tags."""

    def register(function):
        for name in names:
            READERS[name] = function
        return function

    return register


class Reader:
    """A position in a document, and what the document has said so far."""

    def __init__(self, data):
        self.data = data
        self.at = 0
        self.end = len(data)  # of the structure, inside a text block
        self.members = 0  # of all containers so far
        self.strs = []  # what SREF refers to
        self.keys = []  # what DREF refers to
        self.block = None
        self.document_end = None
        self.tags = set()  # the names of all that occur

    def document(self):
        """The value of the whole document."""
        value = self.value()
        if self.block is not None:
            if self.at != self.end or not self.block.is_used_up():
                raise Rejected("invalid_value", self.at)
            self.at = self.document_end
        if self.at != len(self.data):
            raise Rejected("trailing_bytes", self.at)
        return value

    def value(self, role=VALUE):
        """Any value."""
        at = self.at
        if at >= self.end:
            raise Rejected("truncated", at)
        name, n = NAMES[self.data[at]]
        self.at += 1
        if name in RESERVED_TAGS:
            raise Rejected("reserved_tag", at)
        self.tags.add(name)
        return READERS[name](self, at, n, role)

    def peek(self):
        """The name of the tag that comes next."""
        if self.at >= self.end:
            raise Rejected("truncated", self.at)
        return NAMES[self.data[self.at]][0]

    def part(self, names):
        """A value with one of these tags."""
        if self.peek() not in names:
            raise Rejected("invalid_value", self.at)
        return self.value(PART)

    def int(self):
        """A part that is an int."""
        return self.part(INTS)

    def str(self):
        """A part that is a str."""
        return self.part(STRS)

    def header(self, at, fixed, variable, base):
        """The number of members of a part that is a LIST or DICT; at is the position of XT."""
        name = self.peek()
        if name not in (fixed, variable):
            raise Rejected("invalid_value", self.at)
        start = self.at
        self.at += 1
        self.tags.add(name)
        return self.data[start] - FIRST[fixed] if name == fixed else self.length(start, base)

    def take(self, count, at):
        """The next bytes, of the value whose tag is at that position."""
        if count > self.end - self.at:
            raise Rejected("truncated", at)
        self.at += count
        return self.data[self.at - count : self.at]

    def uint(self, size, at):
        """An unsigned number."""
        return int.from_bytes(self.take(size, at), "little")

    def sint(self, size, at):
        """A number in two's complement."""
        return int.from_bytes(self.take(size, at), "little", signed=True)

    def length(self, at, base=0):
        """A length, to which base is added."""
        first = self.uint(1, at)
        if first < 248:
            return base + first
        if first > 252:
            raise Rejected("invalid_length", at)
        size, more = {248: (1, 248), 249: (2, 504), 250: (3, 0), 251: (4, 0), 252: (6, 0)}[first]
        return base + more + self.uint(size, at)

    def claim(self, members, at):
        """Checks a container's claim of members against the bytes that are left."""
        self.members += members
        if members > self.end - self.at or self.members > len(self.data):
            raise Rejected("truncated", at)
