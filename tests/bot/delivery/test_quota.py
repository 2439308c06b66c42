import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot import db
from bot.delivery import month, outbox, readings
from bot.delivery.month import Month
from bot.delivery.quota import Quota
from bot.models import OutboxMessage
from tests.fakes import NOON, FakeMessenger

MAY = datetime(2026, 4, 30, 15, 0, tzinfo=UTC)
"""The first moment of May in Tokyo."""


def add(sessions: db.Sessions, *to: str, **state: Any) -> None:
    with sessions.begin() as session:
        outbox.add_multicast(session, to=to, payload=[], purpose="announcement", now=NOON)
        newest = sa.select(sa.func.max(OutboxMessage.id)).scalar_subquery()
        if state:
            session.execute(sa.update(OutboxMessage).where(OutboxMessage.id == newest).values(**state))


def left(sessions: db.Sessions, now: datetime, limit: int | None = 100) -> int | None:
    with sessions() as session:
        return Quota(limit).left(session, now)


def test_every_recipient_of_this_month_counts_once(sessions: db.Sessions) -> None:
    add(sessions, "a", "b", "c", outcome="accepted", settled_at=MAY)
    add(sessions, "a", kind="push", outcome="accepted-before", settled_at=MAY + timedelta(days=30))
    add(sessions, "a", "b", first_try_at=MAY)  # On its way.

    assert left(sessions, MAY + timedelta(days=30)) == 94


def test_nothing_else_counts(sessions: db.Sessions) -> None:
    add(sessions, "a", outcome="accepted", settled_at=MAY - timedelta(seconds=1))
    add(sessions, "a", kind="reply", outcome="accepted", settled_at=MAY)
    add(sessions, "a", "b", outcome="refused", settled_at=MAY, first_try_at=MAY)
    add(sessions, "a", "b", outcome="split", settled_at=MAY, first_try_at=MAY)
    add(sessions, "a")  # It waits for its time.

    assert left(sessions, MAY) == 100
    assert left(sessions, MAY, limit=None) is None


def test_the_ledger_is_asked_once_a_minute_and_what_is_sent_in_between_is_noted(sessions: db.Sessions) -> None:
    quota = Quota(100)
    asked: list[str] = []
    sa.event.listen(
        db.engine_of(sessions),
        "before_cursor_execute",
        lambda *args: asked.append(args[2]) if args[2].startswith("SELECT") else None,
    )

    with sessions() as session:
        found = [quota.left(session, MAY)]
        quota.spend(30)
        found.append(quota.left(session, MAY + timedelta(seconds=59)))
        assert len(asked) == 2  # Once each: what LINE said, and what we sent.
        found.append(quota.left(session, MAY + timedelta(seconds=60)))

    assert found == [100, 70, 100]
    assert len(asked) == 4


def now_of(sessions: db.Sessions, now: datetime, own_limit: int | None = None) -> Month:
    with sessions() as session:
        return month.load(session, now, own_limit)


def test_line_is_asked_every_ten_minutes_and_never_sooner(sessions: db.Sessions) -> None:
    line = FakeMessenger(month_limit=200, used=7)

    asked = [readings.ask(sessions, line, MAY + timedelta(minutes=minute)) for minute in range(25)]

    assert [minute for minute, was_asked in enumerate(asked) if was_asked] == [0, 10, 20]


def test_the_lower_limit_and_the_higher_count_are_in_force(sessions: db.Sessions) -> None:
    add(sessions, *"abc", outcome="accepted", settled_at=MAY)
    line = FakeMessenger(month_limit=200, used=50)
    asked_at = MAY + timedelta(hours=1)
    readings.ask(sessions, line, asked_at)
    add(sessions, *"ab", outcome="accepted", settled_at=asked_at + timedelta(minutes=1))

    found = now_of(sessions, asked_at + timedelta(minutes=5))
    assert (found.limit, found.used, found.left, found.asked_at) == (200, 52, 148, asked_at)
    assert now_of(sessions, asked_at, own_limit=100).limit == 100
    assert now_of(sessions, asked_at, own_limit=500).limit == 200  # Nobody gets more of LINE than LINE has.
    line.used = 1  # LINE's count is late.
    readings.ask(sessions, line, asked_at + timedelta(minutes=10))
    assert now_of(sessions, asked_at + timedelta(minutes=10)).used == 5


