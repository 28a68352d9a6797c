"""The real thing beneath a history: each step through the methods that pages call, or through the API with a token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portfolio.audit import checks as audit
from portfolio.audit.entry import AuditEntry
from portfolio.budgets import checks as budgets
from portfolio.budgets.envelope import Envelope, envelope_for_change
from portfolio.budgets.expense import Expense
from portfolio.budgets.grant import Grant
from portfolio.budgets.ledger import LedgerEntry
from portfolio.budgets.party import Party
from portfolio.budgets.signature import Signature
from portfolio.budgets.source import Source
from portfolio.budgets.tranche import Tranche
from portfolio.foundation import clock
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import Missing, Refusal
from portfolio.foundation.money import Money
from portfolio.network import checks as network
from portfolio.network.amendment import Amendment
from portfolio.network.charter import Charter, CriterionText, MilestoneText
from portfolio.network.deciding import LearningCard
from portfolio.network.decision import DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.network.team import Hand, Member
from portfolio.network.version import Version
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.quarter import Quarter
from portfolio.people.person import Person, Role, RoleName
from tests.api_client import Program, a_token
from tests.factories import (
    change_house_rules,
    changing,
    here,
    reading,
    reloaded,
    with_roles,
)
from tests.promises import model
from tests.promises.moves import Move

METRIC = "Days from question to quote"
BELIEF = "We believe that one shared sheet halves the days to a quote, because nobody waits for a copy."
CARD = dict.fromkeys(("believed", "observed", "learned", "therefore"), "As the log says.")
CRITERION = {"metric": METRIC, "unit": "days", "baseline": "9", "target": "4"}
ANSWERED = range(200, 300)
REFUSED = (401, 403, 404, 409, 412, 422)


class Broken(AssertionError):
    """The app answered in a way that is neither yes nor no."""


class RealThing:
    """An app with the same people, in the same order."""

    def __init__(self, app: Flask, cast: model.Portfolio) -> None:
        self.app = app
        self.day, self.minutes = cast.day, 0
        with self._clock():
            change_house_rules(single_approver_limit=cast.limit)
            self.people = self._all_of(cast.people)
        self.experiments: list[Experiment] = []
        self.expenses: list[int] = []
        self.programs: dict[int, Program] = {}
        self.seen = 0

    def do(self, move: Move) -> bool:
        """Take one step; says whether it was carried out."""
        self.minutes += 1
        with self._clock():
            said = move.said if move.verb != "spend" else move.said | {"corrects": self._expense(move.said["corrects"])}
            before = self._trail()
            done = self._sent(move, said) if move.door == "api" else self._called(move, said)
            self._learn_of_new_ones()
            after = self._trail()
        if move.verb != "wait" and done != (after > before) and (done or move.door == "rules"):
            raise Broken(f"The trail grew by {after - before} when {move} was {'carried out' if done else 'refused'}")
        return done

    # The methods that pages call ------------------------------------------------------------------------------------

    def _called(self, move: Move, said: dict[str, Any]) -> bool:
        try:
            getattr(self, move.verb)(**said)
        except Refusal:
            return False
        return True

    def set_envelope(self, by: int, quarter: model.Quarter, total: int) -> None:
        with write_tx() as at:
            leader, rules = here(self.people[by]), house_rules()
            envelope = Envelope.open(Quarter(*quarter), by=leader, at=at)
            envelope.adjust(Money(total), reason="For the quarter.", by=leader, at=at, today=rules.today)

    def adjust_envelope(self, by: int, quarter: model.Quarter, change: int) -> None:
        with write_tx() as at:
            leader, rules = here(self.people[by]), house_rules()
            envelope = envelope_for_change(Quarter(*quarter))
            if envelope is None:
                raise Missing
            envelope.adjust(Money(change), reason="As it turned out.", by=leader, at=at, today=rules.today)

    def set_limit(self, limit: int) -> None:
        change_house_rules(single_approver_limit=limit)

    def draft(self, by: int, text: model.Text) -> None:
        with write_tx() as at:
            Experiment.draft(charter_of(text), rules=house_rules(), unit=None, by=here(self.people[by]), at=at)

    def revise(self, by: int, x: int, text: model.Text, stale: bool) -> None:
        with self._changing(x, by) as (it, person, at):
            it.write(charter_of(text), revision=it.revision - stale, by=person, at=at)

    def propose(self, by: int, x: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.propose(rules=house_rules(), by=person, at=at)

    def approve(
        self, by: int, x: int, amount: int, sponsor: int | None, tranches: tuple[int, ...], stale: bool
    ) -> None:
        with self._changing(x, by) as (it, person, at):
            it.approve(
                Money(amount),
                version_hash=self._read(it, stale),
                reason="A cheap way to learn it.",
                sponsor=None if sponsor is None else here(self.people[sponsor]),
                tranches=tranches,
                rules=house_rules(),
                by=person,
                at=at,
            )

    def give_back(self, by: int, x: int, stale: bool) -> None:
        with self._changing(x, by) as (it, person, at):
            it.give_back_to_team("Smaller, please.", version_hash=self._read(it, stale), by=person, at=at)

    def decline(self, by: int, x: int, stale: bool) -> None:
        with self._changing(x, by) as (it, person, at):
            it.decline("Not now.", version_hash=self._read(it, stale), by=person, at=at)

    def withdraw(self, by: int, x: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.withdraw(rules=house_rules(), by=person, at=at)

    def start(self, by: int, x: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.start(rules=house_rules(), by=person, at=at)

    def stop(self, by: int, x: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.stop_early("We know enough.", rules=house_rules(), by=person, at=at)

    def give_evidence(self, by: int, x: int, number: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.give_evidence(number, "Ten quotes went out.", rules=house_rules(), by=person, at=at)

    def release(self, by: int, x: int, number: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.release(number, rules=house_rules(), by=person, at=at)

    def spend(self, by: int, x: int, amount: int, on: date, corrects: int | None) -> None:
        with self._changing(x, by) as (it, person, at):
            wrong = None if corrects is None else db.session.get_one(Expense, corrects)
            it.spend(Money(amount), on, "Licences", corrects=wrong, rules=house_rules(), by=person, at=at)

    def supplement(self, by: int, x: int, amount: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.supplement(Money(amount), "It asks for more.", rules=house_rules(), by=person, at=at)

    def decide(self, by: int, x: int, kind: str) -> None:
        with self._changing(x, by) as (it, person, at):
            decision = it.decide(
                DecisionKind(kind),
                "The log says why.",
                LearningCard(**CARD),
                findings_of(it),
                not_measured={criterion.id: "Nobody counted." for criterion in it.criteria},
                rules=house_rules(),
                by=person,
                at=at,
            )
            if decision.kind.is_followed_up and it.lead is not None:
                it.follow_up(rules=house_rules(), lead=db.session.get_one(Person, it.lead_id), at=at)

    def propose_amendment(self, by: int, x: int, text: model.Text) -> None:
        with self._changing(x, by) as (it, person, at):
            it.propose_amendment(charter_of(text), "We know more now.", rules=house_rules(), by=person, at=at)

    def answer_amendment(self, by: int, x: int, number: int, yes: bool) -> None:
        with self._changing(x, by) as (it, person, at):
            if number >= len(it.amendments):
                raise Missing
            answer = it.approve_amendment if yes else it.decline_amendment
            answer(it.amendments[number], "As it is.", rules=house_rules(), by=person, at=at)

    def join(self, by: int, x: int, who: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.add_member(here(self.people[who]), by=person, at=at)

    def raise_hand(self, by: int, x: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.raise_hand(hours_a_week=2, note="", by=person, at=at)

    def lower_hand(self, by: int, x: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.lower_hand(by=person, at=at)

    def accept_hand(self, by: int, x: int, who: int) -> None:
        with self._changing(x, by) as (it, person, at):
            joining = here(self.people[who])
            hand = it.hand_of(joining)
            if hand is None:
                raise Missing
            it.accept_hand(hand, joining, by=person, at=at)

    def leave(self, by: int, x: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.leave(by=person, at=at)

    def offer_lead(self, by: int, x: int, who: int) -> None:
        with self._changing(x, by) as (it, person, _at):
            it.offer_lead(here(self.people[who]), by=person)

    def take_lead(self, by: int, x: int) -> None:
        with self._changing(x, by) as (it, person, at):
            it.take_lead(by=person, at=at)

    def appoint(self, who: int, leads: bool) -> None:
        self.people[who] = with_roles(self.people[who], *([RoleName.LEADER] if leads else []))

    def deactivate(self, who: int) -> None:
        with write_tx():
            here(self.people[who]).deactivate(by=None)

    def reactivate(self, who: int) -> None:
        with write_tx():
            person = here(self.people[who])
            person.reactivate(by=person)

    def wait(self, days: int) -> None:
        self.day += timedelta(days=days)

    # The same through the API ---------------------------------------------------------------------------------------

    def _sent(self, move: Move, said: dict[str, Any]) -> bool:
        method, path, body, headers = getattr(self, f"_{move.verb}_request")(**said)
        db.session.rollback()
        program = self._program(said["by"])
        send = program.patch if method == "PATCH" else program.post
        answer = send(path, body, **headers)
        if answer.status_code == 401:
            self.programs.pop(said["by"], None)  # Ended together with a role; whoever may gets another.
            if reloaded(self.people[said["by"]]).active:
                answer = (lambda p: p.patch if method == "PATCH" else p.post)(self._program(said["by"]))(
                    path, body, **headers
                )
        if answer.status_code not in ANSWERED and answer.status_code not in REFUSED:
            raise Broken(f"{move} was answered with {answer.status_code}: {answer.text[:400]}")
        return answer.status_code in ANSWERED

    def _set_envelope_request(self, by: int, quarter: model.Quarter, total: int) -> Any:  # noqa: ARG002
        body = {"quarter": Quarter(*quarter).name, "total": amount_of(total), "reason": "For the quarter."}
        return "POST", "/envelopes", body, {}

    def _adjust_envelope_request(self, by: int, quarter: model.Quarter, change: int) -> Any:  # noqa: ARG002
        path = f"/envelopes/{Quarter(*quarter).name}/adjustments"
        return "POST", path, {"amount": amount_of(change), "reason": "As it turned out."}, {}

    def _draft_request(self, by: int, text: model.Text) -> Any:  # noqa: ARG002
        return "POST", "/experiments", json_of(text), {}

    def _revise_request(self, by: int, x: int, text: model.Text, stale: bool) -> Any:  # noqa: ARG002
        return "PATCH", self._path(x), json_of(text), {"If_Match": self._tag(x, stale)}

    def _propose_request(self, by: int, x: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/proposal", None, {}

    def _approve_request(
        self,
        by: int,  # noqa: ARG002
        x: int,
        amount: int,
        sponsor: int | None,
        tranches: tuple[int, ...],
        stale: bool,
    ) -> Any:
        body = {
            "amount": amount_of(amount),
            "reason": "A cheap way to learn it.",
            "sponsor": None if sponsor is None else self.people[sponsor].handle,
            "tranches": [amount_of(part) for part in tranches],
        }
        return "POST", f"{self._path(x)}/approval", body, {"If_Match": self._tag(x, stale)}

    def _give_back_request(self, by: int, x: int, stale: bool) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/return", {"reason": "Smaller, please."}, {"If_Match": self._tag(x, stale)}

    def _decline_request(self, by: int, x: int, stale: bool) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/decline", {"reason": "Not now."}, {"If_Match": self._tag(x, stale)}

    def _withdraw_request(self, by: int, x: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/withdrawal", None, {}

    def _start_request(self, by: int, x: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/start", None, {}

    def _stop_request(self, by: int, x: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/stop", {"reason": "We know enough."}, {}

    def _give_evidence_request(self, by: int, x: int, number: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/tranches/{number}/evidence", {"evidence": "Ten quotes went out."}, {}

    def _release_request(self, by: int, x: int, number: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/tranches/{number}/release", None, {}

    def _spend_request(self, by: int, x: int, amount: int, on: date, corrects: int | None) -> Any:  # noqa: ARG002
        body = {"amount": amount_of(amount), "what": "Licences", "on": on.isoformat(), "corrects": corrects}
        return "POST", f"{self._path(x)}/expenses", body, {}

    def _supplement_request(self, by: int, x: int, amount: int) -> Any:  # noqa: ARG002
        body = {"amount": amount_of(amount), "reason": "It asks for more."}
        return "POST", f"{self._path(x)}/supplement", body, {}

    def _decide_request(self, by: int, x: int, kind: str) -> Any:  # noqa: ARG002
        why = [{"metric": METRIC, "because": "Nobody counted."}]
        body = {"kind": kind, "reason": "The log says why.", "not_measured": why, **CARD}
        return "POST", f"{self._path(x)}/decision", body, {}

    def _propose_amendment_request(self, by: int, x: int, text: model.Text) -> Any:  # noqa: ARG002
        said = json_of(text)
        body = {name: said[name] for name in ("title", "timebox_weeks", "first_step")}
        return "POST", f"{self._path(x)}/amendments", body | {"reason": "We know more now."}, {}

    def _answer_amendment_request(self, by: int, x: int, number: int, yes: bool) -> Any:  # noqa: ARG002
        body = {"approve": yes, "reason": "As it is."}
        return "POST", f"{self._path(x)}/amendments/{number + 1}/approval", body, {}

    def _raise_hand_request(self, by: int, x: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/hands", {"hours_a_week": 2}, {}

    def _lower_hand_request(self, by: int, x: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/hands/mine/lowering", None, {}

    def _accept_hand_request(self, by: int, x: int, who: int) -> Any:  # noqa: ARG002
        up = (Hand.accepted_at.is_(None), Hand.lowered_at.is_(None))
        whose = (Hand.experiment_id == self.experiments[x].id, Hand.person_id == self.people[who].id)
        with reading():
            number = db.session.scalar(select(Hand.id).where(*up, *whose)) or 0
        return "POST", f"{self._path(x)}/hands/{number}/acceptance", None, {}

    def _leave_request(self, by: int, x: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/leaving", None, {}

    def _offer_lead_request(self, by: int, x: int, who: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/lead", {"person": self.people[who].handle}, {}

    def _take_lead_request(self, by: int, x: int) -> Any:  # noqa: ARG002
        return "POST", f"{self._path(x)}/lead/acceptance", None, {}

    def _program(self, by: int) -> Program:
        if by not in self.programs:
            active = reloaded(self.people[by]).active
            self.programs[by] = Program(self.app, a_token(self.people[by]) if active else "tandem_of-nobody")
        return self.programs[by]

    def _path(self, x: int) -> str:
        return f"/experiments/{self.experiments[x].ref}"

    def _tag(self, x: int, stale: bool) -> str:
        number = self.experiments[x].id
        with reading():
            revision, hashed = db.session.execute(
                select(Experiment.revision, Experiment.version_hash).where(Experiment.id == number)
            ).one()
        return f'"{revision - stale}.{hashed or "draft"}"'

    # What it all comes to -------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All of it, in the words of the model, from the rows themselves."""
        with reading():
            return self._state()

    def problems(self) -> list[str]:
        """What `tandem verify` would find."""
        with reading():
            checks = [check for room in (audit, budgets, network) for check in room.checks()]
            return [f"{check.what}: {problem}" for check in checks if (problem := check.first()) is not None]

    def actions(self) -> list[tuple[str, Any, str]]:
        """The trail without its numbers and moments: what was done, and by whom."""
        who = {person.id: number for number, person in enumerate(self.people)}
        with reading():
            rows = db.session.execute(
                select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.subject_type).order_by(AuditEntry.seq)
            )
            return [(action, who.get(actor), kind or "") for action, actor, kind in rows]

    def _state(self) -> dict[str, Any]:
        rules = house_rules()
        leaders = set(db.session.scalars(select(Role.person_id).where(Role.role == RoleName.LEADER)))
        watching = set(db.session.scalars(select(Role.person_id).where(Role.role == RoleName.OBSERVER)))
        active = dict(db.session.execute(select(Person.id, Person.active)).all())
        quarters = dict(db.session.execute(select(Envelope.id, Envelope.quarter)).all())
        rows = db.session.execute(
            select(Envelope.quarter, Envelope.total, Envelope.committed, Envelope.spent).order_by(Envelope.quarter)
        )
        return {
            "people": [[p.id in leaders, p.id in watching, active[p.id]] for p in self.people],
            "limit": rules.single_approver_limit,
            "envelopes": {row[0]: list(row[1:]) for row in rows},
            "accounts": self._accounts(quarters),
            "experiments": self._experiments(quarters),
        }

    def _accounts(self, quarters: dict[int, str]) -> dict[str, dict[str, int]]:
        """What the ledger's entries come to, and nothing else."""
        accounts = ("leadership", "free", "locked", "released", "spent")
        found = {quarter: dict.fromkeys(accounts, 0) for quarter in sorted(quarters.values())}
        what = (LedgerEntry.envelope_id, LedgerEntry.debit, LedgerEntry.credit)
        for envelope, debit, credit, amount in db.session.execute(
            select(*what, func.sum(LedgerEntry.amount)).group_by(*what)
        ):
            found[quarters[envelope]][debit.value] += int(amount)
            found[quarters[envelope]][credit.value] -= int(amount)
        return found

    def _experiments(self, quarters: dict[int, str]) -> list[dict[str, Any]]:
        who: dict[int | None, int | None] = {person.id: number for number, person in enumerate(self.people)}
        who[None] = None
        of_grant = self._by(Grant, Grant.id)
        versions = dict(
            db.session.execute(select(Version.experiment_id, func.count()).group_by(Version.experiment_id)).all()
        )
        corrected = set(db.session.scalars(select(Expense.corrects_id).where(Expense.corrects_id.is_not(None))))
        members = self._by(Member, Member.experiment_id)
        hands, amendments = self._by(Hand, Hand.experiment_id), self._by(Amendment, Amendment.experiment_id)
        parties, shares = self._by(Party, Party.grant_id), self._by(Source, Source.grant_id)
        tranches, signatures = self._by(Tranche, Tranche.grant_id), self._by(Signature, Signature.grant_id)
        expenses = self._by(Expense, Expense.grant_id)
        found = []
        for it in db.session.execute(select(Experiment.__table__).order_by(Experiment.id)):
            (grant,) = of_grant[it.grant_id]
            found.append(
                {
                    "state": it.state.value,
                    "revision": it.revision,
                    "versions": versions.get(it.id, 0),
                    "asked": grant.asked,
                    "people": [who[n] for n in (it.proposer_id, it.lead_id, it.next_lead_id, it.sponsor_id)],
                    "team": sorted(who[m.person_id] for m in members.get(it.id, []) if m.until is None),  # type: ignore[type-var]
                    "hands": sorted(
                        who[h.person_id]  # type: ignore[type-var]
                        for h in hands.get(it.id, [])
                        if h.accepted_at is None and h.lowered_at is None
                    ),
                    "parties": sorted([who[p.person_id], p.why.value] for p in parties.get(it.grant_id, [])),
                    "dates": [
                        it.starts_on and it.starts_on.isoformat(),
                        it.ends_on and it.ends_on.isoformat(),
                        it.stopped_at is not None,
                        grant.closed_at is not None,
                    ],
                    "grant": [grant.amount, grant.released, grant.spent, grant.returned],
                    "shares": [
                        [quarters[s.envelope_id], s.amount, s.released, s.spent, s.returned]
                        for s in shares.get(it.grant_id, [])
                    ],
                    "tranches": [
                        [t.amount, t.evidence_at is not None, t.released_at is not None]
                        for t in sorted(tranches.get(it.grant_id, []), key=lambda t: t.number)
                    ],
                    "signatures": [
                        [who[s.person_id], s.signed_for.value, s.amount, who[s.sponsor_id], fate_of(s)]
                        for s in signatures.get(it.grant_id, [])
                    ],
                    "expenses": [[e.amount, e.id in corrected] for e in expenses.get(it.grant_id, [])],
                    "amendments": [a.approved for a in sorted(amendments.get(it.id, []), key=lambda a: a.number)],
                }
            )
        return found

    @staticmethod
    def _by(table: Any, key: Any) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        order = list(table.__table__.primary_key.columns)
        for row in db.session.execute(select(table.__table__).order_by(*order)):
            found.setdefault(getattr(row, key.key), []).append(row)
        return found

    # Behind the steps -----------------------------------------------------------------------------------------------

    @contextmanager
    def _clock(self) -> Iterator[None]:
        noon = datetime.combine(self.day, time(10), tzinfo=UTC)
        with clock.set_to(noon + timedelta(minutes=self.minutes)):
            yield

    def _changing(self, x: int, by: int) -> Any:
        return changing(self.experiments[x], by=self.people[by])

    def _read(self, it: Experiment, stale: bool) -> str:
        if not stale:
            return it.version_hash or ""
        before = select(Version.hash).where(Version.experiment_id == it.id, Version.number == it.version - 1)
        return db.session.scalar(before) or ""

    def _expense(self, number: int | None) -> int | None:
        return None if number is None else self.expenses[number]

    def _learn_of_new_ones(self) -> None:
        newest = self.experiments[-1].id if self.experiments else 0
        with reading():
            found = list(db.session.scalars(select(Experiment.id).where(Experiment.id > newest)))
            paid = select(Expense.id).where(Expense.id > (self.expenses[-1] if self.expenses else 0))
            self.expenses += db.session.scalars(paid.order_by(Expense.id))
        for number in found:
            self.experiments.append(_settled(number))

    @staticmethod
    def _trail() -> int:
        with reading():
            return db.session.scalar(select(func.max(AuditEntry.seq))) or 0

    @staticmethod
    def _all_of(people: list[model.Person]) -> list[Person]:
        made = []
        with write_tx() as at:
            for number, one in enumerate(people):
                roles = [RoleName.OBSERVER] if one.observes else [RoleName.LEADER] if one.leads else []
                details: dict[str, Any] = {"name": f"Person {number}", "email": f"p{number}@company.example"}
                made.append(Person.add(**details, unit=None, roles=roles, by=None, at=at))
            db.session.flush()
        return [reloaded(person) for person in made]


