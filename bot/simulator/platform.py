"""The Messaging API without HTTP: one LINE channel that answers requests as LINE would."""

import hmac
import re
import uuid
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

from bot.clock import Clock

from . import sends
from .answers import Answer, Fault, RefusalError
from .complaints import Json
from .endpoints import ROUTES, Endpoint, Request
from .events import build_webhook
from .ledger import Send
from .phone import Group, Phone
from .rates import Buckets
from .world import World

_LARGEST_BODY = 2 * 1024 * 1024


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
        super().__init__(clock, bot_name=bot_name, monthly_limit=monthly_limit, verified=verified)
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        """Faults for the next requests by endpoint: reply, push, multicast, broadcast, validate, profile, loading …"""
        self._channel_secret = channel_secret
        self._access_token = access_token
        self._buckets = Buckets()

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

    def webhook(self, events: Iterable[Json]) -> tuple[bytes, dict[str, str]]:
        """The signed request, body and headers, that carries *events* to the bot."""
        return build_webhook(self._channel_secret, self.bot_user_id, events)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """What LINE answers to this request; *path* may carry a query."""
        path, _, query = path.partition("?")
        kind, named, endpoint = _route(method, path)
        low = {key.lower(): value for key, value in headers.items()}
        request = Request(str(uuid.uuid4()), kind, named, low, query, body)
        fault = self._next_fault(kind)
        if fault is not None and not fault.taken:
            return fault.spoil(Answer(200, {"x-line-request-id": request.id}))
        try:
            self._check(request)
            if endpoint is None:
                raise RefusalError(404, "Not found")
            answer = endpoint(self, request)
        except RefusalError as refusal:
            answer = Answer(refusal.status, refusal.headers, refusal.body)
        except RecursionError:
            answer = Answer(400, {}, {"message": "The request body is nested too deeply"})
        answer = Answer(answer.status, answer.headers | {"x-line-request-id": request.id}, answer.body)
        return fault.spoil(answer) if fault is not None and answer.status < 300 else answer

    def _next_fault(self, kind: str) -> Fault | None:
        with self.lock:
            waiting = self.faults.get(kind)
            return waiting.popleft() if waiting else None

    def _check(self, request: Request) -> None:
        """Refuses what no endpoint takes: a wrong token, too much at once, too often, a stale retry key."""
        shown, expected = request.headers.get("authorization", ""), f"Bearer {self._access_token}"
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), expected.encode()):
            raise RefusalError(401, "Authentication failed. Confirm that the access token is valid.")
        if len(request.body) > _LARGEST_BODY:
            raise RefusalError(413, "Request body is too large")
        with self.lock:
            if not self._buckets.take(request.kind, self.clock()):
                raise RefusalError(429, "The API rate limit has been exceeded. Try again later.")
            sends.check_retry_key(self, request.kind, request.headers.get("x-line-retry-key"))


def _route(method: str, path: str) -> tuple[str, dict[str, str], Endpoint | None]:
    """The endpoint's name, what the path says, and the function that answers."""
    for verb, pattern, kind, endpoint in ROUTES:
        found = re.fullmatch(f"/v2/bot/{pattern}", path)
        if verb == method.upper() and found is not None:
            return kind, found.groupdict(), endpoint
    return "", {}, None