def test_a_plan_without_limit_has_none_and_one_whose_line_was_never_asked_has_the_practices(
    sessions: db.Sessions,
) -> None:
    assert now_of(sessions, MAY, own_limit=30).left == 30
    readings.ask(sessions, FakeMessenger(month_limit=None), MAY)

    assert now_of(sessions, MAY).left is None


def test_when_line_does_not_say_our_own_count_goes_on_and_it_is_known(sessions: db.Sessions) -> None:
    line = FakeMessenger(month_limit=200, used=50)
    readings.ask(sessions, line, MAY)
    assert now_of(sessions, MAY).is_told
    line.does_not_tell_its_count()
    later = MAY + timedelta(minutes=10)

    assert readings.ask(sessions, line, later)

    add(sessions, "a", outcome="accepted", settled_at=later)
    found = now_of(sessions, later)
    assert (found.limit, found.used, found.asked_at, found.is_told) == (200, 51, MAY, False)


def test_a_month_begins_in_japanese_time_and_with_it_the_count(sessions: db.Sessions) -> None:
    readings.ask(sessions, FakeMessenger(month_limit=200, used=190), MAY - timedelta(minutes=1))

    assert now_of(sessions, MAY - timedelta(seconds=1)).left == 10
    found = now_of(sessions, MAY)
    assert (found.left, found.begins, found.ends) == (200, MAY, datetime(2026, 5, 31, 15, 0, tzinfo=UTC))


def test_a_month_that_line_calls_used_up_is_full_until_it_ends_or_line_gives_more(sessions: db.Sessions) -> None:
    line = FakeMessenger(month_limit=200, used=200)
    readings.ask(sessions, line, MAY)
    with sessions.begin() as session:
        readings.note_full(session, MAY + timedelta(minutes=5))

    def left(minutes: int) -> int | None:
        readings.ask(sessions, line, MAY + timedelta(minutes=minutes))
        return now_of(sessions, MAY + timedelta(minutes=minutes)).left

    assert left(9) == 0
    assert left(20) == 0
    line.month_limit = 5000
    assert left(30) == 4800
    assert now_of(sessions, MAY + timedelta(days=31)).left == 5000


def test_what_line_only_kept_back_for_a_delivery_does_not_close_the_month(sessions: db.Sessions) -> None:
    line = FakeMessenger(month_limit=200, used=20)
    readings.ask(sessions, line, MAY)
    with sessions.begin() as session:
        readings.note_full(session, MAY + timedelta(minutes=1))
    readings.ask(sessions, line, MAY + timedelta(minutes=10))
    assert now_of(sessions, MAY + timedelta(minutes=10)).left == 0  # Too soon after the refusal to be sure.
    readings.ask(sessions, line, MAY + timedelta(minutes=20))

    assert now_of(sessions, MAY + timedelta(minutes=20)).left == 180


def test_who_waits_for_the_database_does_not_hold_up_who_has_it(sessions: db.Sessions, database_url: str) -> None:
    quota = Quota(100)
    is_waiting, may_go_on, gave_up = threading.Event(), threading.Event(), threading.Event()
    late = db.connect(database_url)

    @sa.event.listens_for(db.engine_of(late), "engine_connect")
    def stand_in_line(_connection: sa.Connection) -> None:
        is_waiting.set()
        if not may_go_on.wait(5):
            gave_up.set()

    def look() -> None:
        with late.begin() as session:
            quota.month(session, NOON)

    waiting = threading.Thread(target=look)
    waiting.start()
    assert is_waiting.wait(5)
    with sessions.begin() as session:
        assert quota.month(session, NOON).left == 100
    may_go_on.set()
    waiting.join()
    db.engine_of(late).dispose()

    assert not gave_up.is_set()
