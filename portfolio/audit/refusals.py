"""Refusals are part of the trail: what was asked for, by whom, of what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect

from portfolio.audit.entry import record
from portfolio.foundation.authority import Gate, Permission
from portfolio.foundation.database import Base, db, write_tx


def remember_with(gate: Gate) -> Any:
    """What puts a refusal on the trail, in a transaction of its own."""

    def remember(policy: Permission, thing: Any, status: int) -> None:
        identity = inspect(thing).identity if isinstance(thing, Base) else None  # Holds even after a rollback.
        with write_tx():
            subject = db.session.get(type(thing), identity) if identity is not None else None
            record(f"{policy.name}_refused", subject, by=gate.current(), status=status)

    return remember
