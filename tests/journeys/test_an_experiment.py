"""Three people take one experiment from an idea to a closed review, and see on the way what each should."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from portfolio.foundation import clock
from tests.factories import a_facilitator, a_leader, a_person, a_unit, an_envelope, an_operations_owner, rules_now
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.journey


def test_from_an_idea_to_a_closed_review(
    visitor: Callable[..., Visitor], time_passes: Callable[[datetime], None]
) -> None:
    warehouse, sales = a_unit("Warehouse"), a_unit("Sales")
    volunteer, sponsor, decider = (
        a_person(name="Noor Claeys", unit=warehouse),
        a_leader(name="Hilde Baert"),
        a_leader(name="Dirk Lambrecht"),
    )
    operations, facilitator = an_operations_owner(a_unit("Finance"), name="Jonas Vermeulen"), a_facilitator()
    noor, hilde = visitor(volunteer, phone=True), visitor(sponsor)
    colleague = a_person(name="Bram Wouters", unit=sales)
    bram = visitor(colleague, dark=True)
    an_envelope("20000")

    # The volunteer finds out where it belongs, keeps a draft, and hears what still stands in the way.
    noor.goes_to("/change").picks("configuration", "0").picks("paradigm", "1").presses("Show where it belongs")
    noor.sees("It belongs in the network").follows("Propose an experiment")
    noor.fills(title="Can teams find the one-day route themselves?").presses("Keep as draft")
    noor.sees("Before it can be proposed", "Write the hypothesis.", "Write the riskiest assumption.")
    draft = noor.page.url.split("#")[0]
    assert bram.page.goto(draft).status == 404, "a draft is its team's"

    # A wrong number is named, and nothing that was typed is lost.
    noor.follows("Go on writing").fills(
        hypothesis="We believe that building one delivery out of LEGO brings the lead time to one day.",
        riskiest_assumption="The knowledge is in the house.",
        criteria__0__metric="Lead time",
        criteria__0__unit="days",
        criteria__0__baseline="6",
        criteria__0__target="a lot faster",
        weeks="8",
        budget="15000",
        first_step="Put one order on the table.",
    )
    noor.page.get_by_role("button", name="Send to leadership").click()
    noor.page.wait_for_load_state()
    noor.sees("Give this as a number")
    assert noor.page.locator("[name=criteria-0-target]").input_value() == "a lot faster"
    assert noor.page.locator("[name=first_step]").input_value() == "Put one order on the table."
    noor.fills(criteria__0__target="1").presses("Send to leadership").sees("Leadership has your proposal.")

    # A colleague asks and raises a hand; the lead welcomes him; a leader returns nothing but grants less.
    bram.goes_to(draft).fills(body="Which orders do you build first?").page.get_by_label("This is a question").check()
    bram.presses("Say it").sees("Which orders do you build first?")
    bram.page.get_by_text("Raise a hand for this").click()
    bram.fills(hours_a_week="3").presses("Raise my hand").sees("Your hand is up.")
    noor.goes_to(draft).presses("Welcome Bram Wouters").sees("Bram Wouters is on the team.")
    hilde.goes_to("/").follows("Answer")
    hilde.sees("Can teams find the one-day route themselves?", "€20,000")
    hilde.picks("answer", "part").fills(amount="12000", reason="Begin with one region.").presses("Give this answer")
    hilde.sees("€12,000 is granted.")
    assert bram.page.goto("/approvals").status == 403, "granting is for leaders"

    # It runs: started twice by a double click, checked in on a telephone, learned from.
    noor.goes_to(draft).sees("Begin with one region.")
    noor.page.get_by_role("button", name="Start today").dblclick()
    noor.page.get_by_text("It runs.").wait_for()
    noor.looks().sees("Running")
    noor.follows("Check in").picks("confidence", "40").fills(next_step="Build Tuesday’s order.", readings__0__value="5")
    noor.presses("Keep the check-in").sees("Checked in.")
    noor.follows("Write in the log").fills(title="Invoicing knows first", body="**All four** became second visits.")
    noor.picks("kind", "surprise").picks("evidence", "behaviour").presses("Keep the learning").sees("It is in the log.")
    bram.goes_to(draft).sees("Invoicing knows first").follows("Book an expense")
    bram.fills(what="LEGO", amount="13000")
    bram.page.get_by_role("button", name="Book it").click()
    bram.page.wait_for_load_state()
    bram.sees("is released and not spent")
    bram.fills(amount="1850.50").presses("Book it").sees("€1,850.50")

    # Its last day passes without anybody doing anything; the team says what it would do, another leader decides.
    time_passes(clock.now() + timedelta(days=55))
    noor = visitor(volunteer, phone=True)
    noor.goes_to(draft).follows("Add a reading").fills(value="1").presses("Keep the reading").sees(
        "The reading is kept."
    )
    time_passes(clock.now() + timedelta(days=2))
    hilde, dirk = visitor(sponsor), visitor(decider)
    bram = visitor(colleague, dark=True)
    noor.goes_to("/").sees("Propose the next step of").follows("Propose it")
    noor.picks("kind", "scale").fills(reason="One day, held.").presses("Propose this step")
    assert hilde.page.goto(f"{draft}/decision").status == 403, "the sponsor is party to it"
    dirk.goes_to(f"{draft}/decision").sees("Met", "One day, held.")
    dirk.picks("kind", "scale").fills(
        reason="Make it the way we work.",
        observed="Six days became one.",
        learned="It goes right when they see the same route.",
        therefore="One table at 15:00.",
    ).presses("Record the decision").sees("Decided: Scale.")
    noor.goes_to(draft).sees("Make it the way we work.", "€1,850.50 spent, €10,149.50 went back.")

    # The learning crosses the bridge: put to operations, accepted, made daily work, and back with those who learned it.
    noor.sees("Scaled, not promoted").follows("Promote what was learned")
    noor.page.get_by_role("checkbox").first.check()
    noor.page.locator("[name=put_to]").select_option(index=1)
    noor.picks("form", "improve").fills(
        title="No planning without a signed advice",
        change="Invoicing marks it at intake.",
        metric="Second visits",
        unit_of_measure="a week",
        baseline="14",
        target="6",
    )
    noor.presses("Put it to its owner").sees("No planning without a signed advice")
    promotion = noor.page.url.split("#")[0]
    assert noor.page.get_by_role("button", name="Accept it").count() == 0, "only the owner answers"
    today = rules_now().today
    jonas = visitor(operations).goes_to("/").follows("Answer").sees("Invoicing marks it at intake.")
    jonas.fills(starts_on=today.isoformat(), due_on=(today + timedelta(days=30)).isoformat(), why="It saves a day.")
    jonas.presses("Accept it")
    jonas.goes_to(promotion).page.get_by_role("link", name=re.compile("Open I-")).click()
    jonas.page.wait_for_load_state()
    initiative = jonas.page.url.split("#")[0]
    jonas.looks().presses("Start today").goes_to(f"{initiative}/embedding")
    jonas.fills(value="5", embedded_on=today.isoformat()).presses("Embed it")
    noor.goes_to(draft).sees("No planning without a signed advice", "14 to 5 a week")

    # The review closes on it, for good; everyone reads the same record, and nobody alters it.
    karel = visitor(facilitator).goes_to("/reviews/new")
    karel.fills(day=today.isoformat(), time="23:30").presses("Schedule it").presses("Open the review")
    review = karel.page.url.split("#")[0]
    noor.goes_to(f"{review}?part=decided").sees("Can teams find the one-day route themselves?")
    assert noor.page.goto(f"{review}/closing").status == 403, "a facilitator or a leader closes it"
    karel.goes_to(f"{review}/closing").presses("Close and freeze").sees("Frozen on")
    for reader in (noor, bram, jonas):
        reader.goes_to(review).sees("Frozen on", "Make it the way we work.", "No planning without a signed advice")
    assert karel.page.goto(f"{review}/closing").status in (404, 409), "what is closed stays closed"


def test_a_form_sent_twice_acts_once(visitor: Callable[..., Visitor]) -> None:
    noor = visitor(a_person(name="Noor Claeys"))
    noor.goes_to("/experiments/new").fills(title="Twice?")
    noor.page.evaluate(
        """async () => {
            const form = document.querySelector('form[action="/experiments"]');
            const send = () => fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))});
            await Promise.all([send(), send(), send()]);
        }"""
    )
    noor.goes_to("/experiments?q=Twice")

    assert noor.page.locator("tbody tr").count() == 1


@pytest.mark.once
def test_the_pages_hold_in_dutch_on_a_telephone(visitor: Callable[..., Visitor]) -> None:
    noor = visitor(a_person(name="Noor Claeys", language="nl"), phone=True, dark=True, language="nl")

    for path in ("/", "/experiments", "/experiments/new", "/change", "/people", "/account", "/envelopes", "/direction"):
        noor.goes_to(path)
        assert noor.page.locator("html").get_attribute("lang") == "nl"
