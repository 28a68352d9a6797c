"""How a meeting is run: the order and the minutes of its parts, what is added, and what the room looks at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portfolio.network.decision import DecisionKind
from portfolio.people.person import Person
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import minutes_for
from tests.bridge.crossings import a_barrier, give
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_administrator,
    at,
    changing,
    last_action,
    last_line,
    rules_now,
)
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_closed_review,
    a_scheduled_review,
    agreed,
    an_agenda_form,
    an_ended_experiment,
    an_open_review,
    closed,
    decide,
    frozen,
    part,
    refs,
)


def plain(page: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


# Who, and when ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("somebody", [a_person, an_administrator])
def test_only_facilitators_and_leaders_lead_the_room(signed_in: SignedIn, somebody: Callable[[], Person]) -> None:
    review, browser = an_open_review(), signed_in(somebody())

    for path, form in {"agenda": an_agenda_form(), "topics": {"topic": "The move"}, "turns": {"part": "wins"}}.items():
        assert browser.post(f"/reviews/{review.ref}/{path}", data=form).status_code == 403, path
    assert browser.get(f"/reviews/{review.ref}/agenda").status_code == 403


def test_the_agenda_of_a_closed_review_stays(signed_in: SignedIn) -> None:
    review, browser = a_closed_review(), signed_in(a_facilitator())
    before = frozen(review).sha256

    for path, form in {"agenda": an_agenda_form(), "topics": {"topic": "The move"}, "turns": {"part": "wins"}}.items():
        assert browser.post(f"/reviews/{review.ref}/{path}", data=form).status_code == 409, path
    assert frozen(review).sha256 == before


def test_the_room_looks_at_nothing_before_it_is_opened(signed_in: SignedIn) -> None:
    review, browser = a_scheduled_review(), signed_in(a_facilitator())

    assert browser.post(f"/reviews/{review.ref}/turns", data={"part": "wins"}).status_code == 409
    assert browser.get(f"/reviews/{review.ref}/wall").status_code == 409


def test_the_wall_of_a_closed_review_leads_to_its_record(signed_in: SignedIn) -> None:
    review = a_closed_review()

    answer = signed_in(a_person()).get(f"/reviews/{review.ref}/wall")

    assert (answer.status_code, answer.location) == (302, f"/reviews/{review.ref}")


@pytest.mark.parametrize("form", [{"part": "nothing"}, {"part": "ended", "thing": "X-999"}, {}])
def test_the_room_looks_only_at_what_is_there(signed_in: SignedIn, form: dict[str, str]) -> None:
    review, browser = an_open_review(), signed_in(a_facilitator())

    assert browser.post(f"/reviews/{review.ref}/turns", data=form).status_code == 404


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"ended_place": ""}, "Say where it comes."),
        ({"ended_place": "0"}, "Choose 1 to 99."),
        ({"money_minutes": "0"}, "A part takes 1 to 600 minutes."),
        ({"money_minutes": "soon"}, "whole number"),
        ({f"{part.value}_dropped": "y" for part in Part}, "Leave at least one part on the agenda."),
    ],
)
def test_an_agenda_that_cannot_be_held_is_refused(signed_in: SignedIn, answers: dict[str, str], words: str) -> None:
    review, browser = a_scheduled_review(), signed_in(a_facilitator())

    answer = browser.post(f"/reviews/{review.ref}/agenda", data=an_agenda_form(**answers))

    assert answer.status_code in (409, 422)
    assert words in plain(answer.text)


# In what order, and how long ----------------------------------------------------------------------------------------


def test_the_facilitator_reorders_gives_minutes_and_leaves_out(signed_in: SignedIn) -> None:
    review, browser = a_scheduled_review(), signed_in(a_facilitator())

    answer = browser.post(
        f"/reviews/{review.ref}/agenda", data=an_agenda_form(wins_place=1, wins_minutes=12, balance_dropped="y")
    )

    assert answer.status_code == 303
    assert last_action() == "review.arranged"
    page = plain(browser.get(f"/reviews/{review.ref}").text)
    assert page.index("1. Wins") < page.index("2. What we agreed last time")
    assert "Left out this time The two systems beside each other" in page
    assert "12 ′" in page


def test_what_is_added_stands_on_the_agenda_and_in_the_record(signed_in: SignedIn) -> None:
    review, browser = an_open_review(), signed_in(a_facilitator(name="Karel Vandewalle"))

    browser.post(f"/reviews/{review.ref}/topics", data={"topic": "The move to Ghent"})
    assert last_action() == "review.topic_added"
    assert "The move to Ghent" in browser.get(f"/reviews/{review.ref}?part=own").text
    browser.post(f"/reviews/{review.ref}/closing")

    assert "The move to Ghent" in browser.get(f"/reviews/{review.ref}").text


@given(
    length=st.integers(15, 600),
    numbers=st.dictionaries(st.sampled_from(list(Part)), st.integers(0, 60), min_size=1),
    fixed=st.dictionaries(st.sampled_from(list(Part)), st.integers(1, 30), max_size=3),
)
def test_the_minutes_fit_the_meeting_where_that_can_be(
    length: int, numbers: dict[Part, int], fixed: dict[Part, int]
) -> None:
    found = minutes_for(length, numbers, fixed)

    assert found.keys() == numbers.keys()
    assert all(found[part] == minutes for part, minutes in fixed.items() if part in numbers)
    asking = [part for part in numbers if part not in fixed and found[part]]
    assert all(
        found[part] >= 1 for part, number in numbers.items() if number and part not in fixed and part != Part.BALANCE
    )
    given_away = sum(minutes for part, minutes in fixed.items() if part in numbers)
    if asking and given_away + len(asking) <= length:
        assert sum(found.values()) == length


# One thing in focus -------------------------------------------------------------------------------------------------


def test_everybody_looks_where_the_facilitator_went(signed_in: SignedIn) -> None:
    first = an_ended_experiment(title="Does the first wait?")
    second = an_ended_experiment(title="Does the second wait?")
    review = an_open_review()
    karel, noor = signed_in(a_facilitator()), signed_in(a_person())

    karel.post(f"/reviews/{review.ref}/turns", data={"part": "ended", "thing": second.ref})

    assert last_line().details["thing"] == second.ref
    page = noor.get(f"/reviews/{review.ref}").text
    assert f'class="fs-1">{second.title}<' in page
    assert first.title in page, "the others are a list"
    assert "Go on" not in page, "only who leads the room moves it"
    own = noor.get(f"/reviews/{review.ref}?part=ended&thing={first.ref}").text
    assert f'class="fs-1">{first.title}<' in own
    assert f"The room looks at: {second.title}" in own


def test_what_was_just_decided_stays_in_focus_until_the_room_goes_on(signed_in: SignedIn) -> None:
    first = an_ended_experiment(title="Does the first wait?")
    second = an_ended_experiment(title="Does the second wait?")
    review = an_open_review()
    karel, noor = signed_in(a_facilitator()), signed_in(a_person())
    karel.post(f"/reviews/{review.ref}/turns", data={"part": "ended", "thing": first.ref})

    decide(first, DecisionKind.SCALE)

    for browser in (karel, noor):
        page = browser.get(f"/reviews/{review.ref}").text
        assert f'class="fs-1">{first.title}<' in page
        assert "Scale" in page
    assert first.title in noor.get(f"/reviews/{review.ref}/wall").text
    assert f"Next: {second.title}" in plain(karel.get(f"/reviews/{review.ref}").text)


def test_the_room_is_moved_from_where_it_looks_and_not_from_elsewhere(signed_in: SignedIn) -> None:
    an_ended_experiment()
    review, karel = an_open_review(), signed_in(a_facilitator())

    assert "Go on" in karel.get(f"/reviews/{review.ref}").text
    elsewhere = karel.get(f"/reviews/{review.ref}?part=wins").text
    assert "Go on" not in elsewhere
    assert "Bring the room here" in elsewhere


def test_the_minutes_stay_as_they_were_when_it_was_opened(signed_in: SignedIn) -> None:
    ended = [an_ended_experiment() for _ in range(4)]
    review, karel = a_scheduled_review(), signed_in(a_facilitator())
    before = minutes_in(karel.get(f"/reviews/{review.ref}").text)
    karel.post(f"/reviews/{review.ref}/opening")
    assert minutes_in(karel.get(f"/reviews/{review.ref}").text) == before
    karel.post(f"/reviews/{review.ref}/turns", data={"part": "ended", "thing": ended[3].ref})
    each = re.findall(r"__n__ of (\d+) minutes", karel.get(f"/reviews/{review.ref}").text)[-1]

    for experiment in ended[:3]:
        decide(experiment)

    later = karel.get(f"/reviews/{review.ref}").text
    assert dict(before).items() <= dict(minutes_in(later)).items()
    assert re.findall(r"__n__ of (\d+) minutes", later)[-1] == each


def minutes_in(page: str) -> list[tuple[str, int]]:
    """The parts of an agenda, each with its minutes."""
    agenda = page[page.index('<ol class="agenda"') :]
    rows = re.findall(
        r"<span>([^<]+)(?:<span class=\"sub\">[^<]*</span>)?</span><span class=\"num muted\">(\d+)", agenda
    )
    return [(part, int(minutes)) for part, minutes in rows]


def test_opening_before_the_day_says_when_it_was_planned(signed_in: SignedIn) -> None:
    karel, today = signed_in(a_facilitator()), rules_now().today
    early = a_scheduled_review("2026-Q3", scheduled_for=datetime(2026, 9, 25, 12, tzinfo=UTC))
    due = a_scheduled_review("2026-Q2")

    assert today < date(2026, 9, 25)
    assert "It is planned for Fri 25 September" in karel.get(f"/reviews/{early.ref}").text
    assert "It is planned for" not in karel.get(f"/reviews/{due.ref}").text


def test_what_is_not_theirs_to_see_is_on_nobodys_screen(signed_in: SignedIn) -> None:
    hidden = an_ended_experiment(title="A quiet question", restricted=True)
    review = an_open_review()
    karel, noor = signed_in(a_facilitator()), signed_in(a_person())

    karel.post(f"/reviews/{review.ref}/turns", data={"part": "ended", "thing": hidden.ref})

    assert hidden.title in karel.get(f"/reviews/{review.ref}").text
    for browser, path in ((noor, ""), (noor, "/wall"), (karel, "/wall")):
        page = browser.get(f"/reviews/{review.ref}{path}").text
        assert hidden.title not in page, path
        assert hidden.ref not in page, path


def test_the_room_hears_what_it_should_see_and_nothing_else(signed_in: SignedIn) -> None:
    review, karel, noor = an_open_review(), signed_in(a_facilitator()), signed_in(a_person())

    def news() -> int:
        answer = noor.get(f"/reviews/{review.ref}/news").json
        assert answer is not None
        return int(answer["news"])

    before = news()
    signed_in(a_leader())
    noor.post(f"/reviews/{review.ref}/turns", data={"part": "wins"})  # Refused.
    assert news() == before
    karel.post(f"/reviews/{review.ref}/notes", data={"part": "wins", "body": "A good one."})
    assert news() > before
    assert "A good one." in noor.get(f"/reviews/{review.ref}").text


def test_asking_for_news_costs_next_to_nothing(signed_in: SignedIn, count_statements: Callable[..., object]) -> None:
    review, noor = an_open_review(), signed_in(a_person())
    noor.get(f"/reviews/{review.ref}/news")

    with count_statements() as statements:  # type: ignore[attr-defined]
        noor.get(f"/reviews/{review.ref}/news")

    assert len(statements) <= 4, statements


# To do something and come back --------------------------------------------------------------------------------------


def test_who_came_from_the_room_goes_back_to_it(signed_in: SignedIn) -> None:
    review, karel = an_open_review(), signed_in(a_facilitator())
    room = f"/reviews/{review.ref}"

    answer = karel.post(f"{room}/topics", data={"topic": "The move", "then": room})

    assert answer.location == room


def test_whoever_goes_to_decide_finds_the_way_back(signed_in: SignedIn) -> None:
    ended, review = an_ended_experiment(), an_open_review()
    leader = signed_in(a_leader())
    elsewhere = signed_in(a_person()).get(f"/reviews/{review.ref}?part=ended").text
    assert "A leader decides who is neither its sponsor nor on its team." in elsewhere
    way = re.search(
        rf'href="(/experiments/{ended.ref}/decision[^"]*)"', leader.get(f"/reviews/{review.ref}?part=ended").text
    )
    assert way is not None

    page = leader.get(way[1]).text

    way_back = f"/reviews/{review.ref}?part=ended&amp;thing={ended.ref}"
    assert f'<a href="{way_back}">Back to the room</a>' in page
    refused = leader.post(f"/experiments/{ended.ref}/decision", data={"then": way_back.replace("&amp;", "&")})
    assert refused.status_code == 422
    assert f'<a href="{way_back}">Back to the room</a>' in refused.text


@pytest.mark.parametrize(
    "then", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "x", "/\tx"]
)
def test_nobody_is_led_off_this_site(signed_in: SignedIn, then: str) -> None:
    review, karel = an_open_review(), signed_in(a_facilitator())

    answer = karel.post(f"/reviews/{review.ref}/topics", data={"topic": "The move", "then": then})

    assert answer.location == f"/reviews/{review.ref}/agenda"
    assert 'name="then"' not in karel.get(f"/reviews/{review.ref}", query_string={"then": then}).text


def test_the_record_keeps_the_order_of_the_meeting_and_says_what_was_left_out(signed_in: SignedIn) -> None:
    review, host = an_open_review(), a_facilitator()
    form = an_agenda_form(wins_place=1, balance_dropped="y", off_track_dropped="y", agreed_dropped="y")
    signed_in(host).post(f"/reviews/{review.ref}/agenda", data=form)
    agreed(review, "Ask the care homes", owner=host, due="2026-07-20")
    with changing(review, by=host) as (room, by, moment):
        room.note(Part.OFF_TRACK, "Nothing to worry about.", by=by, at=moment)

    minutes = frozen(closed(review, by=host)).minutes

    parts = [section["part"] for section in minutes["sections"]]
    assert parts[0] == "wins"
    assert "balance" not in parts
    assert {"off_track", "agreed"} <= set(parts), "what was written down stays in"
    said = {fact["term"]["en"]: fact["value"]["en"] for fact in minutes["facts"]}
    assert said["Left out"] == "The two systems beside each other"


def test_leaving_a_part_out_hides_nothing_that_waits(signed_in: SignedIn) -> None:
    ended, review, host = an_ended_experiment(), an_open_review(), a_facilitator()
    browser = signed_in(host)
    browser.post(f"/reviews/{review.ref}/agenda", data=an_agenda_form(ended_dropped="y"))

    assert ended.title in browser.get(f"/reviews/{review.ref}/closing").text
    parts = {section["part"]: section for section in frozen(closed(review, by=host)).minutes["sections"]}
    assert [line["undecided"] for line in parts["ended"]["lines"]] == [True]


def test_an_agenda_that_does_not_fit_names_the_part(signed_in: SignedIn) -> None:
    review, browser = a_scheduled_review(), signed_in(a_facilitator())

    answer = browser.post(f"/reviews/{review.ref}/agenda", data=an_agenda_form(wins_minutes=1000))

    assert answer.status_code == 422
    assert "Minutes for Wins" in answer.text


# One thing by one -----------------------------------------------------------------------------------------------------


def a_part_form(*refs: str, out: tuple[str, ...] = ()) -> dict[str, str]:
    """The things of a part as its page sends them."""
    form = {}
    for number, ref in enumerate(refs):
        form |= {f"things-{number}-thing": ref, f"things-{number}-place": str(number + 1)}
        form |= {f"things-{number}-left_out": "y"} if ref in out else {}
    return form


@pytest.mark.parametrize("somebody", [a_person, an_administrator])
def test_only_facilitators_and_leaders_arrange_a_part(signed_in: SignedIn, somebody: Callable[[], Person]) -> None:
    review, ended, browser = a_scheduled_review(), an_ended_experiment(), signed_in(somebody())

    assert browser.get(f"/reviews/{review.ref}/agenda/ended").status_code == 403
    assert browser.post(f"/reviews/{review.ref}/agenda/ended", data=a_part_form(ended.ref)).status_code == 403


def test_a_part_holds_only_what_is_in_it_and_each_thing_once(signed_in: SignedIn) -> None:
    review, ended, browser = a_scheduled_review(), an_ended_experiment(), signed_in(a_facilitator())
    path = f"/reviews/{review.ref}/agenda/ended"

    assert browser.get(f"/reviews/{review.ref}/agenda/nothing").status_code == 404
    twice = browser.post(path, data=a_part_form(ended.ref, ended.ref))
    assert twice.status_code == 409
    assert f"{ended.ref} is named twice" in twice.text
    nowhere = browser.post(path, data=a_part_form(ended.ref) | {"things-0-place": ""})
    assert nowhere.status_code == 422
    assert "Say where it comes." in nowhere.text


def test_the_part_of_a_closed_review_stays(signed_in: SignedIn) -> None:
    ended = an_ended_experiment()
    review, browser = a_closed_review(), signed_in(a_facilitator())

    for path in ("agenda", "agenda/ended"):
        refused = browser.get(f"/reviews/{review.ref}/{path}")
        assert refused.status_code == 409
        assert f'<a href="/reviews/{review.ref}">Open {review.ref}</a>' in refused.text
        assert "Go back to find what you typed" not in refused.text
    assert browser.post(f"/reviews/{review.ref}/agenda/ended", data=a_part_form(ended.ref)).status_code == 409


def test_the_facilitator_says_what_comes_first_and_what_waits_for_another_time(signed_in: SignedIn) -> None:
    first, second, third = (an_ended_experiment() for _ in range(3))
    review, host = an_open_review(), a_facilitator()
    browser = signed_in(host)
    assert browser.get(f"/reviews/{review.ref}/agenda/ended").status_code == 200

    answer = browser.post(
        f"/reviews/{review.ref}/agenda/ended", data=a_part_form(third.ref, first.ref, second.ref, out=(first.ref,))
    )

    assert answer.status_code == 303
    assert last_line().action == "review.part_arranged"
    room = plain(browser.get(f"/reviews/{review.ref}?part=ended&thing={third.ref}").text)
    assert f"{first.title} {first.ref} Left out this time" in room
    closing = plain(browser.get(f"/reviews/{review.ref}/closing").text)
    assert f"comes up again next time. {first.title} {first.ref}" in closing
    section = part(review, Part.ENDED, viewer=host)
    assert refs(section) == [third.ref, second.ref, first.ref]
    assert [line.waits for line in section.lines] == [True, True, False]
    browser.post(f"/reviews/{review.ref}/turns", data={"part": "ended", "thing": third.ref})
    assert f"Next: {second.title}" in plain(browser.get(f"/reviews/{review.ref}").text)
    frozen_part = next(p for p in frozen(closed(review, by=host)).minutes["sections"] if p["part"] == "ended")
    assert [line["ref"] for line in frozen_part["lines"]] == [third.ref, second.ref, first.ref]
    assert [line["undecided"] for line in frozen_part["lines"]] == [True, True, False]
    assert frozen_part["lines"][-1]["sub"][-1]["words"]["en"] == "Left out this time"


def test_a_button_moves_a_thing_or_a_part_by_one(signed_in: SignedIn) -> None:
    first, second, third = (an_ended_experiment() for _ in range(3))
    review, host = a_scheduled_review(), a_facilitator()
    browser, agenda = signed_in(host), f"/reviews/{review.ref}/agenda"
    ours = a_part_form(first.ref, second.ref, third.ref)

    answer = browser.post(f"{agenda}/ended", data=ours | {"move": f"{third.ref}:-1"})
    assert answer.location.startswith(f"{agenda}/ended?moved=")
    assert " autofocus>" in browser.get(answer.location).text
    assert refs(part(review, Part.ENDED, viewer=host)) == [first.ref, third.ref, second.ref]
    ours = a_part_form(first.ref, third.ref, second.ref)
    browser.post(f"{agenda}/ended", data=ours | {"move": f"{second.ref}:1"})
    browser.post(f"{agenda}/ended", data=ours | {"move": "X-99999:1"})
    assert refs(part(review, Part.ENDED, viewer=host)) == [first.ref, third.ref, second.ref], "there is no further"

    answer = browser.post(agenda, data=an_agenda_form(move="actions:1"))
    assert answer.location.startswith(f"{agenda}?moved=")
    page = plain(browser.get(f"/reviews/{review.ref}").text)
    assert page.index("1. The two systems") < page.index("2. What we agreed last time")


def test_an_agenda_is_not_arranged_over_one_that_nobody_read(signed_in: SignedIn) -> None:
    ended, review, hilde = an_ended_experiment(), a_scheduled_review(), a_leader(name="Hilde Baert")
    karel, agenda = signed_in(a_facilitator()), f"/reviews/{review.ref}/agenda"
    signed_in(hilde).post(agenda, data=an_agenda_form(wins_dropped="y", read=""))

    late = karel.post(agenda, data=an_agenda_form(wins_minutes=20, read=""))
    part_of_it = karel.post(f"{agenda}/ended", data=a_part_form(ended.ref) | {"read": ""})

    assert (late.status_code, part_of_it.status_code) == (409, 409)
    assert "Hilde Baert changed this after you opened it" in plain(late.text)
    assert 'value="20"' in late.text
    assert f'<a href="{agenda}" target="_blank">See what it says now' in late.text
    assert "Left out this time Wins" in plain(karel.get(f"/reviews/{review.ref}").text)


def test_what_is_decided_in_a_part_that_was_left_out_is_seen_and_kept(signed_in: SignedIn) -> None:
    ended, review, host = an_ended_experiment(), a_scheduled_review(), a_facilitator()
    browser = signed_in(host)
    browser.post(f"/reviews/{review.ref}/agenda", data=an_agenda_form(decided_dropped="y", wins_dropped="y"))
    browser.post(f"/reviews/{review.ref}/opening")
    left_out = "Left out this time: Experiments decided since last time , Wins"
    assert left_out in plain(browser.get(f"/reviews/{review.ref}").text)
    browser.post(f"/reviews/{review.ref}/turns", data={"part": "ended", "thing": ended.ref})

    decide(ended, DecisionKind.STOP, reason="It costs more than it brings.")

    room = plain(browser.get(f"/reviews/{review.ref}").text)
    assert "It costs more than it brings." in room
    assert "Left out this time: Wins" in room
    minutes = frozen(closed(review, by=host)).minutes
    assert "decided" in [section["part"] for section in minutes["sections"]]
    assert "wins" not in [section["part"] for section in minutes["sections"]]


def test_a_part_that_is_put_back_in_the_meeting_is_where_it_was_and_is_gone_through(signed_in: SignedIn) -> None:
    barrier, review, browser = a_barrier(), a_scheduled_review(), signed_in(a_facilitator())
    agenda = f"/reviews/{review.ref}/agenda"
    browser.post(agenda, data=an_agenda_form(barriers_dropped="y"))
    browser.post(f"/reviews/{review.ref}/opening")
    give(barrier, a_person(), due=rules_now().today)

    browser.post(agenda, data=an_agenda_form())

    page = plain(browser.get(f"/reviews/{review.ref}").text)
    assert page.index("Off track") < page.index("Barriers: who removes them") < page.index("Experiments decided")
    browser.post(f"/reviews/{review.ref}/turns", data={"part": "off_track"})
    assert f"Next: {barrier.title}" in plain(browser.get(f"/reviews/{review.ref}").text)


def test_a_thing_that_was_left_out_and_decided_all_the_same_was_not_left_out(signed_in: SignedIn) -> None:
    barrier, other, review, host = a_barrier(), a_barrier(), a_scheduled_review(), a_facilitator()
    browser = signed_in(host)
    browser.post(
        f"/reviews/{review.ref}/agenda/barriers",
        data=a_part_form(barrier.ref, other.ref, out=(barrier.ref, other.ref)),
    )
    browser.post(f"/reviews/{review.ref}/opening")

    give(barrier, a_person(), due=rules_now().today)

    section = part(review, Part.BARRIERS, viewer=host)
    assert {line.ref: line.left_out for line in section.lines} == {barrier.ref: False, other.ref: True}


def test_the_room_goes_to_what_was_decided_a_moment_before(signed_in: SignedIn) -> None:
    ended, review, browser = an_ended_experiment(), an_open_review(), signed_in(a_facilitator())
    decide(ended, DecisionKind.STOP, reason="It costs more than it brings.")

    answer = browser.post(f"/reviews/{review.ref}/turns", data={"part": "ended", "thing": ended.ref})

    assert answer.status_code == 303
    assert "It costs more than it brings." in browser.get(f"/reviews/{review.ref}").text


def test_longer_than_the_review_is_said_when_it_is_arranged(signed_in: SignedIn) -> None:
    review, browser = a_scheduled_review(), signed_in(a_facilitator())

    browser.post(f"/reviews/{review.ref}/agenda", data=an_agenda_form(wins_minutes=600))

    assert re.search(r"and takes 6\d\d minutes of 90", browser.get(f"/reviews/{review.ref}").text)


def test_what_comes_up_in_the_meeting_takes_no_minute_that_is_not_left(signed_in: SignedIn) -> None:
    ended, review, browser = an_ended_experiment(), a_scheduled_review(), signed_in(a_facilitator())
    browser.post(f"/reviews/{review.ref}/opening")
    decide(ended, DecisionKind.STOP)

    page = plain(browser.get(f"/reviews/{review.ref}").text)

    assert "Experiments decided since last time One to look at" not in page
    assert "This is 9" not in page, "the parts still take as long as the review"


def test_what_was_added_is_taken_off_where_it_was_added(signed_in: SignedIn) -> None:
    review, browser = a_scheduled_review(), signed_in(a_facilitator())
    agenda = f"/reviews/{review.ref}/agenda"
    browser.post(f"/reviews/{review.ref}/topics", data={"topic": "The move to Ghent"})
    page = browser.get(agenda).text
    way = re.search(rf'action="(/reviews/{review.ref}/topics/\d+/removal[^"]*)"', page)
    assert way is not None

    answer = browser.post(way[1])

    assert answer.location == agenda
    assert "The move to Ghent" not in browser.get(agenda).text.split("<main")[1].split("<form")[1]


def test_what_comes_up_after_a_part_was_arranged_comes_after_it(signed_in: SignedIn) -> None:
    first, second = an_ended_experiment(), an_ended_experiment()
    review, host = a_scheduled_review(), a_facilitator()
    signed_in(host).post(f"/reviews/{review.ref}/agenda/ended", data=a_part_form(second.ref, first.ref))

    later = an_ended_experiment()

    assert refs(part(review, Part.ENDED, viewer=host)) == [second.ref, first.ref, later.ref]


def test_what_was_added_by_hand_is_taken_off_again(signed_in: SignedIn) -> None:
    review, host = an_open_review(), a_facilitator()
    browser, path = signed_in(host), f"/reviews/{review.ref}/topics"
    browser.post(path, data={"topic": "The move"})
    number = last_line().details["topic"]

    assert signed_in(a_person()).post(f"{path}/{number}/removal").status_code == 403
    assert browser.post(f"{path}/{number + 1}/removal").status_code == 404
    other = a_scheduled_review("2026-Q3")
    assert browser.post(f"/reviews/{other.ref}/topics/{number}/removal").status_code == 404
    assert browser.post(f"{path}/{number}/removal").status_code == 303
    assert last_line().action == "review.topic_taken_off"
    assert part(review, Part.OWN, viewer=host).lines == []
