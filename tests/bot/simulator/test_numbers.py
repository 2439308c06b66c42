"""Every number in LINE's reference is met at its edge, and one beyond is refused with LINE's status and words' shape."""

import io
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PIL import Image

from bot.simulator.answers import Answer
from bot.simulator.phone import Phone
from bot.simulator.platform import Platform
from tests.bot.simulator.bodies import (
    EMOJI,
    FAMILY,
    bubble,
    buttons,
    carousel,
    column,
    flex,
    image,
    picker,
    postback,
    quick,
    tap,
    template,
    text,
    uri,
    words,
)
from tests.bot.simulator.conftest import Call

DOCUMENTED = """
text: 5000 in UTF-16 units          text: emoji counts two            textV2: 5000
emojis: 20                          substitution: 100                 substitution: key of 20
substitution: key of letters        substitution: mentions 20         substitution: emojis 20
substitution: braces doubled        substitution: each defined        mention: groups only
quick replies: 13                   quick reply: label 20             quick reply: label by grapheme
quick reply: icon https             quick reply: icon 2000            quick reply: no richmenuswitch
altText of template: 1500           altText of imagemap: 1500         altText of flex: 1500
bubble: 30 KB                       flex carousel: 50 KB              flex carousel: 12
flex carousel: one size             buttons: text 160                 buttons: text 60 with image
buttons: text 60 with title         buttons: title 40                 buttons: actions 4
confirm: text 240                   confirm: not one action           confirm: not three actions
carousel: columns 10                carousel: actions 3               carousel: equal actions
carousel: text 120                  carousel: text 60 with title      carousel: title 40
image_carousel: columns 10          image_carousel: label 12          imagemap: actions 50
imagemap: width 1040                imagemap: text 400                imagemap: uri 1000
imagemap: base https                image: URL 2000                   image: preview 2000
image: https                        video: URL 2000                   video: preview https
video: trackingId 100               audio: https                      audio: duration
sticker: package                    sticker: id                       location: title 100
location: address 100               location: latitude                location: longitude
label: template 20                  label: flex 40                    label: rich menu 20
postback: data 300                  postback: displayText 300         postback: text 300
postback: fillInText 300            postback: displayText or text     message action: text 300
clipboard: 1000                     uri: 1000                         uri: desktop 1000
uri: schemes                        datetimepicker: first day         datetimepicker: last day
datetimepicker: no time zone        datetimepicker: in order          sender: name 20
sender: no LINE                     sender: icon https                sender: icon 2000
messages: 5                         messages: at least one            recipients: 500
recipients: at least one            body: 2 MB                        retry key: UUID
retry key: not with reply           retry key: not with validate      retry key: not with loading
unit: one                           unit: 30                          unit: letters
unit: not with broadcast            loading: 60 seconds               loading: 5 seconds
loading: steps of 5                 webhook: 500                      followers: 1000
rich menu: areas 20                 rich menu: chatBarText 14         rich menu: name 300
rich menu: width 800                rich menu: width 2500             rich menu: height 250
rich menu: ratio 1.45               rich menu: picture 1 MB           rich menu: picture PNG or JPEG
rich menu: switch data 300          alias: 32                         alias: letters
bulk link: 500                      batch: 1000                       batch: key 100
"""
"""The names of all limits, one for each number in LINE's reference: what is named here has a row below."""


@dataclass(frozen=True)
class Limit:
    """What is taken at the edge, and what is refused beyond it, and where that is told to be."""

    taken: object
    refused: object
    where: str | None
    path: str = "message/validate/push"
    method: str = "POST"
    status: int = 400
    refused_path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """Those of the request that is refused; the other one goes without."""


def message(taken: object, refused: object, where: str) -> Limit:
    return Limit({"messages": [taken]}, {"messages": [refused]}, f"messages[0].{where}")


def action(taken: dict[str, object], refused: dict[str, object], key: str) -> Limit:
    return message(quick(taken), quick(refused), f"quickReply.items[0].action.{key}")


