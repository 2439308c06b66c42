"""Months of setting, changing, answering and silence, step by step beside a simple model of what should ring."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.orm import Session

from bot import calendar, db, people, progress, reminders
from bot.models import Decision, OutboxMessage, Person, Reminder, Snooze
from bot.reminders.rings import LOOK_BACK
from tests.bot.reminders.model import Someone, Wish
from tests.bot.reminders.world import STRETCH, TRAIN, World, in_memory
from tests.fakes import FakeClock

NAMES = ("anna", "bert")
ROUTINES = (STRETCH, TRAIN)
ZONES = tuple(ZoneInfo(name) for name in ("Asia/Tokyo", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"))
MORNINGS = (
    "2026-03-06",  # Clocks are put on in New York, then in Berlin, and back on Lord Howe.
    "2026-04-27",  # A week of holidays in Japan.
    "2026-10-02",  # Clocks are put on on Lord Howe, then back in Berlin and New York.
    "2026-12-29",  # New Year.
    "2028-02-26",  # A leap day.
)
TIMES = ("01:00", "02:30", "03:30", "04:00", "07:00", "07:20", "12:00", "22:30", "23:30")

name = st.sampled_from(NAMES)
routine = st.sampled_from(ROUTINES)
maybe_routine = st.sampled_from((None, *ROUTINES))


@dataclass(frozen=True)
class Ring:
    """One due moment, as the model and the database name it."""

    purpose: str
    name: str
    routine: str
    day: date
    due_at: datetime


class Missed(logging.Handler):
    """Adds up the counts of the log's lines about missed rings."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        if "missed" in record.getMessage():
            self.count += int(record.getMessage().rsplit(" ", 1)[1])


