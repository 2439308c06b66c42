import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bot import db, forecast
from bot.delivery import month, readings
from bot.delivery.month import Month
from bot.delivery.quota import Quota
from bot.delivery.sender import Sender
from bot.forecast import Course, Plans
from bot.models import Reminder
from bot.reminders import plan_due
from tests.bot.reminders.world import BREATHE, STRETCH, TRAIN, World, at, in_memory, render
from tests.fakes import FakeClock, FakeMessenger

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOON = at("2026-11-20 12:00")
NOVEMBER = Month(at("2026-11-01 00:00"), at("2026-12-01 00:00"), limit=200, used=100)


def course(person_id: int = 1, time: str = "07:00", **more: object) -> Course:
    first = {"next_due_at": at(f"2026-11-21 {time}"), "days": WEEK, "zone": "Asia/Tokyo", "is_on_holidays": True}
    return Course(**{"person_id": person_id, "time": time, **first, **more})


def expect(*courses: Course, this: Month = NOVEMBER, **plans: object) -> forecast.Forecast:
    return forecast.forecast(this, Plans(courses=courses, **plans), {"reminder": 100}, NOON)


def test_a_daily_reminder_rings_on_each_day_that_is_left() -> None:
    found = expect(course())

    assert (found.to_come, found.total, found.full_on) == ({"reminder": 10}, 110, None)


@pytest.mark.parametrize(
    ("more", "rings"),
    [
        ({"days": ("sat", "sun"), "next_due_at": at("2026-11-21 07:00")}, 4),
        ({"is_on_holidays": False}, 9),  # The 23rd is one.
        ({"paused_from": at("2026-11-24 00:00"), "paused_until": at("2026-11-27 00:00")}, 7),
        ({"paused_from": at("2026-11-24 00:00")}, 3),
        ({"unanswered": 2}, 10),
        ({"unanswered": 3, "rang_for": date(2026, 11, 20)}, 2),  # The question, and once a week after.
        ({"unanswered": 6, "rang_for": date(2026, 11, 20)}, 1),
        ({"unanswered": 7, "rang_for": date(2026, 11, 1)}, 0),
        ({"next_due_at": at("2026-12-01 07:00")}, 0),
    ],
)
def test_what_a_person_has_set_is_reckoned_with(more: dict[str, object], rings: int) -> None:
    assert expect(course(**more)).to_come.get("reminder", 0) == rings


def test_what_is_due_for_one_person_in_the_same_minutes_is_one_message_where_the_limit_is_near() -> None:
    both = (course(), course(time="07:04"), course(time="07:30"), course(person_id=2))

    assert expect(*both).to_come == {"reminder": 30}
    assert expect(*both, this=replace(NOVEMBER, limit=5000)).to_come == {"reminder": 40}
    assert expect(*both, this=replace(NOVEMBER, limit=None)).to_come == {"reminder": 40}


def test_the_day_on_which_the_limit_is_reached_is_told() -> None:
    people = [course(person_id=number) for number in range(20)]

    assert expect(*people).full_on == date(2026, 11, 26)  # 100 + 5 x 20 are 200.
    assert expect(*people[:10]).full_on is None
    assert expect(*people, this=replace(NOVEMBER, is_full=True)).full_on == date(2026, 11, 20)
    assert expect(*people, this=replace(NOVEMBER, limit=None)).full_on is None


def test_summaries_announcements_and_what_goes_on_as_it_was_are_told_by_kind() -> None:
    found = expect(
        summaries=[at("2026-11-22 20:00"), at("2026-11-29 20:00")],
        announcements=[(at("2026-11-25 10:00"), 40), (at("2026-12-02 10:00"), 40)],
        past={"snooze": 28, "answer": 14, "announcement": 280},
    )

    assert found.to_come == {"summary": 3, "announcement": 40, "snooze": 10, "answer": 5}
    assert found.needed == 10
    assert found.total == 158


@pytest.fixture
def world() -> Iterator[World]:
    sessions = in_memory()
    yield World(sessions, FakeClock(at("2026-10-25 06:00")))
    db.engine_of(sessions).dispose()


