from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot import db
from bot.delivery import outbox, sieve
from bot.delivery.month import Month
from bot.delivery.quota import Quota
from bot.delivery.rules import Opening, Rules
from bot.delivery.sender import Sender
from bot.models import BodyNote, Completion, OutboxMessage, Person, Reminder, Rest
from bot.models.outbox import Purpose
from tests.fakes import NOON, FakeClock, FakeMessenger

HELLO = [{"type": "text", "text": "こんにちは"}]
NIGHT = datetime.fromisoformat("2026-04-01T23:00:00+09:00").astimezone(UTC)
DAWN = datetime.fromisoformat("2026-04-02T06:00:00+09:00").astimezone(UTC)
ROUTINE = "routine/neck"
Meet = Callable[..., None]
Send = Callable[..., None]


@pytest.fixture
def meet(sessions: db.Sessions, clock: FakeClock) -> Meet:
    """New people, each with whatever is said of them."""

    def meet(*names: str, **state: Any) -> None:
        with sessions.begin() as session:
            for name in names:
                person = Person(line_user_id=name, created_at=clock(), last_seen_at=clock(), offered=[], step_data={})
                for column, value in state.items():
                    setattr(person, column, value)
                session.add(person)

    return meet


@pytest.fixture
def send(sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger) -> Send:
    """Send all that is due, by these rules."""

    def send(**rules: Any) -> None:
        sender = Sender(sessions, clock, messenger, rules=lambda: Rules(**rules), pause=lambda _seconds: None)
        while sender.send_one():
            pass

    return send


def announce(sessions: db.Sessions, now: datetime, *to: str, **more: Any) -> None:
    with sessions.begin() as session:
        outbox.add_multicast(session, to=to, payload=HELLO, purpose="announcement", now=now, **more)


def push(sessions: db.Sessions, now: datetime, to: str, purpose: Purpose, **more: Any) -> None:
    with sessions.begin() as session:
        outbox.add_push(session, to=to, payload=HELLO, purpose=purpose, now=now, **more)


def rows(sessions: db.Sessions) -> list[OutboxMessage]:
    with sessions() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def reached(messenger: FakeMessenger) -> list[tuple[str, ...]]:
    return [tuple(sorted(sent.to)) for sent in messenger.sent]


