"""Carries events to the bot as signed webhooks: in order, from one background thread, a few times if need be."""

import dataclasses
import http.client
import logging
import queue
import socket
import ssl
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from .complaints import Json
from .events import as_redelivery, chat_of
from .platform import Platform
from .traffic import preview

log = logging.getLogger(__name__)

Reason = Literal["OK", "COULD_NOT_CONNECT", "REQUEST_TIMEOUT", "ERROR_STATUS_CODE", "UNCLASSIFIED"]

_PATIENCE_SECONDS = 2.0
_PAUSES = (0.5, 2.0)
"""How long to wait before each redelivery; the length is their number."""
_OTHERS_COME_WITHIN = 4.0
"""How long an event that is to come second waits for another one."""


@dataclass(frozen=True)
class Delivery:
    """One attempt to bring a webhook to the bot."""

    event_id: str
    reason: Reason
    status: int | None
    redelivery: bool
    at: datetime


@dataclass(frozen=True)
class _Parcel:
    event: Json
    redelivery: bool
    epoch: str
    """Of the platform when the event happened: what it has forgotten since is not delivered."""


class Courier:
    """Delivers every event of *platform* to its webhook, first *webhook_url*; a context manager with a thread."""

    def __init__(
        self,
        platform: Platform,
        webhook_url: str,
        *,
        patience: float = _PATIENCE_SECONDS,
        pauses: tuple[float, ...] = _PAUSES,
    ) -> None:
        platform.webhook_url = webhook_url
        platform.webhook_tester = self.test
        platform.listen(self.send)
        self.deliveries: deque[Delivery] = deque(maxlen=10_000)
        self._platform = platform
        self._patience = patience
        self._pauses = pauses
        self._parcels: queue.Queue[_Parcel | None] = queue.Queue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> "Courier":
        """Begin to deliver; events from before now go first."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="simulator-courier", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the thread; what is not delivered yet stays undelivered."""
        self._stopping.set()
        self._parcels.put(None)
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def __enter__(self) -> "Courier":
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def send(self, event: Json) -> None:
        """Queue *event*; returns at once."""
        self._pack(event, redelivery=False)

    def redeliver(self) -> int:
        """Queue all events so far once more, as redeliveries; their number."""
        events = list(self._platform.events)
        for event in events:
            self._pack(event, redelivery=True)
        return len(events)

    def wait(self, timeout: float = 10.0) -> bool:
        """Wait until everything queued is delivered or given up; whether that came within *timeout* seconds."""
        done = self._parcels.all_tasks_done
        with done:
            return done.wait_for(lambda: not self._parcels.unfinished_tasks, timeout)

    @property
    def is_failing(self) -> bool:
        """Whether the bot did not take the latest webhook."""
        return bool(self.deliveries) and self.deliveries[-1].reason != "OK"

    def test(self, url: str) -> Json:
        """Send a webhook without events to *url*, as the console's Verify button does; LINE's answer to that."""
        reason, status, detail = self._post(url, [])
        at = self._platform.clock().isoformat().replace("+00:00", "Z")
        return {
            "success": reason == "OK",
            "timestamp": at,
            "statusCode": status or 0,
            "reason": reason,
            "detail": detail or str(status or reason),
        }

    def _pack(self, event: Json, *, redelivery: bool) -> None:
        self._parcels.put(_Parcel(event, redelivery, self._platform.epoch))

    def _work(self) -> None:
        while (parcel := self._parcels.get()) is not None:
            if not parcel.redelivery and self._platform.troubles.take("reorder"):
                self._bring_next()
            self._bring(parcel)
        self._parcels.task_done()

    def _bring_next(self) -> None:
        """Bring what comes after, if anything does within a while."""
        try:
            following = self._parcels.get(timeout=_OTHERS_COME_WITHIN)
        except queue.Empty:
            return
        if following is None:
            self._parcels.put(None)  # The end, which is for whoever called.
            self._parcels.task_done()
        else:
            self._bring(following)

    def _bring(self, parcel: _Parcel) -> None:
        try:
            # Without a webhook LINE sends nothing, and later nothing of what was before.
            if not self._stopping.is_set() and self._platform.webhook_url and self._platform.use_webhook:
                self._deliver(parcel)
        finally:
            self._parcels.task_done()

    def _deliver(self, parcel: _Parcel) -> None:
        for pause in (*self._pauses, None):
            if parcel.epoch != self._platform.epoch:
                return
            event = as_redelivery(parcel.event) if parcel.redelivery else parcel.event
            self._platform.arriving(event)
            reason, status, _ = self._post(self._platform.webhook_url, [event])
            event_id = str(event.get("webhookEventId", ""))
            now = self._platform.clock()
            self.deliveries.append(Delivery(event_id, reason, status, parcel.redelivery, now))
            self._platform.traffic.note("event", now, **_about(event, parcel.redelivery), status=status, reason=reason)
            if reason == "OK":
                self._platform.arrived(event)
                if not parcel.redelivery and self._platform.troubles.take("redelivery"):
                    self._pack(event, redelivery=True)
                return
            log.warning("webhook event %s not delivered: %s %s", event_id, reason, status or "")
            if pause is None or self._stopping.wait(pause):
                return
            parcel = dataclasses.replace(parcel, redelivery=True)

    def _post(self, url: str, events: list[Json]) -> tuple[Reason, int | None, str]:
        """POST *events* to *url*: what became of it, the status if there was one, and what LINE says of it besides."""
        body, headers = self._platform.webhook(events)
        connection: http.client.HTTPConnection | None = None
        try:
            parts = urlsplit(url)
            secure = parts.scheme == "https"
            connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            connection = connect(parts.hostname or "", parts.port, timeout=self._patience)
            target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            connection.request("POST", target, body, headers)
            status = connection.getresponse().status
        except TimeoutError:
            return "REQUEST_TIMEOUT", None, ""
        except ssl.SSLError:
            return "COULD_NOT_CONNECT", None, f"TLS handshake failure: {url}"
        except (ConnectionError, socket.gaierror):
            return "COULD_NOT_CONNECT", None, ""
        except (OSError, ValueError, http.client.HTTPException):
            return "UNCLASSIFIED", None, ""
        finally:
            if connection is not None:
                connection.close()
        return ("OK", status, "") if 200 <= status < 300 else ("ERROR_STATUS_CODE", status, "")


def _about(event: Json, is_redelivery: bool) -> Json:
    """What may be told of an event: its kind, whose it is, its ids, and how what was said begins."""
    said = event.get("message") or {key: value for key, value in (event.get("postback") or {}).items() if key == "data"}
    words = {"type": event.get("type", ""), "text": said.get("text") or said.get("data") or said.get("type")}
    return {
        "kind": str(event.get("type", "")),
        "chat": chat_of(event),
        "event_id": str(event.get("webhookEventId", "")),
        "redelivery": is_redelivery,
        "standby": event.get("mode") == "standby",
        "preview": preview([words]) if said else [],
    }
