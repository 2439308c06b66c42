import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot import db
from bot.delivery import pace
from bot.delivery.pace import PaceInDatabase, PaceInMemory
from tests.fakes import NOON
from tests.lengths import settings

SECOND = timedelta(seconds=1)


def most_in_a_second(moments: Sequence[datetime]) -> int:
    """The most that any second (its end not counted) holds."""
    return max(sum(1 for other in moments if moment <= other < moment + SECOND) for moment in moments)


def test_requests_are_spread_over_the_second() -> None:
    waits = PaceInMemory({"multicast": 10}, share=1).places("multicast", 4, NOON)

    assert waits == [timedelta(seconds=number / 10) for number in range(4)]


def test_after_a_rest_as_many_may_go_at_once_as_the_limit_leaves_over() -> None:
    slow = PaceInMemory({"multicast": 10}, share=0.8)

    waits = slow.places("multicast", 5, NOON)

    assert waits == [timedelta(0)] * 3 + [timedelta(seconds=0.125), timedelta(seconds=0.25)]


def test_endpoints_do_not_wait_for_each_other() -> None:
    slow = PaceInMemory({"multicast": 1, "push": 1}, share=1)
    slow.places("multicast", 1, NOON)

    assert slow.places("push", 1, NOON) == [timedelta(0)]
    assert slow.places("multicast", 1, NOON) == [SECOND]


def test_nobody_goes_before_the_hold_ends(sessions: db.Sessions) -> None:
    held = pace.shared(sessions)
    held.hold("push", timedelta(seconds=5), NOON)

    [wait] = held.places("push", 1, NOON)

    assert timedelta(seconds=4) < wait <= timedelta(seconds=5)


@settings(deadline=None)
@given(
    st.integers(1, 40),
    st.floats(0.1, 1),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 20)), min_size=1, max_size=20),
)
def test_no_second_holds_more_requests_than_line_allows(limit: int, share: float, takes: list[tuple[int, int]]) -> None:
    line = PaceInMemory({"push": limit}, share=share)
    now, moments = NOON, []
    for milliseconds, count in takes:
        now += timedelta(milliseconds=milliseconds)
        moments += [now + wait for wait in line.places("push", count, now)]

    assert most_in_a_second(moments) <= limit


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Not all of the limit: the database looks at its clock twice, and some microseconds lie between.
@given(
    st.integers(2, 30), st.floats(0.2, 0.95), st.lists(st.integers(1, 10), min_size=1, max_size=12), st.integers(1, 4)
)
def test_nor_does_it_however_many_processes_share_the_limit(
    sessions: db.Sessions, limit: int, share: float, counts: list[int], sharers: int
) -> None:
    moments: list[datetime] = []

    def take() -> None:
        mine = PaceInDatabase(sessions, {"push": limit}, share=share)
        for count in counts:
            first, now = mine.take("push", count)
            waits = mine._lines["push"].waits(first - now, count)
            moments.extend(now + wait for wait in waits)

    threads = [threading.Thread(target=take) for _ in range(sharers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(moments) == sharers * sum(counts)
    assert most_in_a_second(moments) <= limit


def test_a_database_of_its_own_needs_no_line_in_it(sessions: db.Sessions) -> None:
    is_shared = db.engine_of(sessions).dialect.name == "postgresql"

    assert isinstance(pace.shared(sessions), PaceInDatabase if is_shared else PaceInMemory)


def test_a_clock_set_back_lets_nobody_wait_until_it_is_there_again() -> None:
    line = PaceInMemory({"push": 1000}, share=1)
    line.places("push", 3, NOON + timedelta(hours=1))

    assert line.places("push", 1, NOON) == [timedelta(milliseconds=3)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nor_does_a_clock_of_the_databases_that_was_set_back(sessions: db.Sessions) -> None:
    line = PaceInDatabase(sessions, {"push": 100}, share=1)
    line.places("push", 1, NOON)
    with sessions.begin() as session:
        session.execute(sa.text("UPDATE pace_buckets SET free_at = free_at + interval '1 hour'"))

    for _ in range(2):
        assert max(line.places("push", 10, NOON)) <= timedelta(seconds=0.2)
