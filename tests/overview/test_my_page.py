"""My page: what waits, what was learned and what changed because of it, and what happened, as far as it is theirs."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask

from portfolio.network.learning import Learning
from portfolio.organisation.house_rules import AmountsSeenBy, house_rules
from portfolio.people.person import Person
from portfolio.reviews.outcome import Part
from tests.bridge.crossings import (
    a_challenge,
    a_learning,
    a_promotion,
    an_accepted_promotion,
    answering,
    embed,
    initiative_of,
    lead_of,
)
from tests.browser import Browser
from tests.factories import (
    a_draft,
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_observer,
    an_operations_owner,
    approve,
    at,
    change_house_rules,
    changing,
    enough_money,
)
from tests.reviews.meetings import HELD, agreed, an_open_review, closed

SignIn = Callable[[Person], Browser]
Counting = Callable[[], AbstractContextManager[list[str]]]


def me(browser: Browser, **asked: str) -> str:
    """Their page."""
    answer = browser.get("/me", query_string=asked)
    assert answer.status_code == 200
    return answer.text


def section(page: str, heading: str) -> str:
    """The part of a page under one heading."""
    _before, _heading, rest = page.partition(f'id="{heading}"')
    return rest.partition("</section>")[0]


def learned_by(person: Person, **words: str) -> Learning:
    """A learning that somebody wrote in an experiment they lead."""
    return a_learning(a_running_experiment(lead=person), by=person, **words)


def test_signed_out_there_is_no_page(client: Browser) -> None:
    assert client.get("/me").status_code == 302


def test_it_tells_what_waits_what_they_lead_and_what_they_learned(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    draft = a_draft(lead=person, title="Do carers collect at night?")
    learning = learned_by(person, title="Carers sleep at night")
    theirs = a_learning(title="Others learned this")
    page = me(signed_in(person))

    assert "Finish “Do carers collect at night?”" in section(page, "acts-h")
    assert f'href="/experiments/{draft.ref}"' in section(page, "x-h")
    assert learning.title in section(page, "l-h")
    assert theirs.title not in page


def test_whoever_wrote_a_learning_sees_what_changed_because_of_it_to_the_end(app: Flask, signed_in: SignIn) -> None:
    author, owner = a_person(), an_operations_owner()
    browser = signed_in(author)
    promotion = a_promotion(learned_by(author), owner=owner)
    assert "has it and has not answered yet" in section(me(browser), "loop-h")

    with answering(promotion) as (found, person, moment):
        found.defer("2027-Q1", "After the move.", by=person, at=moment)
    assert "put it off to 2027-Q1: After the move." in section(me(browser), "loop-h")
    with answering(promotion) as (found, person, moment):
        found.decline("Not in daily work.", by=person, at=moment)
    assert "said no: Not in daily work." in section(me(browser), "loop-h")

    accepted = an_accepted_promotion(learned_by(author), owner=owner)
    assert "It is on its way into daily work." in section(me(browser), "loop-h")
    embed(initiative_of(accepted), value="86")
    told = section(me(browser), "loop-h")
    assert "First time right went from 71 to 86%: 15 points more." in told
    assert "Effect measured" in told
    for other in (owner, lead_of(a_running_experiment())):
        assert "15 points more" not in me(signed_in(other))


def test_an_author_who_left_a_restricted_experiment_still_sees_what_changed(app: Flask, signed_in: SignIn) -> None:
    lead, member = a_person(), a_person()
    hidden = a_running_experiment(lead=lead, team=[member], restricted=True, title="Do nurses hide keys?")
    learning = a_learning(hidden, by=member, title="Nurses hide the keys")
    an_accepted_promotion(learning, by=lead)
    with changing(hidden, by=member) as (found, person, moment):
        found.leave(by=person, at=moment)
    page = me(signed_in(member))

    assert "It is on its way into daily work." in section(page, "loop-h")
    assert hidden.title not in page
    assert learning.title not in page


def test_what_happened_is_read_from_the_trail_newest_first(app: Flask, signed_in: SignIn) -> None:
    lead, leader = a_person(name="Lea"), a_leader(name="Dora")
    experiment = a_running_experiment(lead=lead, by=leader, title="Do carers collect?")
    other = a_running_experiment(title="Do drivers collect?")
    a_challenge(by=lead, title="Why do rails break?")
    told = section(me(signed_in(lead)), "hap-h")

    assert told.index("raised it.") < told.index("started it.") < told.index("granted") < told.index("proposed it.")
    assert f'<a href="/experiments/{experiment.ref}">Do carers collect?</a>' in told
    assert other.title not in told
    decided = section(me(signed_in(lead), show="decisions"), "hap-h")
    assert "Dora" in decided
    assert "granted" in decided
    assert "started it" not in decided
    mine = section(me(signed_in(lead), show="mine"), "hap-h")
    assert "Dora" not in mine
    assert "started it" in mine


def test_a_leader_finds_their_decisions_on_the_work_of_others(app: Flask, signed_in: SignIn) -> None:
    leader, sponsor = a_leader(), a_leader()
    enough_money()
    experiment = a_proposed_experiment(title="Do carers collect?")
    assert approve(experiment, by=leader, sponsor=sponsor)
    told = section(me(signed_in(leader), show="decisions"), "hap-h")

    assert f'<a href="/experiments/{experiment.ref}">Do carers collect?</a>' in told
    assert "granted" in told
    assert "proposed it" not in section(me(signed_in(leader)), "hap-h")


def test_nothing_is_told_of_what_is_not_theirs_to_see_any_more(app: Flask, signed_in: SignIn) -> None:
    lead, member = a_person(), a_person()
    hidden = a_running_experiment(lead=lead, team=[member], restricted=True, title="Do nurses hide keys?")
    assert hidden.title in me(signed_in(member))
    with changing(hidden, by=member) as (found, person, moment):
        found.leave(by=person, at=moment)

    for asked in ({}, {"show": "mine"}, {"show": "decisions"}):
        page = me(signed_in(member), **asked)
        assert hidden.title not in page
        assert hidden.ref not in page


def test_how_a_review_is_arranged_and_gone_through_is_not_told_but_what_comes_of_it_is(
    app: Flask, signed_in: SignIn
) -> None:
    host = a_facilitator()
    with at(HELD):
        review = an_open_review(by=host)
        browser = signed_in(host)
        assert browser.post(f"/reviews/{review.ref}/turns", data={"part": "wins"}).status_code == 303
        with changing(review, by=host) as (room, person, moment):
            room.note(Part.WINS, "Five experiments ask for the same two planners.", by=person, at=moment)
        agreed(review, "Show Roeselare how the table works", owner=host)
        closed(review)
        told = section(me(browser), "hap-h")

    assert "went on with the agenda" not in told
    assert "wrote a note in" not in told
    assert "took something on in the review" in told
    assert "closed the review" in told


def test_amounts_are_for_those_the_house_tells_them_to(app: Flask, signed_in: SignIn) -> None:
    lead = a_person()
    a_running_experiment(lead=lead, budget="13579")
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)

    assert "13,579" in section(me(signed_in(lead)), "hap-h")


def test_more_of_it_comes_page_by_page_each_line_once(app: Flask, signed_in: SignIn) -> None:
    lead = a_person()
    experiment = a_running_experiment(lead=lead)
    for number in range(30):
        with changing(experiment, by=lead) as (found, person, moment):
            found.check_in(confidence=60 + number, hours=1, next_step="Ask.", rules=house_rules(), by=person, at=moment)
    browser = signed_in(lead)

    seen, page = [], me(browser)
    while True:
        seen += re.findall(r"checked in, (\d+)% sure", page)
        further = re.findall(r'href="(/me\?[^"]+)" rel="next"', page)
        if not further:
            break
        page = browser.get(further[0].replace("&amp;", "&")).text
    assert seen == [str(60 + number) for number in reversed(range(30))]
    assert "That was all." in me(browser, before="1")
    for nonsense in ({"before": "x"}, {"show": "x"}):
        assert "checked in, 89% sure" in me(browser, **nonsense)


def test_an_observer_has_a_page_with_nothing_of_the_house(app: Flask, signed_in: SignIn) -> None:
    a_promotion(a_learning(a_running_experiment(shared=True)))
    page = me(signed_in(an_observer()))

    assert "You read what is shared with you." in page
    assert "/promotions" not in page
    assert "What happened" not in page
    assert "Raise a hand" not in page


def test_it_costs_the_same_however_much_there_is(app: Flask, signed_in: SignIn, count_statements: Counting) -> None:
    person, owner = a_person(), an_operations_owner()
    experiment = a_running_experiment(lead=person)
    browser, costs = signed_in(person), []
    for _round in range(2):
        for _number in range(3):
            a_promotion(a_learning(experiment, by=person), owner=owner)
            embed(initiative_of(an_accepted_promotion(a_learning(experiment, by=person), owner=owner)))
            a_challenge(by=person)
        me(browser)
        with count_statements() as statements:
            me(browser)
        costs.append(len(statements))

    assert costs[0] == costs[1] <= 22


def test_home_and_every_page_lead_to_it(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_facilitator())

    assert browser.get("/").text.count('href="/me"') == 3
    assert 'href="/account"' in me(browser)
