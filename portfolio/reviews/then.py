"""What an earlier review decided, agreed and chose, beside what became of it since; no part of any record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from portfolio.reviews import followed, queries
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.followed import Followed
from portfolio.reviews.outcome import ReviewChoice
from portfolio.reviews.review import Review


@dataclass(frozen=True)
class Then:
    """What an earlier review decided, agreed and chose, as far as one person may see it."""

    review: Review
    decided: Sequence[Followed]
    actions: Sequence[ReviewAction]
    choices: Sequence[ReviewChoice]
    again: dict[int, str]  # In which quarter a choice was made once more.
    reopened: set[int]  # The choices that do not stand any more.

    @property
    def is_empty(self) -> bool:
        """Whether it left nothing behind."""
        return not (self.decided or self.actions or self.choices)

    @property
    def texts(self) -> list[str]:
        """Everything in it that is Markdown."""
        return [one.reason for one in self.decided if one.reason]

    @classmethod
    def of(cls, review: Review, *, viewer: Person) -> Then:
        """As it stands now; a constant number of queries.

        Args:
            review: closed.
        """
        rules, choices = house_rules(), queries.choices_of(review)
        return cls(
            review=review,
            decided=[
                *followed.decisions(review, viewer=viewer),
                *followed.answers(review, viewer=viewer),
                *followed.barriers(review, viewer=viewer, rules=rules),
                *followed.envelopes(review, viewer=viewer, rules=rules),
            ],
            actions=queries.actions_of(review),
            choices=choices,
            again=queries.choices_made_again(choices) if choices else {},
            reopened=queries.choices_reopened(choices) if choices else set(),
        )
