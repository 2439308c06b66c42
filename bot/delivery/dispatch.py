"""The dispatcher: takes events out of the inbox and puts their answers into the outbox, in one transaction."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from bot import failpoints
from bot.clock import Clock
from bot.db import Sessions
from bot.delivery import carried, claims, company, envelope, inbox, outbox, turns
from bot.delivery.gate import DEFAULT_RULES
from bot.delivery.messenger import Message
from bot.delivery.rules import Rules
from bot.delivery.turns import ANSWERED, Claimed
from bot.models import OutboxMessage

log = logging.getLogger(__name__)

TOKEN_LIFE = timedelta(seconds=50)
"""How long after its arrival an event's reply token is relied on; LINE promises a minute."""

TOKEN_AGE = timedelta(minutes=19)
"""How long after the event itself, when it was delivered again; LINE promises twenty minutes."""


AT_ONCE = 16
"""How many events are answered in one transaction at most: a backlog is cheaper so, and SQLite has one writer at a time."""


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
    @property
    def outcome(self) -> str: ...
    @property
    def about(self) -> str | None: ...


@dataclass(frozen=True)
class _Written:
    """An answer for the outbox, and the messages that go with it."""

    reply: outbox.Row
    along: Sequence[OutboxMessage]
    is_ready: bool
    """Whether it may be sent at once: LINE may still take it for a reply, and it waits for no other one to its chat."""


EventT = TypeVar("EventT", bound=Heard)
AnswerT = TypeVar("AnswerT", bound=Said)


class Hands(Protocol):
    """Whoever sends answers, and can be given some that were claimed for it in the transaction that wrote them down."""

    @property
    def room(self) -> int:
        """How many it would begin to send at once."""
        ...

    def carry(self, rows: Sequence[OutboxMessage], left: int) -> None:
        """Send these; so many more were *left* in the outbox."""
        ...


