from dataclasses import replace
from datetime import datetime

import pytest

from bot import reasons
from bot.conversation import Reply, Text
from bot.teaching.knowledge import Knowledge
from bot.understanding.meaning import Candidate, Context, Meaning

NOW = datetime.fromisoformat("2026-11-20T10:00:00+09:00")


def reply(meaning: Meaning | None) -> Reply:
    return Reply((Text("…"),), meaning=meaning)


def test_tells_the_title_the_certainty_and_the_reasons(dental: Knowledge) -> None:
    meaning = dental.read("歯を白くしたい", NOW)

    notes = reasons.notes(dental.library, reply(meaning))

    title = dental.library.entry("faq/whitening").title
    assert notes == (f"答え「{title}」（確かさ {meaning.score:.0%}）".replace("%", " %"), *meaning.why)
    assert meaning.why


def test_tells_the_choices_by_their_labels_with_their_shares(dental: Knowledge) -> None:
    ids = list(dental.library.entries)[:2]
    meaning = Meaning("suggest", candidates=(Candidate(ids[0], 0.41), Candidate(ids[1], 0.3)), reasons=("どちらとも",))

    assert reasons.notes(dental.library, reply(meaning)) == (
        "聞き返した",
        f"候補「{dental.library.entry(ids[0]).label}」41 %",
        f"候補「{dental.library.entry(ids[1]).label}」30 %",
        "どちらとも",
    )
    assert reasons.summary(reply(meaning)) == f"suggest {ids[0]} 41 %, {ids[1]} 30 %: どちらとも"


def test_choices_that_were_not_weighed_have_no_share(dental: Knowledge) -> None:
    meaning = dental.read("他には？", NOW, Context(topic="faq/whitening"))

    notes = reasons.notes(dental.library, reply(meaning))

    assert notes[0] == "ほかの候補をたずねた"
    assert not any("%" in note for note in notes)
    assert "%" not in reasons.summary(reply(meaning))


def test_a_no_to_all_choices_is_told_as_one(dental: Knowledge) -> None:
    offered = tuple(dental.library.entries)[:2]
    meaning = dental.read("ちがう", NOW, Context(offered=offered))

    assert reasons.notes(dental.library, reply(meaning))[0] == "どの候補でもないという返事"


def test_danger_is_told_without_a_certainty(dental: Knowledge) -> None:
    meaning = dental.read("胸が苦しい", NOW)

    notes = reasons.notes(dental.library, reply(meaning))

    assert meaning.outcome == "safety"
    assert notes[0] == f"安全の案内「{dental.library.entry(meaning.id or '').title}」"
    assert notes[1:] == meaning.why


@pytest.mark.parametrize(
    ("meaning", "note", "line"),
    [
        (None, "進行中のやりとりへの返事", "taken by the running flow"),
        (Meaning("fallback", score=0.2), "答えなかった", "fallback"),
        (Meaning("answer", "faq/gone", score=0.966), "答え「faq/gone」（確かさ 97 %）", "faq/gone 97 %"),
    ],
    ids=["a running flow", "not understood", "an entry that is no more"],
)
def test_tells_what_there_is_when_there_are_no_reasons(
    dental: Knowledge, meaning: Meaning | None, note: str, line: str
) -> None:
    assert reasons.notes(dental.library, reply(meaning)) == (note,)
    assert reasons.summary(reply(meaning)) == line


def test_a_pack_with_words_of_its_own_gets_the_bare_facts_where_it_has_none(dental: Knowledge) -> None:
    language = dental.library.language.model_copy(update={"why": {"answer": "$title!"}})
    library = replace(dental.library, language=language)
    answer = Meaning("answer", "faq/whitening", score=0.5)
    choices = Meaning("suggest", candidates=(Candidate("faq/whitening", 0.5),))

    title, label = library.entry("faq/whitening").title, library.entry("faq/whitening").label
    assert reasons.notes(library, reply(answer)) == (f"{title}!",)
    assert reasons.notes(library, reply(choices)) == ("suggest", f"choice {label} 50 %")
