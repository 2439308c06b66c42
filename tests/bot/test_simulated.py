"""A database of the simulator's is known as such, goes on where its clock was, and can be emptied; no other can."""

from datetime import timedelta

import sqlalchemy as sa

from bot import db, people, simulated
from bot.models import Base, Broadcast, Person, StaffSession
from bot.staff import accounts, sign_in
from tests.fakes import NOON

WEEK = timedelta(weeks=1)


def test_a_database_without_people_becomes_the_simulators_own_and_one_with_people_never(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        people.meet(session, "U1", NOON)
        assert not simulated.mark(session, NOON)
        assert not simulated.is_marked(session)
        session.execute(sa.delete(Person))

        assert simulated.mark(session, NOON)
        people.meet(session, "U1", NOON)
        assert simulated.mark(session, NOON)


def test_a_real_channel_ends_it(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        simulated.mark(session, NOON)
        simulated.unmark(session)

        assert not simulated.is_marked(session)


def test_the_clock_goes_on_where_it_had_gone_and_nobody_is_signed_out_by_it(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        simulated.mark(session, NOON)
        account, _ = accounts.invite(session, "sato", role="owner", by=None, now=NOON)
        token = sign_in.begin(session, account, browser="b", address="a", now=NOON)
        simulated.note_wound(session, NOON + WEEK, WEEK)

        assert simulated.seen_until(session) == NOON + WEEK
        assert simulated.present(session, NOON) == NOON + WEEK
        simulated.unmark(session)
        assert simulated.present(session, NOON) == NOON
        assert sign_in.find(session, token, NOON + WEEK) is not None


def test_emptied_it_forgets_clients_and_keeps_what_staff_are_and_have_made(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        simulated.mark(session, NOON)
        people.meet(session, "U1", NOON + WEEK)
        account, _ = accounts.invite(session, "sato", role="owner", by=None, now=NOON)
        token = sign_in.begin(session, account, browser="b", address="a", now=NOON + WEEK)
        session.add_all([Broadcast(created_at=NOON, state=state, link_key="k") for state in ("draft", "scheduled")])
        session.flush()
        simulated.empty(session, NOON, WEEK)

    with sessions() as session:
        assert session.scalars(sa.select(Person)).all() == []
        assert [one.state for one in session.scalars(sa.select(Broadcast))] == ["draft"]
        assert session.scalars(sa.select(StaffSession.seen_at)).all() == [NOON]
        assert sign_in.find(session, token, NOON) is not None
        assert simulated.seen_until(session) == NOON


def test_every_table_that_stays_is_one() -> None:
    assert {table.name for table in Base.metadata.sorted_tables} >= simulated.KEPT
