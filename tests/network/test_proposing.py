"""Proposing: a draft may say anything, a proposal says enough, and what was approved is what was seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portfolio.foundation.database import db
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.network import queries
from portfolio.network.charter import Charter, MilestoneText
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Direction, Measure
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_charter,
    a_criterion,
    a_draft,
    a_guardrail,
    a_leader,
    a_milestone,
    a_person,
    a_proposal_form,
    a_proposed_experiment,
    a_running_experiment,
    a_unit,
    an_approved_experiment,
    an_observer,
    at,
    changing,
    last_action,
    last_line,
    money,
    reading,
    reloaded,
)

SignIn = Callable[[Person], Browser]


def propose(experiment: Experiment) -> None:
    """The lead puts it to leadership."""
    assert experiment.lead is not None
    with changing(experiment, by=experiment.lead) as (it, lead, moment):
        it.propose(rules=house_rules(), by=lead, at=moment)


def write(experiment: Experiment, charter: Charter, *, revision: int | None = None) -> None:
    """The lead changes what it says."""
    assert experiment.lead is not None
    with changing(experiment, by=experiment.lead) as (it, lead, moment):
        it.write(charter, revision=it.revision if revision is None else revision, by=lead, at=moment)


# What a proposal has to say -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"title": ""}, "question"),
        ({"hypothesis": ""}, "hypothesis"),
        ({"riskiest_assumption": ""}, "riskiest assumption"),
        ({"criteria": ()}, "at least one criterion"),
        ({"criteria": (a_criterion(baseline=None),)}, "at least one criterion"),
        ({"criteria": (a_criterion(target=None),)}, "at least one criterion"),
        ({"criteria": (a_criterion(target=Decimal(9)),)}, "at least one criterion"),
        ({"criteria": (a_criterion(), a_criterion(metric="Visits", target=None))}, "every criterion"),
        ({"criteria": (a_criterion(due_week=9),)}, "in a week of the timebox"),
        ({"guardrails": (a_guardrail(limit=None),)}, "every guardrail"),
        ({"weeks": None}, "how many weeks"),
        ({"weeks": 13}, "13 weeks is more than 12"),
        ({"milestones": (MilestoneText(amount=100),)}, "Name every milestone"),
        ({"milestones": (a_milestone(amount="15000.01"),)}, "more than the budget"),
        ({"first_step": ""}, "first step"),
    ],
)
def test_a_proposal_without_an_answer_stays_a_draft_and_says_what_is_missing(
    app: Flask, words: dict[str, Any], said: str
) -> None:
    draft = a_draft(**words)

    with pytest.raises(RuleBroken) as refused:
        propose(draft)

    assert any(said in str(obstacle) for obstacle in refused.value.obstacles)
    found = reloaded(draft)
    assert (found.state, found.version) == (State.DRAFT, 0)
    assert [str(obstacle) for obstacle in found.obstacles_to_propose] == [str(o) for o in refused.value.obstacles]


@pytest.mark.parametrize(
    "words",
    [
        {"budget": "0"},
        {"weeks": 12},
        {"weeks": 1, "criteria": (a_criterion(due_week=1),)},
        {"milestones": (a_milestone(amount="15000"),)},
        {"criteria": (a_criterion(due_week=None, stop_threshold=None, unit=""),)},
        {"criteria": (a_criterion(baseline=Decimal(5), target=Decimal(5), direction=Direction.AT_LEAST),)},
        {"form": FormOfChange.INNOVATION},
    ],
)
def test_what_is_not_asked_is_not_missed(app: Flask, words: dict[str, Any]) -> None:
    assert a_proposed_experiment(**words).state is State.PROPOSED


@pytest.mark.parametrize("form", [FormOfChange.IMPROVE, FormOfChange.RENEW])
def test_plan_driven_change_is_no_experiment(app: Flask, form: FormOfChange) -> None:
    with pytest.raises(RuleBroken, match="belong to operations"):
        a_draft(form=form)


def test_a_proposal_is_answered_within_the_working_days_of_the_house(app: Flask) -> None:
    with at("2026-06-12T23:59:59"):
        experiment = a_proposed_experiment()

    assert experiment.answer_due_on == date(2026, 6, 26)


def test_what_is_proposed_is_not_proposed_again(app: Flask) -> None:
    experiment = a_proposed_experiment()

    with pytest.raises(RuleBroken):
        propose(experiment)


def test_the_version_holds_every_word_and_its_hash_is_that_of_the_words(app: Flask) -> None:
    experiment = a_proposed_experiment(guardrails=(a_guardrail(),), milestones=(a_milestone(),))

    with reading():
        (version,) = queries.versions(experiment)
    assert version.charter == experiment.charter
    assert version.hash == version.charter.hash == experiment.version_hash
    assert last_line().details["hash"] == experiment.version_hash


def test_criteria_of_the_same_name_and_unit_count_the_same_measure(app: Flask) -> None:
    one = a_proposed_experiment(criteria=(a_criterion(metric="Days to quote"),))
    other = a_proposed_experiment(criteria=(a_criterion(metric="  days   TO quote "),))
    apart = a_proposed_experiment(criteria=(a_criterion(metric="Days to quote", unit="working days"),))

    assert one.criteria[0].measure_id == other.criteria[0].measure_id != apart.criteria[0].measure_id
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Measure)) == 2


def test_the_first_criterion_decides_when_none_is_marked(app: Flask) -> None:
    two = (a_criterion(), a_criterion(metric="Visits"))
    marked = (a_criterion(), a_criterion(metric="Visits", primary=True))

    assert [criterion.primary for criterion in a_draft(criteria=two).criteria] == [True, False]
    assert [criterion.primary for criterion in a_draft(criteria=marked).criteria] == [False, True]


# Revising and withdrawing -------------------------------------------------------------------------------------------


def test_a_revision_is_a_new_version_and_the_clock_runs_on(app: Flask) -> None:
    with at("2026-06-12"):
        experiment = a_proposed_experiment()
    with at("2026-06-17"):
        write(experiment, a_charter(hypothesis="We believe something better."))

    found = reloaded(experiment)
    assert (found.state, found.version, found.answer_due_on) == (State.PROPOSED, 2, date(2026, 6, 26))
    assert found.version_hash != experiment.version_hash
    assert last_action() == "experiment.revised"
    with reading():
        assert [version.number for version in queries.versions(found)] == [2, 1]


def test_a_proposal_under_way_stays_complete(app: Flask) -> None:
    experiment = a_proposed_experiment()

    with pytest.raises(RuleBroken, match="keeps its answers complete"):
        write(experiment, a_charter(first_step=""))
    assert reloaded(experiment).version == 1


def test_what_somebody_saved_meanwhile_is_not_overwritten(app: Flask) -> None:
    draft = a_draft()
    write(draft, a_charter(title="Theirs?"))

    with pytest.raises(Conflict, match="Your text is still below"):
        write(draft, a_charter(title="Mine?"), revision=draft.revision)
    assert reloaded(draft).title == "Theirs?"


@pytest.mark.parametrize("maker", [an_approved_experiment, a_running_experiment])
def test_what_was_approved_is_frozen(app: Flask, maker: Callable[[], Experiment]) -> None:
    experiment = maker()

    with pytest.raises(RuleBroken, match="amendment"):
        write(experiment, a_charter(title="Something else?"))


def test_only_an_approved_experiment_starts_and_its_last_day_is_counted(app: Flask) -> None:
    with at("2026-06-15"):
        experiment = a_running_experiment(weeks=8)
        assert (experiment.starts_on, experiment.ends_on) == (date(2026, 6, 15), date(2026, 8, 9))
    for day, ended in (("2026-08-09T23:59:59.999", False), ("2026-08-10T00:00:00", True)):
        with at(day), reading():
            assert reloaded(experiment).has_ended(house_rules().today) is ended

    proposal = a_proposed_experiment()
    with pytest.raises(RuleBroken, match="Only an approved"):
        begin(proposal)


def begin(experiment: Experiment) -> None:
    """The lead starts it."""
    assert experiment.lead is not None
    with changing(experiment, by=experiment.lead) as (it, lead, moment):
        it.start(rules=house_rules(), by=lead, at=moment)


@pytest.mark.parametrize("maker", [a_draft, a_proposed_experiment, an_approved_experiment])
def test_the_lead_takes_it_back(app: Flask, signed_in: SignIn, maker: Callable[[], Experiment]) -> None:
    experiment = maker()
    assert experiment.lead is not None

    answer = signed_in(experiment.lead).post(f"/experiments/{experiment.ref}/withdrawal")

    assert answer.status_code == 303
    assert reloaded(experiment).state is State.WITHDRAWN
    page = signed_in(a_person()).get(f"/experiments/{experiment.ref}").text
    assert f"{experiment.lead.name} took it back on " in page


def test_what_started_is_not_withdrawn(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment()
    assert experiment.lead is not None

    answer = signed_in(experiment.lead).post(f"/experiments/{experiment.ref}/withdrawal")

    assert answer.status_code == 409
    assert "stopped, not withdrawn" in answer.text


@pytest.mark.parametrize("verb", ["withdrawal", "proposal"])
def test_a_team_member_leaves_that_to_the_lead(app: Flask, signed_in: SignIn, verb: str) -> None:
    member = a_person()
    draft = a_draft(team=[member])

    assert signed_in(member).post(f"/experiments/{draft.ref}/{verb}").status_code == 403
    assert reloaded(draft).state is State.DRAFT


def test_nobody_else_changes_or_starts_it(app: Flask, signed_in: SignIn) -> None:
    proposal, approved = a_proposed_experiment(), an_approved_experiment()
    for person in (a_person(), a_leader()):
        browser = signed_in(person)
        assert browser.get(f"/experiments/{proposal.ref}/text").status_code == 403
        assert browser.post(f"/experiments/{proposal.ref}/text", data=a_proposal_form()).status_code == 403
        assert browser.post(f"/experiments/{proposal.ref}/text", data={"title": ""}).status_code in (403, 422)
        assert browser.post(f"/experiments/{approved.ref}/start").status_code == 403
    assert reloaded(proposal).version == 1


# The page -----------------------------------------------------------------------------------------------------------


def test_observers_propose_nothing(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(an_observer())

    assert browser.get("/experiments/new").status_code == 403
    assert browser.post("/experiments", data=a_proposal_form()).status_code == 403


def test_a_draft_needs_no_more_than_a_question(app: Flask, signed_in: SignIn) -> None:
    answer = signed_in(a_person()).post(
        "/experiments",
        data={
            "title": "Why not?",
            "visibility": "open",
            "unit": "0",
            "horizon": "0",
            "guardrails-0-direction": "at_least",
        },
    )

    assert answer.status_code == 303
    assert last_action() == "experiment.drafted"


def test_a_complete_proposal_is_put_to_leadership_in_one_go(app: Flask, signed_in: SignIn) -> None:
    person = a_person(unit=a_unit())

    answer = signed_in(person).post("/experiments", data=a_proposal_form(then="propose"))

    assert answer.status_code == 303
    (experiment,) = everything()
    assert (experiment.state, experiment.lead_id, experiment.unit_id) == (State.PROPOSED, person.id, person.unit_id)
    assert experiment.grant.asked_money == money("15000")


def test_an_incomplete_one_comes_back_with_what_is_missing_and_nothing_is_kept(app: Flask, signed_in: SignIn) -> None:
    form = a_proposal_form(then="propose", first_step="", weeks="40", budget="12,345.50")

    answer = signed_in(a_person()).post("/experiments", data=form)

    assert answer.status_code == 409
    assert "40 weeks is more than 12" in answer.text
    assert "first Monday" in answer.text
    assert_typed(answer.text, form, skip=("then", "first_step", "revision"))
    assert everything() == []


TYPED_WRONG = {
    "weeks": "eight",
    "budget": "1.000,50",
    "criteria-0-target": "four",
    "criteria-0-baseline": "1e400",
    "milestones-0-name": "First ten quotes",
    "milestones-0-amount": "12.345",
    "guardrails-0-metric": "Orders on time",
    "guardrails-0-limit": "NaN",
    "hours_a_week": "1.5",
}


@pytest.mark.parametrize("name", [name for name in TYPED_WRONG if not name.endswith(("name", "metric"))])
def test_a_form_gives_back_everything_that_was_typed(app: Flask, signed_in: SignIn, name: str) -> None:
    form = a_proposal_form(**{name: TYPED_WRONG[name]}, problem="It *hurts* <b>here</b> & there.", hours_x="1")

    answer = signed_in(a_person()).post("/experiments", data=form)

    assert answer.status_code == 422
    assert_typed(answer.text, form, skip=("hours_x", "revision"))
    assert everything() == []


def test_all_that_is_wrong_is_said_at_once(app: Flask, signed_in: SignIn) -> None:
    answer = signed_in(a_person()).post("/experiments", data=a_proposal_form(**TYPED_WRONG))

    assert answer.status_code == 422
    assert "7 answers need another look" in answer.text


@pytest.mark.parametrize("kind", ["criteria", "guardrails", "milestones"])
def test_a_row_is_added_without_script_and_keeps_what_was_typed(app: Flask, signed_in: SignIn, kind: str) -> None:
    form = a_proposal_form(**TYPED_WRONG, add=kind)

    answer = signed_in(a_person()).post("/experiments", data=form)

    assert answer.status_code == 200
    assert f'name="{kind}-1-' in answer.text
    assert f'name="{kind}-2-' not in answer.text
    assert_typed(answer.text, form, skip=("add", "revision"))
    assert everything() == []


def test_a_row_is_added_to_a_draft_that_was_kept_too(app: Flask, signed_in: SignIn) -> None:
    draft = a_draft()
    assert draft.lead is not None

    answer = signed_in(draft.lead).post(
        f"/experiments/{draft.ref}/text", data=a_proposal_form(title="Typed?", add="criteria")
    )

    assert answer.status_code == 200
    assert 'name="criteria-1-metric"' in answer.text
    assert "Typed?" in answer.text
    assert reloaded(draft).title == draft.title


def test_there_is_an_end_to_the_rows(app: Flask, signed_in: SignIn) -> None:
    rows = {f"criteria-{n}-metric": f"Metric {n}" for n in range(12)}

    answer = signed_in(a_person()).post("/experiments", data=a_proposal_form(**rows, add="criteria"))

    assert answer.status_code == 200
    assert "Metric 11" in answer.text
    assert 'name="criteria-12-metric"' not in answer.text


def test_the_page_of_a_draft_is_filled_with_what_it_says_and_saving_it_changes_nothing(
    app: Flask, signed_in: SignIn
) -> None:
    draft = a_draft(
        criteria=(a_criterion(target=Decimal("4.25")), a_criterion(metric="Visits", stop_threshold=None)),
        guardrails=(a_guardrail(direction=Direction.AT_MOST),),
        milestones=(a_milestone(amount="5000.50"),),
        form=FormOfChange.INNOVATION,
        horizon=1,
        hours_a_week=12,
        problem="It hurts.",
        standalone_value="A sheet.",
        budget="15000.75",
        restricted=True,
    )
    assert draft.lead is not None
    browser = signed_in(draft.lead)

    sent = browser.post(
        f"/experiments/{draft.ref}/text", data=fields_of(browser.get(f"/experiments/{draft.ref}/text").text)
    )

    assert sent.status_code == 303
    found = reloaded(draft)
    assert found.charter == draft.charter
    assert found.restricted


def test_a_page_that_was_overtaken_comes_back_with_the_text_and_can_then_be_saved(
    app: Flask, signed_in: SignIn
) -> None:
    member = a_person()
    draft = a_draft(team=[member])
    browser = signed_in(member)
    typed = fields_of(browser.get(f"/experiments/{draft.ref}/text").text) | {"title": "Mine?"}
    write(draft, a_charter(title="Theirs?"))

    answer = browser.post(f"/experiments/{draft.ref}/text", data=typed)

    assert answer.status_code == 409
    assert "Somebody saved this proposal after you opened it" in answer.text
    assert "Mine?" in answer.text
    assert browser.post(f"/experiments/{draft.ref}/text", data=fields_of(answer.text)).status_code == 303
    assert reloaded(draft).title == "Mine?"


def test_what_was_saved_first_stands_beside_what_was_typed_with_who_saved_it(app: Flask, signed_in: SignIn) -> None:
    member = a_person()
    draft = a_draft(lead=a_person(name="Jonas Vermeulen"), team=[member])
    browser = signed_in(member)
    typed = fields_of(browser.get(f"/experiments/{draft.ref}/text").text) | {"title": "Mine?", "weeks": "5"}
    write(draft, a_charter(title="Theirs?"))

    page = browser.post(f"/experiments/{draft.ref}/text", data=typed).text

    assert "Saved by Jonas Vermeulen" in page
    assert "<mark>Mine?</mark>" in page
    assert "<mark>Theirs?</mark>" in page
    assert "<mark>5 weeks</mark>" in page
    assert f'href="/experiments/{draft.ref}"' in page


def test_another_mistake_meanwhile_does_not_hide_that_somebody_saved_first(app: Flask, signed_in: SignIn) -> None:
    member = a_person()
    draft = a_draft(team=[member])
    browser = signed_in(member)
    typed = fields_of(browser.get(f"/experiments/{draft.ref}/text").text) | {"title": "Mine?", "weeks": "many"}
    write(draft, a_charter(title="Theirs?"))
    unreadable = browser.post(f"/experiments/{draft.ref}/text", data=typed)
    assert unreadable.status_code == 422

    answer = browser.post(f"/experiments/{draft.ref}/text", data=fields_of(unreadable.text) | {"weeks": "6"})

    assert answer.status_code == 409
    assert reloaded(draft).title == "Theirs?"


def test_how_sure_one_is_can_be_taken_back(app: Flask, signed_in: SignIn) -> None:
    draft = a_draft()
    assert draft.lead is not None
    browser = signed_in(draft.lead)
    page = browser.get(f"/experiments/{draft.ref}/text").text
    assert (
        browser.post(f"/experiments/{draft.ref}/text", data=fields_of(page) | {"confidence": "40"}).status_code == 303
    )
    page = browser.get(f"/experiments/{draft.ref}/text").text
    assert 'id="confidence-none"' in page

    browser.post(f"/experiments/{draft.ref}/text", data=fields_of(page) | {"confidence": ""})

    assert reloaded(draft).confidence is None


def test_a_draft_is_not_both_restricted_and_shared(app: Flask, signed_in: SignIn) -> None:
    draft = a_draft(restricted=True)
    assert draft.lead is not None

    with pytest.raises(RuleBroken, match="Choose one"):
        show_to_all_and_none(draft)


def show_to_all_and_none(draft: Experiment) -> None:
    """Restricted and shared at once."""
    assert draft.lead is not None
    with changing(draft, by=draft.lead) as (it, lead, _):
        it.set_visibility(restricted=True, shared=True, by=lead)


def everything() -> list[Experiment]:
    """All experiments."""
    with reading():
        found = list(db.session.scalars(select(Experiment).order_by(Experiment.id)))
    return [reloaded(experiment) for experiment in found]


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the proposal's form as it stands on the page."""
    form = page[page.index('name="revision"') - 4000 : page.index("</form>", page.index('name="revision"'))]
    form = form[form.rindex('<form class="stack-lg"') :]
    said: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if found.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        said[found["name"]] = unescape(found.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s?(.*?)</textarea>', form, re.DOTALL):
        said[name] = unescape(text).strip()
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options) or re.search(r'value="([^"]*)"', options)
        assert chosen is not None
        said[name] = unescape(chosen[1])
    return said


def assert_typed(page: str, form: dict[str, str], *, skip: tuple[str, ...] = ()) -> None:
    """The page holds every answer of the form."""
    found = fields_of(page)
    for name, typed in form.items():
        if name not in skip:
            assert found.get(name) == typed, name
