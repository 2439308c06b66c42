"""Messages a second through inbox, assistant, outbox and a simulated LINE in one process, against reading them alone."""

from datetime import datetime
from time import perf_counter

import pytest

from bot.app import Knowledge
from bot.talk import House, WoundClock
from tests.benchmarks.bench_understanding import MESSAGES
from tests.benchmarks.conftest import Report

COUNT = 150


def test_bench_the_whole_way_of_a_message(
    knowledge: Knowledge, database_url: str, request: pytest.FixtureRequest, report: Report
) -> None:
    now = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
    begun = perf_counter()
    for text in MESSAGES[:COUNT]:
        knowledge.understanding.read(text, now)
    reading = perf_counter() - begun
    with House(knowledge, WoundClock(now), database_url) as house:
        visitor = house.person()
        begun = perf_counter()
        for text in MESSAGES[:COUNT]:
            house.clock.advance(seconds=1)
            visitor.say(text)
        whole = perf_counter() - begun

    kind = request.node.callspec.params["database_url"]
    report(
        f"{kind}: {COUNT / whole:.0f} messages a second, {whole / reading:.1f} x reading them alone",
        per_second=COUNT / whole,
        ratio=whole / reading,
    )
    assert whole > 0
