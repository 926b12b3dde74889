"""Hexadecimal text in which `61{40}` is the byte 61 forty times, so that long documents stay short."""

import re

_RUN = re.compile(r"([0-9a-f]{2})\{(\d+)\}")
_SHORTEST = 24


def expand(text):
    """The bytes of the text; spaces are for the reader."""
    plain = _RUN.sub(lambda run: run[1] * int(run[2]), text.replace(" ", ""))
    return bytes.fromhex(plain)


def compress(data):
    """The text of bytes."""
    out = []
    at = 0
    for run in re.finditer(rb"(.)\1{%d,}" % (_SHORTEST - 1), data, re.DOTALL):
        out.append(data[at : run.start()].hex())
        out.append("%02x{%d}" % (run[1][0], len(run[0])))
        at = run.end()
    return "".join(out) + data[at:].hex()
