"""What the whole assistant answers to whoever taps the rich menu."""

import pytest
import sqlalchemy as sa

from bot import insight, today
from bot.delivery.rules import Rules
from bot.line import richmenu
from bot.models import Person
from bot.settings import DEFAULT_CONTENT
from bot.talk import House, Visitor
from bot.talks import thread


@pytest.fixture
def taps(house: House) -> list[dict[str, str]]:
    """What the menu's fields do."""
    menu = house.app.library.richmenu
    assert menu is not None
    tabs = richmenu.wanted(DEFAULT_CONTENT, menu)
    return [area["action"] for tab in tabs for area in tab.body["areas"] if area["action"]["type"] == "postback"]


def switch(house: House, visitor: Visitor, alias: str) -> int:
    """Tap a tab; how many messages came of it."""
    before = len(visitor.phone.received)
    visitor.phone.switch_menu(alias, "tab me")
    house.work()
    return len(visitor.phone.received) - before


def test_a_tapped_tab_is_answered_by_nothing(house: House, visitor: Visitor) -> None:
    visitor.follow()

    # There is no such alias here: the phone says so, and that is no question to us either.
    assert switch(house, visitor, "senaka-me") == 0
    assert house.platform.events[-1]["postback"]["params"]["status"] == "RICHMENU_ALIAS_ID_NOTFOUND"
    house.platform.rich_menus.aliases["senaka-me"] = "richmenu-1"
    house.platform.rich_menus.pictures["richmenu-1"] = ("image/png", b"")
    assert switch(house, visitor, "senaka-me") == 0
    assert house.platform.events[-1]["postback"]["params"]["status"] == "SUCCESS"


def test_a_tapped_tab_counts_as_no_use_and_stands_in_no_talk(house: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.say("料金は？")
    visitor.do({"type": "postback", "label": "メニュー", "data": "open command/menu"})
    for _ in range(3):
        switch(house, visitor, "senaka-me")

    now, library = house.clock(), house.app.library
    with house.app.sessions() as session:
        person = session.scalars(sa.select(Person)).one()
        said = [one for one in thread.page(session, person).said if one.is_theirs]
        assert today.of(session, now, Rules.of(library)).messages == 2
        assert insight.days(session, now, library.timezone, count=1)[0].messages == 2
        assert [part.kind for one in said for part in one.parts] == ["follow", "text", "tap"]


def test_a_tapped_tab_disturbs_no_flow(house: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.say("背中の熱チェック")
    switch(house, visitor, "senaka-me")
    answered = visitor.say("1番")

    assert answered.reply is not None
    assert answered.reply.step is not None
    assert answered.reply.step.name == "check.question"


def test_each_field_leads_where_its_words_lead(house: House, taps: list[dict[str, str]]) -> None:
    for tap in taps:
        by_tap, by_word = house.person(), house.person()
        for one in (by_tap, by_word):
            one.follow()
        tapped, said = by_tap.do(tap), by_word.say(tap["displayText"])

        assert tapped.reply is not None
        assert said.reply is not None
        assert (tapped.reply.about, tapped.reply.step) == (said.reply.about, said.reply.step), tap["label"]
        assert tapped.reply.outcome not in ("fallback", "suggest")
    assert len(taps) == 12
