"""The learning library: found by any form of a word, the strongest evidence first, and nothing that is not theirs."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from portfolio.network.experiment import Experiment
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from tests.bridge.crossings import (
    a_promotion,
    an_accepted_promotion,
    answering,
    embed,
    initiative_of,
    lead_of,
    learning_now,
)
from tests.browser import Browser
from tests.factories import (
    a_leader,
    a_person,
    a_running_experiment,
    a_unit,
    an_administrator,
    an_observer,
    an_operations_owner,
    changing,
)

SignIn = Callable[[Person], Browser]
Counting = Callable[[], AbstractContextManager[list[str]]]


def learned(
    title: str,
    evidence: Evidence = Evidence.BEHAVIOUR,
    *,
    of: Experiment | None = None,
    kind: Kind = Kind.INSIGHT,
    body: str = "We saw it.",
    believed: str = "",
    corrects: Learning | None = None,
) -> Learning:
    """A learning of this strength."""
    experiment = of or a_running_experiment()
    with changing(experiment, by=lead_of(experiment)) as (found, author, moment):
        made = found.learn(
            title,
            body,
            kind=kind,
            evidence=evidence,
            on=house_rules().today,
            believed=believed,
            corrects=corrects,
            rules=house_rules(),
            by=author,
            at=moment,
        )
        number = made.id
    return learning_now(number)


def library(browser: Browser, **asked: str | int) -> str:
    """The page of what is asked for."""
    answer = browser.get("/learnings", query_string=asked)
    assert answer.status_code == 200
    return answer.text


def listed(page: str) -> list[str]:
    """The learnings on a page, in their order."""
    return re.findall(r'<h3><a href="/learnings/(L-\d+)">', page)


def refs(*learnings: Learning) -> list[str]:
    """Their identifiers."""
    return [learning.ref for learning in learnings]


def test_signed_out_there_is_no_library(client: Browser) -> None:
    assert client.get("/learnings").status_code == 302


def test_the_strongest_evidence_comes_first_and_then_the_newest(app: Flask, signed_in: SignIn) -> None:
    said, measured, seen, told, again = (
        learned("Invoices wait", evidence)
        for evidence in (
            Evidence.OPINION,
            Evidence.MEASURED,
            Evidence.BEHAVIOUR,
            Evidence.ANECDOTE,
            Evidence.MEASURED,
        )
    )
    browser = signed_in(a_person())

    strongest_first = refs(again, measured, seen, told, said)
    assert listed(library(browser)) == listed(library(browser, q="invoice")) == strongest_first
    assert listed(library(browser, evidence="behaviour")) == refs(again, measured, seen)
    assert listed(library(browser, evidence="measured", q="invoice")) == refs(again, measured)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Deliveries came late", "delivery"),
        ("A delivery came late", "deliveries"),
        ("Planners plan better", "planning"),
        ("Huizen staan leeg", "huis"),
        ("De bestelling bleef liggen", "bestellingen"),
        ("Een factuur blijft liggen", "facturen"),
        ("Facturen blijven liggen", "FACTUUR"),
        ("De patiënten wachtten", "patient"),
        ("Coördinatie kost tijd", "coordinat"),
        ("A café in the hall", "CAFÉS"),
    ],
)
def test_another_form_of_a_word_finds_it_in_both_languages(
    app: Flask, signed_in: SignIn, written: str, asked: str
) -> None:
    wanted = learned(written)
    inside = learned("Something else", body=f"We wrote: {written}.")
    learned("Nothing of the kind")

    assert listed(library(signed_in(a_person()), q=asked)) == refs(inside, wanted)


def test_all_words_must_be_there_and_the_excerpt_marks_them(app: Flask, signed_in: SignIn) -> None:
    wanted = learned("Rails come back", body="The **drivers** counted them at every delivery.")
    learned("Rails break")
    page = library(signed_in(a_person()), q="rail deliveries")

    assert listed(page) == refs(wanted)
    assert "<mark>delivery</mark>" in page
    assert "One learning on “rail deliveries”" in page


def test_what_was_corrected_gives_way_to_its_correction(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment()
    wrong = learned("Invoices wait two days", of=experiment)
    right = learned("Invoices wait three days", of=experiment, corrects=wrong)
    browser = signed_in(a_person())

    assert listed(library(browser)) == listed(library(browser, q="invoice")) == refs(right)


def test_filters_narrow_down_and_stay_in_the_address(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit("Logistics")
    here = a_running_experiment(unit=unit, form=FormOfChange.INNOVATION)
    wins = [learned(f"Invoice win {number}", of=here, kind=Kind.QUICK_WIN) for number in range(21)]
    surprise = learned("An invoice surprise", kind=Kind.SURPRISE)
    browser = signed_in(a_person())

    first = library(browser, q="invoice", kind="quick_win", unit=unit.id, form="innovation", evidence="anecdote")
    assert listed(first) == refs(*reversed(wins[1:]))
    assert "21 learnings on “invoice”" in first
    (further,) = re.findall(r'href="(/learnings\?[^"]+)" rel="next"', first)
    for part in ("q=invoice", "kind=quick_win", f"unit={unit.id}", "form=innovation", "evidence=anecdote"):
        assert part in further
    assert listed(browser.get(further.replace("&amp;", "&")).text) == refs(wins[0])
    assert listed(library(browser, kind="surprise")) == refs(surprise)
    assert listed(library(browser, form="transition")) == refs(surprise)
    for nonsense in ({"kind": "x"}, {"evidence": "x"}, {"unit": "x"}, {"form": "x"}, {"fate": "x"}, {"after": "x"}):
        assert len(listed(library(browser, **nonsense))) == 20


def test_pages_go_through_the_strengths_each_learning_once(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment()
    strengths = [Evidence.MEASURED, Evidence.OPINION, Evidence.BEHAVIOUR] * 15
    made = [learned(f"Invoice {number}", one, of=experiment) for number, one in enumerate(strengths)]
    browser = signed_in(a_person())
    expected = refs(*sorted(made, key=lambda one: (-one.evidence.level, -one.id)))

    for asked in ({}, {"q": "invoices"}):
        seen, page = [], library(browser, **asked)
        while True:
            seen += listed(page)
            further = re.findall(r'href="(/learnings\?[^"]+)" rel="next"', page)
            if not further:
                break
            page = browser.get(further[0].replace("&amp;", "&")).text
        assert seen == expected


def test_each_says_what_operations_did_with_it_and_is_found_by_that(app: Flask, signed_in: SignIn) -> None:
    owner, experiment = an_operations_owner(), a_running_experiment()
    free, offered, declined, measured = (
        learned(f"Invoice {what}", of=experiment) for what in ("free", "offered", "declined", "measured")
    )
    waiting = a_promotion(offered, owner=owner)
    with answering(a_promotion(declined, owner=owner)) as (found, person, moment):
        found.decline("Not in daily work.", by=person, at=moment)
    accepted = an_accepted_promotion(measured, owner=owner)
    embed(initiative_of(accepted), value="86")
    browser = signed_in(a_person())

    everything = library(browser)
    assert "First time right" in everything
    assert "71 to 86" in everything
    assert f'href="/promotions/{waiting.ref}"' in everything
    for fate, wanted in (
        ("none", [free]),
        ("offered", [offered]),
        ("declined", [declined]),
        ("effect_measured", [measured]),
        ("embedded", []),
    ):
        assert listed(library(browser, fate=fate)) == listed(library(browser, fate=fate, q="invoice")) == refs(*wanted)
    promote = {one.ref: f"/promotions/new?learning={one.ref}" in everything for one in (free, offered, declined)}
    assert promote == {free.ref: True, offered.ref: False, declined.ref: True}


def test_a_correction_keeps_the_fate_of_what_it_corrects(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment()
    wrong = learned("Invoices wait two days", of=experiment)
    a_promotion(wrong)
    right = learned("Invoices wait three days", of=experiment, corrects=wrong)
    browser = signed_in(a_person())

    assert listed(library(browser, fate="offered")) == refs(right)
    assert listed(library(browser, fate="none")) == []
    assert "Waits for an answer" in library(browser, q="invoices")


def test_restricted_learnings_are_neither_found_nor_counted_by_others(app: Flask, signed_in: SignIn) -> None:
    hidden = a_running_experiment(restricted=True)
    secret = learned("Nurses hide the keys", Evidence.MEASURED, of=hidden)
    a_promotion(secret, by=a_leader())
    open_one = learned("Nurses share the keys")

    for who in (a_person(), an_administrator(), an_operations_owner()):
        browser = signed_in(who)
        for asked in ({}, {"q": "nurse"}, {"q": "keys"}, {"evidence": "anecdote"}):
            page = library(browser, **asked)
            assert listed(page) == refs(open_one)
            assert "One learning" in page
            assert secret.title not in page
            assert hidden.ref not in page
        assert listed(library(browser, q="hide")) == listed(library(browser, fate="offered")) == []
    assert listed(library(signed_in(a_leader()), q="nurse")) == refs(secret, open_one)
    assert listed(library(signed_in(lead_of(hidden)), q="nurse")) == refs(secret, open_one)


def test_an_observer_reads_what_is_shared_and_nothing_of_the_bridge(app: Flask, signed_in: SignIn) -> None:
    shared = learned("Rails come back", of=a_running_experiment(shared=True))
    learned("Rails break")
    promotion = a_promotion(shared)
    page = library(signed_in(an_observer()), q="rail", fate="none")

    assert listed(page) == refs(shared)
    assert promotion.ref not in page
    assert "Waits for an answer" not in page
    assert "Promote to operations" not in page
    assert 'href="/promotions' not in page


def test_an_identifier_finds_what_it_names_and_no_other_number(app: Flask, signed_in: SignIn) -> None:
    experiment, another = a_running_experiment(), a_running_experiment()
    wrong = learned("Invoices wait two days", of=another)
    kept, alone = (learned(f"Invoices wait {how}", of=another) for how in ("long", "alone"))
    right = learned("Invoices wait three days", of=another, corrects=wrong)
    promotion = a_promotion(right, kept)
    browser = signed_in(a_person())

    assert listed(library(browser, q=kept.ref)) == listed(library(browser, q=f" {kept.ref.lower()} ")) == refs(kept)
    assert listed(library(browser, q=another.ref)) == refs(right, alone, kept)
    assert listed(library(browser, q=promotion.ref)) == refs(right, kept)
    for nothing in (experiment.ref, "X-999", "P-999", "L-999", f"I-{kept.ref[2:]}", f"B-{kept.ref[2:]}", wrong.ref):
        page = library(browser, q=nothing)
        assert listed(page) == [], nothing
        assert "No learning is like this" in page
    assert listed(library(browser, q=another.ref, evidence="measured")) == []


def test_an_identifier_tells_nobody_what_they_may_not_see(app: Flask, signed_in: SignIn) -> None:
    shared = a_running_experiment(shared=True)
    seen, hidden = learned("Rails come back", of=shared), learned("Rails break", of=a_running_experiment())
    promotion = a_promotion(seen, hidden)
    observer, person = signed_in(an_observer()), signed_in(a_person())

    assert listed(library(person, q=promotion.ref)) == refs(hidden, seen)
    assert listed(library(observer, q=shared.ref)) == refs(seen)
    for ref in (promotion.ref, hidden.ref, hidden.experiment_ref):
        assert listed(library(observer, q=ref)) == []


def test_what_only_looks_like_an_identifier_is_words(app: Flask, signed_in: SignIn) -> None:
    printer = learned("The printer A-320 jams")

    assert listed(library(signed_in(a_person()), q="A-320")) == refs(printer)


def test_nothing_found_says_what_to_do(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())
    assert "Nothing has been learned yet" in library(browser)
    learned("Invoices wait")

    assert "Nobody has learned this yet" in library(browser, q="unheard of")
    assert "Nothing like it, narrowed down so far" in library(browser, q="invoice", kind="surprise")
    assert "No learning is like this" in library(browser, kind="surprise")
    assert "There is no word in this to look for" in library(browser, q="?!")
    assert "That was all" in library(browser, after="1-1")
    assert "That was all" in library(browser, after="1-99", evidence="measured", q="invoice")
    assert "Only the first 200 letters" in library(browser, q="x" * 300)


def test_what_is_asked_is_shown_as_text(app: Flask, signed_in: SignIn) -> None:
    learned("Do <b>invoices</b> wait?", body="A <script>alert(1)</script> invoice.")
    page = library(signed_in(a_person()), q='"><script>alert(2)</script> invoices')
    again = library(signed_in(a_person()), q="invoices")

    assert "<script>alert" not in page + again
    assert "<b>invoices</b>" not in again


def test_a_page_costs_four_statements_however_much_is_found(
    app: Flask, signed_in: SignIn, count_statements: Counting
) -> None:
    owner, experiment = an_operations_owner(), a_running_experiment(unit=a_unit())
    browser = signed_in(a_person())
    costs = []
    for _round in range(2):
        for _number in range(3):
            learned("Invoices wait", of=experiment)
            a_promotion(learned("Invoices wait", of=experiment), owner=owner)
            embed(initiative_of(an_accepted_promotion(learned("Invoices wait", of=experiment), owner=owner)))
        for asked in ({}, {"q": "invoice"}, {"q": "invoice", "fate": "effect_measured", "evidence": "behaviour"}):
            library(browser, **asked)
            with count_statements() as statements:
                assert listed(library(browser, **asked))
            costs.append(len(statements))

    assert set(costs) == {4}


# What is like it ------------------------------------------------------------------------------------------------------


def alike(page: str) -> list[str]:
    """The learnings that a learning's page says are like it."""
    _before, _heading, rest = page.partition("much like this")
    return re.findall(r'<li><a href="/learnings/(L-\d+)">', rest)


