"""What the assistant's own cards look like, of each kind one, on a phone and on a desktop."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.app import Knowledge
from bot.broadcasts.content import Button, CardContent
from bot.line import announcements, rendering, richmenu
from bot.settings import DEFAULT_CONTENT
from bot.talk import Heard, House, Visitor, WoundClock
from tests.visual import looks
from tests.visual.conftest import WIDTHS, Shop, Stage

pytestmark = pytest.mark.browser

Json = dict[str, Any]
FRIDAY = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
A_FORTNIGHT_BEFORE = FRIDAY - timedelta(days=15)


def drawn(heard: Heard) -> list[Json]:
    """What was heard, with the pictures that a public address would show."""
    if heard.reply is None:
        return list(heard.messages)
    return rendering.render(heard.reply, lambda name: f"https://pictures.example/gallery/{name}.png")


def check(*answers: str) -> Callable[[Visitor], list[Json]]:
    """A self-check after these answers."""

    def answered(visitor: Visitor) -> list[Json]:
        for said in ("背中の熱のセルフチェック", *answers):
            heard = visitor.say(said)
        return drawn(heard)

    return answered


def step(visitor: Visitor) -> list[Json]:
    visitor.say("夕方の10分筋トレ")
    return drawn(visitor.tap("始める"))


def ring(visitor: Visitor) -> list[Json]:
    visitor.say("毎朝6時半にストレッチ教えて")
    return drawn(visitor.wait_for_ring())


def kept_a_week(visitor: Visitor) -> None:
    """Stretch on some days of a fortnight, up to today."""
    for day in (6, 7, 9, 10, 12, 13, 16, 17, 18, 20):
        visitor.house.clock.set(FRIDAY + timedelta(days=day - FRIDAY.day))
        visitor.say("ストレッチできた")


def month(visitor: Visitor) -> list[Json]:
    kept_a_week(visitor)
    return drawn(visitor.say("記録見せて"))


def week(visitor: Visitor) -> list[Json]:
    kept_a_week(visitor)
    visitor.say("毎週のまとめを受け取りたい")
    visitor.tap("毎週まとめを受け取る")
    return drawn(visitor.wait(FRIDAY + timedelta(days=2, hours=11)))


def announcement(visitor: Visitor) -> list[Json]:
    card = CardContent(
        title="年末年始のお休み",
        text="12月30日(水)から1月3日(日)までお休みします。\n年内のご予約は、お早めにどうぞ。",
        picture_id=1,
        buttons=(Button(label="予約する", url="https://example.com/"), Button(label="営業時間", say="営業時間は?")),
    )
    return announcements.render(
        card,
        broadcast_id=1,
        picture_url=lambda _, is_small: "https://pictures.example/800x520.png",
        link_url=lambda _: None,
        picture_size=lambda _: (800, 520),
    )


def saying(text: str) -> Callable[[Visitor], list[Json]]:
    return lambda visitor: drawn(visitor.say(text))


KINDS: dict[str, Callable[[Visitor], list[Json]]] = {
    "welcome": lambda visitor: drawn(visitor.follow()),
    "menu": saying("メニュー"),
    "summary": saying("背中だけ熱いのはなぜ?"),
    "faq": saying("予約したい"),
    "exercise": saying("バードドッグのやり方"),
    "step": step,
    "routine": saying("朝のストレッチと深呼吸"),
    "ring": ring,
    "check": check(),
    "ending": check("ごはん食べたあとかな", "先週くらいから", "べつにないよ"),
    "month": month,
    "week": week,
    "alert": saying("胸が締めつけられるように痛い"),
    "announcement": announcement,
}


@pytest.fixture(scope="module")
def cards(knowledge: Knowledge) -> Callable[[str], list[Json]]:
    """What somebody new gets to see of a kind; each is had once, for all sizes."""
    known: dict[str, list[Json]] = {}

    def card(kind: str) -> list[Json]:
        if kind not in known:
            is_long = KINDS[kind] in (month, week)
            with House(knowledge, WoundClock(A_FORTNIGHT_BEFORE if is_long else FRIDAY)) as house:
                visitor = house.person()
                if kind != "welcome":
                    visitor.follow()
                known[kind] = KINDS[kind](visitor)
        return known[kind]

    return card


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_card_looks_as_it_should(
    open_stage: Callable[[str], Stage], cards: Callable[[str], list[Json]], kind: str, size: str
) -> None:
    stage = open_stage(size)
    messages = cards(kind)
    assert any(message["type"] == "flex" for message in messages)
    stage.show(*messages)

    assert stage.run_over() == []
    assert stage.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    looks.check(f"cards/{kind}-{size}", stage.picture(".phone"))


@pytest.mark.parametrize("tab", [0, 1])
def test_the_rich_menu_looks_as_it_should(
    open_stage: Callable[[str], Stage], shop: Shop, knowledge: Knowledge, tab: int
) -> None:
    menu = knowledge.library.richmenu
    assert menu is not None
    wanted = richmenu.wanted(DEFAULT_CONTENT, menu)[tab]
    id = f"richmenu-{tab:032x}"
    known = {"default": id, "menus": {id: dict(wanted.body)}, "aliases": {}}
    shop.files["/richmenu"] = (json.dumps(known).encode(), "application/json")
    shop.files[f"/richmenu/{id}/image"] = (wanted.picture(), "image/png")
    stage = open_stage("phone")
    stage.page.evaluate("document.getElementById('richmenu')?.remove()")
    stage.page.evaluate("stage.showMenu()")
    picture = stage.page.locator(".richmenu").screenshot()
    stage.page.evaluate("document.getElementById('richmenu').remove()")

    looks.check(f"cards/richmenu-{tab}", picture)
