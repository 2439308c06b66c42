"""The Messaging API without HTTP: one LINE channel that answers requests as LINE would."""

import hmac
import uuid
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.clock import Clock

from . import routes, sends
from .answers import Answer, Fault, RefusalError
from .calls import Call
from .complaints import Json
from .events import build_webhook
from .ledger import Send
from .limits import SENDS
from .phone import Group, Phone
from .rates import Buckets
from .traffic import outcome_of, preview
from .world import Channel, World

_LARGEST_BODY = 2 * 1024 * 1024
_LOOKED_BACK = 64
"""Among so many of the last sends one is found that was taken this moment."""
_TOLD = 5
"""So many recipients are named of a send that goes to many."""


class Platform(World):
    """One LINE channel with its friends, in memory, safe to use from many threads."""

    def __init__(
        self,
        channel_secret: str,
        access_token: str,
        clock: Clock,
        monthly_limit: int | None = 200,
        *,
        bot_name: str = "Senaka",
        verified: bool = False,
    ) -> None:
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        """Faults for the next requests by the endpoint's name (routes.py): push, reply, profile, loading …"""
        super().__init__(
            clock,
            Channel(channel_secret, access_token),
            bot_name=bot_name,
            monthly_limit=monthly_limit,
            verified=verified,
        )

    @property
    def book(self) -> list[Send]:
        """All accepted sends, in order."""
        with self.lock:
            return list(self.ledger.book)

    def phone(self, user_id: str, name: str = "") -> Phone:
        """The phone of the person *user_id*, who may be new here."""
        return Phone(self, self.chat(user_id, name))

    def group(self, group_id: str, name: str = "") -> Group:
        """The group talk *group_id*, which may be new here."""
        return Group(self, self.chat(group_id, name))

    def annotate(self, chat_id: str, message_id: str, notes: Sequence[str]) -> None:
        """Lay *notes* beside what a person sent, in place of earlier ones; the chat page shows them to whoever asks.

        A message that is unknown here or was taken back gets none: the bot may remember more than this platform.
        """
        with self.lock:
            chat = self.chats.get(chat_id)
            item = chat.find(message_id) if chat is not None else None
            if chat is not None and item is not None and item.side == "person" and not item.unsent:
                item.notes = tuple(notes)
                chat.touch(item)
                self.traffic.note("meaning", self.clock(), chat=chat_id, notes=list(notes))

    def webhook(self, events: Iterable[Json]) -> tuple[bytes, dict[str, str]]:
        """The signed request, body and headers, that carries *events* to the bot."""
        return build_webhook(self.channel.secret, self.bot_user_id, events)

    def forget(self) -> None:
        with self.lock:
            super().forget()
            self.faults.clear()
            self._buckets = Buckets()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """What LINE answers to this request; *path* may carry a query."""
        path, _, query = path.partition("?")
        method = method.upper()
        found, named = routes.find(method, path) or (None, {})
        kind = found.kind if found is not None else ""
        low = {key.lower(): value for key, value in headers.items()}
        call = Call(str(uuid.uuid4()), kind, named, low, query, body)
        answer = self._answer(call, found, f"{method} {path}")
        about = {"method": method, "path": path, "endpoint": kind, "retry_key": low.get("x-line-retry-key")}
        self.traffic.note("request", self.clock(), **about, **outcome_of(answer), **self._sent(call))
        return answer

    def _sent(self, call: Call) -> Json:
        """What a request was to send, and what became of that."""
        about: Json = {"request_id": call.id, "to": [], "counted": 0, "preview": []}
        if call.kind not in SENDS:
            return about
        with self.lock:
            taken = next((send for send in self.ledger.book[-_LOOKED_BACK:] if send.request_id == call.id), None)
        if taken is not None:
            about |= {"to": list(taken.recipients[:_TOLD]), "counted": taken.counted}
            return about | {"preview": preview(taken.messages)}
        try:
            body = call.json()
        except RefusalError:
            return about
        to = body.get("to")
        about["to"] = [to] if isinstance(to, str) else to[:_TOLD] if isinstance(to, list) else []
        return about | {"preview": preview(body.get("messages"))}

    def _answer(self, call: Call, route: routes.Route | None, asked: str) -> Answer:
        fault = self._next_fault(call.kind)
        if fault is not None and not fault.taken:
            return fault.spoil(Answer(200, {"x-line-request-id": call.id}))
        try:
            if route is None or not route.is_open:
                self._check_token(call)
            if route is None:
                raise RefusalError(404, f"Not found: this simulator has no {asked}")
            self._check(call, route)
            answer = route.endpoint(self, call)
        except RefusalError as refusal:
            answer = Answer(refusal.status, refusal.headers, refusal.body)
        except RecursionError:
            answer = Answer(400, {}, {"message": "The request body is nested too deeply"})
        answer = replace(answer, headers=answer.headers | {"x-line-request-id": call.id})
        return fault.spoil(answer) if fault is not None and answer.status < 300 else answer

    def _next_fault(self, kind: str) -> Fault | None:
        with self.lock:
            waiting = self.faults.get(kind)
            return waiting.popleft() if waiting else self.troubles.fault_of(kind)

    def _check_token(self, call: Call) -> None:
        shown, expected = call.headers.get("authorization", ""), f"Bearer {self.channel.access_token}"
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), expected.encode()):
            raise RefusalError(401, "Authentication failed. Confirm that the access token is valid.")

    def _check(self, call: Call, route: routes.Route) -> None:
        """Refuses what no endpoint takes: too much at once, too often, a stale retry key."""
        if len(call.body) > _LARGEST_BODY:
            raise RefusalError(413, "Request body is too large")
        with self.lock:
            if not self._buckets.take(f"{route.method} {route.template}", route.kind, self.clock()):
                raise RefusalError(429, "The API rate limit has been exceeded. Try again later.")
            sends.check_retry_key(self, call.kind, call.headers.get("x-line-retry-key"))
