"""What a script may say, and what is told when the assistant does otherwise; waiting above all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import rehearsal
from bot.app import Knowledge

Play = Callable[..., list[str]]
SET = {"say": "毎朝6時半にストレッチ"}


@pytest.fixture
def play(knowledge: Knowledge) -> Play:
    """Play these turns; what differs."""

    def play(*turns: dict[str, Any], **dialogue: Any) -> list[str]:
        script = rehearsal.Dialogue.model_validate({"name": "a", "turns": turns, **dialogue})
        return list(rehearsal.play(script, knowledge))

    return play


def test_what_comes_while_waiting_is_the_answer_of_the_turn(play: Play) -> None:
    ring = {"outcome": "command", "id": ["routine/morning-stretch"], "contains": ["できた"], "pushes": 1}

    assert (
        play(SET, {"wait": "next reminder", "expect": ring}, {"tap": "できた", "expect": {"contains": ["1日"]}}) == []
    )


def test_waits_to_the_very_end_and_no_further(play: Play) -> None:
    now = "2026-11-21T06:00:00+09:00"  # The reminder is set seven seconds later.

    assert play(SET, {"wait": "29m", "expect": {"pushes": 0}}, {"wait": "1m", "expect": {"pushes": 1}}, now=now) == []


def test_a_snooze_asked_for_in_words_has_come_after_that_time(play: Play) -> None:
    told = play(
        SET,
        {"wait": "next reminder"},
        {"say": "30分後にもう一回"},
        {"wait": "30m", "expect": {"pushes": 1, "contains": ["朝のストレッチと深呼吸"]}},
    )

    assert told == []


# After three rings that nobody reacts to, the fourth is the question, and then it backs off.
@pytest.mark.parametrize(("wait", "pushes"), [("2h", 0), ("3d", 3), ("1w", 4), ("next morning", 1)])
def test_every_length_winds_the_clock_through_all_that_is_due(play: Play, wait: str, pushes: int) -> None:
    assert play(SET, {"wait": wait, "expect": {"pushes": pushes}}) == []


@pytest.mark.parametrize("now", ["2026-11-20T06:31:00+09:00", "2026-11-21T01:00:00+09:00"])
def test_the_next_morning_is_that_of_the_next_day_which_begins_at_four(play: Play, now: str) -> None:
    assert play(SET, {"wait": "next morning", "expect": {"pushes": 1}}, now=now) == []


def test_a_wait_without_expectation_may_pass_reminders(play: Play) -> None:
    assert play(SET, {"wait": "3d"}, {"say": "料金", "expect": {"id": ["faq/price"]}}) == []


def test_what_did_not_come_and_what_came_in_another_order_is_told(play: Play) -> None:
    two = (SET, {"say": "夕方の筋トレを19時に"})

    wrong = play(*two, {"wait": "next morning", "expect": {"contains": ["朝のストレッチ", "10分筋トレ"], "pushes": 3}})
    right = play(*two, {"wait": "next morning", "expect": {"contains": ["10分筋トレ", "朝のストレッチ"], "pushes": 2}})
    nothing = play({"wait": "1d", "expect": {"contains": ["できた"]}})

    assert [line.partition(": ")[2] for line in wrong] == [
        "turn 3 (next morning): 2 messages came by themselves, not 3",
        "turn 3 (next morning): '10分筋トレ' comes before what stands before it in the script",
    ]
    assert right == []
    assert nothing == ["a: turn 1 (1d): nothing came"]


def test_waiting_for_a_reminder_that_nobody_set_is_told(play: Play) -> None:
    assert play({"say": "料金"}, {"wait": "next reminder"}) == ["a: turn 2: no reminder came"]


def test_a_picker_gives_what_the_script_picks(play: Play) -> None:
    told = play(
        {"say": "夕方の10分筋トレ"},
        {"tap": "時間を選ぶ", "pick": "17:45", "expect": {"contains": ["17:45"], "not_contains": ["18:30"]}},
    )

    assert told == []


def test_a_person_abroad_is_reminded_on_their_own_clock(play: Play) -> None:
    now = "2026-11-20T10:00:00-05:00"
    until_ring = {"wait": "20h", "expect": {"pushes": 0}}, {"wait": "30m", "expect": {"pushes": 1}}

    assert play(SET, *until_ring, now=now, zone="America/New_York") == []


@pytest.mark.parametrize(
    ("turn", "told"),
    [
        ("{wait: soon}", r"x\.yaml: 0\.turns\.0\.wait: 'soon' is no wait; write a length such as 30m"),
        ("{wait: 0m}", "is no wait"),
        ("{wait: 30}", "is no wait"),
        ("{wait: 9999w}", "is no wait"),
        ("{tap: a, pick: 19:30}", 'nothing that a picker gives; write "06:30", in quotes'),
        ("{say: a, pick: '06:30'}", "pick goes with the tap"),
        ("{say: a, wait: 1d}", "a turn is one of say, tap, wait and event"),
        ("{expect: {pushes: 1}}", "a turn is one of say, tap, wait and event"),
    ],
)
def test_a_turn_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path, turn: str, told: str) -> None:
    script = tmp_path / "x.yaml"
    script.write_text(f"- name: a\n  turns: [{turn}]\n", encoding="utf-8")

    with pytest.raises(rehearsal.ScriptError, match=told):
        rehearsal.read(script)


@pytest.mark.parametrize(
    "turn",
    [
        {"fault": "boredom"},
        {"fault": {"error": "often"}},
        {"fault": "reorder"},
        {"fault": "error", "expect": {"pushes": 0}},
    ],
)
def test_a_fault_that_there_is_not_and_one_that_expects_something_by_itself_are_refused(turn: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="fault"):
        rehearsal.Line.model_validate(turn)
