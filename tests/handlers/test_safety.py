"""What sounds dangerous is answered with whom to call, a tap away."""

from collections.abc import Callable

import pytest

from bot.talk import Heard

Talk = Callable[[str], Heard]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("胸が締めつけられるように痛い", ["tel:119"]),
        ("背中の痛みが2か月続いて、だんだんひどくなっています", ["tel:%237119", "tel:119"]),
        ("もう死にたい", ["tel:0120-061-338", "tel:0120-783-556", "tel:0120-279-338", "tel:119", "tel:110"]),
    ],
)
def test_every_line_of_help_is_a_tap_away(talk: Talk, text: str, numbers: list[str]) -> None:
    heard = talk(text)

    assert heard.reply is not None
    assert heard.reply.outcome == "safety"
    assert [action["uri"] for action in heard.actions if action["type"] == "uri"] == numbers
