"""Steps that people might take next, drawn by chance: mostly sensible ones, and some that have to be refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from tests.promises.model import UNDER_WAY, Door, Experiment, Person, Portfolio, Text, quarter_of

T = TypeVar("T")
DAY = date(2026, 3, 2)
LIMIT = 10_000_00
MOST = 8  # Experiments; more would only make each history longer.


def cast() -> Portfolio:
    """Three volunteers, four leaders and an observer, before anything happened."""
    people = [Person() for _ in range(3)] + [Person(leads=True) for _ in range(4)] + [Person(observes=True)]
    return Portfolio(people, DAY, LIMIT)


@dataclass(frozen=True)
class Move:
    """One step, through one of the doors."""

    door: Door
    verb: str
    said: dict[str, Any]

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.said.items())
        return f"{self.verb}({said})" + (" through the API" if self.door == "api" else "")


def move(verb: str, it: Portfolio, chance: Random, *, anywhere: bool = False) -> Move:
    """One step of a kind.

    Args:
        anywhere: with any experiment, whatever its state.
    """
    kind = KINDS[verb]
    where = list(range(len(it.experiments))) if anywhere else places(verb, it)
    said = kind.said(it, chance, chance.choice(where)) if kind.states else kind.said(it, chance, 0)
    return Move("api" if kind.has_api and chance.random() < 0.25 else "rules", verb, said)


def places(verb: str, it: Portfolio) -> list[int]:
    """The experiments with which this might be done now."""
    kind = KINDS[verb]
    return [x for x, one in enumerate(it.experiments) if one.state in kind.states and kind.ready(it, one)]


def makes_sense(verb: str, it: Portfolio) -> bool:
    """Whether there is anything it could be done with."""
    if verb == "draft":
        return len(it.experiments) < MOST
    if verb == "set_envelope":
        return quarter_of(it.day) not in it.envelopes
    if verb == "reactivate":
        return not all(person.active for person in it.people)
    return not KINDS[verb].states or bool(places(verb, it))


# What is said ---------------------------------------------------------------------------------------------------------


def _draft(it: Portfolio, chance: Random, _x: int) -> dict[str, Any]:
    return {"by": _one(chance, range(3), everyone(it)), "text": _text(chance)}


def _revise(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    text = it.experiments[x].text if chance.random() < 0.1 else _text(chance)
    return {"by": _of_team(it, chance, x), "x": x, "text": text, "stale": chance.random() < 0.15}


def _by_lead(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    return {"by": _one(chance, [it.experiments[x].lead], everyone(it)), "x": x}


def _by_team(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    return {"by": _of_team(it, chance, x), "x": x}


def _by_anybody(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    return {"by": chance.choice(everyone(it)), "x": x}


def _approve(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    experiment = it.experiments[x]
    first = experiment.waiting
    if first is not None and first.what == "grant" and chance.random() < 0.6:  # Somebody confirms what was signed.
        named = chance.choice([first.sponsor, None]) if first.terms[2] == first.by else first.sponsor
        terms = {"amount": first.amount, "sponsor": named, "tranches": first.terms[3]}
        return {"by": _of_deciders(it, chance, x), "x": x, **terms, "stale": False}
    asked, free = experiment.text.budget, max(_free(it), 0)
    amount = _one(
        chance,
        [min(asked, free), min(asked, free), asked],
        [asked, asked // 2, asked // 3, asked + 1, free, free + 1, 0, -1],
    )
    named = None if chance.random() < 0.7 else chance.choice(everyone(it))
    tranches: tuple[int, ...] = ()
    if chance.random() < 0.2:
        parts = len(experiment.text.parts)
        tranches = tuple(_one(chance, [[amount, *[0] * parts]], [[amount - 1, *[1] * parts], [amount], [amount + 1]]))
    return {
        "by": _of_deciders(it, chance, x),
        "x": x,
        "amount": amount,
        "sponsor": named,
        "tranches": tranches,
        "stale": chance.random() < 0.1,
    }


def _answer_no(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    return {"by": _of_deciders(it, chance, x), "x": x, "stale": chance.random() < 0.1}


def _tranche(it: Portfolio, chance: Random, x: int) -> int:
    tranches = it.experiments[x].tranches
    open_ones = [number for number, tranche in enumerate(tranches) if not tranche.is_released]
    return _one(chance, open_ones or [1], range(len(tranches) + 1))


def _evidence(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    return {"by": _of_team(it, chance, x), "x": x, "number": _tranche(it, chance, x)}


def _release(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    return {"by": _of_deciders(it, chance, x), "x": x, "number": _tranche(it, chance, x)}


def _spend(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    experiment = it.experiments[x]
    left = experiment.sum("released") - experiment.sum("spent")
    booked = [n for n, expense in enumerate(it.expenses) if expense.experiment == x and not expense.is_corrected]
    corrects = None
    if it.expenses and chance.random() < 0.3:
        corrects = _one(chance, booked or [0], range(len(it.expenses)))
        left += it.expenses[corrects].amount
    amount = _one(chance, [left // 3, left // 2, left, 1, 199], [0, -1, left + 1, 10**9])
    first, last = experiment.starts or it.day, min(experiment.ends or it.day, it.day)
    on = _one(chance, [last], [first, first - timedelta(days=1), last + timedelta(days=1), it.day])
    return {"by": _of_team(it, chance, x), "x": x, "amount": amount, "on": on, "corrects": corrects}


def _supplement(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    experiment = it.experiments[x]
    first = experiment.waiting
    if first is not None and chance.random() < 0.7:
        return {"by": _of_deciders(it, chance, x), "x": x, "amount": first.amount}
    room = experiment.limit - experiment.sum("amount")
    amounts = [1, 1_234_56, 5_000_00, room, room + 1, _free(it)]
    return {"by": _of_deciders(it, chance, x), "x": x, "amount": _one(chance, amounts, [0, -1, _free(it) + 1])}


def _decide(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    kinds = ["scale", "stop"] if len(it.experiments) >= MOST else ["scale", "persevere", "pivot", "stop"]
    return {"by": _of_deciders(it, chance, x), "x": x, "kind": chance.choice(kinds)}


def _amend(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    now = it.experiments[x].text
    text = Text(chance.randrange(9), _weeks(chance), now.budget, now.parts, chance.random() < 0.9)
    return {"by": _of_team(it, chance, x), "x": x, "text": _one(chance, [text], [now])}


def _answer_amendment(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    amendments = it.experiments[x].amendments
    number = _one(chance, [max(len(amendments) - 1, 0)], range(len(amendments) + 1))
    return {"by": _of_deciders(it, chance, x), "x": x, "number": number, "yes": chance.random() < 0.7}


def _with_somebody(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    first = it.experiments[x].waiting
    who = first.by if first is not None and chance.random() < 0.5 else chance.choice(everyone(it))
    return _by_lead(it, chance, x) | {"who": who}


def _accept_hand(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    return _by_lead(it, chance, x) | {"who": _one(chance, sorted(it.experiments[x].hands), everyone(it))}


def _raise_hand(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    return {"by": chance.choice(everyone(it)), "x": x}


def _lower_hand(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    return {"by": _one(chance, sorted(it.experiments[x].hands), everyone(it)), "x": x}


def _leave(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    experiment = it.experiments[x]
    return {"by": _one(chance, sorted(experiment.team - {experiment.lead}), everyone(it)), "x": x}


def _take_lead(it: Portfolio, chance: Random, x: int) -> dict[str, Any]:
    asked = it.experiments[x].asked_to_lead
    return {"by": _one(chance, [] if asked is None else [asked], everyone(it)), "x": x}


def _set_envelope(it: Portfolio, chance: Random, _x: int) -> dict[str, Any]:
    day = it.day + timedelta(days=_one(chance, [0], [-90, 90]))
    total = _one(chance, [60_000_00, 120_000_00], [1, 0, -1])
    return {"by": _of_leaders(it, chance), "quarter": quarter_of(day), "total": total}


def _adjust_envelope(it: Portfolio, chance: Random, _x: int) -> dict[str, Any]:
    quarter = _one(chance, [quarter_of(it.day)], sorted(it.envelopes) or [quarter_of(it.day)])
    free = it.envelopes[quarter].free if quarter in it.envelopes else 0
    change = _one(chance, [40_000_00, -free, 1], [-free - 1, 0, -(free // 2)])
    return {"by": _of_leaders(it, chance), "quarter": quarter, "change": change}


def _set_limit(it: Portfolio, chance: Random, _x: int) -> dict[str, Any]:
    return {"limit": chance.choice([limit for limit in (0, LIMIT, 50_000_00) if limit != it.limit])}


def _appoint(it: Portfolio, chance: Random, _x: int) -> dict[str, Any]:
    who = chance.choice(_signers(it) or [n for n, person in enumerate(it.people) if not person.observes])
    return {"who": who, "leads": not it.people[who].leads}


def _deactivate(it: Portfolio, chance: Random, _x: int) -> dict[str, Any]:
    return {"who": chance.choice(_signers(it) or everyone(it))}


def _reactivate(it: Portfolio, chance: Random, _x: int) -> dict[str, Any]:
    return {"who": _one(chance, [n for n, person in enumerate(it.people) if not person.active], everyone(it))}


def _wait(_it: Portfolio, chance: Random, _x: int) -> dict[str, Any]:
    return {"days": _one(chance, [1, 6, 7, 14], [30, 45])}


Said = Callable[[Portfolio, Random, int], dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of step.

    Args:
        said: what is said with it.
        states: of the experiments with which it makes sense; none for what needs no experiment.
        ready: what else an experiment has to have for it.
        has_api: whether a program can ask for it as well.
    """

    said: Said
    states: tuple[str, ...] = ()
    ready: Callable[[Portfolio, Experiment], bool] = lambda _it, _one: True
    has_api: bool = True


