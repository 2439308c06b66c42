"""Webhooks a second, kept before they are acknowledged, beside a route that keeps nothing and beside the usual sample."""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import db
from bot.models import InboxEvent
from tests.benchmarks.conftest import Report
from tests.test_processes import ROOT, free_port

FOLDER = Path(__file__).parent
CONNECTIONS, COUNT, ROUNDS = 32, 1500, int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = 4
THREADS = os.environ.get("BENCH_THREADS", "16")


@contextmanager
def process(*command: str, **environment: str) -> "Iterator[subprocess.Popen[str]]":
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
    with subprocess.Popen(command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.terminate()


@contextmanager
def served(app: str, database_url: str, line: str) -> Iterator[int]:
    """A server with this way of taking webhooks; its port."""
    port = free_port()
    granian = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--no-ws"]
    place = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", THREADS]
    given = {"BENCH_APP": app, "DATABASE_URL": database_url, "LINE_API_BASE": line}
    with process(*granian, *place, "--log-level", "error", "tests.benchmarks.webhook_apps:web", **given):
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/line/webhook", timeout=5)
            except urllib.error.HTTPError:
                break  # It answers: such a page can only be posted to.
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield port


def load(port: int, count: int, run: str) -> float:
    command = [sys.executable, str(FOLDER / "webhook_load.py"), str(port), str(CONNECTIONS), str(count), run]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return float(done.stdout)


def paced(port: int, rate: float, run: str) -> dict[str, Any]:
    command = [sys.executable, str(FOLDER / "webhook_pace.py"), str(port), "64", str(rate), str(SECONDS), run]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_bench_webhooks_at_half_and_at_twice_what_is_held(
    database_url: str, request: pytest.FixtureRequest, report: Report
) -> None:
    with served("ours", database_url, "http://127.0.0.1:9") as port:
        load(port, COUNT // 3, "warm")
        held = load(port, COUNT, "held")
        half, twice = paced(port, held / 2, "half"), paced(port, held * 2, "twice")
    report(
        f"{request.node.callspec.params['database_url']}: holds {held:.0f}/s; at half of it half of them take "
        f"{half['half_ms']:.1f} ms, 99 % {half['p99_ms']:.1f} ms; at twice of it for {SECONDS} s all are answered "
        f"{twice['said']}, the last after {twice['longest_ms'] / 1000:.1f} s",
        held_per_second=held,
        half_p99_ms=half["p99_ms"],
        twice_longest_ms=twice["longest_ms"],
    )
    assert set(half["said"]) == set(twice["said"]) == {"200"}


def test_bench_webhooks(
    sessions: db.Sessions, database_url: str, request: pytest.FixtureRequest, report: Report
) -> None:
    rates: dict[str, list[float]] = {"bare": [], "ours": [], "usual": []}
    with ExitStack() as running:
        line = running.enter_context(process(sys.executable, str(FOLDER / "line_server.py"), "50"))
        assert line.stdout is not None
        address = f"http://127.0.0.1:{int(line.stdout.readline())}"
        ports = {app: running.enter_context(served(app, database_url, address)) for app in rates}
        for number in range(ROUNDS + 1):  # The first warms up.
            for app, port in ports.items():
                count = COUNT if app != "usual" else COUNT // 5
                rates[app].append(load(port, count, f"{app}-{number}"))

    with sessions() as session:
        ours = session.scalar(
            sa.select(sa.func.count()).where(InboxEvent.webhook_event_id.startswith("ours-", autoescape=True))
        )
    assert ours == COUNT * (ROUNDS + 1)
    bare, mine, usual = (rates[app][1:] for app in ("bare", "ours", "usual"))
    ratios = [one / other for one, other in zip(mine, bare, strict=True)]
    report(
        f"{request.node.callspec.params['database_url']}, {THREADS} threads: bare {statistics.median(bare):.0f}/s, "
        f"ours {statistics.median(mine):.0f}/s = {statistics.median(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}], "
        f"usual sample {statistics.median(usual):.0f}/s = {statistics.median(usual) / statistics.median(bare):.2f}",
        per_second=statistics.median(mine),
        ratio=statistics.median(ratios),
        lowest_ratio=min(ratios),
    )
    assert statistics.median(ratios) > 0.05
