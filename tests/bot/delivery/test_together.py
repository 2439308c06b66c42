"""Events of different chats are answered in one transaction, and their answers handed to whoever sends them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bot import db
from bot.conversation import Incoming, Reply
from bot.delivery import claims, inbox, outbox
from bot.delivery.sender import Sender
from bot.models import Base, InboxEvent, OutboxMessage
from tests.bot.delivery.test_dispatch import answers, dispatcher, echo, outcomes, receive, text_event
from tests.fakes import FakeClock, FakeMessenger
from tests.lengths import settings


@dataclass
class FakeHands:
    """Has room for some answers, and keeps what it is given."""

    room: int = 100
    given: list[OutboxMessage] = field(default_factory=list)
    left: int = 0

    def carry(self, rows: Sequence[OutboxMessage], left: int) -> None:
        self.given += rows
        self.left += left


def fail_on_bad(session: Session, incoming: Incoming, now: datetime) -> Reply:
    if incoming.text == "bad":
        raise ZeroDivisionError
    return echo(session, incoming, now)


def tokens(rows: Sequence[OutboxMessage]) -> list[str | None]:
    return [row.reply_token for row in rows]


def test_events_of_different_people_are_answered_together_and_those_of_one_in_turn(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    receive(
        sessions,
        clock,
        *(
            text_event(f"{user}{number}", user=user, number=number)
            for number in range(3)
            for user in ("U1", "U2", "U3")
        ),
    )
    worker, hands = dispatcher(sessions, clock), FakeHands()
    commits: list[object] = []
    sa.event.listen(db.engine_of(sessions), "commit", commits.append)

    assert worker.work_some(hands)

    assert len(commits) == 1
    assert answers(sessions) == ["U10", "U20", "U30"]
    while worker.work_some(hands):
        pass
    assert answers(sessions)[3:] == ["U11", "U21", "U31", "U12", "U22", "U32"]


def test_no_more_are_taken_at_once_than_was_asked_for(sessions: db.Sessions, clock: FakeClock) -> None:
    receive(sessions, clock, *(text_event("a", user=f"U{number}") for number in range(5)))
    worker = dispatcher(sessions, clock)

    worker.work_some(size=3)

    assert len(answers(sessions)) == 3


def test_a_poison_event_harms_nobody_it_is_taken_together_with(
    sessions: db.Sessions, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    receive(sessions, clock, *(text_event("bad" if user == "U2" else user, user=user) for user in ("U1", "U2", "U3")))
    worker, hands = dispatcher(sessions, clock, fail_on_bad), FakeHands()

    for _ in range(6):
        while worker.work_some(hands):
            pass
        clock.advance(hours=1)

    assert answers(sessions) == ["U1", "U3"]
    assert tokens(hands.given) == ["token-U1-1", "token-U3-1"]
    with sessions() as session:
        tries = {row.user_id: (row.attempts, row.dead_at is None) for row in session.scalars(sa.select(InboxEvent))}
    assert tries == {"U1": (1, True), "U2": (inbox.MAX_ATTEMPTS, False), "U3": (1, True)}
    assert "event-U2-1 given up after 5 tries" in caplog.text


def test_an_answer_that_is_handed_over_is_nobody_elses(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger
) -> None:
    receive(sessions, clock, text_event("a", user="U1"), text_event("b", user="U2"))
    hands = FakeHands()
    dispatcher(sessions, clock).work_some(hands)
    sender = Sender(sessions, clock, messenger)

    assert tokens(hands.given) == ["token-U1-1", "token-U2-1"]
    assert not sender.send_one()
    sender.settle([(row, sender.send(row)) for row in hands.given])

    with sessions() as session:
        assert session.scalars(sa.select(OutboxMessage.outcome)).all() == ["accepted"] * 2


def test_what_hands_have_no_room_for_waits_in_the_outbox(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger
) -> None:
    receive(sessions, clock, *(text_event("a", user=f"U{number}") for number in range(3)))
    hands = FakeHands(room=1)
    dispatcher(sessions, clock).work_some(hands)
    sender = Sender(sessions, clock, messenger)
    while sender.send_one():
        pass

    assert tokens(hands.given) == ["token-U0-1"]
    assert [sent.to for sent in messenger.sent] == [("token-U1-1",), ("token-U2-1",)]


def test_an_answer_is_not_handed_over_while_an_older_one_of_its_chat_is_on_its_way(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    receive(sessions, clock, text_event("a", number=1), text_event("b", number=2), text_event("c", user="U2"))
    worker, hands = dispatcher(sessions, clock), FakeHands()

    while worker.work_some(hands):
        pass

    assert tokens(hands.given) == ["token-U1-1", "token-U2-1"]


def test_an_answer_without_a_living_token_is_not_handed_over(sessions: db.Sessions, clock: FakeClock) -> None:
    receive(sessions, clock, text_event("a", replyToken=None), text_event("b", user="U2"))
    clock.advance(minutes=2)
    hands = FakeHands()
    dispatcher(sessions, clock).work_some(hands)

    assert hands.given == []
    assert answers(sessions) == ["a", "b"]


def test_an_answer_whose_process_dies_after_the_commit_is_taken_up_like_any_that_was_claimed(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger
) -> None:
    receive(sessions, clock, text_event("a"))
    dispatcher(sessions, clock).work_some(FakeHands())  # They never send it.
    sender = Sender(sessions, clock, messenger)
    assert not sender.send_one()

    clock.advance(seconds=claims.REPLY_LEASE.total_seconds())

    assert sender.send_one()
    assert [sent.to for sent in messenger.sent] == [("token-U1-1",)]
    with sessions() as session:
        row = session.scalars(sa.select(OutboxMessage)).one()
        assert (row.outcome, row.attempts) == ("accepted", 2)


def test_one_that_line_had_taken_before_its_process_died_is_not_said_again(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger
) -> None:
    receive(sessions, clock, text_event("a"))
    hands = FakeHands()
    dispatcher(sessions, clock).work_some(hands)
    sender = Sender(sessions, clock, messenger)
    sender.send(hands.given[0])

    clock.advance(seconds=claims.REPLY_LEASE.total_seconds())
    sender.send_one()

    assert len(messenger.sent) == 1
    with sessions() as session:
        row = session.scalars(sa.select(OutboxMessage)).one()
        assert (row.outcome, row.reason) == ("unknown", "interrupted")


def test_a_transaction_that_fails_hands_nothing_over(sessions: db.Sessions, clock: FakeClock) -> None:
    def refuse(connection: sa.Connection) -> None:
        raise OSError("no room on the disk")

    receive(sessions, clock, text_event("a"))
    hands = FakeHands()
    sa.event.listen(db.engine_of(sessions), "commit", refuse)
    with pytest.raises(OSError, match="disk"):
        dispatcher(sessions, clock).work_some(hands)
    sa.event.remove(db.engine_of(sessions), "commit", refuse)

    assert hands.given == []
    assert outcomes(sessions) == {"event-U1-1": None}


acts = st.lists(st.tuples(st.sampled_from(["U1", "U2", "U3"]), st.booleans()), max_size=12)


@settings(max_examples=60, deadline=None)
@given(acts, st.lists(st.integers(1, 5), min_size=1, max_size=6), st.integers(0, 3))
def test_whoever_fails_in_whatever_group_everybody_is_answered_once_and_in_order(
    acts: list[tuple[str, bool]], sizes: list[int], room: int
) -> None:
    clock, sessions = FakeClock(), db.connect("sqlite://")
    Base.metadata.create_all(db.engine_of(sessions))
    failing = {f"event-{user}-{number}" for number, (user, is_bad) in enumerate(acts) if is_bad}
    failed: set[str] = set()

    def answer(session: Session, incoming: Incoming, now: datetime) -> Reply:
        if incoming.event_id in failing - failed:
            raise ZeroDivisionError
        return echo(session, incoming, now)

    receive(
        sessions, clock, *(text_event(str(number), user=user, number=number) for number, (user, _) in enumerate(acts))
    )
    worker, hands = dispatcher(sessions, clock, answer), FakeHands(room)
    for size in [*sizes, 16] * 20:
        worker.work_some(hands, size=size)
    failed |= failing
    clock.advance(hours=1)
    while worker.work_some(hands):
        pass
    said = answers(sessions)
    db.engine_of(sessions).dispose()

    at_once = [str(number) for number, (_, is_bad) in enumerate(acts) if not is_bad]
    assert sorted(said[: len(at_once)], key=int) == at_once
    for user in ("U1", "U2", "U3"):
        theirs = [number for number in said[: len(at_once)] if acts[int(number)][0] == user]
        assert theirs == sorted(theirs, key=int)
    assert sorted(map(int, said)) == list(range(len(acts)))


def test_a_staff_message_written_meanwhile_goes_before_the_answer(sessions: db.Sessions, clock: FakeClock) -> None:
    with sessions.begin() as session:
        outbox.add_push(session, to="U1", payload=[{"type": "text", "text": "はい"}], purpose="staff", now=clock())
    receive(sessions, clock, text_event("a"))
    hands = FakeHands()
    dispatcher(sessions, clock).work_some(hands)

    assert hands.given == []
    with sessions.begin() as session:
        assert [row.purpose for row in claims.claim_some(session, clock(), size=5)] == ["staff"]
