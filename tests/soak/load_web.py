"""Minutes of signed webhooks for a real web process and worker, with strangers at the door: nothing grows, and SIGTERM loses nothing.

`make load`; `LOAD_MINUTES` is how long, ten by default.
"""

import http.client
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.books import Books
from tests.faults.fleet import Fleet, fleet
from tests.faults.line import new_people, post
from tests.faults.processes import Process, wait_for

SECONDS = float(os.environ.get("LOAD_MINUTES", "10")) * 60
PEOPLE, BATCH, POSTMEN = 400, 10, 4
PAUSE_SECONDS = 0.4
"""Between two webhooks of a postman: a hundred messages a second in all, which a busy machine still answers."""
LATENCY_SECONDS = 0.3
"""How slow LINE is."""
TEXTS = ("ホワイトニングの値段を知りたいです", "子どもも診てもらえますか", "営業時間は何時までですか", "ありがとう")
MOST_GROWTH = {"MB": 40.0, "files": 40, "threads": 16}
"""From the first third of the run to the last; the worker makes senders, with a connection each, when it needs more."""
DRAIN_SECONDS = 10
SLOW_HEADS, SLOW_BODIES = 40, 6
"""Connections that begin a request and never end it. Those in the body keep a thread of granian's sixteen each, until
it is told to stop: a proxy that waits for whole bodies must hold them (docs/operations.md)."""


@pytest.fixture
def ships(tmp_path: Path) -> Iterator[Fleet]:
    with fleet(tmp_path, f"sqlite:///{tmp_path}/senaka.db") as made:
        yield made


def test_load_changes_nothing_for_good_and_ends_without_losing_work(ships: Fleet) -> None:
    worker, (address, web) = ships.begin_worker(), ships.web()
    worker.hear("worker: running")
    ships.line.change(latency=LATENCY_SECONDS)
    people = new_people(PEOPLE)
    ships.deliver(ships.line.follow(*people))
    watched = {"web": web, "worker": worker}
    is_over = threading.Event()

    with ThreadPoolExecutor(POSTMEN + 2) as crew, slow_strangers(address):
        took: list[float] = []
        work = [crew.submit(bring, ships, people[number::POSTMEN], took, is_over) for number in range(POSTMEN)]
        refusals = crew.submit(refused, address, is_over)
        start, seen = time.monotonic(), []
        while (passed := time.monotonic() - start) < SECONDS:
            is_over.wait(min(15.0, SECONDS - passed))
            seen.append({name: sizes(process) for name, process in watched.items()})
            print(f"{time.monotonic() - start:5.0f} s  {seen[-1]}", flush=True)
        # The postmen go on while both are told to stop: what was acknowledged must be done by those who come after.
        told, webhooks = time.monotonic(), list(took)
        web.signal(signal.SIGTERM)
        worker.signal(signal.SIGTERM)
        codes = web.wait(), worker.wait()
        drained = time.monotonic() - told
        ships.web()
        ships.worker()
        is_over.set()
        brought = sum(one.result() for one in work)
    print(f"{brought} events, {refusals.result()} wrong signatures refused; drained in {drained:.1f} s, codes {codes}")

    # Threads and connections come and go with what is to be sent, so the highest of the first third is compared.
    early, late = seen[: max(len(seen) // 3, 1)], seen[-max(len(seen) // 3, 1) :]
    grown = {
        f"{name} {what}": (before, after)
        for name in watched
        for what, most in MOST_GROWTH.items()
        if (after := max(one[name][what] for one in late)) - (before := max(one[name][what] for one in early)) > most
    }
    assert drained < DRAIN_SECONDS
    found = ships.check()
    print(found.outcomes)
    calm = PEOPLE + (len(webhooks) - POSTMEN) * BATCH
    print(f"a webhook of {BATCH} messages took {spread(webhooks)}; an answer {spread(answered(found, calm))}")
    assert len(found.events) == brought + PEOPLE
    assert grown == {} or SECONDS <= 120, "a short run sees them warm up"


def spread(seconds: list[float]) -> str:
    """Half of them, nearly all, and the longest."""
    ordered = sorted(seconds)
    half, most = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
    return f"{half:.0f} ms (p50), {most:.0f} ms (p99), {ordered[-1] * 1000:.0f} ms (max)"


def answered(found: Books, first: int) -> list[float]:
    """How long after each of the *first* messages LINE had its answer."""
    told = {json.loads(event.raw).get("replyToken"): event.received_at for event in found.events[:first]}
    sends = [(datetime.fromisoformat(send["at"]), told.get(send["reply_token"])) for send in found.book]
    return [(sent - heard).total_seconds() for sent, heard in sends if heard is not None]


def bring(ships: Fleet, people: list[str], took: list[float], is_over: threading.Event) -> int:
    """Let these people write, a few of them at a time, until it is over; how many events the bot has taken.

    How long each webhook took goes into *took*.
    """
    brought, number = 0, 0
    while not is_over.wait(PAUSE_SECONDS):
        some = [people[(number * BATCH + place) % len(people)] for place in range(BATCH)]
        events = ships.line.acts({"user": who, "act": "say", "text": TEXTS[number % len(TEXTS)]} for who in some)
        # LINE knows one address; behind it is whoever was started last.
        begun = time.perf_counter()
        wait_for(lambda events=events: post(list(ships.webs)[-1], events), "somebody who takes a webhook")
        took.append(time.perf_counter() - begun)
        ships.line.delivered |= {event["webhookEventId"] for event in events}
        brought, number = brought + len(events), number + 1
    return brought


def refused(address: str, is_over: threading.Event) -> int:
    """Somebody who is not LINE, twenty times a second; how often they were turned away."""
    host, number = urlsplit(address).netloc, 0
    while not is_over.wait(0.05):
        try:
            line = http.client.HTTPConnection(host, timeout=10)
            line.request("POST", "/line/webhook", b'{"events":[]}' * 1000, {"x-line-signature": "wrong"})
            number += line.getresponse().status == 400
            line.close()
        except (OSError, http.client.HTTPException):
            continue  # It is being stopped.
    return number


class slow_strangers:  # noqa: N801 - used as a function
    """Connections that begin a request and do not end it."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._where = (parts.hostname or "", parts.port or 0)
        self._lines: list[socket.socket] = []

    def __enter__(self) -> None:
        head = b"POST /line/webhook HTTP/1.1\r\nHost: x\r\n"
        for said in [head] * SLOW_HEADS + [head + b"Content-Length: 100000\r\n\r\n{"] * SLOW_BODIES:
            line = socket.create_connection(self._where)
            line.sendall(said)
            self._lines.append(line)

    def __exit__(self, *exception: object) -> None:
        for line in self._lines:
            line.close()


def sizes(process: Process) -> dict[str, float]:
    """What the process and its children hold: memory of their own, open files, threads."""
    family, found = [process.pid], {"MB": 0.0, "files": 0.0, "threads": 0.0}
    for pid in family:
        place = Path(f"/proc/{pid}")
        try:
            family += [int(one) for path in place.glob("task/*/children") for one in path.read_text("ascii").split()]
            statm = (place / "statm").read_text(encoding="ascii").split()
            found["MB"] += round((int(statm[1]) - int(statm[2])) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024, 1)
            found["files"] += len(list((place / "fd").iterdir()))
            found["threads"] += len(list((place / "task").iterdir()))
        except OSError:
            continue
    return found
