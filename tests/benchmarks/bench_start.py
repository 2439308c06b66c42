"""How soon a process of each kind is of use with the shipped pack, and what it holds in memory after its first answer.

Beside it a bare interpreter that imports what `web` imports of others: the floor that no work of ours can go below. The
first start learns the pack and is not counted. Memory is told twice: what is resident, and what is the process's own
share when each page is divided among those who hold it (PSS).
"""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from bot import migrate
from tests.benchmarks.conftest import Report
from tests.test_processes import SECRET, TOKEN, Process, bot, free_port, started, surroundings, wait_for

ROUNDS = 3
SIMULATED = "all in one with the simulator"
FLOOR = "import flask, flask_limiter, flask_login, flask_wtf, sqlalchemy.orm, pydantic_settings, prometheus_client"
PROCFILE = Path(__file__).resolve().parents[2] / "Procfile"


def command(kind: str, port: int) -> list[str]:
    """As the Procfile has it."""
    if kind.startswith("all in one"):
        return bot("serve")
    lines = dict(line.split(": ", 1) for line in PROCFILE.read_text(encoding="utf-8").splitlines())
    said = lines[kind].replace("${HOST:-0.0.0.0}", "127.0.0.1").replace("${PORT:-8000}", str(port))
    words = said.replace("${WEB_CONCURRENCY:-1}", "1").split()
    return [str(Path(sys.executable).with_name(words[0])), *words[1:]]


def answers(address: str) -> bool | None:
    """Whether it answers with 200."""
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status == 200
    except (urllib.error.HTTPError, OSError):
        return None


def megabytes(process: Process) -> tuple[float, float]:
    """What it and its children hold: resident, and their share."""
    resident = share = 0
    for pid in (process.pid, *process.family()):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            resident += int(line.split()[1]) if line.startswith("Rss:") else 0
            share += int(line.split()[1]) if line.startswith("Pss:") else 0
    return resident / 1024, share / 1024


def is_of_use(kind: str, port: int, process: Process) -> Callable[[], bool | None]:
    if kind == "worker":
        return lambda: "worker: running" in process.said or None
    return lambda: answers(f"http://127.0.0.1:{port}/healthz")


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells")
@pytest.mark.parametrize("kind", ["web", "worker", "all in one", SIMULATED])
def test_bench_start_and_memory(tmp_path: Path, report: Report, kind: str) -> None:
    floors, starts, memory = [], [], (0.0, 0.0)
    given = surroundings(tmp_path)
    migrate.upgrade(given["DATABASE_URL"])
    channel = {"LINE_CHANNEL_SECRET": SECRET, "LINE_CHANNEL_ACCESS_TOKEN": TOKEN, "LINE_API_BASE": "http://127.0.0.1:9"}
    for number in range(ROUNDS + 1):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", FLOOR], check=True)
        floor = time.perf_counter() - begun
        port = free_port()
        given = surroundings(tmp_path, PORT=str(port), **(channel if kind != SIMULATED else {}))
        begun = time.perf_counter()
        with started(command(kind, port), tmp_path, given) as process:
            wait_for(is_of_use(kind, port, process), f"{kind} to be of use")
            took = time.perf_counter() - begun
            memory = megabytes(process)
        if number:
            floors.append(floor)
            starts.append(took)
    resident, share = memory
    report(
        f"{kind}: of use after {median(starts):.1f} s = {median(starts) / median(floors):.1f} x importing Flask and "
        f"SQLAlchemy; {resident:.0f} MB resident, {share:.0f} MB its share",
        seconds=median(starts),
        ratio=median(starts) / median(floors),
        resident_mb=resident,
        share_mb=share,
    )
    assert median(starts) > median(floors)
