"""Pushes and multicasts a second out of the outbox at a LINE that takes 50 ms, and what each costs in processor time."""

import json
import multiprocessing
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import db
from bot.delivery import lane, outbox, pace
from bot.delivery.pace import LIMITS
from bot.delivery.rules import Rules
from bot.delivery.sender import Sender
from bot.line.messenger import LineMessenger
from bot.models import OutboxMessage, Person
from tests.benchmarks.conftest import Report
from tests.fakes import NOON

HELLO = [{"type": "text", "text": "肩のストレッチの時間です。無理のない範囲でどうぞ。"}]
DELAY = 50
PUSHES, BATCHES = 4000, 600
WORKERS = 3
GENEROUS = Rules(most_a_day=10_000, most_a_week=10_000)


@pytest.fixture
def line() -> Iterator[str]:
    """A LINE in a process of its own that answers after DELAY milliseconds; its address."""
    command = [sys.executable, str(Path(__file__).with_name("line_server.py")), str(DELAY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.terminate()


def counts(line: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{line}/counts", timeout=10) as response:
        found: dict[str, Any] = json.load(response)
    return found


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def meet(sessions: db.Sessions, count: int) -> list[str]:
    names = [f"U{number:032x}" for number in range(count)]
    row = {"created_at": NOON, "last_seen_at": NOON, "offered": [], "step_data": {}}
    with sessions.begin() as session:
        session.execute(sa.insert(Person), [{"line_user_id": name, **row} for name in names])
    return names


def send_all(sessions: db.Sessions, line: str, share: float = 0.9) -> tuple[float, float]:
    """Send what is in the outbox; the seconds that it took, and those of this process's processor."""
    begun = time.perf_counter()
    sender = Sender(
        sessions,
        lambda: NOON + timedelta(seconds=time.perf_counter() - begun),
        LineMessenger("token", line),
        rules=lambda: GENEROUS,
        pace=pace.shared(sessions, share),
    )
    lanes = lane.lanes(sender)
    begun, used = time.perf_counter(), spent()
    for one in lanes:
        one.start()
    deadline = time.monotonic() + 120
    for one in lanes:
        one.finish(deadline)
    took = time.perf_counter() - begun, spent() - used
    for one in lanes:
        one.stop()
    for one in lanes:
        one.join(deadline)
    return took


def send_beside_others(url: str, line: str) -> float:
    """In a process of its own: send what the others have not in hand; the seconds of its processor."""
    sessions = db.connect(url)
    _, used = send_all(sessions, line)
    db.engine_of(sessions).dispose()
    return used


def write_pushes(sessions: db.Sessions, count: int) -> None:
    names = meet(sessions, 1000)
    with sessions.begin() as session:
        for number in range(count):
            outbox.add_push(session, to=names[number % 1000], payload=HELLO, purpose="answer", priority=1, now=NOON)


def outcomes(sessions: db.Sessions) -> list[str | None]:
    with sessions() as session:
        return list(session.scalars(sa.select(OutboxMessage.outcome).distinct()))


def test_bench_pushes(sessions: db.Sessions, line: str, database_url: str, report: Report) -> None:
    write_pushes(sessions, PUSHES)

    wall, used = send_all(sessions, line)

    found = counts(line)
    assert (found["asked"]["push"], found["twice"], outcomes(sessions)) == (PUSHES, 0, ["accepted"])
    report(
        f"{database_url[:10]} pushes at {DELAY} ms: {PUSHES / wall:.0f}/s of at most {lane.CONNECTIONS * 1000 / DELAY:.0f}, "
        f"{used / PUSHES * 1000:.2f} ms of processor each, {used / wall:.2f} of a core",
        per_second=PUSHES / wall,
        processor_ms=used / PUSHES * 1000,
    )


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_bench_pushes_by_three_workers(sessions: db.Sessions, line: str, database_url: str, report: Report) -> None:
    write_pushes(sessions, WORKERS * PUSHES)
    processes = multiprocessing.get_context("spawn")
    together = processes.Barrier(WORKERS)  # Each has imported what it needs before the first one sends.

    with ProcessPoolExecutor(WORKERS, processes, initializer=together.wait) as pool:
        used = sum(pool.map(send_beside_others, [database_url] * WORKERS, [line] * WORKERS))

    found = counts(line)
    assert (found["asked"]["push"], found["twice"], outcomes(sessions)) == (WORKERS * PUSHES, 0, ["accepted"])
    wall = found["seconds"]
    report(
        f"postgresql pushes by {WORKERS} workers at {DELAY} ms: {WORKERS * PUSHES / wall:.0f}/s of LINE's {LIMITS['push']:.0f}, "
        f"most in a second {found['most_in_a_second']}, {used / (WORKERS * PUSHES) * 1000:.2f} ms of processor each, "
        f"{used / wall:.2f} cores",
        per_second=WORKERS * PUSHES / wall,
        processor_ms=used / (WORKERS * PUSHES) * 1000,
    )


@pytest.mark.parametrize("is_judged", [True, False], ids=["judged", "to judge"])
def test_bench_multicasts(sessions: db.Sessions, line: str, database_url: str, report: Report, is_judged: bool) -> None:
    names = meet(sessions, 500)
    with sessions.begin() as session:
        for number in range(BATCHES):
            outbox.add_multicast(
                session,
                to=names,
                payload=HELLO,
                purpose="announcement",
                now=NOON,
                reference=str(number),
                judged_at=NOON if is_judged else None,  # As all of one are who live where the practice is.
            )

    wall, used = send_all(sessions, line, share=1)

    found = counts(line)
    assert (found["asked"]["multicast"], found["twice"], found["recipients"]) == (BATCHES, 0, BATCHES * 500)
    assert outcomes(sessions) == ["accepted"]
    report(
        f"{database_url[:10]} multicasts {'judged' if is_judged else 'to judge'} at {DELAY} ms: "
        f"{BATCHES / wall:.0f}/s of LINE's 200, most in a second "
        f"{found['most_in_a_second']}, {used / BATCHES * 1000:.2f} ms of processor each, {used / wall:.2f} of a core",
        per_second=BATCHES / wall,
        processor_ms=used / BATCHES * 1000,
    )
