"""What a message costs the database: few statements, and none that reads through a whole table."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bot import db
from bot.app import Knowledge
from bot.delivery.claims import ALL_PRIORITIES
from bot.talk import House, Visitor, WoundClock
from tests.conftest import FRIDAY_MORNING

QUESTION = "背中だけ熱いのはなぜ？"
MOST = 7
"""Claim, person, what rang, answer, person again, what the text was taken for; and SQLite's beginning, or PostgreSQL's lock on the chat."""
IN_ORDER = "SCAN seen USING INDEX ix_inbox_open_id"
"""The events that are open, from the oldest on: the first of them is taken."""

OPEN_IN_CHAT = "USING INDEX ix_outbox_open_chat_waits_for_reply"
"""What waits in a chat, and nothing that was sent."""

Statement = tuple[str, Any]


@pytest.fixture
def house(knowledge: Knowledge, database_url: str) -> Iterator[House]:
    with House(knowledge, WoundClock(FRIDAY_MORNING), database_url) as made:
        yield made


@pytest.fixture
def regular(house: House) -> Visitor:
    """Somebody without reminders who has asked before this week."""
    visitor = house.person()
    visitor.say(QUESTION)
    house.clock.advance(minutes=1)
    return visitor


@contextmanager
def statements(house: House) -> Iterator[list[Statement]]:
    """What is asked of the database meanwhile."""
    heard: list[Statement] = []
    engine = db.engine_of(house.app.sessions)

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        heard.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", hear)
    yield heard
    sa.event.remove(engine, "before_cursor_execute", hear)


def test_a_plain_answer_takes_few_statements_and_writes_the_person_down_once(house: House, regular: Visitor) -> None:
    regular.phone.say(QUESTION)

    with statements(house) as asked:
        assert house.app.dispatcher.work_one()

    said = [statement for statement, _ in asked]
    assert len(said) <= MOST, "\n".join(said)
    assert sum(statement.startswith("UPDATE people") for statement in said) == 1


def test_a_group_of_sixteen_takes_hardly_more_statements_than_one(house: House) -> None:
    visitors = [house.person() for _ in range(16)]
    for visitor in visitors:
        visitor.say(QUESTION)
    house.clock.advance(minutes=1)
    for visitor in visitors:
        visitor.phone.say(QUESTION)

    with statements(house) as asked:
        assert house.app.dispatcher.work_some(size=16)

    said = [statement for statement, _ in asked]
    assert len(said) <= MOST, "\n".join(said)
    assert not house.app.dispatcher.work_one()


def test_no_statement_of_an_answer_reads_through_a_table(house: House, regular: Visitor) -> None:
    if db.engine_of(house.app.sessions).dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by how much there is")
    regular.phone.say(QUESTION)
    with statements(house) as asked:
        house.app.dispatcher.work_one()

    assert [step for step in plans(house, asked) if step.startswith("SCAN") and "SCAN anon" not in step] == [IN_ORDER]


def test_what_an_answer_asks_of_a_chat_takes_no_longer_the_more_was_said_in_it(house: House, regular: Visitor) -> None:
    if db.engine_of(house.app.sessions).dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by how much there is")
    regular.phone.say(QUESTION)
    with statements(house) as asked:
        house.app.dispatcher.work_one()
        house.app.sender.take(1, ALL_PRIORITIES)

    of_the_outbox = [step for step in plans(house, asked) if re.search(r"SEARCH (outbox|older) .*\(chat=", step)]
    assert len(of_the_outbox) == 3
    assert [step for step in of_the_outbox if OPEN_IN_CHAT not in step] == []


def test_a_claim_reads_no_more_of_the_inbox_the_longer_the_queue_is(house: House) -> None:
    if db.engine_of(house.app.sessions).dialect.name == "sqlite":
        pytest.skip("its plans are looked at above")
    for visitor in [house.person() for _ in range(60)]:
        visitor.phone.say(QUESTION)
    with statements(house) as asked:
        house.app.dispatcher.work_some(size=4)

    claim, values = next(one for one in asked if one[0].startswith("UPDATE inbox SET attempts"))
    with house.app.sessions() as session:
        (said,) = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {claim}", values).one()
        session.rollback()
    assert sum(_read(said[0]["Plan"])) <= 20


def _read(step: dict[str, Any]) -> Iterator[float]:
    """How many rows each step of PostgreSQL's plan took from the queue, by whatever way, those that it left included."""
    if step.get("Alias") in ("inbox", "seen"):
        yield (step["Actual Rows"] + step.get("Rows Removed by Filter", 0)) * step["Actual Loops"]
    for part in step.get("Plans", ()):
        yield from _read(part)


def plans(house: House, asked: Sequence[Statement]) -> list[str]:
    """The steps in which SQLite does what was asked."""
    with house.app.sessions() as session:
        return [
            row[3]
            for statement, values in asked
            if not statement.startswith("BEGIN")
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
