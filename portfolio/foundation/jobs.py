"""Work done after the answer: a queue beside the database, carried out by the web process or by `tandem work`.

A job is a name and numbers, never an object, and does no harm when it is carried out twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from config import Settings

log = logging.getLogger(__name__)


class Jobs:
    """The queue of one app and what it can carry out."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self._work: dict[str, Callable[..., None]] = {}
        self._chores: list[str] = []
        self.huey = _queue(settings)
        self._task = self.huey.task(retries=8, retry_delay=15)(self.carry_out)
        self.huey.periodic_task(crontab(minute="*/2"))(self.do_chores)
        app.extensions["jobs"] = self

    def job(self, name: str, work: Callable[..., None], *, chore: bool = False) -> None:
        """Make some work known by a name.

        Args:
            chore: carry it out every two minutes as well, without arguments.
        """
        self._work[name] = work
        if chore:
            self._chores.append(name)

    def put(self, name: str, *numbers: Any) -> None:
        """Have a job carried out soon; what is put before a commit that fails must do no harm."""
        if name not in self._work:
            raise KeyError(name)
        self._task(name, *numbers)

    def carry_out(self, name: str, *numbers: Any) -> None:
        """Carry out one job now."""
        with self.app.app_context():
            self._work[name](*numbers)

    def do_chores(self) -> None:
        """Carry out what has to be looked at from time to time."""
        for name in self._chores:
            try:
                self.carry_out(name)
            except Exception:
                log.exception("The chore %s failed; it is tried again in two minutes.", name)

    def carry_out_waiting(self) -> int:
        """Carry out everything that waits, here and now; gives how many. For tests and commands."""
        done = 0
        while (task := self.huey.dequeue()) is not None:
            self.huey.execute(task)
            done += 1
        return done

    def start_embedded(self) -> Consumer:
        """Carry out jobs in threads of this process."""
        consumer = EmbeddedConsumer(self.huey, workers=1, check_worker_health=False)
        consumer.start()
        return consumer

    def work(self) -> None:
        """Carry out jobs until this process is told to end."""
        Consumer(self.huey, workers=2).run()


class EmbeddedConsumer(Consumer):
    """A consumer that leaves the process's signals to the server it lives in."""

    def _set_signal_handlers(self) -> None:
        """The server handles them."""


def put(name: str, *numbers: Any) -> None:
    """Have a job of the current app carried out soon."""
    current_app.extensions["jobs"].put(name, *numbers)


def _queue(settings: Settings) -> Huey:
    if settings.is_embedded:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("tandem", filename=str(settings.data_dir / "jobs.db"), results=False)
    return PostgresHuey(
        "tandem", dsn=settings.database_url.replace("postgresql+psycopg:", "postgresql:"), results=False
    )
