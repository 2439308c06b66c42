"""The questions of checks and of the welcome: what a pack may write, and what the welcome then offers."""

import shutil
from pathlib import Path

import pytest

from bot.library.loader import ContentError, load
from bot.library.questions import Welcome

DENTAL = Path(__file__).resolve().parents[2] / "data" / "packs" / "dental"
GOOD = """questions:
  - slug: why
    ask: なぜ？
    choices:
      - {slug: a, label: あ, words: [あ], routines: [routine/r]}
      - {slug: b, label: い, words: [い], routines: [routine/s]}
"""


def welcome(*questions: dict[str, tuple[str, ...]]) -> Welcome:
    return Welcome.model_validate(
        {
            "questions": [
                {
                    "slug": f"q{number}",
                    "ask": "?",
                    "choices": [
                        {"slug": slug, "label": slug, "words": [slug], "routines": [f"routine/{id}" for id in ids]}
                        for slug, ids in choices.items()
                    ],
                }
                for number, choices in enumerate(questions)
            ]
        }
    )


def test_what_is_named_most_often_comes_first_then_what_the_last_answer_names() -> None:
    asked = welcome({"a": ("x", "y"), "b": ("z",)}, {"c": ("y",), "d": ("w", "v")})

    assert asked.fitting({"q0": "a", "q1": "c"}) == ["routine/y", "routine/x"]
    assert asked.fitting({"q0": "a", "q1": "d"}) == ["routine/w", "routine/v", "routine/x", "routine/y"]
    assert asked.fitting({}) == []


def test_a_pack_without_a_welcome_has_none() -> None:
    assert load(DENTAL).welcome is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD, "welcome.yaml: 5: routines: routine/r is no routine of the pack; mend the id or remove it"),
        (GOOD.replace("slug: b", "slug: a"), "welcome.yaml: 2: questions: two choices have one slug; name them apart"),
        (
            GOOD.replace("words: [い]", "words: [い], like: [nonsense]"),
            "welcome.yaml: 6: like: 'nonsense' is no key of language/words.yaml; mend it",
        ),
        (GOOD.replace("questions:", "fragen:"), "welcome.yaml: 1: questions: is missing; add it"),
        ("questions: []", "welcome.yaml: 1: questions: has 0; give at least 1"),
        ("- a", "welcome.yaml: 1: must hold lines of the form `key: value`"),
    ],
)
def test_every_mistake_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    shutil.copytree(DENTAL, tmp_path / "pack")
    (tmp_path / "pack" / "welcome.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ContentError) as caught:
        load(tmp_path / "pack")
    assert any(line.startswith(told) for line in str(caught.value).splitlines()), str(caught.value)
