from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery.gate import SEND, Decision, PersonState, decide
from bot.models.outbox import Purpose
from tests.fakes import NOON

FRIEND = PersonState(is_blocked=False, has_stopped_announcements=False, has_reminders=True)


@pytest.mark.parametrize("purpose", ["answer", "reminder", "announcement"])
def test_a_friend_gets_everything_in_time(purpose: Purpose) -> None:
    assert decide(purpose, FRIEND, NOON) == SEND
    assert decide(purpose, FRIEND, NOON, expires_at=NOON + timedelta(seconds=1)) == SEND
    assert decide(purpose, FRIEND, NOON, expires_at=NOON) == Decision("drop", "too-late")


@pytest.mark.parametrize("purpose", ["answer", "reminder", "announcement"])
def test_who_blocked_us_gets_nothing(purpose: Purpose) -> None:
    assert decide(purpose, replace(FRIEND, is_blocked=True), NOON) == Decision("drop", "blocked")


def test_who_stopped_announcements_gets_the_rest() -> None:
    person = replace(FRIEND, has_stopped_announcements=True)

    assert decide("announcement", person, NOON) == Decision("drop", "announcements-stopped")
    assert decide("reminder", person, NOON) == SEND
    assert decide("answer", person, NOON) == SEND


def test_who_has_no_reminder_on_is_not_reminded() -> None:
    person = replace(FRIEND, has_reminders=False)

    assert decide("reminder", person, NOON) == Decision("drop", "reminders-off")
    assert decide("announcement", person, NOON) == SEND


def test_a_stranger_gets_answers_only() -> None:
    assert decide("answer", None, NOON) == SEND
    assert decide("reminder", None, NOON) == Decision("drop", "unknown-person")
    assert decide("announcement", None, NOON) == Decision("drop", "unknown-person")
