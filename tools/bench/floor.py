"""The floor: as little as Flask, SQLAlchemy and Jinja can do for a list of 50 rows, served as the product is.

No sign-in, no navigation, no permissions, no languages; one indexed query for 50 rows of 9 columns, about 11 kB of
HTML, compressed by the library that compresses the product's pages.
"""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask, render_template
from flask_compress import Compress
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import Index, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Items</title><link rel="stylesheet" href="/static/page.css"></head>
<body><h1>Items</h1><table><thead><tr><th>Item</th><th>Owner</th><th>Unit</th><th>State</th><th>From</th><th>To</th>
<th>Amount</th><th>Weeks</th></tr></thead><tbody>
{% for item in items %}<tr><td><a href="/items/{{ item.id }}">{{ item.title }}</a></td><td>{{ item.owner }}</td>
<td>{{ item.unit }}</td><td>{{ item.state }}</td><td>{{ item.starts_on }}</td><td>{{ item.ends_on }}</td>
<td>{{ item.amount }}</td><td>{{ item.weeks }}</td></tr>
{% endfor %}</tbody></table></body></html>"""


class Base(DeclarativeBase):
    """What the floor's one table derives from."""


class Item(Base):
    """A row of nine columns."""

    __tablename__ = "item"
    __table_args__ = (Index("ix_item_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    owner: Mapped[str]
    unit: Mapped[str]
    state: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    amount: Mapped[int]
    weeks: Mapped[int]


db = SQLAlchemy(model_class=Base)


def create_app(url: str) -> Flask:
    """Make the app on a database of its own."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    app.jinja_loader = DictLoader({"items.html": PAGE})
    Compress(app)

    @app.get("/")
    def show() -> str:
        items = db.session.scalars(select(Item).where(Item.state == "open").order_by(Item.id.desc()).limit(50)).all()
        return render_template("items.html", items=items)

    return app


def seed(url: str, rows: int) -> None:
    """Fill its database with as many rows as the product lists."""
    first = date(2026, 1, 5)
    with create_app(url).app_context():
        db.create_all()
        db.session.execute(insert(Item), [_row(number, first + timedelta(days=number % 365)) for number in range(rows)])
        db.session.commit()
        db.engine.dispose()


def _row(number: int, day: date) -> dict[str, object]:
    return {
        "title": f"Can planners quote from the shared sheet, question {number}?",
        "owner": f"Person {number % 97}",
        "unit": f"Unit {number % 13}",
        "state": "closed" if number % 4 == 0 else "open",
        "starts_on": day,
        "ends_on": day + timedelta(weeks=8),
        "amount": 15_000 + number % 100 * 250,
        "weeks": 4 + number % 9,
    }
