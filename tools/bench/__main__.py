"""Seeds a database, serves the floor and the product beside each other, measures, and prints the table."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import flask_migrate

from config import Settings
from portfolio import create_app
from portfolio.commands import SERVER_THREADS
from portfolio.foundation.database import db
from tests.database import Cluster, PostgresDatabase
from tools.bench import floor
from tools.bench.ground import EMAIL, PROGRAM
from tools.bench.inside import Inside
from tools.bench.pages import Measured, pages
from tools.bench.seeding import seed
from tools.bench.servers import Server, floor_command, free_port, running
from tools.bench.slices import ROUNDS, Figures, Stand
from tools.bench.visitor import Visitor

HEAD = ("page", "CPU ms", "x floor", "spread", "goal", "statements", "goal", "kB sent")
TANDEM = str(Path(sys.executable).parent / "tandem")


@dataclass(frozen=True)
class Databases:
    """Where both keep their rows, and the processes of the database itself."""

    product: str
    floor: str
    processes: tuple[int, ...] = ()


def main() -> None:
    """Measure, or look where one page's time goes."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--experiments", type=int, choices=(200, 2_000, 20_000), default=2_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--profile", metavar="PAGE", help="pages whose name has this: show their statements and functions instead"
    )
    parser.add_argument("--only", metavar="PAGE", default="", help="measure the pages whose name has this")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended early."))  # So that the servers are ended too.
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as name, _databases(asked.database, Path(name)) as where:
        _run(asked, Path(name), where)


def _run(asked: argparse.Namespace, folder: Path, where: Databases) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = Settings(folder, where.product, secrets.token_urlsafe(48), port=port, base_url=address, jobs="worker")
    app = create_app(settings)
    began = time.monotonic()
    with app.app_context():
        flask_migrate.upgrade()
        seeded = seed(asked.experiments)
    floor.seed(where.floor, asked.experiments)
    print(f"  seeded in {time.monotonic() - began:.0f} s", file=sys.stderr)
    inside = Inside(app, seeded.token)
    measured = [page for page in pages(seeded) if (asked.profile or asked.only) in page.name]
    there = [page for page in measured if inside.exists(page)]
    if asked.profile:
        for page in there:
            inside.profile(page)
        return
    statements = {page.name: inside.statements(page) for page in there}
    with app.app_context():
        db.engine.dispose()
    with _served(settings, folder, where, seeded.token) as stand:
        _measure(stand, there, statements, f"{asked.experiments:,} experiments on {asked.database}")
    for page in measured:
        if page not in there:
            print(f"{page.name}: no such page yet ({page.path})")


@contextmanager
def _databases(kind: str, folder: Path) -> Iterator[Databases]:
    if kind == "sqlite":
        yield Databases(f"sqlite:///{folder / 'tandem.db'}", f"sqlite:///{folder / 'floor.db'}")
        return
    cluster = Cluster()
    try:
        own = PostgresDatabase(cluster.folder, "tandem")
        process = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        yield Databases(own.url, own.another("floor"), (process,))
    finally:
        cluster.stop()


@contextmanager
def _served(settings: Settings, folder: Path, where: Databases, token: str) -> Iterator[Stand]:
    """Serve both as they are served: the product by its own command, jobs apart; the floor with the same settings."""
    own = {
        "TANDEM_DATA_DIR": str(folder),
        "DATABASE_URL": where.product,
        "SECRET_KEY": settings.secret_key,
        "PORT": str(settings.port),
        "TANDEM_JOBS": settings.jobs,
    }
    workers = Settings.from_environment({**os.environ, **own}).web_workers
    port = free_port()
    bare = floor_command(where.floor, port, workers=workers, threads=SERVER_THREADS)
    with ExitStack() as stack:

        def start(command: list[str], at: int, log: str) -> Server:
            served = running(command, at, environment=own, log=folder / log, beside=where.processes)
            return stack.enter_context(served)

        product = start([TANDEM, "serve"], settings.port, "tandem.log")
        visitors = {who: Visitor(settings.port) for who in EMAIL}
        for who, visitor in visitors.items():
            visitor.sign_in(who)
        visitors[PROGRAM] = Visitor(settings.port, token=token)
        yield Stand(start(bare, port, "floor.log"), product, visitors)


def _measure(stand: Stand, there: list[Measured], statements: dict[str, int], what: str) -> None:
    print(f"\n{what}; the floor costs {stand.floor():.2f} ms of CPU and sends {stand.floor_size / 1000:.1f} kB")
    print(f"each figure is the median of {ROUNDS} slices, each beside a slice of the floor; ! is over the goal\n")
    print(_line(*HEAD))
    print(_line(*("---" for _ in HEAD)))
    for page in there:
        print(_row(page, stand.measure(page), statements[page.name]), flush=True)


def _row(page: Measured, found: Figures, statements: int) -> str:
    lowest, highest = found.spread
    return _line(
        page.name,
        f"{found.cpu:.1f}",
        f"{found.ratio:.2f}{_over(found.ratio, page.cpu)}",
        f"{lowest:.1f}–{highest:.1f}",
        f"{page.cpu or ''}",
        f"{statements}{_over(statements, page.statements)}",
        f"{page.statements or ''}",
        f"{found.size / 1000:.1f}",
    )


def _over(found: float, goal: float | None) -> str:
    return " !" if goal is not None and found > goal else ""


def _line(*cells: str) -> str:
    """A line of a Markdown table, to be read here or pasted."""
    first, *others = cells
    return f"| {first:<22} | " + " | ".join(f"{cell:>10}" for cell in others) + " |"


if __name__ == "__main__":
    main()
