import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.conversation import Incoming, Reply, Text
from bot.delivery import inbox, turns
from bot.delivery.dispatch import TOKEN_LIFE, Dispatcher
from bot.delivery.messenger import Message
from bot.line import events
from bot.models import InboxEvent, OutboxMessage, Person
from tests.fakes import FakeClock

Answer = Callable[[Session, Incoming, datetime], Reply | None]


def text_event(text: str, *, user: str = "U1", number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "mode": "active",
        "timestamp": 1_775_012_400_000,
        "source": {"type": "user", "userId": user},
        "webhookEventId": f"event-{user}-{number}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token-{user}-{number}",
        "message": {"type": "text", "id": f"message-{user}-{number}", "text": text},
        **more,
    }


def echo(_session: Session, incoming: Incoming, _now: datetime) -> Reply:
    return Reply((Text(incoming.text or incoming.kind),))


def render(reply: Reply) -> list[Message]:
    return [{"type": "text", "text": bubble.text} for bubble in reply.bubbles if isinstance(bubble, Text)]


def dispatcher(sessions: db.Sessions, clock: FakeClock, answer: Answer = echo) -> Dispatcher[Incoming, Reply]:
    return Dispatcher(sessions, clock, read=events.read, answer=answer, render=render)


def receive(sessions: db.Sessions, clock: FakeClock, *raw: dict[str, Any]) -> int:
    with sessions.begin() as session:
        return inbox.receive(session, raw, clock())


def claim(session: Session, now: datetime) -> turns.Claimed | None:
    return next(iter(turns.claim_some(session, now)), None)


def work_off(worker: Dispatcher[Incoming, Reply]) -> None:
    while worker.work_one():
        pass


def answers(sessions: db.Sessions) -> list[str]:
    with sessions() as session:
        return [row.payload[0]["text"] for row in session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))]


def outcomes(sessions: db.Sessions) -> dict[str, str | None]:
    with sessions() as session:
        return {row.webhook_event_id: row.outcome for row in session.scalars(sa.select(InboxEvent))}


def test_an_event_is_answered_once(sessions: db.Sessions, clock: FakeClock) -> None:
    receive(sessions, clock, text_event("かた"))
    worker = dispatcher(sessions, clock)

    assert worker.work_one()
    assert not worker.work_one()

    assert answers(sessions) == ["かた"]
    assert outcomes(sessions) == {"event-U1-1": "answered"}
    with sessions() as session:
        row = session.scalars(sa.select(OutboxMessage)).one()
        assert (row.kind, row.reply_token, row.recipients) == ("reply", "token-U1-1", ["U1"])
        assert (row.expires_at or clock()) - clock() == TOKEN_LIFE


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_differs_from_that_of_line_lets_no_token_die(
    sessions: db.Sessions, clock: FakeClock, hours: int
) -> None:
    clock.advance(hours=hours)
    receive(sessions, clock, text_event("かた"))
    work_off(dispatcher(sessions, clock))

    with sessions() as session:
        assert session.scalars(sa.select(OutboxMessage.expires_at)).one() == clock() + TOKEN_LIFE


def test_the_token_of_an_event_that_comes_again_late_is_dead(sessions: db.Sessions, clock: FakeClock) -> None:
    clock.advance(hours=1)
    receive(sessions, clock, text_event("かた", deliveryContext={"isRedelivery": True}))
    work_off(dispatcher(sessions, clock))

    with sessions() as session:
        assert (session.scalars(sa.select(OutboxMessage.expires_at)).one() or clock()) < clock()


def test_an_event_kept_by_a_clock_that_was_ahead_is_answered_at_once(sessions: db.Sessions, clock: FakeClock) -> None:
    clock.advance(hours=1)
    receive(sessions, clock, text_event("かた"))
    clock.advance(hours=-1)
    work_off(dispatcher(sessions, clock))

    assert outcomes(sessions) == {"event-U1-1": "answered"}


def test_the_length_of_a_hold_goes_with_the_reply(sessions: db.Sessions, clock: FakeClock) -> None:
    def hold(_session: Session, _incoming: Incoming, _now: datetime) -> Reply:
        return Reply((Text("30"),), loading_seconds=30)

    receive(sessions, clock, text_event("次へ"))
    work_off(dispatcher(sessions, clock, hold))

    with sessions() as session:
        assert session.scalars(sa.select(OutboxMessage.loading_seconds)).all() == [30]


def test_a_repeated_event_gets_no_second_answer(sessions: db.Sessions, clock: FakeClock) -> None:
    again = text_event("かた", deliveryContext={"isRedelivery": True})

    assert receive(sessions, clock, text_event("かた"), text_event("かた")) == 1
    work_off(dispatcher(sessions, clock))
    assert receive(sessions, clock, again) == 0
    work_off(dispatcher(sessions, clock))

    assert answers(sessions) == ["かた"]


