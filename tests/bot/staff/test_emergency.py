from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot import db
from bot.delivery import outbox
from bot.delivery.sender import Sender
from bot.models import Person
from bot.staff import emergency
from tests.fakes import NOON, FakeClock, FakeMessenger

HOUR = timedelta(hours=1)


@pytest.fixture
def send_all(sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger) -> Callable[[], list[str]]:
    """Sends everything that may go now; the texts that LINE got since the last time."""
    sender = Sender(sessions, clock, messenger, pause=lambda _seconds: None)

    def go() -> list[str]:
        before = len(messenger.asked)
        while sender.send_one():
            pass
        return [text for sent in messenger.asked[before:] for text in sent.texts]

    return go


def put(sessions: db.Sessions, purpose: Any, text: str, now: Any) -> None:
    """A push to somebody we know."""
    with sessions.begin() as session:
        if not session.query(Person).count():
            session.add(Person(line_user_id="U1", created_at=now, last_seen_at=now))
        outbox.add_push(
            session, to="U1", payload=[{"type": "text", "text": text}], purpose=purpose, now=now, not_before=now
        )


def test_nothing_is_pushed_while_the_house_is_stopped_but_what_staff_write(
    sessions: db.Sessions, send_all: Callable[[], list[str]]
) -> None:
    with sessions.begin() as session:
        assert emergency.stop(session, by=None, now=NOON)
    put(sessions, "announcement", "お知らせ", NOON)
    put(sessions, "alert", "残りわずか", NOON)
    put(sessions, "staff", "スタッフです", NOON)

    assert send_all() == ["スタッフです"]


def test_announcements_go_on_with_their_whole_grace_and_stopping_twice_is_stopping_once(
    sessions: db.Sessions, send_all: Callable[[], list[str]], clock: FakeClock
) -> None:
    put(sessions, "announcement", "お知らせ", NOON)
    with sessions.begin() as session:
        assert emergency.stop(session, by=None, now=NOON)
        assert not emergency.stop(session, by=None, now=NOON)
    clock.advance(hours=5)
    assert send_all() == []

    with sessions.begin() as session:
        assert emergency.go_on(session, by=None, now=clock())
        assert not emergency.go_on(session, by=None, now=clock())

    assert send_all() == ["お知らせ"]