def _has_ended(it: Portfolio, one: Experiment) -> bool:
    return one.stopped or (one.ends is not None and it.day > one.ends)


def _is_complete(_it: Portfolio, one: Experiment) -> bool:
    return one.text.is_complete


def _runs(it: Portfolio, one: Experiment) -> bool:
    return not _has_ended(it, one)


def _has_parts(it: Portfolio, one: Experiment) -> bool:
    return _runs(it, one) and not all(tranche.is_released for tranche in one.tranches)


def _has_evidence(it: Portfolio, one: Experiment) -> bool:
    return _runs(it, one) and any(t.has_evidence and not t.is_released for t in one.tranches)


def _has_amendment(it: Portfolio, one: Experiment) -> bool:
    return _runs(it, one) and any(amendment.answer is None for amendment in one.amendments)


def _has_hands(_it: Portfolio, one: Experiment) -> bool:
    return bool(one.hands)


def _has_others(_it: Portfolio, one: Experiment) -> bool:
    return len(one.team) > 1


def _asks_a_lead(_it: Portfolio, one: Experiment) -> bool:
    return one.asked_to_lead is not None


OPEN = ("approved", "running")
EVER = (*UNDER_WAY, "closed", "declined", "withdrawn")
KINDS = {
    "draft": Kind(_draft),
    "revise": Kind(_revise, ("draft", "proposed")),
    "propose": Kind(_by_lead, ("draft",), _is_complete),
    "approve": Kind(_approve, ("proposed",)),
    "give_back": Kind(_answer_no, ("proposed",)),
    "decline": Kind(_answer_no, ("proposed",)),
    "withdraw": Kind(_by_lead, ("draft", "proposed", "approved")),
    "start": Kind(_by_team, ("approved",)),
    "stop": Kind(_by_anybody, ("running",), _runs),
    "give_evidence": Kind(_evidence, ("running",), _has_parts),
    "release": Kind(_release, ("running",), _has_evidence),
    "spend": Kind(_spend, ("running",)),
    "supplement": Kind(_supplement, ("running",), _runs),
    "decide": Kind(_decide, ("running",), _has_ended),
    "propose_amendment": Kind(_amend, OPEN, _runs),
    "answer_amendment": Kind(_answer_amendment, OPEN, _has_amendment),
    "join": Kind(_with_somebody, UNDER_WAY, has_api=False),
    "raise_hand": Kind(_raise_hand, UNDER_WAY),
    "lower_hand": Kind(_lower_hand, UNDER_WAY, _has_hands),
    "accept_hand": Kind(_accept_hand, UNDER_WAY, _has_hands),
    "leave": Kind(_leave, EVER, _has_others),
    "offer_lead": Kind(_with_somebody, UNDER_WAY),
    "take_lead": Kind(_take_lead, UNDER_WAY, _asks_a_lead),
    "set_envelope": Kind(_set_envelope),
    "adjust_envelope": Kind(_adjust_envelope),
    "set_limit": Kind(_set_limit, has_api=False),
    "appoint": Kind(_appoint, has_api=False),
    "deactivate": Kind(_deactivate, has_api=False),
    "reactivate": Kind(_reactivate, has_api=False),
    "wait": Kind(_wait, has_api=False),
}
# What happens often, in a history that is told by weights instead of by Hypothesis.
OFTEN = {"draft": 4, "propose": 8, "approve": 14, "start": 10, "spend": 10, "give_evidence": 6, "release": 8} | {
    "supplement": 6,
    "decide": 10,
    "propose_amendment": 3,
    "answer_amendment": 6,
    "wait": 3,
    "adjust_envelope": 3,
    "set_envelope": 20,
    "reactivate": 4,
    "accept_hand": 3,
}


