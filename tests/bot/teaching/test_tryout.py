"""The child process that tries changes out."""

import json
from pathlib import Path

import pytest

from bot.teaching import tryout
from bot.teaching.apprentice import ApprenticeError
from bot.teaching.phrasings import Taught
from bot.understanding.meaning import Candidate, Meaning
from tests.bot.conftest import DENTAL
from tests.conftest import FRIDAY_MORNING

NOTHING = Taught((0,), ())


def test_the_child_tells_what_would_change_and_leaves_the_pack_as_it_is() -> None:
    task = tryout.task(DENTAL, NOTHING, FRIDAY_MORNING, entry_id="faq/whitening", text="しろくしてえ")

    found = tryout.ask(task)

    assert found["after"]["id"] == "faq/whitening"
    assert found["is_heeded"]
    assert not found["does_harm"]


def test_a_child_that_fails_says_of_what_kind_it_was_and_quotes_nothing(tmp_path: Path) -> None:
    task = tryout.task(tmp_path / "nowhere", NOTHING, FRIDAY_MORNING, entry_id=None, text="ひみつ")

    with pytest.raises(ApprenticeError, match="ContentError") as failure:
        tryout.ask(task)

    assert "ひみつ" not in str(failure.value)


def test_what_is_asked_back_is_told_with_its_choices() -> None:
    meaning = Meaning("suggest", candidates=(Candidate("faq/a", 0.4), Candidate("faq/b", 0.3)))

    assert tryout.reading(meaning) == {"id": None, "near": ["faq/a", "faq/b"]}
    assert json.loads(json.dumps(tryout.reading(Meaning("fallback")))) == {"id": None, "near": []}
