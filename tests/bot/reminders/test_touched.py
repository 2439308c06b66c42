"""Who was touched between planning and sending is judged again, and who was not need not be."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bot import body, calendar, db, people, progress, reminders
from bot.delivery import gate, sieve, states
from bot.delivery.month import Month
from bot.delivery.quota import Quota
from bot.models import Decision, OutboxMessage, Person, Reminder
from bot.talk import House, Visitor
from tests.bot.reminders.world import STRETCH, TOKYO, World, at, crowd
from tests.fakes import FakeClock
from tests.lengths import settings

Act = Callable[[Session, Person, World], object]
RULES = gate.DEFAULT_RULES

KEEPS_A_RING: dict[str, Act] = {
    "body.keep": lambda session, one, world: body.keep(session, one, "pregnant", world.clock()),
    "people.block": lambda session, one, world: people.block(session, one, world.clock()),
    "people.forget": lambda session, one, _world: people.forget(session, one),
    "progress.done": lambda session, one, world: progress.done(
        session, one, routine_id=STRETCH, day=calendar.day_of(world.clock(), TOKYO), now=world.clock()
    ),
    "reminders.pause": lambda session, one, world: reminders.pause(
        session, one, routine_id=None, until=None, now=world.clock()
    ),
    "reminders.rest": lambda session, one, world: reminders.rest(
        session, one, routine_id=STRETCH, day=calendar.day_of(world.clock(), TOKYO), now=world.clock()
    ),
    "reminders.stop": lambda session, one, world: reminders.stop(session, one, None, world.clock()),
    "reminders.turn_on": lambda session, one, world: reminders.turn_on(
        session,
        one,
        routine_id=STRETCH,
        default_time="07:00",
        zone=TOKYO,
        now=world.clock(),
        days=["tue"],
    ),
    "reminders.undo": lambda session, one, world: reminders.undo(
        session, one, last_change(session, one), world.clock()
    ),
}
"""What can keep a ring that is planned from being sent."""

KEEPS_NONE = {
    "body.has_consented",
    "body.drop",  # Who has a note is not judged by what was found before.
    "body.hear",
    "body.kept",
    "body.notes",
    "body.told",
    "body.unhear",
    "people.ask_for_staff",
    "people.context",
    "people.is_forgotten",
    "people.start_announcements",
    "people.stop_announcements",  # Reminders are none.
    "people.write_whole",
    "progress.days_done",
    "progress.is_done",
    "progress.not_done",
    "reminders.can_snooze",
    "reminders.find",
    "reminders.history",
    "reminders.is_resting",
    "reminders.last",
    "reminders.last_rung",
    "reminders.move",  # An hour that was right when it rang.
    "reminders.of",
    "reminders.on",
    "reminders.react",
    "reminders.resume",
    "reminders.resume_everything",
    "reminders.resume_suspended",
    "reminders.rested",
    "reminders.snooze",
    "reminders.suspended",
}


def last_change(session: Session, one: Person) -> int:
    change = reminders.last(session, one)
    return 0 if change is None else change.id


def planned(world: World, *names: str) -> OutboxMessage:
    """The row in which these people's 07:00 is planned; they had not wanted it before."""
    world.clock.now = at("2026-11-20 06:59")
    with world.sessions.begin() as session:
        for name in names:
            one, _ = people.meet(session, name, world.clock() - timedelta(days=1))
            session.flush()
            reminders.turn_on(
                session,
                one,
                routine_id=STRETCH,
                default_time="07:00",
                zone=TOKYO,
                now=world.clock() - timedelta(hours=1),
            )
    world.clock.now = at("2026-11-20 07:00")
    assert world.plan() == len(names)
    return world.outbox()[-1]


@pytest.mark.parametrize("name", KEEPS_A_RING)
def test_whatever_keeps_a_ring_touches_the_person(world: World, name: str) -> None:
    row = planned(world, "anna", "bert")
    world.clock.advance(seconds=30)
    world.do("anna", lambda session, one: KEEPS_A_RING[name](session, one, world))
    world.send()

    assert [sent.to for sent in world.messenger.sent] == [("bert",)]
    assert row.judged_at == at("2026-11-20 07:00")
    if name != "people.forget":
        touched_at = world.do("anna", lambda _session, one: one.touched_at)
        assert touched_at == world.clock()


def test_everything_that_can_be_done_to_a_person_is_known_to_keep_a_ring_or_none() -> None:
    def acts(module: ModuleType) -> set[str]:
        named = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}
        return {
            f"{module.__name__.removeprefix('bot.')}.{name}"
            for name, found in named.items()
            if inspect.isfunction(found)
            and found.__module__.startswith(module.__name__)
            and "person" in inspect.signature(found).parameters
        }

    found = set().union(*(acts(module) for module in (body, people, progress, reminders)))

    assert found == KEEPS_A_RING.keys() | KEEPS_NONE, (
        "what keeps a planned ring from being sent must touch the person (Person.touch) and stand in KEEPS_A_RING"
    )


