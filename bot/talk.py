"""People talking with the whole assistant in one process: the same inbox, handlers and outbox as LINE, no network."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from bot import app as composition
from bot import db, people, winding
from bot.conversation import Incoming, Reply
from bot.delivery import inbox
from bot.heard import Heard, fold, without_quick
from bot.in_process import PlatformMessenger
from bot.models import Base
from bot.settings import DEFAULT_CONTENT, Settings
from bot.simulator.events import as_redelivery
from bot.simulator.platform import Platform

Json = dict[str, Any]

NO_RING_AFTER = timedelta(weeks=8)
"""After how long nobody waits for a reminder any more; one that backs off comes once a week."""


class WoundClock:
    """A clock that stands still until it is wound."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, moment: datetime) -> None:
        """Wind the clock to *moment*."""
        self.now = moment

    def advance(self, **length: float) -> None:
        """Wind the clock on by ``hours=1`` and the like."""
        self.now += timedelta(**length)


@dataclass
class House:
    """The whole assistant, by default on an in-memory database, with a simulated LINE around it and a clock to wind.

    A context manager: leaving it closes the database.
    """

    knowledge: composition.Knowledge
    clock: WoundClock
    database_url: str = "sqlite://"
    staff: str = ""
    data_key: str | None = None
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
            data_key=None if self.data_key is None else SecretStr(self.data_key),
        )
        messenger = PlatformMessenger(self.platform, token)
        self.app = composition.build(settings, self.clock, messenger, self.knowledge, listen=self._listen)
        Base.metadata.create_all(db.engine_of(self.app.sessions))
        self.platform.listen(self._receive)

    def _listen(self, incoming: Incoming, reply: Reply | None) -> None:
        self._replies[incoming.event_id] = reply

    def _receive(self, event: Json) -> None:
        is_brought_twice = self.platform.troubles.take("redelivery")
        with self.app.sessions.begin() as session:
            for brought in (event, as_redelivery(event)) if is_brought_twice else (event,):
                inbox.receive(session, [brought], self.clock())

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *exception: object) -> None:
        db.engine_of(self.app.sessions).dispose()

    def work(self) -> None:
        """Do all that is due: answer, plan, send."""
        winding.work(self.app)

    def due(self) -> datetime | None:
        """The next moment at which something is done by itself; None when nothing will be."""
        return winding.due(self.app)

    def wind(self, until: datetime) -> None:
        """Wind the clock from one moment at which something is due to the next, doing it, and at last to *until*."""
        for _ in winding.steps(self.app, self.clock.set, until):
            pass

    def person(self, timezone: str | None = None) -> "Visitor":
        """Somebody new; with a *timezone* of their own when they do not live where the practice is."""
        visitor = Visitor(self, "U" + secrets.token_hex(16))
        if timezone is not None:
            with self.app.sessions.begin() as session:
                people.meet(session, visitor.phone.user_id, self.clock())[0].timezone = timezone
        return visitor

    def rings(self, user_id: str) -> list[str]:
        """The routines that have rung for this person, in order."""
        return winding.rings(self.app, user_id)

    def pushes(self, user_id: str) -> int:
        """How often something was sent to this person that was no reply."""
        return sum(1 for send in self.platform.book if send.endpoint != "reply" and user_id in send.recipients)

    def reply_to(self, event: Json | None) -> Reply | None:
        """How the assistant answered *event*, before rendering."""
        return self._replies.get(str(event["webhookEventId"])) if event else None


class Visitor:
    """One person in the house."""

    def __init__(self, house: House, user_id: str) -> None:
        self.house, self.user_id = house, user_id
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
