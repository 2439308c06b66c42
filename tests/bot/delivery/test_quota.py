from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot import db
from bot.delivery import outbox
from bot.delivery.quota import Quota
from bot.models import OutboxMessage
from tests.fakes import NOON

TOKYO = ZoneInfo("Asia/Tokyo")
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
        return Quota(limit, TOKYO).left(session, now)


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
    quota = Quota(100, TOKYO)
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
        assert len(asked) == 1
        found.append(quota.left(session, MAY + timedelta(seconds=60)))

    assert found == [100, 70, 100]
    assert len(asked) == 2
