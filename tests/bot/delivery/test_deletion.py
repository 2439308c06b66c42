import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot import db, people
from bot.delivery import claims, outbox
from bot.models import Base, OutboxMessage, Person
from bot.talk import House, Visitor
from tests.fakes import FakeClock


def test_after_a_deletion_no_table_holds_the_persons_line_id(house: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.say("肩こりのストレッチ")
    visitor.say("わたしのデータを全部消して")
    assert visitor.tap("はい、消します").messages
    house.clock.advance(days=1)
    house.work()

    user_id = visitor.phone.user_id
    with db.engine_of(house.app.sessions).connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = [str(tuple(row)) for row in connection.execute(sa.text(f"SELECT * FROM {table.name}"))]
            assert not [row for row in rows if user_id in row], table.name


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_is_forgotten_while_a_part_of_their_message_is_written_down_is_not_in_it(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    now = clock()
    with sessions.begin() as session:
        for name in ("U1", "U2"):
            session.add(Person(line_user_id=name, created_at=now, last_seen_at=now, offered=[], step_data={}))
        outbox.add_multicast(session, to=["U1", "U2"], payload=[{}], purpose="announcement", now=now)

    def forget() -> None:
        with sessions.begin() as session:
            people.forget(session, session.scalars(sa.select(Person).where(Person.line_user_id == "U1")).one())

    def waits() -> bool:
        its = "datname = current_database() AND wait_event_type = 'Lock'"
        with sessions() as session:
            return bool(session.scalar(sa.text(f"SELECT count(*) FROM pg_stat_activity WHERE {its}")))

    with ThreadPoolExecutor(1) as aside, sessions.begin() as session:
        [row] = claims.claim_some(session, now, size=1)
        forgetting = aside.submit(forget)
        while not forgetting.done() and not waits():
            threading.Event().wait(0.01)
        outbox.add_part(session, row, ["U1"], now=now, held_until=now + timedelta(hours=1), reason="quiet-hours")
        row.recipients = ["U2"]
    forgetting.result()

    with sessions() as session:
        assert sorted(session.scalars(sa.select(OutboxMessage.recipients))) == [[], ["U2"]]
