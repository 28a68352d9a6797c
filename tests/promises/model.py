"""The portfolio's rules told a second time, as simply as they can be told, and without a line of Tandem's own.

Everything is a plain number, set or list in this process. A step is carried out or refused; what is refused changes
nothing. Money is whole minor units, people and experiments are counted from 0 in the order in which they came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

Quarter = tuple[int, int]
Door = Literal["rules", "api"]  # The methods themselves, or a token over HTTP, where permissions are asked as well.

UNDER_WAY = ("draft", "proposed", "approved", "running")
LONGEST = 12  # Weeks.


class Refused(Exception):
    """The step is not carried out."""


def refuse(when: bool) -> None:
    """Refuse the step when something stands in its way."""
    if when:
        raise Refused


def quarter_of(day: date) -> Quarter:
    """The quarter of a day; the fiscal year is the calendar's."""
    return day.year, (day.month + 2) // 3


@dataclass
class Person:
    """Somebody with an account."""

    leads: bool = False  # Holds the role of a leader.
    observes: bool = False
    active: bool = True

    @property
    def is_leader(self) -> bool:
        """Whether they may put their name under money now."""
        return self.leads and self.active

    @property
    def is_volunteer(self) -> bool:
        """Everyone but observers and those who went."""
        return self.active and not self.observes


@dataclass(frozen=True)
class Text:
    """What a proposal says; two that are equal have one fingerprint."""

    wording: int
    weeks: int
    budget: int
    parts: tuple[int, ...] = ()  # What waits for each milestone.
    whole: bool = True  # Whether every answer is there.

    @property
    def is_complete(self) -> bool:
        """Whether leadership can be asked."""
        return self.whole and 1 <= self.weeks <= LONGEST and sum(self.parts) <= self.budget


@dataclass
class Envelope:
    """One quarter's money."""

    total: int = 0
    committed: int = 0
    spent: int = 0

    @property
    def free(self) -> int:
        """What is left to grant."""
        return self.total - self.committed


@dataclass
class Share:
    """What one envelope pays of one experiment."""

    quarter: Quarter
    amount: int = 0
    released: int = 0
    spent: int = 0
    returned: int = 0


@dataclass
class Tranche:
    """A part of a grant; the one at the start waits for nothing."""

    amount: int
    has_evidence: bool = False
    is_released: bool = False


@dataclass
class Signature:
    """A leader's yes to exact terms."""

    by: int
    what: str
    terms: tuple[Any, ...]
    sponsor: int | None
    fate: str = "waits"

    @property
    def amount(self) -> int:
        """What it is for."""
        return int(self.terms[0])


@dataclass
class Expense:
    """Something paid; of a correction the corrected one stays."""

    experiment: int
    amount: int
    is_corrected: bool = False


@dataclass
class Amendment:
    """A change that waits, or was answered."""

    text: Text
    answer: bool | None = None


@dataclass
class Experiment:
    """One experiment with its money."""

    text: Text
    proposer: int
    lead: int
    state: str = "draft"
    revision: int = 1
    versions: list[Text] = field(default_factory=list)
    limit: int = 0  # What one leader grants alone, under the rules it was proposed under.
    team: set[int] = field(default_factory=set)
    hands: set[int] = field(default_factory=set)
    parties: set[tuple[int, str]] = field(default_factory=set)
    asked_to_lead: int | None = None
    sponsor: int | None = None
    starts: date | None = None
    ends: date | None = None
    stopped: bool = False
    closed: bool = False
    shares: list[Share] = field(default_factory=list)
    tranches: list[Tranche] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)

    def sum(self, what: str) -> int:
        """What its shares come to."""
        return sum(getattr(share, what) for share in self.shares)

    @property
    def waiting(self) -> Signature | None:
        """The first of two signatures, while it waits."""
        return next((signature for signature in reversed(self.signatures) if signature.fate == "waits"), None)

    def void_signatures(self) -> None:
        """Nobody's yes counts any more."""
        for signature in self.signatures:
            if signature.fate == "waits":
                signature.fate = "void"


