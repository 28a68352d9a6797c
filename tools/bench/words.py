"""Sentences that read like a portfolio's: no two quite the same, some words common and most of them rare."""

from __future__ import annotations

from random import Random

WHO = [
    "Planners",
    "Buyers",
    "Nurses",
    "Fitters",
    "Drivers",
    "Tutors",
    "Clerks",
    "Engineers",
    "Tellers",
    "Cooks",
    "Foresters",
    "Editors",
]
DOES = [
    "quote",
    "plan",
    "order",
    "invoice",
    "answer",
    "deliver",
    "schedule",
    "check",
    "sign",
    "learn",
    "repair",
    "register",
]
WHAT = [
    "the shared sheet",
    "the weekly round",
    "a phone call",
    "the stock list",
    "the first visit",
    "one page of notes",
    "the old form",
    "a photo of the work",
    "the morning meeting",
    "the customer’s own words",
    "a standard price",
    "the night shift",
    "the open desk",
    "a second pair of eyes",
    "the return route",
    "the draft contract",
    "a spare part",
    "the waiting list",
    "the training day",
    "the mailbox",
]
WHY = [
    "nobody waits for a copy",
    "the question is asked once",
    "errors show the same day",
    "fewer people have to agree",
    "customers see it coming",
    "the work is done where it is needed",
    "everybody sees the same figure",
    "it costs less to try",
]
NAMES = [
    "Noor",
    "Bram",
    "Yusuf",
    "Fenna",
    "Sander",
    "Mila",
    "Joris",
    "Aylin",
    "Teun",
    "Lieke",
    "Daan",
    "Esmée",
    "Ruben",
    "Hanne",
    "Karim",
    "Sofie",
]
SURNAMES = [
    "Bakker",
    "Smit",
    "Visser",
    "Dekker",
    "Kaya",
    "Mulder",
    "Jansen",
    "Peeters",
    "Vos",
    "Brouwer",
    "Hendriks",
    "Dijkstra",
    "Willems",
    "Maas",
]

MARKED = 100  # Rendering Markdown takes longer than all else of the seeding.


class Words:
    """Makes texts, the same ones in every run."""

    def __init__(self, seed: int = 7) -> None:
        self._random = Random(seed)
        self._made = self._paragraphs = 0
        self._marked: list[str] = []

    def name(self, number: int) -> str:
        """A person's name."""
        return f"{NAMES[number % len(NAMES)]} {SURNAMES[number // len(NAMES) % len(SURNAMES)]}"

    def question(self) -> str:
        """What an experiment asks, as its title."""
        who, does, what, _ = self._parts()
        return f"Can {who.lower()} {does} with {what} in week {self._count() % 53}?"

    def sentence(self) -> str:
        """Something said, about a hundred letters long."""
        who, does, what, why = self._parts()
        return f"{who} {does} sooner with {what}, because {why}; seen {self._count()} times."

    def paragraph(self) -> str:
        """Something said at length; every fifth has Markdown in it, and of those there are a hundred."""
        self._paragraphs += 1
        if self._paragraphs % 5:
            return self._three()
        if len(self._marked) < MARKED:
            self._marked.append(f"{self._three()}\n\n- **{self.sentence()}**\n- {self.sentence()}")
        return self._marked[self._paragraphs // 5 % len(self._marked)]

    def _three(self) -> str:
        return " ".join(self.sentence() for _ in range(3))

    def _count(self) -> int:
        self._made += 1
        return self._made

    def _parts(self) -> tuple[str, str, str, str]:
        pick = self._random.choice
        return pick(WHO), pick(DOES), pick(WHAT), pick(WHY)
