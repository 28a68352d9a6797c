"""Importing: read and check everything, render everything, then write it all in one transaction or none of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from portfolio.audit.entry import record
from portfolio.exchange.reader import Problem, rows_of
from portfolio.exchange.reading import Answers
from portfolio.exchange.row import read_row
from portfolio.foundation import rich_text
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.network.experiment import Experiment
from portfolio.network.record import ImportedAs, Origin
from portfolio.network.record_draft import draft_of
from portfolio.network.record_queries import imported_already
from portfolio.network.record_text import RecordText
from portfolio.network.recording import keep_records, origin_of
from portfolio.organisation import queries as organisation
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people

Tell = Callable[[str], None]
TOLD_EVERY = 500  # Rows or texts.


@dataclass
class Plan:
    """What an import would do."""

    imported_as: ImportedAs
    new: list[RecordText] = field(default_factory=list)
    already: int = 0
    changed: list[str] = field(default_factory=list)  # Rows that are here with other words, which stay.
    problems: list[Problem] = field(default_factory=list)
    skipped: int = 0  # Rows, each with one problem or more.


def plan(path: Path, answers: Answers, imported_as: ImportedAs, tell: Tell) -> Plan:
    """Read a file and sort out what is new, what is here already, and what cannot be read.

    Raises:
        Unreadable: the file as a whole cannot be read.
    """
    found = Plan(imported_as)
    prints, named = imported_already(imported_as)
    db.session.rollback()  # Nothing is held open while a long file is read.
    lines: dict[tuple[str, str], int] = {}
    source = path.name.removesuffix(".gz")
    for number, row in enumerate(rows_of(path), 1):
        if number % TOLD_EVERY == 0:
            tell(f"{number} rows read")
        line = row.line
        said = [row] if isinstance(row, Problem) else read_row(row, source, answers)
        if isinstance(said, list):
            found.problems += said
            found.skipped += 1
            continue
        name = (source, said.external_id or "")
        if said.fingerprint in prints:
            found.already += 1
        elif said.external_id and name in lines:
            reason = f"“{said.external_id}” stands on line {lines[name]} too, with other words"
            found.problems.append(Problem(line, "external_id", reason))
            found.skipped += 1
        elif said.external_id and name in named:
            found.already += 1
            found.changed.append(f"line {line}: {said.external_id} is here already with other words, which stay")
        else:
            found.new.append(said)
        prints.add(said.fingerprint)
        if said.external_id:
            lines.setdefault(name, line)
    return found


def render(found: Plan, tell: Tell) -> dict[str, str]:
    """The HTML of every text of the new rows, by its key; takes most of the time, so it is done before writing."""
    texts = sorted({text for said in found.new for text in _texts(said, found.imported_as)})
    rendered = {}
    for number, text in enumerate(texts, 1):
        rendered[rich_text.key_of(text)] = rich_text.render(text)
        if number % TOLD_EVERY == 0:
            tell(f"{number} of {len(texts)} texts made into pages")
    return rendered


def write(found: Plan, rendered: dict[str, str], *, lead_email: str | None) -> None:
    """Write all new rows in one transaction.

    Raises:
        RuleBroken: drafts without somebody to lead them, or somebody else imported the same meanwhile.
    """
    try:
        with write_tx() as at:
            rich_text.keep_prepared(rendered)
            if found.imported_as is ImportedAs.RECORD:
                keep_records(found.new, rules=house_rules(), at=at)
                return
            rules, lead = house_rules(), people.person_by_email(lead_email or "")
            if lead is None or not lead.is_volunteer:
                raise RuleBroken("Drafts need somebody to lead them: give --lead and the address of a volunteer.")
            units = {unit.name.casefold(): unit for unit in organisation.units()}
            drafts = []
            for said in found.new:
                charter = draft_of(said, rules.currency)
                unit = units.get(said.unit.casefold())
                drafts.append(Experiment.draft(charter, rules=rules, unit=unit, by=lead, at=at))
            db.session.flush()
            _remember(drafts, found.new)
    except IntegrityError as error:
        raise RuleBroken("Somebody imported some of these rows at the same moment. Run it once more.") from error


def _remember(drafts: Sequence[Experiment], texts: Sequence[RecordText]) -> None:
    rows = [origin_of(draft.id, said, ImportedAs.DRAFT) for draft, said in zip(drafts, texts, strict=True)]
    if rows:
        db.session.execute(insert(Origin), rows)
    for draft in drafts:
        record("experiment.imported", draft, by=None)


def _texts(said: RecordText, imported_as: ImportedAs) -> set[str]:
    if imported_as is ImportedAs.RECORD:
        return said.texts()
    charter = draft_of(said, "EUR")
    return {text for text in (charter.problem, charter.hypothesis) if text}
