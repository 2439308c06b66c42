"""A stand-in for LINE that costs little: a process that takes messages after a while and counts what it took.

``GET /counts`` answers with how often each endpoint was asked, how many different retry keys and reply tokens came, how
many came twice, and the most requests of an endpoint in any one second. Run with the delay in milliseconds; it prints
its port.
"""

import asyncio
import json
import sys
from collections import Counter
from time import monotonic
from typing import Any

_BODY = b'{"sentMessages":[{"id":"1","quoteToken":"q"}]}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Line-Request-Id: r\r\nContent-Length: %d\r\n\r\n"
    % len(_BODY)
    + _BODY
)


class Line(asyncio.Protocol):
    """One connection; requests on it come one after another."""

    asked: Counter[str] = Counter()
    seconds: Counter[tuple[str, int]] = Counter()
    keys: Counter[bytes] = Counter()
    recipients = 0
    first_at = last_at = 0.0

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._got = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        length, key = 0, b""
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            name = name.lower()
            if name == b"content-length":
                length = int(value)
            elif name == b"x-line-retry-key":
                key = value.strip()
        if len(body) < length:
            return
        self._got = b""
        path = head.split(b" ", 2)[1].decode()
        if path == "/counts":
            self._transport.write(_counts())
            return
        self._count(path.rpartition("/")[2], key, body)
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, _ANSWER)
        else:
            self._transport.write(_ANSWER)

    @classmethod
    def _count(cls, endpoint: str, key: bytes, body: bytes) -> None:
        now = monotonic()
        cls.first_at = cls.first_at or now
        cls.last_at = now
        cls.asked[endpoint] += 1
        cls.seconds[endpoint, int(now)] += 1
        if endpoint == "reply":
            key = body[body.index(b'"replyToken"') :][:60]
        elif endpoint == "multicast":
            cls.recipients += body.count(b'"U')
        if endpoint in ("reply", "push", "multicast"):  # Questions may be asked again.
            cls.keys[key] += 1


def _counts() -> bytes:
    body = json.dumps(
        {
            "asked": Line.asked,
            "keys": len(Line.keys),
            "twice": sum(1 for count in Line.keys.values() if count > 1),
            "recipients": Line.recipients,
            "seconds": Line.last_at - Line.first_at,
            "most_in_a_second": max(Line.seconds.values(), default=0),
        }
    ).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def _serve(delay: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Line(delay), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]) / 1000))
