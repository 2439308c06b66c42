import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import broadcasts, db
from bot.delivery.sender import Sender
from bot.models import Broadcast, OutboxMessage, Person
from tests.fakes import NOON, FakeClock, FakeMessenger

TEXT = "年末年始は12/30から1/3までお休みします。"
PAYLOAD = [{"type": "text", "text": TEXT}]


def meet(sessions: db.Sessions, count: int, **state: datetime) -> list[str]:
    """So many new people; their LINE ids."""
    with sessions.begin() as session:
        known = session.scalar(sa.select(sa.func.count(Person.id))) or 0
        names = [f"U{number:032x}" for number in range(known, known + count)]
        session.execute(
            sa.insert(Person),
            [
                {"line_user_id": name, "created_at": NOON, "last_seen_at": NOON, "offered": [], "step_data": {}} | state
                for name in names
            ],
        )
    return names


def plan(session: Session, text: str = TEXT, *, send_at: datetime = NOON, now: datetime = NOON) -> Broadcast:
    return broadcasts.plan(session, text, PAYLOAD, send_at=send_at, now=now)


def send_all(sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger) -> None:
    sender = Sender(sessions, clock, messenger, pause=lambda seconds: clock.advance(seconds=seconds))
    while sender.send_one():
        pass


def rows(sessions: db.Sessions) -> list[OutboxMessage]:
    with sessions() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_1201_people_get_it_once_each_in_three_batches(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger
) -> None:
    people = meet(sessions, 1201)
    with sessions.begin() as session:
        planned = plan(session)
    send_all(sessions, clock, messenger)

    assert [(sent.kind, len(sent.to), sent.texts) for sent in messenger.sent] == [
        ("multicast", 500, [TEXT]),
        ("multicast", 500, [TEXT]),
        ("multicast", 201, [TEXT]),
    ]
    assert Counter(name for sent in messenger.sent for name in sent.to) == Counter(people)
    assert len({sent.retry_key for sent in messenger.sent}) == 3
    with sessions() as session:
        progress = broadcasts.progress(session, planned)
    assert (progress.people, progress.accepted, progress.open, progress.failed) == (1201, 1201, 0, 0)


def test_who_blocked_us_or_stopped_announcements_gets_nothing(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger
) -> None:
    [reached] = meet(sessions, 1)
    meet(sessions, 2, blocked_at=NOON)
    meet(sessions, 2, announcements_stopped_at=NOON)
    with sessions.begin() as session:
        planned = plan(session)
    send_all(sessions, clock, messenger)

    assert planned.people_count == 1
    assert [sent.to for sent in messenger.sent] == [(reached,)]


def test_who_stops_or_blocks_after_the_planning_gets_nothing_either(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger
) -> None:
    stays, stops, blocks = meet(sessions, 3)
    with sessions.begin() as session:
        planned = plan(session, send_at=NOON + timedelta(hours=1))
    with sessions.begin() as session:
        for name, state in [(stops, {"announcements_stopped_at": NOON}), (blocks, {"blocked_at": NOON})]:
            session.execute(sa.update(Person).where(Person.line_user_id == name).values(touched_at=NOON, **state))
    clock.advance(hours=1)
    send_all(sessions, clock, messenger)

    assert [sent.to for sent in messenger.sent] == [(stays,)]
    with sessions() as session:
        progress = broadcasts.progress(session, planned)
    assert (progress.people, progress.accepted, progress.open, progress.failed) == (3, 1, 0, 2)


def test_it_waits_for_its_time(sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger) -> None:
    meet(sessions, 3)
    with sessions.begin() as session:
        plan(session, send_at=NOON + timedelta(hours=5))
    clock.advance(hours=4, minutes=59)
    send_all(sessions, clock, messenger)

    assert messenger.sent == []

    clock.advance(minutes=1)
    send_all(sessions, clock, messenger)

    assert len(messenger.sent) == 1


def test_it_is_not_sent_by_itself_when_it_is_too_late(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger
) -> None:
    meet(sessions, 3)
    with sessions.begin() as session:
        planned = plan(session)
    clock.advance(hours=2, minutes=1)
    send_all(sessions, clock, messenger)

    assert messenger.sent == []
    with sessions() as session:
        assert broadcasts.progress(session, planned).failed == 3


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=23, minutes=59)])
def test_the_same_text_within_a_day_is_the_same_announcement(sessions: db.Sessions, later: timedelta) -> None:
    meet(sessions, 2)
    with sessions.begin() as session:
        first = plan(session)
    with sessions.begin() as session:
        found = broadcasts.find(session, TEXT, NOON + later)
        second = plan(session, send_at=NOON + later, now=NOON + later)

    assert found is not None
    assert found.id == first.id == second.id
    assert len(rows(sessions)) == 1


def test_the_same_text_is_the_same_announcement_while_it_is_still_to_come(sessions: db.Sessions) -> None:
    meet(sessions, 2)
    with sessions.begin() as session:
        first = plan(session, send_at=NOON + timedelta(days=3))
    with sessions.begin() as session:
        second = plan(session, now=NOON + timedelta(days=2), send_at=NOON + timedelta(days=2))

    assert first.id == second.id


def test_the_same_text_a_day_later_and_another_text_are_announcements_of_their_own(sessions: db.Sessions) -> None:
    meet(sessions, 2)
    ids = set()
    for text, hours in [(TEXT, 0), (f"{TEXT}!", 0), (TEXT, 24)]:
        now = NOON + timedelta(hours=hours)
        with sessions.begin() as session:
            ids.add(plan(session, text, send_at=now, now=now).id)

    assert len(ids) == 3


def test_a_planning_that_fails_leaves_nothing(sessions: db.Sessions) -> None:
    meet(sessions, 600)

    def fail() -> None:
        with sessions.begin() as session:
            plan(session)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()

    assert rows(sessions) == []
    with sessions() as session:
        assert broadcasts.find(session, TEXT, NOON) is None


def test_people_who_plan_the_same_at_the_same_instant_plan_it_once(sessions: db.Sessions) -> None:
    meet(sessions, 3)
    together = threading.Barrier(4)
    ids: list[int] = []

    def announce() -> None:
        together.wait(10)
        with sessions.begin() as session:
            ids.append(plan(session).id)

    threads = [threading.Thread(target=announce) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(ids) == 4
    assert len(set(ids)) == 1
    assert len(rows(sessions)) == 1
    with sessions() as session:
        assert session.scalar(sa.select(sa.func.count(Broadcast.id))) == 1


def test_whoever_comes_while_another_plans_waits_and_takes_up_the_same(sessions: db.Sessions) -> None:
    meet(sessions, 3)
    second: list[int] = []

    def announce() -> None:
        with sessions.begin() as session:
            second.append(plan(session).id)

    other = threading.Thread(target=announce)
    with sessions.begin() as session:
        first = plan(session)
        other.start()
        # Either waits for our commit: with no announcement of its own it cannot be done now.
        other.join(0.2)
        assert second == []
    other.join(20)

    assert second == [first.id]
    assert len(rows(sessions)) == 1


def test_a_batch_that_line_refuses_is_counted_once_in_its_halves(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger
) -> None:
    people = meet(sessions, 8)
    messenger.does_not_know(people[5])
    with sessions.begin() as session:
        planned = plan(session)
    send_all(sessions, clock, messenger)

    with sessions() as session:
        progress = broadcasts.progress(session, planned)
    assert (progress.people, progress.accepted, progress.open, progress.failed) == (8, 7, 0, 1)
    assert Counter(name for sent in messenger.sent for name in sent.to) == Counter(set(people) - {people[5]})
