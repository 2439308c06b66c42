"""Reminders that are planned together: the same comes of it as when they are planned one by one."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Event, get_ident
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bot import calendar, db, people, reminders
from bot.delivery import gate
from bot.models import BodyNote, Completion, Decision, OutboxMessage, Person, Reminder, Rest
from bot.reminders import plain, rings
from bot.reminders.batch import Batch, Message
from tests.bot.reminders.world import STRETCH, TOKYO, TRAIN, World, at, crowd, person, render
from tests.fakes import FakeClock
from tests.lengths import settings

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FEW = 3
MOMENTS = (
    "2026-11-20 07:00",
    "2026-11-23 07:00",  # A holiday.
    "2026-11-21 04:20",  # What was due before 04:00 is of another day.
    "2026-11-20 22:50",  # Quiet, and what was due before is not.
)


@dataclass(frozen=True)
class Someone:
    """A person with a reminder that is due, and all that may be special about it; days and lengths count from now."""

    late: timedelta
    routine: str = STRETCH
    time: str = "07:00"
    days: tuple[str, ...] = calendar.WEEKDAYS
    zone: str = "Asia/Tokyo"
    is_on_holidays: bool = True
    state: str = "on"
    pause: tuple[timedelta | None, timedelta | None] = (None, None)
    unanswered: int = 0
    rang_for: int | None = None
    timezone: str | None = None
    is_blocked: bool = False
    note: str | None = None
    done: int | None = None
    resting: int | None = None


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((*[usual] * 3 * len(others), *others))


someone = st.builds(
    Someone,
    late=st.sampled_from([timedelta(minutes=minutes) for minutes in (0, 0, 0, 5, 44, 45, 46, 600, 1440)]),
    routine=st.sampled_from((STRETCH, TRAIN)),
    time=st.sampled_from(("07:00", "01:00", "23:30")),
    days=mostly(calendar.WEEKDAYS, ("fri",), ("sat", "sun"), ("mon", "wed", "fri")),
    zone=mostly("Asia/Tokyo", "Europe/Berlin"),
    is_on_holidays=mostly(True, False),
    state=mostly("on", "stopped", "suspended"),
    pause=mostly(
        (None, None),
        (-DAY, None),
        (-DAY, DAY),
        (-2 * DAY, -DAY),
        (-DAY, -2 * MINUTE),
        (-DAY, timedelta(0)),
        (DAY, 2 * DAY),
        (MINUTE, None),
    ),
    unanswered=mostly(0, 1, 2, 3, 4, 7),
    rang_for=mostly(None, -8, -1, 0, 1),
    timezone=mostly(None, "Asia/Tokyo", "Europe/Berlin", "Asia/Seoul"),
    is_blocked=mostly(False, True),
    note=mostly(None, "knee", "pregnant"),
    done=mostly(None, -1, 0),
    resting=mostly(None, -1, 0),
)


def invite(world: World, crowd: Collection[Someone]) -> None:
    """Let there be these people and nobody else."""
    now = world.clock()
    today = calendar.day_of(now, TOKYO)
    tables = (Decision, OutboxMessage, Completion, Rest, BodyNote, Reminder, Person)
    with world.sessions.begin() as session:
        for table in tables:
            session.execute(sa.delete(table))
        for number, one in enumerate(crowd):
            session.add(known := person(f"U{number}", now, ZoneInfo(one.timezone) if one.timezone else None))
            known.blocked_at = now if one.is_blocked else None
            session.flush()
            begins, ends = (None if length is None else now + length for length in one.pause)
            session.add(
                Reminder(
                    person_id=known.id,
                    routine_id=one.routine,
                    time=one.time,
                    days=list(one.days),
                    zone=one.zone,
                    is_on_holidays=one.is_on_holidays,
                    state=one.state,
                    paused_from=begins,
                    paused_until=ends,
                    next_due_at=now - one.late,
                    rang_for=None if one.rang_for is None else today + one.rang_for * DAY,
                    unanswered=one.unanswered,
                    created_at=now,
                )
            )
            if one.note is not None:
                session.add(BodyNote(person_id=known.id, note=one.note, noted_at=now))
            its: dict[str, Any] = {"person_id": known.id, "routine_id": one.routine}
            if one.done is not None:
                session.add(Completion(**its, day=today + one.done * DAY, done_at=now))
            if one.resting is not None:
                session.add(Rest(**its, day=today + one.resting * DAY, noted_at=now))


def one_by_one(world: World) -> None:
    """Plan everybody as if nobody were plain."""
    is_more = True
    while is_more:
        with world.sessions.begin() as session:
            batch = Batch(session, world.clock(), gate.DEFAULT_RULES, render, world.without)
            _, is_more = rings._plan_reminders(batch)


def together(world: World) -> set[str]:
    """Plan the plain ones, a few at a time, then the others; who was plain."""
    place: plain.Place | None = plain.beginning(world.clock())
    while place is not None:
        with world.sessions.begin() as session:
            _, place = plain.plan(session, world.clock(), gate.DEFAULT_RULES, render, after=place, size=FEW)
    names = {name for row in world.outbox() for name in row.recipients}
    world.plan()
    return names


def what_came(world: World) -> dict[str, list[Any]]:
    """By LINE id: how the reminder stands, what was written to the person, and why something was not."""
    with world.sessions() as session:
        came: dict[str, list[Any]] = {}
        for reminder, name in session.execute(sa.select(Reminder, Person.line_user_id).join(Person)):
            stands = (reminder.next_due_at, reminder.rang_at, reminder.rang_for, reminder.unanswered)
            came[name] = [(*stands, reminder.paused_from, reminder.rested_at)]
        for decision, name in session.execute(
            sa.select(Decision, Person.line_user_id).join(Person).order_by(Decision.due_at)
        ):
            came[name].append((decision.due_at, decision.day, decision.reason))
        for row in session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.due_at)):
            for name in row.recipients:
                came[name].append((row.due_at, row.day, row.expires_at, row.reference, row.purpose, row.payload))
    return came


def without_squats(session: Session, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, ...]]:
    noted = session.execute(sa.select(BodyNote.person_id, BodyNote.note))
    knees = {person_id for person_id, note in noted if note == "knee"}
    return {pair: ("exercise/squat",) for pair in wanted if pair[0] in knees}


ANYBODY = Someone(timedelta(0))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("2026-11-20 07:00", [ANYBODY] * 2 * FEW)
@example("2026-11-20 07:00", [ANYBODY, Someone(timedelta(0), note="knee"), *[ANYBODY] * FEW])
@given(st.sampled_from(MOMENTS), st.lists(someone, min_size=1, max_size=8))
def test_planned_together_or_one_by_one_the_same_comes_of_it(
    sessions: db.Sessions, moment: str, crowd: list[Someone]
) -> None:
    world = World(sessions, FakeClock(at(moment)), without=without_squats)
    invite(world, crowd)
    one_by_one(world)
    expected = what_came(world)
    invite(world, crowd)
    plain_ones = together(world)

    assert what_came(world) == expected
    if at(moment).hour == 7:
        assert {f"U{number}" for number, one in enumerate(crowd) if one == ANYBODY} <= plain_ones


def test_the_plain_share_their_messages_whatever_their_settings(world_on_both: World) -> None:
    world = world_on_both
    names = crowd(world, 600) + crowd(world, 300, routine=TRAIN)
    with world.sessions.begin() as session:
        session.execute(
            sa.update(Reminder).where(Reminder.id % 2 == 0).values(days=["fri"], rang_for=date(2026, 11, 13))
        )
    world.clock.now = at("2026-11-20 07:00")

    assert world.plan() == len(names)
    assert sorted(len(row.recipients) for row in world.outbox()) == [100, 300, 500]
    assert all(row.judged_at == world.clock() for row in world.outbox())


@pytest.fixture
def crowded(world_on_both: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which a handful is a crowd, and one is due, with people among it who are planned one by one."""
    monkeypatch.setattr(plain, "BATCH", FEW)
    monkeypatch.setattr(plain, "CROWD", FEW)
    monkeypatch.setattr(plain, "CROWDED", 2 * FEW)
    for name in crowd(world_on_both, 20 * FEW)[::7]:
        world_on_both.note(name)
    world_on_both.clock.now = at("2026-11-20 07:00")
    return world_on_both


