"""Alerts about the house itself: raised once, told once, and once more when it is over; and the beat for a watcher elsewhere."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from bot import alerts, db
from bot.app import Knowledge
from bot.delivery.rules import Rules
from bot.keeping import backup
from bot.models import Alert, InboxEvent, OutboxMessage
from bot.watching import matters, pulse, vitals
from bot.watching.heartbeat import Heartbeat
from tests.fakes import NOON, FakeClock

OPEN = matters.House(Rules())
"""Always open."""
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


def event(at: Any, **more: Any) -> InboxEvent:
    row = {"kind": "message", "chat": "U1", "user_id": "U1", "raw": "{}", "received_at": at, "occurred_at": at}
    return InboxEvent(webhook_event_id=f"{at}", next_try_at=at, **row, **({"done_at": at} | more))


def add(sessions: db.Sessions, *rows: Any) -> None:
    with sessions.begin() as session:
        session.add_all(rows)


def watched(sessions: db.Sessions, now: Any, house: matters.House = OPEN) -> list[str]:
    with sessions.begin() as session:
        matters.watch(session, house, now)
    with sessions() as session:
        return [alert.name for alert in alerts.open(session)]


def test_the_first_event_since_a_moment_is_found_without_an_index(sessions: db.Sessions) -> None:
    add(sessions, *(event(NOON + HOUR * number) for number in range(20)))
    with sessions.begin() as session:
        session.execute(sa.delete(InboxEvent).where(InboxEvent.id.in_([1, 7, 8, 20])))

    def first(hours: float) -> int:
        with sessions() as session:
            return vitals.first_since(session, InboxEvent.id, InboxEvent.received_at, NOON + HOUR * hours)

    # The event of an hour has the id after it; where rows are gone, any id in the gap will do.
    assert [first(hours) for hours in (-1, 4, 4.5, 6, 17.5)] == [2, 5, 6, 7, 19]
    assert first(30) > 19


def test_silence_against_its_habit_is_told_and_its_end_as_well(sessions: db.Sessions) -> None:
    # At this hour of other weeks the last event was an hour old, once two.
    add(sessions, *(event(NOON - WEEK * weeks - HOUR * (2 if weeks == 3 else 1)) for weeks in range(4, 0, -1)))
    add(sessions, event(NOON - HOUR * 3.5))

    assert watched(sessions, NOON - HOUR) == []
    assert watched(sessions, NOON) == ["silence"]
    with sessions() as session:
        assert alerts.open(session)[0].facts["hours"] == 4
    add(sessions, event(NOON + HOUR))
    assert watched(sessions, NOON + HOUR) == []


def test_silence_that_is_usual_or_outside_of_opening_hours_is_none(sessions: db.Sessions) -> None:
    add(sessions, *(event(NOON - WEEK * weeks - HOUR * 5) for weeks in range(4, 0, -1)))
    add(sessions, event(NOON - HOUR * 6))
    closed = matters.House(Rules(closed=frozenset({NOON.date()})))

    assert watched(sessions, NOON) == []  # Not one and a half times as long.
    assert watched(sessions, NOON + HOUR * 2, closed) == []


def test_a_house_without_habits_is_not_silent(sessions: db.Sessions) -> None:
    add(sessions, event(NOON - WEEK - HOUR), event(NOON - HOUR * 100))

    assert watched(sessions, NOON) == []


def test_failures_dead_letters_disk_and_backups_are_watched(
    sessions: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def message(outcome: str) -> OutboxMessage:
        row = {"kind": "push", "purpose": "reminder", "payload": [], "created_at": NOON, "next_try_at": NOON}
        return OutboxMessage(outcome=outcome, settled_at=NOON, **row)

    house = matters.House(Rules(), tmp_path, tmp_path)
    (tmp_path / (NOON - timedelta(days=4)).strftime(backup.NAME)).write_bytes(b"")
    # Made by a clock that was ahead, and by hand.
    (tmp_path / (NOON + timedelta(days=4000)).strftime(backup.NAME)).write_bytes(b"")
    (tmp_path / "senaka-before-the-move.backup").write_bytes(b"")
    add(sessions, *(message("accepted") for _ in range(10)), *(message("refused") for _ in range(4)))
    add(sessions, event(NOON, done_at=None, dead_at=NOON))
    room = [100, 50, 7]
    monkeypatch.setattr(
        matters.shutil, "disk_usage", lambda _folder: type("Room", (), {"total": room[0], "free": room[2]})
    )

    assert watched(sessions, NOON, house) == ["dead-letters", "backup-old"]
    add(sessions, message("given-up"))
    room[2] = 4
    assert sorted(watched(sessions, NOON, house)) == ["backup-old", "dead-letters", "disk-full", "failures"]
    room[2] = 7  # Neither full nor fine: it stays as it is.
    (tmp_path / NOON.strftime(backup.NAME)).write_bytes(b"")
    with sessions.begin() as session:
        session.execute(sa.update(InboxEvent).values(done_at=NOON))
    assert watched(sessions, NOON + HOUR * 1.5, house) == ["disk-full"]


def test_a_worker_that_stood_still_says_so_when_it_is_back_and_what_wavers_is_told_once(sessions: db.Sessions) -> None:
    stood = matters.House(Rules(), stood_for=timedelta(minutes=20))
    fine = matters.House(Rules(), stood_for=timedelta(seconds=30))

    assert watched(sessions, NOON, stood) == ["stood-still"]
    assert watched(sessions, NOON + HOUR, fine) == []
    assert watched(sessions, NOON + HOUR * 2, stood) == []
    assert watched(sessions, NOON + HOUR * 8, stood) == ["stood-still"]


def test_whoever_was_told_is_told_of_the_end_once(sessions: db.Sessions) -> None:
    def render(alert: Alert) -> list[dict[str, Any]]:
        return [{"type": "text", "text": alert.name}]

    with sessions.begin() as session:
        alerts.raise_(session, "disk-full", {}, NOON)
        alerts.raise_(session, "stood-still", {}, NOON)
        assert alerts.tell(session, ["a"], render, NOON) == 2
        for name in ("disk-full", "stood-still"):
            alerts.clear(session, name, NOON)
        assert [matters.tell_ends(session, ["a", "b"], render, NOON) for _ in range(2)] == [1, 0]


def test_whichever_worker_comes_first_watches_for_all(sessions: db.Sessions, clock: FakeClock) -> None:
    men = [matters.Watchman(sessions, Rules, (), lambda _alert: []) for _ in range(2)]
    men[0].tick(clock())
    clock.advance(minutes=20)
    for man in men:
        man.tick(clock())

    with sessions() as session:
        assert pulse.last_tick(session) == clock()
        assert [(alert.name, alert.facts) for alert in alerts.open(session)] == [("stood-still", {"minutes": 20})]


def test_every_matter_has_its_words(knowledge: Knowledge) -> None:
    for name in matters.MATTERS:
        assert f"alert_{name.replace('-', '_')}" in knowledge.library.messages
        if name not in matters.WITHOUT_END:
            assert f"alert_over_{name.replace('-', '_')}" in knowledge.library.messages


class Watcher:
    """A watcher elsewhere that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.status = 200

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.calls += 1
        return Response("", self.status)(environ, start_response)


@pytest.fixture
def watcher() -> Iterator[tuple[Watcher, str]]:
    made = Watcher()
    server = make_server("127.0.0.1", 0, made)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made, f"http://127.0.0.1:{server.server_port}/ping/secret"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_watcher_elsewhere_hears_of_us_once_a_minute_and_its_faults_are_logged_once(
    watcher: tuple[Watcher, str], clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    there, url = watcher
    heart = Heartbeat(url)
    caplog.set_level(logging.WARNING, "bot.watching.heartbeat")

    def beat(**length: float) -> None:
        clock.advance(**length)
        heart.beat(clock())
        heart.wait()

    beat(seconds=0)
    beat(seconds=30)
    assert there.calls == 1
    there.status = 500
    for _ in range(3):
        beat(minutes=1)
    there.status = 200
    beat(minutes=1)

    assert there.calls == 5
    said = [record.getMessage() for record in caplog.records if record.name == "bot.watching.heartbeat"]
    assert said == ["heartbeat: not taken (500); tried again every minute, and logged once", "heartbeat: taken again"]
    assert "secret" not in "".join(said)
