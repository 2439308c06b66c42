"""The matcher without one of its parts."""

import pytest

from bot.library.schema import Language
from bot.teaching.knowledge import Knowledge
from bot.understanding.ablation import GROUPS, LEFT_OUT, lessened, pace
from bot.understanding.match import Matcher, documents_of
from bot.understanding.meaning import Meaning
from bot.understanding.recipe import Recipe

UNCLEAR = "隣の店は何時までですか"


@pytest.fixture(scope="module")
def lesser(dental: Knowledge) -> dict[str, Matcher]:
    """The matcher of a dental practice without each of its parts."""
    language = dental.library.language.model_copy(update={"synonyms": (("ホワイトニング", "ブリーチ"),)})
    return dict(lessened(documents_of(dental.library), language))


def test_every_part_of_the_recipe_has_its_turn(lesser: dict[str, Matcher]) -> None:
    assert tuple(LEFT_OUT.values()) == Recipe._fields
    assert list(lesser) == [*LEFT_OUT, GROUPS]


def test_groups_of_synonyms_have_no_turn_where_there_are_none(dental: Knowledge) -> None:
    assert GROUPS not in dict(lessened(documents_of(dental.library), Language()))


def test_without_doubt_everything_is_answered(dental: Knowledge, lesser: dict[str, Matcher]) -> None:
    assert dental.understanding.matcher.read(UNCLEAR).id is None
    assert lesser["doubt"].read(UNCLEAR).id is not None


def test_without_groups_a_synonym_is_a_strange_word(lesser: dict[str, Matcher]) -> None:
    first = {part: lesser[part].rank("ブリーチしたいです")[0].id for part in ("mending of slips", GROUPS)}

    assert first["mending of slips"] == "faq/whitening" != first[GROUPS]


def test_the_pace_is_about_one_for_the_same_reading() -> None:
    def read(text: str) -> Meaning:
        return Meaning("fallback", score=sum(range(20_000)))

    assert 0.3 < pace(read, read, ["虫歯"] * 5) < 3
