"""Everything that the platform remembers: talk rooms, sends, events; shared by the API, the phones and the courier."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Condition, RLock

from bot.clock import Clock

from .chats import Chat
from .complaints import Json
from .events import REPLIABLE, build_event, chat_of
from .ledger import Ledger, Send
from .rich_menus import RichMenus
from .traffic import Traffic
from .troubles import Troubles

Listener = Callable[[Json], None]


@dataclass(frozen=True)
class Channel:
    """What a bot proves itself by."""

    secret: str = field(repr=False)
    access_token: str = field(repr=False)
    id: str = "2000000001"


class World:
    """The state of one simulated LINE, guarded by one lock."""

    def __init__(
        self, clock: Clock, channel: Channel, *, bot_name: str, monthly_limit: int | None, verified: bool
    ) -> None:
        self.clock = clock
        self.channel = channel
        self.bot_name = bot_name
        self.monthly_limit = monthly_limit
        self.verified = verified
        """Whether the account is a verified one, which may list its followers."""
        self.webhook_url = ""
        self.use_webhook = True
        """The switch of that name in LINE's console: while it is off no events go out, and they are not made up for."""
        self.webhook_tester: Callable[[str], Json] | None = None
        self.bot_user_id = "U" + secrets.token_hex(16)
        self.lock = RLock()
        self.sent = Condition(self.lock)
        """Notified of every accepted send."""
        self._listeners: list[Listener] = []
        self.ledger = Ledger()
        self.forget()

    def forget(self) -> None:
        """Begin anew: nobody is there, nothing was said or sent, nothing goes wrong; what was set up stays."""
        with self.lock:
            self.epoch = secrets.token_hex(8)
            """Names this beginning: what was said under another one is forgotten."""
            self.chats: dict[str, Chat] = {}
            self.contents: dict[str, tuple[str, bytes]] = {}
            """The type and the bytes of what people sent that is no text, by the message's id."""
            self.taken_back: set[str] = set()
            self.ledger = Ledger(numbers=self.ledger.numbers)
            self.rich_menus = RichMenus()
            self.events: list[Json] = []
            """All webhook events so far, in order."""
            self.troubles = Troubles()
            self.traffic = Traffic()

    def listen(self, listener: Listener) -> None:
        """Call *listener* with every event from now on, in the thread that caused it."""
        self._listeners.append(listener)

    def chat(self, chat_id: str, name: str = "") -> Chat:
        """The talk room with *chat_id*, made if it is new."""
        with self.lock:
            return self.chats.setdefault(chat_id, Chat(chat_id, name or chat_id[:5]))

    def build(self, kind: str, chat: Chat, at: datetime, *, user_id: str | None = None, **properties: object) -> Json:
        """An event of *kind* from *chat*, with a reply token where LINE gives one."""
        source = chat.source | ({"userId": user_id} if user_id else {})
        is_standby = self.troubles.take("standby")
        token = self.ledger.new_reply_token(chat.id, at) if kind in REPLIABLE and not is_standby else None
        return build_event(kind, source, at, reply_token=token, standby=is_standby, **properties)

    def record(self, send: Send) -> None:
        """Write an accepted send into the book and wake whoever waits for one; the lock is held."""
        self.ledger.record(send)
        self.sent.notify_all()

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
        with self.lock:
            chat = self.chats.get(chat_of(event) or "")
            if chat is not None and "timestamp" in event:
                # The event has whole milliseconds, rounded; half of one keeps its own message included.
                chat.mark_read(datetime.fromtimestamp((event["timestamp"] + 0.5) / 1000, UTC))
