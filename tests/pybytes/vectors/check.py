"""Checks the vectors with CPython: `python3 tests/pybytes/vectors/check.py`.

Each expression is evaluated to CPython's own objects, and each document decoded with reference.py: both must be the same, type for
type and bit for bit. Prints what is wrong and ends with 1 if anything is.
"""

import json
import pathlib
import sys

sys.dont_write_bytecode = True
from codec.expressions import evaluate  # noqa: E402
from codec.hex_runs import expand  # noqa: E402
from generate import THEMES, text_of  # noqa: E402
from reference import Rejected, decode_tags, encode, same  # noqa: E402

FOLDER = pathlib.Path(__file__).parent


def fault(vector):
    """What is wrong with a vector, or None."""
    document = expand(vector["hex"])
    try:
        found, tags = decode_tags(document)
    except Rejected as rejected:
        expected = (vector.get("code"), vector.get("offset"))
        return None if (rejected.code, rejected.offset) == expected else str(rejected)
    if "code" in vector:
        return f"decodes to {found!r}"
    expected = evaluate(vector["python"])
    if not same(found, expected):
        return f"decodes to {found!r}"
    if tags != vector["tags"]:
        return f"has the tags {tags}"
    if (encode(found) == document) != vector["canonical"]:
        return f"the canonical document is {encode(found).hex()}"
    if vector["canonical"] and encode(expected) != document:
        return f"{vector['python']} has the canonical document {encode(expected).hex()}"
    return None


def main():
    """Checks all vectors, and that generate.py makes them."""
    checked, faults = 0, []
    for theme in THEMES:
        text = (FOLDER / f"{theme}.json").read_text()
        if text != text_of(theme):
            faults.append(f"{theme}.json is not what generate.py writes")
        for vector in json.loads(text):
            checked += 1
            wrong = fault(vector)
            if wrong is not None:
                faults.append(f"{theme}.json, {vector['name']}: {wrong}"[:500])
    print(*faults, f"{checked} vectors, {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
