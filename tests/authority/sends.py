"""What every command is sent: complete, so that nothing but the permission stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from portfolio.reviews.outcome import Part
from tests.authority.cast import Cast
from tests.bridge.crossings import a_promotion_form
from tests.factories import a_proposal_form, an_approval_form, rules_now
from tests.hierarchy.plans import an_initiative_form
from tests.organisation.test_measures import a_reading_form
from tests.reviews.meetings import a_plan_form, an_agenda_form
from tests.strategy.test_phase import a_phase_form

Said = Mapping[str, Any]
WHY = {"reason": "Because it is so."}
BODY = {"body": "Well said."}
CARD = {name: "So." for name in ("reason", "believed", "observed", "learned", "therefore")}


def forms(cast: Cast) -> dict[str, Said]:
    """What the pages send, by route; nothing where it is not named."""
    today = rules_now().today.isoformat()
    measure = str(cast.running.criteria[0].measure_id)
    experiments = cast.experiments
    x, q, i, p, c, b = (
        "/experiments/<ref>",
        "/reviews/<ref>",
        "/initiatives/<ref>",
        "/promotions/<ref>",
        "/challenges/<ref>",
        "/barriers/<ref>",
    )
    statement = {"statement": "Something else entirely."}
    outcome = {"outcome": "It is whole.", **WHY}
    text = a_proposal_form(title="Is it another question?")
    learning = {"title": "It waits.", "body": "We saw it.", "kind": "insight", "evidence": "measured"}
    return {
        "/first-run": {
            "code": "nobody knows",
            "organisation": "Ours",
            "name": "Me",
            "email": "me@company.example",
            "password": "another password for tests",
            "again": "another password for tests",
        },
        "/sign-in": {"email": "nobody@company.example", "password": "nothing like it at all"},
        "/password": {"email": "nobody@company.example"},
        "/language": {"language": "nl"},
        "/account": {"name": "Somebody Else", "unit": "0", "hours_a_week": "4", "language": "en", "theme": "light"},
        "/account/tokens": {"name": "A program", "scopes": ["read"], "days": "30"},
        "/people": {"name": "New", "email": "new@company.example", "unit": "0", "roles": ["leader"]},
        "/people/<handle>/roles": {"roles": ["leader"]},
        "/units": {"name": "Another unit"},
        "/units/<handle>": {"name": "Renamed"},
        "/direction/big-opportunity": statement | {"shown": str(cast.statements["opportunity"])},
        "/direction/visions/<months>": statement | {"shown": str(cast.statements["vision"])},
        "/phases": a_phase_form(starts_on=today, ends_on=today),
        "/phases/<phase_id>/text": a_phase_form(name="Another name", starts_on=today, ends_on=today),
        "/phases/<phase_id>/closure": {"because": "Done."},
        "/measures/<number>/readings": a_reading_form(),
        "/envelopes/<quarter>": {"total": "950000", "read": "90000000", **WHY},
        "/experiments": text,
        f"{x}/text": text | {"revision": str(experiments["proposed"].revision)},
        f"{x}/approval": an_approval_form(experiments["proposed"]),
        f"{x}/comments": BODY,
        f"{x}/hands": {"hours_a_week": "4"},
        f"{x}/lead": {"person": cast["O"].handle},
        f"{x}/check-ins": {"confidence": "60", "next_step": "Ask.", "hours": "4"},
        f"{x}/readings": {"measure": measure, "value": "5", "read_on": today},
        f"{x}/learnings": learning,
        f"{x}/expenses": {"amount": "10", "what": "Sheets", "spent_on": today},
        f"{x}/tranches/<number>/evidence": {"evidence": "Ten quotes, and one more."},
        f"{x}/supplement": {"amount": "100", **WHY},
        f"{x}/stop": WHY,
        f"{x}/amendments": text | WHY,
        f"{x}/amendments/<number>/approval": {"answer": "approve", **WHY},
        f"{x}/recommendation": {"kind": "stop", "cost": "", **WHY},
        f"{x}/decision": {
            "kind": "stop",
            "why_not-0-criterion": str(experiments["ended"].criteria[0].id),
            "why_not-0-because": "It was lost.",
            **CARD,
        },
        "/initiatives": an_initiative_form(),
        f"{i}/text": an_initiative_form(
            unit=str(cast.unit.id), owner=str(cast["L"].id), title="Another title", revision=cast.planned.revision
        ),
        f"{i}/statuses": {"colour": "green", "percent": "40", **WHY},
        f"{i}/readings": a_reading_form(),
        f"{i}/embedding": {"value": "18", "embedded_on": today, "note": ""},
        f"{i}/cancellation": WHY,
        f"{i}/comments": BODY,
        "/learnings/<ref>/pictures/<number>/removal": WHY,
        "/promotions": a_promotion_form([cast.learning], cast["U"]),
        f"{p}/acceptance": {"accountable": str(cast["U"].id), "starts_on": "", "due_on": "", "why": "Yes."},
        f"{p}/deferral": {"deferred_until": rules_now().quarter.name, "why_later": "Not now."},
        f"{p}/decline": {"why_not": "No."},
        f"{p}/comments": BODY,
        "/challenges": {"title": "Why?", "tension": "It hurts.", "unit": "0"},
        f"{c}/answer": outcome,
        f"{c}/closing": WHY,
        f"{c}/comments": BODY,
        f"{c}/uptake": {"taker": cast.running.ref},
        f"{x}/barriers": {"title": "It is closed to us.", "obstacle": "Two calls."},
        f"{b}/owner": {"owner": str(cast["T"].id), "due_on": today},
        f"{b}/removal": outcome,
        f"{b}/closing": WHY,
        f"{b}/comments": BODY,
        "/reviews": a_plan_form(cast["F"], day=today, quarter="2026-Q3"),
        f"{q}/plan": a_plan_form(cast["F"], day=today, minutes="60"),
        "/reviews/monthly/notes": BODY,
        "/reviews/monthly/actions": {"what": "Write.", "owner": str(cast["T"].id), "due_on": today},
        f"{q}/agenda": an_agenda_form(),
        f"{q}/agenda/<part>": {"things-0-thing": cast.experiments["ended"].ref, "things-0-place": "1"},
        f"{q}/topics": {"topic": "The move."},
        f"{q}/turns": {"part": "money", "thing": ""},
        f"{q}/notes": {"part": "balance", **BODY},
        f"{q}/actions": {"what": "Write.", "owner": str(cast["T"].id), "due_on": today},
        f"{q}/choices": {"choice": "Hurry.", **WHY},
        "/reviews/choices/<choice_id>/reopening": {"reopening": "It has changed."},
        f"{q}/keeps/<experiment>": WHY,
        f"{q}/addenda": BODY,
    }


def bodies(cast: Cast) -> dict[str, Any]:
    """What a program sends, by method and route below `/api/v1`; nothing where it is not named."""
    today = rules_now().today
    day, later = today.isoformat(), (today + timedelta(days=20)).isoformat()
    measure = cast.running.criteria[0].measure_id
    x, q, i, p, c, b = (
        "/experiments/<ref>",
        "/reviews/<ref>",
        "/initiatives/<ref>",
        "/promotions/<ref>",
        "/challenges/<ref>",
        "/barriers/<ref>",
    )
    tenner = {"amount": {"amount": "10.00", "currency": "EUR"}}
    statement = {"statement": "Something else entirely."}
    moved = {"metric": "First time right", "unit": "%", "baseline": "71", "target": "90"}
    phase = {"name": "Next", "brings": "More.", "worth": "Much.", "starts_on": day, "ends_on": later}
    return {
        "POST /people": {"name": "New", "email": "new@company.example", "roles": ["leader"]},
        "PATCH /people/<handle>": {"roles": ["leader"]},
        "POST /units": {"name": "Another unit"},
        "PATCH /units/<handle>": {"name": "Renamed"},
        "PATCH /house-rules": {"answer_days": 9},
        "POST /big-opportunity": statement,
        "PATCH /big-opportunity": statement,
        "POST /vision": statement | {"months": 48},
        "PATCH /vision/<months>": statement,
        "POST /phases": phase,
        "PATCH /phases/<number>": {"name": "Another name"},
        "POST /phases/<number>/closure": WHY,
        "POST /measures": {"name": "Visits", "direction": "at_least"},
        "POST /measures/<number>/readings": {"value": "18"},
        "POST /envelopes": {"quarter": "2031-Q1", "total": tenner["amount"], **WHY},
        "POST /envelopes/<quarter>/adjustments": tenner | WHY,
        "POST /experiments": {"title": "Is it another question?"},
        f"PATCH {x}": {"title": "Is it another question?"},
        f"POST {x}/approval": tenner | WHY,
        f"POST {x}/return": WHY,
        f"POST {x}/decline": WHY,
        f"POST {x}/comments": BODY,
        f"POST {x}/hands": {"hours_a_week": 4},
        f"POST {x}/lead": {"person": cast["O"].handle},
        f"POST {x}/check-ins": {"confidence": 60, "next_step": "Ask."},
        f"POST {x}/readings": {"measure": measure, "value": "5"},
        f"POST {x}/learnings": {"title": "It waits.", "body": "We saw it."},
        f"POST {x}/expenses": tenner | {"what": "Sheets"},
        f"POST {x}/tranches/<number>/evidence": {"evidence": "Ten quotes, and one more."},
        f"POST {x}/supplement": tenner | WHY,
        f"POST {x}/stop": WHY,
        f"POST {x}/amendments": {"title": "Is it another question?", **WHY},
        f"POST {x}/amendments/<number>/approval": {"approve": True, **WHY},
        f"POST {x}/recommendation": {"kind": "stop", **WHY},
        f"POST {x}/decision": CARD
        | {"kind": "stop", "not_measured": [{"metric": "Days from question to quote", "because": "Lost."}]},
        "POST /initiatives": {"title": "Another one"},
        f"PATCH {i}": {"title": "Another title"},
        f"POST {i}/statuses": {"colour": "green", "percent": 40, **WHY},
        f"POST {i}/readings": {"value": "20"},
        f"POST {i}/embedding": {"value": "18"},
        f"POST {i}/cancellation": WHY,
        f"POST {i}/comments": BODY,
        "POST /learnings/<ref>/pictures/<number>/removal": WHY,
        "POST /promotions": {
            "learnings": [cast.learning.ref],
            "title": "At one table",
            "change": "Every day.",
            "unit": cast.unit.handle,
            "owner": cast["U"].handle,
            "measure": moved,
        },
        f"POST {p}/acceptance": WHY,
        f"POST {p}/deferral": WHY | {"until": "autumn"},
        f"POST {p}/decline": WHY,
        f"POST {p}/comments": BODY,
        "POST /challenges": {"title": "Why?", "tension": "It hurts."},
        f"POST {c}/answer": {"outcome": "It is whole."},
        f"POST {c}/closing": WHY,
        f"POST {c}/comments": BODY,
        f"POST {c}/uptake": {"taker": cast.running.ref},
        "POST /barriers": {
            "experiment": cast.running.ref,
            "title": "It is closed to us.",
            "obstacle": "Two calls.",
        },
        f"POST {b}/owner": {"due_on": later},
        f"POST {b}/closing": WHY,
        f"POST {b}/comments": BODY,
        "POST /reviews": {"quarter": "2026-Q3", "scheduled_for": f"{later}T12:00:00Z"},
        f"PATCH {q}": {"minutes": 60},
        f"POST {q}/agenda": {"parts": [{"part": part.value} for part in Part]},
        f"POST {q}/agenda/<part>": {"things": [{"thing": cast.experiments["ended"].ref}]},
        f"POST {q}/topics": {"title": "The move"},
        f"POST {q}/turns": {"part": "wins"},
        f"POST {q}/items/<number>/outcome": {"note": "Well."},
        f"POST {q}/keeps": {"experiment": cast.approved.ref, **WHY},
        f"POST {q}/addenda": BODY,
    }
