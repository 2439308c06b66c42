"""Sends signed webhooks at a pace of its own, answered or not; prints as JSON how long they took and what was said.

Arguments: port, connections, a second, seconds, and a name that makes the events of this run its own. How long is counted
from the moment at which each was due, so that waiting for a free connection counts, too.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

from webhook_load import webhook

PATIENCE = 30.0


async def _caller(
    port: int, waiting: "asyncio.Queue[tuple[float, bytes]]", took: list[float], said: Counter[str]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        due, request = await waiting.get()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        await reader.readexactly(length)
        said[head[9:12].decode()] += 1
        took.append(time.perf_counter() - due)
        waiting.task_done()


async def _pace(port: int, connections: int, rate: float, seconds: float, run: str) -> dict[str, Any]:
    requests = [webhook(run, number) for number in range(int(rate * seconds))]
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    took: list[float] = []
    said: Counter[str] = Counter()
    callers = [asyncio.create_task(_caller(port, waiting, took, said)) for _ in range(connections)]
    begun = time.perf_counter()
    for number, request in enumerate(requests):
        due = begun + number / rate
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        waiting.put_nowait((due, request))
    await asyncio.wait_for(waiting.join(), PATIENCE)
    for caller in callers:
        caller.cancel()
    took.sort()
    return {
        "said": said,
        "half_ms": 1e3 * took[len(took) // 2],
        "p99_ms": 1e3 * took[int(len(took) * 0.99)],
        "longest_ms": 1e3 * took[-1],
    }


if __name__ == "__main__":
    arguments = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
    print(json.dumps(asyncio.run(_pace(*arguments))))
