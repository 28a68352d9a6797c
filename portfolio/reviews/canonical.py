"""One spelling for what is frozen: the same words and numbers are always the same bytes."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any


def canonical(value: Any) -> str:
    """JSON with sorted keys, no blanks, whole numbers only, and text in Unicode's composed form (NFC).

    Raises:
        TypeError: something in it has no one spelling, such as a float.
    """
    return json.dumps(_settled(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _settled(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        # A lone half of a character pair has no bytes; whoever typed it sees the same sign for it as ever.
        return unicodedata.normalize("NFC", value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    if isinstance(value, Mapping):
        return {_key(key): _settled(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(part) for part in value]
    raise TypeError(f"{value!r} has no canonical form; a record holds words, whole numbers, lists and maps.")


def _key(key: Any) -> str:
    if isinstance(key, str) and key.isascii():
        return key
    raise TypeError(f"{key!r} is no key of a record.")
