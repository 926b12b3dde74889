"""Prints the canonical documents of random CPython values: `random_values.py COUNT SEED`."""

import collections
import datetime
import decimal
import pathlib
import random
import struct
import sys
import uuid

sys.dont_write_bytecode = True
from codec.model import UNDEFINED, Extension, View  # noqa: E402
from codec.read_subtypes import record_of  # noqa: E402
from reference import encode  # noqa: E402

_ALPHABETS = [
    "abc xyz",
    "\xe9\x80\xff",
    "\u043f\u0440\u0438\u0391",
    "\u4f60\u597d",
    "\U0001f600\U0001f389",
    "\u2014\u2019",
    "\ufeff\ufffd",
    "\ud800",
    "\udc00",
]


class Values:
    """Random values of one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def int(self):
        """An int near a power of two."""
        n = (1 << self.random.randrange(100)) + self.random.randint(-3, 3)
        return self.random.choice((n, -n))

    def float(self):
        """A float: any bits, a decimal, an integral one, one of fewer bits."""
        r = self.random
        kind = r.randrange(5)
        if kind == 0:
            return struct.unpack("<d", r.randbytes(8))[0]
        if kind == 1:
            return round(r.uniform(-1e6, 1e6), r.randrange(12))
        if kind == 2:
            return float(r.randint(-300, 300))
        if kind == 3:
            return r.randint(-(2**47), 2**47) / 10 ** r.randrange(16)
        return struct.unpack("<e", struct.pack("<e", r.uniform(-100, 100)))[0]

    def str(self):
        """Text of one or two scripts."""
        r = self.random
        letters = "".join(r.sample(_ALPHABETS, r.randint(1, 2)))
        return "".join(r.choices(letters, k=r.choice((0, 1, 2, 5, 31, 32, 40, 41, 80))))

    def zone(self):
        """A time zone or None."""
        r = self.random
        offset = datetime.timedelta(microseconds=r.randint(-86399999999, 86399999999))
        minutes = datetime.timedelta(minutes=r.randint(-1439, 1439))
        return r.choice(
            (
                None,
                datetime.timezone.utc,
                datetime.timezone(offset),
                datetime.timezone(minutes),
                datetime.timezone(offset, "name"),
            )
        )

    def moment(self):
        """A date, time, datetime or timedelta."""
        r = self.random
        unit = r.choice((1, 1000, 1_000_000))
        delta = datetime.timedelta(microseconds=r.randint(-5 * 10**16, 10**17) // unit * unit)
        naive = datetime.datetime(1970, 1, 1) + delta
        moment = naive.replace(tzinfo=self.zone(), fold=r.randrange(2))
        return r.choice((moment, moment.date(), moment.timetz(), delta))

    def scalar(self):
        """A value without members."""
        r = self.random
        return r.choice(
            (
                self.int,
                self.int,
                self.float,
                self.float,
                self.str,
                self.str,
                self.moment,
                self.moment,
                lambda: r.choice((None, True, False, ..., UNDEFINED, b"", "", 0, -0.0)),
                lambda: r.randbytes(r.choice((1, 8, 9, 16, 20, 32, 300))),
                lambda: bytearray(r.randbytes(r.randrange(20))),
                lambda: complex(self.float(), self.float()),
                lambda: decimal.Decimal(
                    (
                        r.randrange(2),
                        tuple(r.choices(range(10), k=r.randint(1, 40))),
                        r.randint(-90, 90),
                    )
                ),
                lambda: uuid.UUID(bytes=r.randbytes(16)),
                lambda: range(r.randrange(9), self.int(), r.choice((1, -1, 7))),
                lambda: pathlib.PurePosixPath("a/" + str(r.randrange(99))),
                lambda: View("h", 2, (40,), r.randbytes(80)),
            )
        )()

    def value(self, levels):
        """Any value, at most so many containers deep."""
        r = self.random
        if levels == 0 or r.randrange(3) == 0:
            return self.scalar()
        count = r.choice((0, 1, 2, 3, 5, 8, 12, 17))
        items = [self.value(levels - 1) for _ in range(count)]
        names = dict.fromkeys(
            map("".join, zip(map(str, range(count)), (self.str() for _ in range(count))))
        )
        return r.choice(
            (
                lambda: items,
                lambda: tuple(items),
                lambda: dict(zip(names, items)),
                lambda: dict(zip(map(int, range(count)), items)),
                lambda: set(names),
                lambda: frozenset(names),
                lambda: collections.deque(items, r.choice((None, count))),
                lambda: collections.OrderedDict(zip(names, items)),
                lambda: collections.Counter(dict(zip(names, items))),
                lambda: record_of("Row", tuple(f"f{i}" for i in range(count)), tuple(items)),
                lambda: Extension(count, items),
            )
        )()


if __name__ == "__main__":
    values = Values(int(sys.argv[2]))
    for _ in range(int(sys.argv[1])):
        print(encode(values.value(3)).hex())
