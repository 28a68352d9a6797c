"""Everybody the written table speaks of, and one of everything that it is tried on."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from portfolio.foundation.database import db, write_tx
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.network.record_text import EntryWords
from portfolio.organisation.house_rules import house_rules
from portfolio.people.passkey import Passkey
from portfolio.people.password_link import LinkKind, PasswordLink
from portfolio.people.person import Person, RoleName
from portfolio.reviews.half_hour_queries import half_hour_for_change
from portfolio.reviews.programme import ReviewTopic
from portfolio.strategy.big_opportunity import BigOpportunity
from portfolio.strategy.vision import Vision
from tests.bridge.crossings import a_barrier, a_challenge, a_learning, a_promotion, give, scaled
from tests.factories import (
    a_criterion,
    a_draft,
    a_facilitator,
    a_guardrail,
    a_leader,
    a_milestone,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    a_unit,
    an_administrator,
    an_approved_experiment,
    an_envelope,
    an_observer,
    an_operations_owner,
    at,
    changing,
    deactivated,
    here,
    reloaded,
    rules_now,
)
from tests.hierarchy.plans import a_phase, a_planned_initiative, a_suggestion, an_active_initiative
from tests.network.pictures import an_illustration
from tests.network.test_records import a_record
from tests.organisation.test_measures import a_measure
from tests.reviews.meetings import a_scheduled_review, agreed, an_open_review, chosen_not, closed

Where = dict[str, Any]  # What an address is filled with.
CANARY = "canary"  # In every text that not everybody may read.


class Cast:
    """The people of the table by their letters, and the things by their names."""

    def __init__(self) -> None:
        self.unit, self.elsewhere = a_unit("Home"), a_unit("Elsewhere")
        self.people: dict[str, Person] = {
            "V": a_person(name="Vera"),
            "L": a_person(name="Lea"),
            "T": a_person(name="Tom"),
            "O": a_person(name="Otto"),
            "D": a_leader(name="Dora"),
            "P": a_leader(name="Paul"),
            "S": a_leader(name="Sam"),
            "U": an_operations_owner(self.unit, name="Uma"),
            "W": an_operations_owner(self.elsewhere, name="Wim"),
            "F": a_facilitator(name="Fay"),
            "A": an_administrator(name="Ada"),
            "B": an_observer(name="Bob"),
        }
        # Once in everything, and not here any more.
        every = [RoleName.LEADER, RoleName.FACILITATOR, RoleName.ADMINISTRATOR]
        self.gone = a_person(name="Gone", roles=every, unit=self.unit, owns=[self.unit])
        self.departed = deactivated(a_person(name="Departed"))
        self.things: dict[str, Where] = {"-": {}}
        self._make_experiments()
        self._make_the_rest()

    def __getitem__(self, letter: str) -> Person:
        return self.people[letter]

    def _make_experiments(self) -> None:
        lead, sponsor = self["L"], self["S"]
        told: Where = {"lead": lead, "team": [self["T"], self["P"], self.gone]}
        granted: Where = told | {"by": sponsor}
        an_envelope("900000")
        a_running_experiment(lead=self["O"])
        with at(rules_now().today - timedelta(days=100)):
            ended = a_running_experiment(**granted)
        running = a_running_experiment(**granted, milestones=(a_milestone(),))
        self.hidden = a_running_experiment(**granted, **whispered(), restricted=True)
        with changing(running, by=lead) as (found, person, now):
            rules = house_rules()
            found.give_evidence(1, "Ten quotes are there.", rules=rules, by=person, at=now)
            found.offer_lead(here(self["T"]), by=person)
        amended = a_running_experiment(**granted)
        with changing(amended, by=lead) as (found, person, now):
            shorter = replace(found.charter, weeks=6)
            found.propose_amendment(shorter, "It goes faster.", rules=house_rules(), by=person, at=now)
        with changing(running, by=self["V"]) as (found, person, now):
            hand = found.raise_hand(hours_a_week=4, note="", by=person, at=now)
            db.session.flush()
            hand_id = hand.id
        self.running = reloaded(running)
        self.approved = an_approved_experiment(**granted)
        made: dict[str, Experiment] = {
            "draft": a_draft(**told, **whispered()),
            "proposed": a_proposed_experiment(**told),
            "restricted": self.hidden,
            "approved": self.approved,
            "running": self.running,
            "shared": a_running_experiment(**granted, shared=True),
            "ended": ended,
            "closed": scaled(a_running_experiment(**granted)),
        }
        self.things |= {name: {"ref": experiment.ref} for name, experiment in made.items()}
        self.experiments = made
        # The version that a decision binds to, as `If-Match` says it.
        self.versions = {name: {"If-Match": tag_of(reloaded(experiment))} for name, experiment in made.items()}
        record = a_record(log=(EntryWords(date(2020, 1, 6), "Ann", "Note", "It **held**."),))
        numbers = {"position": 1, "what": "summary"}
        self.things["record"] = {"ref": record.ref} | numbers
        self.things["hand"] = {"ref": running.ref, "hand_id": hand_id, "number": hand_id}
        self.things["tranche"] = {"ref": running.ref, "number": 1}
        self.things["amendment"] = {"ref": amended.ref, "number": 1}
        self.measure_of_hidden: int = self.hidden.criteria[0].measure_id or 0
        self.things["hidden-one"] = {"number": self.measure_of_hidden}

    def _make_the_rest(self) -> None:
        self.learning: Learning = a_learning(self.running, by=self["L"])
        words = {"title": f"A {CANARY} of a learning", "body": f"A {CANARY} sang."}
        pictured = a_learning(self.running, by=self["L"], pictures=[an_illustration()])
        seen = [an_illustration(f"A {CANARY} of a picture")]
        hidden = a_learning(self.hidden, by=self["L"], pictures=seen, **words)
        owner = self["U"]
        promotion = a_promotion(a_learning(self.running, by=self["L"]), owner=owner, by=self["L"])
        quiet = a_promotion(hidden, owner=owner, by=self["L"], title=f"A {CANARY} of a promotion", change=CANARY)
        quiet_wall = a_barrier(self.hidden, title=f"A {CANARY} of a barrier", obstacle=CANARY)
        plan: Where = {"unit": self.unit, "owner": self["L"], "by": self["T"]}
        active = an_active_initiative(**plan)
        self.planned = a_planned_initiative(**plan)
        over = an_open_review("2025-Q4", by=self["F"])
        choice = chosen_not(over, by=self["D"])
        frozen, room = closed(over, by=self["F"]), an_open_review("2026-Q1", by=self["F"])
        with changing(room, by=self["F"]) as (review, person, now):
            topic = ReviewTopic.add(review, "The move", by=person, at=now).id
        self.phase, self.measure = a_phase("Quotes without paper"), a_measure(self["V"], "Visits to the counter")
        self.quarter = rules_now().quarter.name
        action = agreed(room, "Write it down.", owner=self["T"], due=rules_now().today.isoformat(), by=self["F"])
        self.things |= {
            "learning": {"ref": self.learning.ref},
            "hidden": {"ref": hidden.ref},
            "picture": {"ref": pictured.ref, "number": 1},
            "hidden-pic": {"ref": hidden.ref, "number": 1},
            "promotion": {"ref": promotion.ref},
            "quiet": {"ref": quiet.ref, "learning": hidden.ref, "number": 1},
            "challenge": {"ref": a_challenge(by=self["T"], unit=self.unit).ref},
            "barrier": {"ref": give(a_barrier(self.running), self["V"]).ref},
            "quiet-wall": {"ref": quiet_wall.ref},
            "suggestion": {"ref": a_suggestion(**plan, title=f"A {CANARY} of a plan", why=CANARY).ref},
            "planned": {"ref": self.planned.ref},
            "active": {"ref": active.ref},
            "goal": {"ref": active.ref, "number": active.milestones[0].id},
            "scheduled": {"ref": a_scheduled_review(by=self["F"]).ref},
            "open": {"ref": room.ref},
            "frozen": {"ref": frozen.ref},
            "minutes": {"ref": frozen.ref, "kind": "md"},
            "choice": {"choice_id": choice.id},
            "item": {"ref": room.ref, "number": 1},
            "part": {"ref": room.ref, "part": "ended"},
            "topic": {"ref": room.ref, "number": topic},
            "kept": {"ref": room.ref, "experiment": self.approved.ref},
            "action": {"action_id": action.id, "number": action.id},
            "phase": {"phase_id": self.phase.id, "number": self.phase.id},
            "measure": {"number": self.measure.id},
            "vision": {"months": 24},
            "envelope": {"quarter": self.quarter},
            "person": {"handle": self["V"].handle},
            "departed": {"handle": self.departed.handle},
            "unit": {"handle": self.unit.handle},
            "style": {"filename": "tandem.css"},
            "script": {"filename": "js/base64.js"},
        }
        with write_tx() as now:
            half_hour = half_hour_for_change(house_rules().today, at=now)
            half_hour.note("All is well.", today=house_rules().today, by=here(self["F"]), at=now)
            self.things["half-hour"] = {"month": half_hour.month}
            leader = here(self["D"])
            said = BigOpportunity.write("We can be quick.", before=None, shown=0, by=leader, at=now)
            told: Where = {"today": house_rules().today, "by": leader, "at": now}
            vision = Vision.write(24, "A quote in minutes.", before=None, shown=0, **told)
            db.session.flush()
            self.statements = {"opportunity": said.id, "vision": vision.id}
            _link, text = PasswordLink.make(here(self["V"]), LinkKind.RESET, at=now)
            self.things["link"] = {"token": text}

    def copied(self) -> Cast:
        """The same people and things, to which a test may add its own."""
        other = copy(self)
        other.people, other.things = {**self.people}, {name: {**where} for name, where in self.things.items()}
        other.versions, other.experiments = {**self.versions}, {**self.experiments}
        return other

    def give_a_passkey(self, letter: str) -> None:
        """From now on they need it to sign in."""
        with write_tx() as now:
            owner = here(self[letter]).id
            key = Passkey(person_id=owner, name="Stick", credential_id="AAAA", public_key="AAAA", sign_count=0)
            key.made_at = now
            db.session.add(key)
            db.session.flush()
            self.things["passkey"] = {"passkey_id": key.id}


def whispered() -> Where:
    """What is said of an experiment that not everybody may read."""
    texts = ("title", "hypothesis", "riskiest_assumption", "first_step", "problem", "standalone_value")
    return {name: f"A {CANARY} of a {name}" for name in texts} | {
        "criteria": (a_criterion(metric=f"A {CANARY} of a criterion", how=CANARY),),
        "guardrails": (a_guardrail(metric=f"A {CANARY} of a guardrail"),),
        "milestones": (a_milestone(f"A {CANARY} of a milestone"),),
    }


def tag_of(experiment: Experiment) -> str:
    """The version of its text, as the API names it."""
    return f'"{experiment.revision}.{experiment.version_hash or "draft"}"'
