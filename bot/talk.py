"""People talking with the whole assistant in one process: the same inbox, handlers and outbox as LINE, no network."""

import json
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from bot import app as composition
from bot import db
from bot.conversation import Incoming, Reply
from bot.delivery import inbox
from bot.delivery.messenger import Accepted, DeliveryError, Message
from bot.models import Base
from bot.settings import DEFAULT_CONTENT, Settings
from bot.simulator.platform import Platform

Json = dict[str, Any]


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
        return self._post("reply", {"replyToken": reply_token, "messages": list(messages)}, None)

    def push(self, to: str, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to one person."""
        return self._post("push", {"to": to, "messages": list(messages)}, retry_key)

    def multicast(self, to: Sequence[str], messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to many."""
        return self._post("multicast", {"to": list(to), "messages": list(messages)}, retry_key)

    def _post(self, kind: str, body: Json, retry_key: UUID | None) -> Accepted:
        headers = self._headers | ({"X-Line-Retry-Key": str(retry_key)} if retry_key is not None else {})
        answer = self._platform.answer("POST", f"/v2/bot/message/{kind}", headers, json_bytes(body))
        request_id = answer.headers.get("x-line-request-id")
        if answer.status in (200, 409):
            return Accepted(request_id=request_id, was_before=answer.status == 409)
        raise DeliveryError(
            permanent=400 <= answer.status < 500, status=answer.status, request_id=request_id, reason="refused"
        )


def json_bytes(body: Json) -> bytes:
    """*body* as LINE's SDK would send it."""
    return json.dumps(body, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Heard:
    """What a person got for one act: the message objects, and how the assistant took the act."""

    messages: tuple[Json, ...]
    reply: Reply | None = None

    @property
    def texts(self) -> list[str]:
        """Every text that the person can see: bubbles, cards, alt texts, labels of buttons and quick replies."""
        found: list[str] = []
        for message in self.messages:
            _collect(message, found)
        return found

    @property
    def actions(self) -> list[Json]:
        """Everything that can be tapped, in order: buttons first, then quick replies."""
        found: list[Json] = []
        for message in self.messages:
            _actions(message, found)
        return found


@dataclass
class House:
    """The whole assistant, by default on an in-memory database, with a simulated LINE around it and a clock to wind.

    A context manager: leaving it closes the database.
    """

    knowledge: composition.Knowledge
    clock: WoundClock
    database_url: str = "sqlite://"
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

    def person(self) -> "Visitor":
        """Somebody new."""
        return Visitor(self, "U" + secrets.token_hex(16))

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

    def tap(self, label: str) -> Heard:
        """Tap the button or quick reply with this label, the newest first; LookupError when there is none."""
        wanted = fold(label)
        # Quick replies vanish with the next message; the buttons of older cards stay.
        older = [Heard((without_quick(message),)) for message in reversed(self.phone.received)]
        for heard in (self.last, *older):
            for action in heard.actions:
                if fold(str(action.get("label", ""))) == wanted:
                    return self.do(action)
        raise LookupError(label)

    def do(self, action: Json) -> Heard:
        """Do what tapping *action* does."""
        if action["type"] == "postback":
            return self._act(lambda: self.phone.postback(action["data"], display_text=action.get("displayText")))
        if action["type"] == "message":
            return self.say(str(action["text"]))
        if action["type"] == "datetimepicker":
            params = {str(action["mode"]): str(action.get("initial", "07:00"))}
            return self._act(lambda: self.phone.postback(action["data"], params=params))
        return Heard((), None)

    def wait(self) -> Heard:
        """What arrives by itself when the work that is due by now is done."""
        return self._act(lambda: None)

    def _act(self, act: Any) -> Heard:
        before = len(self.phone.received)
        event = act()
        self.house.work()
        self.last = Heard(tuple(self.phone.received[before:]), self.house.reply_to(event))
        return self.last


def fold(text: str) -> str:
    """*text* for comparing: NFKC, no white space, one kind of wave dash."""
    text = unicodedata.normalize("NFKC", text).translate(str.maketrans("〜～", "~~"))
    return "".join(text.split())


def without_quick(message: Json) -> Json:
    """*message* as it looks once a newer one has come."""
    return {key: value for key, value in message.items() if key != "quickReply"}


def _collect(value: object, found: list[str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("text", "altText", "label", "displayText", "title") and isinstance(inner, str):
                found.append(inner)
            else:
                _collect(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, found)


def _actions(value: object, found: list[Json]) -> None:
    if isinstance(value, dict):
        action = value.get("action")
        if isinstance(action, dict) and "label" in action:
            found.append(action)
        for key, inner in value.items():
            if key != "action":
                _actions(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _actions(inner, found)


__all__ = ["Heard", "House", "Visitor", "WoundClock", "fold"]
