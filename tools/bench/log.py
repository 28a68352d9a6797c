"""What running experiments of the seeded portfolio leave behind: pulses, learnings, comments."""

from __future__ import annotations

from datetime import date, timedelta

from portfolio.foundation.numbering import ref
from portfolio.network.learning import Evidence, Kind
from tools.bench.ground import Ground
from tools.bench.rows import Rows
from tools.bench.words import Words

CORRECTED = 50  # One learning in so many takes the place of the one before.


def add_check_ins(rows: Rows, words: Words, ground: Ground, experiment: int, by: int, many: int) -> None:
    """Add a pulse for each of the first weeks."""
    for week in range(1, many + 1):
        rows.add(
            "check_in",
            id=rows.number("check_in"),
            experiment_id=experiment,
            week=week,
            confidence=40 + (week * 13 + experiment) % 50,
            hours=4,
            next_step=words.sentence(),
            by_id=by,
            at=ground.now - timedelta(days=3),
        )


def add_learnings(
    rows: Rows, words: Words, ground: Ground, experiment: int, authors: list[int], many: int, since: date
) -> list[tuple[int, int]]:
    """Fill the log, one learning each half day; gives the first with its experiment."""
    made, began = [], ground.now - (ground.today - since)
    for position in range(many):
        number = rows.number("learning")
        title, body, believed, therefore = words.sentence(), words.paragraph(), words.sentence(), words.sentence()
        rows.show(body, believed, therefore)
        rows.add(
            "learning",
            id=number,
            experiment_id=experiment,
            kind=list(Kind)[number % 5],
            evidence=list(Evidence)[number % 4],
            title=title,
            body=body,
            believed=believed,
            therefore=therefore,
            learned_on=ground.today - timedelta(days=position % 20),
            corrects_id=number - 1 if position and number % CORRECTED == 0 else None,
            by_id=authors[position % len(authors)],
            at=min(ground.now, began + timedelta(hours=12 * position)),
        )
        found_by = (f"{ref('L', number)} {title}", believed, body, therefore)
        rows.find("learning", number, *found_by, facets=(list(Evidence)[number % 4].value,))
        made.append((number, experiment))
    return made[:1]


def add_comment(rows: Rows, words: Words, ground: Ground, experiment: int) -> None:
    """Let somebody say something."""
    body = words.sentence()
    rows.show(body)
    rows.add(
        "comment",
        id=rows.number("comment"),
        subject_type="experiment",
        subject_id=experiment,
        body=body,
        is_question=experiment % 3 == 0,
        by_id=ground.person(experiment * 3),
        at=ground.now,
    )
