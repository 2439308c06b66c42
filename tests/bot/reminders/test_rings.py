"""What rings, for whom together, and what is written down about what does not."""

import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot import db, people, progress, reminders
from bot.models import Decision, OutboxMessage, Reminder
from bot.reminders.batch import Message
from tests.bot.reminders.world import BREATHE, STRETCH, TRAIN, World, at, crowd, render

FRIDAY = date(2026, 11, 20)


class Statements:
    """Counts what is said to the database; ``with`` it."""

    def __init__(self, sessions: db.Sessions) -> None:
        self._engine = db.engine_of(sessions)
        self.all: list[str] = []

    def __enter__(self) -> "Statements":
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *exception: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.all.append(statement)


def test_people_whose_message_is_the_same_share_multicasts_of_five_hundred(world_on_both: World) -> None:
    world = world_on_both
    names = crowd(world, 1200)
    world.clock.now = at("2026-11-20 07:00")

    assert world.plan() == 1200
    with world.sessions.begin() as session:
        # Seconds pass between planning and sending, and people do not wait.
        mine = {name: people.find(session, name) for name in names[:4]}
        assert all(mine.values())
        done, blocked, paused, resting = mine.values()
        progress.done(session, done, routine_id=STRETCH, day=FRIDAY, now=world.clock())
        people.block(session, blocked, world.clock())
        reminders.pause(session, paused, routine_id=None, until=None, now=world.clock())
        reminders.rest(session, resting, routine_id=STRETCH, day=FRIDAY, now=world.clock())
    world.send()

    rows = world.outbox()
    assert [row.kind for row in rows] == ["multicast"] * 3
    assert sorted(len(row.recipients) + len(row.left_out) for row in rows) == [200, 500, 500]
    left_out = {name: reason for row in rows for name, reason in row.left_out.items()}
    assert left_out == dict(zip(names[:4], ("done", "blocked", "paused", "resting"), strict=True))
    assert Counter(name for sent in world.messenger.sent for name in sent.to) == Counter(names[4:])
    assert {(row.due_at, row.expires_at) for row in rows} == {(at("2026-11-20 07:00"), at("2026-11-20 07:45"))}
    with world.sessions() as session:
        moved = session.scalars(sa.select(Reminder).where(Reminder.next_due_at == at("2026-11-21 07:00"))).all()
    assert len(moved) == 1200 - 2
    assert {(one.rang_for, one.rang_at, one.unanswered) for one in moved if one.unanswered} == {
        (FRIDAY, at("2026-11-20 07:00"), 1)
    }


def test_a_routine_that_cannot_be_drawn_costs_the_others_no_ring(
    world_on_both: World, caplog: pytest.LogCaptureFixture
) -> None:
    world = world_on_both

    def fails(due: reminders.Due) -> list[Message]:
        if due.routine_id == BREATHE:
            raise LookupError("ひみつ")
        return render(due)

    world.render = fails
    world.meet("U1", "U2")
    for name in ("U1", "U2"):
        for routine in (BREATHE, STRETCH):
            world.remind(name, routine)
    world.note("U2")  # So that hers are planned one by one.
    world.clock.now = at("2026-11-20 07:00")

    assert world.plan() == 2
    world.send()

    assert sorted((sent.to, sent.texts) for sent in world.messenger.sent) == [
        (("U1",), [f"ring {STRETCH} 2026-11-20"]),
        (("U2",), [f"ring {STRETCH} 2026-11-20"]),
    ]
    assert f"{BREATHE} cannot be drawn: LookupError" in caplog.text
    assert "ひみつ" not in caplog.text


def test_a_tick_costs_what_is_due_and_not_what_exists(world_on_both: World) -> None:
    world = world_on_both

    def cost(due_at: str) -> int:
        world.clock.now = at(due_at)
        with Statements(world.sessions) as statements:
            world.plan()
        return len(statements.all)

    crowd(world, 400)
    world.clock.now = at("2026-11-20 06:00")
    nothing = cost("2026-11-20 06:00")
    few = cost("2026-11-20 07:00")
    crowd(world, 3000, due_at="2027-01-01 07:00", routine=TRAIN)
    still_nothing, same = cost("2026-11-20 08:00"), cost("2026-11-21 07:00")
    plan = index_used(world.sessions)

    assert nothing == still_nothing
    assert few == same, "the 3,000 others are not looked at"
    assert few - nothing <= 6, "people, reminders, their states and one row for all of them: whatever their number"
    assert "next_due_at" in plan, plan


