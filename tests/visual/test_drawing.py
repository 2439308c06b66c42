"""What the page draws of messages other than Flex, and what it makes of values that nobody should send."""

import json
from typing import Any

import pytest

from tests.visual import looks
from tests.visual.conftest import AT, Stage

pytestmark = pytest.mark.browser

HOSTILE = '"><img src=x onerror="window.hacked=1"><style>*{color:red}</style>'
PICTURE = "https://pictures.example/600x400.png"


def said(label: str) -> dict[str, str]:
    return {"type": "message", "label": label, "text": label}


def button(action: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": [{"type": "button", "action": action}]},
    }


CARD = {"thumbnailImageUrl": PICTURE, "title": "はじめての方へ", "text": "初回は問診から始めます。"}
TEMPLATES: dict[str, dict[str, Any]] = {
    "buttons": {"type": "buttons", **CARD, "actions": [said("予約する"), said("場所を見る"), said("料金を見る")]},
    "confirm": {
        "type": "confirm",
        "text": "明日 10:00 のご予約でよろしいですか。",
        "actions": [said("はい"), said("いいえ")],
    },
    "carousel": {
        "type": "carousel",
        "imageAspectRatio": "square",
        "imageSize": "contain",
        "columns": [{**CARD, "imageBackgroundColor": "#D7ECE6", "actions": [said(f"枠{n}を選ぶ")]} for n in (1, 2, 3)],
    },
    "image_carousel": {
        "type": "image_carousel",
        "columns": [{"imageUrl": PICTURE, "action": said(f"写真{n}")} for n in (1, 2)],
    },
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_looks_as_it_should(stage: Stage, name: str) -> None:
    stage.show({"type": "template", "altText": "案内", "template": TEMPLATES[name]})

    assert stage.run_over() == []
    looks.check(f"templates/{name}", stage.picture())


def test_an_imagemap_is_tapped_where_its_areas_are(stage: Stage) -> None:
    areas = [
        {
            "type": "message",
            "text": "予約したい",
            "label": "予約",
            "area": {"x": 0, "y": 0, "width": 520, "height": 700},
        },
        {
            "type": "clipboard",
            "clipboardText": "a",
            "label": "写す",
            "area": {"x": 520, "y": 350, "width": 520, "height": 350},
        },
    ]
    size = {"width": 1040, "height": 700}
    stage.show({"type": "imagemap", "altText": "地図", "baseUrl": PICTURE, "baseSize": size, "actions": areas})
    page, whole = stage.page, stage.page.locator(".imagemap").bounding_box()
    area = page.get_by_role("button", name="写す").bounding_box()
    assert whole is not None
    assert area is not None
    shares = (area["x"] - whole["x"]) / whole["width"], (area["y"] - whole["y"]) / whole["height"]
    assert shares == pytest.approx((0.5, 0.5), abs=0.01)
    page.evaluate("stage.done.length = 0")
    page.mouse.click(whole["x"] + whole["width"] / 4, whole["y"] + 20)

    assert page.evaluate("stage.done") == [{"name": "say", "text": "予約したい"}]


def test_every_kind_of_message_is_shown_as_what_it_is(stage: Stage) -> None:
    place = {"latitude": 35.68, "longitude": 139.76, "title": "みなと整体院", "address": "東京都港区1-2-3"}
    quick = [{"type": "action", "imageUrl": "https://pictures.example/48x48.png", "action": said("はい")}]
    mention = {"type": "mention", "mentionee": {"type": "user", "userId": "U1"}}
    messages = [
        {
            "type": "text",
            "text": "ご予約ありがとうございます$ https://example.com/map",
            "emojis": [{"index": 13, "productId": "1", "emojiId": "2"}],
        },
        {
            "type": "textV2",
            "text": "{who}さん {{税込}} {mark} {unknown}",
            "substitution": {"who": mention, "mark": {"type": "emoji"}},
        },
        {"type": "sticker", "packageId": "446", "stickerId": "1993"},
        {"type": "sticker", "packageId": "1", "stickerId": "2"},
        {"type": "image", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE},
        {"type": "audio", "duration": 4200},
        {"type": "location", **place},
        {"type": "coupon", "couponId": "1"},
        {
            "type": "text",
            "text": "担当の者です。",
            "sender": {"name": "受付", "iconUrl": "https://pictures.example/48x48.png"},
            "quickReply": {"items": quick},
        },
    ]
    stage.show(*messages)
    page = stage.page

    bubbles = page.locator(".bubble").all_inner_texts()
    assert bubbles[0] == "ご予約ありがとうございます🙂 https://example.com/map"
    assert bubbles[1] == "@メンバーさん {税込} 🙂 {unknown}"
    assert page.locator(".bubble a").get_attribute("href") == "https://example.com/map"
    assert page.get_by_role("img", name="スタンプ いいね").is_visible()
    assert page.get_by_text("1 / 2").is_visible()
    assert page.locator(".stand strong").all_inner_texts() == ["ボイスメッセージ", "みなと整体院", "クーポン"]
    assert page.get_by_text("5秒", exact=True).is_visible()
    assert page.locator(".name").all_inner_texts()[-1] == "受付 (みなと整体院)"
    assert page.locator(".quick img").evaluate("image => image.naturalWidth") == 48


def test_an_answer_shows_what_it_quotes(stage: Stage) -> None:
    def item(id: str, side: str, **message: Any) -> dict[str, Any]:
        return {"id": id, "from": side, "messages": [message], "at": AT, "read": True, "unsent": False, "notes": []}

    items = [
        item("1", "person", type="text", text="日曜は開いていますか", quoteToken="q1"),
        item("b", "bot", type="text", text="はい、10時からです。", quoteToken="q1"),
        item("2", "person", type="text", text="こちらの件です", quotedMessageId="1"),
    ]
    stage.page.evaluate("([items, at]) => stage.showItems(items, at)", [items, AT])

    quotes = stage.page.locator(".quoted").all_inner_texts()
    assert quotes == ["あなた\n日曜は開いていますか"] * 2
    assert stage.page.get_by_text("既読").count() == 2


@pytest.mark.parametrize(
    "value",
    ["red; position: fixed", "url(https://evil.example/x)", "#12345", "constructor", "1e9px", "calc(1px)", 7, None, {}],
)
def test_a_value_that_is_none_changes_nothing(stage: Stage, value: object) -> None:
    keys = [
        "backgroundColor",
        "borderColor",
        "borderWidth",
        "cornerRadius",
        "width",
        "height",
        "paddingAll",
        "justifyContent",
    ]
    keys += ["alignItems", "margin", "offsetTop", "position", "flex", "spacing", "layout"]
    words = ["size", "color", "weight", "style", "decoration", "align", "gravity", "maxLines", "lineSpacing", "wrap"]
    text = {"type": "text", "text": "肩"} | dict.fromkeys(words, value)
    line = {"type": "separator", "color": value, "margin": value}
    box = {
        "type": "box",
        "contents": [text, line],
        "background": {"type": "linearGradient", "angle": value, "startColor": value},
    }
    bubble = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": [box | dict.fromkeys(keys, value)]},
    }
    stage.show_flex(bubble | {"size": value, "styles": {"body": {"backgroundColor": value}}})

    plain = {"backgroundColor": "rgba(0, 0, 0, 0)", "paddingTop": "0px", "position": "relative", "width": 256}
    assert stage.facts("body.0", list(plain)) == plain
    assert stage.facts("body.0.0", ["fontSize", "color"]) == {"fontSize": "16px", "color": "rgb(17, 17, 17)"}
    assert "evil" not in stage.page.locator(".fx-bubble").evaluate("card => card.outerHTML")


