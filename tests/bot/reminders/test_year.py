"""A year of a thousand people: at its end every due moment was sent once or has its reason, and the sums agree."""

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import jpholiday
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar, db, people, progress, reminders
from bot.models import Completion, Decision, OutboxMessage, Person, Reminder, Rest, Snooze
from tests.bot.reminders.world import BREATHE, STRETCH, TOKYO, TRAIN, World, in_memory, person
from tests.fakes import FakeClock

PEOPLE, DAYS, FIRST = 1000, 365, date(2026, 4, 1)
BERLIN = ZoneInfo("Europe/Berlin")
TIMES = {STRETCH: ("07:00",), TRAIN: ("22:00",), BREATHE: ("01:00", "22:30")}
WEEKS = (calendar.WEEKDAYS, calendar.WEEKDAYS[:5], calendar.WEEKDAYS[0:5:2], calendar.WEEKDAYS[5:])
GRACE, LATER = timedelta(minutes=45), timedelta(minutes=30)

Key = tuple[str, str, date]
"""A person, a routine, a day."""


@dataclass(frozen=True)
class Wish:
    """How a reminder is set from a day on."""

    since: date
    time: str
    days: tuple[str, ...]
    is_on_holidays: bool

    def rings_on(self, day: date) -> bool:
        """Whether *day* is one of those chosen."""
        is_free = not self.is_on_holidays and jpholiday.is_holiday(day)
        return calendar.WEEKDAYS[day.weekday()] in self.days and not is_free


@dataclass
class Life:
    """One person: how likely they answer a ring, how their reminders are set, and on which days nothing rings."""

    name: str
    zone: ZoneInfo
    answers: float
    wishes: dict[str, list[Wish]] = field(default_factory=dict)
    off: set[date] = field(default_factory=set)
    busy_until: date = FIRST


