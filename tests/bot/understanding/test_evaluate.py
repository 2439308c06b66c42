"""The figures by which the matcher is judged, and the least that they may be."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from bot.cli.evaluation_page import Set, page, plain
from bot.library.loader import load
from bot.settings import DEFAULT_CONTENT
from bot.understanding.evaluate import (
    PERTURBED,
    Judged,
    Message,
    confusions,
    figures,
    judge,
    labelled,
    mistakes,
    with_typos,
)
from bot.understanding.meaning import Candidate, Meaning
from bot.understanding.reader import Understanding

MESSAGES = DEFAULT_CONTENT / "evaluation" / "messages.jsonl"
NOW = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
MEANINGS = {
    "right": Meaning("answer", "faq/a", score=0.95),
    "wrong": Meaning("answer", "faq/b", score=0.55),
    "offered": Meaning("suggest", candidates=(Candidate("faq/b", 0.4), Candidate("faq/a", 0.3))),
    "lost": Meaning("fallback"),
    "alarm": Meaning("safety", "safety/crisis", score=1.0),
}
RANKING = [Candidate("faq/b", 0.6), Candidate("faq/a", 0.4)]


def message(text: str, *want: str, group: str = "faq") -> Message:
    return {"text": text, "want": want, "group": group, "style": "casual"}


def judged(*messages: Message) -> list[Judged]:
    return judge(MEANINGS.__getitem__, lambda text: RANKING, messages)


def test_counts_what_became_of_the_messages() -> None:
    found = figures(judged(*(message(text, "faq/a") for text in ("right", "wrong", "offered", "lost"))))

    assert [found[name] for name in ("right", "wrong", "offered", "lost")] == [0.25] * 4
    assert found["by_style"]["casual"]["n"] == 4
    assert [line["right"] for line in found["reliability"]] == [0, 1]


def test_a_forced_answer_is_what_was_said_or_offered_and_then_the_ranking() -> None:
    found = figures(judged(message("right", "faq/a"), message("offered", "faq/a"), message("lost", "faq/c")))

    assert (found["p_at_1"], found["mrr"], found["recall_at_3"]) == (0.3333, 0.5, 0.6667)


def test_strangers_ambiguous_and_safety_messages_have_figures_of_their_own() -> None:
    found = figures(
        judged(
            message("wrong", group="out-of-scope"),
            message("lost", group="out-of-scope"),
            message("offered", "faq/a", group="ambiguous"),
            message("offered", "faq/c", group="ambiguous"),
            message("right", "faq/a", group="ambiguous"),
            message("alarm", "safety/emergency", group="safety"),
            message("alarm", "safety/crisis", group="safety"),
            message("lost", "safety/crisis", group="safety"),
            message("alarm", "faq/a", group="safety-negative"),
            message("lost", "faq/a", group="safety-negative"),
        )
    )

    assert (found["messages"], found["n"], found["right"]) == (10, 0, None)
    assert found["out_of_scope_answered"] == 0.5
    assert (found["ambiguous_ok"], found["ambiguous_asked"]) == (0.3333, 0.6667)
    assert (found["safety_recall"], found["safety_kind"], found["false_alarms"]) == (0.6667, 0.3333, 0.5)


def test_a_message_without_a_group_is_in_scope_if_anything_is_wanted() -> None:
    found = figures(judged({"text": "right", "want": ["faq/a"]}, {"text": "wrong", "want": []}))

    assert (found["right"], found["out_of_scope_answered"]) == (1, 1)


def test_missed_safety_is_the_worst_mistake_and_a_loss_the_least() -> None:
    found = judged(
        message("lost", "faq/a"),
        message("wrong", "faq/a"),
        message("right", "faq/a"),
        message("alarm", "faq/a"),
        message("lost", "safety/crisis", group="safety"),
    )

    assert [one.message["text"] for one in mistakes(found)] == ["lost", "alarm", "wrong", "lost"]
    assert confusions(found) == {("faq/a", "faq/b"): 2, ("faq/a", "safety/crisis"): 1}


def test_each_message_is_timed_in_a_reading_of_its_own_that_is_not_the_first_of_all() -> None:
    said: list[str] = []

    def read(text: str) -> Meaning:
        said.append(text)
        return Meaning("fallback")

    texts = [str(number) for number in range(50)]
    judge(read, lambda text: RANKING, [message(text) for text in texts])

    assert said[-50:] == texts
    assert 0 < len(said) - 50 < 50


def test_figures_that_were_not_measured_are_left_out_of_the_text() -> None:
    found = figures(judged(message("right", "faq/a")))

    assert "built" not in plain({"ours": found})
    assert "built in 2.50 s" in plain({"ours": {**found, "index_build_s": 2.5}})


@pytest.mark.parametrize(("name", "is_quoted"), [("messages.jsonl", True), ("utterances-unseen.jsonl", False)])
def test_the_page_quotes_no_message_that_nobody_shall_read(name: str, is_quoted: bool) -> None:
    found = judged(message("wrong", "faq/a"), message("lost", "faq/c"))
    written = page([Set(name, {"As written": {"ours": figures(found)}}, {}, found)])

    assert ("| lost | faq/c" in written) is is_quoted
    assert "faq/c" in written


def test_messages_can_be_retyped() -> None:
    messages = [message("背中が熱い", "faq/a")]

    assert PERTURBED["kana"](messages)[0]["text"] == "せなかがあつい"
    assert with_typos(messages, seed=3) == with_typos(messages, seed=3) != messages


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"text": "背中"}',
        '{"text": 1, "want": []}',
        '{"text": "", "want": [1]}',
        '{"text": "", "want": "faq/a"}',
    ],
)
def test_names_the_line_that_is_no_labelled_message(tmp_path: Path, line: str) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text(json.dumps({"text": "背中", "want": []}) + "\n\n" + line)

    with pytest.raises(ValueError, match="line 3"):
        labelled(file)


def test_the_labelled_messages_are_understood_as_well_as_before() -> None:
    """The limits lie below what is reached, by as much as a few messages of so small a set may change by chance."""
    understanding = Understanding.from_library(load(DEFAULT_CONTENT))

    def measured(messages: list[Message]) -> dict[str, float]:
        return figures(judge(lambda text: understanding.read(text, NOW), understanding.matcher.rank, messages))

    messages = labelled(MESSAGES)
    found = measured(messages)
    assert found["right"] >= 0.95
    assert found["right"] + found["offered"] >= 0.97
    assert found["wrong"] <= 0.02
    assert found["out_of_scope_answered"] <= 0.07
    assert found["safety_recall"] == 1
    assert found["false_alarms"] <= 0.08
    for name, retyped in PERTURBED.items():
        copies = measured(retyped(messages))
        assert copies["right"] + copies["offered"] >= found["right"] + found["offered"] - 0.06, name
        assert copies["p_at_1"] >= found["p_at_1"] - 0.05, name