def test_every_turn_touches_the_person(house: House, visitor: Visitor) -> None:
    def touched_now() -> bool:
        with house.app.sessions() as session:
            one = people.find(session, visitor.phone.user_id)
            return one is not None and one.touched_at == house.clock()

    def leave() -> None:
        visitor.phone.block()
        house.work()

    for turn in (
        visitor.follow,
        lambda: visitor.say("肩こりのストレッチ"),
        lambda: visitor.say("リマインドを全部止めて"),
        lambda: visitor.say("あああああ"),
        leave,
    ):
        house.clock.advance(minutes=1)
        turn()
        assert touched_now()


NAMES = [f"{STRETCH}-{number}" for number in range(6)]
acts = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(sorted(KEEPS_A_RING)), st.sampled_from((-15, -5, -1, 0, 1, 20, 70))
    ),
    max_size=5,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(("2026-11-20 07:00", "2026-11-20 22:44")),
    st.sampled_from((0, 40)),
    acts,
    st.integers(0, 80) | st.integers(280, 320),
)
def test_the_short_way_through_the_sieve_and_the_long_one_end_alike(
    sessions: db.Sessions, due_at: str, found_after: int, acts: list[tuple[str, str, int]], sent_after: int
) -> None:
    """A change may be older than the planning by its clock, and yet be written after it."""
    world = World(sessions, FakeClock(at(due_at)))
    with sessions.begin() as session:
        for table in (Decision, OutboxMessage, Reminder, Person):
            session.execute(sa.delete(table))
    crowd(world, len(NAMES), due_at=due_at)
    world.clock.advance(seconds=found_after)
    assert world.plan() == len(NAMES)
    gone = set()
    for name, act, seconds in acts:
        world.clock.now = at(due_at) + timedelta(seconds=found_after + seconds)
        if name not in gone:
            world.do(name, lambda session, one, act=act: KEEPS_A_RING[act](session, one, world))  # type: ignore[misc]
        gone |= {name} if act == "people.forget" else set()

    now = at(due_at) + timedelta(seconds=sent_after)
    with sessions() as session:
        row = session.scalars(sa.select(OutboxMessage)).one()
        ways = []
        for judged_at in (row.judged_at, None):
            row.judged_at = judged_at
            sifting = sieve.Sieve(session, [row], now, rules=RULES, quota=Quota(None))
            ways.append(sifting.decide(row, Month(now, now, limit=None, used=0)))
        session.rollback()
    assert ways[0] == ways[1]


def test_whom_nobody_touched_is_not_asked_about(world_on_both: World) -> None:
    world = world_on_both
    crowd(world, 3)
    world.clock.now = at("2026-11-20 07:00")
    world.plan()
    queries: list[str] = []
    sa.event.listen(
        db.engine_of(world.sessions), "before_cursor_execute", lambda _c, _cursor, text, *_more: queries.append(text)
    )
    world.send()

    assert not [text for text in queries if "completions" in text or "line_user_id IN" in text]
    assert len(world.messenger.sent[0].to) == 3


@pytest.mark.parametrize(("seconds", "is_asked"), [(299, False), (300, True)])
def test_what_was_found_holds_for_five_minutes(world: World, seconds: int, is_asked: bool) -> None:
    crowd(world, 2)
    world.clock.now = at("2026-11-20 07:00")
    world.plan()
    with world.sessions.begin() as session:
        session.execute(sa.update(Person).where(Person.id == 1).values(blocked_at=world.clock()))  # Behind our back.
    world.clock.advance(seconds=seconds)
    world.send()

    assert len(world.messenger.sent[0].to) == (1 if is_asked else 2)


def test_touched_counts_from_the_very_moment_on(world: World) -> None:
    world.meet("anna", "bert")
    world.do("anna", lambda _session, one: one.touch(at("2026-11-20 07:00")))
    world.do("anna", lambda _session, one: one.touch(at("2026-11-20 06:00")))

    with world.sessions() as session:
        assert states.touched(session, at("2026-11-20 07:00")) == {"anna"}
        assert states.touched(session, at("2026-11-20 07:00") + timedelta(microseconds=1)) == set()


def test_who_lives_elsewhere_is_judged_when_it_is_sent(world: World) -> None:
    world.meet("anna", zone=ZoneInfo("Europe/Berlin"))
    world.remind("anna", zone=ZoneInfo("Europe/Berlin"))
    world.tick("2026-11-20 15:00")

    assert [row.judged_at for row in world.outbox()] == [None]