def test_an_event_that_fails_leaves_nothing_behind(sessions: db.Sessions, clock: FakeClock) -> None:
    def write_and_fail(session: Session, _incoming: Incoming, now: datetime) -> Reply:
        with session.begin_nested():
            session.add(Person(line_user_id="U1", created_at=now, last_seen_at=now, offered=[], step_data={}))
        session.flush()
        raise ZeroDivisionError

    receive(sessions, clock, text_event("かた"))
    work_off(dispatcher(sessions, clock, write_and_fail))

    with sessions() as session:
        assert session.scalars(sa.select(Person)).all() == []
        assert session.scalars(sa.select(OutboxMessage)).all() == []
        row = session.scalars(sa.select(InboxEvent)).one()
        assert (row.done_at, row.attempts, row.failed_at) == (None, 1, clock())

    clock.advance(minutes=1)
    work_off(dispatcher(sessions, clock))

    assert answers(sessions) == ["かた"]


def test_an_event_that_always_fails_is_given_up_after_five_tries(
    sessions: db.Sessions, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def fail(_session: Session, incoming: Incoming, now: datetime) -> Reply:
        tries.append(now)
        raise ValueError(incoming.text)

    receive(sessions, clock, text_event("ひみつ"))
    for _ in range(10):
        work_off(dispatcher(sessions, clock, fail))
        clock.advance(hours=1)

    assert len(tries) == inbox.MAX_ATTEMPTS
    with sessions() as session:
        assert session.scalars(sa.select(InboxEvent.dead_at)).one() is not None
    assert "event-U1-1 given up after 5 tries: ValueError" in caplog.text
    assert "ひみつ" not in caplog.text


def test_a_failure_does_not_touch_its_neighbours(sessions: db.Sessions, clock: FakeClock) -> None:
    def fail_on_bad(session: Session, incoming: Incoming, now: datetime) -> Reply:
        if incoming.text == "bad":
            raise ZeroDivisionError
        return echo(session, incoming, now)

    receive(
        sessions,
        clock,
        text_event("a", number=1),
        text_event("bad", number=2),
        text_event("c", number=3),
        text_event("d", user="U2"),
    )
    work_off(dispatcher(sessions, clock, fail_on_bad))

    assert answers(sessions) == ["a", "c", "d"]


def test_a_crash_between_claim_and_commit_gives_the_row_back(sessions: db.Sessions, clock: FakeClock) -> None:
    receive(sessions, clock, text_event("かた"))
    session = sessions()
    session.begin()
    claimed = claim(session, clock())
    assert claimed is not None
    session.add(OutboxMessage(kind="reply", purpose="answer", payload=[], created_at=clock(), next_try_at=clock()))
    session.flush()

    session.connection().invalidate()  # The process is gone, and its connection with it.
    session.close()
    work_off(dispatcher(sessions, clock))

    assert answers(sessions) == ["かた"]


def test_events_of_one_person_are_answered_in_order_while_others_are_not_held_up(database_url: str) -> None:
    sessions, clock = db.connect(database_url), FakeClock()
    people = [f"U{number}" for number in range(4)]
    receive(
        sessions, clock, *(text_event(str(number), user=user, number=number) for number in range(10) for user in people)
    )
    heard: dict[str, list[str]] = {user: [] for user in people}
    working: set[str] = set()
    lock = threading.Lock()

    def answer(session: Session, incoming: Incoming, now: datetime) -> Reply:
        assert incoming.user_id is not None
        with lock:
            assert incoming.user_id not in working, "two events of one person at once"
            working.add(incoming.user_id)
        heard[incoming.user_id].append(incoming.text or "")
        with lock:
            working.discard(incoming.user_id)
        return echo(session, incoming, now)

    def work() -> None:
        worker = dispatcher(sessions, clock, answer)
        while len(open_events(sessions)) > 0:
            worker.work_one()

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work) for _ in range(4)]:
            done.result()

    assert heard == {user: [str(number) for number in range(10)] for user in people}
    db.engine_of(sessions).dispose()


def open_events(sessions: db.Sessions) -> Sequence[int]:
    with sessions() as session:
        return session.scalars(sa.select(InboxEvent.id).where(InboxEvent.done_at.is_(None))).all()


def test_people_are_answered_side_by_side_on_postgresql(sessions: db.Sessions, clock: FakeClock) -> None:
    with sessions() as session:
        if db.is_sqlite(session):
            pytest.skip("SQLite has one writer at a time")
    receive(
        sessions, clock, text_event("a", user="U1"), text_event("b", user="U2"), text_event("c", user="U1", number=2)
    )
    both_are_here = threading.Barrier(2, timeout=10)

    def wait_for_the_other(session: Session, incoming: Incoming, now: datetime) -> Reply:
        both_are_here.wait()
        return echo(session, incoming, now)

    worker = dispatcher(sessions, clock, wait_for_the_other)
    with ThreadPoolExecutor(2) as threads:
        assert all(threads.map(lambda _: worker.work_one(), range(2)))

    assert sorted(answers(sessions)) == ["a", "b"]


