"""Tandem as it is shipped: `tandem serve` in a process of its own, to be asked and to be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import requests
from flask import Flask

from config import Settings
from portfolio import create_app
from portfolio.foundation.database import db

COMMAND = "import sys; from portfolio.commands import main; sys.argv[0] = 'tandem'; main()"
PATIENCE = 60  # Seconds; the machine may be busy.


@dataclass
class Served:
    """A server on a database of its own."""

    settings: Settings
    command: list[str] = field(default_factory=lambda: [sys.executable, "-c", COMMAND, "serve"])
    server: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def api(self) -> str:
        """Where programs ask."""
        return f"{self.url}/api/v1"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = (self.settings.data_dir / "server.log").open("ab")
        self.server = subprocess.Popen(
            self.command,
            env=self._environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                requests.get(f"{self.api}/openapi.json", timeout=10)
            except requests.ConnectionError:
                if self.server.poll() is not None:
                    break
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self.settings.data_dir / "server.log").read_text())

    def kill(self) -> None:
        """End every process of it at once, as a power cut would."""
        if self.server is not None and self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait(PATIENCE)

    def tandem(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of Tandem's on the same database."""
        return subprocess.run(
            [sys.executable, "-c", COMMAND, *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=600,
        )

    def _environment(self) -> dict[str, str]:
        root = Path(__file__).resolve().parents[2]
        return os.environ | {
            "PYTHONPATH": str(root),
            "PORT": str(self.settings.port),
            "TANDEM_DATA_DIR": str(self.settings.data_dir),
            "DATABASE_URL": self.settings.database_url,
            "SECRET_KEY": self.settings.secret_key,
            "TANDEM_BASE_URL": self.settings.base_url,
        }


@contextmanager
def serving(settings: Settings, url: str, folder: Path, *, empty: bool = False) -> Iterator[tuple[Served, Flask]]:
    """Gives a server that has yet to be started, and an app on the same database to prepare it and to look at it.

    Args:
        empty: the database has no tables yet, so `tandem upgrade` is run on it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    own = replace(
        settings, database_url=url, data_dir=folder, port=port, base_url=f"http://127.0.0.1:{port}", testing=False
    )
    served = Served(own)
    if empty:
        done = served.tandem("upgrade")
        assert done.returncode == 0, done.stderr
    app = create_app(replace(own, testing=True))
    with app.app_context():
        try:
            yield served, app
        finally:
            served.kill()
            db.session.rollback()
            db.engine.dispose()
