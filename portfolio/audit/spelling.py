"""One spelling for what is chained: the same numbers and words are always the same text."""

from __future__ import annotations

import json
from typing import Any


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_refuse)


def _refuse(value: Any) -> Any:
    raise TypeError(f"{value!r} has no canonical form; give the trail numbers and words.")
