"""Whatever people type gets a sensible reading, and how they type it makes no difference to what they mean."""

import json
import random
import unicodedata
from collections.abc import Callable
from datetime import datetime

import pytest
import regex
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot.settings import DEFAULT_CONTENT
from bot.teaching.knowledge import Knowledge
from bot.understanding.evaluate import Message, labelled
from bot.understanding.meaning import Context
from bot.understanding.normalise import normalise
from bot.understanding.reader import LONGEST
from tests.lengths import settings

MESSAGES = labelled(DEFAULT_CONTENT / "evaluation" / "messages.jsonl")
EMERGENCIES = [message for message in MESSAGES if message.get("group") == "safety"]
CHATTER = [message["text"] for message in MESSAGES if message.get("group") == "faq"]
NOW = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
OUTCOMES = {"answer", "suggest", "fallback", "command", "safety"}

ENDS_IN_KANJI = regex.compile(r".*\p{Han}", regex.DOTALL).fullmatch

LETTERS = st.one_of(
    st.characters(exclude_categories=()),  # Everything, lone surrogates and controls among it.
    st.sampled_from(
        "あいうがぱゃっーアイウガパャッヴｱｲｳｶﾞﾊﾟｰ背中肩腰痛運動食事死救急々〆ABCwWｗ0１②㍉㌔、。!?！？「」()（）…〜・"
    ),
    st.sampled_from(
        "😀😭💦👨‍👩‍👧🏽🇯🇵️\u200d\u200b\u00a0\u3000\ufeff\u202e\u2066\u2069אבגשלוםمرحبا\x00\x07\x1b\x7f\n\r\t\u2028"
    ),
)
SNIPPETS = st.one_of(
    st.text(LETTERS, max_size=40),
    st.sampled_from([message["text"] for message in MESSAGES]),
    st.sampled_from(
        ["明日の7時に", "毎週月曜", "それって何回?", "2番目のやつ", "他には?", "じゃなくて", "ｗｗｗ", "(´・ω・`)"]
    ),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text of up to 5,000 characters; long ones repeat themselves, as whoever leans on a key does."""
    text = "".join(draw(st.lists(SNIPPETS, max_size=6)))
    return (text * draw(st.sampled_from([1, 1, 1, 2, 50, LONGEST])))[:LONGEST]


PROPERTY = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


@PROPERTY
@given(texts())
def test_normalise_is_idempotent_for_texts_of_every_kind(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@PROPERTY
@given(text=texts(), data=st.data())
def test_every_text_has_a_reading_that_the_pack_can_answer(
    knowledge: Knowledge, text: str, data: st.DataObject
) -> None:
    ids = st.sampled_from(sorted(knowledge.library.entries))
    contexts = st.builds(Context, st.none() | ids, st.lists(ids, max_size=4, unique=True).map(tuple))
    meaning = knowledge.read(text, NOW, data.draw(st.none() | contexts))

    offered = [candidate.id for candidate in meaning.candidates]
    assert meaning.outcome in OUTCOMES
    assert (meaning.id is None) == (meaning.outcome in ("suggest", "fallback"))
    assert meaning.id is None or meaning.id in knowledge.library.entries
    assert all(id in knowledge.library.entries for id in offered)
    assert len(set(offered)) == len(offered) <= 4
    assert offered or meaning.outcome != "suggest"
    assert all(0 <= score <= 1 for score in (meaning.score, *(candidate.score for candidate in meaning.candidates)))
    assert all(isinstance(why, str) for why in meaning.why)


@pytest.mark.parametrize("emergency", EMERGENCIES, ids=lambda message: message["text"])
def test_an_emergency_is_noticed_before_and_after_4900_letters_of_chatter(
    knowledge: Knowledge, emergency: Message
) -> None:
    source = random.Random(emergency["text"])
    chatter = ""
    while len(chatter) < 4900:
        chatter += source.choice(CHATTER) + "。"
    chatter = chatter[:4900]

    for text in (f"{emergency['text']}。{chatter}", f"{chatter}。{emergency['text']}"):
        assert knowledge.read(text, NOW).id in emergency["want"]


def full_width(text: str) -> str:
    """ASCII as the Japanese keyboard's wide letters."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}


def half_width(text: str) -> str:
    """Katakana as the narrow letters of old terminals, their marks behind them; ASCII is narrow, too."""
    narrow = ""
    for letter in text:
        base, *marks = unicodedata.normalize("NFD", letter)
        if base in _HALF:
            narrow += _HALF[base] + "".join({"\u3099": "ﾞ", "\u309a": "ﾟ"}[mark] for mark in marks)
        else:
            narrow += unicodedata.normalize("NFKC", letter) if "！" <= letter <= "～" else letter
    return narrow


HABITS: dict[str, Callable[[str], str]] = {
    "full width": full_width,
    "half width": half_width,
    "upper case": str.upper,
    "lower case": str.lower,
    **{f"then {end}": lambda text, end=end: text + end for end in ("😊", "🙏✨", "w", "ｗｗｗ", "(笑)", "!!", "！！", "  ", "　\n")},
    "after spaces": lambda text: " 　" + text,
}  # fmt: skip


def changed(knowledge: Knowledge, messages: list[Message], habit: Callable[[str], str]) -> str:
    """The *messages* that mean something else when they are typed so, to be shown; empty if there are none."""
    found = []
    for message in messages:
        plain, typed = (knowledge.read(text, NOW) for text in (message["text"], habit(message["text"])))
        if (plain.outcome, plain.id) != (typed.outcome, typed.id):
            found.append([message["text"], plain.outcome, plain.id, typed.outcome, typed.id])
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found)


@pytest.mark.parametrize("habit", HABITS)
def test_how_a_message_is_typed_does_not_change_what_it_means(knowledge: Knowledge, habit: str) -> None:
    assert changed(knowledge, MESSAGES, HABITS[habit]) == ""


def test_laughter_after_kana_does_not_change_what_a_message_means(knowledge: Knowledge) -> None:
    messages = [message for message in MESSAGES if not ENDS_IN_KANJI(message["text"])]

    assert changed(knowledge, messages, lambda text: text + "笑") == ""


def test_laughter_after_kanji_does_not_change_what_a_message_means(knowledge: Knowledge) -> None:
    messages = [message for message in MESSAGES if ENDS_IN_KANJI(message["text"])]

    assert changed(knowledge, messages, lambda text: text + "笑") == ""
