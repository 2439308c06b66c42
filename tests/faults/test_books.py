"""The comparison of the books sees what it is there to see."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from bot.models import InboxEvent, OutboxMessage
from tests.faults.books import Books, overheard

KEY = "00000000-0000-0000-0000-000000000001"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def event(**more: Any) -> InboxEvent:
    about = {"id": 1, "webhook_event_id": "E1", "chat": "U1", "attempts": 1, "done_at": NOW, "outcome": "answered"}
    return InboxEvent(**about | {"raw": json.dumps({"replyToken": "T1"})} | more)


def row(**more: Any) -> OutboxMessage:
    about = {
        "id": 7,
        "kind": "reply",
        "purpose": "answer",
        "reference": "E1",
        "reply_token": "T1",
        "recipients": ["U1"],
    }
    return OutboxMessage(**about | {"retry_key": UUID(KEY), "outcome": "accepted", "left_out": {}} | more)


def send(**more: Any) -> dict[str, Any]:
    return {"endpoint": "reply", "recipients": ["U1"], "retry_key": None, "reply_token": "T1"} | more


PUSH = send(endpoint="push", retry_key=KEY, reply_token=None)


def books(sends: list[dict[str, Any]], events: list[InboxEvent], rows: list[OutboxMessage]) -> Books:
    return Books(sends, frozenset({"E1"}), events, rows)


def test_what_agrees_agrees() -> None:
    books([send()], [event()], [row()]).check()


@pytest.mark.parametrize(
    ("sends", "events", "rows", "complaint"),
    [
        ([send(), PUSH], [event()], [row(kind="push", reply_token=None)], "twice to one person"),
        ([PUSH, PUSH], [event()], [row()], "twice under one retry key"),
        ([send(), send()], [event()], [row()], "twice under one reply token"),
        ([send()], [event()], [row(), row(id=8, reply_token=None, outcome="dropped", reason="gone")], "two answers"),
        ([send(), send(reply_token="T2")], [event()], [row()], "what we do not know"),
        ([send()], [event()], [row(outcome="dropped", reason="token-expired")], "whose row says dropped"),
        ([], [], [], "acknowledged, but not kept"),
        ([], [event(done_at=None, outcome=None)], [], "is not done"),
        ([], [event()], [], "nothing was written"),
        ([], [event()], [row()], "LINE never took it"),
        ([send()], [event()], [row(outcome=None)], "still open"),
        ([send(recipients=["U2"])], [event()], [row()], "for whom it was not"),
        ([], [event()], [row(outcome="dropped", reason=None)], "does not say why"),
    ],
)
def test_what_is_wrong_is_told(
    sends: list[dict[str, Any]], events: list[InboxEvent], rows: list[OutboxMessage], complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        books(sends, events, rows).check()


def test_answers_that_changed_places_are_seen() -> None:
    second = {"webhook_event_id": "E2", "raw": json.dumps({"replyToken": "T2"})}
    events = [event(), event(id=2, **second)]
    rows = [row(), row(id=8, reference="E2", reply_token="T2", retry_key=UUID(int=2))]

    assert books([send(), send(reply_token="T2")], events, rows).out_of_order() == []
    assert books([send(reply_token="T2"), send()], events, rows).out_of_order() == ["U1"]


def test_what_somebody_wrote_is_found_in_a_log() -> None:
    assert overheard(["INFO message 1: accepted", "ERROR 腰が痛い"], ["腰が痛い", "肩こり"]) == ["腰が痛い"]