class Dispatcher(Generic[EventT, AnswerT]):
    """Works the inbox off, a few events of different chats to a transaction; any number of them may work side by side."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        *,
        read: Callable[[dict[str, Any]], EventT],
        answer: Callable[[Session, EventT, datetime], AnswerT | None],
        render: Callable[[AnswerT], Sequence[Message]],
        foresee: Callable[[Session, Sequence[EventT]], None] = lambda _session, _events: None,
        rules: Callable[[], Rules] = lambda: DEFAULT_RULES,
    ) -> None:
        """*foresee* is told which events are going to be answered, to look up at once what each of them will ask for."""
        self._sessions = sessions
        self._clock = clock
        self._read = read
        self._answer = answer
        self._render = render
        self._foresee = foresee
        self._rules = rules

    def work_one(self) -> bool:
        """Answer the next event; False when none is due."""
        return self.work_some(size=1) > 0

    def work_some(self, hands: Hands | None = None, *, size: int = AT_ONCE) -> int:
        """Answer the next events, *size* at most, each of another chat; how many, 0 when none is due.

        The events' marks, what the handlers changed and the replies in the outbox are one transaction: they all happen or
        none does. What *hands* have room for is theirs to send when it is committed. When one of several events fails, each
        of them is answered by itself; one that fails then is noted in a second transaction and tried again later.
        """
        now = self._clock()
        claimed: list[Claimed] = []
        try:
            with self._sessions.begin() as session:
                claimed = turns.claim_some(session, now, size=size)
                if not claimed:
                    return 0
                failpoints.reach("event-claimed")
                room = 0 if hands is None else hands.room
                said = self._work(session, claimed, now)
                at_once = self._write(session, said, now, room=room)
                failpoints.reach("event-answered")
            failpoints.reach("event-committed")
        except Exception as error:
            # The border of the conversation: whatever went wrong inside must not stop the next event.
            if not claimed:
                raise
            if len(claimed) == 1:
                self._note_failure(claimed[0].id, error, now)
            else:
                log.warning("%s events not answered together: %s", len(claimed), _place(error))
                for _ in claimed:
                    self.work_some(hands, size=1)
            return len(claimed)
        if hands is not None and said:
            hands.carry(at_once, left=len(said) - len(at_once))
        return len(claimed)

    def _work(self, session: Session, claimed: Sequence[Claimed], now: datetime) -> list[_Written]:
        """Answer the claimed events and note what became of each; what is to be said."""
        raws = [json.loads(row.raw) for row in claimed]
        events = [self._read(raw) for raw in raws]
        self._foresee(session, events)
        settled, said = [], []
        for row, raw, event in zip(claimed, raws, events, strict=True):
            outcome, answer = self._heed(session, row, raw, event, now)
            written = None if answer is None else self._put(session, row, raw, event, answer, now)
            if written is not None:
                said.append(written)
            if outcome == ANSWERED and written is None:
                outcome = "silent"
            taken = answer if event.kind == "text" else None
            settled.append(inbox.Settled(row, outcome, *((taken.outcome, taken.about) if taken else ())))
        inbox.settle_all(session, settled)
        return said

    def _heed(
        self, session: Session, row: Claimed, raw: dict[str, Any], event: EventT, now: datetime
    ) -> tuple[str, AnswerT | None]:
        """The word for what becomes of an event, and what is to be said to it."""
        # Another channel is talking with the person; whoever speaks now talks over it.
        is_standby = raw.get("mode") == "standby"
        if event.kind == "other":
            return "standby" if is_standby else inbox.IGNORED, None
        if event.message_id is not None:
            if event.kind == "unsend":
                inbox.erase(session, event.message_id, now)
            elif row.is_unsent:
                inbox.erase(session, event.message_id, now)
                return "unsent", None
        if is_standby:
            if event.kind in ("follow", "unfollow"):
                self._answer(session, event, now)  # Who can be reached is true whoever talks; what we would say is not.
            return "unsent" if event.kind == "unsend" else "standby", None
        return "unsent" if event.kind == "unsend" else ANSWERED, self._answer(session, event, now)

    def _put(
        self, session: Session, row: Claimed, raw: dict[str, Any], event: EventT, answer: AnswerT, now: datetime
    ) -> _Written | None:
        """The answer as it is written down; None when there is nothing in it."""
        payload = self._render(answer)
        if not payload:
            return None
        expires_at = row.received_at + TOKEN_LIFE
        if envelope.part(raw, "deliveryContext").get("isRedelivery") is True:
            # Only then: LINE brings an event at once, and its clock and ours may differ.
            expires_at = min(expires_at, row.occurred_at + TOKEN_AGE)
        along: list[OutboxMessage] = []
        # Nothing stands beside an answer that has to be heard.
        is_alone = answer.is_worth_a_push or event.is_group or not event.reply_token
        if row.has_company and row.chat is not None and not is_alone:
            payload, along = company.go_along(session, row.chat, payload, now, rules=self._rules())
        reply = outbox.reply(
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
        return _Written(reply, along, bool(event.reply_token) and now < expires_at and not row.is_behind)

    def _write(self, session: Session, said: Sequence[_Written], now: datetime, *, room: int) -> list[OutboxMessage]:
        """Write the answers down; those that are ready, *room* at most, leased to the caller."""
        rows = [one.reply for one in said]
        ours = [one.reply for one in said if one.is_ready][:room]
        for row in ours:
            claims.claim_unwritten(row, now)
        ids = outbox.add_replies(session, rows)
        for id, one in zip(ids, said, strict=True):
            if one.along:
                carried.settle(session, one.along, id, now)
        # Not read back: it would cost as much as writing them.
        return [OutboxMessage(id=id, **row) for id, row in zip(ids, rows, strict=True) if row["attempts"]]

    def _note_failure(self, row_id: int, error: Exception, now: datetime) -> None:
        with self._sessions.begin() as session:
            row = inbox.fail(session, row_id, now)
        if row is None:
            return  # Somebody else has answered it in the meantime.
        # The type only: the text of an exception may quote the person.
        where, ids = _place(error), {"facts": {"event": row.webhook_event_id, "try": row.attempts}}
        if row.dead_at is not None:
            log.error("event %s given up after %s tries: %s", row.webhook_event_id, row.attempts, where, extra=ids)
        else:
            log.error("event %s failed (try %s): %s", row.webhook_event_id, row.attempts, where, extra=ids)


def _place(error: Exception) -> str:
    """The error's type and the innermost line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
