"""The console in a test client, and people of each role who are signed in to it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from bot import app as composition
from bot import db, web
from bot.app import App, Knowledge
from bot.dead_links import Answer
from bot.models.staff import Role
from bot.settings import Settings
from bot.staff import accounts
from tests.fakes import FakeClock, FakeMessenger

PASSWORD = "mikan to kuri no ki"


class Desk:
    """A browser of somebody of the staff: forms are sent with the token that their page holds."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> Any:
        """The page at ``/staff`` + *path*."""
        return self.client.get(f"/staff{path}", **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """Send a form to ``/staff`` + *path*."""
        token = self.client.get("/staff/sign-in").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        return self.client.post(f"/staff{path}", data={"csrf_token": token, **(data or {})}, **options)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are hashed in no time: what argon2 costs is not what is looked at here."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def app(knowledge: Knowledge, database_url: str, clock: FakeClock, messenger: FakeMessenger) -> Iterator[App]:
    """The program put together, on SQLite and on PostgreSQL."""
    settings = Settings(_env_file=None, database_url=database_url)  # type: ignore[call-arg]
    made = composition.build(settings, clock, messenger, knowledge)
    yield made
    made.lessons.stop()
    db.engine_of(made.sessions).dispose()


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Those of a practice that has set nothing but its database."""
    return Settings(_env_file=None, database_url=database_url)  # type: ignore[call-arg]


@pytest.fixture
def web_sites() -> dict[str, Answer]:
    """What comes of opening pages that links lead to; of those that are not in it nobody can say."""
    return {}


@pytest.fixture
def aside() -> list[Callable[[], None]]:
    """What pages have begun in the background; a test does it when it wants it done."""
    return []


@pytest.fixture
def pages(
    app: App, settings: Settings, tmp_path: Path, web_sites: dict[str, Answer], aside: list[Callable[[], None]]
) -> Iterator[Flask]:
    """The web application with the console in it."""
    console = replace(
        app.console(settings, wake=lambda: None),
        open_links=lambda urls: {url: web_sites.get(url, "unsure") for url in urls},
        aside=aside.append,
    )
    yield web.create(
        channel_secret="x" * 32,
        sessions=app.sessions,
        clock=app.clock,
        pictures=tmp_path,
        wake=lambda: None,
        console=console,
    )
    db.engine_of(console.reading).dispose()


@pytest.fixture
def stranger(pages: Flask) -> Desk:
    """A browser in which nobody is signed in."""
    return Desk(pages.test_client())


@pytest.fixture
def staff(app: App, pages: Flask) -> Callable[..., Desk]:
    """Signs somebody in: ``staff("editor")``, ``staff("owner", name="sato")``; an account is made when there is none."""

    def enter(role: Role, *, name: str | None = None) -> Desk:
        with app.sessions.begin() as session:
            account = accounts.find(session, name or role)
            if account is None:
                account, _ = accounts.invite(session, name or role, role=role, by=None, now=app.clock())
                accounts.take_up(session, account, PASSWORD, app.clock())
        desk = Desk(pages.test_client())
        answer = desk.post("/sign-in", {"account": name or role, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return desk

    return enter
