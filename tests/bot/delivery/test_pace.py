from datetime import timedelta

from bot.delivery.pace import Pace
from tests.fakes import NOON


def test_requests_are_spread_over_the_second() -> None:
    pace = Pace({"multicast": 10}, share=1)

    waits = [pace.wait("multicast", NOON) for _ in range(4)]

    assert waits == [timedelta(seconds=number / 10) for number in range(4)]


def test_after_a_rest_a_seconds_worth_may_go_at_once() -> None:
    pace = Pace({"multicast": 10}, share=1)
    pace.wait("multicast", NOON)

    waits = [pace.wait("multicast", NOON + timedelta(hours=1)) for _ in range(12)]

    assert waits[:11] == [timedelta(0)] * 11
    assert waits[11] == timedelta(seconds=0.1)


def test_endpoints_do_not_wait_for_each_other() -> None:
    pace = Pace({"multicast": 1, "push": 1}, share=1)
    pace.wait("multicast", NOON)

    assert pace.wait("push", NOON) == timedelta(0)
    assert pace.wait("multicast", NOON) == timedelta(seconds=1)


def test_nobody_goes_before_the_hold_ends() -> None:
    pace = Pace({"push": 1000}, share=1)
    pace.hold("push", NOON + timedelta(seconds=5))

    assert pace.wait("push", NOON) == timedelta(seconds=5)


def test_a_clock_set_back_lets_nobody_wait_until_it_is_there_again() -> None:
    pace = Pace({"push": 1000}, share=1)
    pace.wait("push", NOON + timedelta(hours=1))

    assert pace.wait("push", NOON) == timedelta(0)
