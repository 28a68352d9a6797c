"""What is told of the effect of a promotion: of the measure its plan has now, against what was promised, and later."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask

from portfolio.bridge.promotion import Promotion
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import Colour
from portfolio.hierarchy.text import MilestoneText
from portfolio.network.learning import Learning
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from tests.bridge.crossings import (
    a_learning,
    a_promotion,
    an_accepted_promotion,
    answering,
    embed,
    initiative_of,
    promotion_now,
)
from tests.browser import Browser
from tests.factories import a_leader, a_person, a_running_experiment, an_operations_owner, at, changing, last_line
from tests.hierarchy.plans import a_suggestion, an_embedded_initiative, initiative_now, owner_of, working_on

SignIn = Callable[[Person], Browser]
COMPLAINTS = {"metric": "Complaints a week", "unit_of_measure": "complaints"}
EIGHT_WEEKS_LATER = "2026-03-30"
FIFTY_TO_TEN = {"baseline": Decimal(50), "target": Decimal(10)}


def days_to_payment(*learnings: Learning, by: Person | None = None, days: bool = True) -> Promotion:
    """An accepted promotion that promised 30 to 12.5 days."""
    text = {"metric": "Days to payment", "unit_of_measure": "days", "baseline": Decimal(30), "target": Decimal("12.5")}
    promotion = a_promotion(*learnings, by=by, **text)
    with answering(promotion) as (found, person, moment):
        today = house_rules().today
        found.accept(
            accountable=person,
            starts_on=today if days else None,
            due_on=today + timedelta(weeks=26) if days else None,
            reason="We begin.",
            by=person,
            at=moment,
        )
    return promotion_now(promotion.id)


def rewrite(initiative: Initiative, **words: Any) -> None:
    """Let its owner change what it says."""
    with working_on(initiative, by=owner_of(initiative)) as (mine, by, _at):
        text = replace(mine.text, **words)
        mine.write(text, unit=mine.unit, owner=mine.owner, revision=mine.revision, by=by)


def read(initiative: Initiative, value: str) -> None:
    """Let its owner read its measure today."""
    with working_on(initiative, by=owner_of(initiative)) as (mine, by, moment):
        mine.read(Decimal(value), house_rules().today, rules=house_rules(), by=by, at=moment)


def told(browser: Browser, path: str) -> str:
    """A page as it reads: without its tags."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    words = unescape(answer.text.replace("\N{NO-BREAK SPACE}", " "))
    return " ".join("".join(part.partition(">")[2] for part in words.split("<")).split())


def page_of(browser: Browser, promotion: Promotion) -> str:
    """The page of a promotion, with its tags."""
    return browser.get(f"/promotions/{promotion.ref}").text


# Whose measure it is ------------------------------------------------------------------------------------------------


def test_every_place_names_the_measure_the_plan_has_now(app: Flask, signed_in: SignIn) -> None:
    author = a_person()
    experiment = a_running_experiment(lead=author)
    learning = a_learning(experiment, by=author)
    promotion = days_to_payment(learning)
    rewrite(initiative_of(promotion), **COMPLAINTS, **FIFTY_TO_TEN)
    browser, of_it = signed_in(author), f"/promotions/{promotion.ref}"
    assert "expected: Complaints a week from 50 to 10 complaints" in told(browser, "/promotions")
    embed(initiative_of(promotion), "9")

    places = ("/me", "/learnings", "/promotions", f"/learnings/{learning.ref}", f"/experiments/{experiment.ref}")
    for path in (*places, of_it):
        page = told(browser, path)
        assert "Complaints a week" in page, path
        assert "82% less" in page, path
        assert path in ("/me", of_it) or "Days to payment" not in page, path
    assert "Days to payment went" not in told(browser, "/me")
    whole = told(browser, of_it)
    assert "Promised: Days to payment, 30 to 12.5 days; the plan now measures something else." in whole
    assert "from 50 to 10 complaints" in whole
    assert "from 30 to 12.5" not in whole


def test_other_values_of_the_same_measure_stand_beside_what_was_promised(app: Flask, signed_in: SignIn) -> None:
    promotion = days_to_payment()
    browser = signed_in(a_person())
    assert "Promised:" not in told(browser, f"/promotions/{promotion.ref}")
    rewrite(initiative_of(promotion), target=Decimal(20), metric="days to  payment")

    page = told(browser, f"/promotions/{promotion.ref}")
    assert "Promised: Days to payment, 30 to 12.5 days; the plan has other values now." in page
    assert "from 30 to 20 days" in page


def test_a_plan_that_is_not_theirs_to_see_is_shown_as_it_was_promised(app: Flask, signed_in: SignIn) -> None:
    promotion = days_to_payment(days=False)
    rewrite(initiative_of(promotion), **COMPLAINTS, **FIFTY_TO_TEN)

    for path in ("/promotions", f"/promotions/{promotion.ref}"):
        assert "Complaints a week" not in told(signed_in(a_person()), path)
        assert "Days to payment" in told(signed_in(a_person()), path)
    rewrite(initiative_of(promotion), target=None)
    assert "Days to payment" in told(signed_in(promotion.owner), f"/promotions/{promotion.ref}")


