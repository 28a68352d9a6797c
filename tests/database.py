"""The database under the tests: migrated once, given back as new before each test, with everything really committed.

No test runs inside a transaction that is rolled back: what is promised about locks and commits could not be seen there.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import flask_migrate
import psycopg
from flask import Flask
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from portfolio.foundation.database import PRAGMAS, db
from tools import needs

# Nobody pulls the plug during a test. The app reads this table for every connection, and for its check at start-up.
PRAGMAS["synchronous"] = 0

# Speed for safety: this server forgets everything anyway. It is reached through a socket in its own folder only.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


class Database(Protocol):
    """A database that tests can have, and have again as new."""

    url: str

    def migrate(self, app: Flask) -> None: ...
    def state(self, app: Flask) -> str: ...
    def reset(self, app: Flask, state: str = "") -> None: ...
    def another(self, name: str) -> str: ...
    def copy(self, name: str, of: str = "") -> str: ...


class SqliteDatabase:
    """A file, copied from the migrated one before each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file, self._template = folder / "tandem.db", folder / "template.db"
        self._states = itertools.count(1)
        self.url = f"sqlite:///{self._file}"

    def migrate(self, app: Flask) -> None:
        """Bring it to the newest revision, and keep it like that."""
        with app.app_context():
            flask_migrate.upgrade()
            db.engine.dispose()  # The last connection to go writes everything into the one file.
        shutil.copyfile(self._file, self._template)

    def state(self, app: Flask) -> str:
        """What it holds now, to be given back with `reset`; nobody may be connected to it but through the app."""
        with app.app_context():
            db.engine.dispose()
        kept = self._folder / f"state{next(self._states)}.db"
        shutil.copyfile(self._file, kept)
        return str(kept)

    def reset(self, app: Flask, state: str = "") -> None:
        """Give it back as new, or as it was when it held what is told."""
        with app.app_context():
            db.engine.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self._file}{ending}").unlink(missing_ok=True)
        shutil.copyfile(state or self._template, self._file)

    def another(self, name: str) -> str:
        """The address of one more database, empty."""
        file = self._folder / f"{name}.db"
        for ending in ("", "-wal", "-shm"):
            Path(f"{file}{ending}").unlink(missing_ok=True)
        return f"sqlite:///{file}"

    def copy(self, name: str, of: str = "") -> str:
        """The address of one more database, the same as another that nobody is connected to; else migrated only."""
        address = self.another(name)
        source = of.removeprefix("sqlite:///") or self._template
        assert not Path(f"{source}-wal").exists(), f"Somebody is connected to {source}."
        shutil.copyfile(source, address.removeprefix("sqlite:///"))
        return address


class PostgresDatabase:
    """A database of a server, whose rows are deleted before each test."""

    def __init__(self, cluster: Path, name: str) -> None:
        self._cluster, self._name, self._template = cluster, name, f"{name}_template"
        self.url = self._made(name)
        self._cleaning = ""

    def migrate(self, app: Flask) -> None:
        """Bring it to the newest revision, and learn how to make it new again."""
        with app.app_context():
            flask_migrate.upgrade()
            db.engine.dispose()  # A database that somebody is connected to is not copied.
        self._made(self._template, self._name)
        self._connection = psycopg.connect(self.url, autocommit=True)
        # A test that left a transaction open makes the next one fail, instead of wait for ever.
        self._connection.execute("SET lock_timeout = '10s'")
        self._cleaning = cleaning(self._connection)

    def state(self, app: Flask) -> str:  # noqa: ARG002
        """What it holds now, to be given back with `reset`."""
        return cleaning(self._connection)

    def reset(self, app: Flask, state: str = "") -> None:  # noqa: ARG002
        """Give it back as new, or as it was when it held what is told."""
        self._connection.execute(state or self._cleaning)

    def another(self, name: str) -> str:
        """The address of one more database, empty; its name is ours, for other processes have one of each too."""
        return self._made(f"{self._name}_{name}")

    def copy(self, name: str, of: str = "") -> str:
        """The address of one more database, the same as another that nobody is connected to; else migrated only."""
        source = conninfo_to_dict(of)["dbname"] if of else self._template
        return self._made(f"{self._name}_{name}", str(source))

    def _made(self, name: str, like: str = "template1") -> str:
        dropped = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like))
        with psycopg.connect(url_of(self._cluster, "postgres"), autocommit=True) as connection:
            connection.execute(dropped)
            connection.execute(made)
        return url_of(self._cluster, name)


