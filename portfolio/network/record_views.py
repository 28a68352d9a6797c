"""Pages of a record: what its source says, its log, long texts in parts, and the copy that becomes a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portfolio.audit.queries import history
from portfolio.foundation import rich_text
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks
from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing
from portfolio.foundation.languages import date_words
from portfolio.foundation.languages import gettext as _
from portfolio.network import policy, queries, record_queries
from portfolio.network.experiment import Experiment
from portfolio.network.forms import CommentForm
from portfolio.network.record import ImportedRecord, RecordEntry, RecordMilestone
from portfolio.network.record_draft import draft_of
from portfolio.network.record_text import LOG_PART, PART, glimpse, parts
from portfolio.organisation.house_rules import house_rules
from portfolio.people.accounts import somebody
from portfolio.people.comment import comments_on

bp = Blueprint("records", __name__)
MOST_FACTS = 60
LONGEST_FACT = 300  # Characters.


def record_page(experiment: Experiment, comment: CommentForm) -> str:
    """The page of an experiment that is a record; without amounts for who may not see them."""
    person, rules = somebody(), house_rules()
    record = record_queries.record_of(experiment)
    milestones = record_queries.milestones_of(experiment)
    entries = record_queries.entries_of(experiment, request.args.get("after"))
    comments = comments_on(experiment)
    summary = parts(record.summary, PART)
    texts = [summary[0], record.hypothesis, record.success_criteria, *(said.body for said in comments)]
    return render_template(
        "network/record.html",
        experiment=experiment,
        record=record,
        summary=summary,
        milestones=milestones,
        deliverables={milestone.position: parts(milestone.deliverables, PART) for milestone in milestones},
        entries=entries,
        facts=list(_facts(record.facts))[:MOST_FACTS],
        comments=comments,
        rich=rich_text.shown([*map(_first, texts), *_openings(milestones, entries.rows)]),
        first=_first,
        glimpse=glimpse,
        history=history(experiment),
        comment_form=comment,
        policy=policy,
        sees_amounts=policy.sees_amounts(person, experiment, rules),
    )


@bp.get("/experiments/<ref>/source/<what>")
@asks(policy.may_list)
def show_text(ref: str, what: str) -> ResponseReturnValue:
    """A long text of a record, in parts."""
    experiment, record = _found(ref)
    titles = {
        "summary": _("Description"),
        "hypothesis": _("Hypothesis"),
        "success_criteria": _("Success criteria"),
    }
    if what not in titles:
        raise Missing
    return _text_page(experiment, titles[what], [], parts(getattr(record, what), PART))


@bp.get("/experiments/<ref>/source/milestones/<int:position>")
@asks(policy.may_list)
def show_milestone(ref: str, position: int) -> ResponseReturnValue:
    """What a milestone of a record delivers, in parts."""
    experiment, _record = _found(ref)
    milestone = next((m for m in record_queries.milestones_of(experiment) if m.position == position), None)
    if milestone is None:
        raise Missing
    title = milestone.name or _("Milestone %(number)s", number=position)
    return _text_page(experiment, title, [], parts(milestone.deliverables, PART))


@bp.get("/experiments/<ref>/source/log/<int:position>")
@asks(policy.may_list)
def show_entry(ref: str, position: int) -> ResponseReturnValue:
    """One entry of a record's log, in parts."""
    experiment, _record = _found(ref)
    entry = record_queries.entry_of(experiment, position)
    said_by = [entry.author, date_words(entry.dated, year=True) if entry.dated else ""]
    return _text_page(experiment, entry.kind or _("Log entry"), said_by, parts(entry.body, LOG_PART))


@bp.post("/experiments/<ref>/copies")
@asks(policy.may_draft)
def copy_record(ref: str) -> ResponseReturnValue:
    """Begin a proposal with what a record says; whoever copies it leads it."""
    with acting() as act:
        experiment = queries.experiment(ref, viewer=act.person)
        act.authorize(policy.may_draft, experiment)
        rules = house_rules()
        milestones = record_queries.milestones_of(experiment)
        said = record_queries.record_of(experiment).text(experiment.title, milestones, currency=rules.currency)
        draft = Experiment.draft(
            draft_of(said, rules.currency), rules=rules, unit=None, follows=experiment, by=act.person, at=act.at
        )
        db.session.flush()
        words = _("Copied into a draft of yours. What the record does not say is open; the page names it.")
        return act.done(url_for("network.edit_experiment", ref=draft.ref), words)


def _found(ref: str) -> tuple[Experiment, ImportedRecord]:
    experiment = queries.experiment(ref, viewer=somebody())
    return experiment, record_queries.record_of(experiment)


def _text_page(experiment: Experiment, title: str, said_by: list[str], found: list[str]) -> str:
    asked = request.args.get("part", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 5 else 1
    if not 1 <= number <= len(found):
        raise Missing
    return render_template(
        "network/record_text.html",
        experiment=experiment,
        title=title,
        said_by=list(filter(None, said_by)),
        text=found[number - 1],
        part=number,
        part_count=len(found),
        rich=rich_text.shown([found[number - 1]]),
    )


def _first(text: str) -> str:
    return parts(text, PART)[0]


def _openings(milestones: Sequence[RecordMilestone], entries: Sequence[RecordEntry]) -> Iterator[str]:
    yield from (_first(milestone.deliverables) for milestone in milestones)
    yield from (entry.opening for entry in entries if not entry.is_long)


def _facts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """What else the source has, each value with the names that lead to it."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _facts(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _facts(part, f"{name}.{number}")
    elif value not in (None, ""):
        words = str(value)
        yield name, words if len(words) <= LONGEST_FACT else f"{words[:LONGEST_FACT]}…"
