"""Messages to meanings, by the shipped pack."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.library import Library
from bot.library.loader import load
from bot.settings import DEFAULT_CONTENT
from bot.understanding.match import Matcher
from bot.understanding.meaning import Context
from tests.lengths import settings

PHRASINGS = [
    (f"shop/{id}", text)
    for id, texts in {
        "bread": ["パンはありますか", "食パンください", "ぱんある？", "焼きたてのパン", "クロワッサンがほしい", "パン"],
        "shoes": ["靴を探しています", "くつのサイズ", "スニーカーある？", "革靴の手入れ", "靴"],
        "hours": ["何時まで開いてますか", "営業時間", "何時から？", "日曜日は休み？", "開店時間を教えて"],
    }.items()
    for text in texts
]


@pytest.fixture(scope="module")
def library() -> Library:
    return load(DEFAULT_CONTENT)


@pytest.fixture(scope="module")
def matcher(library: Library) -> Matcher:
    return Matcher.from_library(library)


@pytest.fixture(scope="module")
def shop() -> Matcher:
    return Matcher.from_phrasings(PHRASINGS)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("僧帽筋", "term/trapezius"),
        ("料金", "faq/price"),
        ("りょうきん", "faq/price"),
        ("ﾊﾞｰﾄﾞﾄﾞｯｸﾞのやり方", "exercise/bird-dog"),
        ("健康骨回しのやり方", "exercise/shoulder-circles"),
        ("後輩筋って何", "term/latissimus-dorsi"),
        ("予約じゃなくて場所が知りたい", "faq/access"),
        ("駐車場はどこにありますか", "faq/access"),
    ],
)
def test_answers_at_once(matcher: Matcher, text: str, id: str) -> None:
    meaning = matcher.read(text)

    assert (meaning.outcome, meaning.id) == ("answer", id)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("背中", "article/back-slimming"),
        ("タオル", "exercise/towel-rowing"),
        ("姿勢", "faq/posture-look"),
        ("食事のこと", "faq/meal-advice"),
        ("夜のやつ", "routine/night-release"),
    ],
)
def test_a_word_that_many_ids_share_is_asked_back(matcher: Matcher, text: str, offered: str) -> None:
    meaning = matcher.read(text)

    assert meaning.outcome == "suggest"
    assert offered in [candidate.id for candidate in meaning.candidates]
    assert len({candidate.id for candidate in meaning.candidates}) == len(meaning.candidates) <= 4


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("場所", "faq/access"),
        ("場所教えて", "faq/access"),
        ("ホーム", "command/menu"),
        ("記事", "command/articles"),
        ("クレーム", "command/talk-to-staff"),
        ("おけ", "command/thanks"),
        ("転職したい", None),
    ],
)
def test_nor_is_it_asked_back_where_it_is_a_phrasing_of_one_and_in_no_other_ones_name(
    matcher: Matcher, text: str, id: str | None
) -> None:
    meaning = matcher.read(text)

    assert (meaning.id, meaning.outcome == "suggest") == (id, False)


@pytest.mark.parametrize("text", ["深呼吸", "頻度は？", "チェックしたい"])
def test_what_is_in_another_ones_name_as_well_is_asked_back(matcher: Matcher, text: str) -> None:
    assert matcher.read(text).outcome == "suggest"


@pytest.mark.parametrize("text", ["ベランダの鳩をどうにかしたい", "高速バスの予約", "자전거", "🤔", ""])
def test_what_is_not_ours_gets_no_answer(matcher: Matcher, text: str) -> None:
    assert matcher.read(text).id is None


@pytest.mark.parametrize("text", ["記録を見せて", "記録見せて", "記録は見せて"])
def test_a_phrasing_is_known_with_and_without_the_particles_that_people_drop(matcher: Matcher, text: str) -> None:
    assert matcher.read(text).id == "command/progress"


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("靴を探してるの？", None),
        ("パンはあるの？", "shop/bread"),
        ("何時まで開いてるかな", "shop/hours"),
        ("パンはない？", None),
    ],
)
def test_a_phrasing_is_known_with_another_ending_but_not_denied(shop: Matcher, text: str, id: str | None) -> None:
    meaning = shop.read(text)

    assert (meaning.id if meaning.score == 1.0 else None) == id


def test_commands_checks_and_routines_are_commands(matcher: Matcher) -> None:
    assert matcher.read("メニュー").outcome == "command"
    assert matcher.read("朝のストレッチ").outcome == "command"


def test_safety_entries_are_no_candidates(matcher: Matcher) -> None:
    assert not any(candidate.id.startswith("safety/") for candidate in matcher.rank("背中"))


def test_tells_which_words_decided(matcher: Matcher) -> None:
    why = " ".join(matcher.read("うちのパグと整体に行って料金を払うといくらなんですか").why)

    assert "料金" in why
    assert "パグ" in why


def test_another_pack_needs_no_language_files(shop: Matcher) -> None:
    assert shop.read("クロワッサン").id == "shop/bread"
    assert shop.rank("あたらしいスニーカー")[0].id == "shop/shoes"
    assert {candidate.id for candidate in shop.rank("何でも")} == {"shop/bread", "shop/shoes", "shop/hours"}


def test_what_was_learnt_is_kept_and_decides_alike(tmp_path: Path) -> None:
    first = Matcher.from_phrasings(PHRASINGS, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    second = Matcher.from_phrasings(PHRASINGS, cache=tmp_path)

    assert kept.suffix == ".npz"
    assert second.rank("靴のサイズ") == first.rank("靴のサイズ")


def test_a_broken_file_is_learnt_anew(tmp_path: Path) -> None:
    Matcher.from_phrasings(PHRASINGS, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_text("{")

    assert Matcher.from_phrasings(PHRASINGS, cache=tmp_path).read("靴").id == "shop/shoes"


@pytest.mark.parametrize(
    ("text", "id", "aspect"),
    [
        ("それって何回?", "exercise/bird-dog", "count"),
        ("毎日は？", "exercise/bird-dog", "frequency"),
        ("もっと詳しく", "exercise/bird-dog", "more"),
        ("やり方は?", "exercise/bird-dog", "how"),
        ("ちゅういてんは？", "exercise/bird-dog", "caution"),
    ],
)
def test_an_ellipsis_is_about_the_last_topic(matcher: Matcher, text: str, id: str, aspect: str) -> None:
    meaning = matcher.read(text, Context(topic=id))

    assert (meaning.outcome, meaning.id, meaning.slots) == ("answer", id, {"aspect": aspect})


def test_what_else_offers_the_neighbours(matcher: Matcher, library: Library) -> None:
    meaning = matcher.read("他には?", Context(topic="exercise/bird-dog"))

    assert (meaning.outcome, meaning.slots) == ("suggest", {"aspect": "others"})
    assert tuple(candidate.id for candidate in meaning.candidates) == library.siblings("exercise/bird-dog")


def test_a_new_topic_wins_over_the_last_one(matcher: Matcher) -> None:
    assert matcher.read("料金は?", Context(topic="exercise/bird-dog")).id == "faq/price"


def test_a_choice_is_taken_from_what_was_offered(matcher: Matcher) -> None:
    context = Context(topic="faq/hours", offered=("faq/price", "faq/hours", "exercise/walk"))

    assert matcher.read("２番目のやつ", context).id == "faq/hours"
    assert matcher.read("ちがう", context).slots == {"aspect": "none"}


JAPANESE = "背中が熱い料金予約ねこぜタオルやり方教えて一番です ストレッチmenu1？！"


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=60) | st.text(alphabet=JAPANESE, max_size=5000))
def test_any_text_gets_an_outcome(matcher: Matcher, text: str) -> None:
    meaning = matcher.read(text, Context(topic="faq/price", offered=("faq/price", "faq/hours")))

    assert (meaning.id is None) == (meaning.outcome in ("suggest", "fallback"))
    assert len(meaning.candidates) <= 4


@settings(deadline=None, max_examples=60)
@given(
    text=st.text(alphabet=JAPANESE, max_size=30),
    tail=st.sampled_from(["😂", "ｗ", "w", "www", "✨✨", "！", "🙏🏻", "(笑)"]),
)
def test_width_case_emoji_and_laughter_change_nothing(matcher: Matcher, text: str, tail: str) -> None:
    plain = matcher.read(text)
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text.upper())

    assert unicodedata.normalize("NFKC", wide).lower() == unicodedata.normalize("NFKC", text).lower()
    assert matcher.read(wide) == plain
    assert matcher.read(text + tail) == plain
