"""What LINE would refuse in messages is refused with the place where it stands; the numbers are in test_numbers.py."""

import pytest

from bot.simulator.limits import check_send
from tests.bot.simulator.bodies import (
    EMOJI,
    FAMILY,
    box,
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

BODY = "messages[0].contents.body"
QUICK = "messages[0].quickReply.items[0].action"

REFUSED = [
    (text("x" * 5001), "messages[0].text"),
    (text(EMOJI * 2501), "messages[0].text"),
    (text(""), "messages[0].text"),
    (text(" \n"), "messages[0].text"),
    ({"type": "text"}, "messages[0].text"),
    (text(5), "messages[0].text"),
    ({"type": "poem"}, "messages[0].type"),
    ("text", "messages[0]"),
    (text(sender={"name": "x" * 21}), "messages[0].sender.name"),
    (text(sender={"name": "My LINE"}), "messages[0].sender.name"),
    (text(sender={"iconUrl": "http://example.com/x.png"}), "messages[0].sender.iconUrl"),
    (text("$" * 21, emojis=[{"index": 0, "productId": "x", "emojiId": "x"}] * 21), "messages[0].emojis"),
    (text("x", emojis=[{"index": 0, "productId": "x", "emojiId": "x"}]), "messages[0].emojis[0].index"),
    ({"type": "textV2", "text": "Hi {name}"}, "messages[0].text"),
    ({"type": "textV2", "text": "Hi {"}, "messages[0].text"),
    (quick(*[tap()] * 14), "messages[0].quickReply.items"),
    (quick(), "messages[0].quickReply.items"),
    (quick(tap(label="x" * 21)), f"{QUICK}.label"),
    (quick(tap(text="x" * 301)), f"{QUICK}.text"),
    (quick(postback(data="x" * 301)), f"{QUICK}.data"),
    (quick(postback(data=EMOJI * 151)), f"{QUICK}.data"),
    (quick(postback(displayText="x" * 301)), f"{QUICK}.displayText"),
    (quick(postback(displayText="x", text="x")), f"{QUICK}.displayText"),
    (quick(postback(fillInText="x")), f"{QUICK}.fillInText"),
    (quick(uri("javascript:alert(1)")), f"{QUICK}.uri"),
    (quick(uri("https://example.com/" + "x" * 981)), f"{QUICK}.uri"),
    (quick({"type": "richmenuswitch", "label": "x"}), f"{QUICK}.type"),
    (quick(picker(mode="week")), f"{QUICK}.mode"),
    (quick(picker(initial="2026-02-30")), f"{QUICK}.initial"),
    (quick(picker(initial="1899-12-31")), f"{QUICK}.initial"),
    (quick(picker(min="2026-02-02", max="2026-02-01")), f"{QUICK}.min"),
    (quick(picker(mode="time", max="24:00")), f"{QUICK}.max"),
    (quick({"type": "clipboard", "label": "x", "clipboardText": "x" * 1001}), f"{QUICK}.clipboardText"),
    (image(originalContentUrl="http://example.com/x.png"), "messages[0].originalContentUrl"),
    (image(previewImageUrl="https://example.com/" + "x" * 2000), "messages[0].previewImageUrl"),
    ({"type": "audio", "originalContentUrl": "https://example.com/x.m4a"}, "messages[0].duration"),
    ({"type": "sticker", "packageId": "1"}, "messages[0].stickerId"),
    ({"type": "location", "title": "x", "address": "x", "latitude": 91, "longitude": 0}, "messages[0].latitude"),
    (buttons(alt="x" * 1501), "messages[0].altText"),
    (buttons(text="x" * 161), "messages[0].template.text"),
    (buttons(text="x" * 61, title="x"), "messages[0].template.text"),
    (buttons(title="x" * 41), "messages[0].template.title"),
    (buttons(actions=[tap()] * 5), "messages[0].template.actions"),
    (buttons(actions=[tap(label="x" * 21)]), "messages[0].template.actions[0].label"),
    (buttons(actions=[{"type": "camera", "label": "x"}]), "messages[0].template.actions[0].type"),
    (buttons(thumbnailImageUrl="http://example.com/"), "messages[0].template.thumbnailImageUrl"),
    (template("confirm", text="x" * 241, actions=[tap()] * 2), "messages[0].template.text"),
    (template("confirm", text="x", actions=[tap()]), "messages[0].template.actions"),
    (template("carousel", columns=[column()] * 11), "messages[0].template.columns"),
    (template("carousel", columns=[column(actions=[tap()] * 4)]), "messages[0].template.columns[0].actions"),
    (template("carousel", columns=[column(), column(actions=[tap()] * 2)]), "messages[0].template.columns"),
    (template("carousel", columns=[column(), column(title="x")]), "messages[0].template.columns"),
    (template("carousel", columns=[column(text="x" * 121)]), "messages[0].template.columns[0].text"),
    (template("carousel", columns=[{}]), "messages[0].template.columns[0].text"),
    (
        template("image_carousel", columns=[{"imageUrl": "https://example.com/", "action": tap(label="x" * 13)}]),
        "messages[0].template.columns[0].action.label",
    ),
    (template("poll"), "messages[0].template.type"),
    (flex(bubble(words()), alt="x" * 1501), "messages[0].altText"),
    (flex(bubble(words()), alt=""), "messages[0].altText"),
    (flex({"type": "bubble"}), "messages[0].contents"),
    (flex({"type": "box"}), "messages[0].contents.type"),
    (flex(bubble(words("x" * 30_000))), "messages[0].contents"),
    (flex(bubble(words(""))), f"{BODY}.contents[0].text"),
    (flex(bubble({"type": "paragraph"})), f"{BODY}.contents[0].type"),
    (flex(bubble({"type": "icon", "url": "https://example.com/"})), f"{BODY}.contents[0].type"),
    (flex(bubble(words(colour="#000000"))), f"{BODY}.contents[0].colour"),
    (flex(bubble(words(color="red"))), f"{BODY}.contents[0].color"),
    (flex(bubble(words(size="huge"))), f"{BODY}.contents[0].size"),
    (flex(bubble(words(wrap="yes"))), f"{BODY}.contents[0].wrap"),
    (flex(bubble(words(flex=-1))), f"{BODY}.contents[0].flex"),
    (flex(bubble({"type": "button"})), f"{BODY}.contents[0].action"),
    (flex(bubble({"type": "button", "action": tap(label="x" * 41)})), f"{BODY}.contents[0].action.label"),
    (flex(bubble({"type": "button", "action": {"type": "message", "text": "x"}})), f"{BODY}.contents[0].action.label"),
    (flex(bubble({"type": "image", "url": "http://example.com/"})), f"{BODY}.contents[0].url"),
    (flex(bubble({"type": "box", "contents": []})), f"{BODY}.contents[0].layout"),
    (
        flex(bubble(box(words(), layout="baseline"), {"type": "box", "layout": "vertical"})),
        f"{BODY}.contents[1].contents",
    ),
    (flex(bubble(words(), size="tera")), "messages[0].contents.size"),
    (
        flex(bubble(words(), styles={"body": {"backgroundColor": "red"}})),
        "messages[0].contents.styles.body.backgroundColor",
    ),
    (flex({"type": "bubble", "hero": words()}), "messages[0].contents.hero.type"),
    (carousel(*[bubble(words())] * 13), "messages[0].contents.contents"),
    (carousel(bubble(words()), bubble(words(), size="kilo")), "messages[0].contents.contents"),
    (carousel(*[bubble(words("x" * 20_000))] * 3), "messages[0].contents"),
    (carousel(), "messages[0].contents.contents"),
]

TAKEN = [
    text("x" * 5000),
    text(EMOJI * 2500),
    text("$", emojis=[{"index": 0, "productId": "x", "emojiId": "x"}]),
    {
        "type": "textV2",
        "text": "{{x}} {name}",
        "substitution": {"name": {"type": "emoji", "productId": "x", "emojiId": "x"}},
    },
    quick(*[tap(label="x" * 20, text="x" * 300)] * 13),
    quick(tap(label=FAMILY * 20)),
    quick(postback(data=EMOJI * 150, displayText=FAMILY * 300)),
    quick(postback(inputOption="openKeyboard", fillInText="x")),
    quick(uri("tel:+81312345678"), uri("line://ti/p/@x"), uri("https://example.com/" + "x" * 980)),
    quick(picker(mode="datetime", min="2026-01-01t00:00", initial="2026-01-01T10:00", max="2100-12-31T23:59")),
    quick({"type": "camera", "label": "x"}, {"type": "location", "label": "x"}),
    text(sender={"name": "x" * 20, "iconUrl": "https://example.com/x.png"}),
    image(),
    buttons(text="x" * 160, actions=[tap()] * 4),
    template("confirm", text="x" * 240, actions=[tap()] * 2),
    template("carousel", columns=[column(title="x" * 40, text="x" * 60, actions=[tap()] * 3)] * 10),
    flex(bubble(words("x" * 29_000), words(size="xl", weight="bold", wrap=True, margin="md", maxLines=2))),
    flex(bubble({"type": "button", "style": "primary", "height": "sm", "action": tap(label="x" * 40)})),
    flex(bubble({"type": "text", "contents": [{"type": "span", "text": "x", "decoration": "underline"}]})),
    carousel(*[bubble(words(), size="kilo")] * 12),
]


@pytest.mark.parametrize(("message", "where"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_breaks_a_limit_is_refused_with_its_place(message, where):
    assert where in [detail["property"] for detail in check_send("validate", {"messages": [message]})]


@pytest.mark.parametrize("message", TAKEN)
def test_what_keeps_to_the_limits_is_taken(message):
    assert check_send("validate", {"messages": [message]}) == []


@pytest.mark.parametrize(
    ("endpoint", "body", "where"),
    [
        ("push", {"to": "U", "messages": []}, "messages"),
        ("push", {"to": "U", "messages": [text()] * 6}, "messages"),
        ("push", {"messages": [text()]}, "to"),
        ("reply", {"messages": [text()]}, "replyToken"),
        ("multicast", {"to": [], "messages": [text()]}, "to"),
        ("multicast", {"to": ["U"] * 501, "messages": [text()]}, "to"),
        ("push", {"to": "U", "messages": [text()], "notificationDisabled": "no"}, "notificationDisabled"),
        ("push", {"to": "U", "messages": [text()], "customAggregationUnits": ["a", "b"]}, "customAggregationUnits"),
        ("push", {"to": "U", "messages": [text()], "customAggregationUnits": ["a-b"]}, "customAggregationUnits[0]"),
        ("broadcast", {"messages": [text()], "customAggregationUnits": ["a"]}, "customAggregationUnits"),
    ],
)
def test_a_wrong_request_is_refused_with_its_place(endpoint, body, where):
    assert [detail["property"] for detail in check_send(endpoint, body)] == [where]


def test_a_refusal_has_the_shape_of_line(call):
    answer = call("message/validate/push", {"messages": [text("")]})

    assert answer.status == 400
    assert answer.body == {
        "message": "The request body has 1 error(s)",
        "details": [{"message": "May not be empty", "property": "messages[0].text"}],
    }


ODD = (
    None,
    True,
    -1,
    1.5,
    10**400,
    float("nan"),
    "",
    " ",
    "x" * 6000,
    "\ud800",
    [],
    [[]],
    {},
    {"type": []},
    [None, 5, "x"],
)


def _places(value, path=()):
    """The path of everything inside *value*."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from _places(inner, (*path, key))


def _with(value, path, odd):
    """A copy of *value* with something odd at that path."""
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(value[path[0]], path[1:], odd)
    return copy


@pytest.mark.parametrize("message", [message for message in TAKEN if len(str(message)) < 5000])
def test_whatever_stands_anywhere_in_a_message_it_is_taken_or_refused(message):
    for path in list(_places(message))[:60]:
        for odd in ODD:
            details = check_send("push", {"to": "U", "messages": [_with(message, path, odd)]})
            assert all(detail["message"] and detail["property"] for detail in details)
