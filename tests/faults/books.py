"""Compares LINE's own book of what it took with our ledger: nothing twice, nothing lost, in order, nothing overheard."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot import db
from bot.models import InboxEvent, OutboxMessage
from tests.faults.line import Json, Line

TAKEN = ("accepted", "accepted-before", "unknown")


@dataclass(frozen=True)
class Books:
    """LINE's book and our tables, read when nothing was under way any more."""

    book: list[Json]
    delivered: frozenset[str]
    events: list[InboxEvent]
    rows: list[OutboxMessage]

    def check(self) -> None:
        """Fail with all that is wrong, save the order of answers."""
        wrong = [*self._twice(), *self._strange(), *self._lost()]
        assert not wrong, "\n".join(wrong[:20])

    def out_of_order(self) -> list[str]:
        """The chats whose answers did not come in the order in which their events were kept."""
        number = {event.webhook_event_id: event.id for event in self.events}
        answers: defaultdict[str, list[int]] = defaultdict(list)
        for _send, row in self._sends():
            if row is not None and row.purpose == "answer" and row.reference in number:
                answers[row.recipients[0]].append(number[row.reference])
        return [chat for chat, numbers in answers.items() if numbers != sorted(numbers)]

    @property
    def outcomes(self) -> Counter[str]:
        """How many messages ended with which word, with the reason where there is one."""
        return Counter(f"{row.outcome} {row.reason or ''}".strip() for row in self.rows)

    def _sends(self) -> list[tuple[Json, OutboxMessage | None]]:
        """What LINE took, each with the row of ours that asked for it."""
        by_key = {str(row.retry_key): row for row in self.rows}
        answers = {row.reference: row for row in self.rows if row.purpose == "answer"}
        # By the event, which keeps its token: a reply that became a push has lost it.
        tokens = {json.loads(event.raw).get("replyToken"): event.webhook_event_id for event in self.events}
        by_token = {token: answers.get(event_id) for token, event_id in tokens.items() if token is not None}
        return [(send, by_key.get(send["retry_key"]) or by_token.get(send["reply_token"])) for send in self.book]

    def _twice(self) -> Iterable[str]:
        keys = Counter(send["retry_key"] for send in self.book if send["retry_key"] is not None)
        tokens = Counter(send["reply_token"] for send in self.book if send["reply_token"] is not None)
        yield from (f"twice under one retry key: {key}" for key, number in keys.items() if number > 1)
        yield from (f"twice under one reply token: {token}" for token, number in tokens.items() if number > 1)
        got: Counter[tuple[object, ...]] = Counter()
        for send, row in self._sends():
            if row is None:
                continue
            what = (row.routine_id, row.day) if row.routine_id is not None else (row.reference, row.dedupe_key)
            if row.purpose == "announcement":
                what = (row.reference,)  # Its batches have keys of their own; nobody may be in two of them.
            got.update((row.purpose, *what, name) for name in send["recipients"])
        yield from (f"twice to one person: {what}" for what, number in got.items() if number > 1)
        answered = Counter(row.reference for row in self.rows if row.purpose == "answer")
        yield from (f"two answers written to one event: {event}" for event, number in answered.items() if number > 1)

    def _strange(self) -> Iterable[str]:
        for send, row in self._sends():
            if row is None:
                yield f"LINE took what we do not know: {send['endpoint']} {send['retry_key'] or send['reply_token']}"
            elif row.outcome not in TAKEN:
                yield f"LINE took message {row.id}, whose row says {row.outcome} ({row.reason})"

    def _lost(self) -> Iterable[str]:
        heard = {event.webhook_event_id: event for event in self.events}
        rows = {row.reference: row for row in self.rows if row.purpose == "answer"}
        yield from (f"acknowledged, but not kept: {event}" for event in self.delivered - heard.keys())
        for event in self.events:
            if event.done_at is None:
                yield f"event {event.webhook_event_id} is not done: {event.attempts} tries, dead {event.dead_at}"
            elif event.outcome == "answered" and event.webhook_event_id not in rows:
                yield f"event {event.webhook_event_id} is marked as answered, but nothing was written"
        taken = {id(row): send for send, row in self._sends() if row is not None}
        for row in self.rows:
            if row.outcome is None:
                yield f"message {row.id} is still open"
            elif row.outcome in ("accepted", "accepted-before") and id(row) not in taken:
                yield f"message {row.id} is {row.outcome}, but LINE never took it"
            elif row.outcome in ("accepted", "accepted-before") and set(taken[id(row)]["recipients"]) - {
                *row.recipients
            }:
                yield f"message {row.id} went to somebody for whom it was not"
            elif row.outcome not in ("accepted", "accepted-before", "split") and not (row.reason or row.left_out):
                yield f"message {row.id} is {row.outcome} and does not say why"


def read(line: Line, sessions: db.Sessions) -> Books:
    """Both sides as they stand."""
    with sessions() as session:
        events = list(session.scalars(sa.select(InboxEvent).order_by(InboxEvent.id)))
        rows = list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))
    return Books(line.book, frozenset(line.delivered), events, rows)


def is_quiet(sessions: db.Sessions) -> bool:
    """Whether nothing is under way: no event, no message, save those that wait for their person's next one."""
    is_open_event = sa.select(InboxEvent.id).where(InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_(None))
    is_open_row = sa.select(OutboxMessage.id).where(OutboxMessage.outcome.is_(None), ~OutboxMessage.waits_for_reply)
    with sessions() as session:
        return not session.scalar(sa.select(sa.or_(is_open_event.exists(), is_open_row.exists())))


def overheard(logs: Sequence[str], said: Iterable[str]) -> list[str]:
    """What of all that people wrote, or are called, stands in these logs."""
    return [what for what in said if any(what in log for log in logs)]
