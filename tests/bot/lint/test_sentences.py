"""How well the shipped rules tell what may not be said from what may: labelled sentences.

Their groups in the order of their making: ``blind`` before any rule, ``second`` before the rules were mended by it, ``field`` and
``late`` after real pages of practices, each first measured and then learnt from.
"""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot import lint
from bot.library.lint_files import shipped
from bot.library.practice import Practice

DATA = Path(__file__).resolve().parents[2] / "data" / "lint.jsonl"
SENTENCES = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
SUNDAY = date(2026, 11, 22)


def found(practice: Practice, text: str, *trades: str) -> list[lint.Finding]:
    of_trade = practice.model_copy(update={"trade": trades}) if trades else practice
    return list(lint.check(lint.Draft.of(text), practice=of_trade, today=SUNDAY))


def test_there_are_sentences_of_both_kinds_for_every_rule() -> None:
    hit = {id for one in SENTENCES for id in one["expected"]}
    harmless = sum(not one["expected"] for one in SENTENCES)

    assert not {rule.id for rule in shipped().rules} - hit, "write a sentence that the rule must find"
    assert len(SENTENCES) * 0.35 < harmless < len(SENTENCES) * 0.65


def test_nearly_all_is_found_and_hardly_anything_else(practice: Practice) -> None:
    wanted, met, false = Counter[str](), Counter[str](), Counter[str]()
    blocked = []
    level = {rule.id: rule.level for rule in shipped().rules} | {id: one.level for id, one in shipped().facts.items()}
    for one in SENTENCES:
        ids = {finding.id for finding in found(practice, one["text"], one["trade"])}
        wanted.update(level[id] for id in one["expected"])
        met.update(level[id] for id in ids & set(one["expected"]))
        false.update(level[id] for id in ids - set(one["expected"]))
        if not one["expected"] and any(level[id] == "high" for id in ids):
            blocked.append(one["text"])

    for name in ("high", "medium", "low"):
        assert met[name] >= 0.97 * wanted[name], f"{name}: {met[name]} of {wanted[name]}"
        assert false[name] <= 0.02 * len(SENTENCES), f"{name}: {false[name]} found that are none"
    assert len(blocked) <= 2, f"harmless, yet may not be sent: {blocked}"


@pytest.mark.parametrize(
    "text",
    [
        "肩こりが治ります",
        "肩こりがナオル",
        "肩こりがﾅｵﾙ",
        "肩こりが治 る",
        "肩こりが治・る",
        "肩こりが治◯",
        "肩こりなおっちゃう",
        "肩こりを治せます",
        "肩こり完治",
    ],
)
def test_a_word_is_the_same_however_it_is_written(practice: Practice, text: str) -> None:
    assert "cure" in {finding.id for finding in found(practice, text)}


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("肩こりは治ります。", True),
        ("肩こりが治るものではありません。", False),
        ("肩こりを治すことはできません。", False),
        ("治らない肩こりはありません。", True),
        ("肩こりを治しませんか。", True),
        ("「肩こりが治る」という表現は使えません。", False),
        ("「肩こりは治りますか？」とのご質問には、お答えできません。", False),
        ("機械がやっと治りました。", False),
        ("予約システムが直りました。", False),
    ],
)
def test_what_is_denied_quoted_asked_or_meant_of_a_machine_claims_nothing(
    practice: Practice, text: str, claims: bool
) -> None:
    assert ("cure" in {finding.id for finding in found(practice, text)}) is claims


def test_a_rule_holds_for_its_trades_only(practice: Practice) -> None:
    text = "国家資格を持つスタッフのマッサージです。"

    assert {finding.id for finding in found(practice, text, "seitai")} == {"massage", "qualification"}
    assert found(practice, text, "licensed") == []
    assert found(practice, text, "seitai", "licensed") == [], "somebody there has the licence"


def test_a_finding_tells_staff_the_law_the_reason_and_other_words(practice: Practice) -> None:
    (finding,) = found(practice, "はじめての患者様へ", "seitai")

    assert (finding.id, finding.level, finding.field, finding.quote) == ("medical-word", "medium", "text", "患者様")
    assert finding.law
    assert finding.why
    assert finding.fix
    assert finding.rewrite == "お客様"
