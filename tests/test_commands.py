"""The command `tandem`: what cannot go on says why in a sentence, and nothing half done is left behind."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from config import SettingMissing, Settings
from portfolio import commands
from portfolio.foundation.database import db
from portfolio.people.person import Person
from tests.factories import reading


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "http", "PORT must be a whole number"),
        ("PORT", "99999", "PORT can be 65535 at most"),
        ("DATABASE_URL", "mysql://tandem@db/tandem", "DATABASE_URL must begin with postgresql://"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL must begin with postgresql://"),
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingMissing, match=said):
        Settings.from_environment({name: value})


@pytest.mark.parametrize(
    "key",
    ["", "short", "a" * 40, "change-me-before-you-use-this-for-real-0123", "tandem-key-tandem-key-tandem-key-tandem"],
)
def test_a_key_that_anybody_could_guess_does_not_serve(settings: Settings, key: str) -> None:
    with pytest.raises(SettingMissing, match="SECRET_KEY"):
        dataclasses.replace(settings, secret_key=key).require_secret_key()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "the database cannot be used: "),
        ({"TANDEM_DATA_DIR": "{folder}/a file/below it"}, "Not a directory: "),
        ({"TANDEM_DATA_DIR": "{folder}/not ours"}, "the database cannot be used: file is not a database"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], said: str
) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "not ours").mkdir()
    (tmp_path / "not ours" / "tandem.db").write_text("These are words, and no database. " * 50)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(folder=tmp_path))
    monkeypatch.setattr("sys.argv", ["tandem", "upgrade"])

    with pytest.raises(SystemExit) as ended:
        commands.main()

    assert str(ended.value.code).startswith(f"tandem: {said}")


def add_person(app: Flask, monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    monkeypatch.setattr(commands, "_ready_app", lambda _: app)
    return CliRunner().invoke(commands.cli, ["person", "add", *options])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--name", " ", "--email", "noor@company.example"], "Give the name"),
        (["--name", "Noor", "--email", "noor"], "noor is not an e-mail address"),
    ],
)
def test_nobody_is_added_without_a_name_or_an_address(
    app: Flask, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    result = add_person(app, monkeypatch, *options)

    assert result.exit_code == 2
    assert said in result.output
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_somebody_is_added_from_the_console(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    result = add_person(app, monkeypatch, "--name", "Noor  Claeys", "--email", "Noor@Company.example")

    assert "Noor Claeys is added" in result.output
    with reading():
        assert db.session.scalars(select(Person.email)).all() == ["noor@company.example"]
