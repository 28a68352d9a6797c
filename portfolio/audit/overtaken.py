"""A text that somebody else saved first: theirs beside ours, and who it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portfolio.audit.entry import Subject
from portfolio.audit.queries import Line, last_of
from portfolio.foundation.comparison import Compared, compared
from portfolio.foundation.errors import Conflict
from portfolio.foundation.languages import lazy_gettext as _l


def version_of(subject: Subject, *actions: str) -> str:
    """What a page shows that these actions change: where on the trail the last of them is; nothing before the first."""
    line = last_of(subject, *actions)
    return str(line.seq) if line else ""


def refuse_overtaken(read: str | None, subject: Subject, *actions: str) -> None:
    """Refuse to do something about what has changed since it was looked at.

    Args:
        read: the version that was looked at; None where nobody says.
        subject: locked, so that it stays as it is.

    Raises:
        Conflict: one of these actions happened since; says who did it.
    """
    line = last_of(subject, *actions)
    if read is not None and line is not None and read != str(line.seq):
        raise Conflict(
            _l(
                "%(name)s changed this after you opened it. What you sent is not carried out: look at what it says "
                "now, and send yours again if you still mean it.",
                name=line.said["actor"],
            )
        )


@dataclass(frozen=True)
class Overtaken:
    """Whoever saved first, when, and where the two texts differ."""

    name: str
    at: datetime | None
    differences: Sequence[Compared]

    @classmethod
    def by(cls, line: Line | None, mine: Mapping[str, str], theirs: Mapping[str, str]) -> Overtaken:
        """Lay what was typed beside what was saved.

        Args:
            line: the trail's entry of the saving, when it is known.
            mine: what was typed, question by question.
            theirs: what is saved.
        """
        rows = [row for row in compared(mine, theirs) if row.differs]
        return cls(line.said["actor"] if line else "", line.at if line else None, rows)