def emoji_text(number: int) -> dict[str, object]:
    emojis = [{"index": index, "productId": "x", "emojiId": "x"} for index in range(number)]
    return text("$" * number, emojis=emojis)


EMOJI_OBJECT = {"type": "emoji", "productId": "x", "emojiId": "x"}
MENTION = {"type": "mention", "mentionee": {"type": "all"}}


def v2(said: str = "x", **substitution: object) -> dict[str, object]:
    return {"type": "textV2", "text": said} | ({"substitution": substitution} if substitution else {})


def many(number: int, what: Callable[[int], object]) -> dict[str, object]:
    return v2(**{f"k{index}": what(index) for index in range(number)})


def mixed(index: int) -> object:
    return EMOJI_OBJECT if index % 2 else MENTION


def with_icon(address: str) -> dict[str, object]:
    return text(quickReply={"items": [{"type": "action", "imageUrl": address, "action": tap()}]})


def address(length: int) -> str:
    return "https://example.com/".ljust(length, "x")


def imagemap(*actions: object, **more: object) -> dict[str, object]:
    base = {"type": "imagemap", "baseUrl": "https://example.com/x", "altText": "x", "actions": list(actions)}
    return base | {"baseSize": {"width": 1040, "height": 1040}} | more


def spot(**more: object) -> dict[str, object]:
    area = {"x": 0, "y": 0, "width": 1, "height": 1}
    return {"type": "message", "text": "x", "area": area} | more


def video(**more: object) -> dict[str, object]:
    return image(type="video", **more)


def audio(**more: object) -> dict[str, object]:
    return {"type": "audio", "originalContentUrl": "https://example.com/x", "duration": 1} | more


def place(**more: object) -> dict[str, object]:
    return {"type": "location", "title": "x", "address": "x", "latitude": 90, "longitude": 180} | more


def sticker(**more: object) -> dict[str, object]:
    return {"type": "sticker", "packageId": "1", "stickerId": "1"} | more


def sized(length: int, **more: object) -> dict[str, object]:
    """A bubble of so many bytes."""
    empty = bubble(words(""), **more)
    return bubble(words("x" * (length - len(json.dumps(empty, separators=(",", ":"))))), **more)


def carousel_of(length: int) -> dict[str, object]:
    """A carousel of so many bytes, in bubbles that are small enough."""
    two = [sized(20_000), sized(20_000)]
    empty = len(json.dumps({"type": "carousel", "contents": [*two, ""]}, separators=(",", ":"))) - 2
    return carousel(*two, sized(length - empty))


def columns(*given: object) -> dict[str, object]:
    return template("carousel", columns=list(given))


def pictures(number: int, label: str = "x") -> dict[str, object]:
    one = {"imageUrl": "https://example.com/x", "action": tap(label=label)}
    return template("image_carousel", columns=[one] * number)


def flex_button(label: str) -> dict[str, object]:
    return flex(bubble({"type": "button", "action": tap(label=label)}))


def menu(
    action: object = None, *, width: int = 2500, height: int = 1686, areas: int = 1, **more: object
) -> dict[str, object]:
    bounds = {"x": 0, "y": 0, "width": 1, "height": 1}
    area = {"bounds": bounds, "action": action or {"type": "message", "text": "x"}}
    size = {"width": width, "height": height}
    return {"size": size, "selected": True, "name": "x", "chatBarText": "x", "areas": [area] * areas} | more


def menus(taken: object, refused: object, where: str) -> Limit:
    return Limit(taken, refused, where, "richmenu/validate")


def send(endpoint: str, taken: dict[str, object], refused: dict[str, object], where: str) -> Limit:
    hello = {"messages": [text()]}
    return Limit(hello | taken, hello | refused, where, f"message/{endpoint}")


def keyed(path: str, body: dict[str, object]) -> Limit:
    return Limit(body, body, None, path, headers={"X_Line_Retry_Key": str(uuid.uuid4())})


