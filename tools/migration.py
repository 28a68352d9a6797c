"""Writes a migration from the difference between the models and the migrations so far; to be read before it is used."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path

import flask_migrate

import portfolio
from config import ROOT, Settings

VERSIONS = ROOT / "migrations" / "versions"


def enter_every_room() -> None:
    """Load all modules, for a table is known only once its module is, whoever else needs it."""
    for module in pkgutil.walk_packages(portfolio.__path__, "portfolio."):
        importlib.import_module(module.name)


def write(message: str, folder: Path) -> list[Path]:
    """Write the next migration, numbered; gives the new file, or nothing when the models hold nothing new."""
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'tandem.db'}", secret_key="-" * 64)
    before = set(VERSIONS.glob("*.py"))
    VERSIONS.mkdir(exist_ok=True)
    enter_every_room()
    with portfolio.create_app(settings, serves_pages=False).app_context():
        flask_migrate.upgrade()
        flask_migrate.migrate(message=message, rev_id=f"{len(before) + 1:04d}")
    return sorted(set(VERSIONS.glob("*.py")) - before)


def main() -> None:
    """Write it and make it look like the rest."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.exit('Say what it is for: make migration m="people and money"')
    with tempfile.TemporaryDirectory() as folder:
        written = write(message, Path(folder))
    if not written:
        sys.exit("The models hold nothing that the migrations do not.")
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "--quiet", *written])
    subprocess.run([*ruff, "check", "--quiet", "--fix-only", *written])
    print(f"Written: {written[0].relative_to(ROOT)}. Read it, then add seals, fixed rows and data by hand.")


if __name__ == "__main__":
    main()
