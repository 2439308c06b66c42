"""Sends signed webhooks over some connections as fast as they are answered; prints how many a second.

Arguments: port, connections, count, and a name that makes the events of this run its own.
"""

import asyncio
import base64
import hmac
import json
import sys
import time
from typing import Any

SECRET = b"the channel's secret"


def webhook(run: str, number: int) -> bytes:
    """One request with one text message."""
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": 1_775_012_400_000,
        "source": {"type": "user", "userId": f"U{number % 500:032x}"},
        "webhookEventId": f"{run}-{number}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token-{run}-{number}",
        "message": {"type": "text", "id": f"{number}", "quoteToken": "q", "text": "肩こりのストレッチを教えて"},
    }
    body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
    signature = base64.b64encode(hmac.digest(SECRET, body, "sha256")).decode()
    return (
        f"POST /line/webhook HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"X-Line-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Caller(asyncio.Protocol):
    """One connection: a new request whenever the last one is answered."""

    def __init__(self, requests: list[bytes], done: "asyncio.Future[None]", count: int) -> None:
        self._requests, self._done, self._count = requests, done, count

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"HTTP/"):
            if not data.startswith(b"HTTP/1.1 200"):
                sys.exit(f"refused: {data[:12]!r}")
            Caller.answered += 1
            if Caller.answered == self._count:
                self._done.set_result(None)
            self._next()

    def _next(self) -> None:
        if self._requests:
            self._transport.write(self._requests.pop())

    answered = 0


async def _load(port: int, connections: int, count: int, run: str) -> float:
    requests = [webhook(run, number) for number in range(count)]
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    begun = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: Caller(requests, done, count), "127.0.0.1", port)
    await done
    return count / (time.perf_counter() - begun)


if __name__ == "__main__":
    print(asyncio.run(_load(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