def test_a_retried_event_does_not_run_beside_a_new_one_of_the_same_person(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    with sessions() as session:
        if db.is_sqlite(session):
            pytest.skip("SQLite has one writer at a time")
    receive(sessions, clock, text_event("a", number=1), text_event("b", number=2))
    with sessions.begin() as session:
        first = session.scalars(sa.select(InboxEvent).order_by(InboxEvent.id)).first()
        assert first is not None
        inbox.fail(session, first.id, clock())
    clock.advance(minutes=1)

    with sessions.begin() as one, sessions.begin() as other:
        mine, theirs = claim(one, clock()), claim(other, clock())

    assert mine is not None
    assert theirs is None


def test_an_event_that_others_looked_at_is_not_overtaken_by_a_later_one_of_its_chat(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    with sessions() as session:
        if db.is_sqlite(session):
            pytest.skip("SQLite has one writer at a time")
    chat = [text_event(text, number=number) for number, text in enumerate("abc")]
    receive(sessions, clock, *chat, text_event("d", user="U2"))

    with sessions.begin() as elsewhere:
        with sessions.begin() as session:
            first, other = claim(session, clock()), claim(elsewhere, clock())
            assert first is not None
            assert other is not None
            assert (first.webhook_event_id, other.webhook_event_id) == ("event-U1-0", "event-U2-1")
            inbox.settle_all(session, [inbox.Settled(first, "answered")])
        with sessions.begin() as session:
            second = claim(session, clock())
            assert second is not None
            assert second.webhook_event_id == "event-U1-1"


def test_events_of_no_chat_are_worked_off_side_by_side(sessions: db.Sessions, clock: FakeClock) -> None:
    with sessions() as session:
        if db.is_sqlite(session):
            pytest.skip("SQLite has one writer at a time")
    receive(sessions, clock, {"type": "x"}, {"type": "y"})

    with sessions.begin() as one, sessions.begin() as other:
        mine, theirs = claim(one, clock()), claim(other, clock())

    assert mine is not None
    assert theirs is not None
    assert mine.id != theirs.id


@pytest.mark.parametrize(("kind", "is_heard"), [("follow", True), ("unfollow", True), ("message", False)])
def test_in_standby_who_comes_and_goes_is_noted_but_not_answered(
    sessions: db.Sessions, clock: FakeClock, kind: str, is_heard: bool
) -> None:
    heard = []

    def note(session: Session, incoming: Incoming, now: datetime) -> Reply:
        heard.append(incoming.kind)
        return echo(session, incoming, now)

    receive(sessions, clock, text_event("かた", type=kind, mode="standby"))
    work_off(dispatcher(sessions, clock, note))

    assert heard == ([kind] if is_heard else [])
    assert answers(sessions) == []
    assert outcomes(sessions) == {"event-U1-1": "standby"}


def test_a_message_taken_back_in_standby_is_erased(sessions: db.Sessions, clock: FakeClock) -> None:
    unsend = text_event("", number=2, type="unsend", mode="standby", message=None, unsend={"messageId": "message-U1-1"})
    receive(sessions, clock, text_event("ひみつ"))
    work_off(dispatcher(sessions, clock))
    receive(sessions, clock, unsend)
    work_off(dispatcher(sessions, clock))

    assert outcomes(sessions) == {"event-U1-1": "answered", "event-U1-2": "unsent"}
    with sessions() as session:
        assert session.scalars(sa.select(InboxEvent.raw).where(InboxEvent.kind == "message")).one() == "{}"


@pytest.mark.parametrize("source", [{"type": "group", "groupId": "C1"}, {"type": "room", "roomId": "R1"}])
@pytest.mark.parametrize("fails", [True, False])
def test_nothing_of_a_groups_talk_is_kept(
    sessions: db.Sessions, clock: FakeClock, source: dict[str, Any], fails: bool
) -> None:
    def fail(_session: Session, _incoming: Incoming, _now: datetime) -> Reply:
        raise ZeroDivisionError

    receive(sessions, clock, text_event("ひみつ", source={**source, "userId": "U1"}), text_event("b", user="U2"))
    for _ in range(6):
        work_off(dispatcher(sessions, clock, fail if fails else echo))
        clock.advance(hours=1)

    with sessions() as session:
        group, alone = session.scalars(sa.select(InboxEvent).order_by(InboxEvent.id))
    assert (group.raw, group.user_id) == ("{}", None)
    assert alone.raw != "{}"


def test_an_event_in_standby_is_never_answered(sessions: db.Sessions, clock: FakeClock) -> None:
    receive(sessions, clock, text_event("かた", mode="standby"))
    work_off(dispatcher(sessions, clock))

    assert answers(sessions) == []
    assert outcomes(sessions) == {"event-U1-1": "standby"}


def test_an_unknown_event_is_kept_and_ignored(sessions: db.Sessions, clock: FakeClock) -> None:
    receive(sessions, clock, text_event("", type="hologram"), {"type": "x"}, {})
    work_off(dispatcher(sessions, clock))

    assert answers(sessions) == []
    assert set(outcomes(sessions).values()) == {"ignored"}


def test_an_answer_of_nothing_is_silence(sessions: db.Sessions, clock: FakeClock) -> None:
    receive(sessions, clock, text_event("かた", number=1), text_event("かた", number=2))
    assert dispatcher(sessions, clock, lambda _session, _incoming, _now: None).work_one()
    assert dispatcher(sessions, clock, lambda _session, _incoming, _now: Reply(())).work_one()

    assert outcomes(sessions) == {"event-U1-1": "silent", "event-U1-2": "silent"}
    assert answers(sessions) == []


def test_a_message_that_was_taken_back_is_erased(sessions: db.Sessions, clock: FakeClock) -> None:
    unsend = text_event("", number=2, type="unsend", message=None, unsend={"messageId": "message-U1-1"})
    receive(sessions, clock, text_event("ひみつ"))
    work_off(dispatcher(sessions, clock))
    receive(sessions, clock, unsend)
    work_off(dispatcher(sessions, clock, lambda _session, _incoming, _now: None))

    assert outcomes(sessions) == {"event-U1-1": "answered", "event-U1-2": "unsent"}
    with sessions() as session:
        assert "message-U1-1" in session.scalars(sa.select(InboxEvent.raw).where(InboxEvent.kind == "unsend")).one()
        assert session.scalars(sa.select(InboxEvent.raw).where(InboxEvent.kind == "message")).one() == "{}"


@pytest.mark.parametrize("is_in_one_webhook", [True, False])
def test_a_message_taken_back_before_it_was_read_is_not_answered(
    sessions: db.Sessions, clock: FakeClock, is_in_one_webhook: bool
) -> None:
    unsend = text_event("", number=2, type="unsend", message=None, unsend={"messageId": "message-U1-1"})
    silent = dispatcher(sessions, clock, lambda _session, _incoming, _now: None)
    receive(sessions, clock, unsend)
    if not is_in_one_webhook:
        work_off(silent)
    receive(sessions, clock, text_event("ひみつ"))
    work_off(silent)

    assert outcomes(sessions) == {"event-U1-1": "unsent", "event-U1-2": "unsent"}


def test_an_answer_to_a_group_is_never_pushed(sessions: db.Sessions, clock: FakeClock) -> None:
    source = {"type": "group", "groupId": "C1", "userId": "U1"}
    receive(sessions, clock, text_event("かた", source=source))
    work_off(dispatcher(sessions, clock))

    with sessions() as session:
        assert session.scalars(sa.select(OutboxMessage.recipients)).one() == []


def test_forgetting_a_person_erases_what_they_said_but_not_what_they_just_said(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    def forget(session: Session, incoming: Incoming, now: datetime) -> Reply:
        if incoming.text == "削除":
            assert incoming.user_id is not None
            inbox.forget(session, incoming.user_id)
        return echo(session, incoming, now)

    receive(sessions, clock, text_event("a", number=1), text_event("b", user="U2"))
    work_off(dispatcher(sessions, clock))
    receive(sessions, clock, text_event("削除", number=2), text_event("まだ", number=3))
    assert dispatcher(sessions, clock, forget).work_one()

    with sessions() as session:
        kept = {row.webhook_event_id: row for row in session.scalars(sa.select(InboxEvent))}
    assert [kept[f"event-U1-{number}"].raw == "{}" for number in (1, 2, 3)] == [True, True, False]
    assert [kept[f"event-U1-{number}"].chat for number in (1, 2, 3)] == [None, None, "U1"]
    assert kept["event-U2-1"].raw != "{}"
    work_off(dispatcher(sessions, clock))
    assert answers(sessions) == ["a", "b", "削除", "まだ"]


def test_a_database_that_fails_before_the_claim_is_the_callers_business(
    database_url: str, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    sessions = db.connect(database_url)
    with sessions.begin() as session:
        session.execute(sa.text("ALTER TABLE inbox RENAME TO lost"))

    with pytest.raises(sa.exc.DBAPIError):
        dispatcher(sessions, clock).work_one()
    db.engine_of(sessions).dispose()
