"""Telling friends: by LINE's own page where the account's id is known, else by the practice's."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.app import Knowledge
from bot.talk import Heard, House, WoundClock
from tests.conftest import FRIDAY_MORNING
from tests.talks import labels, said

Talk = Callable[[str], Heard]


@pytest.fixture
def known(knowledge: Knowledge) -> Iterator[House]:
    practice = knowledge.library.practice.model_copy(update={"line_id": "@123abcde"})
    library = replace(knowledge.library, practice=practice)
    with House(replace(knowledge, library=library), WoundClock(FRIDAY_MORNING)) as house:
        yield house


def uris(heard: Heard) -> list[str]:
    return [action["uri"] for action in heard.actions if action["type"] == "uri"]


def test_a_button_opens_lines_own_choice_of_friends(known: House) -> None:
    heard = known.person().say("友だちに教えたい")

    assert heard.reply is not None
    assert heard.reply.about == "command/recommend"
    assert uris(heard) == ["https://line.me/R/nv/recommendOA/%40123abcde"]


def test_without_the_accounts_id_the_homepage_is_shown(talk: Talk) -> None:
    heard = talk("友達にも教えたいんですけど")

    assert uris(heard) == ["https://example.com/"]
    assert "ホームページ" in said(heard)


def test_the_menu_leads_there(talk: Talk) -> None:
    assert "友だちに教える" in labels(talk("メニュー"))


@pytest.mark.parametrize(
    "text",
    ["友達と遊びたい", "友達に会いたい", "友達にメール送りたい", "友達を紹介してほしい", "友達も一緒に行っていい？"],
)
def test_friends_that_are_spoken_of_otherwise_are_not_meant(talk: Talk, text: str) -> None:
    heard = talk(text)

    assert heard.reply is not None
    assert heard.reply.about != "command/recommend"
