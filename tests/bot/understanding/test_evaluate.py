"""The figures by which the matcher is judged."""

from bot.understanding.evaluate import Message, evaluate, in_kana, with_typos
from bot.understanding.meaning import Candidate, Meaning

MEANINGS = {
    "right": Meaning("answer", "faq/a", score=0.95),
    "wrong": Meaning("answer", "faq/b", score=0.55),
    "offered": Meaning("suggest", candidates=(Candidate("faq/b", 0.4), Candidate("faq/a", 0.3))),
    "lost": Meaning("fallback"),
}
RANKING = [Candidate("faq/b", 0.6), Candidate("faq/a", 0.4)]


def message(text: str, *want: str, group: str = "faq") -> Message:
    return {"text": text, "want": want, "group": group, "style": "casual"}


def test_counts_what_became_of_the_messages() -> None:
    messages = [message(text, "faq/a") for text in MEANINGS]
    figures = evaluate(MEANINGS.__getitem__, lambda text: RANKING, messages)

    assert {name: figures[name] for name in MEANINGS} == dict.fromkeys(MEANINGS, 0.25)
    assert (figures["p_at_1"], figures["mrr"], figures["recall_at_3"]) == (0, 0.5, 1)
    assert [line["right"] for line in figures["reliability"]] == [0, 1]


def test_strangers_and_ambiguous_messages_have_figures_of_their_own() -> None:
    messages = [
        message("wrong", group="out-of-scope"),
        message("lost", group="out-of-scope"),
        message("offered", "faq/a", group="ambiguous"),
        message("lost", "safety/crisis", group="safety"),
    ]
    figures = evaluate(MEANINGS.__getitem__, lambda text: RANKING, messages)

    assert (figures["messages"], figures["n"]) == (3, 0)
    assert figures["out_of_scope_answered"] == 0.5
    assert figures["ambiguous_ok"] == 1


def test_messages_can_be_retyped() -> None:
    messages = [message("背中が熱い", "faq/a")]

    assert in_kana(messages)[0]["text"] == "せなかがあつい"
    assert with_typos(messages, seed=3) == with_typos(messages, seed=3) != messages
