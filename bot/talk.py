"""People talking with the whole assistant in one process: the same inbox, handlers and outbox as LINE, no network."""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import SecretStr

from bot import app as composition
from bot import db, people
from bot.conversation import Incoming, Reply
from bot.delivery import inbox
from bot.delivery.messenger import Accepted, DeliveryError, Message
from bot.heard import Heard, fold, without_quick
from bot.models import Base, OutboxMessage, Person, Reminder, Snooze
from bot.settings import DEFAULT_CONTENT, Settings
from bot.simulator.platform import Platform

Json = dict[str, Any]

SCHEDULES: tuple[tuple[sa.orm.InstrumentedAttribute[Any], tuple[sa.ColumnElement[bool], ...]], ...] = (
    (Reminder.next_due_at, ()),
    (Snooze.due_at, ()),
    (Person.summary_due_at, ()),
    (OutboxMessage.next_try_at, (OutboxMessage.outcome.is_(None),)),
)
"""Every column that says when something is done by itself, with the rows that still count."""
NO_RING_AFTER = timedelta(weeks=8)
"""After how long nobody waits for a reminder any more; one that backs off comes once a week."""


class WoundClock:
    """A clock that stands still until it is wound."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **length: float) -> None:
        """Wind the clock on by ``hours=1`` and the like."""
        self.now += timedelta(**length)


class PlatformMessenger:
    """The way out to a simulated LINE in this process."""

    def __init__(self, platform: Platform, access_token: str) -> None:
        self._platform = platform
        self._headers = {"Authorization": f"Bearer {access_token}", "Content-Type": "application/json"}

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Accepted:
        """Answer an event."""
        return self._post("message/reply", {"replyToken": reply_token, "messages": list(messages)})

    def push(self, to: str, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to one person."""
        return self._post("message/push", {"to": to, "messages": list(messages)}, retry_key)

    def multicast(self, to: Sequence[str], messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to many."""
        return self._post("message/multicast", {"to": list(to), "messages": list(messages)}, retry_key)

    def show_loading(self, user_id: str, *, seconds: int) -> Accepted:
        """Show the loading sign."""
        return self._post("chat/loading/start", {"chatId": user_id, "loadingSeconds": seconds})

    def quota(self) -> int | None:
        """How many messages a month has."""
        limit = self._get("message/quota").get("value")
        return None if limit is None else int(limit)

    def consumption(self) -> int:
        """How many of them are used."""
        return int(self._get("message/quota/consumption")["totalUsage"])

    def _get(self, path: str) -> Json:
        answer = self._platform.answer("GET", f"/v2/bot/{path}", self._headers)
        if answer.status != 200:
            raise DeliveryError(permanent=False, status=answer.status, reason="server")
        found: Json = json.loads(answer.content)
        return found

    def _post(self, path: str, body: Json, retry_key: UUID | None = None) -> Accepted:
        headers = self._headers | ({"X-Line-Retry-Key": str(retry_key)} if retry_key is not None else {})
        answer = self._platform.answer("POST", f"/v2/bot/{path}", headers, json_bytes(body))
        request_id = answer.headers.get("x-line-request-id")
        if answer.status in (200, 202, 409):
            return Accepted(request_id=request_id, was_before=answer.status == 409)
        is_over = answer.status == 429 and b"monthly limit" in answer.content
        raise DeliveryError(
            permanent=400 <= answer.status < 500,
            status=answer.status,
            request_id=request_id,
            reason="quota" if is_over else "refused",
        )


def json_bytes(body: Json) -> bytes:
    """*body* as LINE's SDK would send it."""
    return json.dumps(body, ensure_ascii=False).encode()


@dataclass
class House:
    """The whole assistant, by default on an in-memory database, with a simulated LINE around it and a clock to wind.

    A context manager: leaving it closes the database.
    """

    knowledge: composition.Knowledge
    clock: WoundClock
    database_url: str = "sqlite://"
    staff: str = ""
    platform: Platform = field(init=False)
    app: composition.App = field(init=False)
    _replies: dict[str, Reply | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        token, secret = secrets.token_hex(16), secrets.token_hex(16)
        self.platform = Platform(secret, token, self.clock, monthly_limit=None)
        # Nothing from the surroundings: a rehearsal is the same on every machine.
        settings = Settings.model_construct(
            content_dir=DEFAULT_CONTENT,
            database_url=self.database_url,
            public_url=None,
            line_channel_secret=SecretStr(secret),
            line_channel_access_token=SecretStr(token),
            staff_line_ids=self.staff,
        )
        messenger = PlatformMessenger(self.platform, token)
        self.app = composition.build(settings, self.clock, messenger, self.knowledge, listen=self._listen)
        Base.metadata.create_all(db.engine_of(self.app.sessions))
        self.platform.listen(self._receive)

    def _listen(self, incoming: Incoming, reply: Reply | None) -> None:
        self._replies[incoming.event_id] = reply

    def _receive(self, event: Json) -> None:
        with self.app.sessions.begin() as session:
            inbox.receive(session, [event], self.clock())

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *exception: object) -> None:
        db.engine_of(self.app.sessions).dispose()

    def work(self) -> None:
        """Do all that is due: answer, plan, send."""
        while self.app.dispatcher.work_one():
            pass
        for tick in self.app.ticks:
            tick(self.clock())
        while self.app.sender.send_one():
            pass

    def due(self) -> datetime | None:
        """The next moment at which something is done by itself; None when nothing will be."""
        with self.app.sessions() as session:
            found = [
                session.scalar(sa.select(sa.func.min(column)).where(column > self.clock.now, *only))
                for column, only in SCHEDULES
            ]
        return min((moment for moment in found if moment is not None), default=None)

    def wind(self, until: datetime) -> None:
        """Wind the clock from one moment at which something is due to the next, doing it, and at last to *until*."""
        while (due := self.due()) is not None and due <= until:
            self.clock.now = due
            self.work()
        self.clock.now = until
        self.work()

    def person(self, timezone: str | None = None) -> "Visitor":
        """Somebody new; with a *timezone* of their own when they do not live where the practice is."""
        visitor = Visitor(self, "U" + secrets.token_hex(16))
        if timezone is not None:
            with self.app.sessions.begin() as session:
                people.meet(session, visitor.phone.user_id, self.clock())[0].timezone = timezone
        return visitor

    def rings(self, user_id: str) -> list[str]:
        """The routines that have rung for this person, in order."""
        rows = (
            sa.select(OutboxMessage)
            .where(OutboxMessage.routine_id.is_not(None), OutboxMessage.outcome.in_(("accepted", "carried")))
            .order_by(OutboxMessage.settled_at, OutboxMessage.id)
        )
        with self.app.sessions() as session:
            return [
                str(row.routine_id)
                for row in session.scalars(rows)
                if user_id in row.recipients and user_id not in row.left_out
            ]

    def pushes(self, user_id: str) -> int:
        """How often something was sent to this person that was no reply."""
        return sum(1 for send in self.platform.book if send.endpoint != "reply" and user_id in send.recipients)

    def reply_to(self, event: Json | None) -> Reply | None:
        """How the assistant answered *event*, before rendering."""
        return self._replies.get(str(event["webhookEventId"])) if event else None


class Visitor:
    """One person in the house."""

    def __init__(self, house: House, user_id: str) -> None:
        self.house = house
        self.phone = house.platform.phone(user_id, "Visitor")
        self.last = Heard(())

    def follow(self) -> Heard:
        """Add the bot as a friend; somebody who is one already has blocked it in between."""
        if self.phone.chat.friend and not self.phone.chat.blocked:
            self._act(self.phone.block)
        return self._act(self.phone.follow)

    def say(self, text: str) -> Heard:
        """Send a text."""
        return self._act(lambda: self.phone.say(text))

    def tap(self, label: str, pick: str | None = None) -> Heard:
        """Tap the button or quick reply with this label, the newest first, and *pick* when it opens a picker.

        LookupError when there is none.
        """
        # Quick replies vanish with the next message; the buttons of older cards stay.
        *older, newest = self.phone.received or [{}]
        for message in (newest, *map(without_quick, reversed(older))):
            for action in Heard((message,)).actions:
                is_fitting = pick is None or action["type"] == "datetimepicker"
                if is_fitting and fold(str(action.get("label", ""))) == fold(label):
                    return self.do(action, pick)
        raise LookupError(label)

    def do(self, action: Json, pick: str | None = None) -> Heard:
        """Do what tapping *action* does."""
        if action["type"] == "postback":
            return self._act(lambda: self.phone.postback(action["data"], display_text=action.get("displayText")))
        if action["type"] == "message":
            return self.say(str(action["text"]))
        if action["type"] == "datetimepicker":
            params = {str(action["mode"]): pick or str(action.get("initial", "07:00"))}
            return self._act(lambda: self.phone.postback(action["data"], params=params))
        return Heard((), None)

    def wait(self, until: datetime | None = None) -> Heard:
        """What arrives by itself until then; when None, now."""
        return self._act(lambda: self.house.wind(until or self.house.clock.now))

    def wait_for_ring(self) -> Heard:
        """What arrives until a reminder rings; LookupError when none does."""
        return self._act(self._wind_to_ring)

    def _wind_to_ring(self) -> None:
        house, before = self.house, len(self.house.rings(self.phone.user_id))
        latest = house.clock.now + NO_RING_AFTER
        while (due := house.due()) is not None and due <= latest:
            house.wind(due)
            if len(house.rings(self.phone.user_id)) > before:
                return
        raise LookupError("reminder")

    def _act(self, act: Callable[[], Json | None]) -> Heard:
        house, id = self.house, self.phone.user_id
        received, pushes, rings = len(self.phone.received), house.pushes(id), len(house.rings(id))
        event = act()
        house.work()
        self.last = Heard(
            tuple(self.phone.received[received:]),
            house.reply_to(event),
            pushes=house.pushes(id) - pushes,
            rung=tuple(house.rings(id)[rings:]),
        )
        return self.last


__all__ = ["Heard", "House", "Visitor", "WoundClock", "fold"]
