"""One organisation that is backed up once for all tests of backups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from tests.exchange.backups import an_organisation, backed_up, living_at


@pytest.fixture(scope="session")
def original(
    settings: Settings, migrated_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Where an organisation lives that has a few of everything, and a backup of it; neither is ever changed."""
    address, file = migrated_database("original"), tmp_path_factory.mktemp("backups") / "tandem.backup"
    with living_at(settings, address):
        an_organisation()
        backed_up(file)
    return address, file


@pytest.fixture
def file(original: tuple[str, Path]) -> Path:
    """The backup of an organisation that has a few of everything."""
    return original[1]


@pytest.fixture
def at_home(original: tuple[str, Path], settings: Settings) -> Callable[[], AbstractContextManager[Flask]]:
    """Gives the app of the organisation that was backed up, to look at."""

    @contextmanager
    def looking() -> Iterator[Flask]:
        with living_at(settings, original[0]) as home:
            yield home

    return looking


@pytest.fixture
def elsewhere(settings: Settings, another_database: Callable[[str], str]) -> Iterator[Flask]:
    """An app on an empty database of the same kind."""
    with living_at(settings, another_database("elsewhere")) as other:
        yield other
