"""Writes the vectors (*.json beside this file): `python3 tests/pybytes/vectors/generate.py`.

Standard library only, and no time zone data. The result depends on nothing but the files here.
"""

import importlib
import json
import pathlib
import sys

sys.dont_write_bytecode = True
from themes.table import Table  # noqa: E402

THEMES = [
    "ints",
    "floats",
    "strings",
    "bytes",
    "containers",
    "keys",
    "references",
    "text_block",
    "packed",
    "memoryviews",
    "times",
    "decimals",
    "subtypes",
    "user_types",
    "canonical",
    "rejected",
]


def text_of(theme):
    """The text of a theme's JSON file, formatted as `deno fmt` does it."""
    table = Table()
    importlib.import_module(f"themes.{theme}").fill(table)
    return json.dumps(table.rows, indent=2) + "\n"


if __name__ == "__main__":
    total = 0
    for theme in THEMES:
        text = text_of(theme)
        pathlib.Path(__file__).with_name(f"{theme}.json").write_text(text)
        count = len(json.loads(text))
        total += count
        print(f"{theme}.json: {count} vectors")
    print(f"{total} vectors")
