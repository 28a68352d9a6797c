"""Who reads what of the bridge: restricted learnings reach the owner they are put to, and nobody else by this way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from flask import Flask

from portfolio.bridge import policy, queries
from portfolio.bridge.promotion import Promotion
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.network.picture import Illustration
from portfolio.people.person import Person
from tests.bridge.crossings import a_learning, a_promotion, an_accepted_promotion, initiative_of, lead_of
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_running_experiment,
    a_unit,
    an_administrator,
    an_observer,
    an_operations_owner,
    changing,
)
from tests.network.pictures import an_illustration, taken_away

SignIn = Callable[[Person], Browser]
SECRET = "Nurses hide the keys"


@pytest.fixture
def owner(app: Flask) -> Person:
    """An operations owner."""
    return an_operations_owner()


def test_observers_see_nothing_of_the_bridge(owner: Person, signed_in: SignIn) -> None:
    experiment = a_running_experiment(shared=True)
    promotion = a_promotion(a_learning(experiment), owner=owner)
    browser = signed_in(an_observer())

    for path in ("/promotions", f"/promotions/{promotion.ref}", "/promotions/new"):
        assert browser.get(path).status_code == 403, path
    page = browser.get(f"/experiments/{experiment.ref}")
    assert page.status_code == 200
    assert promotion.ref not in page.text
    assert "Promote to operations" not in page.text


@pytest.mark.parametrize("path", ["/promotions", "/promotions/new", "/promotions/P-001"])
def test_who_is_signed_out_signs_in_first(client: Browser, path: str) -> None:
    assert client.get(path).status_code == 302


def test_a_promotion_of_a_restricted_experiment_is_missing_to_others(owner: Person, signed_in: SignIn) -> None:
    promotion = a_promotion(restricted(), owner=owner, by=a_leader())

    for person in (a_person(), an_administrator(), an_operations_owner()):
        browser = signed_in(person)
        assert browser.get(f"/promotions/{promotion.ref}").status_code == 404
        assert promotion.title not in browser.get("/promotions").text
        commented = browser.post(f"/promotions/{promotion.ref}/comments", data={"body": "And?"})
        assert commented.status_code == 404


def test_the_owner_it_is_put_to_reads_the_restricted_learning(owner: Person, signed_in: SignIn) -> None:
    learning = restricted()
    promotion = a_promotion(learning, owner=owner, by=a_leader())
    browser = signed_in(owner)

    page = browser.get(f"/promotions/{promotion.ref}")

    assert page.status_code == 200
    assert learning.title in page.text
    assert SECRET in page.text
    # This way only: neither the experiment nor its log opens.
    assert browser.get(f"/learnings/{learning.ref}").status_code == 404
    assert f"/learnings/{learning.ref}" not in page.text


def test_every_owner_of_that_unit_reads_it_for_any_of_them_answers(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    owner, second = an_operations_owner(unit), an_operations_owner(unit)
    promotion = a_promotion(restricted(), owner=owner, by=a_leader())

    assert SECRET in signed_in(second).get(f"/promotions/{promotion.ref}").text


def test_nobody_else_sees_the_pictures_of_a_restricted_learning(
    owner: Person, signed_in: SignIn, client: Browser
) -> None:
    learning = restricted(pictures=[an_illustration()])
    promotion = a_promotion(learning, owner=owner, by=a_leader())

    for outsider in (a_person(), an_administrator(), an_operations_owner()):
        assert signed_in(outsider).get(picture_in(promotion, learning)).status_code == 404
    assert signed_in(an_observer()).get(picture_in(promotion, learning)).status_code == 403
    assert client.get(picture_in(promotion, learning)).status_code == 302


def test_an_owner_sees_pictures_of_the_learnings_that_are_put_to_them_and_of_no_others(
    owner: Person, signed_in: SignIn
) -> None:
    experiment = a_running_experiment(restricted=True)
    mine, other = (restricted(experiment, pictures=[an_illustration()]) for _ in range(2))
    promotion = a_promotion(mine, owner=owner, by=a_leader())
    elsewhere = a_promotion(other, by=a_leader())
    browser = signed_in(owner)

    for hidden in (
        picture_in(promotion, other),
        picture_in(elsewhere, other),
        picture_in(elsewhere, mine),
        picture_in(promotion, mine, 2),
        f"/learnings/{mine.ref}/pictures/1",
    ):
        assert browser.get(hidden).status_code == 404, hidden


def test_whoever_promoted_it_and_reads_the_learning_no_more_sees_no_picture_of_it(
    owner: Person, signed_in: SignIn
) -> None:
    experiment = a_running_experiment()
    learning, promoter = a_learning(experiment, pictures=[an_illustration()]), a_person()
    promotion = a_promotion(learning, owner=owner, by=promoter)
    with changing(experiment, by=lead_of(experiment)) as (found, lead, _moment):
        found.set_visibility(restricted=True, shared=False, by=lead)
    browser = signed_in(promoter)

    page = browser.get(f"/promotions/{promotion.ref}")

    assert page.status_code == 200
    assert "/pictures/" not in page.text
    assert browser.get(picture_in(promotion, learning)).status_code == 404


def test_the_owner_it_is_put_to_sees_its_pictures_on_the_promotion(owner: Person, signed_in: SignIn) -> None:
    learning = restricted(pictures=[an_illustration("A board"), an_illustration("A desk")])
    promotion = a_promotion(learning, owner=owner, by=a_leader())
    browser = signed_in(owner)

    page = browser.get(f"/promotions/{promotion.ref}").text
    answer = browser.get(picture_in(promotion, learning))

    assert f'src="{picture_in(promotion, learning)}" alt="A board"' in page
    assert f'"/learnings/{learning.ref}' not in page
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    taken_away(learning, by=a_leader(), reason="Somebody asked.")
    kept = {"If-None-Match": answer.headers["ETag"]}
    assert browser.get(picture_in(promotion, learning), headers=kept).status_code == 404
    page = browser.get(f"/promotions/{promotion.ref}").text
    assert "Somebody asked." in page
    assert "A board" not in page


def test_control_without_asking_who_reads_the_learning_every_reader_of_the_promotion_sees_them(
    owner: Person, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = a_running_experiment(restricted=True)
    learning = restricted(experiment, pictures=[an_illustration()])
    promotion = a_promotion(learning, owner=owner, by=a_leader())
    outsider = signed_in(an_operations_owner())
    assert outsider.get(picture_in(promotion, learning)).status_code == 404

    monkeypatch.setattr(queries, "visible_to", lambda _viewer, statement: statement)
    assert outsider.get(picture_in(promotion, learning)).status_code == 404, "the learning is asked about as well"
    monkeypatch.setattr(policy, "reads_learning", lambda *_: True)
    assert outsider.get(picture_in(promotion, learning)).status_code == 200


def picture_in(promotion: Promotion, learning: Learning, number: int = 1) -> str:
    """The address of a picture of a learning in a promotion."""
    return f"/promotions/{promotion.ref}/learnings/{learning.ref}/pictures/{number}"


def test_those_who_see_the_experiment_see_its_promotion(owner: Person, signed_in: SignIn) -> None:
    experiment = a_running_experiment(restricted=True)
    promotion = a_promotion(restricted(experiment), owner=owner, by=a_leader())

    for person in (lead_of(experiment), a_leader(), a_facilitator()):
        assert SECRET in signed_in(person).get(f"/promotions/{promotion.ref}").text


def test_an_author_follows_it_but_does_not_read_the_learnings_of_others(owner: Person, signed_in: SignIn) -> None:
    mine, theirs = a_running_experiment(restricted=True), restricted()
    learning = a_learning(mine, title="We were late ourselves")
    promotion = a_promotion(learning, theirs, owner=owner, by=a_leader())

    page = signed_in(lead_of(mine)).get(f"/promotions/{promotion.ref}")

    assert page.status_code == 200
    assert learning.title in page.text
    assert SECRET not in page.text
    assert theirs.title not in page.text


def test_nobody_promotes_what_they_cannot_read(owner: Person, signed_in: SignIn) -> None:
    hidden, mine = restricted(), a_learning()
    browser = signed_in(a_person())

    assert browser.get(f"/promotions/new?learning={hidden.ref}").status_code == 404
    assert browser.get("/promotions/new?experiment=X-99999").status_code == 404
    assert hidden.title not in browser.get(f"/promotions/new?learning={mine.ref}").text


def test_an_initiative_keeps_quiet_about_a_restricted_origin(owner: Person, signed_in: SignIn) -> None:
    experiment = a_running_experiment(restricted=True)
    promotion = an_accepted_promotion(restricted(experiment), owner=owner, by=a_leader())

    page = signed_in(a_person()).get("/initiatives")
    assert promotion.title in page.text
    assert "from the network" in page.text
    one = signed_in(a_person()).get(f"/initiatives/{initiative_of(promotion).ref}")
    assert "The experiment it came from is restricted" in one.text
    assert SECRET not in one.text
    assert promotion.ref not in one.text
    assert experiment.ref not in one.text


def restricted(experiment: Experiment | None = None, *, pictures: Sequence[Illustration] = ()) -> Learning:
    """A learning of a restricted experiment."""
    experiment = experiment or a_running_experiment(restricted=True)
    return a_learning(experiment, title=f"{SECRET}, at night", body=SECRET, pictures=pictures)
