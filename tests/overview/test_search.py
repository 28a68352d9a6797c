"""The search page: one question, a section for each kind of thing, and nothing that is not theirs to see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from portfolio.foundation import clock
from portfolio.foundation.database import write_tx
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from portfolio.strategy.phase import Phase, PhaseText
from tests.bridge.crossings import a_barrier, a_challenge, a_promotion
from tests.browser import Browser
from tests.factories import (
    a_charter,
    a_draft,
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_administrator,
    an_observer,
    changing,
    here,
)
from tests.hierarchy.plans import a_planned_initiative, a_suggestion

SignedIn = Callable[..., Browser]


def ask(browser: Browser, words: str, **more: str) -> str:
    """The page of what was found."""
    answer = browser.get("/search", query_string={"q": words} | more)
    assert answer.status_code == 200
    return answer.text


def address(experiment: Experiment) -> str:
    """How a page leads to an experiment."""
    return f'href="/experiments/{experiment.ref}"'


def test_who_is_signed_out_searches_nothing(client: Browser) -> None:
    assert client.get("/search?q=delivery").status_code == 302


def test_every_page_leads_to_search(signed_in: SignedIn) -> None:
    assert 'href="/search"' in signed_in(an_observer()).get("/").text


def test_an_experiment_is_found_by_its_question_its_hypothesis_its_problem_and_its_number(signed_in: SignedIn) -> None:
    wanted = a_proposed_experiment(
        title="Do carers collect at night?",
        hypothesis="We believe that a *wharf* without people works.",
        problem="Nobody picks up the returned beds.",
    )
    other = a_proposed_experiment(title="Something else?")
    browser = signed_in(a_person())

    for words in ("carer", "WHARF people", "réturned bed", wanted.ref, "collect beds"):
        page = ask(browser, words)
        assert address(wanted) in page, words
        assert address(other) not in page, words
    assert "that a <mark>wharf</mark> without" in ask(browser, "wharf")


def test_what_was_rewritten_is_found_by_its_new_words(signed_in: SignedIn) -> None:
    lead = a_person()
    draft = a_draft(lead=lead, title="Do carers collect at night?")
    with changing(draft, by=lead) as (experiment, who, moment):
        experiment.write(a_charter(title="Do drivers collect at dawn?"), revision=1, by=who, at=moment)
    browser = signed_in(lead)

    assert address(draft) in ask(browser, "drivers dawn")
    assert address(draft) not in ask(browser, "carers")


def test_a_draft_is_found_by_its_team_only(signed_in: SignedIn) -> None:
    lead, member = a_person(), a_person()
    draft = a_draft(lead=lead, team=[member], title="Do carers collect at night?")

    for who in (lead, member):
        assert address(draft) in ask(signed_in(who), "carers")
    for who in (a_person(), a_leader(), an_administrator(), an_observer()):
        page = ask(signed_in(who), "carers")
        assert "Do carers collect" not in page
        assert "Nothing holds all these words" in page


def test_a_restricted_experiment_is_found_by_those_involved_only(signed_in: SignedIn) -> None:
    lead = a_person()
    secret = a_proposed_experiment(
        lead=lead, restricted=True, title="Merge with Canarywharf?", hypothesis="Canarybird says so."
    )

    for who in (lead, a_leader(), a_facilitator()):
        assert address(secret) in ask(signed_in(who), "canary")
    for who in (a_person(), an_administrator(), an_observer()):
        for words in ("canary", "canarywharf", "merge with", secret.ref):
            page = ask(signed_in(who), words)
            assert "Canarywharf" not in page, words
            assert "Canarybird" not in page, words
            assert address(secret) not in page, words


def test_an_observer_finds_what_is_shared_only(signed_in: SignedIn) -> None:
    shared = a_proposed_experiment(title="Do carers collect at night?", shared=True)
    inside = a_proposed_experiment(title="Do carers collect by day?")
    a_phase("Carers first")
    page = ask(signed_in(an_observer()), "carers")

    assert address(shared) in page
    assert address(inside) not in page
    assert "Carers first" not in page
    assert "Carers first" in ask(signed_in(a_person()), "carers")


def test_a_learning_is_found_by_those_who_see_its_experiment(signed_in: SignedIn) -> None:
    lead = a_person()
    for restricted in (False, True):
        experiment = a_running_experiment(lead=lead, restricted=restricted)
        a_learning(experiment, by=lead, title=f"Drivers want a pigeonhole, {'in secret' if restricted else 'openly'}")

    page = ask(signed_in(a_person()), "pigeonhole observ")
    assert "openly" in page
    assert "in secret" not in page
    assert "We <mark>observed</mark> a <mark>pigeonhole</mark>." in page
    assert "in secret" in ask(signed_in(lead), "pigeonhole")
    assert "pigeonhole, openly" not in ask(signed_in(an_observer()), "pigeonhole")


def test_a_corrected_learning_gives_way_to_its_correction(signed_in: SignedIn) -> None:
    lead = a_person()
    experiment = a_running_experiment(lead=lead)
    wrong = a_learning(experiment, by=lead, title="Drivers want a pigeonhole")
    a_learning(experiment, by=lead, title="Drivers want a shelf", body="No holes.", corrects=wrong)

    assert "Nothing holds all these words" in ask(signed_in(lead), "pigeonhole")
    assert "Drivers want a shelf" in ask(signed_in(lead), "shelf")


def test_an_initiative_is_found_and_a_draft_of_one_by_those_it_concerns(signed_in: SignedIn) -> None:
    planned = a_planned_initiative(title="Pigeonholes for all", why="They **work**.")
    suggester = a_person()
    draft = a_suggestion(by=suggester, title="Pigeonholes for nobody")

    page = ask(signed_in(a_person()), "pigeonhole")
    assert f"/initiatives/{planned.ref}" in page
    assert "for nobody" not in page
    assert f"/initiatives/{draft.ref}" in ask(signed_in(suggester), "pigeonhole")
    assert "Pigeonholes for" not in ask(signed_in(an_observer()), "pigeonhole")
    assert "They <mark>work</mark>." in ask(signed_in(a_person()), f"work {planned.ref}")


def test_without_a_question_the_page_says_what_can_be_found(signed_in: SignedIn) -> None:
    browser = signed_in(a_person())

    for address_ in ("/search", "/search?q=", "/search?q=%20%20"):
        assert "Everything you may read is searched" in browser.get(address_).text


@pytest.mark.parametrize("words", ["a", "?", "a b c", '"', "* * *", "e\u0301", "😀"])
def test_single_letters_and_signs_are_not_searched_for(signed_in: SignedIn, words: str) -> None:
    assert "There is no word in this to look for" in ask(signed_in(a_person()), words)


def test_ten_thousand_letters_are_too_much_to_look_for(signed_in: SignedIn) -> None:
    page = ask(signed_in(a_person()), "carers " * 1_430)

    assert "That is too much to look for" in page
    assert "under 200 letters" in page
    assert f'value="{("carers " * 40)[:200]}"' in page, "the beginning is still there to shorten"


def test_nothing_found_says_what_to_do(signed_in: SignedIn) -> None:
    page = ask(signed_in(a_person()), "zebra")

    assert "Nothing holds all these words" in page
    assert 'value="zebra"' in page


@pytest.mark.parametrize(
    "words", ['carers" OR "night', "carers' | 'x", "'); DELETE FROM search_document; --", "title: carers"]
)
def test_operators_are_only_words(signed_in: SignedIn, words: str) -> None:
    a_proposed_experiment(title="Do carers collect at night?")
    browser = signed_in(a_person())

    ask(browser, words)
    assert "Do carers collect" in ask(browser, "carers")


def test_what_is_asked_is_shown_as_text(signed_in: SignedIn) -> None:
    a_proposed_experiment(title="Do <b>carers</b> collect?", hypothesis="A <script>alert(1)</script> carers word.")
    page = ask(signed_in(a_person()), '"><script>alert(2)</script> carers')
    again = ask(signed_in(a_person()), "carers")

    assert "<script>alert" not in page + again
    assert "<b>carers</b>" not in again
    assert "Do &lt;b&gt;carers&lt;/b&gt; collect?" in again


def test_many_hits_are_shown_a_few_at_first_and_then_page_by_page(signed_in: SignedIn) -> None:
    lead = a_person()
    for number in range(23):
        a_draft(lead=lead, title=f"Do carers collect, number {number}?")
    browser = signed_in(lead)

    assert ask(browser, "carers").count('href="/experiments/X-') == 5
    assert "kind=experiment" in ask(browser, "carers")
    assert ask(browser, "carers", kind="experiment").count('href="/experiments/X-') == 20
    rest = ask(browser, "carers", kind="experiment", after="20")
    assert rest.count('href="/experiments/X-') == 3
    assert "Show more" not in rest
    assert "That was all" in ask(browser, "carers", kind="experiment", after="40")
    for after in ("-1", "x", "9" * 400):
        assert ask(browser, "carers", kind="experiment", after=after).count('href="/experiments/X-') == 20
    assert ask(browser, "carers", kind="nothing").count('href="/experiments/X-') == 5


def test_many_hits_cost_as_many_statements_as_one(signed_in: SignedIn, count_statements: Callable[[], Any]) -> None:
    lead = a_person()
    a_draft(lead=lead, title="Do carers collect?")
    browser = signed_in(lead)
    ask(browser, "carers", kind="experiment")
    with count_statements() as one:
        ask(browser, "carers", kind="experiment")
    for number in range(12):
        a_draft(lead=lead, title=f"Do carers collect, number {number}?")
    with count_statements() as many:
        ask(browser, "carers", kind="experiment")

    assert len(many) == len(one) <= 5


def test_what_crosses_the_bridge_is_found_by_volunteers_and_by_no_observer(signed_in: SignedIn) -> None:
    challenge = a_challenge(title="Why do rails come back broken?")
    promotion = a_promotion(title="Rails are counted at the door")
    barrier = a_barrier(title="The maker sells no single rails")
    volunteer, observer = signed_in(a_person()), signed_in(an_observer())

    for words, path in (
        ("rails broken", f"/challenges/{challenge.ref}"),
        ("rails counted", f"/promotions/{promotion.ref}"),
        ("single rails", f"/barriers/{barrier.ref}"),
    ):
        assert f'href="{path}"' in ask(volunteer, words)
        assert f'href="{path}"' not in ask(observer, words)


def test_an_experiment_past_its_last_day_is_not_said_to_run(signed_in: SignedIn) -> None:
    experiment = a_running_experiment(title="Do carers collect at night?")
    browser = signed_in(a_person())
    assert "Running" in ask(browser, "carers")

    with clock.set_to(clock.now() + timedelta(weeks=20)):
        assert "Ended, to decide" in ask(signed_in(a_person()), experiment.ref)


def a_phase(name: str) -> Phase:
    """A phase on the road."""
    leader = a_leader()
    with write_tx() as moment:
        text = PhaseText(name, "Beds.", "More beds.", 24, date(2026, 9, 7), date(2026, 11, 1))
        return Phase.add(text, by=here(leader), at=moment)


def a_learning(
    experiment: Experiment,
    *,
    by: Person,
    title: str,
    body: str = "We observed a pigeonhole.",
    corrects: Learning | None = None,
) -> Learning:
    """A learning in the log of a running experiment."""
    with changing(experiment, by=by) as (running, person, moment):
        rules = house_rules()
        return running.learn(
            title,
            body,
            kind=Kind.INSIGHT,
            evidence=Evidence.BEHAVIOUR,
            on=rules.today,
            corrects=here(corrects) if corrects else None,
            rules=rules,
            by=person,
            at=moment,
        )
