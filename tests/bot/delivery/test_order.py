"""Answers to one chat are sent in the order in which they were written down."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot import db
from bot.delivery import claims, outbox, settling, verdict
from bot.delivery.messenger import DeliveryError
from bot.delivery.sender import Sender
from bot.models import Base, OutboxMessage, Person
from tests.fakes import NOON, FakeClock, FakeMessenger
from tests.lengths import settings

HELLO = [{"type": "text", "text": "こんにちは"}]


def write(sessions: db.Sessions, now: datetime, token: str, chat: str, *, is_worth: bool = False) -> None:
    with sessions.begin() as session:
        outbox.add_replies(
            session,
            [
                outbox.reply(
                    reply_token=token,
                    payload=HELLO,
                    reference=None,
                    now=now,
                    expires_at=now + timedelta(seconds=50),
                    fallback_to="U1",
                    is_worth_a_push=is_worth,
                    chat=chat,
                )
            ],
        )


def claimed(sessions: db.Sessions, now: datetime, size: int = 10) -> list[str | None]:
    with sessions.begin() as session:
        return [row.reply_token for row in claims.claim_some(session, now, size=size)]


@pytest.fixture
def sender(sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger) -> Sender:
    return Sender(sessions, clock, messenger, jitter=lambda: 0.5, pause=lambda _seconds: None)


def send_all(sender: Sender) -> None:
    while sender.send_one():
        pass


def test_only_the_oldest_answer_of_a_chat_is_claimed(sessions: db.Sessions) -> None:
    for token, chat in (("a1", "A"), ("a2", "A"), ("b1", "B"), ("a3", "A")):
        write(sessions, NOON, token, chat)

    assert claimed(sessions, NOON) == ["a1", "b1"]
    assert claimed(sessions, NOON) == []


def test_a_failed_answer_holds_the_next_of_its_chat_and_of_no_other(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender
) -> None:
    for token, chat in (("a1", "A"), ("a2", "A"), ("b1", "B")):
        write(sessions, clock(), token, chat)
    messenger.breaks()

    send_all(sender)
    assert [sent.to for sent in messenger.sent] == [("b1",)]
    clock.advance(seconds=1)
    send_all(sender)

    assert [sent.to for sent in messenger.sent] == [("b1",), ("a1",), ("a2",)]


def test_a_pushed_answer_that_line_does_not_take_holds_the_next_only_for_a_while(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender
) -> None:
    messenger.on_ask = lambda sent: messenger.breaks() if sent.kind == "push" else None
    with sessions.begin() as session:
        outbox.add_push(session, to="U1", payload=HELLO, purpose="answer", now=clock())
    write(sessions, clock(), "a2", "U1")
    send_all(sender)
    assert messenger.sent == []

    clock.advance(seconds=claims.ORDER_HOLDS_FOR.total_seconds())
    send_all(sender)

    assert [sent.to for sent in messenger.sent] == [("a2",)]


def test_what_waits_for_the_next_message_holds_nobody_and_is_looked_at_when_its_time_is_over(
    sessions: db.Sessions,
) -> None:
    write(sessions, NOON, "a1", "A")
    write(sessions, NOON, "a2", "A")
    over = {"waits_for_reply": True, "next_try_at": NOON + timedelta(days=3)}
    with sessions.begin() as session:
        session.execute(sa.update(OutboxMessage).where(OutboxMessage.reply_token == "a1").values(over))

    assert claimed(sessions, NOON) == ["a2"]
    assert "a1" in claimed(sessions, NOON + timedelta(days=3))


def test_reminders_and_announcements_to_one_person_do_not_wait_for_each_other(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        for _ in range(3):
            outbox.add_push(session, to="U1", payload=HELLO, purpose="reminder", now=NOON)

    assert len(claimed(sessions, NOON)) == 3


def test_a_claim_takes_no_more_than_it_was_asked_for_and_of_its_lane_only(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        for purpose in ("announcement", "reminder", "reminder", "reminder"):
            outbox.add_push(session, to="U1", payload=HELLO, purpose=purpose, now=NOON)

    with sessions.begin() as session:
        first = claims.claim_some(session, NOON, size=2, priorities=(1, 1))
        rest = claims.claim_some(session, NOON, size=9, priorities=(1, 1))
        other = claims.claim_some(session, NOON, size=9)

    assert [row.purpose for row in first] == ["reminder"] * 2
    assert [row.purpose for row in rest] == ["reminder"]
    assert [row.purpose for row in other] == ["announcement"]


def test_the_chat_of_somebody_forgotten_is_erased(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, sender: Sender
) -> None:
    with sessions.begin() as session:
        session.add(Person(line_user_id="U1", created_at=NOON, last_seen_at=NOON, offered=[], step_data={}))
    write(sessions, clock(), "a1", "U1")
    send_all(sender)
    write(sessions, clock(), "a2", "U1")

    with sessions.begin() as session:
        outbox.forget(session, "U1")
        session.execute(sa.delete(Person))
    send_all(sender)

    assert len(messenger.sent) == 2
    with sessions() as session:
        assert session.scalars(sa.select(OutboxMessage.chat)).all() == [None, None]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from("AB")),
        st.tuples(st.just("claim"), st.integers(1, 3)),
        st.tuples(st.sampled_from(["accept", "fail", "die"]), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([1, 8, 16])),
    ),
    max_size=40,
)


@pytest.mark.long
@settings(max_examples=100, deadline=None)
@given(steps)
def test_whoever_claims_and_whatever_fails_a_chat_is_answered_in_order(steps: list[tuple[str, int | str]]) -> None:
    clock, sessions = FakeClock(), db.connect("sqlite://")
    Base.metadata.create_all(db.engine_of(sessions))
    hands: list[OutboxMessage] = []
    taken: dict[str, list[int]] = {"A": [], "B": []}
    for number, (verb, what) in enumerate(steps):
        if verb == "write":
            write(sessions, clock(), str(number), str(what))
        elif verb == "claim":
            with sessions.begin() as session:
                hands += claims.claim_some(session, clock(), size=int(what))
        elif verb == "wait":
            clock.advance(seconds=float(what))
        elif hands:
            row = hands.pop(int(what) % len(hands))
            settle_as = OUTCOMES[verb]
            if settle_as is not None:
                with sessions.begin() as session:
                    is_ours = settling.settle(session, row, settle_as(row, clock()), clock())
                if is_ours and verb == "accept":
                    taken[str(row.chat)].append(row.id)
    db.engine_of(sessions).dispose()

    assert all(ids == sorted(ids) for ids in taken.values()), taken


OUTCOMES: dict[str, Callable[[OutboxMessage, datetime], verdict.Verdict] | None] = {
    "accept": lambda _row, _now: verdict.Verdict("accepted"),
    "fail": lambda row, now: verdict.after(row, DeliveryError(permanent=False, reason="server"), now, jitter=0.5),
    "die": None,
}
