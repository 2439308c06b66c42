"""How the house is doing, asked often: from an index, not from all that was ever kept."""

from datetime import timedelta

import sqlalchemy as sa

from bot import db
from bot.models import InboxEvent
from bot.watching import vitals
from tests.fakes import NOON


def test_events_that_were_given_up_are_counted_by_an_index(sessions: db.Sessions) -> None:
    usual = {"kind": "message", "raw": "{}", "occurred_at": NOON, "next_try_at": NOON}
    done = [
        {
            **usual,
            "webhook_event_id": f"e{number}",
            "received_at": NOON + timedelta(seconds=number),
            "done_at": None if number == 7 else NOON,
            "dead_at": NOON if number == 7 else None,
        }
        for number in range(3000)
    ]
    with sessions.begin() as session:
        session.execute(sa.insert(InboxEvent), done)
        session.execute(sa.text("ANALYZE"))
    explain = "EXPLAIN QUERY PLAN" if db.is_sqlite_file(sessions) else "EXPLAIN"

    with sessions() as session:
        assert vitals.dead_letters(session) == 1
        asked = sa.select(sa.func.count()).select_from(InboxEvent)
        asked = asked.where(InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_not(None))
        plan = session.execute(sa.text(f"{explain} {asked.compile(db.engine_of(sessions))}")).all()
    assert "ix_inbox_dead_id" in str(plan)