class Year:
    """Lives, and what happens in them. What hundreds do at once is written in one statement, as the nouns write it."""

    def __init__(self, world: World) -> None:
        self.world, self.random = world, random.Random(7)
        self.outages = {begins.astimezone(TOKYO).date(): (begins, ends) for begins, ends in self.make_outages()}
        self.lives = {life.name: life for life in map(self.be_born, range(PEOPLE))}
        self.movers = [life for life in self.lives.values() if life.answers and life.zone == TOKYO]
        self.returning: dict[date, list[Life]] = defaultdict(list)
        self.ids: dict[str, int] = {}
        self.done: set[Key] = set()
        """Done before it rang."""
        self.resting: set[Key] = set()
        """Given a rest before it rang."""
        self.slipped: set[tuple[str, Key]] = set()
        """Done between the planning and the sending of a reminder or a snooze."""
        self.calmed: set[Key] = set()
        """Changed or answered before that day's ring."""
        self.answered: set[Key] = set()
        """Answered after it."""
        self.woken: set[Key] = set()
        """Taken up again on that day after a rest of our making."""
        self.snoozes: dict[Key, datetime] = {}

    def make_outages(self) -> Iterator[tuple[datetime, datetime]]:
        """One of each: short and long ones, before and over the times at which most is due."""
        kinds = list(itertools.product(("06:40", "07:10", "21:40", "21:55"), (20, 50, 80, 140)))
        for day, (wall, minutes) in zip(self.random.sample(range(DAYS), len(kinds)), kinds, strict=True):
            begins = calendar.instant(FIRST + timedelta(days=day), wall, TOKYO)
            yield begins, begins + timedelta(minutes=minutes)

    def be_born(self, number: int) -> Life:
        source = self.random
        is_abroad = number % 50 == 0
        life = Life(f"person-{number}", BERLIN if is_abroad else TOKYO, source.choice((0, 0.3, 0.6, 0.9, 0.9)))
        routines = [STRETCH] if is_abroad else source.sample(sorted(TIMES), source.choice((1, 1, 1, 1, 1, 2, 3)))
        for routine in routines:
            time = "00:00" if is_abroad else source.choice(TIMES[routine])
            days = source.choice(WEEKS)
            life.wishes[routine] = [Wish(FIRST, time, days, source.random() < 0.85)]
        return life

    # A day.

    def live(self) -> None:
        self.begin()
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            if number:
                self.world.clock.now = calendar.day_begins(day, TOKYO)
                self.dawn(day)
            while (due_at := self.next_due()) is not None and due_at < calendar.day_begins(day + timedelta(1), TOKYO):
                self.world.clock.now = self.found(due_at)
                self.ring()

    def begin(self) -> None:
        """Let everybody be there, and set what they wish."""
        now = self.world.clock()
        with self.world.sessions.begin() as session:
            for life in self.lives.values():
                session.add(someone := person(life.name, now, life.zone))
                session.flush()
                self.ids[life.name] = someone.id
                for routine in life.wishes:
                    self.remind(session, someone, life, routine)

    def found(self, due_at: datetime) -> datetime:
        """When somebody looks for what is due at *due_at*."""
        begins, ends = self.outages.get(due_at.astimezone(TOKYO).date(), (due_at, due_at))
        return ends if begins <= due_at < ends else due_at

    def next_due(self) -> datetime | None:
        with self.world.sessions() as session:
            found = [session.scalar(sa.select(sa.func.min(one))) for one in (Reminder.next_due_at, Snooze.due_at)]
        return min((moment for moment in found if moment is not None), default=None)

    def dawn(self, day: date) -> None:
        """At 04:00 some have something else in mind, and some do or leave their routine before it rings."""
        for life in self.returning.pop(day, []):
            self.come_back(life)
        at_rest = self.at_rest()
        for life in self.random.sample(self.movers, 5):
            if life.busy_until < day and life.name not in at_rest:
                self.random.choice((self.pause, self.pause_ahead, self.block, self.change, self.change))(life, day)
        for life in self.random.sample(self.movers, 20):
            if life.busy_until < day and life.name in at_rest:
                self.wake(life, day)
        early = [(life.name, routine, day) for life in self.random.sample(self.movers, 60) for routine in life.wishes]
        self.note(done=early[:40], resting=early[40:])
        self.done.update(early[:40])
        self.resting.update(early[40:])
        self.calmed.update(early)

    def at_rest(self) -> set[str]:
        """Those of whose reminders one rests because they did not answer."""
        with self.world.sessions() as session:
            rested = sa.select(Person.line_user_id).join(Reminder).where(Reminder.rested_at.is_not(None))
            return set(session.scalars(rested))

    def wake(self, life: Life, day: date) -> None:
        resumed = self.world.do(
            life.name, lambda session, one: reminders.resume(session, one, routine_id=None, now=self.world.clock())
        )
        self.woken |= {(life.name, reminder.routine_id, day) for reminder in resumed}

    def come_back(self, life: Life) -> None:
        with self.world.sessions.begin() as session:
            someone, _ = people.meet(session, life.name, self.world.clock())
            reminders.resume_suspended(session, someone, self.world.clock())

    def pause(self, life: Life, day: date, *, ahead: int = 0) -> None:
        begins = calendar.day_begins(day + timedelta(days=ahead), TOKYO)
        length = self.random.randint(1, 14)
        self.world.pause(life.name, begins=begins, until=begins + timedelta(days=length))
        self.be_off(life, day, ahead, length)

    def pause_ahead(self, life: Life, day: date) -> None:
        self.pause(life, day, ahead=self.random.randint(1, 4))

    def block(self, life: Life, day: date) -> None:
        self.world.do(life.name, lambda session, one: people.block(session, one, self.world.clock()))
        length = self.random.randint(1, 10)
        self.be_off(life, day, 0, length)
        self.returning[day + timedelta(days=length)].append(life)
        self.calmed |= {(life.name, routine, day + timedelta(days=length)) for routine in life.wishes}

    def be_off(self, life: Life, day: date, ahead: int, length: int) -> None:
        life.off |= {day + timedelta(days=ahead + number) for number in range(length)}
        life.busy_until = day + timedelta(days=ahead + length)
        self.calmed |= {(life.name, routine, day) for routine in life.wishes}

    def change(self, life: Life, day: date) -> None:
        routine = self.random.choice(sorted(life.wishes))
        last = life.wishes[routine][-1]
        days = self.random.choice(WEEKS)
        wish = Wish(day, self.random.choice(TIMES[routine]), days, not last.is_on_holidays)
        life.wishes[routine].append(wish)
        self.calmed.add((life.name, routine, day))
        self.world.do(life.name, lambda session, someone: self.remind(session, someone, life, routine))

    def remind(self, session: Session, someone: Person, life: Life, routine: str) -> None:
        wish = life.wishes[routine][-1]
        reminders.turn_on(
            session,
            someone,
            routine_id=routine,
            default_time=wish.time,
            zone=life.zone,
            now=self.world.clock(),
            time=wish.time,
            days=wish.days,
            on_holidays=wish.is_on_holidays,
        )

    # A minute.

    def ring(self) -> None:
        """Plan and send what is due, some doing it in between, and let people answer."""
        planned = self.world.plan()
        if planned and self.random.random() < 0.1:
            self.slip_in_between()
        before = len(self.world.messenger.sent)
        self.world.send()
        answers: dict[str, list[Key]] = {"done": [], "resting": [], "later": []}
        for sent in self.world.messenger.sent[before:]:
            _, routine, day = sent.texts[0].split()
            for name in sent.to:
                if self.random.random() < self.lives[name].answers:
                    key = (name, routine, date.fromisoformat(day))
                    answers[self.answer(key)].append(key)
        self.note(**answers)
        self.answered.update(key for keys in answers.values() for key in keys)

    def answer(self, key: Key) -> str:
        hour = self.world.clock().astimezone(TOKYO).hour
        choice = self.random.random()
        if choice < 0.15 and hour == 7 and key not in self.snoozes:
            self.snoozes[key] = self.world.clock() + LATER
            return "later"
        return "resting" if choice > 0.95 else "done"

    def slip_in_between(self) -> None:
        """Two do it after their message was written, and before it is sent."""
        with self.world.sessions.begin() as session:
            row = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
            assert row.routine_id is not None
            assert row.day is not None
            for name in self.random.sample(row.recipients, min(2, len(row.recipients))):
                someone = people.find(session, name)
                assert someone is not None
                progress.done(session, someone, routine_id=row.routine_id, day=row.day, now=self.world.clock())
                reminders.react(session, someone, row.routine_id)
                key = name, row.routine_id, row.day
                self.slipped.add((row.purpose, key))
                self.answered.add(key)

    def note(self, *, done: Iterable[Key] = (), resting: Iterable[Key] = (), later: Iterable[Key] = ()) -> None:
        """Write down what these people have done, and that they have reacted."""
        now = self.world.clock()
        with self.world.sessions.begin() as session:
            for model, keys, more in (
                (Completion, done, {"done_at": now}),
                (Rest, resting, {"noted_at": now}),
                (Snooze, later, {"created_at": now, "due_at": now + LATER}),
            ):
                when = "for_day" if model is Snooze else "day"
                rows = [
                    {"person_id": self.ids[name], "routine_id": routine, when: day, **more}
                    for name, routine, day in keys
                ]
                if rows:
                    session.execute(sa.insert(model), rows)
                for routine in {str(row["routine_id"]) for row in rows}:
                    theirs = [row["person_id"] for row in rows if row["routine_id"] == routine]
                    session.execute(
                        sa.update(Reminder)
                        .where(Reminder.routine_id == routine, Reminder.person_id.in_(theirs))
                        .values(unanswered=0)
                        .execution_options(synchronize_session=False)
                    )

    # What should have become of it all.

    def expected(self) -> dict[tuple[str, Key, datetime], set[str]]:
        """Every due moment with the words that may tell why it was not sent; none: it was."""
        found: dict[tuple[str, Key, datetime], set[str]] = {}
        for life in self.lives.values():
            for routine in life.wishes:
                found |= self.rings(life, routine)
        for key, due_at in self.snoozes.items():
            found["snooze", key, due_at] = self.by_the_clock(due_at) | self.slip("snooze", key)
        return found

    def rings(self, life: Life, routine: str) -> dict[tuple[str, Key, datetime], set[str]]:
        found, silent, last, is_at_rest = {}, 0, date.min, False
        begins, ends = (calendar.day_begins(day, TOKYO) for day in (FIRST, FIRST + timedelta(days=DAYS)))
        for day in (FIRST + timedelta(days=number) for number in range(-1, DAYS)):
            key = (life.name, routine, day)
            if key in self.woken:
                silent, is_at_rest = 0, False
            if key in self.calmed:
                silent = 0
            wish = next(wish for wish in reversed(life.wishes[routine]) if wish.since <= max(day, FIRST))
            due_at = calendar.instant(day, wish.time, life.zone)
            if day in life.off or is_at_rest or not wish.rings_on(day) or not begins <= due_at < ends:
                continue
            words = self.by_the_clock(due_at)
            words |= {word for word, keys in (("done", self.done), ("resting", self.resting)) if key in keys}
            if not words and silent > 3 and (day - last < timedelta(days=7) or silent == 7):
                words, is_at_rest = {"backing-off"}, silent == 7 and day - last >= timedelta(days=7)
            if not words:
                silent, last = silent + 1, day
            found["reminder", key, due_at] = words | self.slip("reminder", key)
            if key in self.answered:
                silent = 0
        return found

    def slip(self, purpose: str, key: Key) -> set[str]:
        return {"done"} if (purpose, key) in self.slipped else set()

    def by_the_clock(self, due_at: datetime) -> set[str]:
        found, late = self.found(due_at).astimezone(TOKYO), self.found(due_at) - due_at
        words = {"too-late"} if late >= GRACE else set()
        return words | ({"quiet-hours"} if late and f"{found:%H:%M}" >= "22:45" else set())


