"""What the tests of the check share: the shipped practice, read without the rest of its pack."""

import pytest
import yaml

from bot.library.practice import Practice
from bot.settings import DEFAULT_CONTENT


@pytest.fixture(scope="session")
def practice() -> Practice:
    """The shipped practice as one without licences: what a trade may not say is tried apart."""
    written = yaml.safe_load((DEFAULT_CONTENT / "practice.yaml").read_text(encoding="utf-8"))
    return Practice.model_validate({**written, "trade": "seitai"})
