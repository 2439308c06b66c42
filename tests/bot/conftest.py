"""What the tests of the program's parts share: knowledge that is small and so quick to learn."""

from pathlib import Path

import pytest

from bot.teaching.knowledge import Knowledge, learn

DENTAL = Path(__file__).resolve().parents[1] / "data" / "packs" / "dental"


@pytest.fixture(scope="session")
def dental() -> Knowledge:
    """What a dental practice's pack teaches."""
    return learn(DENTAL, cache=None)