class Portfolio:
    """Everything at once. Each step is a method; `do` says whether it was carried out."""

    def __init__(self, people: list[Person], day: date, limit: int) -> None:
        self.people, self.day, self.limit = people, day, limit
        self.envelopes: dict[Quarter, Envelope] = {}
        self.experiments: list[Experiment] = []
        self.expenses: list[Expense] = []

    def do(self, door: Door, verb: str, said: dict[str, Any]) -> bool:
        """Carry a step out, or refuse it and change nothing."""
        try:
            if door == "api":
                self._ask(verb, said)
            getattr(self, verb)(door=door, **said)
        except Refused:
            return False
        return True

    # Money set aside ------------------------------------------------------------------------------------------------

    def set_envelope(self, *, door: Door, by: int, quarter: Quarter, total: int) -> None:  # noqa: ARG002
        refuse(quarter in self.envelopes or quarter < quarter_of(self.day) or total <= 0)
        self.envelopes[quarter] = Envelope(total)

    def adjust_envelope(self, *, door: Door, by: int, quarter: Quarter, change: int) -> None:  # noqa: ARG002
        refuse(quarter not in self.envelopes or quarter < quarter_of(self.day) or change == 0)
        refuse(self.envelopes[quarter].free + change < 0)
        self.envelopes[quarter].total += change

    def set_limit(self, *, door: Door, limit: int) -> None:  # noqa: ARG002
        self.limit = limit

    # A proposal -----------------------------------------------------------------------------------------------------

    def draft(self, *, door: Door, by: int, text: Text) -> None:  # noqa: ARG002
        self._begin(text, by)

    def revise(self, *, door: Door, by: int, x: int, text: Text, stale: bool) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state not in ("draft", "proposed") or stale)
        refuse(it.state == "proposed" and not text.is_complete)
        self._write(it, text, by)
        if it.state == "proposed":
            it.versions.append(text)
            it.void_signatures()

    def propose(self, *, door: Door, by: int, x: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state != "draft" or not it.text.is_complete)
        it.state, it.limit = "proposed", self.limit
        it.versions.append(it.text)

    def approve(
        self,
        *,
        door: Door,
        by: int,
        x: int,
        amount: int,
        sponsor: int | None,
        tranches: tuple[int, ...],
        stale: bool,
    ) -> None:
        it = self.experiments[x]
        self._refuse_unread(it, stale, door)
        refuse(sponsor is not None and not self.people[sponsor].is_leader)
        refuse(not self._decides(it, by) or not 0 <= amount <= it.text.budget)
        envelope = self._pays(amount)
        parts = list(tranches) or _divided(it.text, amount)
        refuse(len(parts) != len(it.text.parts) + 1 or sum(parts) != amount or min(parts) < 0)
        first = it.waiting
        if sponsor is None and door == "rules" and first is not None and self._still_signs(it, first):
            sponsor = first.sponsor
        sponsor = by if sponsor is None else sponsor
        terms = (amount, it.text, sponsor, tuple(tranches))
        if not self._sign(it, "grant", terms, sponsor, by, needs_two=amount > it.limit):
            return
        self._take(it, envelope, amount)
        it.tranches = [Tranche(part) for part in parts]
        it.state, it.sponsor = "approved", sponsor
        it.parties.add((sponsor, "sponsor"))

    def give_back(self, *, door: Door, by: int, x: int, stale: bool) -> None:
        it = self.experiments[x]
        self._answer_no(it, by, stale, door)
        it.state = "draft"

    def decline(self, *, door: Door, by: int, x: int, stale: bool) -> None:
        it = self.experiments[x]
        self._answer_no(it, by, stale, door)
        it.state = "declined"

    def withdraw(self, *, door: Door, by: int, x: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state not in ("draft", "proposed", "approved"))
        it.state = "withdrawn"
        self._return_the_rest(it)

    # The timebox ----------------------------------------------------------------------------------------------------

    def start(self, *, door: Door, by: int, x: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state != "approved")
        it.state, it.starts, it.ends = "running", self.day, self._last_day(self.day, it.text)
        self._release(it, 0)

    def stop(self, *, door: Door, by: int, x: int) -> None:  # noqa: ARG002
        it = self._running(x)
        it.stopped, it.ends = True, self.day

    def give_evidence(self, *, door: Door, by: int, x: int, number: int) -> None:  # noqa: ARG002
        it = self._running(x)
        refuse(not 0 <= number < len(it.tranches) or it.tranches[number].is_released)
        it.tranches[number].has_evidence = True

    def release(self, *, door: Door, by: int, x: int, number: int) -> None:  # noqa: ARG002
        it = self._running(x)
        refuse(not self._follows(it, by) or not 0 <= number < len(it.tranches))
        refuse(not it.tranches[number].has_evidence or it.tranches[number].is_released)
        self._release(it, number)

    def spend(self, *, door: Door, by: int, x: int, amount: int, on: date, corrects: int | None) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state != "running" or it.starts is None or it.ends is None)
        assert it.starts is not None
        assert it.ends is not None
        refuse(not it.starts <= on <= min(it.ends, self.day))
        refuse(amount < 0 or (amount == 0 and corrects is None))
        freed = 0
        if corrects is not None:
            wrong = self.expenses[corrects]
            refuse(wrong.experiment != x or wrong.is_corrected)
            freed = wrong.amount
        refuse(amount > it.sum("released") - it.sum("spent") + freed)
        if corrects is not None:
            self.expenses[corrects].is_corrected = True
            self._pay(list(reversed(it.shares)), freed, lambda share: share.spent, -1)  # The newest gets it back first.
        self._pay(it.shares, amount, lambda share: share.released - share.spent, 1)  # The oldest pays first.
        self.expenses.append(Expense(x, amount))

    def supplement(self, *, door: Door, by: int, x: int, amount: int) -> None:  # noqa: ARG002
        it = self._running(x)
        refuse(not self._follows(it, by) or amount <= 0)
        envelope = self._pays(amount)
        needs_two = it.sum("amount") + amount > it.limit
        if self._sign(it, "supplement", (amount, it.text), None, by, needs_two=needs_two):
            self._take(it, envelope, amount).released += amount

    def decide(self, *, door: Door, by: int, x: int, kind: str) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state != "running" or not self._has_ended(it) or not self._follows(it, by))
        it.state = "closed"
        self._return_the_rest(it)
        if kind in ("persevere", "pivot"):
            self._begin(it.text, it.lead)

    # Changing what was approved -------------------------------------------------------------------------------------

    def propose_amendment(self, *, door: Door, by: int, x: int, text: Text) -> None:  # noqa: ARG002
        it = self._amendable(x)
        refuse(any(amendment.answer is None for amendment in it.amendments) or text == it.text)
        it.amendments.append(Amendment(text))

    def answer_amendment(self, *, door: Door, by: int, x: int, number: int, yes: bool) -> None:  # noqa: ARG002
        it = self._amendable(x)
        refuse(not 0 <= number < len(it.amendments) or not self._follows(it, by))
        amendment = it.amendments[number]
        refuse(amendment.answer is not None)
        if yes:
            ends = self._last_day(it.starts, amendment.text) if it.starts else None
            refuse(not amendment.text.is_complete or (ends is not None and ends < self.day))
            self._write(it, amendment.text, by)
            it.versions.append(amendment.text)
            it.ends = ends
        amendment.answer = yes

    # People ---------------------------------------------------------------------------------------------------------

    def join(self, *, door: Door, by: int, x: int, who: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state not in UNDER_WAY or not self.people[who].is_volunteer or who in it.team)
        self._join(it, who)

    def raise_hand(self, *, door: Door, by: int, x: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state not in UNDER_WAY or by in it.team or by in it.hands)
        it.hands.add(by)

    def lower_hand(self, *, door: Door, by: int, x: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(by not in it.hands)
        it.hands.remove(by)

    def accept_hand(self, *, door: Door, by: int, x: int, who: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state not in UNDER_WAY or who not in it.hands or not self.people[who].is_volunteer)
        self._join(it, who)

    def leave(self, *, door: Door, by: int, x: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(by == it.lead or by not in it.team)
        it.team.remove(by)

    def offer_lead(self, *, door: Door, by: int, x: int, who: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state not in UNDER_WAY or who == it.lead or not self.people[who].is_volunteer)
        it.asked_to_lead = who

    def take_lead(self, *, door: Door, by: int, x: int) -> None:  # noqa: ARG002
        it = self.experiments[x]
        refuse(it.state not in UNDER_WAY or it.asked_to_lead != by)
        it.lead, it.asked_to_lead = by, None
        it.team.add(by)
        it.hands.discard(by)
        it.parties.add((by, "lead"))

    def appoint(self, *, door: Door, who: int, leads: bool) -> None:  # noqa: ARG002
        refuse(self.people[who].observes)
        self.people[who].leads = leads

    def deactivate(self, *, door: Door, who: int) -> None:  # noqa: ARG002
        refuse(not self.people[who].active)
        self.people[who].active = False

    def reactivate(self, *, door: Door, who: int) -> None:  # noqa: ARG002
        refuse(self.people[who].active)
        self.people[who].active = True

    def wait(self, *, door: Door, days: int) -> None:  # noqa: ARG002
        self.day += timedelta(days=days)

    # What it all comes to -------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All of it, in plain values; two that are the same are equal."""
        return {
            "people": [[person.leads, person.observes, person.active] for person in self.people],
            "limit": self.limit,
            "envelopes": {
                f"{year}-Q{number}": [it.total, it.committed, it.spent]
                for (year, number), it in sorted(self.envelopes.items())
            },
            "accounts": {
                f"{year}-Q{number}": self._accounts((year, number)) for year, number in sorted(self.envelopes)
            },
            "experiments": [self._told(x) for x in range(len(self.experiments))],
        }

    def _accounts(self, quarter: Quarter) -> dict[str, int]:
        """Where the money of an envelope stands."""
        shares = [(it.closed, share) for it in self.experiments for share in it.shares if share.quarter == quarter]
        envelope = self.envelopes[quarter]
        return {
            "leadership": -envelope.total,
            "free": envelope.free,
            "locked": sum(share.amount - share.released for closed, share in shares if not closed),
            "released": sum(share.released - share.spent for closed, share in shares if not closed),
            "spent": sum(share.spent for _closed, share in shares),
        }

    def _told(self, x: int) -> dict[str, Any]:
        it = self.experiments[x]
        return {
            "state": it.state,
            "revision": it.revision,
            "versions": len(it.versions),
            "asked": it.text.budget,
            "people": [it.proposer, it.lead, it.asked_to_lead, it.sponsor],
            "team": sorted(it.team),
            "hands": sorted(it.hands),
            "parties": sorted(map(list, it.parties)),
            "dates": [it.starts and it.starts.isoformat(), it.ends and it.ends.isoformat(), it.stopped, it.closed],
            "grant": [it.sum(what) for what in ("amount", "released", "spent", "returned")],
            "shares": [
                [f"{s.quarter[0]}-Q{s.quarter[1]}", s.amount, s.released, s.spent, s.returned] for s in it.shares
            ],
            "tranches": [[t.amount, t.has_evidence, t.is_released] for t in it.tranches],
            "signatures": [[s.by, s.what, s.amount, s.sponsor, s.fate] for s in it.signatures],
            "expenses": [[e.amount, e.is_corrected] for e in self.expenses if e.experiment == x],
            "amendments": [amendment.answer for amendment in it.amendments],
        }

    # Who may --------------------------------------------------------------------------------------------------------

    def _ask(self, verb: str, said: dict[str, Any]) -> None:
        """Refuse what this person's token may not do here."""
        person = self.people[said["by"]]
        refuse(not person.is_volunteer)
        if verb in ("set_envelope", "adjust_envelope"):
            refuse(not person.is_leader)
        if "x" not in said:
            return
        by, it = said["by"], self.experiments[said["x"]]
        refuse(it.state == "draft" and by not in it.team)  # A draft is its team's alone.
        if verb in ("revise", "propose_amendment", "start"):
            refuse(by not in it.team)
        elif verb in ("propose", "withdraw", "accept_hand"):
            refuse(by != it.lead)
        elif verb in ("give_evidence", "spend"):
            refuse(by not in it.team and by != it.sponsor)
        elif verb in ("stop", "offer_lead"):
            refuse(not person.is_leader and by not in (it.lead, it.sponsor))

    def _decides(self, it: Experiment, by: int) -> bool:
        """A leader who has no part in it, and never had."""
        return self.people[by].is_leader and not any(who == by for who, _why in it.parties)

    def _follows(self, it: Experiment, by: int) -> bool:
        """The same, or the sponsor where every leader is party to it."""
        leaders = [n for n, person in enumerate(self.people) if person.is_leader]
        alone = by in leaders and not any(self._decides(it, leader) for leader in leaders)
        return self._decides(it, by) or (alone and {why for who, why in it.parties if who == by} == {"sponsor"})

    def _still_signs(self, it: Experiment, first: Signature) -> bool:
        """Whether the first of two could still put their name there."""
        return (self._decides if first.what == "grant" else self._follows)(it, first.by)

    # Parts of steps -------------------------------------------------------------------------------------------------

    def _begin(self, text: Text, by: int) -> None:
        it = Experiment(text, proposer=by, lead=by, team={by}, parties={(by, "proposer"), (by, "lead")})
        it.limit = self.limit
        if text.budget:
            it.parties.add((by, "amount"))
        self.experiments.append(it)

    def _write(self, it: Experiment, text: Text, by: int) -> None:
        if text.budget != it.text.budget:
            it.parties.add((by, "amount"))
        it.text = text
        it.revision += 1

    def _join(self, it: Experiment, who: int) -> None:
        it.team.add(who)
        it.hands.discard(who)
        it.parties.add((who, "team"))

    def _refuse_unread(self, it: Experiment, stale: bool, door: Door) -> None:
        refuse(it.state != "proposed")
        if stale:  # They read the version before this one, which may say the same.
            refuse(door == "api" or len(it.versions) < 2 or it.versions[-2] != it.versions[-1])

    def _answer_no(self, it: Experiment, by: int, stale: bool, door: Door) -> None:
        self._refuse_unread(it, stale, door)
        refuse(not self._decides(it, by))
        it.void_signatures()

    def _sign(
        self, it: Experiment, what: str, terms: tuple[Any, ...], sponsor: int | None, by: int, *, needs_two: bool
    ) -> bool:
        first = it.waiting
        same = first is not None and (first.what, first.terms) == (what, terms) and self._still_signs(it, first)
        refuse(needs_two and same and first is not None and first.by == by)
        complete = same or not needs_two
        if first is not None and same:
            first.fate = "complete"
        it.void_signatures()
        it.signatures.append(Signature(by, what, terms, sponsor, "complete" if complete else "waits"))
        return complete

    def _pays(self, amount: int) -> Quarter:
        """The envelope of the quarter it is, which has so much left."""
        quarter = quarter_of(self.day)
        refuse(quarter not in self.envelopes or amount > self.envelopes[quarter].free)
        return quarter

    def _take(self, it: Experiment, quarter: Quarter, amount: int) -> Share:
        share = next((share for share in it.shares if share.quarter == quarter), None)
        if share is None:
            share = Share(quarter)
            it.shares.append(share)
        share.amount += amount
        self.envelopes[quarter].committed += amount
        return share

    def _release(self, it: Experiment, number: int) -> None:
        tranche = it.tranches[number]
        tranche.is_released = True
        it.shares[0].released += tranche.amount

    def _pay(self, shares: list[Share], amount: int, most: Callable[[Share], int], sign: int) -> None:
        for share in shares:
            part = min(amount, most(share))
            share.spent += sign * part
            self.envelopes[share.quarter].spent += sign * part
            amount -= part
        assert amount == 0

    def _return_the_rest(self, it: Experiment) -> None:
        """To its own envelope, or to the one of the quarter it is."""
        it.closed = True
        it.void_signatures()
        for share in it.shares:
            share.returned = rest = share.amount - share.spent
            self.envelopes[share.quarter].committed -= rest
            now = quarter_of(self.day)
            if rest and share.quarter < now:
                self.envelopes[share.quarter].total -= rest
                self.envelopes.setdefault(now, Envelope()).total += rest

    def _running(self, x: int) -> Experiment:
        it = self.experiments[x]
        refuse(it.state != "running" or self._has_ended(it))
        return it

    def _amendable(self, x: int) -> Experiment:
        it = self.experiments[x]
        refuse(it.state not in ("approved", "running") or self._has_ended(it))
        return it

    def _has_ended(self, it: Experiment) -> bool:
        return it.state == "running" and (it.stopped or (it.ends is not None and self.day > it.ends))

    @staticmethod
    def _last_day(starts: date, text: Text) -> date:
        return starts + timedelta(days=7 * text.weeks - 1)


def _divided(text: Text, granted: int) -> list[int]:
    """The start and the milestones; what is less than asked is cut from the last backwards."""
    parts = [text.budget - sum(text.parts), *text.parts]
    missing = text.budget - granted
    for place in range(len(parts) - 1, -1, -1):
        less = min(missing, parts[place])
        parts[place] -= less
        missing -= less
    return parts