def charter_of(text: model.Text) -> Charter:
    """What a text of the model says in full."""
    return Charter(
        title=f"Can planners quote from one sheet, question {text.wording}?",
        hypothesis=BELIEF,
        riskiest_assumption="Planners trust figures that somebody else typed.",
        weeks=text.weeks,
        budget=Money(text.budget),
        first_step="Put ten quotes into one sheet." if text.whole else "",
        criteria=(CriterionText(metric=METRIC, unit="days", baseline=Decimal(9), target=Decimal(4)),),
        milestones=tuple(MilestoneText(f"Part {n}", None, amount) for n, amount in enumerate(text.parts, 1)),
    )


def json_of(text: model.Text) -> dict[str, Any]:
    """The same as a program says it."""
    charter = charter_of(text)
    return {
        "title": charter.title,
        "hypothesis": charter.hypothesis,
        "riskiest_assumption": charter.riskiest_assumption,
        "timebox_weeks": text.weeks,
        "budget": amount_of(text.budget),
        "first_step": charter.first_step,
        "criteria": [CRITERION],
        "milestones": [{"name": m.name, "amount": amount_of(m.amount)} for m in charter.milestones],
    }


def amount_of(minor: int) -> dict[str, str]:
    """An amount as JSON has it."""
    return {"amount": format(Money(minor).amount, "f"), "currency": "EUR"}


def fate_of(signature: Any) -> str:
    """What became of a signature."""
    if signature.completed_at is not None:
        return "complete"
    return "waits" if signature.voided_at is None else "void"


def _settled(number: int) -> Experiment:
    with reading():
        return db.session.scalars(select(Experiment).where(Experiment.id == number)).one()
