"""A house with somebody of the staff in it, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.app import Knowledge
from bot.delivery.rules import Rules
from bot.models import InboxEvent, Person, StaffAccount
from bot.talk import House, Visitor, WoundClock
from bot.talks import replies, takeover, thread, waiting
from tests.conftest import FRIDAY_MORNING

QUIET = timedelta(minutes=30)


@dataclass
class Office:
    """The house as the account *id* of the staff has it before them, and one visitor."""

    house: House
    visitor: Visitor
    id: int

    def person(self, session: sa.orm.Session) -> Person:
        wanted = sa.select(Person).where(Person.line_user_id == self.visitor.phone.user_id)
        return session.scalars(wanted).one()

    def take_over(self) -> None:
        with self.house.app.sessions.begin() as session:
            takeover.begin(session, self.person(session), by=self.id, quiet=QUIET, now=self.house.clock())

    def hand_back(self) -> None:
        with self.house.app.sessions.begin() as session:
            takeover.end(session, self.person(session), by=self.id, now=self.house.clock())

    def reply(self, text: str, *, once: str = "1") -> replies.Way | None:
        with self.house.app.sessions.begin() as session:
            rules = Rules.of(self.house.app.library)
            way = replies.reply(
                session,
                self.person(session),
                text,
                by=self.id,
                once=once,
                quiet=QUIET,
                rules=rules,
                now=self.house.clock(),
            )
        self.visitor.last = self.visitor.wait()
        return way

    def thread(self) -> list[thread.Said]:
        with self.house.app.sessions() as session:
            return list(thread.page(session, self.person(session)).said)

    def waiting(self, which: waiting.Which = "waiting") -> list[waiting.Talk]:
        with self.house.app.sessions() as session:
            return waiting.listed(session, which, self.house.clock())[0]

    def outcomes(self) -> list[str | None]:
        with self.house.app.sessions() as session:
            return list(session.scalars(sa.select(InboxEvent.outcome).order_by(InboxEvent.id)))


@pytest.fixture
def office(knowledge: Knowledge, database_url: str) -> Iterator[Office]:
    with House(knowledge, WoundClock(FRIDAY_MORNING), database_url=database_url) as house:
        with house.app.sessions.begin() as session:
            account = StaffAccount(name="sato", role="editor", created_at=house.clock())
            session.add(account)
            session.flush()
            id = account.id
        yield Office(house, house.person(), id)
