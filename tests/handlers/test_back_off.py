"""What the buttons of the one question do that is asked when nobody reacts."""

from collections.abc import Callable

import pytest

from bot.talk import Heard, House, Visitor
from tests.talks import labels, moment, ring_at, said, tap, wind_to

Talk = Callable[[str], Heard]
ROUTINE = "routine/morning-stretch"


@pytest.fixture
def rung_on_thursday(house: House, visitor: Visitor, talk: Talk) -> None:
    """A daily reminder that last rang on a Thursday."""
    talk("毎朝6時半にストレッチ")
    ring_at(house, visitor, "2026-11-26T06:30:00")


@pytest.mark.usefixtures("rung_on_thursday")
@pytest.mark.parametrize(
    ("label", "days", "following"),
    [
        ("平日だけ", "平日", "11月27日(金)"),
        ("月・水・金だけ", "月・水・金", "11月27日(金)"),
        ("週1回（木曜）", "木", "12月3日(木)"),
    ],
)
def test_fewer_offers_fewer_days_and_sets_them(visitor: Visitor, label: str, days: str, following: str) -> None:
    assert labels(tap(visitor, f"fewer {ROUTINE}")) == ["平日だけ", "月・水・金だけ", "週1回（木曜）"]

    answer = visitor.tap(label)

    assert f"時間：06:30\n曜日：{days}\n次のお知らせ：{following} 06:30" in said(answer)
    assert "曜日：毎日" in said(visitor.tap("元に戻す"))


@pytest.mark.usefixtures("rung_on_thursday")
def test_fewer_offers_only_what_is_less_than_now(visitor: Visitor, talk: Talk) -> None:
    talk("朝のストレッチは月水金だけ")
    assert labels(tap(visitor, f"fewer {ROUTINE}")) == ["週1回（木曜）"]

    visitor.tap("週1回（木曜）")
    least = tap(visitor, f"fewer {ROUTINE}")
    assert "もう週1回" in said(least)
    assert labels(least) == ["休む", "止める"]


@pytest.mark.usefixtures("rung_on_thursday")
@pytest.mark.parametrize(
    ("label", "span"), [("1週間休む", "お休み：12月2日(水)まで"), ("しばらく休む", "お休み：「再開」と送るまで")]
)
def test_a_break_is_a_week_or_open(visitor: Visitor, label: str, span: str) -> None:
    assert labels(tap(visitor, f"break {ROUTINE}")) == ["1週間休む", "しばらく休む"]

    assert span in said(visitor.tap(label))


@pytest.mark.usefixtures("rung_on_thursday")
def test_to_keep_it_leaves_everything_as_it_is(visitor: Visitor) -> None:
    answer = said(tap(visitor, f"keep {ROUTINE}"))

    assert "このまま続けますね" in answer
    assert "時間：06:30\n曜日：毎日\n次のお知らせ：11月27日(金) 06:30" in answer


@pytest.mark.usefixtures("rung_on_thursday")
def test_to_keep_one_that_has_come_to_rest_takes_it_up_again(visitor: Visitor, talk: Talk) -> None:
    talk("しばらく休みます")

    assert "次のお知らせ：11月27日(金) 06:30" in said(tap(visitor, f"keep {ROUTINE}"))


@pytest.mark.usefixtures("rung_on_thursday")
@pytest.mark.parametrize("verb", ["fewer", "break", "keep"])
def test_a_button_of_one_that_was_stopped_turns_nothing_on(visitor: Visitor, talk: Talk, verb: str) -> None:
    talk("リマインドをやめて")

    answer = tap(visitor, f"{verb} {ROUTINE}")

    assert "いま動いていません" in said(answer)
    assert "毎日07:00にお知らせ" in labels(answer)
    assert "設定されているお知らせはありません" in said(talk("お知らせの確認"))


def test_the_list_tells_the_true_next_ring_while_nobody_reacts(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    visitor.wait(moment("2026-11-24T06:30:00"))  # Three rings, and the question on Tuesday.
    house.clock.advance(hours=24)

    assert "次は12月1日(火) 06:30" in said(talk("お知らせの確認"))
    assert not visitor.wait(moment("2026-12-01T06:29:00")).messages
    assert visitor.wait(moment("2026-12-01T06:30:00")).messages


def test_the_question_comes_in_place_of_the_fourth_ring(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    heard = visitor.wait(moment("2026-11-24T06:30:00"))

    assert heard.pushes == 4
    assert labels(heard)[-5:] == ["このまま続ける", "時間を変える", "減らす", "休む", "やめる"]
    assert "このまま続けますね" in said(visitor.tap("このまま続ける"))
    assert labels(visitor.wait(moment("2026-11-25T06:30:00")))[0] == "できた"


def leave_unanswered(house: House, visitor: Visitor) -> None:
    """Let three rings pass, and the question that takes the place of the fourth."""
    for day in (21, 22, 23, 24):
        heard = ring_at(house, visitor, f"2026-11-{day}T06:30:00")
    assert labels(heard)[0] == "このまま続ける"
    wind_to(house, "2026-11-24T12:15:00")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("減らす", "減らしますね"),
        ("少し減らしてください", "減らしますね"),
        ("このままで", "曜日：毎日"),
        ("続けます", "曜日：毎日"),
        ("ちょっと休む", "どのくらい休みますか"),
        ("もういらない", "止めました"),
        ("平日だけ", "曜日：平日"),
    ],
)
def test_the_question_is_answered_in_words_hours_later(
    house: House, visitor: Visitor, talk: Talk, words: str, answer: str
) -> None:
    talk("毎朝6時半にストレッチ")
    leave_unanswered(house, visitor)

    assert answer in said(talk(words))


def test_only_the_first_message_after_the_question_answers_it(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    leave_unanswered(house, visitor)
    talk("営業時間は？")

    assert "減らしますね" not in said(talk("減らす"))