ME = "U" + "1" * 32
USERS = [f"U{number:032x}" for number in range(501)]
BUTTON = "template.actions[0]"

LIMITS: dict[str, Limit] = {
    "text: 5000 in UTF-16 units": message(text("x" * 5000), text("x" * 5001), "text"),
    "text: emoji counts two": message(text(EMOJI * 2500), text(EMOJI * 2500 + "x"), "text"),
    "textV2: 5000": message(v2("x" * 5000), v2("x" * 5001), "text"),
    "emojis: 20": message(emoji_text(20), emoji_text(21), "emojis"),
    "substitution: 100": Limit(
        {"messages": [many(40, mixed)]}, {"messages": [many(101, mixed)]}, "messages[0].substitution"
    ),
    "substitution: key of 20": message(
        v2(**{"x" * 20: EMOJI_OBJECT}), v2(**{"x" * 21: EMOJI_OBJECT}), f"substitution.{'x' * 21}"
    ),
    "substitution: key of letters": message(v2(a_1=EMOJI_OBJECT), v2(**{"a-1": EMOJI_OBJECT}), "substitution.a-1"),
    "substitution: mentions 20": message(many(20, lambda _: MENTION), many(21, lambda _: MENTION), "substitution"),
    "substitution: emojis 20": message(
        many(20, lambda _: EMOJI_OBJECT), many(21, lambda _: EMOJI_OBJECT), "substitution"
    ),
    "substitution: braces doubled": message(v2("{{x}}"), v2("{x"), "text"),
    "substitution: each defined": message(v2("{a}", a=EMOJI_OBJECT), v2("{b}", a=EMOJI_OBJECT), "text"),
    "mention: groups only": Limit(
        {"to": "C" + "1" * 32, "messages": [v2("{a}", a=MENTION)]},
        {"to": ME, "messages": [v2("{a}", a=MENTION)]},
        "messages[0].substitution.a",
        "message/push",
    ),
    "quick replies: 13": message(quick(*[tap()] * 13), quick(*[tap()] * 14), "quickReply.items"),
    "quick reply: label 20": action(tap(label="x" * 20), tap(label="x" * 21), "label"),
    "quick reply: label by grapheme": action(tap(label=FAMILY * 20), tap(label=FAMILY * 21), "label"),
    "quick reply: icon https": message(
        with_icon("https://example.com/x"), with_icon("http://example.com/x"), "quickReply.items[0].imageUrl"
    ),
    "quick reply: icon 2000": message(
        with_icon(address(2000)), with_icon(address(2001)), "quickReply.items[0].imageUrl"
    ),
    "quick reply: no richmenuswitch": action(
        tap(), {"type": "richmenuswitch", "label": "x", "richMenuAliasId": "x", "data": "x"}, "type"
    ),
    "altText of template: 1500": message(buttons(alt="x" * 1500), buttons(alt="x" * 1501), "altText"),
    "altText of imagemap: 1500": message(imagemap(altText="x" * 1500), imagemap(altText="x" * 1501), "altText"),
    "altText of flex: 1500": message(
        flex(bubble(words()), alt="x" * 1500), flex(bubble(words()), alt="x" * 1501), "altText"
    ),
    "bubble: 30 KB": message(flex(sized(30_000)), flex(sized(30_001)), "contents"),
    "flex carousel: 50 KB": message(carousel_of(50_000), carousel_of(50_001), "contents"),
    "flex carousel: 12": message(
        carousel(*[bubble(words())] * 12), carousel(*[bubble(words())] * 13), "contents.contents"
    ),
    "flex carousel: one size": message(
        carousel(*[bubble(words(), size="kilo")] * 2),
        carousel(bubble(words(), size="kilo"), bubble(words(), size="mega")),
        "contents.contents",
    ),
    "buttons: text 160": message(buttons(text="x" * 160), buttons(text="x" * 161), "template.text"),
    "buttons: text 60 with image": message(
        buttons(text="x" * 60, thumbnailImageUrl="https://example.com/x"),
        buttons(text="x" * 61, thumbnailImageUrl="https://example.com/x"),
        "template.text",
    ),
    "buttons: text 60 with title": message(
        buttons(text="x" * 60, title="x"), buttons(text="x" * 61, title="x"), "template.text"
    ),
    "buttons: title 40": message(buttons(title="x" * 40), buttons(title="x" * 41), "template.title"),
    "buttons: actions 4": message(buttons(actions=[tap()] * 4), buttons(actions=[tap()] * 5), "template.actions"),
    "confirm: text 240": message(
        template("confirm", text="x" * 240, actions=[tap()] * 2),
        template("confirm", text="x" * 241, actions=[tap()] * 2),
        "template.text",
    ),
    "confirm: not one action": message(
        template("confirm", text="x", actions=[tap()] * 2),
        template("confirm", text="x", actions=[tap()]),
        "template.actions",
    ),
    "confirm: not three actions": message(
        template("confirm", text="x", actions=[tap()] * 2),
        template("confirm", text="x", actions=[tap()] * 3),
        "template.actions",
    ),
    "carousel: columns 10": message(columns(*[column()] * 10), columns(*[column()] * 11), "template.columns"),
    "carousel: actions 3": message(
        columns(column(actions=[tap()] * 3)), columns(column(actions=[tap()] * 4)), "template.columns[0].actions"
    ),
    "carousel: equal actions": message(
        columns(column(), column()), columns(column(), column(actions=[tap()] * 2)), "template.columns"
    ),
    "carousel: text 120": message(
        columns(column(text="x" * 120)), columns(column(text="x" * 121)), "template.columns[0].text"
    ),
    "carousel: text 60 with title": message(
        columns(column(text="x" * 60, title="x")),
        columns(column(text="x" * 61, title="x")),
        "template.columns[0].text",
    ),
    "carousel: title 40": message(
        columns(column(title="x" * 40)), columns(column(title="x" * 41)), "template.columns[0].title"
    ),
    "image_carousel: columns 10": message(pictures(10), pictures(11), "template.columns"),
    "image_carousel: label 12": message(
        pictures(1, "x" * 12), pictures(1, "x" * 13), "template.columns[0].action.label"
    ),
    "imagemap: actions 50": message(imagemap(*[spot()] * 50), imagemap(*[spot()] * 51), "actions"),
    "imagemap: width 1040": message(imagemap(), imagemap(baseSize={"width": 1041, "height": 1040}), "baseSize.width"),
    "imagemap: text 400": message(imagemap(spot(text="x" * 400)), imagemap(spot(text="x" * 401)), "actions[0].text"),
    "imagemap: uri 1000": message(
        imagemap(spot(type="uri", linkUri=address(1000))),
        imagemap(spot(type="uri", linkUri=address(1001))),
        "actions[0].linkUri",
    ),
    "imagemap: base https": message(imagemap(), imagemap(baseUrl="http://example.com/x"), "baseUrl"),
    "image: URL 2000": message(
        image(originalContentUrl=address(2000)), image(originalContentUrl=address(2001)), "originalContentUrl"
    ),
    "image: preview 2000": message(
        image(previewImageUrl=address(2000)), image(previewImageUrl=address(2001)), "previewImageUrl"
    ),
    "image: https": message(image(), image(originalContentUrl="http://example.com/x"), "originalContentUrl"),
    "video: URL 2000": message(
        video(originalContentUrl=address(2000)), video(originalContentUrl=address(2001)), "originalContentUrl"
    ),
    "video: preview https": message(video(), video(previewImageUrl="http://example.com/x"), "previewImageUrl"),
    "video: trackingId 100": message(video(trackingId="x" * 100), video(trackingId="x" * 101), "trackingId"),
    "audio: https": message(audio(), audio(originalContentUrl="http://example.com/x"), "originalContentUrl"),
    "audio: duration": message(audio(), audio(duration=0), "duration"),
    "sticker: package": message(sticker(), sticker(packageId=""), "packageId"),
    "sticker: id": message(sticker(), sticker(stickerId=None), "stickerId"),
    "location: title 100": message(place(title="x" * 100), place(title="x" * 101), "title"),
    "location: address 100": message(place(address="x" * 100), place(address="x" * 101), "address"),
    "location: latitude": message(place(), place(latitude=90.1), "latitude"),
    "location: longitude": message(place(), place(longitude=180.1), "longitude"),
    "label: template 20": message(
        buttons(actions=[tap(label="x" * 20)]), buttons(actions=[tap(label="x" * 21)]), f"{BUTTON}.label"
    ),
    "label: flex 40": message(flex_button("x" * 40), flex_button("x" * 41), "contents.body.contents[0].action.label"),
    "label: rich menu 20": menus(menu(tap(label="x" * 20)), menu(tap(label="x" * 21)), "areas[0].action.label"),
    "postback: data 300": action(postback(data=EMOJI * 150), postback(data=EMOJI * 150 + "x"), "data"),
    "postback: displayText 300": action(
        postback(displayText=FAMILY * 300), postback(displayText="x" * 301), "displayText"
    ),
    "postback: text 300": action(postback(text=FAMILY * 300), postback(text="x" * 301), "text"),
    "postback: fillInText 300": action(
        postback(inputOption="openKeyboard", fillInText=FAMILY * 300),
        postback(inputOption="openKeyboard", fillInText="x" * 301),
        "fillInText",
    ),
    "postback: displayText or text": action(postback(text="x"), postback(text="x", displayText="x"), "displayText"),
    "message action: text 300": action(tap(text=FAMILY * 300), tap(text="x" * 301), "text"),
    "clipboard: 1000": action(
        {"type": "clipboard", "label": "x", "clipboardText": "x" * 1000},
        {"type": "clipboard", "label": "x", "clipboardText": "x" * 1001},
        "clipboardText",
    ),
    "uri: 1000": action(uri(address(1000)), uri(address(1001)), "uri"),
    "uri: desktop 1000": action(
        uri("tel:1") | {"altUri": {"desktop": address(1000)}},
        uri("tel:1") | {"altUri": {"desktop": address(1001)}},
        "altUri.desktop",
    ),
    "uri: schemes": action(uri("line://ti/p/@x"), uri("ftp://example.com/"), "uri"),
    "datetimepicker: first day": action(picker(min="1900-01-01"), picker(min="1899-12-31"), "min"),
    "datetimepicker: last day": action(picker(max="2100-12-31"), picker(max="2101-01-01"), "max"),
    "datetimepicker: no time zone": action(
        picker(mode="datetime", initial="2026-01-01T10:00"),
        picker(mode="datetime", initial="2026-01-01T10:00+09:00"),
        "initial",
    ),
    "datetimepicker: in order": action(
        picker(min="2026-01-01", max="2026-01-02"), picker(min="2026-01-02", max="2026-01-01"), "min"
    ),
    "sender: name 20": message(text(sender={"name": "x" * 20}), text(sender={"name": "x" * 21}), "sender.name"),
    "sender: no LINE": message(text(sender={"name": "Lime"}), text(sender={"name": "aLine"}), "sender.name"),
    "sender: icon https": message(
        text(sender={"iconUrl": "https://example.com/x"}),
        text(sender={"iconUrl": "http://example.com/x"}),
        "sender.iconUrl",
    ),
    "sender: icon 2000": message(
        text(sender={"iconUrl": address(2000)}), text(sender={"iconUrl": address(2001)}), "sender.iconUrl"
    ),
    "messages: 5": Limit({"messages": [text()] * 5}, {"messages": [text()] * 6}, "messages"),
    "messages: at least one": Limit({"messages": [text()]}, {"messages": []}, "messages"),
    "recipients: 500": send("multicast", {"to": USERS[:500]}, {"to": USERS}, "to"),
    "recipients: at least one": send("multicast", {"to": USERS[:1]}, {"to": []}, "to"),
    "body: 2 MB": Limit(
        {"messages": [text()], "filler": "x" * 2_097_000},
        {"messages": [text()], "filler": "x" * 2_098_000},
        None,
        status=413,
    ),
    "retry key: UUID": Limit(
        {"to": ME, "messages": [text()]},
        {"to": ME, "messages": [text()]},
        None,
        "message/push",
        headers={"X_Line_Retry_Key": "1234"},
    ),
    "retry key: not with reply": keyed("message/reply", {"replyToken": "TOKEN", "messages": [text()]}),
    "retry key: not with validate": keyed("message/validate/push", {"messages": [text()]}),
    "retry key: not with loading": keyed("chat/loading/start", {"chatId": ME}),
    "unit: one": send(
        "push",
        {"to": ME, "customAggregationUnits": ["a"]},
        {"to": ME, "customAggregationUnits": ["a", "b"]},
        "customAggregationUnits",
    ),
    "unit: 30": send(
        "push",
        {"to": ME, "customAggregationUnits": ["x" * 30]},
        {"to": ME, "customAggregationUnits": ["x" * 31]},
        "customAggregationUnits[0]",
    ),
    "unit: letters": send(
        "push",
        {"to": ME, "customAggregationUnits": ["aZ_9"]},
        {"to": ME, "customAggregationUnits": ["a-b"]},
        "customAggregationUnits[0]",
    ),
    "unit: not with broadcast": send("broadcast", {}, {"customAggregationUnits": ["a"]}, "customAggregationUnits"),
    "loading: 60 seconds": Limit(
        {"chatId": ME, "loadingSeconds": 60},
        {"chatId": ME, "loadingSeconds": 65},
        "loadingSeconds",
        "chat/loading/start",
    ),
    "loading: 5 seconds": Limit(
        {"chatId": ME, "loadingSeconds": 5}, {"chatId": ME, "loadingSeconds": 0}, "loadingSeconds", "chat/loading/start"
    ),
    "loading: steps of 5": Limit(
        {"chatId": ME, "loadingSeconds": 10},
        {"chatId": ME, "loadingSeconds": 7},
        "loadingSeconds",
        "chat/loading/start",
    ),
    "webhook: 500": Limit(
        {"endpoint": address(500)}, {"endpoint": address(501)}, "endpoint", "channel/webhook/endpoint", "PUT"
    ),
    "followers: 1000": Limit(
        None, None, "limit", "followers/ids?limit=1000", "GET", refused_path="followers/ids?limit=1001"
    ),
    "rich menu: areas 20": menus(menu(areas=20), menu(areas=21), "areas"),
    "rich menu: chatBarText 14": menus(menu(chatBarText=FAMILY * 14), menu(chatBarText=FAMILY * 15), "chatBarText"),
    "rich menu: name 300": menus(menu(name=FAMILY * 300), menu(name=FAMILY * 301), "name"),
    "rich menu: width 800": menus(menu(width=800, height=250), menu(width=799, height=250), "size.width"),
    "rich menu: width 2500": menus(menu(width=2500), menu(width=2501), "size.width"),
    "rich menu: height 250": menus(menu(width=800, height=250), menu(width=800, height=249), "size.height"),
    "rich menu: ratio 1.45": menus(menu(width=1450, height=1000), menu(width=1449, height=1000), "size"),
    "rich menu: switch data 300": menus(
        menu({"type": "richmenuswitch", "richMenuAliasId": "a", "data": "x" * 300}),
        menu({"type": "richmenuswitch", "richMenuAliasId": "a", "data": "x" * 301}),
        "areas[0].action.data",
    ),
    "alias: 32": menus(
        menu({"type": "richmenuswitch", "richMenuAliasId": "x" * 32, "data": "x"}),
        menu({"type": "richmenuswitch", "richMenuAliasId": "x" * 33, "data": "x"}),
        "areas[0].action.richMenuAliasId",
    ),
    "alias: letters": menus(
        menu({"type": "richmenuswitch", "richMenuAliasId": "a-z_0", "data": "x"}),
        menu({"type": "richmenuswitch", "richMenuAliasId": "A", "data": "x"}),
        "areas[0].action.richMenuAliasId",
    ),
    "rich menu: picture 1 MB": Limit(None, None, None, status=413),
    "rich menu: picture PNG or JPEG": Limit(None, None, None, status=415),
    "bulk link: 500": Limit({"userIds": USERS[:500]}, {"userIds": USERS}, "userIds", "richmenu/bulk/unlink"),
    "batch: 1000": Limit(
        {"operations": [{"type": "unlinkAll"}] * 1000},
        {"operations": [{"type": "unlinkAll"}] * 1001},
        "operations",
        "richmenu/validate/batch",
    ),
    "batch: key 100": Limit(
        {"operations": [{"type": "unlinkAll"}], "resumeRequestKey": "x" * 100},
        {"operations": [{"type": "unlinkAll"}], "resumeRequestKey": "x" * 101},
        "resumeRequestKey",
        "richmenu/validate/batch",
    ),
}


