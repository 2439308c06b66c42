"""Many at once: 900 messages, each brought four times and in any order; 2,000 recipients and 200 rings under ``kill -9``."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.delivery import claims, outbox
from bot.models import OutboxMessage, Person, Reminder
from tests.faults.conftest import new_database
from tests.faults.fleet import Fleet, fleet
from tests.faults.line import Json, new_people
from tests.faults.processes import wait_for

QUESTIONS = ("ホワイトニングの値段を知りたいです", "子どもも診てもらえますか", "営業時間は何時までですか")
PEOPLE = 300
BATCH = 10
"""Events in one webhook."""

AUDIENCE, RINGING = 2000, 200
ROUTINE = "routine/evening-brushing"


@pytest.fixture(params=["sqlite", "postgresql"])
def ships(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fleet]:
    """2 web processes and 2 workers on SQLite, 4 and 4 on PostgreSQL."""
    url, size = f"sqlite:///{tmp_path}/senaka.db", 2
    if request.param == "postgresql":
        url, size = new_database(request.getfixturevalue("postgresql_server")), 4
    with fleet(tmp_path, url) as made:
        made.size = size
        yield made


def test_300_people_with_3_messages_each_brought_4_times_in_any_order(ships: Fleet) -> None:
    workers = [ships.begin_worker() for _ in range(ships.size)]
    webs = ships.start_webs(ships.size)
    for worker in workers:
        worker.hear("worker: running")
    people = new_people(PEOPLE)
    chance = random.Random(20261122)

    events = ships.line.acts({"user": who, "act": "say", "text": text} for text in QUESTIONS for who in people)
    batches = [events[start : start + BATCH] for start in range(0, len(events), BATCH)]
    again = [chance.sample(batch, len(batch)) for batch in batches * 3]
    posts = batches + chance.sample(again, len(again))
    with ThreadPoolExecutor(len(webs) * 2) as postmen:
        list(postmen.map(lambda one: ships.line.deliver(one[1], webs[one[0] % len(webs) :] + webs), enumerate(posts)))

    found = ships.check()
    assert len(found.events) == len(events)
    assert {event.outcome for event in found.events} == {"answered"}


def test_an_announcement_and_the_rings_of_one_minute_outlive_workers_killed_again_and_again(ships: Fleet) -> None:
    people = ships.befriend(AUDIENCE)
    noon = ships.now + timedelta(seconds=5)
    with ships.writing.begin() as session:
        known = session.execute(sa.select(Person.id).where(Person.line_user_id.in_(people[:RINGING]))).scalars()
        reminders = [
            {"person_id": id, "routine_id": ROUTINE, "time": "12:00", "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
            | {"zone": "Asia/Tokyo", "next_due_at": noon, "created_at": ships.now}
            for id in known
        ]  # fmt: skip
        session.execute(sa.insert(Reminder), reminders)
        # One by one, as what one person alone is told: each is a call that a worker may die over.
        for person in people[:RINGING]:
            outbox.add_push(
                session, to=person, payload=[{"type": "text", "text": "お待たせしました"}], purpose="answer",
                now=ships.now, reference=f"push to {person}",
            )  # fmt: skip
    ships.line.change(latency=0.3)
    ships.line.spoil("multicast", (500, True), (500, False), ("hangup", True))
    ships.run("broadcast", "--yes", "臨時休業のお知らせです。")

    workers = ships.start_workers(2)
    for _round in range(4):
        taken = len(ships.line.book)
        wait_for(lambda taken=taken: len(ships.line.book) > taken or _is_sent(ships), "another send")
        workers.pop(0).kill()
        workers.append(ships.worker())
        ships.advance(claims.LEASE.total_seconds() + 1)
    ships.line.mend()
    ships.advance(claims.LEASE.total_seconds() + 1)

    found = ships.check()
    reached = {purpose: _reached(found.book, [str(row.retry_key) for row in found.rows if row.purpose == purpose])
               for purpose in ("announcement", "reminder", "answer")}  # fmt: skip
    assert {purpose: len(names) for purpose, names in reached.items()} == {
        "announcement": AUDIENCE,
        "reminder": RINGING,
        "answer": RINGING,
    }


def _reached(book: list[Json], keys: list[str]) -> list[str]:
    """Everybody to whom LINE brought one of these, as often as it did."""
    return [name for send in book if send["retry_key"] in set(keys) for name in send["recipients"]]


def _is_sent(ships: Fleet) -> bool:
    with ships.sessions() as session:
        return not session.scalar(sa.select(sa.exists().where(OutboxMessage.outcome.is_(None))))