@pytest.mark.parametrize(("option", "folded"), [("openRichMenu", False), ("closeRichMenu", True)])
def test_a_button_opens_and_closes_the_rich_menu(stage: Stage, option: str, folded: bool) -> None:
    stage.show_flex(button({"type": "postback", "label": "メニュー", "data": "menu", "inputOption": option}))
    stage.page.evaluate("stage.done.length = 0")
    stage.page.locator(".fx-button").click()

    done = stage.page.evaluate("stage.done.map(({ folded, name, data }) => folded ?? [name, data])")
    assert done == [folded, ["postback", "menu"]]


@pytest.mark.parametrize(
    "uri",
    ["javascript:window.hacked=1", "data:text/html,<script>1</script>", "vbscript:x", "file:///etc/passwd", "//x"],
)
def test_no_address_but_a_harmless_one_is_opened(stage: Stage, uri: str) -> None:
    stage.show_flex(button({"type": "uri", "label": "開く", "uri": uri}))
    before = stage.page.url
    stage.page.get_by_role("button", name="開く").click()

    assert stage.page.url == before
    assert len(stage.page.context.pages) == 1
    assert stage.page.evaluate("window.hacked") is None


def test_hostile_words_stay_words_wherever_they_stand(stage: Stage) -> None:
    template = {"type": "buttons", "title": HOSTILE, "text": HOSTILE, "actions": [said(HOSTILE)]}
    stage.show(
        {"type": "text", "text": HOSTILE, "sender": {"name": HOSTILE, "iconUrl": "javascript:1"}},
        {"type": "template", "altText": HOSTILE, "template": template},
        {"type": "imagemap", "altText": HOSTILE, "baseUrl": HOSTILE, "actions": [{"type": "message", "text": HOSTILE}]},
        {"type": "location", "title": HOSTILE, "address": HOSTILE},
        {"type": HOSTILE, "altText": HOSTILE},
        {
            "type": "flex",
            "altText": HOSTILE,
            "contents": {"type": "carousel", "contents": [None, 3, {"body": {"type": HOSTILE}}]},
        },
    )

    assert stage.page.locator(".log :is(script, style, img[src='x'])").count() == 0
    assert stage.page.evaluate("window.hacked") is None
    assert json.dumps(stage.page.locator(".bubble").first.inner_text()) == json.dumps(HOSTILE)
