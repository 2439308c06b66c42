"""Everything that the platform remembers: talk rooms, sends, events; shared by the API, the phones and the courier."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from threading import RLock

from bot.clock import Clock

from .chats import Chat
from .complaints import Json
from .events import REPLIABLE, build_event
from .ledger import Ledger

Listener = Callable[[Json], None]


class World:
    """The state of one simulated LINE, guarded by one lock."""

    def __init__(self, clock: Clock, *, bot_name: str, monthly_limit: int | None, verified: bool) -> None:
        self.clock = clock
        self.bot_name = bot_name
        self.monthly_limit = monthly_limit
        self.verified = verified
        """Whether the account is a verified one, which may list its followers."""
        self.webhook_url = ""
        self.webhook_tester: Callable[[str], Json] | None = None
        self.bot_user_id = "U" + secrets.token_hex(16)
        self.lock = RLock()
        self.chats: dict[str, Chat] = {}
        self.ledger = Ledger()
        self.events: list[Json] = []
        """All webhook events so far, in order."""
        self.standby = False
        """Whether another bot is talking: events then carry no reply token."""
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call *listener* with every event from now on, in the thread that caused it."""
        self._listeners.append(listener)

    def chat(self, chat_id: str, name: str = "") -> Chat:
        """The talk room with *chat_id*, made if it is new."""
        with self.lock:
            return self.chats.setdefault(chat_id, Chat(chat_id, name or chat_id[:5]))

    def build(self, kind: str, chat: Chat, at: datetime, *, user_id: str | None = None, **properties: object) -> Json:
        """An event of *kind* from *chat*, with a reply token where LINE gives one."""
        source: Json = {"type": "user", "userId": chat.id}
        if chat.is_group:
            source = {"type": "group", "groupId": chat.id} | ({"userId": user_id} if user_id else {})
        token = self.ledger.new_reply_token(chat.id, at) if kind in REPLIABLE and not self.standby else None
        return build_event(kind, source, at, reply_token=token, standby=self.standby, **properties)

    def emit(self, event: Json) -> Json:
        """Hand *event*, which may be of any shape, to all who listen; the lock must not be held."""
        with self.lock:
            self.events.append(event)
        for listener in self._listeners:
            listener(event)
        return event

    def arriving(self, event: Json) -> None:
        """The webhook with *event* is on its way: its reply token's minute begins."""
        with self.lock:
            if token := event.get("replyToken"):
                self.ledger.renew_token(token, self.clock())

    def arrived(self, event: Json) -> None:
        """The bot has taken *event*: the person sees what was sent until then as read."""
        source = event.get("source") or {}
        with self.lock:
            chat = self.chats.get(source.get("groupId") or source.get("userId") or "")
            if chat is not None and "timestamp" in event:
                # The event has whole milliseconds, rounded; half of one keeps its own message included.
                chat.mark_read(datetime.fromtimestamp((event["timestamp"] + 0.5) / 1000, UTC))
