"""What becomes of people's data, in the talk: in short, with the way to the whole text and to erasing."""

from collections.abc import Callable

import pytest

from bot.conversation import Card, Choice, Reply
from bot.line.rendering import render
from bot.talk import Heard, Visitor
from tests.talks import labels, said

Talk = Callable[[str], Heard]


@pytest.mark.parametrize("text", ["プライバシー", "個人情報はどう扱われますか", "送った内容って誰が読むの"])
def test_it_is_told_in_short_with_the_ways_to_see_and_erase(talk: Talk, text: str) -> None:
    heard = talk(text)

    assert heard.reply is not None
    assert heard.reply.about == "command/privacy"
    for words in ("90日", "担当者だけ", "データを消して"):
        assert words in said(heard)
    assert {"わたしのデータ", "データを消す"} <= set(labels(heard))


def test_without_a_public_address_the_greeting_leads_to_the_answer_and_nothing_to_a_page(visitor: Visitor) -> None:
    visitor.follow()
    heard = visitor.tap("データの扱いを読む")

    assert "90日" in said(heard)
    assert "全文を読む" not in labels(heard)


def test_with_one_the_same_buttons_open_the_page() -> None:
    both = (Choice("a", "open command/privacy", page="/privacy"), Choice("b", page="/privacy"))
    (message,) = render(Reply(bubbles=(Card(title="x", buttons=both),)), base="https://bot.example")

    actions = [button["action"] for button in message["contents"]["footer"]["contents"]]
    assert [(action["type"], action["uri"]) for action in actions] == [("uri", "https://bot.example/privacy")] * 2


@pytest.mark.parametrize("promised", ["データを消して"])
def test_what_the_greeting_promises_leads_to_erasing(visitor: Visitor, talk: Talk, promised: str) -> None:
    assert promised in said(visitor.follow())
    talk(promised)

    assert "すべて消しました" in said(visitor.tap("はい、消します"))
