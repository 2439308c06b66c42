from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot import db
from bot.delivery import carried, claims, company, outbox, settling
from bot.delivery.rules import Rules
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage, Person
from tests.fakes import NOON, FakeClock

SOON = NOON + timedelta(days=1)


def texts(count: int, quick: int = 0) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [{"type": "text", "text": str(number)} for number in range(count)]
    if quick:
        made[-1]["quickReply"] = {"items": [{"type": "action", "action": {"label": str(one)}} for one in range(quick)]}
    return made


def wait(sessions: db.Sessions, *sizes: int) -> None:
    """Let announcements of so many messages each wait for U1."""
    with sessions.begin() as session:
        session.add(Person(line_user_id="U1", created_at=NOON, last_seen_at=NOON, offered=[], step_data={}))
        for size in sizes:
            outbox.add_push(session, to="U2", payload=texts(size), purpose="announcement", now=NOON)
        for row in session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all():
            company.let_wait(session, row, ["U1"], now=NOON, until=SOON)


def go_along(sessions: db.Sessions, count: int) -> tuple[int, list[int]]:
    """How many messages an answer of *count* becomes, and the sizes of what went along."""
    with sessions.begin() as session:
        payload, rows = company.go_along(session, "U1", texts(count), NOON, rules=Rules())
        carried.settle(session, rows, 99, NOON)
        return len(payload), [len(row.payload) for row in rows]


def test_as_much_goes_along_as_line_takes_and_the_rest_waits_on(sessions: db.Sessions) -> None:
    wait(sessions, 2, 3, 1, 1)

    assert go_along(sessions, 2) == (5, [2, 1])
    assert go_along(sessions, 5) == (5, [])
    assert go_along(sessions, 1) == (5, [3, 1])
    assert go_along(sessions, 1) == (1, [])


def test_what_waits_for_one_person_goes_to_nobody_else_and_not_too_late(sessions: db.Sessions) -> None:
    wait(sessions, 1)
    with sessions.begin() as session:
        assert company.go_along(session, "U2", texts(1), NOON, rules=Rules())[1] == []
        assert company.go_along(session, "U1", texts(1), SOON, rules=Rules())[1] == []
        assert carried.waiting(session, NOON) == {"announcement": 1}
        assert carried.waiting(session, SOON) == {}


def test_what_went_with_a_push_that_reached_nobody_is_lost_with_it(sessions: db.Sessions, clock: FakeClock) -> None:
    with sessions.begin() as session:
        session.add(Person(line_user_id="U1", created_at=NOON, last_seen_at=NOON, offered=[], step_data={}))
        for number in range(2):
            outbox.add_push(
                session, to="U1", payload=texts(1), purpose="snooze", reference=str(number), now=NOON, is_merged=True
            )
    with sessions.begin() as session:
        first = claims.claim(session, NOON)
        assert first is not None
        company.merge(session, first, NOON, rules=Rules())
        assert len(first.payload) == 2
        settling.settle(session, first, Verdict("given-up", "server"), NOON)

    with sessions() as session:
        ends = session.execute(sa.select(OutboxMessage.outcome, OutboxMessage.reason)).all()
        assert [tuple(row) for row in ends] == [("given-up", "server")] * 2


def test_what_goes_with_an_answer_that_line_finds_fault_with_goes_with_no_other(sessions: db.Sessions) -> None:
    wait(sessions, 1)
    with sessions.begin() as session:
        answer = outbox.reply(
            reply_token="token",
            payload=texts(1),
            reference=None,
            now=NOON,
            expires_at=SOON,
            fallback_to="U1",
            is_worth_a_push=False,
        )
        [id] = outbox.add_replies(session, [answer])
        _, rows = company.go_along(session, "U1", texts(1), NOON, rules=Rules())
        carried.settle(session, rows, id, NOON)
        row = claims.claim(session, NOON)
        assert row is not None
        settling.settle(session, row, Verdict("refused", "payload"), NOON)

    assert go_along(sessions, 1) == (1, [])
    with sessions() as session:
        waited = sa.select(OutboxMessage.outcome, OutboxMessage.reason).where(OutboxMessage.waits_for_reply)
        assert tuple(session.execute(waited).one()) == ("refused", "payload")


def test_what_was_to_go_with_the_answer_to_a_message_taken_back_waits_on(sessions: db.Sessions) -> None:
    wait(sessions, 1)
    with sessions.begin() as session:
        answer = outbox.reply(
            reply_token="token",
            payload=texts(1),
            reference="event",
            now=NOON,
            expires_at=SOON,
            fallback_to="U1",
            is_worth_a_push=False,
        )
        [id] = outbox.add_replies(session, [answer])
        _, rows = company.go_along(session, "U1", texts(1), NOON, rules=Rules())
        carried.settle(session, rows, id, NOON)
    with sessions.begin() as session:
        outbox.unsay(session, ["event"], NOON)

    assert go_along(sessions, 1) == (2, [1])


@given(st.lists(st.integers(0, 13), min_size=1, max_size=4))
def test_quick_replies_end_up_where_line_shows_them(quick: Sequence[int]) -> None:
    rows = [OutboxMessage(payload=texts(1, count)) for count in quick[1:]]

    joined = company._joined(texts(1, quick[0]), rows)

    shown = [len(message["quickReply"]["items"]) for message in joined if "quickReply" in message]
    assert shown == ([min(sum(quick), company.MOST_QUICK)] if sum(quick) else [])
    assert "quickReply" in joined[-1] or not sum(quick)
