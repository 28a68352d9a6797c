"""The parts of an agenda about what people took on, and what went well."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from portfolio.bridge.promotion import Promotion
from portfolio.foundation import clock
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.reviews import policy
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import ReviewTopic
from portfolio.reviews.review import Review
from portfolio.reviews.said import Line, Said, Section, Way, Worded, day, joined, moment
from portfolio.reviews.situation import Situation


def actions(now: Situation) -> Section:
    """What was agreed last time, and what is still open from before."""
    lines = [_agreed(now, action, earlier=True) for action in now.earlier_actions]
    return Section(Part.ACTIONS, (_l("Who"), _l("By"), _l("Now")), lines, _l("Nothing was agreed before."))


def agreed(now: Situation) -> Section:
    """What was agreed in this review."""
    lines = [_agreed(now, action) for action in now.actions]
    return Section(Part.AGREED, (_l("Who"), _l("By")), lines, _l("Nothing is agreed yet."))


def own(now: Situation) -> Section:
    """What the facilitator added."""
    lines = [
        Line(
            ref="",
            title=topic.title,
            cells=((Said(_l("Brought by %(name)s", name=topic.by.name)),),),
            ways=() if now.review.is_closed else (_off(now.review, topic),),
        )
        for topic in now.topics
    ]
    return Section(Part.OWN, (_l("Who"),), lines, _l("Nothing was added."))


def _off(review: Review, topic: ReviewTopic) -> Way:
    values = {"ref": review.ref, "number": topic.id}
    may = partial(policy.may_run, thing=review)
    return Way(_l("Take it off the agenda"), "reviews.remove_topic", values, posts=True, may=may)


def wins(now: Situation) -> Section:
    """Quick wins and closed loops since last time, and whom we thank for them."""
    closed = [line for promotion in now.crossings.adopted for line in _closed_loop(now, promotion)]
    quick = [
        Line(
            ref=learning.ref,
            title=learning.title,
            sub=(Said(_l("In %(ref)s, %(title)s", ref=experiment.ref, title=experiment.title)),),
            cells=((Said(learning.body, markdown=True),) if learning.body else (), (Said(learning.by.name),)),
            readers=now.readers_of(experiment),
            ways=(Way(_l("Open it"), "running.show_learning", {"ref": learning.ref}, acts=False),),
        )
        for learning, experiment in now.quick_wins
    ]
    columns, empty = (_l("What was observed"), _l("Thanks to")), _l("No quick win was written down and no loop closed.")
    return Section(Part.WINS, columns, [*closed, *quick], empty)


def _closed_loop(now: Situation, promotion: Promotion) -> Iterator[Line]:
    """What became daily work and moved its measure for the better, and did not lose it, as read since last time."""
    effect, initiative = now.crossings.became[promotion.id].effect, promotion.initiative
    if effect is None or effect.latest is None or initiative is None:
        return
    since = clock.day_of(now.since, now.rules.time_zone)
    if not effect.is_a_win or effect.latest.read_on < since:
        return
    said = {"metric": initiative.metric, "from_to": Worded(lambda: effect.from_to)}
    said |= {"change": Worded(lambda: effect.words), "lasting": Worded(lambda: effect.lasting_words)}
    words = _l("%(metric)s: %(from_to)s, %(change)s", **said)
    if effect.lasting is not None:
        words = _l("%(metric)s: %(from_to)s, %(change)s. %(lasting)s", **said)
    thanks = [author.name for author in promotion.authors]
    if initiative.owner is not None and initiative.owner.name not in thanks:
        thanks.append(initiative.owner.name)
    yield Line(
        ref=promotion.ref,
        title=promotion.title,
        sub=(Said(_l("Learned, taken over by %(unit)s, and measured", unit=promotion.unit.name)),),
        cells=((Said(words),), (Said(joined(thanks, ", ")),)),
        readers=now.crossings.readers_of(promotion),
        ways=(Way(_l("Open it"), "bridge.show_promotion", {"ref": promotion.ref}, acts=False),),
    )


def _agreed(now: Situation, action: ReviewAction, *, earlier: bool = False) -> Line:
    state = (Said(_became(now, action)),)
    when = (Said(day(action.due_on, year=True)),)
    done = Way(
        _l("It is done"),
        "reviews.finish_action",
        {"action_id": action.id},
        posts=True,
        may=lambda one: policy.may_finish(one, action),
    )
    return Line(
        ref="",
        title=action.what,
        sub=(Said(action.agreed_in),) if earlier else (),
        cells=((Said(action.owner.name),), when, state) if earlier else ((Said(action.owner.name),), when),
        ways=(done,) if earlier and not action.is_done else (),
    )


def _became(now: Situation, action: ReviewAction) -> object:
    if action.done_at is not None:
        return _l("Done on %(moment)s", moment=moment(action.done_at, now.rules.time_zone))
    return _l("Late") if action.is_late(now.rules.today) else _l("Under way")
