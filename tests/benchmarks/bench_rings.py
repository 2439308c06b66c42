"""What a tick costs: nothing more for reminders that are not due, and less for each ring the more share a minute."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest

from bot import db
from tests.bot.reminders.world import STRETCH, TRAIN, World, at, crowd
from tests.fakes import FakeClock

CROWD = 2000
OTHERS = 20_000
ROUNDS = 25


def took(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def test_bench_a_tick_costs_what_is_due_not_what_exists(sessions: db.Sessions, request: pytest.FixtureRequest) -> None:
    world = World(sessions, FakeClock(at("2026-11-20 06:00")))
    crowd(world, 1)
    idle = [took(world.plan) for _ in range(ROUNDS)]
    crowd(world, OTHERS, due_at="2027-11-20 07:00", routine=TRAIN)
    ratios = [took(world.plan) / median(idle) for _ in range(ROUNDS)]

    kind = request.node.callspec.params["database_url"]
    print(
        f"\n{kind}: an idle tick beside {OTHERS} reminders: {median(ratios):.2f} x ({min(ratios):.2f}-{max(ratios):.2f})"
    )
    assert median(ratios) < 3


def test_bench_rings_that_share_a_minute(sessions: db.Sessions, request: pytest.FixtureRequest) -> None:
    world = World(sessions, FakeClock(at("2026-11-20 06:00")))
    crowd(world, CROWD)
    crowd(world, 1, routine=TRAIN)
    planning, sending, alone = [], [], []
    for number in range(3):  # The fourth would be the question.
        world.clock.now = at("2026-11-20 07:00") + timedelta(days=number)
        planning.append(took(world.plan) / (CROWD + 1))
        sending.append(took(world.send) / (CROWD + 1))
        world.meet(f"late-{number}")
        world.remind(f"late-{number}", STRETCH, "07:10")
        world.clock.advance(minutes=10)
        alone.append(took(world.plan))

    kind = request.node.callspec.params["database_url"]
    print(f"\n{kind}: {1 / median(planning):.0f} rings planned a second, {1 / median(sending):.0f} sent")
    print(f"one alone costs {median(alone) / median(planning):.0f} x one of {CROWD}")
    assert len(world.outbox()) > 0
