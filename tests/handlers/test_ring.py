"""The card of a ring, and of the question that may take its place."""

from datetime import date, timedelta

import pytest

from bot.app import Knowledge
from bot.conversation import Card, Reply
from bot.library.schema import Exercise, Routine
from bot.line.rendering import render
from bot.simulator.limits import check_send
from handlers import ring

DAY = date(2026, 11, 20)
ROUTINES = [
    f"routine/{slug}"
    for slug in ("morning-stretch", "lunch-shoulder-circles", "evening-training", "night-release", "bedtime-breathing")
]


def card_of(reply: Reply | None) -> Card:
    assert reply is not None
    (card,) = reply.bubbles
    assert isinstance(card, Card)
    return card


@pytest.mark.parametrize("id", ROUTINES)
def test_a_ring_says_what_to_do_now_and_takes_every_answer(knowledge: Knowledge, id: str) -> None:
    library = knowledge.library
    routine = library.entry(id)
    assert isinstance(routine, Routine)
    first = library.entry(routine.steps[0])
    assert isinstance(first, Exercise)

    card = card_of(ring.reminder(library, id, DAY))

    assert card.title == routine.title
    assert card.paragraphs[0] in routine.prompts
    assert card.picture == (first.picture if len(routine.steps) == 1 else routine.picture)
    lines = [line for block in card.blocks for line in getattr(block, "lines", ())]
    if len(routine.steps) == 1:
        assert lines == [*first.steps, first.count]
    else:
        assert lines[0] == f"{first.title}：{first.count}"
        assert len(lines) == len(routine.steps)
    assert [(choice.label, choice.data, choice.pick) for choice in card.buttons] == [
        ("できた", f"done {id} 2026-11-20", None),
        ("始める", f"start {id} 2026-11-20", None),
        ("あとで", f"later {id} 2026-11-20", None),
        ("今日はお休み", f"rest {id} 2026-11-20", None),
        ("時間を変える", f"remind-at {id}", "time"),
    ]
    assert [choice.label for choice in card.buttons if choice.is_main] == ["できた"]


@pytest.mark.parametrize("id", ROUTINES)
def test_a_wording_does_not_come_back_within_a_week(knowledge: Knowledge, id: str) -> None:
    days = [DAY + timedelta(days=number) for number in range(400)]
    said = [card_of(ring.reminder(knowledge.library, id, day)).paragraphs[0] for day in days]

    assert all(len(set(said[start : start + 7])) == 7 for start in range(len(said) - 7))


@pytest.mark.parametrize("id", ROUTINES)
@pytest.mark.parametrize("kind", ["ring", "question"])
def test_line_takes_every_card_with_its_picture(knowledge: Knowledge, id: str, kind: ring.Kind) -> None:
    reply = ring.reminder(knowledge.library, id, DAY, kind=kind)
    assert reply is not None

    messages = render(reply, lambda picture: f"https://example.com/pictures/{picture}.png")

    assert check_send("push", {"to": "U" + "0" * 32, "messages": messages}) == []


def test_exercises_are_left_out_for_whoever_must_not_do_them(knowledge: Knowledge) -> None:
    id, leave_out = "routine/evening-training", ("exercise/reverse-push-up", "exercise/towel-rowing")
    whole, less = (card_of(ring.reminder(knowledge.library, id, DAY, without=out)) for out in ((), leave_out))

    assert len(getattr(whole.blocks[0], "lines", ())) == 4
    assert len(getattr(less.blocks[0], "lines", ())) == 2
    assert less.buttons == whole.buttons


def test_of_one_exercise_that_remains_the_steps_are_shown(knowledge: Knowledge) -> None:
    without = ("exercise/shoulder-circles", "exercise/towel-raise", "exercise/thoracic-twist")
    card = card_of(ring.reminder(knowledge.library, "routine/morning-stretch", DAY, without=without))

    assert card.blocks[0].heading == knowledge.library.entry("exercise/back-breathing").title


def test_nothing_rings_where_nothing_remains_or_the_routine_is_gone(knowledge: Knowledge) -> None:
    assert ring.reminder(knowledge.library, "routine/night-release", DAY, without=("exercise/towel-release",)) is None
    assert ring.reminder(knowledge.library, "routine/gone", DAY) is None


def test_the_question_blames_nobody_and_offers_less(knowledge: Knowledge) -> None:
    id = "routine/morning-stretch"
    card = card_of(ring.reminder(knowledge.library, id, DAY, kind="question"))

    assert [(choice.label, choice.data) for choice in card.buttons] == [
        ("このまま続ける", f"keep {id}"),
        ("時間を変える", f"remind-at {id}"),
        ("減らす", f"fewer {id}"),
        ("休む", f"break {id}"),
        ("やめる", f"stop {id}"),
    ]
    assert not any(word in card.paragraphs[0] for word in ("まだ", "できていません", "お返事が", "さぼ"))
