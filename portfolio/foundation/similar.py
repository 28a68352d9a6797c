"""What is like something: whatever shares the words that say what it is about, whichever form they have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from math import log
from typing import Any

from sqlalchemy import Select, select, union

from portfolio.foundation.database import db
from portfolio.foundation.search import IN_TEXT, IN_TITLE, SearchDocument, fold, match, plain
from portfolio.foundation.word_forms import forms_of, telling

MOST_WORDS = 6  # That are compared; every two of them are looked for together.
SHARED, SHARED_IN_TITLE = 3, 4  # What it takes to be like something: three words, or two in the title.
NEWEST = 25  # Of what shares two words, so many are compared.


def similar_to(
    title: str, *texts: str, kind: str, visible: Select[Any], apart_from: Iterable[int], most: int
) -> list[int]:
    """The numbers of what is most like this, the most alike first; one statement.

    What it shares in the title counts twice, and a word that few of them have counts more than one of many.

    Args:
        title: what it is called; its texts are asked only while the title says too little.
        visible: the ids of that kind that the person who asks may see, in one column.
        apart_from: ids that are left out, such as its own.
    """
    words = _words(title, texts)
    if len(words) < 2:
        return []
    some = union(
        *(select(_sharing(pair, kind, visible, set(apart_from))) for pair in combinations(words, 2))
    ).subquery()
    found = db.session.execute(
        select(SearchDocument.subject_id, SearchDocument.marks).join(some, some.c.id == SearchDocument.id)
    ).all()
    shared = {number: _shared(words, set(marks.split())) for number, marks in found}
    many = Counter(word for counted in shared.values() for word in counted)
    score = {
        number: sum(times * log((1 + len(shared)) / many[word]) for word, times in counted.items())
        for number, counted in shared.items()
        if len(counted) >= SHARED or sum(counted.values()) >= SHARED_IN_TITLE
    }
    return sorted(score, key=lambda number: (-score[number], -number))[:most]


def _words(title: str, texts: Iterable[str]) -> list[str]:
    words = telling(fold(title).split())
    if len(words) < 3:
        words = telling([*words, *fold(plain("\n".join(texts))).split()])
    return words[:MOST_WORDS]


def _sharing(pair: tuple[str, str], kind: str, visible: Select[Any], without: set[int]) -> Any:
    """The newest that hold both words."""
    number, matches = match(list(pair), kind)
    this_one = visible.selected_columns[0] == SearchDocument.subject_id
    return (
        select(SearchDocument.id)
        .join(number.table, number == SearchDocument.id)
        .where(matches, SearchDocument.subject_id.not_in(without))
        .where(visible.where(this_one).correlate(SearchDocument).exists())
        .order_by(number.desc())
        .limit(NEWEST)
        .subquery()
    )


def _shared(words: list[str], marks: set[str]) -> dict[str, int]:
    """Which of the words a text has: 2 in its title, 1 elsewhere."""
    counted = {}
    for word in words:
        forms = forms_of(word)
        if any(IN_TITLE + form in marks for form in forms):
            counted[word] = 2
        elif any(IN_TEXT + form in marks for form in forms):
            counted[word] = 1
    return counted
