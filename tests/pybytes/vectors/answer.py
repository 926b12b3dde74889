"""Answers each line of hex on standard input with what reference.py makes of that document.

    ok CANONICAL    it decodes, and this is its value's canonical document (`none` if it has none)
    CODE OFFSET     it is rejected

One process answers all lines, so that a test can ask about thousands of documents.
"""

import sys

sys.dont_write_bytecode = True
from reference import NoCanonicalForm, Rejected, decode, encode  # noqa: E402


def answer(document):
    """The answer for one document."""
    try:
        value = decode(document)
    except Rejected as rejected:
        return f"{rejected.code} {rejected.offset}"
    try:
        return f"ok {encode(value).hex()}"
    except NoCanonicalForm:
        return "ok none"


if __name__ == "__main__":
    for line in sys.stdin:
        print(answer(bytes.fromhex(line)))
