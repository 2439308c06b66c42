"""Colours can be read, or are refused in words that say what to do."""

import pytest

from bot.library.colours import contrast
from bot.library.loader import ContentError, load
from bot.library.practice import Practice
from bot.library.writing import plain
from bot.settings import DEFAULT_CONTENT


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#ffffff", "#FFFFFF", 1.0),
        ("#767676", "#FFFFFF", 4.54),
        ("#777777", "#FFFFFF", 4.48),
    ],
)
def test_contrast_is_what_the_guidelines_reckon(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == round(contrast(other, one), 2) == ratio


def test_all_that_a_practice_cannot_be_is_said_at_once_with_what_to_do() -> None:
    practice = plain(load(DEFAULT_CONTENT).practice)
    wrong = {"accent": "#777777", "line_id": "123abcde", "assistant": "LINEのせなか"}
    long = {"message/button_menu": {"text": "あ" * 21}, "message/thanks_text": {"text": "あ" * 1001}}

    with pytest.raises(ContentError) as caught:
        load(DEFAULT_CONTENT, edits={"practice": practice | wrong, **long})

    said = str(caught.value)
    assert (
        "accent: #777777 has a contrast of 4.4 : 1 on white, which is hard to read; choose a darker one (4.5 : 1)"
        in said
    )
    assert "line_id: '123abcde' is not of the right form" in said
    assert "assistant: must have at most 20 characters and not the word LINE in it" in said
    assert "button_menu: has 21 characters; shorten it to 20" in said
    assert "thanks_text: has 1001 characters; shorten it to 1000" in said


def test_a_practice_may_have_a_colour_a_name_and_an_id_of_its_own() -> None:
    practice = plain(load(DEFAULT_CONTENT).practice)
    own = {"accent": "#8A1C5B", "line_id": "@seitai.senaka", "assistant": "せなか"}

    assert Practice.model_validate(practice | own).accent == "#8A1C5B"
