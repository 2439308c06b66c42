"""What the tests of reminders share: a world on a Friday morning in Tokyo."""

from collections.abc import Iterator

import pytest

from bot import db
from tests.bot.reminders.world import World, at, in_memory
from tests.fakes import FakeClock


@pytest.fixture
def world() -> Iterator[World]:
    """A world in memory, with nobody in it."""
    sessions = in_memory()
    yield World(sessions, FakeClock(at("2026-11-20 06:00")))
    db.engine_of(sessions).dispose()


@pytest.fixture
def world_on_both(sessions: db.Sessions) -> World:
    """A world on SQLite, then on PostgreSQL."""
    return World(sessions, FakeClock(at("2026-11-20 06:00")))