def index_used(sessions: db.Sessions) -> str:
    """How the database looks for what is due."""
    explain = "EXPLAIN QUERY PLAN" if db.engine_of(sessions).dialect.name == "sqlite" else "EXPLAIN"
    with sessions() as session:
        if explain == "EXPLAIN":
            session.execute(sa.text("ANALYZE reminders"))
        found = session.execute(
            sa.text(f"{explain} SELECT id FROM reminders WHERE next_due_at <= :now ORDER BY next_due_at LIMIT 500"),
            {"now": "2026-11-21T00:00:00+00:00"},
        )
        return "\n".join(str(row) for row in found)


def test_two_planners_at_once_ring_nobody_twice(world_on_both: World) -> None:
    world = world_on_both
    names = crowd(world, 1300) + crowd(world, 300, routine=TRAIN)
    world.clock.now = at("2026-11-20 07:00")

    with ThreadPoolExecutor(4) as threads:
        planned = [each.result() for each in [threads.submit(world.plan) for _ in range(4)]]

    assert sum(planned) == len(names)
    assert Counter(name for row in world.outbox() for name in row.recipients) == Counter(names)


def test_who_does_something_else_gets_a_message_of_their_own(world: World) -> None:
    names = crowd(world, 3)
    world.meet("other")
    world.remind("other", BREATHE, "07:00")
    world.note(names[1])
    world.without = lambda session, wanted: {
        pair: ("exercise/squat",) for pair in wanted if pair[0] == 2 and pair[1] == STRETCH
    }

    texts = world.tick("2026-11-20 07:00")

    assert sorted(texts) == [
        "ring routine/breathe 2026-11-20",
        "ring routine/stretch 2026-11-20",
        "ring routine/stretch 2026-11-20 exercise/squat",
    ]
    assert {sent.kind: set(sent.to) for sent in world.messenger.sent if "stretch 2026-11-20" in sent.texts[0]} == {
        "multicast": {names[0], names[2]},
        "push": {names[1]},
    }


@pytest.mark.parametrize(
    ("minutes", "rings"), [(0, True), (44, True), (44.99, True), (45, False), (46, False), (600, False)]
)
def test_what_is_found_late_goes_out_within_its_grace_and_is_missed_after(
    world: World, caplog: pytest.LogCaptureFixture, minutes: float, rings: bool
) -> None:
    crowd(world, 3)

    with caplog.at_level(logging.WARNING, "bot.reminders"):
        sent = world.tick(at("2026-11-20 07:00") + timedelta(minutes=minutes))

    assert bool(sent) == rings
    assert world.reasons() == ([] if rings else ["too-late"] * 3)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ([] if rings else ["rings missed, found too late: 3"])


def test_after_days_of_silence_each_missed_day_is_written_down_and_the_fresh_one_rings(world: World) -> None:
    crowd(world, 1)

    sent = world.tick("2026-11-23 07:20")

    assert sent == ["ring routine/stretch 2026-11-23"]
    with world.sessions() as session:
        missed = session.execute(sa.select(Decision.day, Decision.reason).order_by(Decision.day)).all()
    assert [tuple(row) for row in missed] == [(date(2026, 11, day), "too-late") for day in (20, 21, 22)]


def test_of_a_clock_that_jumps_a_year_ahead_only_the_last_week_is_written_down(world: World) -> None:
    crowd(world, 2)

    world.tick("2027-11-20 12:00")

    assert Counter(world.reasons()) == {"too-late": 2 * 8}, "what was due, and the last seven days"


