"""What tests stand on: an app, a database as new, people who are signed in, and a real browser."""

from __future__ import annotations

import gc
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask_security import hash_password
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import event, inspect, update
from sqlalchemy.engine import Engine

from config import Settings
from portfolio import create_app
from portfolio.foundation.database import db
from portfolio.people.person import Person
from tests.browser import Browser, Serving, cookie_of
from tests.database import Cluster, Database, database
from tools import needs

PASSWORD = "a password for tests only"
NOT_COUNTED = ("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")
CLUSTER = pytest.StashKey[Cluster]()

# The machine may be busy; no test asserts a time.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the same tests run on either database."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where the tests keep rows")
    parser.addoption("--promises", action="store_true", help="as often as the promises say, with progress; takes long")


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL server for the whole run, before there are several processes."""
    # What was imported stays to the end; looking through it for rubbish was an eighth of what the tests cost.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    first = not hasattr(config, "workerinput")
    if first and config.getoption("database") == "postgresql" and not config.option.collectonly:
        config.stash[CLUSTER] = Cluster()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, in the usual run on the second database, what says nothing about databases; --promises tries it."""
    if config.getoption("database") == "postgresql" and not config.getoption("promises"):
        once = [item for item in items if item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if item not in once]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell another test process where the server is."""
    if CLUSTER in node.config.stash:
        node.workerinput["cluster"] = str(node.config.stash[CLUSTER].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server that this process started."""
    if CLUSTER in config.stash:
        config.stash[CLUSTER].stop()


@pytest.fixture(scope="session")
def listening() -> Iterator[socket.socket]:
    """A port of our own for the server that a browser talks to, taken before the app has to know its address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken


@pytest.fixture(scope="session")
def the_database(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """This process's database, not migrated yet; tests ask for `app` instead."""
    told = getattr(pytestconfig, "workerinput", {"workerid": "alone"})
    if CLUSTER in pytestconfig.stash:
        told = {**told, "cluster": str(pytestconfig.stash[CLUSTER].folder)}
    return database(pytestconfig.getoption("database"), tmp_path_factory.mktemp("database"), told["workerid"], told)


@pytest.fixture(scope="session")
def settings(the_database: Database, listening: socket.socket, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the app under test; `dataclasses.replace` makes others of them."""
    port = listening.getsockname()[1]
    return Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=the_database.url,
        secret_key="only for tests: 0123456789 abcdefghijklmnopqrstuvwxyz",
        port=port,
        base_url=f"http://localhost:{port}",
        testing=True,
    )


@pytest.fixture(scope="session")
def the_app(settings: Settings, the_database: Database) -> Flask:
    """One app for all tests of this process, on a migrated database; tests ask for `app` instead."""
    app = create_app(settings)
    app.test_client_class = Browser
    # A password that takes a tenth of a second to check would be most of what the tests do.
    app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=8, argon2__parallelism=1)
    the_database.migrate(app)
    return app


@pytest.fixture
def app(the_app: Flask, the_database: Database) -> Iterator[Flask]:
    """The app on a database as new, within its context; what a client sends is answered in one of its own."""
    the_database.reset(the_app)
    the_app.extensions["jobs"].huey.flush()
    with the_app.app_context():
        yield the_app


@pytest.fixture
def client(app: Flask) -> Browser:
    """Somebody who is not signed in."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture(scope="session")
def password_hash(the_app: Flask) -> str:
    """The hash of the one password that everybody has here."""
    with the_app.app_context():
        return str(hash_password(PASSWORD))


@pytest.fixture
def signed_in(app: Flask, password_hash: str) -> Callable[[Person], Browser]:
    """Gives a client in which a person is signed in, through the sign-in form."""

    def sign_in(person: Person) -> Browser:
        (person_id,) = inspect(person).identity
        who = Person.__table__
        # Beside the test's own session, so that nothing it holds is let go.
        with db.engine.begin() as connection:
            found = connection.execute(
                update(who).where(who.c.id == person_id).values(password=password_hash).returning(who.c.email)
            )
            email = found.scalar_one()
        client: Browser = app.test_client()  # type: ignore[assignment]
        answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return sign_in


@pytest.fixture
def count_statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """Gives the statements that reach the database meanwhile, the same number on both kinds."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.lstrip().upper().startswith(NOT_COUNTED):
                statements.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting


@pytest.fixture(scope="session")
def serving(the_app: Flask, listening: socket.socket, settings: Settings) -> Iterator[Serving]:
    """The app served for real, by threads of this process."""
    server = Serving("127.0.0.1", settings.port, the_app, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def base_url(serving: Serving, settings: Settings) -> str:
    """Where relative addresses in a browser start."""
    return settings.base_url


@pytest.fixture
def live_server(app: Flask, base_url: str, serving: Serving) -> Iterator[str]:
    """The address of a running app whose database is as new, and stays until the last request is answered."""
    yield base_url
    serving.settle()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium, which calls nobody."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    quiet += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return {**browser_type_launch_args, "executable_path": needs.chromium(), "args": quiet}


@pytest.fixture
def context(live_server: str, context: BrowserContext) -> BrowserContext:
    """A browser never meets a database that another test has used."""
    return context


@pytest.fixture
def page_of(context: BrowserContext, live_server: str, signed_in: Callable[[Person], Browser]) -> Callable[..., Page]:
    """Gives a page of a real browser in which a person is signed in."""

    def open_page(person: Person) -> Page:
        context.clear_cookies()
        context.add_cookies([cookie_of(signed_in(person), live_server)])  # type: ignore[list-item]
        return context.new_page()

    return open_page


@pytest.fixture
def another_database(the_database: Database) -> Callable[[str], str]:
    """Gives the address of one more database, empty, for a test that migrates up and down."""
    return the_database.another


@pytest.fixture(scope="session")
def migrated_database(the_app: Flask, the_database: Database) -> Callable[[str], str]:
    """Gives the address of one more database, migrated and as new, for an app of its own."""
    return the_database.copy


@pytest.fixture
def how_many(pytestconfig: pytest.Config) -> Callable[[int, int], int]:
    """Gives how often to try: a few times in the usual run, as often as the promise says with --promises."""
    in_full = pytestconfig.getoption("promises")
    return lambda short, full: full if in_full else short


@pytest.fixture
def progress(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Callable[[int, int], None]:
    """Says how far a long test is, ten times on its way, where --promises is given."""
    capturing = pytestconfig.pluginmanager.getplugin("capturemanager")

    def tell(done: int, of: int) -> None:
        if pytestconfig.getoption("promises") and done * 10 // of > (done - 1) * 10 // of:
            with capturing.global_and_fixture_disabled():
                sys.stderr.write(f"\n{request.node.name}: {done} of {of}")

    return tell


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder with everything."""
    return Path(__file__).resolve().parent.parent
