"""A database, a clock to wind and a way out that leads into a list, around the planning and sending of reminders."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db, reminders
from bot.delivery.sender import Sender
from bot.models import Base, BodyNote, Decision, OutboxMessage, Person, Reminder
from bot.reminders.batch import Message, Render, Without
from tests.fakes import FakeClock, FakeMessenger

TOKYO = ZoneInfo("Asia/Tokyo")
STRETCH, TRAIN, BREATHE = "routine/stretch", "routine/train", "routine/breathe"

ResultT = TypeVar("ResultT")


def at(moment: str) -> datetime:
    """``2026-11-20 07:00`` in Tokyo."""
    return datetime.fromisoformat(moment).replace(tzinfo=TOKYO)


def in_memory() -> db.Sessions:
    """A fresh SQLite database in memory, with all tables."""
    sessions = db.connect("sqlite://")
    Base.metadata.create_all(db.engine_of(sessions))
    return sessions


def render(due: reminders.Due) -> list[Message]:
    return [{"type": "text", "text": f"{due.kind} {due.routine_id} {due.day} {','.join(due.without)}".strip()}]


@dataclass
class World:
    """People with reminders, and what comes to them while the clock is wound."""

    sessions: db.Sessions
    clock: FakeClock
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    without: Without = lambda _session, _wanted: {}
    render: Render = render

    def __post_init__(self) -> None:
        self.sender = Sender(self.sessions, self.clock, self.messenger, pause=lambda _seconds: None)

    def meet(self, *names: str, zone: ZoneInfo | None = None) -> None:
        """Let these people be there."""
        with self.sessions.begin() as session:
            for name in names:
                session.add(person(name, self.clock(), zone))

    def do(self, name: str, act: Callable[[Session, Person], ResultT]) -> ResultT:
        """Let the person do something, in a transaction."""
        with self.sessions.begin() as session:
            return act(session, session.scalars(sa.select(Person).where(Person.line_user_id == name)).one())

    def remind(
        self,
        name: str,
        routine: str = STRETCH,
        time: str | None = None,
        *,
        days: list[str] | None = None,
        on_holidays: bool | None = None,
        zone: ZoneInfo = TOKYO,
    ) -> datetime | None:
        """Turn the person's reminder on, or change it; when it rings next."""

        def act(session: Session, person: Person) -> datetime | None:
            return reminders.turn_on(
                session,
                person,
                routine_id=routine,
                default_time="07:00",
                zone=zone,
                now=self.clock(),
                time=time,
                days=days,
                on_holidays=on_holidays,
            ).next_due_at

        return self.do(name, act)

    def pause(self, name: str, *, until: datetime | None, begins: datetime | None = None) -> None:
        """Let all reminders of the person rest."""
        self.do(
            name,
            lambda session, person: reminders.pause(
                session, person, routine_id=None, until=until, begins=begins, now=self.clock()
            ),
        )

    def note(self, name: str, note: str = "knee") -> None:
        """Keep something about the person's body."""
        self.do(
            name,
            lambda session, person: session.add(BodyNote(person_id=person.id, note=note, noted_at=self.clock())),
        )

    def rest(self, name: str, day: date, routine: str = STRETCH) -> None:
        """Give the routine a rest on that day."""
        self.do(
            name,
            lambda session, person: reminders.rest(session, person, routine_id=routine, day=day, now=self.clock()),
        )

    def later(self, name: str, minutes: int, routine: str = STRETCH, day: date | None = None) -> bool:
        """Ask for one ring more."""
        return self.do(
            name,
            lambda session, person: reminders.snooze(
                session,
                person,
                routine_id=routine,
                due_at=self.clock() + timedelta(minutes=minutes),
                zone=TOKYO,
                now=self.clock(),
                day=day,
            ),
        )

    def react(self, name: str, routine: str = STRETCH) -> None:
        """Let the person react to a ring, whatever they do."""
        self.do(name, lambda session, person: reminders.react(session, person, routine))

    def plan(self) -> int:
        """Plan what is due."""
        return reminders.plan_due(self.sessions, self.render, self.clock(), without=self.without)

    def send(self) -> None:
        """Send what is planned."""
        while self.sender.send_one():
            pass

    def tick(self, moment: str | datetime | None = None) -> list[str]:
        """Wind the clock to *moment*, plan and send; the texts that came to anybody."""
        if moment is not None:
            self.clock.now = at(moment) if isinstance(moment, str) else moment
        before = len(self.messenger.sent)
        self.plan()
        self.send()
        return [sent.texts[0] for sent in self.messenger.sent[before:]]

    def reminder(self, name: str, routine: str = STRETCH) -> Reminder:
        """The person's reminder as it stands."""
        found = self.do(name, lambda session, person: reminders.find(session, person, routine))
        assert found is not None
        return found

    def reasons(self) -> list[str]:
        """The words of all decisions, in order."""
        with self.sessions() as session:
            return list(session.scalars(sa.select(Decision.reason).order_by(Decision.id)))

    def outbox(self) -> list[OutboxMessage]:
        """All rows of the outbox, in order."""
        with self.sessions() as session:
            return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def person(name: str, now: datetime, zone: ZoneInfo | None = None) -> Person:
    """Somebody new."""
    timezone = None if zone is None else zone.key
    return Person(
        line_user_id=name, created_at=now, last_seen_at=now, offered=[], step_data={}, told=[], timezone=timezone
    )


def crowd(world: World, count: int, *, due_at: str | None = "2026-11-20 07:00", routine: str = STRETCH) -> list[str]:
    """So many people who all want 07:00, the next time at *due_at*."""
    names = [f"{routine}-{number}" for number in range(count)]
    with world.sessions.begin() as session:
        known = [person(name, world.clock()) for name in names]
        session.add_all(known)
        session.flush()
        rows = [
            {
                "person_id": one.id,
                "routine_id": routine,
                "time": "07:00",
                "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                "zone": "Asia/Tokyo",
                "next_due_at": None if due_at is None else at(due_at),
                "created_at": world.clock(),
            }
            for one in known
        ]
        if rows:
            session.execute(sa.insert(Reminder), rows)
    return names
