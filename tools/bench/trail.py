"""The trail of the seeded portfolio: chained for real, so that what reads it can check it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import update

from portfolio.audit.entry import DOMAIN, START, TrailHead, canonical
from portfolio.foundation.database import db, write_tx
from tools.bench.ground import Ground
from tools.bench.rows import Rows, progress
from tools.bench.words import Words

ACTIONS = ("drafted", "changed", "proposed", "commented", "hand_raised", "started", "learned", "learned", "asked")
AT_ONCE = 20_000


def lay(rows: Rows, words: Words, ground: Ground, experiments: Sequence[tuple[int, str]], each: int) -> None:
    """Write so many entries about each experiment, given by number and title."""
    seq, last, total = 0, START, len(experiments) * each
    for turn in range(each):
        action = f"experiment.{ACTIONS[turn % len(ACTIONS)]}"
        for number, title in experiments:
            seq += 1
            actor = ground.person(number + turn)
            last = _add(rows, ground, seq, last, total, action, actor, number)
            rows.add("audit_names", seq=seq, names=canonical({"actor": words.name(actor), "subject": title}))
            if seq % AT_ONCE == 0 or seq == total:
                rows.write()
                progress("entries of the trail", seq, total)
    with write_tx():
        db.session.execute(update(TrailHead).values(seq=seq, hash=last))


def _add(rows: Rows, ground: Ground, seq: int, last: str, total: int, action: str, actor: int, number: int) -> str:
    at = ground.now - timedelta(seconds=10 * (total - seq))
    said = {
        "action": action,
        "actor": actor,
        "at": at.isoformat(),
        "details": {},
        "prev": last,
        "seq": seq,
        "subject": ["experiment", number],
    }
    hashed = hashlib.sha256(DOMAIN + canonical(said).encode()).hexdigest()
    rows.add(
        "audit_entry",
        seq=seq,
        at=at,
        actor_id=actor,
        action=action,
        subject_type="experiment",
        subject_id=number,
        details="{}",
        prev_hash=last,
        hash=hashed,
    )
    return hashed
