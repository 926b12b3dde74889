"""Prints how many bytes Python's own serializers need for the values on standard input.

Input:  [{"name": str, "type": str or null, "value": JSON}, ...]; with a type, the value holds the texts that stand for
        one value each ("bytes": one text in base64).
Output: {name: {"pickle 5": bytes, "marshal": bytes}, ...}; a serializer that cannot carry the value is left out.

Each has returned an equal value before its size counts.
"""

import base64
import datetime
import decimal
import json
import marshal
import pickle
import sys
import uuid

TYPES = {
    None: lambda value: value,
    "bytes": base64.b64decode,
    "datetime": lambda texts: [datetime.datetime.fromisoformat(text) for text in texts],
    "UUID": lambda texts: [uuid.UUID(text) for text in texts],
    "Decimal": lambda texts: [decimal.Decimal(text) for text in texts],
}

SERIALIZERS = {
    "pickle 5": (lambda value: pickle.dumps(value, protocol=5), pickle.loads),
    "marshal": (marshal.dumps, marshal.loads),
}


def sizes(value):
    found = {}
    for name, (dumps, loads) in SERIALIZERS.items():
        try:
            data = dumps(value)
        except ValueError:
            # marshal: "unmarshallable object"
            continue
        if loads(data) != value:
            raise AssertionError(f"{name} returns something else")
        found[name] = len(data)
    return found


json.dump(
    {row["name"]: sizes(TYPES[row["type"]](row["value"])) for row in json.load(sys.stdin)},
    sys.stdout,
)
