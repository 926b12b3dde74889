"""The rows of one JSON file, checked against reference.py as they are made."""

from codec.expressions import evaluate
from codec.hex_runs import compress, expand
from reference import NoCanonicalForm, Rejected, decode, decode_tags, encode, same


class Table:
    """Vectors in the order in which they were added."""

    def __init__(self):
        self.rows = []

    def valid(self, name, python, hex=None):
        """Adds a valid document; without hex it is the canonical one of the value."""
        value = evaluate(python)
        document = encode(value) if hex is None else expand(hex)
        found, tags = decode_tags(document)
        if not same(found, value):
            raise AssertionError(f"{name}: {document.hex()} is {found!r}, not {python}")
        try:
            canonical = encode(found) == document
        except NoCanonicalForm:
            canonical = False
        self._add(
            name,
            {"python": python, "hex": compress(document), "tags": tags, "canonical": canonical},
        )

    def reordered(self, name, python):
        """Adds the canonical document of a value whose dicts are in another order; `ordered` sorts them."""
        self.valid(name, f"ordered({python})")

    def loose(self, name, python, hex):
        """Adds a valid document that is not canonical."""
        self.valid(name, python, hex)
        if self.rows[-1]["canonical"]:
            raise AssertionError(f"{name}: {hex} is canonical")

    def rejected(self, name, hex, code, offset, wrap=True):
        """Adds a document that is wrong; with wrap also as an item of a list and as a value of a dict."""
        self._rejected(name, hex, code, offset)
        if wrap:
            self._rejected(f"{name}, in a list", "8201" + hex, code, offset + 2)
            self._rejected(f"{name}, in a dict in a tuple", "91a16161" + hex, code, offset + 4)

    def _rejected(self, name, hex, code, offset):
        document = expand(hex)
        try:
            found = decode(document)
        except Rejected as rejected:
            if (rejected.code, rejected.offset) != (code, offset):
                raise AssertionError(f"{name}: {document.hex()}: {rejected}, not {code} {offset}")
        else:
            raise AssertionError(f"{name}: {document.hex()} decodes to {found!r}")
        self._add(name, {"hex": compress(document), "code": code, "offset": offset})

    def _add(self, name, row):
        if any(known["name"] == name for known in self.rows):
            raise AssertionError(f"two vectors are named {name!r}")
        self.rows.append({"name": name, **row})