def test_what_is_held_in_the_night_keeps_its_right_to_be_sent(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("U1", "U2")
    clock.now = NIGHT
    announce(sessions, clock(), "U1", "U2")

    send()
    [row] = rows(sessions)
    assert (row.outcome, row.reason, row.next_try_at, row.due_at, row.attempts) == (None, "quiet-hours", DAWN, DAWN, 0)
    clock.now = DAWN + timedelta(hours=1, minutes=59)  # No worker was there at dawn.
    send()

    assert reached(messenger) == [("U1", "U2")]
    [row] = rows(sessions)
    assert (row.outcome, row.reason) == ("accepted", "quiet-hours")


def test_what_is_held_is_too_late_two_hours_after_its_new_time(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("U1")
    clock.now = NIGHT
    announce(sessions, clock(), "U1")
    send()
    clock.now = DAWN + timedelta(hours=2)
    send()

    assert messenger.asked == []
    assert [(row.outcome, row.reason, row.left_out) for row in rows(sessions)] == [
        ("expired", "too-late", {"U1": "too-late"})
    ]


def test_who_is_awake_gets_it_at_once_and_who_sleeps_in_their_own_morning(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("tokyo", "osaka")
    meet("london", timezone="Europe/London")
    meet("york", timezone="America/New_York")
    meet("gone", blocked_at=clock())
    clock.now = NIGHT  # 15:00 in London, 10:00 in New York.
    announce(sessions, clock(), "tokyo", "london", "gone", "osaka", "york")

    send()
    assert reached(messenger) == [("london", "york")]
    clock.now = DAWN
    send()

    assert reached(messenger)[1:] == [("osaka", "tokyo")]
    first, held = rows(sessions)
    assert first.left_out == {"gone": "blocked"}
    assert (held.reason, held.left_out) == ("quiet-hours", {})


def test_what_is_held_is_judged_again(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("stays", "stops")
    clock.now = NIGHT
    announce(sessions, clock(), "stays", "stops")
    send()
    with sessions.begin() as session:
        stops = sa.update(Person).where(Person.line_user_id == "stops")
        session.execute(stops.values(announcements_stopped_at=clock()))
    clock.now = DAWN
    send()

    assert reached(messenger) == [("stays",)]
    assert rows(sessions)[0].left_out == {"stops": "stopped"}


def test_an_announcement_for_opening_hours_waits_for_them(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("U1")
    opening = Opening(("thu",), time(10), time(20))
    announce(sessions, clock(), "U1", in_opening_hours=True)  # On a Wednesday.

    send(openings=(opening,))
    assert messenger.sent == []
    clock.now = datetime.fromisoformat("2026-04-02T10:00:00+09:00")
    send(openings=(opening,))

    assert reached(messenger) == [("U1",)]
    assert [row.reason for row in rows(sessions)] == ["closed"]


def test_a_reminder_at_an_hour_of_the_night_that_was_chosen_rings(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("U1")
    clock.now = NIGHT
    push(sessions, clock(), "U1", "snooze", routine_id=ROUTINE, day=clock().date())

    send()

    assert reached(messenger) == [("U1",)]


@pytest.mark.parametrize(
    ("noted", "reason"),
    [
        (Completion(routine_id=ROUTINE, day=NIGHT.date(), done_at=NIGHT), "done"),
        (Rest(routine_id=ROUTINE, day=NIGHT.date(), noted_at=NIGHT), "resting"),
        (BodyNote(note="pregnant", noted_at=NIGHT), "body"),
        (BodyNote(note="knee", noted_at=NIGHT), None),
        (Completion(routine_id="routine/other", day=NIGHT.date(), done_at=NIGHT), None),
        (Completion(routine_id=ROUTINE, day=NIGHT.date() - timedelta(days=1), done_at=NIGHT), None),
    ],
    ids=["done", "rest", "pregnant", "knee", "another routine", "another day"],
)
def test_what_the_sender_keeps_back_stands_in_the_row_with_its_reason(
    sessions: db.Sessions,
    clock: FakeClock,
    messenger: FakeMessenger,
    meet: Meet,
    send: Send,
    noted: Any,
    reason: str | None,
) -> None:
    meet("somebody", "U1")
    with sessions.begin() as session:
        person = session.scalars(sa.select(Person).where(Person.line_user_id == "U1")).one()
        about = {"person_id": person.id, "routine_id": ROUTINE, "created_at": NIGHT}
        session.add(Reminder(time="12:00", days=["wed"], zone="Asia/Tokyo", **about))
        # Each database wants an object of its own.
        values = {key: value for key, value in vars(noted).items() if not key.startswith("_")}
        session.add(type(noted)(**values, person_id=person.id))
    push(sessions, clock(), "U1", "reminder", routine_id=ROUTINE, day=NIGHT.date())

    send()

    [row] = rows(sessions)
    if reason is None:
        assert (row.outcome, row.left_out, row.recipients) == ("accepted", {}, ["U1"])
    else:
        assert (row.outcome, row.reason, row.left_out) == ("dropped", reason, {"U1": reason})
        assert messenger.asked == []


def test_two_announcements_a_day_and_five_a_week_are_enough(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("U1")
    got = []
    for _ in range(9):
        before = len(messenger.sent)
        for _ in range(3):
            announce(sessions, clock(), "U1")
            clock.advance(minutes=1)
        send()
        got.append(len(messenger.sent) - before)
        clock.advance(days=1, minutes=-3)

    # On the eighth day the first two are a week ago.
    assert got == [2, 2, 1, 0, 0, 0, 0, 2, 2]
    assert {reason for row in rows(sessions) for reason in row.left_out.values()} == {"too-often"}


@pytest.mark.parametrize("is_judged", [True, False])
def test_announcements_that_are_taken_together_count_as_well(
    sessions: db.Sessions, clock: FakeClock, meet: Meet, is_judged: bool
) -> None:
    meet("U1", "U2")
    for number in range(3):
        judged_at = clock() if is_judged else None
        announce(sessions, clock(), "U1", *["U2"][:number], reference=f"broadcast {number}", judged_at=judged_at)

    _, errands = Sender(sessions, clock, FakeMessenger(), rules=Rules).take(10)

    assert [errand.row.recipients for errand in errands] == [["U1"], ["U1", "U2"], ["U2"]]


CHANGES: dict[str, dict[str, Any]] = {
    "blocks": {"blocked_at": NOON},
    "stops": {"announcements_stopped_at": NOON},
    "moves": {"timezone": "America/New_York"},
    "writes": {},
}


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("hours", [1, 30])
def test_an_announcement_that_rests_on_its_planning_ends_as_if_each_were_asked(
    sessions: db.Sessions, clock: FakeClock, meet: Meet, before: int, hours: int
) -> None:
    names = [f"U{number}" for number in range(8)]
    meet(*names)
    for number in range(before):
        announce(sessions, NOON, *names[number:], reference=f"earlier {number}")
    with sessions.begin() as session:
        earlier = sa.update(OutboxMessage).values(first_try_at=NOON - timedelta(hours=hours), outcome="accepted")
        session.execute(earlier)
    announce(sessions, NOON, *names, reference="this", judged_at=NOON)
    with sessions.begin() as session:
        for name, change in zip(names, CHANGES.values(), strict=False):
            touched = sa.update(Person).where(Person.line_user_id == name).values(touched_at=NOON, **change)
            session.execute(touched)

    with sessions() as session:
        [row] = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.reference == "this"))
        ways = []
        for judged_at in (row.judged_at, None):
            row.judged_at = judged_at
            sifting = sieve.Sieve(session, [row], NOON, rules=Rules(), quota=Quota(None))
            ways.append(sifting.decide(row, Month(NOON, NOON, limit=None, used=0)))
        session.rollback()
    assert ways[0] == ways[1]


def test_whom_nobody_touched_is_not_asked_about_for_an_announcement(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("U1", "U2")
    announce(sessions, clock(), "U1", "U2", reference="this", judged_at=clock())
    queries: list[str] = []
    sa.event.listen(
        db.engine_of(sessions), "before_cursor_execute", lambda _c, _cursor, text, *_more: queries.append(text)
    )
    send()

    assert reached(messenger) == [("U1", "U2")]
    assert not [text for text in queries if "blocked_at" in text]


def test_only_the_persons_own_announcements_count_and_reminders_never_do(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("fresh", "tired")
    announce(sessions, clock(), "tired")
    announce(sessions, clock(), "tired", "stranger")
    for number in range(3):
        push(sessions, clock(), "fresh", "snooze", dedupe_key=str(number))
    send()
    announce(sessions, clock(), "fresh", "tired")
    send()
    push(sessions, clock(), "tired", "snooze")
    send()

    assert reached(messenger)[-2:] == [("fresh",), ("tired",)]
    assert rows(sessions)[-2].left_out == {"tired": "too-often"}


def test_announcements_leave_the_reserve_of_the_month_and_answers_may_use_it(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, meet: Meet, send: Send
) -> None:
    meet("a", "b", "c", "d", "e")
    push(sessions, clock(), "a", "snooze")
    send()
    announce(sessions, clock(), "a", "b", "c", "d", "e")
    send(monthly_limit=6, reserve=2)
    push(sessions, clock(), "a", "snooze")
    for name in ("a", "b"):
        push(sessions, clock(), name, "answer")
    send(monthly_limit=6, reserve=2)

    assert reached(messenger) == [("a",), ("a", "b", "c"), ("a",), ("b",)]
    snooze = next(row for row in rows(sessions)[1:] if row.purpose == "snooze")
    assert (snooze.outcome, snooze.reason, snooze.left_out) == ("dropped", "quota", {"a": "quota"})
    with sessions() as session:
        short = sa.select(Person.line_user_id).where(Person.short_at.is_not(None))
        assert session.scalars(short).all() == ["a"]  # To be told.
    waiting = [row for row in rows(sessions) if row.waits_for_reply]
    assert [(row.recipients, row.outcome, row.reason) for row in waiting] == [
        (["d"], None, "quota"),
        (["e"], None, "quota"),
    ]
    clock.advance(days=30)  # Into May.
    announce(sessions, clock(), "d", "e")
    send(monthly_limit=6, reserve=2)
    assert reached(messenger)[-1] == ("d", "e")