def test_another_measure_is_said_in_its_history_and_to_those_whose_promotion_it_was(
    app: Flask, signed_in: SignIn
) -> None:
    author, promoter = a_person(), a_person()
    promotion = days_to_payment(a_learning(a_running_experiment(lead=author), by=author), by=promoter)
    initiative = initiative_of(promotion)
    rewrite(initiative, **COMPLAINTS, **FIFTY_TO_TEN)

    words = (
        f"{owner_of(initiative).name} changed what it is measured by. "
        "First: Days to payment, 30 to 12.5 days. Now: Complaints a week, 50 to 10 complaints."
    )
    assert last_line().action == "initiative.remeasured"
    assert last_line().details["old_target"] == "12.5"
    assert words in told(signed_in(a_person()), f"/initiatives/{initiative.ref}")
    for person in (author, promoter):
        assert words in told(signed_in(person), "/me")
    assert words not in told(signed_in(a_person()), "/me")


@pytest.mark.parametrize(
    ("words", "is_said"),
    [
        ({"title": "Pay at the table"}, False),
        ({"metric": "days to PAYMENT"}, False),
        ({"target": Decimal("12.50")}, False),
        ({"target": Decimal(13)}, True),
        ({"baseline": Decimal(31)}, True),
        ({"unit_of_measure": "working days"}, True),
    ],
)
def test_only_another_measure_or_other_values_are_said(app: Flask, words: dict[str, Any], is_said: bool) -> None:
    initiative = initiative_of(days_to_payment())
    rewrite(initiative, **words)

    assert (last_line().action == "initiative.remeasured") is is_said


def test_those_whose_promotion_it_was_hear_its_steps_and_not_what_is_reported_weekly(
    app: Flask, signed_in: SignIn
) -> None:
    promoter = a_person()
    initiative = initiative_of(days_to_payment(by=promoter))
    with working_on(initiative, by=owner_of(initiative)) as (mine, by, moment):
        mine.start(rules=house_rules(), by=by)
        mine.report_status(Colour.RED, "Nobody has time.", 5, rules=house_rules(), by=by, at=moment)

    page = told(signed_in(promoter), "/me")
    assert "started it" in page
    assert "reported:" not in page


def test_a_draft_says_nothing_of_what_was_never_whole(app: Flask) -> None:
    draft = a_suggestion(target=None)
    rewrite(draft, **COMPLAINTS, **FIFTY_TO_TEN)
    assert last_line().action == "initiative.changed"
    rewrite(initiative_now(draft.id), metric="", baseline=None, target=None)
    assert last_line().action == "initiative.remeasured"


# Did it last? -------------------------------------------------------------------------------------------------------


def read_eight_weeks_later(value: str, at_embedding: str = "9") -> tuple[Promotion, Person, Learning]:
    """A promotion from 50 to 10 complaints, embedded and read again."""
    author = a_person(name="Fatima El Amrani")
    with at("2026-02-02"):
        learning = a_learning(a_running_experiment(lead=author), by=author)
        promotion = days_to_payment(learning)
        rewrite(initiative_of(promotion), **COMPLAINTS, **FIFTY_TO_TEN)
        embed(initiative_of(promotion), at_embedding)
    with at(EIGHT_WEEKS_LATER):
        read(initiative_of(promotion), value)
    return promotion, author, learning


@pytest.mark.parametrize(
    ("value", "answer"),
    [("8", "It lasted"), ("10", "It lasted"), ("25", "It lasted in part"), ("60", "It did not last")],
)
def test_it_is_told_whether_it_lasted(app: Flask, signed_in: SignIn, value: str, answer: str) -> None:
    promotion, author, learning = read_eight_weeks_later(value)
    browser, initiative = signed_in(author), initiative_of(promotion)

    words = f"{answer}: 9 at embedding, {value} complaints on Mon 30 March"
    for path in ("/me", f"/promotions/{promotion.ref}", f"/initiatives/{initiative.ref}", f"/learnings/{learning.ref}"):
        page = told(browser, path)
        assert words in page, path
        assert "Effect measured</span>" not in browser.get(path).text, path
    lists = told(browser, "/promotions") + told(browser, "/learnings") + told(browser, "/initiatives?stage=all")
    assert lists.count(answer) >= 3
    whole = told(browser, f"/promotions/{promotion.ref}")
    assert "Complaints a week 50 to 9 complaints, 82% less" in whole
    assert ("Loop closed, without an effect that lasted" in whole) is (value == "60")
    assert "Loop closed" in whole
    steps = {
        title: icon for icon, title in re.findall(r'd="([^"]+)"/></svg> <b>([^<]+)</b>', page_of(browser, promotion))
    }
    assert (steps["Did it last?"] == steps["Learned"]) is (answer == "It lasted")


