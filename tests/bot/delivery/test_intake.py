import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from bot import db
from bot.delivery.intake import Intake
from bot.models import InboxEvent
from tests.fakes import FakeClock

PATIENCE = 20.0


def event(number: int) -> dict[str, Any]:
    return {"type": "message", "webhookEventId": f"event-{number}", "source": {"type": "user", "userId": "U1"}}


def kept(sessions: db.Sessions) -> list[str]:
    with sessions() as session:
        return list(session.scalars(sa.select(InboxEvent.webhook_event_id)))


class Door:
    """Holds up the first transaction that begins until it is opened; counts all of them."""

    def __init__(self, sessions: db.Sessions) -> None:
        self.transactions = 0
        self.has_come, self.may_go = threading.Event(), threading.Event()
        sa.event.listen(db.engine_of(sessions), "begin", self._begin)

    def _begin(self, _connection: object) -> None:
        self.transactions += 1
        self.has_come.set()
        assert self.may_go.wait(PATIENCE)


def bring(intake: Intake, door: Door, count: int) -> list[BaseException | None]:
    """One request comes first; the others while its transaction is open. What became of each."""
    with ThreadPoolExecutor(count) as threads:
        first = threads.submit(intake.keep, [event(0)])
        assert door.has_come.wait(PATIENCE)
        others = [threads.submit(intake.keep, [event(number)]) for number in range(1, count)]
        while len(intake._waiting) < count - 1:
            threading.Event().wait(0.01)
        door.may_go.set()
        return [done.exception(PATIENCE) for done in (first, *others)]


def test_events_that_come_meanwhile_share_a_transaction(sessions: db.Sessions, clock: FakeClock) -> None:
    wakes: list[int] = []
    intake = Intake(sessions, clock, lambda: wakes.append(1))
    door = Door(sessions)

    assert bring(intake, door, 8) == [None] * 8

    assert door.transactions == 2
    assert len(wakes) == 2
    assert sorted(kept(sessions)) == [f"event-{number}" for number in range(8)]


def test_twins_in_one_transaction_are_kept_once(sessions: db.Sessions, clock: FakeClock) -> None:
    Intake(sessions, clock, lambda: None).keep([event(1), event(1)])

    assert kept(sessions) == ["event-1"]


def test_who_cannot_be_kept_costs_nobody_else_the_event(
    sessions: db.Sessions, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    intake = Intake(sessions, clock, lambda: None)
    door = Door(sessions)

    def refuse(_connection: Any, _cursor: Any, _statement: str, parameters: Any, *_: Any) -> None:
        if "event-3" in str(parameters):
            raise sa.exc.OperationalError("", {}, ValueError())

    sa.event.listen(db.engine_of(sessions), "before_cursor_execute", refuse)

    ends = bring(intake, door, 6)

    assert [type(end) for end in ends if end is not None] == [sa.exc.OperationalError]
    assert ends[3] is not None
    assert sorted(kept(sessions)) == [f"event-{number}" for number in range(6) if number != 3]
    assert "5 requests not kept together: OperationalError" in caplog.text


def test_nobody_is_told_that_it_is_kept_while_the_database_is_away(sessions: db.Sessions, clock: FakeClock) -> None:
    with sessions.begin() as session:
        session.execute(sa.text("ALTER TABLE inbox RENAME TO inbox_away"))
    wakes: list[int] = []
    door = Door(sessions)

    ends = bring(Intake(sessions, clock, lambda: wakes.append(1)), door, 4)

    assert all(isinstance(end, sa.exc.SQLAlchemyError) for end in ends)
    assert wakes == []


def test_a_lost_connection_costs_no_event(sessions: db.Sessions, clock: FakeClock) -> None:
    intake = Intake(db.by_statement(sessions), clock, lambda: None)
    intake.keep([event(1)])
    if db.engine_of(sessions).dialect.name == "postgresql":
        with sessions.begin() as session:
            others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            session.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM ({others}) AS other"))
    intake.keep([event(2)])

    assert sorted(kept(sessions)) == ["event-1", "event-2"]


def test_who_comes_while_others_leave_is_kept_as_well(sessions: db.Sessions, clock: FakeClock) -> None:
    intake = Intake(sessions, clock, lambda: None)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: intake.keep([event(number)]), range(200), timeout=PATIENCE))

    assert len(kept(sessions)) == 200