def by_weights(it: Portfolio, chance: Random) -> Move:
    """Any step that makes sense, now and then one that does not."""
    if it.experiments and chance.random() < 0.1:
        return move(chance.choice(list(KINDS)), it, chance, anywhere=True)
    verbs = [verb for verb in KINDS if makes_sense(verb, it)]
    return move(chance.choices(verbs, [OFTEN.get(verb, 1) for verb in verbs])[0], it, chance)


# Who and how much -----------------------------------------------------------------------------------------------------


def everyone(it: Portfolio) -> list[int]:
    """All people, whatever they may."""
    return list(range(len(it.people)))


def _of_leaders(it: Portfolio, chance: Random) -> int:
    return _one(chance, [n for n, person in enumerate(it.people) if person.is_leader], everyone(it))


def _of_deciders(it: Portfolio, chance: Random, x: int) -> int:
    parties = {who for who, _why in it.experiments[x].parties}
    leaders = [n for n, person in enumerate(it.people) if person.is_leader]
    return _one(chance, [n for n in leaders if n not in parties] or leaders, everyone(it))


def _of_team(it: Portfolio, chance: Random, x: int) -> int:
    return _one(chance, sorted(it.experiments[x].team), everyone(it))


def _signers(it: Portfolio) -> list[int]:
    """Whose first signature waits for a second."""
    return [experiment.waiting.by for experiment in it.experiments if experiment.waiting is not None]


def _free(it: Portfolio) -> int:
    envelope = it.envelopes.get(quarter_of(it.day))
    return envelope.free if envelope else 0


def _weeks(chance: Random) -> int:
    return _one(chance, [1, 2, 4, 6, 8, 12], [13, 52])


def _text(chance: Random) -> Text:
    budget = chance.choice([0, 1, 99, 5_000_00, 15_000_00, 15_000_01, 50_000_00, 50_000_01, 70_000_00])
    parts = _one(chance, [(), (budget // 3,), (budget // 2, budget // 4)], [(0,), (budget,), (budget, 1)])
    return Text(chance.randrange(9), _weeks(chance), budget, parts, chance.random() < 0.95)


def _one(chance: Random, likely: Sequence[T], unlikely: Sequence[T]) -> T:
    """Mostly one of the likely; shrinks towards them."""
    return chance.choice(likely if likely and chance.random() < 0.85 else unlikely)
