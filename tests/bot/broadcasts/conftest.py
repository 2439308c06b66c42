"""What the tests of announcements share: a practice with people, staff, a clock, and a LINE that takes everything."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import alerts, db
from bot.broadcasts import drafts, sending, states
from bot.broadcasts.content import Content, TextContent
from bot.broadcasts.report import Report, progress, report
from bot.broadcasts.states import Terms, Worst
from bot.delivery.quota import Quota
from bot.delivery.sender import Sender
from bot.line import announcements
from bot.models import Alert, Broadcast, OutboxMessage, Person, StaffAccount
from tests.fakes import NOON, FakeClock, FakeMessenger

WORDS = "12/30から1/3までお休みします。"
HELLO = TextContent(text=WORDS)


@dataclass
class Practice:
    """Announces, and lets time pass."""

    sessions: db.Sessions
    clock: FakeClock
    messenger: FakeMessenger
    terms: Terms = field(default_factory=Terms)

    def __post_init__(self) -> None:
        self.paint = announcements.painter("https://bot.example")
        self.sender = Sender(
            self.sessions,
            self.clock,
            self.messenger,
            rules=lambda: self.terms.rules,
            quota=Quota(self.terms.rules.monthly_limit),
            jitter=lambda: 0.5,
            pause=lambda _: None,
        )

    def meet(self, count: int, **state: Any) -> list[str]:
        """So many new people; their LINE ids."""
        with self.sessions.begin() as session:
            known = session.scalar(sa.select(sa.func.count(Person.id))) or 0
            names = [f"U{number:032x}" for number in range(known, known + count)]
            usual: Mapping[str, Any] = {"created_at": NOON, "last_seen_at": NOON, "offered": [], "step_data": {}}
            session.execute(sa.insert(Person), [{"line_user_id": name} | usual | state for name in names])
        return names

    def employ(self, name: str, line_user_id: str | None = None) -> StaffAccount:
        """Somebody new on the staff."""
        with self.sessions.begin() as session:
            account = StaffAccount(name=name, role="editor", created_at=NOON, line_user_id=line_user_id)
            session.add(account)
        return account

    def draft(self, content: Content = HELLO, *, by: int | None = None, **change: Any) -> int:
        """A new draft that was tested, with some things otherwise; its number."""
        with self.sessions.begin() as session:
            made = drafts.create(session, by=by, now=self.clock(), content=content)
            if change:
                drafts.change(session, made, version=made.version, by=by, now=self.clock(), **change)
            made.tested_version = made.version
            return made.id

    def schedule(self, id: int, at: datetime | None = None, *, worst: Worst = "none") -> None:
        with self.sessions.begin() as session:
            found = session.get_one(Broadcast, id)
            states.schedule(session, found, send_at=at, by=None, worst=worst, terms=self.terms, now=self.clock())

    def announce(self, content: Content = HELLO, **change: Any) -> int:
        """One that is being sent from this moment on; its number."""
        id = self.draft(content, **change)
        self.schedule(id, self.clock())
        self.tick()
        return id

    def tick(self) -> None:
        sending.begin_due(self.sessions, self.clock(), paint=self.paint, terms=self.terms)
        sending.finish(self.sessions, self.clock())

    def send(self) -> None:
        """Send all that is due at this moment."""
        while self.sender.send_one():
            pass

    def pass_time(self, **length: float) -> None:
        """Let time pass, in small steps, and everything happen that is due."""
        until = self.clock() + timedelta(**length)
        step = max(timedelta(**length) / 24, timedelta(minutes=1))
        while self.clock() < until:
            self.clock.now = min(self.clock() + step, until)
            self.tick()
            self.send()
        self.tick()

    def move(self, id: int, name: str, by: int | None = None) -> None:
        """``pause``, ``resume``, ``stop``, ``take_back``."""
        with self.sessions.begin() as session:
            getattr(states, name)(session, session.get_one(Broadcast, id), by=by, now=self.clock())

    def one(self, id: int) -> Broadcast:
        with self.sessions() as session:
            return session.get_one(Broadcast, id)

    def state(self, id: int) -> str:
        return self.one(id).state

    def told(self, id: int) -> Report:
        with self.sessions() as session:
            broadcast = session.get_one(Broadcast, id)
            told, counted = report(session, broadcast), progress(session, broadcast)
        # What the database counts is what the ledger tells, read row by row.
        assert counted.planned == told.planned == counted.accepted + counted.waiting + counted.left_out
        if not told.is_to_everyone:
            assert (counted.accepted, counted.waiting) == (len(told.accepted), len(told.waiting))
        return told

    def rows(self) -> list[OutboxMessage]:
        with self.sessions() as session:
            return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))

    def got(self) -> Counter[str]:
        """How often LINE took something for each person."""
        return Counter(name for sent in self.messenger.sent for name in sent.to)

    def alerts(self, session: Session) -> list[Alert]:
        return alerts.open(session)


@pytest.fixture
def practice(sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger) -> Practice:
    return Practice(sessions, clock, messenger)
