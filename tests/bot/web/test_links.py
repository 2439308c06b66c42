from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from bot import db
from bot.broadcasts import drafts, taps
from bot.broadcasts.content import Button, CardContent
from bot.broadcasts.report import report
from bot.models import Broadcast
from bot.web import create
from tests.fakes import NOON, FakeClock

CARD = CardContent(title="お休み", buttons=(Button(label="予約", url="https://clinic.example/book"),))


@pytest.fixture
def browser(sessions: db.Sessions, clock: FakeClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create(
        channel_secret="x" * 32,
        sessions=sessions,
        clock=clock,
        pictures=tmp_path_factory.mktemp("pictures"),
        wake=lambda: None,
    )
    with app.test_client() as client:
        yield client


@pytest.fixture
def address(sessions: db.Sessions) -> str:
    with sessions.begin() as session:
        made = drafts.create(session, by=None, now=NOON, content=CARD)
        made.state = "sent"
        return f"/go/{taps.token(made, 0)}"


def times(sessions: db.Sessions) -> int:
    with sessions() as session:
        return report(session, session.get_one(Broadcast, 1)).taps[0].times


def test_a_link_leads_on_and_is_counted(browser: FlaskClient, sessions: db.Sessions, address: str) -> None:
    answer = browser.get(address)

    assert (answer.status_code, answer.headers["Location"]) == (302, "https://clinic.example/book")
    assert answer.headers["Cache-Control"] == "no-store"
    assert times(sessions) == 1


def test_who_only_looks_at_the_head_is_not_counted(browser: FlaskClient, sessions: db.Sessions, address: str) -> None:
    assert browser.head(address).status_code == 302
    assert times(sessions) == 0


def test_a_made_up_link_leads_nowhere_whatever_it_asks_for(browser: FlaskClient, address: str) -> None:
    for path in (
        address[:-1] + "x",
        "/go/https:%2F%2Fevil.example",
        "/go/1-0-",
        f"{address}?next=https://evil.example",
    ):
        answer = browser.get(path)
        assert answer.headers.get("Location") in (None, "https://clinic.example/book")
        assert (answer.status_code == 302) is ("?next" in path)