def test_a_learning_shows_those_that_are_most_like_it_with_their_fate(app: Flask, signed_in: SignIn) -> None:
    near = learned("Deliveries wait for signed advice", body="Every delivery.")
    nearest = learned("Advice that is signed late keeps a delivery waiting")
    a_promotion(nearest)
    learned("Deliveries are late")
    learned("The delivery of all that is not there")
    this = learned("A delivery waits for its signed advice")
    page = signed_in(a_person()).get(f"/learnings/{this.ref}").text

    assert alike(page) == refs(nearest, near)
    assert "Waits for an answer" in page.partition("much like this")[2]


def test_nobody_is_shown_what_is_like_it_and_not_theirs_to_see(app: Flask, signed_in: SignIn) -> None:
    hidden = a_running_experiment(restricted=True)
    secret = learned("Nurses hide the keys at night", of=hidden)
    this = learned("A nurse hides keys by night")
    path = f"/learnings/{this.ref}"

    assert alike(signed_in(lead_of(hidden)).get(path).text) == refs(secret)
    page = signed_in(a_person()).get(path).text
    assert secret.title not in page
    assert "much like this" not in page


def test_what_is_alike_costs_the_same_however_much_there_is(
    app: Flask, signed_in: SignIn, count_statements: Counting
) -> None:
    experiment = a_running_experiment()
    learned("Deliveries wait for signed advice", of=experiment)
    this = learned("A delivery waits for its signed advice", of=experiment)
    browser, costs = signed_in(a_person()), []
    for _round in range(2):
        browser.get(f"/learnings/{this.ref}")
        with count_statements() as statements:
            assert alike(browser.get(f"/learnings/{this.ref}").text)
        costs.append(len(statements))
        for _number in range(5):
            a_promotion(learned("The delivery waits for advice that is signed", of=experiment))

    assert costs[0] == costs[1]


def test_every_way_leads_to_the_library(app: Flask, signed_in: SignIn) -> None:
    learned("Invoices wait")
    browser = signed_in(a_person())

    for path in ("/", "/experiments", "/promotions", "/challenges"):
        assert 'href="/learnings"' in browser.get(path).text, path
    assert 'href="/learnings?q=invoice"' in browser.get("/search?q=invoice").text
