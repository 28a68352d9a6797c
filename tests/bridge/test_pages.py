"""The bridge's pages: promoting and answering over HTTP, what other rooms show of it, and what a page costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from portfolio.bridge import learning_queries, queries
from portfolio.bridge.answer import State
from portfolio.bridge.fate import Fate
from portfolio.foundation import clock
from portfolio.people.person import Person
from tests.bridge.crossings import (
    a_challenge,
    a_learning,
    a_promotion,
    a_promotion_form,
    an_accepted_promotion,
    answering,
    embed,
    fate_of,
    initiative_of,
    lead_of,
    promotion_now,
    refs,
    scaled,
    take_up,
)
from tests.browser import Browser
from tests.factories import (
    a_leader,
    a_person,
    a_running_experiment,
    a_unit,
    an_operations_owner,
    last_action,
    reading,
    rules_now,
)

SignIn = Callable[[Person], Browser]
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def owner(app: Flask) -> Person:
    """An operations owner."""
    return an_operations_owner()


# Promoting ----------------------------------------------------------------------------------------------------------


def test_the_words_of_a_restricted_learning_are_not_put_to_everyone_unasked(owner: Person, signed_in: SignIn) -> None:
    for restricted in (False, True):
        experiment = a_running_experiment(restricted=restricted)
        learning = a_learning(experiment, therefore="Ter Linde moves first.")
        browser = signed_in(lead_of(experiment))

        page = browser.get(f"/promotions/new?learning={learning.ref}").text

        assert ("Ter Linde moves first." in page.split("<textarea")[1]) is not restricted
        assert ("everyone reads the title, the change and the measure" in page) is restricted
        promotion = a_promotion(learning, owner=owner, by=lead_of(experiment))
        page = signed_in(owner).get(f"/promotions/{promotion.ref}").text
        assert ("It was learned in a restricted experiment." in page) is restricted


def test_the_form_says_what_to_do_when_nobody_can_answer(app: Flask, signed_in: SignIn) -> None:
    learning = a_learning()

    page = signed_in(a_person()).get(f"/promotions/new?learning={learning.ref}")

    assert "No unit has an operations owner" in page.text
    assert "<select" not in page.text.split("<main")[1]


def test_only_units_with_an_owner_can_be_chosen(owner: Person, signed_in: SignIn) -> None:
    learning, nobodys = a_learning(), a_unit("The workshop")

    page = signed_in(a_person()).get(f"/promotions/new?learning={learning.ref}")

    assert f"{owner.name}, " in page.text
    assert f'value="{nobodys.id}-' not in page.text
    assert "for want of an operations owner: The workshop" in page.text


def test_a_choice_that_was_not_offered_is_refused(owner: Person, signed_in: SignIn) -> None:
    learning, nobodys = a_learning(), a_unit()
    form = a_promotion_form([learning], owner, put_to=f"{nobodys.id}-{owner.id}")

    answer = signed_in(a_person()).post(f"/promotions?learning={learning.ref}", data=form)

    assert answer.status_code == 422


def test_a_second_promotion_is_refused_with_what_was_typed(owner: Person, signed_in: SignIn) -> None:
    learning = a_learning()
    first = a_promotion(learning, owner=owner)

    answer = signed_in(a_person()).post(
        f"/promotions?learning={learning.ref}", data=a_promotion_form([learning], owner, title="Once more")
    )

    assert answer.status_code == 409
    assert f"is in {first.ref} already" in answer.text
    assert "Once more" in answer.text


def test_a_number_that_means_nothing_is_pointed_at(owner: Person, signed_in: SignIn) -> None:
    learning = a_learning()
    form = a_promotion_form([learning], owner, others="L-99999, nonsense")

    answer = signed_in(a_person()).post(f"/promotions?learning={learning.ref}", data=form)

    assert answer.status_code == 422
    assert "L-99999, NONSENSE" in answer.text


def test_without_a_learning_the_form_says_where_to_begin(owner: Person, signed_in: SignIn) -> None:
    assert "Choose a learning first" in signed_in(a_person()).get("/promotions/new").text


def test_a_volunteer_promotes_learnings_of_two_experiments(owner: Person, signed_in: SignIn) -> None:
    first, second = a_learning(), a_learning(title="Nobody waits for a copy")
    browser = signed_in(a_person())
    assert first.title in browser.get(f"/promotions/new?learning={first.ref}").text

    answer = browser.post(
        f"/promotions?learning={first.ref}", data=a_promotion_form([first], owner, others=second.ref.lower())
    )

    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    assert first.title in page.text
    assert second.title in page.text
    assert "<strong>together</strong>" in page.text
    assert last_action() == "promotion.offered"


# Answering ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "form"),
    [
        ("acceptance", {"accountable": "the owner", "why": "It pays."}),
        ("deferral", {"deferred_until": "2026-Q4", "why_later": "After the move."}),
        ("decline", {"why_not": "We have no table."}),
    ],
)
def test_nobody_but_the_owner_answers(owner: Person, signed_in: SignIn, way: str, form: dict[str, str]) -> None:
    promotion = a_promotion(owner=owner)
    form = {name: str(owner.id) if said == "the owner" else said for name, said in form.items()}

    for person in (a_person(), a_leader(), an_operations_owner()):
        browser = signed_in(person)
        assert "Your answer" not in browser.get(f"/promotions/{promotion.ref}").text
        answer = browser.post(f"/promotions/{promotion.ref}/{way}", data=form)
        assert answer.status_code == 403
        assert last_action() == "promotion.answer_refused"
    assert promotion_now(promotion.id).state is State.OFFERED


def test_an_answer_without_a_reason_comes_back(owner: Person, signed_in: SignIn) -> None:
    promotion, browser = a_promotion(owner=owner), signed_in(owner)

    accepted = browser.post(f"/promotions/{promotion.ref}/acceptance", data={"accountable": str(owner.id)})
    declined = browser.post(f"/promotions/{promotion.ref}/decline", data={"why_not": ""})
    deferred = browser.post(f"/promotions/{promotion.ref}/deferral", data={"deferred_until": "2026-Q4"})

    assert (accepted.status_code, declined.status_code, deferred.status_code) == (422, 422, 422)
    assert "2026-Q4" in deferred.text


def test_two_owners_answer_at_once_and_the_first_answer_stands(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    first, second = an_operations_owner(unit), an_operations_owner(unit)
    promotion = a_promotion(owner=first)
    signed_in(first).post(f"/promotions/{promotion.ref}/decline", data={"why_not": "We have no table."})

    said = {"accountable": str(second.id), "why": "It pays."}
    answer = signed_in(second).post(f"/promotions/{promotion.ref}/acceptance", data=said)

    assert answer.status_code == 409
    assert fate_of(promotion) is Fate.DECLINED
    assert "This was answered already. The answer stands." in answer.text
    assert "It pays." in answer.text


def test_an_answer_is_not_given_over_one_that_nobody_read(owner: Person, signed_in: SignIn) -> None:
    promotion, browser = a_promotion(owner=owner), signed_in(owner)
    path = f"/promotions/{promotion.ref}"
    deferral = {"deferred_until": "2026-Q4", "why_later": "After the move.", "read": ""}
    assert browser.post(f"{path}/deferral", data=deferral).status_code == 303

    late = browser.post(f"{path}/decline", data={"why_not": "We have no table.", "read": ""})

    assert late.status_code == 409
    assert f"{owner.name} changed this after you opened it" in late.text
    assert "We have no table." in late.text
    assert fate_of(promotion) is Fate.DEFERRED
    read = re.search(r'name="read" value="([^"]+)"', late.text)
    assert read is not None
    again = browser.post(f"{path}/decline", data={"why_not": "We have no table.", "read": read[1]})
    assert again.status_code == 303


def test_the_owner_puts_it_off_and_takes_it_on_later(owner: Person, signed_in: SignIn) -> None:
    promotion, browser = a_promotion(owner=owner), signed_in(owner)
    deferral = {"deferred_until": "2026-Q4", "why_later": "After the move."}
    assert browser.post(f"/promotions/{promotion.ref}/deferral", data=deferral).status_code == 303
    assert "Deferred to 2026-Q4" in browser.get(f"/promotions/{promotion.ref}").text

    today = rules_now().today
    answer = browser.post(
        f"/promotions/{promotion.ref}/acceptance",
        data={
            "accountable": str(owner.id),
            "starts_on": today.isoformat(),
            "due_on": f"{today.year + 1}-12-31",
            "why": "The table is free on Tuesdays.",
        },
    )

    assert answer.status_code == 303
    initiative = browser.get(answer.headers["Location"])
    assert promotion.title in initiative.text
    assert "From the network" in initiative.text
    assert promotion.learnings[0].title in initiative.text


# What the team hears ------------------------------------------------------------------------------------------------


def test_the_loop_is_told_to_the_end(owner: Person, signed_in: SignIn) -> None:
    experiment = a_running_experiment()
    learning = a_learning(experiment)
    promotion = an_accepted_promotion(learning, owner=owner)
    embed(initiative_of(promotion), "86")
    browser = signed_in(lead_of(experiment))

    for path in (f"/promotions/{promotion.ref}", f"/learnings/{learning.ref}", f"/experiments/{experiment.ref}"):
        page = browser.get(path)
        assert "Effect measured" in page.text, path
        assert "71 to 86%" in page.text, path
    assert lead_of(experiment).name in browser.get(f"/promotions/{promotion.ref}").text
    assert "Loop open" in browser.get(f"/promotions/{promotion.ref}").text  # It is read again after some weeks.
    assert experiment.ref in browser.get("/initiatives?stage=all").text


def test_a_learning_can_be_promoted_until_it_is(owner: Person, signed_in: SignIn) -> None:
    experiment = a_running_experiment()
    learning, browser = a_learning(experiment), signed_in(a_person())
    link = f"/promotions/new?learning={learning.ref}"
    assert link in browser.get(f"/experiments/{experiment.ref}").text
    promotion = a_promotion(learning, owner=owner)

    page = browser.get(f"/experiments/{experiment.ref}").text
    assert link not in page
    assert f"/promotions/{promotion.ref}" in page
    with answering(promotion) as (found, person, moment):
        found.decline("We have no table.", by=person, at=moment)
    assert link in browser.get(f"/learnings/{learning.ref}").text


def test_a_scaled_experiment_asks_for_a_promotion_until_it_has_one(owner: Person, signed_in: SignIn) -> None:
    experiment = a_running_experiment()
    learning = a_learning(experiment)
    browser = signed_in(a_person())
    assert "Scaled, not promoted" not in browser.get("/experiments").text
    scaled(experiment)

    assert "Scaled, not promoted" in browser.get("/experiments").text
    assert f"/promotions/new?experiment={experiment.ref}" in browser.get(f"/experiments/{experiment.ref}").text
    assert learning.title in browser.get(f"/promotions/new?experiment={experiment.ref}").text
    a_promotion(learning, owner=owner)
    assert "Scaled, not promoted" not in browser.get("/experiments").text
    assert "Scaled, not promoted" not in browser.get(f"/experiments/{experiment.ref}").text


def test_everyone_comments(owner: Person, signed_in: SignIn) -> None:
    promotion, browser = a_promotion(owner=owner), signed_in(a_person())

    assert browser.post(f"/promotions/{promotion.ref}/comments", data={"body": ""}).status_code == 422
    assert browser.post(f"/promotions/{promotion.ref}/comments", data={"body": "And the night?"}).status_code == 303
    assert "And the night?" in browser.get(f"/promotions/{promotion.ref}").text


def test_a_promotion_that_is_not_there(owner: Person, signed_in: SignIn) -> None:
    browser = signed_in(owner)

    for path in ("/promotions/P-99999", "/promotions/X-00001", "/promotions/nonsense"):
        assert browser.get(path).status_code == 404, path


# Lists --------------------------------------------------------------------------------------------------------------


def test_what_an_owner_should_answer(owner: Person) -> None:
    first, second = a_promotion(owner=owner), a_promotion(owner=owner)
    a_promotion()
    an_accepted_promotion(owner=owner)
    volunteer = a_person()

    with reading():
        assert refs(queries.waiting_for(owner)) == [first.ref, second.ref]
        assert refs(queries.waiting_for(volunteer)) == []


def test_what_crossed_since(owner: Person) -> None:
    an_accepted_promotion()
    since = clock.now()
    promotion = an_accepted_promotion(owner=owner)
    a_promotion()

    with reading():
        assert refs(queries.crossed_since(since)) == [promotion.ref]


def test_the_latest_promotion_of_a_learning(owner: Person) -> None:
    learning, other = a_learning(), a_learning()
    first = a_promotion(learning, owner=owner)
    with answering(first) as (found, person, moment):
        found.decline("We have no table.", by=person, at=moment)
    second = a_promotion(learning)

    with reading():
        found = learning_queries.promotions_of_learnings([learning.id, other.id])
        assert {number: promotion.ref for number, promotion in found.items()} == {learning.id: second.ref}


def test_the_list_is_filtered_by_fate(owner: Person, signed_in: SignIn) -> None:
    waiting = a_promotion(title="It waits")
    accepted = an_accepted_promotion()
    measured = an_accepted_promotion()
    embed(initiative_of(measured))
    browser = signed_in(a_person())

    everything = browser.get("/promotions").text
    assert all(one.ref in everything for one in (waiting, accepted, measured))
    assert everything.index(waiting.ref) < everything.index(measured.ref) < everything.index(accepted.ref)
    one = browser.get("/promotions?fate=effect_measured").text
    assert measured.ref in one
    assert accepted.ref not in one
    assert "None has this fate" in browser.get("/promotions?fate=abandoned").text


def test_pages_cost_the_same_however_much_crossed(owner: Person, signed_in: SignIn, count_statements: Counting) -> None:
    experiment = a_running_experiment()
    shown = a_promotion(a_learning(experiment), owner=owner)
    taken = a_challenge()
    take_up(taken, experiment, by=lead_of(experiment))
    an_accepted_promotion(a_learning(experiment), owner=owner)
    a_challenge()
    browser = signed_in(owner)
    paths = (
        "/promotions",
        "/promotions?fate=accepted",
        f"/promotions/{shown.ref}",
        "/challenges?state=all",
        f"/challenges/{taken.ref}",
        f"/experiments/{experiment.ref}",
        "/experiments",
        "/initiatives",
        f"/promotions/new?experiment={experiment.ref}",
    )
    before = {path: statements(browser, path, count_statements) for path in paths}

    for _number in range(3):
        a_promotion(a_learning(experiment), owner=owner)
        an_accepted_promotion(a_learning(experiment), owner=owner)
        one = a_challenge()
        take_up(one, experiment, by=lead_of(experiment))

    assert {path: statements(browser, path, count_statements) for path in paths} == before


def statements(browser: Browser, path: str, count_statements: Counting) -> int:
    """How many statements one page takes."""
    browser.get(path)  # Whatever is noted once an hour is noted by now.
    with count_statements() as found:
        assert browser.get(path).status_code == 200, path
    return len(found)
