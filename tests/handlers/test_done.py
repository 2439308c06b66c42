"""What was done, told by button and in words: its day, its praise, its streak and its milestones."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Knowledge, learn
from bot.models import Completion
from bot.talk import Heard, House, Visitor, WoundClock
from tests.conftest import FRIDAY_MORNING

Talk = Callable[[str], Heard]
MORNING, NIGHT, BEDTIME = "routine/morning-stretch", "routine/night-release", "routine/bedtime-breathing"


@pytest.fixture(scope="module")
def dental() -> Knowledge:
    """What the pack of a practice without routines teaches."""
    return learn(Path(__file__).resolve().parents[1] / "data" / "packs" / "dental", cache=None)


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


def wind_to(house: House, moment: str) -> None:
    house.clock.now = datetime.fromisoformat(moment)


def kept(house: House) -> list[tuple[str, str]]:
    """What the house has written down as done."""
    with house.app.sessions() as session:
        rows = session.execute(sa.select(Completion.routine_id, Completion.day).order_by(Completion.id))
        return [(routine_id, str(day)) for routine_id, day in rows]


@pytest.fixture
def tap(visitor: Visitor) -> Callable[[str], Heard]:
    """The visitor taps a button that means this, however old it is."""
    visitor.follow()

    def tap(data: str) -> Heard:
        return visitor.do({"type": "postback", "data": data})

    return tap


Tap = Callable[[str], Heard]


def test_yesterdays_card_records_yesterday_and_says_so(house: House, visitor: Visitor, tap: Tap) -> None:
    answer = said(tap(f"done {MORNING} 2026-11-19"))

    assert kept(house) == [(MORNING, "2026-11-19")]
    assert "きのう（11月19日）" in answer
    assert "いま連続1日です" in answer


def test_a_bedtime_card_tapped_before_four_still_counts_for_its_evening(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("寝る前の深呼吸を毎日22時半に")
    wind_to(house, "2026-11-20T22:30:00+09:00")
    visitor.wait()
    wind_to(house, "2026-11-21T03:59:00+09:00")
    visitor.tap("できた")

    assert kept(house) == [(BEDTIME, "2026-11-20")]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("できた", "2026-11-20"),
        ("昨日できた", "2026-11-19"),
        ("昨日も今日もできた", "2026-11-20"),
    ],
)
def test_a_sentence_may_say_the_day(house: House, tap: Tap, talk: Talk, words: str, day: str) -> None:
    talk("朝のストレッチ")
    talk(words)

    assert kept(house) == [(MORNING, day)]


def test_done_means_the_routine_that_was_just_offered_for_this_hour(house: House, talk: Talk) -> None:
    talk("いま何やればいい？")
    talk("できた")

    assert kept(house) == [(MORNING, "2026-11-20")]


def test_done_means_what_rang_on_that_day_and_not_before(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("昼の肩回しを12時半に")
    wind_to(house, "2026-11-21T06:30:00+09:00")
    visitor.wait()
    wind_to(house, "2026-11-22T05:00:00+09:00")
    assert "どのルーティン" in said(talk("できた"))

    talk("昨日できた")
    assert kept(house) == [(MORNING, "2026-11-21")]


def test_a_practice_without_routines_has_nothing_to_record(dental: Knowledge) -> None:
    with House(dental, WoundClock(FRIDAY_MORNING)) as house:
        visitor = house.person()
        visitor.follow()

        assert "ルーティンはありません" in said(visitor.do({"type": "postback", "data": "open command/routine-done"}))


def test_asked_which_the_buttons_keep_the_day_that_was_said(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("昨日できた")
    visitor.tap("夜の入浴とタオルリリース")

    assert kept(house) == [(NIGHT, "2026-11-19")]


def test_a_day_that_has_not_begun_is_taken_for_today(house: House, tap: Tap) -> None:
    tap(f"done {MORNING} 2026-11-21")
    tap(f"done {NIGHT} 2027-01-01")

    assert kept(house) == [(MORNING, "2026-11-20"), (NIGHT, "2026-11-20")]


def test_the_button_of_an_old_card_is_asked_back(house: House, visitor: Visitor, tap: Tap) -> None:
    asked = tap(f"done {MORNING} 2026-11-12")
    assert "11月12日" in said(asked)
    assert kept(house) == []

    visitor.tap("今日のぶんを記録")
    tap(f"done {MORNING} 2026-11-13")
    assert kept(house) == [(MORNING, "2026-11-20"), (MORNING, "2026-11-13")]


@pytest.mark.parametrize("data", ["done", "done routine/gone 2026-11-20", "done faq/price"])
def test_a_button_that_names_no_routine_records_nothing(house: House, talk: Talk, tap: Tap, data: str) -> None:
    talk("朝のストレッチ")
    reply = tap(data).reply

    assert reply is not None
    assert reply.outcome == "fallback"
    assert kept(house) == []


def test_a_button_with_a_day_that_no_calendar_has_means_today(house: House, tap: Tap) -> None:
    tap(f"done {MORNING} 2026-11-31")

    assert kept(house) == [(MORNING, "2026-11-20")]


def test_done_twice_is_recorded_once_and_praised_all_the_same(house: House, tap: Tap) -> None:
    tap(f"done {MORNING} 2026-11-20")
    again = said(tap(f"done {MORNING} 2026-11-20"))

    assert kept(house) == [(MORNING, "2026-11-20")]
    assert "今日の「朝のストレッチと深呼吸」は記録ずみです" in again
    assert "いま連続1日です" in again


def test_two_routines_on_one_day_leave_the_streak_at_one(tap: Tap) -> None:
    tap(f"done {MORNING} 2026-11-20")

    assert "いま連続1日です" in said(tap(f"done {NIGHT} 2026-11-20"))


def test_a_done_counts_in_a_pause_and_the_pause_breaks_nothing(house: House, talk: Talk, tap: Tap) -> None:
    talk("毎朝6時半にストレッチ")
    tap(f"done {MORNING} 2026-11-20")
    talk("しばらく休みます")
    wind_to(house, "2026-11-30T10:00:00+09:00")

    assert "いま連続2日です" in said(tap(f"done {MORNING} 2026-11-30"))


def test_after_a_gap_somebody_is_welcomed_back_instead_of_counted(house: House, tap: Tap) -> None:
    tap(f"done {MORNING} 2026-11-20")
    wind_to(house, "2026-11-23T10:00:00+09:00")
    assert "いま連続1日です" in said(tap(f"done {MORNING}"))

    wind_to(house, "2026-11-27T10:00:00+09:00")
    back = said(tap(f"done {MORNING}"))
    assert "おかえりなさい" in back
    assert "連続" not in back
    assert "いま連続1日です" in said(tap(f"done {NIGHT}"))


def test_a_milestone_is_said_on_the_day_it_is_reached_and_only_then(house: House, tap: Tap) -> None:
    start = house.clock.now
    answers = []
    for number in range(9):
        house.clock.now = start + timedelta(days=number)
        answers.append(said(tap(f"done {MORNING}")))
        answers.append(said(tap(f"done {NIGHT}")))

    assert [number for number, answer in enumerate(answers) if "7日続けてできました" in answer] == [12]


def test_a_done_silences_a_snooze_of_its_day(house: House, visitor: Visitor, talk: Talk, tap: Tap) -> None:
    talk("毎朝6時半にストレッチ")
    wind_to(house, "2026-11-21T06:30:00+09:00")
    visitor.wait()
    talk("30分後にもう一回")
    tap(f"done {MORNING} 2026-11-21")
    wind_to(house, "2026-11-21T07:01:00+09:00")

    assert not visitor.wait().messages


def test_praise_is_the_same_for_everybody_and_comes_back_after_a_week_at_the_soonest(house: House) -> None:
    answers = []
    for _ in range(8):
        heard = []
        for visitor in (house.person(), house.person()):
            visitor.follow()
            heard.append(said(visitor.do({"type": "postback", "data": f"done {MORNING}"})).splitlines()[0])
        assert heard[0] == heard[1]
        answers.append(heard[0])
        house.clock.advance(days=1)

    assert len(set(answers)) == 8


@pytest.mark.parametrize("words", ["肩回しできた", "肩回しやりましたよ", "昼の肩回しできました！"])
def test_an_exercise_that_a_routine_is_named_by_is_recorded_as_the_routine(
    house: House, talk: Talk, words: str
) -> None:
    talk(words)

    assert [routine for routine, _ in kept(house)] == ["routine/lunch-shoulder-circles"]


def test_a_question_about_an_exercise_records_nothing(house: House, talk: Talk) -> None:
    talk("肩回しできたら次は何？")

    assert kept(house) == []


@pytest.mark.parametrize("way", ["取り消す", "間違えた", "さっきのなし"])
def test_what_was_recorded_by_mistake_is_taken_back(house: House, visitor: Visitor, talk: Talk, way: str) -> None:
    talk("肩回しできた")
    answer = visitor.tap(way) if way == "取り消す" else talk(way)

    assert "「昼の肩甲骨回し」の記録を取り消しました" in said(answer)
    assert kept(house) == []
    assert "記録されていません" in said(
        visitor.do({"type": "postback", "data": "not-done routine/lunch-shoulder-circles 2026-11-20"})
    )


def test_only_what_comes_right_after_takes_a_done_back(house: House, talk: Talk) -> None:
    talk("肩回しできた")
    talk("営業時間は？")
    talk("間違えた")

    assert len(kept(house)) == 1