def cleaning(connection: psycopg.Connection) -> str:
    """One statement that empties every table which has rows, and puts those rows back that are there now.

    Numbers begin at 1 again, as they do in a file. It runs as a replica, so foreign keys do not matter; the seals of
    sealed tables hold even then, and are lifted.
    """
    steps: list[sql.Composable] = [sql.SQL("SET LOCAL session_replication_role = replica;")]
    for (name,) in connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND relname <> 'alembic_version' ORDER BY 1"
    ).fetchall():
        table = sql.Identifier(name)
        seals = connection.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'", [f'"{name}"']
        ).fetchall()
        alter = sql.SQL("ALTER TABLE {} {} TRIGGER {};")
        lifted = [alter.format(table, sql.SQL("DISABLE"), sql.Identifier(seal)) for (seal,) in seals]
        put_on = [alter.format(table, sql.SQL("ENABLE ALWAYS"), sql.Identifier(seal)) for (seal,) in seals]
        delete: list[sql.Composable] = [*lifted, sql.SQL("DELETE FROM {};").format(table), *put_on]
        sequences = _sequences(connection, name)
        delete += [sql.SQL("PERFORM setval({}, 1, false);").format(sql.Literal(it)) for _column, it in sequences]
        steps.append(
            sql.SQL("IF EXISTS (SELECT FROM {}) THEN {} END IF;").format(table, sql.SQL(" ").join(delete)),
        )
        (rows,) = connection.execute(sql.SQL("SELECT jsonb_agg(t)::text FROM {} t").format(table)).fetchone() or (None,)
        if rows is not None:
            again = sql.SQL("INSERT INTO {0} SELECT * FROM jsonb_populate_recordset(NULL::{0}, {1});")
            steps += [*lifted, again.format(table, sql.Literal(rows)), *put_on]
            after = sql.SQL("PERFORM setval({}, (SELECT max({}) FROM {}));")
            steps += [after.format(sql.Literal(it), sql.Identifier(column), table) for column, it in sequences]
    return sql.SQL("DO $clean$ BEGIN {} END $clean$").format(sql.SQL("\n").join(steps)).as_string(connection)


def _sequences(connection: psycopg.Connection, table: str) -> list[tuple[str, str]]:
    """The columns of a table that are numbered, each with what numbers it."""
    found = connection.execute(
        "SELECT column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s",
        [table],
    ).fetchall()
    return [(column, sequence) for column, sequence in found if sequence]


def url_of(cluster: Path, database: str) -> str:
    """The address of a database on our own server."""
    return f"postgresql://postgres@/{database}?host={cluster}"


class Cluster:
    """A PostgreSQL server of our own for one run of the tests, shared by all their processes."""

    def __init__(self, settings: Sequence[str] = CARELESS) -> None:
        found = needs.postgresql()
        if found is None:
            raise RuntimeError("There is no PostgreSQL server on this machine; `make test` says how to get one.")
        self._programs, self._settings = found, ("listen_addresses=", *settings)
        self.folder = Path(tempfile.mkdtemp(prefix="tandem-tests-"))
        self._as_owner: list[str] = []
        if os.geteuid() == 0:  # The server refuses to run as root.
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as_owner = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        self._data = self.folder / "data"
        self._server = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        initdb = [self._programs / "initdb", "--pgdata", self._data, "--username=postgres", "--auth=trust", "--no-sync"]
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run([*self._as_owner, *initdb, *locale], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
        careless = [argument for setting in self._settings for argument in ("-c", setting)]
        server = [self._programs / "postgres", "-D", self._data, "-k", self.folder, *careless]
        # Should the tests be killed, the server hears it and ends as well.
        dying_along = [*(self._as_owner or ["setpriv"]), "--pdeathsig=INT"]
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*dying_along, *server], cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        self._wait_for(process)
        return process

    def _wait_for(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            try:
                psycopg.connect(url_of(self.folder, "postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")

    def stop(self) -> None:
        """End the server and take its files away."""
        self._server.send_signal(signal.SIGINT)  # Waits for nobody who is still connected.
        try:
            self._server.wait(20)
        except subprocess.TimeoutExpired:
            self._server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def database(kind: str, folder: Path, worker: str, shared: Mapping[str, str]) -> Database:
    """The database of one test process.

    Args:
        kind: sqlite or postgresql.
        folder: where its files may go.
        worker: the process's name.
        shared: what the first process tells the others; `cluster` is the server's folder.
    """
    if kind == "sqlite":
        return SqliteDatabase(folder)
    return PostgresDatabase(Path(shared["cluster"]), f"tandem_{worker}")
