"""What the benchmarks share: each says what it found in a line, and its figures are kept in a file of the whole run."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

_FIGURES = pytest.StashKey[list[dict[str, object]]]()


class Report(Protocol):
    """Says what a benchmark found."""

    def __call__(self, said: str, **figures: float) -> None:
        """Print what is *said*, and keep the *figures* for the file."""
        ...


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Prints what was found and keeps it for the file that is written at the end of the run."""
    kept = request.config.stash.setdefault(_FIGURES, [])

    def say(said: str, **figures: float) -> None:
        print(f"\n{said}")
        kept.append({"benchmark": request.node.name, "said": said, **figures})

    return say


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write all figures of the run to BENCH_JSON, or to a file of the day in ``var/bench``."""
    found = session.config.stash.get(_FIGURES, [])
    if not found:
        return
    now = datetime.now(UTC)
    path = Path(os.environ.get("BENCH_JSON") or session.config.rootpath / "var" / "bench" / f"{now:%Y-%m-%d}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "processors": os.cpu_count(), "load": os.getloadavg()}
    run = {"at": now.isoformat(timespec="seconds"), "machine": machine, "found": found}
    path.write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
