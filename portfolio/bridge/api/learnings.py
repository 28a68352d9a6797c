"""The library of learnings, each with what operations did with it."""

from __future__ import annotations

from typing import Any

from portfolio.bridge import learning_queries, queries
from portfolio.bridge.api.bodies import LearningQuery
from portfolio.bridge.api.shapes import LearningShown, entry_of, learning_of
from portfolio.foundation.api.command import commanding
from portfolio.foundation.api.fields import ReasonBody
from portfolio.foundation.api.resource import Resource, listed, page_of
from portfolio.foundation.authority import asks
from portfolio.foundation.database import db
from portfolio.network import log_queries, picture_queries
from portfolio.network import queries as network
from portfolio.network.api.running import LogEntryShown
from portfolio.network.learning import Learning
from portfolio.network.policy import may_list, may_take_away
from portfolio.people.accounts import somebody
from portfolio.people.person import Person

api = Resource("learnings", "What the network learned, and what operations did with it.", letter="L")


@api.get("")
@asks(may_list)
@api.takes(LearningQuery, "query")
@api.answers(listed(LogEntryShown))
def list_learnings(said: dict[str, Any]) -> Any:
    """The library, the newest first."""
    search = learning_queries.LearningSearch(
        kind=said["kind"], evidence=said["evidence"], experiment=said["experiment"], text=said["q"]
    )
    return page_of(search.page(somebody(), said["after"], size=said["limit"]), entry_of)


@api.get("/<ref>")
@asks(may_list)
@api.answers(LearningShown)
def show_learning(ref: str) -> Any:
    """One learning with its fate, which stays inside the organisation."""
    viewer = somebody()
    return _shown(log_queries.learning(ref, viewer=viewer), viewer)


@api.post("/<ref>/pictures/<int:number>/removal")
@asks(may_take_away)
@api.takes(ReasonBody)
@api.answers(LearningShown)
def create_picture_removal(said: dict[str, Any], ref: str, number: int) -> Any:
    """Take a picture away for good, for somebody on it; the reason stays, for everyone who reads the learning."""
    with commanding() as act:
        learning = log_queries.learning(ref, viewer=act.person)
        experiment = network.experiment_for_change(learning.experiment_ref, viewer=act.person)
        act.authorize(may_take_away, learning)
        picture = picture_queries.picture(learning, number)
        experiment.take_away(picture, said["reason"], of=learning, by=act.person, at=act.at)
        db.session.expire(picture)
        return act.answer(_shown(learning, act.person))


def _shown(learning: Learning, viewer: Person) -> dict[str, Any]:
    newer = log_queries.correction_of(learning)
    promotion = _promotion_of(learning, viewer)
    pictures = picture_queries.pictures_of([learning]).get(learning.id, [])
    if promotion is None:
        return learning_of(learning, newer, None, None, opens=False, pictures=pictures)
    crossing = queries.crossings([promotion], viewer=viewer)[promotion.id]
    opens = promotion.id in queries.visible_ids([promotion], viewer=viewer)
    return learning_of(learning, newer, promotion, crossing, opens=opens, pictures=pictures)


def _promotion_of(learning: Learning, viewer: Person) -> Any:
    """The latest promotion it is in; observers see nothing of the bridge."""
    if not viewer.is_volunteer:
        return None
    return learning_queries.promotions_of_learnings([learning.id]).get(learning.id)
