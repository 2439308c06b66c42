"""An announcement to many while workers are killed over it, and what LINE's book says of it in the end."""

import os
import random
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from bot.broadcasts import drafts, states
from bot.broadcasts.content import TextContent
from bot.broadcasts.report import Report, report
from bot.broadcasts.states import Terms
from bot.delivery import claims
from bot.models import Broadcast, OutboxMessage
from tests.faults.fleet import Fleet
from tests.faults.processes import wait_for

LEASE_SECONDS = claims.LEASE.total_seconds() + 1
TWO_DAYS = timedelta(days=2).total_seconds()
"""After these nobody has had too many announcements."""


def announce(ships: Fleet, words: str) -> int:
    """An announcement to everybody, written, looked at and scheduled as staff do it; its number."""
    now = ships.now
    with ships.writing.begin() as session:
        made = drafts.create(session, by=None, now=now, content=TextContent(text=words))
        made.tested_version = made.version
        states.schedule(session, made, send_at=now, by=None, worst="none", terms=Terms(), now=now)
        return made.id


def state(ships: Fleet, id: int) -> str:
    with ships.sessions() as session:
        return session.get_one(Broadcast, id).state


def told(ships: Fleet, id: int) -> Report:
    with ships.sessions() as session:
        return report(session, session.get_one(Broadcast, id))


def is_under_way(ships: Fleet) -> bool:
    """Whether a worker has claimed something that it has not settled."""
    claimed = sa.select(OutboxMessage.id).where(
        OutboxMessage.outcome.is_(None),
        OutboxMessage.first_try_at.is_not(None),
        OutboxMessage.next_try_at > ships.now,
    )
    with ships.sessions() as session:
        return session.scalar(sa.select(claimed.exists())) or False


def got(ships: Fleet, words: str) -> Counter[str]:
    """How often LINE has taken it for each person."""
    return Counter(
        name
        for sent in ships.line.book
        if any(message.get("text") == words for message in sent["messages"])
        for name in sent["recipients"]
    )


class Nursery:
    """Workers of the fleet that begin to work at once."""

    def __init__(self, ships: Fleet) -> None:
        self._parent = ships.begin("nursery", [sys.executable, "-m", "tests.faults.nursery"], LINE_CONNECTIONS="2")
        self._parent.hear("nursery: ready")
        self._born = 0

    def worker(self) -> int:
        """Another one, that has just begun to work; the id of its process."""
        self._parent.signal(signal.SIGUSR1)
        self._born += 1
        found = wait_for(self._newest, lambda: self._parent.said)
        assert found is not None
        return found

    def _newest(self) -> int | None:
        found = re.findall(r"born (\d+)\.", self._parent.said)
        return int(found[-1]) if len(found) == self._born else None


def kill_while_sending(ships: Fleet, people: Sequence[str], *, kills: int, seed: int) -> int:
    """Announce, and kill the only worker so many times at moments that nobody chose; how often it died over a request.

    Whenever an announcement is through before the last kill, the next one begins two days later.
    """
    dice, pause = random.Random(seed), threading.Event()
    ships.line.change(latency=0.4, monthly_limit=None)
    nursery = Nursery(ships)
    met = 0
    ids = [announce(ships, _words(0))]
    for _ in range(kills):
        if state(ships, ids[-1]) == "sent":
            ships.advance(TWO_DAYS)
            ids.append(announce(ships, _words(len(ids))))
        doomed = nursery.worker()
        pause.wait(dice.uniform(0, 2.0))
        os.kill(doomed, signal.SIGKILL)
        met += is_under_way(ships)
        ships.advance(LEASE_SECONDS)
    ships.line.mend()
    nursery.worker()
    wait_for(lambda: state(ships, ids[-1]) == "sent", lambda: f"{told(ships, ids[-1])}"[:2000])
    for number, id in enumerate(ids):
        found = got(ships, _words(number))
        assert found == Counter(people), f"{id}: {[pair for pair in found.items() if pair[1] != 1][:5]}, {len(found)}"
        figures = told(ships, id)
        assert len(figures.accepted) == figures.planned == len(people)
    return met


def _words(number: int) -> str:
    return f"年末年始のお休みのお知らせです（{number}）。"


__all__ = ["announce", "got", "kill_while_sending", "state", "told"]