def have_all_rung_once(world: World) -> bool:
    names = sorted(name for row in world.outbox() for name in row.recipients)
    return len(names) == 20 * FEW == len(set(names))


def test_what_is_left_of_a_crowd_is_planned_side_by_side_and_each_rings_once(crowded: World) -> None:
    count = rings.PLANNERS if db.writes_side_by_side(crowded.sessions) else 1
    first = get_ident()
    planners: set[int] = set()
    are_all_there = Event()
    alone: list[reminders.Due] = []

    def draw(due: reminders.Due) -> list[Message]:
        if get_ident() != first:
            planners.add(get_ident())
            if len(planners) == count:
                are_all_there.set()
            elif not are_all_there.wait(10):  # It holds its page meanwhile.
                alone.append(due)
        return render(due)

    crowded.render = draw

    assert crowded.plan() == 20 * FEW
    assert (len(planners), alone) == (count, [])
    assert have_all_rung_once(crowded)
    assert crowded.plan() == 0


def test_a_crowd_has_no_more_helpers_for_there_being_more_workers(crowded: World) -> None:
    first = get_ident()
    planners: set[int] = set()

    def draw(due: reminders.Due) -> list[Message]:
        planners.add(get_ident())
        return render(due)

    crowded.render = draw
    with ExitStack() as another_worker:
        if db.writes_side_by_side(crowded.sessions):
            helpers = [another_worker.enter_context(crowded.sessions.begin()) for _ in range(rings.PLANNERS)]
            assert [rings.may_help(one) for one in helpers] == [True] * (rings.PLANNERS - 1) + [False]

        assert crowded.plan() == 20 * FEW

    assert len(planners - {first}) == 1
    assert have_all_rung_once(crowded)


