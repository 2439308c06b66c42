"""Short messages that only make sense after what was said before."""

import pytest

from bot.understanding.features import said
from bot.understanding.follow_ups import FollowUps
from bot.understanding.morphology import reading
from bot.understanding.normalise import normalise

WORDS = {
    "glue": ["それ", "って", "は", "の", "くらい", "ですか", "やつ"],
    "frame": ["のこと"],
    "count": ["何回", "何秒"],
    "others": ["他", "他には"],
    "none": ["ちがう"],
    "first": ["1", "一番", "上"],
    "second": ["2", "二番目"],
    "last": ["一番下", "最後"],
}


@pytest.fixture
def follow_ups() -> FollowUps:
    return FollowUps(WORDS)


def heard(text: str) -> str:
    return reading(said(normalise(text)))


@pytest.mark.parametrize(
    ("text", "aspect"), [("それって何回くらいですか？", "count"), ("なんびょう", "count"), ("他には？", "others")]
)
def test_reads_what_is_asked_about_the_last_topic(follow_ups: FollowUps, text: str, aspect: str) -> None:
    found = follow_ups.aspect(heard(text))

    assert found is not None
    assert found.aspect == aspect


@pytest.mark.parametrize("text", ["", "それは", "腹筋は何回？", "一番", "のこと何回", "何回" * 30])
def test_a_message_with_a_word_of_its_own_is_none(follow_ups: FollowUps, text: str) -> None:
    assert follow_ups.aspect(heard(text)) is None


@pytest.mark.parametrize(
    ("text", "key"), [("１", "first"), ("上のやつ", "first"), ("2", "second"), ("一番下", "last"), ("ちがう", "none")]
)
def test_reads_which_choice_is_taken(follow_ups: FollowUps, text: str, key: str) -> None:
    found = follow_ups.pick(heard(text), 3)

    assert found is not None
    assert found.aspect == key


def test_a_choice_that_was_not_offered_is_none(follow_ups: FollowUps) -> None:
    assert follow_ups.pick(heard("2"), 1) is None


def test_without_words_nothing_is_a_follow_up() -> None:
    assert FollowUps({}).aspect("なんかい") is None