def test_who_was_rung_by_a_clock_a_year_ahead_can_be_reminded_again_once_it_is_right(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00")
    world.tick("2027-11-20 07:00")
    assert world.reminder("anna").rang_for == date(2027, 11, 20)
    world.clock.now = at("2026-11-20 08:00")

    assert world.remind("anna", time="09:00") == at("2026-11-20 09:00")
    assert world.tick("2026-11-20 09:00") == ["ring routine/stretch 2026-11-20"]


def test_what_was_missed_can_still_ring_when_it_is_moved_to_later_that_day(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00")
    assert world.tick("2026-11-20 09:00") == []

    assert world.remind("anna", time="10:00") == at("2026-11-20 10:00")
    assert world.tick("2026-11-20 10:00") == ["ring routine/stretch 2026-11-20"]


def test_a_day_rings_once_however_its_time_is_moved(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00")
    assert world.tick("2026-11-20 07:00")

    assert world.remind("anna", time="08:00") == at("2026-11-21 08:00")
    assert world.tick("2026-11-20 08:00") == []


def test_rings_once_when_the_clock_goes_back(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00")
    assert world.tick("2026-11-20 07:00")

    assert world.tick("2026-11-20 06:30") == []
    assert world.remind("anna", time="07:00") == at("2026-11-21 07:00")
    assert world.tick("2026-11-20 07:00") == []


def test_one_that_would_ring_again_for_its_day_is_dropped_with_that_word(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00")
    world.tick("2026-11-20 07:00")
    with world.sessions.begin() as session:
        session.execute(sa.update(Reminder).values(next_due_at=at("2026-11-20 07:10")))

    assert world.tick("2026-11-20 07:10") == []
    assert world.reasons() == ["rang"]


def test_a_routine_that_the_pack_no_longer_has_is_dropped_with_that_word(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    crowd(world, 2)
    world.clock.now = at("2026-11-20 07:00")

    assert reminders.plan_due(world.sessions, lambda _due: None, world.clock()) == 0
    assert world.reasons() == ["gone", "gone"]
    assert world.reminder(f"{STRETCH}-0").rang_for is None


def test_a_snooze_rings_for_its_day_and_is_no_silent_day_more(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00")
    world.tick("2026-11-20 07:00")
    assert world.later("anna", 30)

    assert world.tick("2026-11-20 07:30") == ["ring routine/stretch 2026-11-20"]
    assert world.reminder("anna").unanswered == 0
    assert [row.purpose for row in world.outbox()] == ["reminder", "snooze"]


def test_a_snooze_that_is_no_longer_wanted_says_why(world: World) -> None:
    world.meet("anna", "bert", "cleo")
    for name in ("anna", "bert", "cleo"):
        world.later(name, 30)
    with world.sessions.begin() as session:
        # Behind the back of the nouns, which silence the snoozes of such a day at once.
        anna, bert, _ = (people.find(session, name) for name in ("anna", "bert", "cleo"))
        session.execute(sa.update(type(anna)).where(type(anna).id == bert.id).values(blocked_at=world.clock()))
        session.execute(
            sa.text("INSERT INTO completions (person_id, routine_id, day, done_at) VALUES (:id, :routine, :day, :day)"),
            {"id": anna.id, "routine": STRETCH, "day": "2026-11-20"},
        )

    assert world.tick("2026-11-20 06:30") == ["ring routine/stretch 2026-11-20"]
    assert sorted(world.reasons()) == ["blocked", "done"]


def test_the_routine_that_rang_last_may_be_a_snooze(world: World) -> None:
    world.meet("anna", "bert")
    world.remind("anna", TRAIN, "06:20")
    world.later("anna", 30, STRETCH)
    world.tick("2026-11-20 06:20")
    assert world.do("anna", reminders.last_rung) == (TRAIN, at("2026-11-20 06:20"), False)

    world.tick("2026-11-20 06:30")

    assert world.do("anna", reminders.last_rung) == (STRETCH, at("2026-11-20 06:30"), False)
    assert world.do("bert", reminders.last_rung) is None


def test_a_ring_that_would_fall_into_the_night_for_being_late_is_left_away(world: World) -> None:
    world.meet("anna", "bert")
    world.remind("anna", time="22:30")
    world.remind("bert", time="23:00")

    assert world.tick("2026-11-20 23:10") == ["ring routine/stretch 2026-11-20"], "23:00 is an hour that bert chose"
    assert world.messenger.sent[0].to == ("bert",)
    assert world.reasons() == ["quiet-hours"]


def test_rows_of_the_outbox_name_what_they_are_about(world: World) -> None:
    crowd(world, 1)
    world.tick("2026-11-20 07:00")

    (row,) = world.outbox()
    assert (row.purpose, row.routine_id, row.day) == ("reminder", STRETCH, FRIDAY)
    assert row.reference == "routine/stretch 2026-11-20"
    assert render(reminders.Due(STRETCH, FRIDAY)) == row.payload
    assert isinstance(row, OutboxMessage)


def test_the_question_is_the_same_for_all_whatever_their_bodies(world: World) -> None:
    names = crowd(world, 2)
    world.note(names[1])
    world.without = lambda _session, wanted: {pair: ("exercise/squat",) for pair in wanted if pair[0] == 2}
    for day in (20, 21, 22):
        assert len(world.tick(f"2026-11-{day} 07:00")) == 2

    assert world.tick("2026-11-23 07:00") == ["question routine/stretch 2026-11-23"]
