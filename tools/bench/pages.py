"""Which pages are measured, and what is asked of them; with the goal of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle

from tools.bench.ground import LEADER, PROGRAM, VOLUNTEER
from tools.bench.seeding import Seeded

Sent = tuple[str, Mapping[str, str]]  # A path and the fields of the form that is sent there.


@dataclass(frozen=True)
class Measured:
    """A page, or a form that is sent.

    Args:
        who: reads it.
        path: of a page; of a form the page that it stands on.
        cpu: at most so many times the floor, when there is a goal.
        statements: at most so many, when there is a goal.
        forms: what to send, a new one each time.
    """

    name: str
    who: int
    path: str
    cpu: float | None = None
    statements: int | None = None
    forms: Callable[[], Sent] | None = None


def pages(seeded: Seeded) -> list[Measured]:
    """Everything that is measured, in the order of the table."""
    one, room = f"/experiments/{seeded.experiment}", f"/reviews/{seeded.review}"
    return [
        Measured("experiments", VOLUNTEER, "/experiments", 2.0, 5),
        Measured("experiments, deep", VOLUNTEER, f"/experiments?after={seeded.deep}", 2.0, 5),
        Measured("experiments, decided", VOLUNTEER, "/experiments?stage=closed", 2.0, 5),
        Measured("one experiment", VOLUNTEER, one, 2.5, 9),
        Measured("home of a volunteer", VOLUNTEER, "/", 2.5, 8),
        Measured("home of a leader", LEADER, "/", 2.5, 8),
        Measured("approvals", LEADER, "/approvals", 2.0, 6),
        Measured("initiatives", VOLUNTEER, "/initiatives"),
        Measured("promotions", VOLUNTEER, "/promotions"),
        Measured("challenges", VOLUNTEER, "/challenges"),
        Measured("barriers", VOLUNTEER, "/barriers"),
        Measured("reviews", LEADER, "/reviews"),
        Measured("review room", LEADER, room, 3.0, 10),
        Measured("room of a volunteer", VOLUNTEER, room, 3.0, 10),
        Measured("room, its wall", VOLUNTEER, f"{room}/wall", 3.0, 10),
        Measured("room, any news?", VOLUNTEER, f"{room}/news"),
        Measured("room, next turn", LEADER, room, forms=_turns(room)),
        Measured("half hour", LEADER, "/reviews/monthly"),
        Measured("radar", LEADER, "/insight/radar"),
        Measured("measures", VOLUNTEER, "/measures"),
        Measured("search, learnings", VOLUNTEER, "/learnings?q=quote+sheet", 4.0, 4),
        Measured("learnings", VOLUNTEER, "/learnings"),
        Measured("search, everything", VOLUNTEER, "/search?q=quote+sheet", 4.0),
        Measured("envelope", LEADER, f"/envelopes/{seeded.quarter}"),
        Measured("API, 50 experiments", PROGRAM, "/api/v1/experiments", 1.1, 3),
        Measured("write a learning", VOLUNTEER, f"{one}/learnings/new", 1.5, 8, _learnings(one)),
        Measured("approve a proposal", LEADER, "/approvals", 2.5, 14, _approvals(iter(seeded.proposals))),
    ]


def _turns(room: str) -> Callable[[], Sent]:
    """Each assembles the agenda anew, for the one before was noted."""
    parts = cycle(("ended", "promotions", "barriers"))
    return lambda: (f"{room}/turns", {"part": next(parts), "thing": ""})


def _learnings(experiment: str) -> Callable[[], Sent]:
    form = {
        "title": "Planners quote sooner with the shared sheet.",
        "kind": "observation",
        "evidence": "behaviour",
        "body": "Seven of ten quotes went out the same day. Nobody waited for a copy.",
        "believed": "The sheet would be opened once a day.",
        "therefore": "We keep the sheet.",
        "learned_on": "",
    }
    return lambda: (f"{experiment}/learnings", form)


def _approvals(proposals: Iterator[tuple[str, str]]) -> Callable[[], Sent]:
    form = {"answer": "all", "amount": "", "reason": "A cheap way to learn it.", "conditions": "", "sponsor": "0"}

    def send() -> Sent:
        ref, version = next(proposals)
        return f"/experiments/{ref}/approval", form | {"version": version, "confidence": ""}

    return send