def test_what_one_of_a_crowds_planners_could_not_plan_rings_with_the_next_look(
    crowded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, plan = get_ident(), plain.plan
    failures = [sa.exc.OperationalError("", {}, Exception())]

    def fail_once(*given: Any, **named: Any) -> tuple[int, plain.Place | None]:
        found = plan(*given, **named)
        if get_ident() != first and failures:
            raise failures.pop()
        return found

    monkeypatch.setattr(plain, "plan", fail_once)
    with pytest.raises(sa.exc.OperationalError):
        crowded.plan()

    assert not have_all_rung_once(crowded)
    assert crowded.plan() > 0
    assert have_all_rung_once(crowded)


def test_a_routine_without_a_message_is_told_as_gone(world: World) -> None:
    crowd(world, 2)
    world.render = lambda _due: None

    assert world.tick("2026-11-20 07:00") == []
    assert world.reasons() == ["gone", "gone"]


def test_who_is_forgotten_while_a_planner_is_just_ringing_is_in_no_message(world_on_both: World) -> None:
    world = world_on_both
    stays, goes = crowd(world, 2)
    world.clock.now = at("2026-11-20 07:00")
    is_planning, may_end = Event(), Event()

    def linger(due: reminders.Due) -> list[Message]:
        is_planning.set()
        may_end.wait(10)
        return render(due)

    world.render = linger
    with ThreadPoolExecutor(2) as threads:
        planned = threads.submit(world.plan)
        assert is_planning.wait(10)
        forgotten = threads.submit(world.do, goes, people.forget)
        may_end.set()
        assert planned.result(10) == 2
        forgotten.result(10)
    world.send()

    assert [sent.to for sent in world.messenger.sent] == [(stays,)]
    assert all(goes not in str(vars(row)) for row in world.outbox())


def test_who_is_forgotten_while_the_message_is_under_way_is_erased_when_it_is_over(world_on_both: World) -> None:
    world = world_on_both
    stays, goes = crowd(world, 2)
    world.clock.now = at("2026-11-20 07:00")
    world.plan()
    forgets: list[Callable[[], None]] = [lambda: world.do(goes, people.forget)]
    world.messenger.on_ask = lambda _sent: forgets.pop()() if forgets else None
    world.messenger.goes_silent()
    world.send()
    world.clock.advance(minutes=1)
    world.send()

    assert [set(sent.to) for sent in world.messenger.asked] == [{stays, goes}] * 2, "a second try is as the first"
    assert [(row.recipients, row.left_out, row.outcome) for row in world.outbox()] == [([stays], {}, "accepted")]


def test_whose_time_has_come_long_ago_is_not_plain(world: World) -> None:
    crowd(world, 1)
    world.clock.now = at("2026-11-20 07:00") + gate.GRACE["reminder"]
    with world.sessions.begin() as session:
        found = plain.plan(
            session, world.clock(), gate.DEFAULT_RULES, render, after=plain.beginning(world.clock()), size=FEW
        )

    assert found == (0, None)
