import threading

import pytest
import sqlalchemy as sa

from bot import db
from bot.delivery import bell

PATIENCE = 20.0


def ring(sessions: db.Sessions, name: str) -> None:
    with sessions.begin() as session:
        db.notify(session, name)


def test_there_is_a_bell_on_postgresql_only_and_ringing_does_no_harm_elsewhere(sessions: db.Sessions) -> None:
    is_there = db.engine_of(sessions).dialect.name == "postgresql"

    assert (bell.listener(sessions) is not None) == is_there
    ring(sessions, bell.INBOX)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_is_rung_is_heard_and_again_after_the_connection_was_lost(
    sessions: db.Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    heard = {name: threading.Semaphore(0) for name in (bell.INBOX, bell.OUTBOX)}
    ears = bell.Bell(sessions)
    ears.start({name: counter.release for name, counter in heard.items()})
    try:
        # Once it listens it lets everybody look.
        for counter in heard.values():
            assert counter.acquire(timeout=PATIENCE)
        ring(sessions, bell.INBOX)
        assert heard[bell.INBOX].acquire(timeout=PATIENCE)
        assert not heard[bell.OUTBOX].acquire(blocking=False)

        with sessions.begin() as session:
            listeners = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"
            assert session.execute(sa.text(f"SELECT pg_terminate_backend(pid) {listeners}")).all()
        for counter in heard.values():
            assert counter.acquire(timeout=PATIENCE)
        ring(sessions, bell.OUTBOX)
        assert heard[bell.OUTBOX].acquire(timeout=PATIENCE)
    finally:
        ears.stop()

    assert "not listening (" in caplog.text
    assert "listening again" in caplog.text
    assert not [thread for thread in threading.enumerate() if thread.name == "bell"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_is_rolled_back_is_not_rung(sessions: db.Sessions) -> None:
    heard = threading.Semaphore(0)
    ears = bell.Bell(sessions)
    ears.start({bell.INBOX: heard.release})
    try:
        assert heard.acquire(timeout=PATIENCE)
        with sessions() as session:
            db.notify(session, bell.INBOX)
            session.rollback()
        ring(sessions, bell.INBOX)
        assert heard.acquire(timeout=PATIENCE)
        assert not heard.acquire(timeout=0.2)
    finally:
        ears.stop()
