"""The dispatcher: takes one event out of the inbox and puts its answer into the outbox, in one transaction."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from bot import failpoints
from bot.clock import Clock
from bot.db import Sessions
from bot.delivery import carried, company, envelope, inbox, outbox
from bot.delivery.gate import DEFAULT_RULES
from bot.delivery.messenger import Message
from bot.delivery.rules import Rules
from bot.models import InboxEvent, OutboxMessage

log = logging.getLogger(__name__)

TOKEN_LIFE = timedelta(seconds=50)
"""How long after its arrival an event's reply token is relied on; LINE promises a minute."""

TOKEN_AGE = timedelta(minutes=19)
"""How long after the event itself, when it was delivered again; LINE promises twenty minutes."""


class Heard(Protocol):
    """What the dispatcher looks at in an event that was read; the rest is between the reader and the answerer."""

    @property
    def kind(self) -> str: ...
    @property
    def user_id(self) -> str | None: ...
    @property
    def is_group(self) -> bool: ...
    @property
    def reply_token(self) -> str | None: ...
    @property
    def message_id(self) -> str | None: ...


class Said(Protocol):
    """What the dispatcher looks at in an answer."""

    @property
    def is_worth_a_push(self) -> bool: ...
    @property
    def loading_seconds(self) -> int | None: ...


EventT = TypeVar("EventT", bound=Heard)
AnswerT = TypeVar("AnswerT", bound=Said)


class Dispatcher(Generic[EventT, AnswerT]):
    """Works the inbox off, one event and one transaction at a time; any number of them may work side by side."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        *,
        read: Callable[[dict[str, Any]], EventT],
        answer: Callable[[Session, EventT, datetime], AnswerT | None],
        render: Callable[[AnswerT], Sequence[Message]],
        rules: Rules = DEFAULT_RULES,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._read = read
        self._answer = answer
        self._render = render
        self._rules = rules

    def work_one(self) -> bool:
        """Answer the next event; False when none is due.

        The event's mark, what the handler changed and the reply in the outbox are one transaction: they all happen or
        none does. An event that fails is noted in a second one and tried again later.
        """
        now = self._clock()
        row_id: int | None = None
        try:
            with self._sessions.begin() as session:
                row = inbox.claim(session, now)
                if row is None:
                    return False
                row_id = row.id
                failpoints.reach("event-claimed")
                inbox.settle(row, self._work(session, row, now), now)
                failpoints.reach("event-answered")
            failpoints.reach("event-committed")
        except Exception as error:
            # The border of the conversation: whatever went wrong inside must not stop the next event.
            if row_id is None:
                raise
            self._note_failure(row_id, error, now)
        return True

    def _work(self, session: Session, row: InboxEvent, now: datetime) -> str:
        """Answer the claimed event; the word for what became of it."""
        raw = json.loads(row.raw)
        # Another channel is talking with the person; whoever speaks now talks over it.
        is_standby = raw.get("mode") == "standby"
        event = self._read(raw)
        if event.kind == "other":
            return "standby" if is_standby else "ignored"
        if event.message_id is not None:
            if event.kind == "unsend":
                inbox.erase(session, event.message_id, now)
            elif inbox.is_unsent(session, event.message_id):
                inbox.erase(session, event.message_id, now)
                return "unsent"
        if is_standby:
            if event.kind in ("follow", "unfollow"):
                self._answer(session, event, now)  # Who can be reached is true whoever talks; what we would say is not.
            return "unsent" if event.kind == "unsend" else "standby"
        answer = self._answer(session, event, now)
        expires_at = row.received_at + TOKEN_LIFE
        if envelope.part(raw, "deliveryContext").get("isRedelivery") is True:
            # Only then: LINE brings an event at once, and its clock and ours may differ.
            expires_at = min(expires_at, row.occurred_at + TOKEN_AGE)
        is_said = answer is not None and self._put_out(session, row, event, answer, now, expires_at)
        if event.kind == "unsend":
            return "unsent"
        return "answered" if is_said else "silent"

    def _put_out(
        self, session: Session, row: InboxEvent, event: EventT, answer: AnswerT, now: datetime, expires_at: datetime
    ) -> bool:
        """Write the answer into the outbox; False when there is nothing in it."""
        payload = self._render(answer)
        if not payload:
            return False
        along: list[OutboxMessage] = []
        # Nothing stands beside an answer that has to be heard.
        if event.user_id is not None and not event.is_group and event.reply_token and not answer.is_worth_a_push:
            payload, along = company.go_along(session, event.user_id, payload, now, rules=self._rules)
        reply_id = outbox.add_reply(
            session,
            reply_token=event.reply_token,
            payload=payload,
            reference=row.webhook_event_id,
            now=now,
            expires_at=expires_at,
            # What was said to one person in a group is not followed up in private, nor counted for the whole group.
            fallback_to=None if event.is_group else event.user_id,
            is_worth_a_push=answer.is_worth_a_push,
            chat=row.chat,
            loading_seconds=answer.loading_seconds,
        )
        carried.settle(session, along, reply_id, now)
        return True

    def _note_failure(self, row_id: int, error: Exception, now: datetime) -> None:
        with self._sessions.begin() as session:
            row = inbox.fail(session, row_id, now)
        if row is None:
            return  # Somebody else has answered it in the meantime.
        # The type only: the text of an exception may quote the person.
        where = _place(error)
        if row.dead_at is not None:
            log.error("event %s given up after %s tries: %s", row.webhook_event_id, row.attempts, where)
        else:
            log.error("event %s failed (try %s): %s", row.webhook_event_id, row.attempts, where)


def _place(error: Exception) -> str:
    """The error's type and the innermost line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
