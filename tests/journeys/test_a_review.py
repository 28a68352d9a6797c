"""Three people in one review, each at a screen of their own: what one records, the others see without reloading."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.factories import a_facilitator, a_leader, a_person, an_envelope
from tests.journeys.conftest import Visitor
from tests.reviews.meetings import an_ended_experiment, an_open_review, read

pytestmark = [pytest.mark.journey, pytest.mark.once]


def test_the_room_follows_by_itself(visitor: Callable[..., Visitor]) -> None:
    volunteer, facilitator, decider = (
        a_person(name="Noor Claeys"),
        a_facilitator(name="Karel Vandewalle"),
        a_leader(name="Dirk Lambrecht"),
    )
    an_envelope("20000")
    asked = an_ended_experiment(lead=volunteer, title="Will regular customers order in one place?")
    read(asked, "4", "2026-05-29")
    review = f"/reviews/{an_open_review('2026-Q4', by=facilitator).ref}"
    karel, dirk, noor = visitor(facilitator), visitor(decider, dark=True), visitor(volunteer, phone=True)
    for each in (karel, dirk, noor):
        each.goes_to(review).sees("The two systems beside each other")
        each.page.evaluate("window.stayed = true")
    wall = visitor(facilitator)
    wall.goes_to(f"{review}/wall")

    # The facilitator goes on until the first decision; everybody's screen goes along, and the wall.
    karel.presses("Go on").presses("Go on")
    for each in (karel, dirk, noor, wall):
        expect(each.page.get_by_role("heading", name=asked.title)).to_be_visible()
        each.looks()
    assert noor.page.get_by_role("button", name="Go on").count() == 0, "only who leads the room moves it"
    assert noor.page.get_by_role("link", name=re.compile(r"^Decide\s*:")).count() == 0, "a volunteer does not decide"

    # Who has the authority decides, on the page where it is always decided, and is back in the room; all see it.
    dirk.page.get_by_role("link", name=re.compile(r"^Decide\s*:")).click()
    dirk.page.wait_for_load_state()
    dirk.picks("kind", "stop").fills(
        reason="We know enough.",
        observed="Half of them ordered.",
        learned="They call when in doubt.",
        therefore="Keep both.",
    ).presses("Record the decision")
    assert dirk.page.url.split("#")[0].endswith(review)
    expect(noor.page.locator("#live-log").get_by_text(asked.ref)).to_be_visible()
    expect(wall.page.locator("#live-log").get_by_text(asked.ref)).to_be_visible()

    # A note and an agreement of the facilitator stand on the telephone too; and what somebody types stays.
    noor.page.get_by_role("link", name="Money").first.click()
    noor.page.wait_for_load_state()
    noor.page.evaluate("window.stayed = true")
    karel.page.get_by_text("A note", exact=True).click()
    karel.fills(body="Thanks to all of you.").presses("Note it").sees("Noted: Thanks to all of you.")
    expect(noor.page.get_by_text("Noted: Thanks to all of you.")).to_be_visible()
    expect(noor.page.get_by_role("link", name="Go along")).to_be_visible()
    assert noor.page.evaluate("window.stayed"), "nothing was reloaded"

    # It closes, and whoever still looks at it finds the record.
    karel.goes_to(f"{review}/closing").presses("Close and freeze").sees("Frozen on")
    expect(noor.page.get_by_text("Frozen on").first).to_be_visible()
    noor.looks()
