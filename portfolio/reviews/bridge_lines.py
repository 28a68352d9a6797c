"""The parts of an agenda about the bridge: what operations are asked, and what became of what they took over."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from portfolio.bridge import policy
from portfolio.bridge.answer import State
from portfolio.bridge.fate import Fate
from portfolio.bridge.promotion import Promotion
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import ngettext
from portfolio.hierarchy.initiative import Initiative
from portfolio.network.learning import strongest_first
from portfolio.organisation.quarter import Quarter, working_days_between
from portfolio.reviews.outcome import Part
from portfolio.reviews.said import Line, Said, Section, Way, Worded, day, measured, number
from portfolio.reviews.situation import Situation


def promotions(now: Situation) -> Section:
    """What waits for operations, the longest first, and what they answered since last time."""
    lines = [
        Line(
            ref=promotion.ref,
            title=promotion.title,
            sub=(Said(_l("Put to %(name)s, %(unit)s", name=promotion.owner.name, unit=promotion.unit.name)),),
            cells=(_change(promotion), _measure(promotion), _learned(promotion), _answer(now, promotion)),
            readers=now.crossings.readers_of(promotion),
            waits=_waits(now, promotion),
            ways=_ways(promotion),
        )
        for promotion in now.crossings.asked
    ]
    columns = (_l("What changes"), _l("What it should move"), _l("What was learned"), _l("The answer"))
    lines.sort(key=lambda line: not line.waits)  # The longest wait comes first, as they are in their order.
    return Section(Part.PROMOTIONS, columns, lines, _l("No promotion waits, and none was answered since last time."))


def adoption(now: Situation) -> Section:
    """What became of earlier yeses."""
    lines = [
        Line(
            ref=promotion.ref,
            title=promotion.title,
            sub=(Said(_l("Taken over by %(unit)s", unit=promotion.unit.name)),),
            cells=(_fate(now, promotion), _effect(now, promotion)),
            readers=now.crossings.readers_of(promotion),
            ways=(_to_read(promotion),),
        )
        for promotion in now.crossings.adopted
    ]
    return Section(Part.ADOPTION, (_l("Now"), _l("Effect")), lines, _l("Nothing was taken over before."))


def _change(promotion: Promotion) -> tuple[Said, ...]:
    return Said(promotion.form.label), Said(promotion.change, markdown=True)


def _measure(promotion: Promotion) -> tuple[Said, ...]:
    unit, baseline = promotion.unit_of_measure, number(promotion.baseline)
    expected = measured(promotion.target, unit)
    words = _l(
        "%(metric)s: from %(baseline)s to %(expected)s", metric=promotion.metric, baseline=baseline, expected=expected
    )
    return (Said(words),)


def _learned(promotion: Promotion) -> tuple[Said, ...]:
    return tuple(
        Said(_l("%(evidence)s: %(title)s (%(ref)s)", evidence=one.evidence.label, title=one.title, ref=one.ref))
        for one in strongest_first(promotion.learnings)
    )


def _answer(now: Situation, promotion: Promotion) -> tuple[Said, ...]:
    answer, zone = promotion.last_answer, ZoneInfo(now.rules.time_zone)
    offered = promotion.offered_at.astimezone(zone).date()
    days = working_days_between(offered, now.rules.today)
    waited = Worded(lambda: ngettext("one working day", "%(num)s working days", days))
    if answer is None and not days:
        return (Said(_l("Waits since %(day)s", day=day(offered))),)
    if answer is None:
        return (Said(_l("Waits for %(waited)s, since %(day)s", waited=waited, day=day(offered))),)
    said = {"name": answer.by.name, "day": day(answer.at.astimezone(zone).date())}
    reason = (Said(answer.reason, markdown=True),) if answer.reason else ()
    if answer.state is State.DEFERRED:
        return (Said(_l("Deferred to %(review)s by %(name)s, %(day)s", review=answer.deferred_until, **said)), *reason)
    if answer.state is State.DECLINED:
        return (Said(_l("Declined by %(name)s, %(day)s", **said)), *reason)
    became = now.crossings.became[promotion.id]
    fate = _fate(now, promotion) if became.shows_initiative or became.fate is not Fate.ACCEPTED else ()
    return (Said(_l("Accepted by %(name)s, %(day)s", **said)), *reason, *fate)


def _fate(now: Situation, promotion: Promotion) -> tuple[Said, ...]:
    became, initiative = now.crossings.became[promotion.id], promotion.initiative
    if initiative is None or not became.shows_initiative:
        return (Said(became.label),)
    who = initiative.owner.name if initiative.owner else ""
    return (Said(_l("%(fate)s, %(ref)s of %(name)s", fate=became.label, ref=initiative.ref, name=who)),)


def _effect(now: Situation, promotion: Promotion) -> tuple[Said, ...]:
    effect, initiative = now.crossings.became[promotion.id].effect, promotion.initiative
    if effect is None or initiative is None or not effect.is_measured:
        return _not_measured(initiative)
    words = {"metric": initiative.metric, "from_to": Worded(lambda: effect.from_to)}
    change = Worded(lambda: effect.words)
    if effect.lasting is not None:
        lasting = Worded(lambda: effect.lasting_words)
        return (Said(_l("%(metric)s: %(from_to)s, %(change)s. %(lasting)s", change=change, lasting=lasting, **words)),)
    return (Said(_l("%(metric)s: %(from_to)s, %(change)s", change=change, **words)),)


def _not_measured(initiative: Initiative | None) -> tuple[Said, ...]:
    if initiative is None or initiative.embedded_on is None:
        ended = initiative is not None and initiative.ended_at is not None
        return () if ended else (Said(_l("Not daily work yet.")),)
    return (Said(_l("Not measured since it was embedded.")),)


def _waits(now: Situation, promotion: Promotion) -> bool:
    """Whether it asks for an answer here: never answered, or put off to this review or an earlier one."""
    answer = promotion.last_answer
    if promotion.state is State.OFFERED or answer is None:
        return promotion.is_open
    if promotion.state is not State.DEFERRED:
        return False
    try:
        return Quarter.named(answer.deferred_until, now.rules.fiscal_year_month) <= now.quarter
    except ValueError:  # A review named in words of their own.
        return answer.review_id is None or answer.review_id == now.review.id


def _ways(promotion: Promotion) -> tuple[Way, ...]:
    if not promotion.is_open:
        return (_to_read(promotion),)
    answer = Way(
        _l("Answer"),
        "bridge.show_promotion",
        {"ref": promotion.ref},
        may=lambda one: policy.may_answer(one, promotion),
        whose=_l("An operations owner of %(unit)s answers.", unit=promotion.unit.name),
    )
    return answer, _to_read(promotion)


def _to_read(promotion: Promotion) -> Way:
    return Way(_l("Open it"), "bridge.show_promotion", {"ref": promotion.ref}, acts=False)
