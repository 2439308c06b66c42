"""What the fuzz tests share: how long they go on, how their memory is watched, and the console with somebody signed in."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.bot.web.console.conftest import (  # noqa: F401 - fixtures
    app,
    aside,
    pages,
    quick_hashes,
    settings,
    staff,
    web_sites,
)

TESTS = 7
SECONDS = float(os.environ.get("SOAK_MINUTES", "0")) * 60 / TESTS
"""How long each test goes on; without the setting it is one short round, the same every time."""
MOST_GROWTH_MB = 64

FEW = hypothesis_settings(
    max_examples=200 if SECONDS else 40,
    derandomize=not SECONDS,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> Callable[[], Iterator[int]]:
    """One round in a short run; in a long one as many as fit into its time, and memory must not grow with them."""

    def go_round() -> Iterator[int]:
        end, number, before = time.monotonic() + SECONDS, 0, 0.0
        while True:
            yield number
            number += 1
            if number == 3:  # By then all that is kept for good is there.
                before = resident_mb()
            if time.monotonic() >= end:
                break
        if SECONDS and before:
            after = resident_mb()
            print(f"\n{request.node.name}: {number} rounds, {before:.0f} MB after the third, {after:.0f} MB at the end")
            assert after - before < MOST_GROWTH_MB

    return go_round


def resident_mb() -> float:
    """How much of the machine's memory this process has."""
    gc.collect()
    held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return held * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024
