"""Copies of the migrations to which tests add their own, and the real command in a process that can be killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config import ROOT
from portfolio.exchange import restoring

TANDEM = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
import config
config.ROOT = Path(sys.argv[1])
from portfolio.commands import main
sys.argv[:] = ["tandem", "upgrade"]
main()
"""
HEAD = '''"""{words}"""

from __future__ import annotations

import os
import time
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {before!r}
branch_labels = None
depends_on = None


def stand_still() -> None:
    """Say that half of it is done, and wait to be killed."""
    if os.environ.get("STAND_STILL_AT"):
        Path(os.environ["STAND_STILL_AT"]).touch()
        time.sleep(120)


'''


@dataclass(frozen=True)
class Scratch:
    """A folder that looks like Tandem's own, with migrations of its own."""

    folder: Path

    @classmethod
    def made_in(cls, folder: Path) -> Scratch:
        """A copy; everything but the migrations is Tandem's own."""
        folder.mkdir()
        shutil.copytree(ROOT / "migrations", folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("portfolio", "templates", "config.py"):
            (folder / name).symlink_to(ROOT / name)
        return cls(folder)

    @property
    def migrations(self) -> str:
        """Where its migrations are."""
        return str(self.folder / "migrations")

    def add(self, revision: str, body: str, *, before: str | None = None) -> None:
        """Add a migration after the newest, or after another one that was added."""
        head = HEAD.format(words=f"Scratch {revision}.", revision=revision, before=before or restoring.newest_schema())
        (self.folder / "migrations" / "versions" / f"{revision}_scratch.py").write_text(head + body)

    def change(self, file: str, old: str, new: str) -> None:
        """Change a line of the copy, such as one that guards something."""
        path = self.folder / "migrations" / file
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new))

    def upgrade(self, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        """Run `tandem upgrade` with these migrations."""
        return subprocess.Popen(
            [sys.executable, "-c", TANDEM, str(self.folder)],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def killed_half_way(self, environment: Mapping[str, str]) -> None:
        """Run it, and kill it where a migration stands still."""
        half_way = self.folder / "half way"
        process = self.upgrade({**environment, "STAND_STILL_AT": str(half_way)})
        until = time.monotonic() + 120
        while not half_way.exists():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < until, "It never came half way."
            time.sleep(0.02)
        process.kill()
        process.communicate()
