"""One learning on its whole way: promoted, put off, accepted, made daily work, measured again; and what each sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest

from portfolio.foundation import clock
from tests.bridge.crossings import a_learning
from tests.factories import (
    a_leader,
    a_person,
    a_running_experiment,
    a_unit,
    an_observer,
    an_operations_owner,
    rules_now,
)
from tests.journeys.conftest import Visitor
from tests.reviews.meetings import an_open_review

pytestmark = [pytest.mark.journey, pytest.mark.once]

LEARNED = "It goes right when both see the same route"
CHANGE = "Both see the same route"


def all_see(visitors: Iterable[Visitor], path: str, *words: str) -> None:
    """The same page says this to each of them."""
    for one in visitors:
        one.goes_to(path).sees(*words)


def test_from_one_learning_to_an_effect_that_lasts(
    visitor: Callable[..., Visitor], time_passes: Callable[[datetime], None]
) -> None:
    author, mate = a_person(name="Noor Claeys"), a_person(name="Bram Wouters")
    leader, owner = a_leader(name="Hilde Baert"), an_operations_owner(a_unit("Finance"), name="Jonas Vermeulen")
    experiment = a_running_experiment(lead=author, team=[mate], title="Can teams find the route themselves?")
    learning = f"/learnings/{a_learning(experiment, title=LEARNED).ref}"
    other = a_learning(experiment, by=mate, title="Nobody asks for the old list").ref
    quarter = rules_now().quarter
    review = f"/reviews/{an_open_review(quarter.name).ref}"
    noor, bram, jonas, hilde = (visitor(each) for each in (author, mate, owner, leader))
    stranger = visitor(an_observer())

    # Promoted: two learnings, with the measure they should move. Its owner hears of it, and nobody else may answer.
    noor.goes_to(learning).sees(LEARNED).goes_to(
        f"/promotions/new?learning={learning.rsplit('/', 1)[-1]}&learning={other}"
    )
    noor.page.locator("[name=put_to]").select_option(index=1)
    noor.fills(
        title=CHANGE,
        change="Planning and the driver look at one table.",
        metric="Second visits",
        unit_of_measure="a week",
        baseline="14",
        target="6",
    ).presses("Put it to its owner")
    promotion = noor.page.url.split("#")[0]
    all_see((noor, hilde, bram), promotion, "Waits for an answer", LEARNED, "from 14 to 6 a week")
    assert not any(one.page.get_by_role("button", name="Accept it").count() for one in (noor, hilde, bram)), (
        "the owner’s"
    )
    all_see((noor, bram), "/me", CHANGE, "Jonas Vermeulen, Finance, has it and has not answered yet.")
    noor.goes_to(learning).sees("Waits for an answer")
    hilde.goes_to(f"{review}?part=promotions").sees(CHANGE, "Put to Jonas Vermeulen, Finance")
    assert {stranger.page.goto(path).status for path in (promotion, learning, review)} <= {403, 404}, (
        "observers see none"
    )

    # Put off to the review after the one that goes on, with a reason: everybody in the room sees it wait for that.
    jonas.goes_to("/").follows("Answer").sees(LEARNED, "Nobody asks for the old list")
    jonas.page.get_by_text("Defer it to a review").click()
    jonas.page.locator("[name=deferred_until]").select_option(quarter.next.name)
    jonas.fills(why_later="After the summer rush.").presses("Defer it").sees(f"Deferred to {quarter.next.name}")
    all_see((noor, bram), "/me", f"Finance put it off to {quarter.next.name}: After the summer rush.")
    hilde.goes_to(f"{review}?part=promotions").sees("After the summer rush.", f"Deferred to {quarter.next.name} by")

    # Accepted: an initiative that says where it comes from.
    today = rules_now().today
    begin, end = today.isoformat(), (today + timedelta(days=30)).isoformat()
    jonas.goes_to(promotion).fills(starts_on=begin, due_on=end, why="The route saves a day.")
    jonas.presses("Accept it").goes_to(promotion)
    initiative = jonas.page.locator("a[href*='/initiatives/I-']").first.get_attribute("href")
    assert initiative is not None
    all_see((jonas, noor, bram, hilde), initiative, CHANGE, promotion.rsplit("/", 1)[-1])
    all_see((noor, bram), "/me", "Finance said yes. It is on its way into daily work.")
    hilde.goes_to(f"{review}?part=promotions").sees("Accepted by Jonas Vermeulen")

    # Made daily work, with its measured effect, which comes back to the learning, the experiment and who learned it.
    jonas.goes_to(initiative).presses("Start today").goes_to(f"{initiative}/embedding")
    jonas.fills(value="5", embedded_on=today.isoformat()).presses("Embed it")
    all_see((noor, bram), "/me", "Daily work at Finance changed", "Second visits went from 14 to 5 a week")
    noor.goes_to(learning).sees("14 to 5 a week").goes_to(f"/experiments/{experiment.ref}").sees("14 to 5 a week")
    hilde.goes_to(promotion).sees("Loop open")

    # Eight weeks later: did it last? The owner is asked, reads it again, and the loop closes for everybody.
    time_passes(clock.now() + timedelta(weeks=rules_now().effect_weeks))
    noor, bram, jonas, hilde = (visitor(each) for each in (author, mate, owner, leader))
    jonas.goes_to("/").sees("Did the effect last?").follows("Read its measure")
    jonas.fills(value="4").presses("Keep the reading")
    jonas.goes_to("/").does_not_see("Did the effect last?")
    all_see((noor, bram), "/me", "Second visits went from 14 to 4 a week", "It lasted: 5 at embedding, 4 a week on")
    all_see((noor, bram, jonas, hilde), promotion, "Loop closed")
    noor.goes_to(learning).sees("14 to 4 a week").goes_to(f"/experiments/{experiment.ref}").sees("14 to 4 a week")
