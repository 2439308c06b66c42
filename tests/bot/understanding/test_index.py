"""What is learnt from a few documents, and what is made of a text with it."""

import pytest

from bot.understanding import index as indexing
from bot.understanding.blocks import Blocks, blocks
from bot.understanding.concepts import Concepts
from bot.understanding.features import said
from bot.understanding.index import Document, Index, Parsed, look
from bot.understanding.normalise import normalise
from bot.understanding.recipe import WHOLE, Recipe

TEXTS = {
    "bread": [
        "パンはありますか",
        "食パンください",
        "焼きたてのパン",
        "クロワッサンがほしい",
        "パン屋さんのパン",
        "あんパンある？",
    ],
    "shoes": ["靴を探しています", "くつのサイズ", "スニーカーある？", "革靴の手入れ", "靴がきつい", "長靴ください"],
    None: ["明日の天気は？", "電車が遅れている", "歌をうたって", "宿題をてつだって", "天気予報", "電車の時間"],
}
NOTHING = Concepts([])


def parsed(text: str, id: str | None = None) -> Parsed:
    return Parsed(Document(id, text), normalise(text), said(normalise(text)))


def of(text: str) -> Blocks:
    _, text, tokens = parsed(text)
    return blocks(NOTHING, tokens, text)


def index(recipe: Recipe = WHOLE) -> Index:
    return learnt([parsed(text, id) for id, texts in TEXTS.items() for text in texts], recipe)


def learnt(documents: list[Parsed], recipe: Recipe = WHOLE) -> Index:
    return indexing.learnt(documents, NOTHING, recipe)[0]


def test_the_best_id_comes_first_and_has_the_biggest_share() -> None:
    looked = look(index(), of("パンとクロワッサン"), 2)

    assert looked.order == [0, 1]
    assert looked.shares == sorted(looked.shares, reverse=True)


def test_what_only_strangers_say_speaks_for_no_id() -> None:
    learnt_index = index()

    assert look(learnt_index, of("明日の電車"), 1).figures[1] < 0 < look(learnt_index, of("食パン"), 1).figures[1]


def test_a_text_without_any_known_word_scores_nothing() -> None:
    looked = look(index(), Blocks([], [], [], 0), 2)

    assert looked.lead == 0
    assert looked.shares == [1 / 2, 1 / 2]


@pytest.mark.parametrize("part", WHOLE._fields)
def test_any_part_of_learning_can_be_left_out(part: str) -> None:
    looked = look(index(WHOLE._replace(**{part: False})), of("パンください"), 2)

    assert looked.order[0] == 0


def test_limits_lie_between_nothing_and_certainty() -> None:
    assert all(0 < limit < 1 for limit in index().limits)


def test_the_order_of_the_pack_decides_nothing_but_the_order_of_the_ids() -> None:
    documents = [parsed(text, id) for id, texts in TEXTS.items() for text in texts]
    one, other = learnt(documents), learnt(documents[::-1])
    for text in ("パンとクロワッサン", "長靴の手入れ", "明日の電車"):
        first, second = look(one, of(text), 2), look(other, of(text), 2)

        assert [one.ids[place] for place in first.order] == [other.ids[place] for place in second.order]
        assert first.shares == pytest.approx(second.shares, abs=0.02)


def test_nothing_to_learn_from_is_an_index_without_ids() -> None:
    empty = learnt([])

    assert look(empty, of("パン"), 4).order == []
    assert look(empty, of("パン"), 4).shares == []
