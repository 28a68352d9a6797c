"""The page of the monthly half hour: what asks for attention now, and what is said and agreed about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portfolio.foundation import rich_text
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import month_words
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.reviews import half_hour_queries as queries
from portfolio.reviews import policy
from portfolio.reviews.forms import ActionForm, HalfHourNoteForm, Owners
from portfolio.reviews.half_hour import month_of
from portfolio.reviews.half_hour_lines import Piece, pieces_of
from portfolio.reviews.room_views import bp

__all__ = ["bp"]


@bp.get("/reviews/monthly")
@asks(policy.may_read)
def show_half_hour() -> ResponseReturnValue:
    """This month's: ready whenever it is opened."""
    return _page()


@bp.get("/reviews/monthly/<month>")
@asks(policy.may_read)
def show_earlier_half_hour(month: str) -> ResponseReturnValue:
    """What was written in an earlier month."""
    found = queries.half_hour(month)
    return render_template(
        "reviews/half_hour_earlier.html",
        half_hour=found,
        month=month_words(found.first_day),
        rich=rich_text.shown(note.body for note in found.notes),
        policy=policy,
        today=house_rules().today,
    )


@bp.post("/reviews/monthly/notes")
@asks(policy.may_write_down)
def create_half_hour_note() -> ResponseReturnValue:
    """Note what was said."""
    form = HalfHourNoteForm()
    form.hold(lambda: _page(note=form))
    with acting() as act:
        act.authorize(policy.may_write_down)
        today = house_rules().today
        half_hour = queries.half_hour_for_change(today, at=act.at)
        half_hour.note(form.body.data, today=today, by=act.person, at=act.at)
        return act.done(_at("notes"), _("The note is written down."))


@bp.post("/reviews/monthly/actions")
@asks(policy.may_write_down)
def create_half_hour_action() -> ResponseReturnValue:
    """Agree that somebody does something by a day."""
    form = ActionForm()
    form.offer(Owners(people.active_volunteers()))
    form.hold(lambda: _page(action=form))
    with acting() as act:
        act.authorize(policy.may_write_down)
        rules = house_rules()
        owner = people.by_ids([form.owner.data])[form.owner.data]
        half_hour = queries.half_hour_for_change(rules.today, at=act.at)
        half_hour.agree(form.what.data, owner, form.due_on.data, rules=rules, by=act.person, at=act.at)
        return act.done(_at("actions"), _("Agreed. %(name)s takes it on.", name=owner.name))


# Inside -------------------------------------------------------------------------------------------------------------


def _page(*, note: HalfHourNoteForm | None = None, action: ActionForm | None = None) -> str:
    person, rules = somebody(), house_rules()
    now, written = queries.now(person, rules), queries.half_hours()
    this_month = next((found for found in written if found.month == month_of(rules.today)), None)
    pieces, writes = pieces_of(now), policy.may_write_down(person)
    if writes and action is None:
        action = ActionForm(formdata=None)
        action.offer(Owners(people.active_volunteers()))
    return render_template(
        "reviews/half_hour.html",
        pieces=pieces,
        month=month_words(rules.today),
        half_hour=this_month,
        earlier=[(found, month_words(found.first_day)) for found in written if found is not this_month],
        actions=now.actions,
        note_form=(note or HalfHourNoteForm(formdata=None)) if writes else None,
        action_form=action if writes else None,
        rich=rich_text.shown([*(said.body for found in written for said in found.notes), *_texts(pieces)]),
        policy=policy,
        today=rules.today,
    )


def _texts(pieces: Iterable[Piece]) -> list[Any]:
    cells = [cell for piece in pieces for line in piece.shown for cell in line.cells]
    return [said.words for cell in cells for said in cell if said.markdown]


def _at(anchor: str) -> str:
    return url_for("reviews.show_half_hour", _anchor=anchor)
