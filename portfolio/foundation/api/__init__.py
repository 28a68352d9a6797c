"""The second door: what every room's API has in common. The same methods as the pages call, as JSON."""

from __future__ import annotations

ROOT = "/api/v1"
DOCS = f"{ROOT}/docs"  # Where people read what it offers.
