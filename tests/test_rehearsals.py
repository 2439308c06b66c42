"""Every scripted conversation that the project ships goes as written."""

from pathlib import Path

import pytest

from bot import rehearsal
from bot.app import Knowledge

SCRIPTS = sorted((Path(__file__).parent / "rehearsals").glob("*.yaml"))
DIALOGUES = [
    pytest.param(dialogue, id=f"{path.stem}: {dialogue.name}") for path in SCRIPTS for dialogue in rehearsal.read(path)
]


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_the_conversation_goes_as_written(dialogue: rehearsal.Dialogue, knowledge: Knowledge) -> None:
    assert list(rehearsal.play(dialogue, knowledge)) == []


def test_a_conversation_goes_the_same_way_on_every_database(database_url: str, knowledge: Knowledge) -> None:
    told = [
        line for dialogue in rehearsal.read(SCRIPTS[0]) for line in rehearsal.play(dialogue, knowledge, database_url)
    ]

    assert told == []


def test_a_difference_is_told_with_its_turn(knowledge: Knowledge) -> None:
    dialogue = rehearsal.Dialogue.model_validate(
        {"name": "wrong", "turns": [{"say": "料金", "expect": {"outcome": "fallback", "contains": ["無料の宇宙旅行"]}}]}
    )

    told = list(rehearsal.play(dialogue, knowledge))

    assert len(told) == 2
    assert all("turn 1" in line for line in told)


def test_a_script_of_another_form_is_refused_with_its_place(tmp_path: Path) -> None:
    script = tmp_path / "x.yaml"
    script.write_text("- name: a\n  turns: [{sya: hallo}]\n", encoding="utf-8")

    with pytest.raises(rehearsal.ScriptError, match=r"x\.yaml: 0\.turns\.0\.sya"):
        rehearsal.read(script)