class Reminding(RuleBasedStateMachine):
    """Two people with two routines, whose acts come in any order, and at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions = in_memory()
        self.log = Missed()
        logging.getLogger("bot.reminders.rings").addHandler(self.log)
        self.waiting: dict[Ring, str] = {}
        """Planned and not sent yet, with the kind of the message."""
        self.ended: Counter[str] = Counter()
        self.due = 0

    @initialize(
        morning=st.sampled_from(MORNINGS),
        zones=st.tuples(*[st.sampled_from(ZONES)] * len(NAMES)),
        times=st.tuples(*[st.none() | st.sampled_from(TIMES)] * len(NAMES) * len(ROUTINES)),
    )
    def begin(self, morning: str, zones: tuple[ZoneInfo, ...], times: tuple[str | None, ...]) -> None:
        start = datetime.fromisoformat(morning).replace(hour=5, tzinfo=zones[0])
        self.world = World(self.sessions, FakeClock(start))
        self.people = {name: Someone(zone) for name, zone in zip(NAMES, zones, strict=True)}
        for name, zone in zip(NAMES, zones, strict=True):
            self.world.meet(name, zone=zone)
        for (name, routine), time in zip(product(NAMES, ROUTINES), times, strict=True):
            if time is not None:
                self.turn_on(name, routine, time, None, None, None)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.plan()
            self.send()
            sent = Counter(text for each in self.world.messenger.sent for text in each.texts for _ in each.to)
            assert not self.waiting
            assert self.due == self.ended.total(), "every due moment has one end"
            assert self.ended["sent"] == sent.total()
        logging.getLogger("bot.reminders.rings").removeHandler(self.log)
        db.engine_of(self.sessions).dispose()

    @property
    def now(self) -> datetime:
        return self.world.clock.now

    # What people do. Each change is made to the real thing and to the model.

    def change(self, name: str, routine: str | None, act: Callable[[Session, Person], object], imagine: object) -> None:
        """Let *act* happen, and *imagine* in the model; what was due before and not planned yet may change with it."""
        someone = self.come(name)
        overdue = {key: wish.rings(wish.since, self.now)[:1] for key, wish in someone.wishes.items()}
        self.world.do(name, act)
        assert callable(imagine)
        for key in imagine(someone):
            wish = someone.wishes[key]
            wish.silent, first = 0, overdue.get(key, [])
            keeps = bool(first) and not wish.is_paused(self.now) and self.still_rings(wish, first[0][0])
            wish.since = first[0][0] - timedelta(microseconds=1) if keeps else self.now
            if first and not keeps:
                self.supersede(name, key, *first[0])

    def supersede(self, name: str, routine: str, due_at: datetime, day: date) -> None:
        """A change has taken away what was just due: it says so, unless it is only moved within its day."""
        wish = self.people[name].wishes[routine]
        coming = wish.rings(self.now, self.now + timedelta(days=1))
        is_moved = any(calendar.day_of(due_at, wish.zone) == one for _, one in coming[:1])
        word = self.reason_of(name, routine, due_at)
        assert word is None if is_moved else word in ("stopped", "paused", "too-late"), (due_at, word)
        if not is_moved:
            self.due += 1
            self.ended["superseded"] += 1

    @staticmethod
    def still_rings(wish: Wish, due_at: datetime) -> bool:
        return due_at in [moment for moment, _ in wish.rings(due_at - timedelta(microseconds=1), due_at)]

    def reason_of(self, name: str, routine: str, due_at: datetime) -> str | None:
        with self.sessions() as session:
            return session.scalar(
                sa.select(Decision.reason)
                .join(Person, Person.id == Decision.person_id)
                .where(Person.line_user_id == name, Decision.routine_id == routine, Decision.due_at == due_at)
                .order_by(Decision.id.desc())
            )

    def come(self, name: str) -> Someone:
        """Whoever does something can be reached again."""
        someone = self.people[name]
        if someone.is_blocked:
            with self.sessions.begin() as session:
                people.meet(session, name, self.now)
            someone.is_blocked = False
        return someone

    @rule(
        name=name,
        routine=routine,
        time=st.none() | st.sampled_from(TIMES),
        days=st.none() | st.sets(st.sampled_from(calendar.WEEKDAYS), min_size=1),
        on_holidays=st.none() | st.booleans(),
        shift=st.none() | st.sampled_from((-90, -30, 30, 60)),
    )
    def turn_on(
        self,
        name: str,
        routine: str,
        time: str | None,
        days: set[str] | None,
        on_holidays: bool | None,
        shift: int | None,
    ) -> None:
        def imagine(someone: Someone) -> list[str]:
            someone.keep(self.now, routine)
            wish = someone.wishes.setdefault(routine, Wish(someone.zone, self.now))
            wish.time = time or wish.time
            if shift is not None:
                hours, minutes = map(int, wish.time.split(":"))
                total = (hours * 60 + minutes + shift) % (24 * 60)
                wish.time = f"{total // 60:02}:{total % 60:02}"
            wish.days = wish.days if days is None else frozenset(days)
            wish.is_on_holidays = wish.is_on_holidays if on_holidays is None else on_holidays
            wish.state = "on"
            someone.end_pause(routine, self.now)
            return [routine]

        def act(session: Session, person: Person) -> object:
            return reminders.turn_on(
                session,
                person,
                routine_id=routine,
                default_time="07:00",
                zone=self.people[name].zone,
                now=self.now,
                time=time,
                days=None if days is None else sorted(days),
                shift=None if shift is None else timedelta(minutes=shift),
                on_holidays=on_holidays,
            )

        self.change(name, routine, act, imagine)

    @rule(name=name, routine=routine, minutes=st.sampled_from((-20, 0, 10, 40)))
    def turn_on_at_about_now(self, name: str, routine: str, minutes: int) -> None:
        """Where a day that has rung, is just due or still to ring is easily mistaken."""
        local = (self.now + timedelta(minutes=minutes)).astimezone(self.people[name].zone)
        self.turn_on(name, routine, f"{local:%H:%M}", None, None, None)

    @rule(
        name=name,
        routine=maybe_routine,
        ahead=st.integers(0, 4),
        length=st.none() | st.integers(1, 10),
    )
    def pause(self, name: str, routine: str | None, ahead: int, length: int | None) -> None:
        zone = self.people[name].zone
        first = self.people[name].today(self.now) + timedelta(days=ahead)
        begins = calendar.day_begins(first, zone) if ahead else None
        until = None if length is None else calendar.day_begins(first + timedelta(days=length), zone)

        def imagine(someone: Someone) -> list[str]:
            chosen = on(someone, routine)
            someone.keep(self.now, *chosen)
            for one in chosen:
                someone.lay_pause(one, (begins or self.now, until), self.now)
            someone.silence(routine, since=begins)
            return chosen

        self.change(
            name,
            routine,
            lambda session, person: reminders.pause(
                session, person, routine_id=routine, until=until, begins=begins, now=self.now
            ),
            imagine,
        )

    @rule(name=name, routine=maybe_routine)
    def resume(self, name: str, routine: str | None) -> None:
        def imagine(someone: Someone) -> list[str]:
            chosen = [one for one in on(someone, routine) if not someone.wishes[one].is_over(self.now)]
            someone.keep(self.now, *chosen)
            for one in chosen:
                someone.end_pause(one, self.now)
            return chosen

        self.change(
            name,
            routine,
            lambda session, person: reminders.resume(session, person, routine_id=routine, now=self.now),
            imagine,
        )

    @rule(name=name, routine=maybe_routine)
    def stop(self, name: str, routine: str | None) -> None:
        def imagine(someone: Someone) -> list[str]:
            chosen = on(someone, routine)
            someone.keep(self.now, *chosen)
            for one in chosen:
                someone.wishes[one].state = "stopped"
                someone.end_pause(one, self.now)
            someone.silence(routine)
            return chosen

        self.change(name, routine, lambda session, person: reminders.stop(session, person, routine, self.now), imagine)

    @rule(name=name)
    def undo(self, name: str) -> None:
        def act(session: Session, person: Person) -> None:
            change = reminders.last(session, person)
            assert (change is not None) == bool(self.people[name].changes)
            if change is not None:
                found = reminders.undo(session, person, change.id, self.now)
                is_fresh = self.now - change.changed_at <= timedelta(hours=24)
                assert (found is not None) == is_fresh

        def imagine(someone: Someone) -> list[str]:
            if not someone.changes or self.now - someone.changes[-1][0] > timedelta(hours=24):
                return []
            _, before = someone.changes.pop()
            for key, was in before.items():
                wish = someone.wishes[key]
                has_been_blocked = wish.state == "suspended"
                if was is None:
                    wish.state = "stopped"
                else:
                    wish.time, wish.days, wish.is_on_holidays = was.time, was.days, was.is_on_holidays
                    wish.state, wish.pause = was.state, was.pause
                if has_been_blocked and wish.state == "on":
                    wish.state = "suspended"
            return list(before)

        self.change(name, None, act, imagine)

    @rule(name=name, zone=st.sampled_from(ZONES))
    def move(self, name: str, zone: ZoneInfo) -> None:
        def imagine(someone: Someone) -> list[str]:
            someone.zone = zone
            for wish in someone.wishes.values():
                wish.zone = zone
            return list(someone.wishes)

        silent = {key: wish.silent for key, wish in self.people[name].wishes.items()}
        self.change(name, None, lambda session, person: reminders.move(session, person, zone, self.now), imagine)
        for key, count in silent.items():
            self.people[name].wishes[key].silent = count

    @rule(name=name, routine=routine, ago=st.sampled_from((0, 0, 0, 1)))
    def done(self, name: str, routine: str, ago: int) -> None:
        someone = self.come(name)
        day = someone.today(self.now) - timedelta(days=ago)

        def act(session: Session, person: Person) -> None:
            progress.done(session, person, routine_id=routine, day=day, now=self.now)
            reminders.react(session, person, routine)

        self.world.do(name, act)
        if (routine, day) not in someone.done:
            someone.snoozes.pop((routine, day), None)
        someone.done.add((routine, day))
        self.calm(someone, routine)

    @rule(name=name, routine=routine)
    def rest(self, name: str, routine: str) -> None:
        someone = self.come(name)
        day = someone.today(self.now)
        self.world.rest(name, day, routine)
        someone.rest(routine, day)

    @rule(name=name, routine=routine, minutes=st.sampled_from((10, 30, 60, 600, 1500)))
    def later(self, name: str, routine: str, minutes: int) -> None:
        someone = self.come(name)
        key, due_at = (routine, someone.today(self.now)), self.now + timedelta(minutes=minutes)
        is_set = self.world.later(name, minutes, routine, key[1])
        assert is_set == (someone.snoozed.get(key, 0) < 2)
        if is_set:
            someone.snoozes[key] = due_at
            self.calm(someone, routine)

    @rule(name=name)
    def block(self, name: str) -> None:
        someone = self.people[name]
        if someone.is_blocked:
            return
        self.world.do(name, lambda session, person: people.block(session, person, self.now))
        someone.is_blocked = True
        someone.snoozes.clear()
        for wish in someone.wishes.values():
            if wish.state == "on":
                wish.state = "suspended"

    @rule(name=name)
    def resume_suspended(self, name: str) -> None:
        def imagine(someone: Someone) -> list[str]:
            chosen = [one for one, wish in someone.wishes.items() if wish.state == "suspended"]
            someone.keep(self.now, *chosen)
            for one in chosen:
                someone.wishes[one].state = "on"
            return chosen

        self.change(name, None, lambda session, person: reminders.resume_suspended(session, person, self.now), imagine)

    @staticmethod
    def calm(someone: Someone, routine: str) -> None:
        if routine in someone.wishes:
            someone.wishes[routine].silent = 0

    # What time does.

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)
        self.plan()
        self.send()

    @rule(
        days=st.integers(1, 12), answers=st.tuples(*[st.sampled_from(("none", "done", "later", "rest"))] * len(NAMES))
    )
    def days_pass(self, days: int, answers: tuple[str, ...]) -> None:
        """Days on which nothing is missed, and everybody has one answer to whatever rings."""
        until = self.now + timedelta(days=days)
        while (due_at := self.next_due()) is not None and due_at <= until:
            self.world.clock.now = max(due_at, self.now)
            self.plan()
            for ring in sorted(self.send(), key=str):
                self.answer(ring, dict(zip(NAMES, answers, strict=True))[ring.name])
        self.world.clock.now = until

    def answer(self, ring: Ring, answer: str) -> None:
        match answer:
            case "done":
                self.done(ring.name, ring.routine, 0)
            case "rest":
                self.rest(ring.name, ring.routine)
            case "later":
                self.later(ring.name, ring.routine, 30)

    @rule(hours=st.integers(1, 60))
    def nobody_works(self, hours: int) -> None:
        self.world.clock.advance(hours=hours)

    @rule()
    def only_planned(self) -> None:
        due_at = self.next_due()
        if due_at is not None:
            self.world.clock.now = max(due_at, self.now)
            self.plan()

    @precondition(lambda self: self.waiting)
    @rule(minutes=st.sampled_from((0, 5, 50)))
    def only_sent(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)
        self.send()

    def next_due(self) -> datetime | None:
        with self.sessions() as session:
            found = [session.scalar(sa.select(sa.func.min(column))) for column in (Reminder.next_due_at, Snooze.due_at)]
        return min((moment for moment in found if moment is not None), default=None)

    # What should have rung, and what has.

    def plan(self) -> None:
        expected = self.imagine_rings() | self.imagine_snoozes()
        missed, latest_row, latest_decision = self.log.count, self.last_row(), self.last_decision()

        planned = self.world.plan()

        with self.sessions() as session:
            rows = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.id > latest_row)).all()
            decided = session.execute(
                sa.select(Decision, Person.line_user_id)
                .join(Person, Person.id == Decision.person_id)
                .where(Decision.id > latest_decision)
            ).all()
        sent = {ring: str(row.payload[0]["text"]).split()[0] for row in rows for ring in rings_of(row, row.recipients)}
        dropped = {
            Ring(one.purpose, name, str(one.routine_id), one.day or date.min, one.due_at): one.reason
            for one, name in decided
        }
        assert len(dropped) == len(decided)
        assert sent == {ring: kind for ring, (kind, words) in expected.items() if not words}
        assert dropped.keys() == {ring for ring, (_, words) in expected.items() if words}
        assert all(word in expected[ring][1] for ring, word in dropped.items()), (dropped, expected)
        assert planned == len(sent)
        assert self.log.count - missed == sum(1 for word in dropped.values() if word == "too-late")
        assert not self.waiting.keys() & sent.keys()
        self.waiting |= sent
        self.due += len(expected)
        self.ended["dropped"] += len(dropped)

    def imagine_rings(self) -> dict[Ring, tuple[str, set[str]]]:
        expected = {}
        for name, someone in self.people.items():
            for routine, wish in someone.wishes.items():
                while found := wish.rings(wish.since, self.now):
                    due_at, day = found[0]
                    words = someone.against("reminder", routine, day, due_at, self.now)
                    apart = timedelta(weeks=2) if wish.rung_for is None else day - wish.rung_for
                    if not words and wish.silent > 3 and (apart < timedelta(weeks=1) or wish.silent > 6):
                        words = {"backing-off"}
                        if apart >= timedelta(weeks=1):
                            someone.keep(self.now, routine)
                            wish.pause = (self.now, None)
                    kind = "question" if wish.silent == 3 else "ring"
                    expected[Ring("reminder", name, routine, day, due_at)] = (kind, words)
                    wish.since = max(due_at, self.now - LOOK_BACK)
                    if not words:
                        wish.rung_for, wish.silent = day, wish.silent + 1
                wish.since = self.now
        return expected

    def imagine_snoozes(self) -> dict[Ring, tuple[str, set[str]]]:
        expected = {}
        for name, someone in self.people.items():
            for (routine, day), due_at in list(someone.snoozes.items()):
                if due_at <= self.now:
                    words = someone.against("snooze", routine, day, due_at, self.now)
                    expected[Ring("snooze", name, routine, day, due_at)] = ("ring", words)
                    del someone.snoozes[routine, day]
                    if not words:
                        someone.snoozed[routine, day] = someone.snoozed.get((routine, day), 0) + 1
        return expected

    def send(self) -> set[Ring]:
        before = len(self.world.messenger.sent)

        self.world.send()

        arrived = Counter((name, each.texts[0]) for each in self.world.messenger.sent[before:] for name in each.to)
        with self.sessions() as session:
            rows = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.settled_at == self.now)).all()
        sent = {ring for row in rows for ring in rings_of(row, row.recipients)} & self.waiting.keys()
        left_out = {
            ring: word
            for row in rows
            for ring, word in zip(rings_of(row, row.left_out), row.left_out.values(), strict=True)
        }
        left_out = {ring: word for ring, word in left_out.items() if ring in self.waiting}
        for ring, kind in self.waiting.items():
            words = self.people[ring.name].against(ring.purpose, ring.routine, ring.day, ring.due_at, self.now)
            if ring in left_out:
                assert left_out[ring] in words, (ring, left_out[ring], words)
            else:
                assert ring in sent, ring
                assert not words, (ring, words)
                arrived[ring.name, f"{kind} {ring.routine} {ring.day}"] -= 1
        assert not +arrived, "nothing comes that is not due"
        assert not -arrived, "what is called sent has come"
        self.ended["sent"] += len(sent)
        self.ended["left out"] += len(left_out)
        self.waiting = {}
        return sent

    def last_row(self) -> int:
        with self.sessions() as session:
            return session.scalar(sa.select(sa.func.max(OutboxMessage.id))) or 0

    def last_decision(self) -> int:
        with self.sessions() as session:
            return session.scalar(sa.select(sa.func.max(Decision.id))) or 0

    @invariant()
    def a_day_has_one_first_push_and_two_asked_for_at_most(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.sessions() as session:
            rows = session.scalars(sa.select(OutboxMessage)).all()
        firsts = Counter(
            (ring.name, ring.routine, ring.day, ring.purpose) for row in rows for ring in rings_of(row, row.recipients)
        )
        assert all(count <= (1 if key[3] == "reminder" else 2) for key, count in firsts.items()), firsts


def rings_of(row: OutboxMessage, names: object) -> list[Ring]:
    """The due moments that *row* stands for, one for each of *names*."""
    assert isinstance(names, list | dict)
    assert row.routine_id is not None
    assert row.day is not None
    assert row.due_at is not None
    return [Ring(row.purpose, name, row.routine_id, row.day, row.due_at) for name in names]


def on(someone: Someone, routine: str | None) -> list[str]:
    """The routines whose reminders are on, or this one if it is."""
    return [one for one, wish in someone.wishes.items() if wish.state == "on" and routine in (None, one)]


IN_CI = settings(max_examples=25, stateful_step_count=50, deadline=None, derandomize=True, database=None)

TestReminding = pytest.mark.long(Reminding.TestCase)
TestReminding.settings = settings.get_profile("soak") if settings.get_current_profile_name() == "soak" else IN_CI
