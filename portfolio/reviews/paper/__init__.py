"""The minutes on paper: a frozen record, and nothing else, for one reader as PDF, Markdown or CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portfolio.reviews.paper.as_csv import as_csv
from portfolio.reviews.paper.as_markdown import as_markdown
from portfolio.reviews.paper.as_pdf import as_pdf
from portfolio.reviews.paper.told import Told


@dataclass(frozen=True)
class Paper:
    """One kind of paper."""

    mimetype: str
    make: Callable[[Told], bytes]


PAPERS = {
    "pdf": Paper("application/pdf", as_pdf),
    "md": Paper("text/markdown; charset=utf-8", as_markdown),
    "csv": Paper("text/csv; charset=utf-8", as_csv),
}