def test_without_an_effect_there_is_nothing_to_last(app: Flask, signed_in: SignIn) -> None:
    promotion, author, _learning = read_eight_weeks_later("60", at_embedding="55")

    page = told(signed_in(author), f"/promotions/{promotion.ref}")
    assert "There was no effect to last: 55 at embedding, 60 complaints on Mon 30 March" in page


def test_home_says_whether_it_lasted(app: Flask, signed_in: SignIn) -> None:
    promotion, author, _learning = read_eight_weeks_later("60")
    with at(EIGHT_WEEKS_LATER):
        assert f"{promotion.title}It did not last, 50 to 60 complaints" in told(signed_in(author), "/")


# What becomes of it otherwise ---------------------------------------------------------------------------------------


def test_a_call_off_reaches_the_authors_with_its_reason(app: Flask, signed_in: SignIn) -> None:
    author = a_person()
    promotion = days_to_payment(a_learning(a_running_experiment(lead=author), by=author))
    with working_on(initiative_of(promotion), by=promotion.owner) as (initiative, person, moment):
        initiative.cancel("The **table** was sold.", by=person, at=moment)
    browser = signed_in(author)

    said = f"{promotion.unit.name} said yes, and called it off later: The **table** was sold."
    assert said in told(browser, "/me")
    assert "The table was sold." in told(browser, f"/promotions/{promotion.ref}")


def test_who_was_on_the_team_sees_what_changed_as_far_as_they_may_see_it(app: Flask, signed_in: SignIn) -> None:
    lead, member = a_person(), a_person()
    experiment = a_running_experiment(lead=lead, team=[member])
    hidden = a_running_experiment(lead=lead, team=[member], restricted=True)
    open_to_all = an_accepted_promotion(a_learning(experiment, by=lead))
    restricted = an_accepted_promotion(a_learning(hidden, by=lead, title="Nurses hide the keys"), by=lead)

    page = signed_in(member).get("/me").text
    for promotion in (open_to_all, restricted):
        assert f'href="/promotions/{promotion.ref}"' in page.partition('id="loop-h"')[2].partition("</section>")[0]
    for found in (experiment, hidden):
        with changing(found, by=member) as (team, person, moment):
            team.leave(by=person, at=moment)
    page = signed_in(member).get("/me").text
    assert f'href="/promotions/{open_to_all.ref}"' in page
    assert restricted.ref not in page
    assert 'id="loop-h"' not in signed_in(a_leader()).get("/me").text


def test_what_was_accepted_is_not_said_to_be_suggested(app: Flask, signed_in: SignIn) -> None:
    lead, promoter, owner = a_person(), a_person(), an_operations_owner()
    known = initiative_of(an_accepted_promotion(owner=owner, by=promoter))
    hidden = a_running_experiment(lead=lead, restricted=True)
    secret = initiative_of(an_accepted_promotion(a_learning(hidden, by=lead), owner=owner, by=lead))
    browser = signed_in(a_person())

    page = told(browser, f"/initiatives/{known.ref}")
    assert f"{owner.name} accepted it. {promoter.name} had promoted it." in page
    assert f"Accepted by{owner.name}" in page.replace("Accepted by ", "Accepted by")
    assert f"Promoted by{promoter.name}" in page.replace("Promoted by ", "Promoted by")
    assert "uggested" not in page
    page = told(browser, f"/initiatives/{secret.ref}")
    assert f"{owner.name} accepted it, from the network." in page
    assert lead.name not in page
    suggested = a_suggestion(by=lead, owner=lead)
    assert "Suggested by" in told(signed_in(lead), f"/initiatives/{suggested.ref}")


def test_what_ended_is_shown_as_it_was_reported_last(app: Flask, signed_in: SignIn) -> None:
    with at("2026-02-02"):
        promotion = days_to_payment()
        initiative = initiative_of(promotion)
        rewrite(initiative, milestones=(MilestoneText("Half of them live", initiative.due_on),))
        with working_on(initiative, by=owner_of(initiative)) as (mine, by, moment):
            mine.start(rules=house_rules(), by=by)
            mine.report_status(Colour.RED, "Nobody has time.", 30, rules=house_rules(), by=by, at=moment)
            mine.embed(Decimal(9), house_rules().today, rules=house_rules(), by=by, at=moment)
    browser = signed_in(a_person())

    page = told(browser, f"/initiatives/{initiative.ref}")
    assert "30% done, as reported last" in page
    assert "It became daily work with one milestone not reached." in page
    assert "100%" not in page
    assert "100%" not in told(browser, "/initiatives?stage=all")
    assert "% done" not in told(browser, f"/initiatives/{an_embedded_initiative().ref}")


def test_what_is_over_is_not_offered_to_write(app: Flask, signed_in: SignIn) -> None:
    embedded = an_embedded_initiative()

    answer = signed_in(owner_of(embedded)).get(f"/initiatives/{embedded.ref}/text")
    assert answer.status_code == 409
    assert "What is embedded or cancelled stays as it is." in answer.text
    assert "<textarea" not in answer.text
