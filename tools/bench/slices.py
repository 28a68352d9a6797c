"""Measuring: slices of the floor and of a page in turns, so that a noisy machine disturbs both alike."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from tools.bench.pages import Measured
from tools.bench.servers import Server
from tools.bench.visitor import Reply, Visitor

ROUNDS = 5
SLICE = 0.4  # Seconds of the server's CPU time; /proc counts in hundredths.
WARM = 12  # Requests after which every thread has compiled its templates and statements.
FEWEST, MOST = 6, 400  # Requests in a slice.


@dataclass(frozen=True)
class Figures:
    """What a page costs."""

    cpu: float  # Milliseconds, the median slice's.
    ratio: float  # Of the floor's slices beside it, the median.
    spread: tuple[float, float]  # The lowest and the highest ratio.
    size: int  # Bytes sent.


class Stand:
    """Where both servers are asked."""

    def __init__(self, floor: Server, product: Server, who: dict[int, Visitor]) -> None:
        self._floor, self._product, self._who = floor, product, who
        self._bare = Visitor(floor.port)
        self.floor_size = self._bare.get("/").size
        self._warm(lambda: self._bare.get("/"))
        self._bare_count = _requests(self._cost(floor, lambda: self._bare.get("/"), WARM))

    def measure(self, page: Measured) -> Figures:
        """Measure one page beside the floor."""
        visitor = self._who[page.who]

        def ask() -> Reply:
            return visitor.get(page.path) if page.forms is None else visitor.send(*page.forms())

        reply = _checked(page, ask())
        self._warm(ask)
        many = _requests(self._cost(self._product, ask, FEWEST))
        many = many if page.forms is None else min(many, 20)
        costs, ratios = [], []
        for _ in range(ROUNDS):
            bare = self._cost(self._floor, lambda: self._bare.get("/"), self._bare_count)
            costs.append(self._cost(self._product, ask, many))
            ratios.append(costs[-1] / bare)
        _checked(page, ask())
        return Figures(median(costs) * 1000, median(ratios), (min(ratios), max(ratios)), reply.size)

    def floor(self) -> float:
        """What the floor costs, in milliseconds."""
        return self._cost(self._floor, lambda: self._bare.get("/"), self._bare_count) * 1000

    @staticmethod
    def _warm(ask: Callable[[], Reply]) -> None:
        for _ in range(WARM):
            ask()

    @staticmethod
    def _cost(server: Server, ask: Callable[[], Reply], many: int) -> float:
        before = server.cpu()
        for _ in range(many):
            ask()
        return (server.cpu() - before) / many


def _requests(cost: float) -> int:
    """How many requests fill a slice."""
    return max(FEWEST, min(MOST, round(SLICE / cost))) if cost else MOST


def _checked(page: Measured, reply: Reply) -> Reply:
    if reply.status != (200 if page.forms is None else 303):
        sys.exit(f"{page.name} is answered with {reply.status}:\n{reply.body[:2000]!r}")
    return reply