@pytest.mark.long
def test_a_year_of_a_thousand_people_adds_up() -> None:
    sessions = in_memory()
    world = World(sessions, FakeClock(calendar.day_begins(FIRST, TOKYO)))
    year = Year(world)

    year.live()

    with sessions() as session:
        rows = session.scalars(sa.select(OutboxMessage)).all()
        dropped = session.execute(
            sa.select(Decision, Person.line_user_id).join(Person, Person.id == Decision.person_id)
        ).all()
    ends = [
        ((row.purpose, (name, str(row.routine_id), row.day), row.due_at), word)
        for row in rows
        for name, word in (*dict.fromkeys(row.recipients, "sent").items(), *row.left_out.items())
    ]
    ends += [((one.purpose, (name, str(one.routine_id), one.day), one.due_at), one.reason) for one, name in dropped]
    became = dict(ends)
    expected = year.expected()
    arrived = Counter(name for sent in world.messenger.sent for name in sent.to)
    db.engine_of(sessions).dispose()

    assert len(became) == len(ends), "nothing has two ends"
    assert became.keys() == expected.keys(), "everything due has one, and nothing else"
    wrong = {key: (word, expected[key]) for key, word in became.items() if word not in (expected[key] or {"sent"})}
    assert not wrong
    sums = Counter(became.values())
    assert sums.keys() == {"sent", "done", "resting", "too-late", "quiet-hours", "backing-off"}, sums
    assert arrived.total() == sums["sent"], "what is called sent has arrived, and nothing else"
    assert {row.outcome for row in rows} <= {"accepted", "dropped"}, "nothing is held back or under way"