@pytest.mark.parametrize("day", [1, 10, 20])
def test_a_month_as_people_live_it_comes_near_what_was_expected(world: World, day: int) -> None:
    """Most react, some only now and then, some never; a few pause. Made up, the same each time."""
    chance = random.Random(11)
    names = [f"U{number}" for number in range(40)]
    keen = {name: chance.choice([1.0, 1.0, 0.9, 0.6, 0.3, 0.0]) for name in names}
    world.meet(*names)
    for name in names:
        for routine in chance.sample([STRETCH, TRAIN, BREATHE], chance.choice([1, 1, 2])):
            days = chance.choice([None, None, ["mon", "wed", "fri"]])
            time = chance.choice(["06:30", "07:00", "21:00"])
            world.remind(name, routine, time, days=days, on_holidays=chance.random() < 0.7)
    expected: forecast.Forecast | None = None
    rung = 0
    while (due := world.do("U0", lambda session, _: session.scalar(sa.select(sa.func.min(Reminder.next_due_at))))) and (
        due < at("2026-12-01 00:00")
    ):
        if expected is None and due >= at(f"2026-11-{day:02} 00:00"):
            with world.sessions() as session:
                _, expected = forecast.of(session, due - timedelta(minutes=1), 100_000)
            rung = -sum(len(sent.to) for sent in world.messenger.sent)
        before = len(world.messenger.sent)
        world.tick(due)
        for sent in world.messenger.sent[before:]:
            for name in sent.to:
                if chance.random() < keen[name]:
                    for routine in (STRETCH, TRAIN, BREATHE):
                        world.react(name, routine)

    rung += sum(len(sent.to) for sent in world.messenger.sent)
    assert expected is not None
    assert abs(expected.to_come["reminder"] - rung) <= rung * 0.15


def test_what_the_database_knows_is_reckoned_with(sessions: db.Sessions) -> None:
    world = World(sessions, FakeClock(at("2026-11-20 12:00")))
    world.meet("U1", "U2", "U3")
    for name in ("U1", "U2", "U3"):
        world.remind(name)
    world.do("U2", lambda _, person: setattr(person, "blocked_at", NOON))
    world.do("U1", lambda _, person: setattr(person, "summary_due_at", at("2026-11-22 20:00")))
    world.do(
        "U3",
        lambda session, person: setattr(
            session.scalars(sa.select(Reminder).where(Reminder.person_id == person.id)).one(), "state", "stopped"
        ),
    )

    with sessions() as session:
        this, found = forecast.of(session, NOON, 30)

    assert (this.limit, this.used) == (30, 0)
    assert found.to_come == {"reminder": 10, "summary": 2}


def test_the_messages_that_merging_saves_are_saved_for_real(sessions: db.Sessions) -> None:
    world = World(sessions, FakeClock(at("2026-11-20 12:00")))
    world.meet("U1", "U2")
    for routine in (STRETCH, TRAIN):
        world.remind("U1", routine, "07:00")
    world.remind("U2")
    line = FakeMessenger(month_limit=40)
    quota = Quota(None)
    readings.ask(sessions, line, NOON)
    with sessions.begin() as session:
        this, found = forecast.of(session, NOON, None)
        readings.keep(session, reckoned_at=NOON, needed=found.needed, expected=found.total)
    sender = Sender(sessions, world.clock, line, quota=quota, pause=lambda _seconds: None)
    while (
        due := world.do("U1", lambda session, _: session.scalar(sa.select(sa.func.min(Reminder.next_due_at))))
    ) and due < this.ends:
        world.clock.now = due
        plan_due(sessions, render, due, quota=quota)
        for _ in range(2):
            while sender.send_one():
                pass
            world.clock.advance(seconds=5)
        for name in ("U1", "U2"):
            world.react(name)
            if name == "U1":
                world.react(name, TRAIN)

    assert found.to_come == {"reminder": 20}
    assert line.consumption() == 20
    assert {len(sent.messages) for sent in line.sent if sent.to == ("U1",)} == {2}
    with sessions() as session:
        assert sum(month.counted(session, this.begins).values()) == 20
