"""The wire format of pybytes in plain Python, written from pybytes/FORMAT.md alone.

Standard library only, and no eye on speed. `decode` accepts every form and rejects with the code and
the position of the document's errors; `encode` writes the canonical form. A document decodes to
CPython's own objects, and to the classes of codec/model.py where Python has none.

It shares no code with the TypeScript codec, so what both agree on is the format, not one reading
of it.
"""

import sys

# Each registers the readers of its tags.
from codec import (
    read_containers,
    read_packed,
    read_scalars,
    read_subtypes,
    read_times,
)  # noqa: F401
from codec.identity import same
from codec.reader import READERS, Reader, Rejected
from codec.tags import FIRST, RESERVED_SUBTYPES, RESERVED_TAGS, SUBTYPES
from codec.write import encode
from codec.write_scalars import NoCanonicalForm

__all__ = ["NoCanonicalForm", "Rejected", "decode", "decode_tags", "encode", "same"]

# Values nest deeply, and a nested value is a nested call.
sys.setrecursionlimit(1_000_000)
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)  # Decimals are made of their digits

assert set(READERS) == {*FIRST, *SUBTYPES} - RESERVED_TAGS - RESERVED_SUBTYPES


def decode(data):
    """The value of a document; raises Rejected."""
    return Reader(data).document()


def decode_tags(data):
    """The value of a document, and the names of its tags and subtypes in the order of the format."""
    reader = Reader(data)
    value = reader.document()
    return value, [name for name in (*FIRST, *SUBTYPES) if name in reader.tags]
