"""The self-checks: answers in one's own words, questions in between, red flags, endings."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from typing import cast

import pytest

from bot.app import Knowledge
from bot.library.questions import CheckChoice
from bot.library.schema import Check
from bot.talk import Heard, House, Visitor
from bot.understanding import choices
from handlers import own_words

Talk = Callable[[str], Heard]
ANSWERS = Path(__file__).parents[1] / "data" / "check-answers.jsonl"
HEAT, SLIMMING = "背中の熱のセルフチェック", "背中痩せチェック"


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


def outcome(heard: Heard) -> tuple[str, str | None]:
    assert heard.reply is not None
    return heard.reply.outcome, heard.reply.about


def test_answers_in_peoples_own_words_are_taken_for_what_they_mean(knowledge: Knowledge) -> None:
    rows = [json.loads(line) for line in ANSWERS.read_text(encoding="utf-8").splitlines()]
    right: Counter[str] = Counter()
    for row in rows:
        entry = cast(Check, knowledge.library.entries[row["check"]])
        question = next(question for question in entry.questions if question.slug == row["question"])
        options = own_words.options(knowledge.library, question.choices)
        synonyms = knowledge.library.language.synonyms
        right[row["choice"]] += choices.choose(row["text"], options, synonyms, date(2026, 11, 20)) == row["choice"]

    grave = {choice.slug for choice in _all_choices(knowledge) if choice.safety is not None}
    of_answers = [row for row in rows if row["choice"] not in grave]
    assert sum(right[slug] for slug in right if slug not in grave) / len(of_answers) > 0.97
    # What is dangerous is caught before that, by the safety rules; this is the second net.
    assert sum(right[slug] for slug in grave) / (len(rows) - len(of_answers)) > 0.85


def _all_choices(knowledge: Knowledge) -> list[CheckChoice]:
    return [c for check in knowledge.library.of(Check) for question in check.questions for c in question.choices]


def test_back_heat_asks_three_questions_and_back_slimming_four_each_with_quick_replies(talk: Talk) -> None:
    for name, answers in (
        (HEAT, ("夜", "3日くらい前から", "特にないです")),
        (SLIMMING, ("5分なら", "硬い", "ある", "ない")),
    ):
        heard = talk(name)
        for number, answer in enumerate(answers, start=1):
            assert f"{number}/{len(answers)}" in said(heard)
            assert len(heard.actions) >= 2
            heard = talk(answer)
        assert "診断ではありません" in said(heard)


@pytest.mark.parametrize(
    "text",
    [
        "今朝から",
        "3日くらい前から",
        "2、3週間",
        "ここ1か月",
        "半年前",
        "半年ほど前からだと思います",
        "2か月くらい",
        "ずっと",
        "ずっとです",
    ],
)
def test_how_long_alone_is_no_red_flag(talk: Talk, text: str) -> None:
    talk(HEAT)
    talk("夜")

    assert "3/3" in said(talk(text))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (2, "うん、ある"),
        (2, "タオルはあります"),
        (2, "持ってへん"),
        (2, "持ってない"),
        (1, "普通だと思う"),
        (3, "特にないです"),
        (3, "今のところないです"),
    ],
)
def test_a_plain_answer_is_no_alarm_however_it_sounds(talk: Talk, question: int, text: str) -> None:
    talk(SLIMMING)
    for answer in ("5分なら", "かたい", "ある")[:question]:
        talk(answer)

    assert outcome(talk(text)) == ("command", "check/back-slimming")


@pytest.mark.parametrize(
    ("text", "safety"),
    [
        ("38度ある", "safety/see-doctor"),
        ("手がしびれる", "safety/see-doctor"),
        ("急に胸が締めつけられて冷や汗が出る", "safety/emergency"),
        ("妊娠中です", "safety/see-doctor"),
        ("だんだん悪化してる", "safety/see-doctor"),
    ],
)
def test_a_red_flag_ends_the_check_in_safety(talk: Talk, text: str, safety: str) -> None:
    talk(HEAT)
    talk("夜")
    talk("1週間くらい")

    assert outcome(talk(text)) == ("safety", safety)
    assert outcome(talk("続き")) != ("command", "check/back-heat")


def test_no_dangerous_example_is_ever_a_harmless_answer(knowledge: Knowledge) -> None:
    library = knowledge.library
    dangers = [text for texts in library.language.safety_examples.dangers.values() for text in texts[::12]]
    assert len(dangers) > 100
    for question in [question for check in library.of(Check) for question in check.questions]:
        grave = {choice.slug for choice in question.choices if choice.safety is not None}
        options = own_words.options(library, question.choices)
        taken = {text: choices.plain(text, options, date(2026, 11, 20)) for text in dangers}
        assert {text: slug for text, slug in taken.items() if slug is not None and slug not in grave} == {}


def test_every_grave_choice_tapped_ends_in_its_safety(house: House, knowledge: Knowledge) -> None:
    for check in knowledge.library.of(Check):
        for number, question in enumerate(check.questions):
            for choice in (choice for choice in question.choices if choice.safety is not None):
                visitor = house.person()
                visitor.follow()
                visitor.phone.postback(f"open {check.id}")
                for before in check.questions[:number]:
                    visitor.phone.postback(f"check {check.id} {before.slug} {before.choices[0].slug}")
                event = visitor.phone.postback(f"check {check.id} {question.slug} {choice.slug}")
                house.work()
                reply = house.reply_to(event)
                assert reply is not None
                assert (reply.outcome, reply.about) == ("safety", choice.safety), choice.label
                house.clock.advance(seconds=5)


def test_a_red_flag_by_button_bars_from_exercise_for_this_talk(visitor: Visitor, talk: Talk) -> None:
    talk(SLIMMING)
    for label in ("10分くらい", "ふつう", "タオルがある"):
        visitor.tap(label)
    assert outcome(visitor.tap("妊娠中・手術後")) == ("safety", "safety/see-doctor")

    assert outcome(talk("朝のストレッチやりたい")) == ("safety", "safety/see-doctor")


@pytest.mark.parametrize("back", ["チェックの続きに戻る", "続き", "続きから"])
@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("駐車場はありますか？", "faq/access"),
        ("朝のストレッチ見せて", "routine/morning-stretch"),
        ("背中痩せの記事が読みたい", "article/back-slimming"),
        ("毎晩9時にお風呂のやつを知らせて", "command/reminder-set"),
        ("記録を見せて", None),
    ],
)
def test_what_comes_in_between_is_answered_and_the_check_waits(
    talk: Talk, question: str, about: str | None, back: str
) -> None:
    talk(SLIMMING)
    talk("10分くらい")
    aside = talk(question)
    assert "チェックの続きに戻る" in said(aside)
    if about is not None:
        assert outcome(aside)[1] == about

    if (
        about != "article/back-slimming" or back == "チェックの続きに戻る"
    ):  # 「続き」 of an article is its next section.
        assert "2/4" in said(talk(back))


def test_the_button_leads_back_from_behind_an_article(visitor: Visitor, talk: Talk) -> None:
    talk(HEAT)
    talk("夜")
    talk("背中痩せの記事が読みたい")
    assert "1 / 7章" in said(talk("もっと詳しく"))

    assert "2/3" in said(visitor.tap("チェックの続きに戻る"))


def test_a_sticker_or_an_old_button_in_between_loses_nothing(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("昼の肩甲骨回し")
    talk(HEAT)
    talk("夜")
    visitor.phone.send_sticker("446", "1988")
    house.work()
    assert "チェックの続きに戻る" in said(visitor.tap("毎日12:30にお知らせ"))

    assert "3/3" in said(talk("先週から"))


def test_back_again_from_the_start_and_stop(visitor: Visitor, talk: Talk) -> None:
    talk(HEAT)
    talk("夜")
    assert "1/3" in said(talk("戻る"))
    talk("夜")
    talk("昨日から")
    assert "2/3" in said(visitor.tap("前へ"))
    assert "1/3" in said(talk("やり直したい"))
    talk("夜")
    assert "1/3" in said(visitor.tap("最初から"))
    talk("夜")
    assert "やめました" in said(talk("やっぱりやめる"))
    assert "2/3" not in said(talk("続き"))


def test_asked_for_again_in_its_middle_it_goes_on_where_it_stands(talk: Talk) -> None:
    talk(HEAT)
    talk("夜")

    assert "2/3" in said(talk(HEAT))


def test_old_buttons_of_another_check_or_another_hour(house: House, visitor: Visitor, talk: Talk) -> None:
    talk(HEAT)
    talk("夜")
    talk(SLIMMING)
    visitor.phone.postback("check check/back-heat duration week")
    house.work()
    heard = Heard((visitor.phone.received[-1],))
    assert "1/4" in said(heard)
    assert "途中です" in said(heard)

    house.clock.advance(hours=2)
    visitor.phone.postback("check check/back-heat duration week")
    house.work()
    heard = Heard((visitor.phone.received[-1],))
    assert "1/3" in said(heard)
    assert "時間がたった" in said(heard)


@pytest.mark.parametrize("text", ["2", "②", "2番で", "二番目のやつ"])
def test_a_number_picks_an_answer(talk: Talk, text: str) -> None:
    talk(HEAT)

    assert "2/3" in said(talk(text))


@pytest.mark.parametrize("text", ["わかりません", "むずかしいです"])
def test_whoever_cannot_tell_is_helped(talk: Talk, text: str) -> None:
    talk(SLIMMING)

    assert "だいたいで大丈夫です" in said(talk(text))


@pytest.mark.parametrize("id", ["check/back-heat", "check/back-slimming"])
def test_every_ending_shows_what_it_must(house: House, knowledge: Knowledge, id: str) -> None:
    check = cast(Check, knowledge.library.entries[id])
    harmless = [[choice for choice in question.choices if choice.safety is None] for question in check.questions]
    endings = set()
    for answers in product(*harmless):
        visitor = house.person()
        visitor.follow()
        visitor.phone.postback(f"open {id}")
        house.work()
        for question, choice in zip(check.questions, answers, strict=True):
            event = visitor.phone.postback(f"check {id} {question.slug} {choice.slug}")
            house.work()
        reply, text = house.reply_to(event), said(Heard((visitor.phone.received[-1],)))
        house.clock.advance(seconds=5)
        assert reply is not None
        assert reply.about == id
        article, routine = (knowledge.library.entries[one] for one in reply.offered[:2])
        assert (article.kind, routine.kind) == ("article", "routine")
        assert article.title in text
        assert "毎日" in text
        assert "にお知らせ" in text
        assert "診断ではありません" in text
        taken = {question.slug: choice.slug for question, choice in zip(check.questions, answers, strict=True)}
        endings.add(next(n for n, end in enumerate(check.endings) if all(taken[q] in c for q, c in end.when.items())))
    assert endings == set(range(len(check.endings)))


def test_an_ending_leaves_out_what_a_bad_shoulder_forbids(talk: Talk) -> None:
    talk("肩を痛めています")
    talk(SLIMMING)
    for answer in ("5分なら", "硬い", "タオルはない"):
        talk(answer)

    ended = said(talk("痛いところはないです"))
    assert "診断ではありません" in ended
    assert "チェストオープナー" not in ended
    assert "毎日12:30" not in ended
