"""One spelling for a row, whichever database it comes from: the same row is always the same bytes.

A row is one line of JSON with its columns in alphabetical order. Both databases keep whole numbers and text; where one
has a type of its own, the spelling is what the other keeps: 0 and 1 for no and yes, 2026-06-12 for a day.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

BYTES = "base64"  # The one key of what stands for bytes, which JSON does not have.
SMALLEST, LARGEST = -(2**63), 2**63 - 1


class NotCanonical(Exception):
    """A line is no row in its one spelling; the text says why."""


def line_of(columns: Sequence[str], values: Sequence[Any]) -> bytes:
    """A row as a line, with its end.

    Args:
        columns: their names, in alphabetical order.
        values: what stands in them.

    Raises:
        TypeError: a value has no one spelling, such as a float.
    """
    return _encoder.encode(dict(zip(columns, values, strict=True))).encode() + b"\n"


def values_of(line: bytes, columns: Sequence[str]) -> list[Any]:
    """What stands in the columns of a row.

    Raises:
        NotCanonical: it is no row of these columns, or spelled in another way.
    """
    try:
        row = json.loads(line, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotCanonical("is no JSON of whole numbers and text") from error
    if not isinstance(row, dict) or list(row) != list(columns):
        raise NotCanonical("has other columns than the manifest says")
    values = [_value(value) for value in row.values()]
    if line_of(columns, values) != line:
        raise NotCanonical("is not spelled as Tandem spells it")
    return values


def text_of(thing: Mapping[str, Any]) -> bytes:
    """A whole thing, such as what a manifest says, in its one spelling."""
    return json.dumps(thing, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _value(value: Any) -> Any:
    if value is None or type(value) is str:
        return value
    if type(value) is int and SMALLEST <= value <= LARGEST:
        return value
    if isinstance(value, dict) and list(value) == [BYTES] and isinstance(value[BYTES], str):
        try:
            return base64.b64decode(value[BYTES], validate=True)
        except binascii.Error as error:
            raise NotCanonical("has bytes that cannot be read") from error
    raise NotCanonical("has a value of a kind that no column has")


def _spelled(value: Any) -> Any:
    """The spelling of what JSON does not have."""
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {BYTES: base64.b64encode(value).decode("ascii")}
    raise TypeError(f"{value!r} has no one spelling; a backup holds whole numbers, text, days and bytes.")


def _refuse(text: str) -> Any:
    raise ValueError(text)


_encoder = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_spelled)