def documented() -> list[str]:
    return [name.strip() for line in DOCUMENTED.strip().splitlines() for name in line.split("  ") if name.strip()]


def test_every_documented_limit_has_a_row_and_every_row_is_documented() -> None:
    assert sorted(LIMITS) == sorted(documented())


def shape(answer: Answer, where: str | None) -> None:
    """LINE's words: a message, and with it the places where there are any."""
    assert answer.body is not None
    assert answer.body.keys() == ({"message", "details"} if where else {"message"})
    assert isinstance(answer.body["message"], str)
    details = answer.body.get("details", [])
    assert all(detail.keys() == {"message", "property"} and detail["message"] for detail in details)
    assert where is None or {detail["property"] for detail in details} == {where}


@pytest.mark.parametrize("name", [name for name in documented() if "picture" not in name])
def test_the_edge_is_taken_and_what_lies_beyond_is_refused(
    name: str, call: Call, platform: Platform, person: Phone
) -> None:
    limit = LIMITS[name]
    platform.verified, platform.monthly_limit = True, None
    platform.group("C" + "1" * 32).invite_bot([person.user_id])
    token = person.say("hi")["replyToken"]
    taken, refused = (
        body | {"replyToken": token} if isinstance(body, dict) and "replyToken" in body else body
        for body in (limit.taken, limit.refused)
    )

    beyond = call(limit.refused_path or limit.path, refused, method=limit.method, **limit.headers)
    assert beyond.status == limit.status
    shape(beyond, limit.where)
    assert call(limit.path, taken, method=limit.method).status in (200, 202)


@pytest.mark.parametrize(
    ("name", "form", "size"),
    [("rich menu: picture 1 MB", "PNG", 1024 * 1024 + 1), ("rich menu: picture PNG or JPEG", "GIF", 0)],
)
def test_a_picture_is_taken_at_the_edge_and_refused_beyond(
    name: str, form: str, size: int, call: Call, platform: Platform
) -> None:
    def upload(form: str, size: int) -> Answer:
        buffer = io.BytesIO()
        Image.new("RGB", (2500, 1686), "#a5d2c9").save(buffer, form)
        headers = {"Authorization": "Bearer an-access-token", "Content-Type": f"image/{form.lower()}"}
        menu_id = call("richmenu", menu()).body["richMenuId"]
        path = f"/v2/bot/richmenu/{menu_id}/content"
        return platform.answer("POST", path, headers, buffer.getvalue().ljust(size, b"\0"))

    beyond = upload(form, size)
    assert beyond.status == LIMITS[name].status
    shape(beyond, None)
    assert upload("PNG" if size else "JPEG", 1024 * 1024 if size else 0).status == 200
