"""What the library puts on pages of lower rooms: learnings that are like one."""

from __future__ import annotations

from flask import get_template_attribute
from markupsafe import Markup

from portfolio.bridge import library
from portfolio.foundation.database import db
from portfolio.network.learning import Learning
from portfolio.people.accounts import somebody


def similar_learnings(learning_ids: list[int]) -> dict[int, Markup]:
    """Which learnings are like one, with what came of them; fills the slot `learning.similar` of a learning's page."""
    person = somebody()
    draw = get_template_attribute("bridge/library_pieces.html", "similar_learnings")
    pieces = {}
    for learning in (db.session.get_one(Learning, number) for number in learning_ids):  # One, and loaded already.
        if rows := library.similar(learning, viewer=person):
            pieces[learning.id] = draw(rows, person.is_volunteer)
    return pieces
