"""Articles are read section by section; a button that names none opens nothing and breaks nothing."""

import pytest

from bot.talk import Visitor
from tests.talks import tap


@pytest.mark.parametrize("data", ["section faq/price 0", "section article/nowhere 0", "section faq/price ²", "section"])
def test_a_button_that_names_no_section_is_answered_kindly(visitor: Visitor, data: str) -> None:
    visitor.say("メニュー")
    heard = tap(visitor, data)

    assert heard.reply is not None
    assert heard.reply.outcome != "failed"
    assert heard.texts
