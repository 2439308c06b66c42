"""Checks the body of a send as LINE would: recipients, one to five messages, each within its limits."""

import re
from typing import Any

from .action_limits import QUICK_REPLY_TAPS, check_action
from .complaints import Complaints, Json, grapheme_length
from .flex_limits import check_container
from .template_limits import check_template

SENDS = ("reply", "push", "multicast", "broadcast", "narrowcast")

_KINDS = (
    *("text", "textV2", "sticker", "image", "video", "audio"),
    *("location", "imagemap", "template", "flex", "coupon"),
)
_LONGEST_TEXT = 5000
_LONGEST_ALT_TEXT = 1500
_MOST_MESSAGES = 5
_MOST_RECIPIENTS = 500
_MOST_QUICK_REPLIES = 13
_MOST_EMOJIS = 20
_MOST_SUBSTITUTIONS = 100


def check_send(endpoint: str, body: Json) -> list[Json]:
    """What LINE would object to in the *body* of a send by *endpoint*; empty if it would take it."""
    complaints = Complaints()
    match endpoint:
        case "reply":
            complaints.text(body, "replyToken", "", most=1000)
        case "push":
            complaints.text(body, "to", "", most=1000)
        case "multicast":
            complaints.items(body, "to", "", least=1, most=_MOST_RECIPIENTS)
    messages = complaints.items(body, "messages", "", least=1, most=_MOST_MESSAGES)
    for number, message in enumerate(messages):
        check_message(complaints, message, f"messages[{number}]")
    complaints.flag(body, "notificationDisabled")
    if "customAggregationUnits" in body:
        _check_units(complaints, body["customAggregationUnits"], allowed=endpoint in ("push", "multicast"))
    if endpoint == "narrowcast" and body.get("limit") is not None:
        limit = complaints.mapping(body["limit"], "limit") or {}
        if "max" in limit and not (type(limit["max"]) is int and limit["max"] > 0):
            complaints.add("limit.max", "Must be greater than 0")
        complaints.flag(limit, "upToRemainingQuota", "limit")
    return [detail | {"property": detail["property"].removeprefix(".")} for detail in complaints.details]


def check_message(complaints: Complaints, message: object, where: str) -> None:
    """Complains of everything in one message that LINE would refuse."""
    found = complaints.mapping(message, where)
    if found is None or not complaints.choice(found, "type", where, _KINDS, required=True):
        return
    match found["type"]:
        case "text":
            complaints.text(found, "text", where, most=_LONGEST_TEXT)
            _check_emojis(complaints, found, where)
        case "textV2":
            _check_substitution(complaints, found, where)
        case "sticker":
            complaints.text(found, "packageId", where, most=20)
            complaints.text(found, "stickerId", where, most=20)
        case "image" | "video":
            complaints.https(found, "originalContentUrl", where)
            complaints.https(found, "previewImageUrl", where)
            complaints.text(found, "trackingId", where, most=100, required=False)
        case "audio":
            complaints.https(found, "originalContentUrl", where)
            complaints.number(found, "duration", where, least=1, most=24 * 3600 * 1000)
        case "location":
            complaints.text(found, "title", where, most=100)
            complaints.text(found, "address", where, most=100)
            complaints.number(found, "latitude", where, least=-90, most=90)
            complaints.number(found, "longitude", where, least=-180, most=180)
        case "imagemap":
            _check_imagemap(complaints, found, where)
        case "template":
            complaints.text(found, "altText", where, most=_LONGEST_ALT_TEXT)
            check_template(complaints, found.get("template"), f"{where}.template")
        case "flex":
            complaints.text(found, "altText", where, most=_LONGEST_ALT_TEXT)
            check_container(complaints, found.get("contents"), f"{where}.contents")
        case "coupon":
            complaints.text(found, "couponId", where, most=100)
    _check_quick_reply(complaints, found, where)
    _check_sender(complaints, found, where)


def _check_quick_reply(complaints: Complaints, message: Json, where: str) -> None:
    if message.get("quickReply") is None:
        return
    where = f"{where}.quickReply"
    if (found := complaints.mapping(message["quickReply"], where)) is None:
        return
    for number, item in enumerate(complaints.items(found, "items", where, least=1, most=_MOST_QUICK_REPLIES)):
        here = f"{where}.items[{number}]"
        if (entry := complaints.mapping(item, here)) is not None:
            complaints.https(entry, "imageUrl", here, required=False)
            check_action(complaints, entry.get("action"), f"{here}.action", label_most=20, kinds=QUICK_REPLY_TAPS)


def _check_sender(complaints: Complaints, message: Json, where: str) -> None:
    if message.get("sender") is None:
        return
    where = f"{where}.sender"
    if (found := complaints.mapping(message["sender"], where)) is None:
        return
    name = complaints.text(found, "name", where, most=20, required=False)
    if name is not None and "line" in name.casefold():
        complaints.add(f"{where}.name", "May not contain LINE")
    complaints.https(found, "iconUrl", where, required=False)


def _check_emojis(complaints: Complaints, message: Json, where: str) -> None:
    if message.get("emojis") is None:
        return
    text = message.get("text")
    for number, emoji in enumerate(complaints.items(message, "emojis", where, least=0, most=_MOST_EMOJIS)):
        here = f"{where}.emojis[{number}]"
        if (found := complaints.mapping(emoji, here)) is None:
            continue
        complaints.text(found, "productId", here, most=100)
        complaints.text(found, "emojiId", here, most=100)
        units = text.encode("utf-16-le", "surrogatepass") if isinstance(text, str) else b""
        index = found.get("index")
        if not isinstance(index, int) or units[2 * index : 2 * index + 2] != b"$\0":
            complaints.add(f"{here}.index", "Must point to a $ in the text")


def _check_substitution(complaints: Complaints, message: Json, where: str) -> None:
    text = complaints.text(message, "text", where, most=_LONGEST_TEXT)
    given = complaints.mapping(message.get("substitution") or {}, f"{where}.substitution") or {}
    if len(given) > _MOST_SUBSTITUTIONS:
        complaints.add(f"{where}.substitution", f"Size must be between 0 and {_MOST_SUBSTITUTIONS}")
    for key, value in given.items():
        here = f"{where}.substitution.{key}"
        if not re.fullmatch(r"[0-9A-Za-z_]{1,20}", key):
            complaints.add(here, "invalid key")
        _check_substitute(complaints, value, here)
    for kind in ("mention", "emoji"):
        if sum(isinstance(value, dict) and value.get("type") == kind for value in given.values()) > _MOST_EMOJIS:
            complaints.add(f"{where}.substitution", f"At most {_MOST_EMOJIS} of type {kind}")
    bare = re.sub(r"\{\{|\}\}", "", text or "")
    for name in re.findall(r"\{([^{}]*)\}", bare):
        if name not in given:
            complaints.add(f"{where}.text", f"No substitution for {{{name}}}")
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", bare)):
        complaints.add(f"{where}.text", "A brace must be doubled")


def _check_substitute(complaints: Complaints, value: object, where: str) -> None:
    """What stands in the place of a ``{name}``."""
    found = complaints.mapping(value, where)
    if found is None or not complaints.choice(found, "type", where, ("mention", "emoji"), required=True):
        return
    if found["type"] == "emoji":
        complaints.text(found, "productId", where, most=100)
        complaints.text(found, "emojiId", where, most=100)
        return
    whom = complaints.mapping(found.get("mentionee"), f"{where}.mentionee")
    if whom is not None and complaints.choice(whom, "type", f"{where}.mentionee", ("user", "all"), required=True):
        complaints.text(whom, "userId", f"{where}.mentionee", most=100, required=whom["type"] == "user")


def mentions(messages: list[Json]) -> list[str]:
    """Where checked *messages* mention somebody, which only a group or room may see."""
    return [
        f"messages[{number}].substitution.{key}"
        for number, message in enumerate(messages)
        if message["type"] == "textV2"
        for key, value in (message.get("substitution") or {}).items()
        if value["type"] == "mention"
    ]


def _check_imagemap(complaints: Complaints, message: Json, where: str) -> None:
    complaints.https(message, "baseUrl", where)
    complaints.text(message, "altText", where, most=_LONGEST_ALT_TEXT)
    size = complaints.mapping(message.get("baseSize"), f"{where}.baseSize") or {}
    complaints.number(size, "width", f"{where}.baseSize", least=1040, most=1040)
    complaints.number(size, "height", f"{where}.baseSize", least=1, most=100_000)
    for number, action in enumerate(complaints.items(message, "actions", where, least=0, most=50)):
        here = f"{where}.actions[{number}]"
        if (found := complaints.mapping(action, here)) is None:
            continue
        if not complaints.choice(found, "type", here, ("uri", "message", "clipboard"), required=True):
            continue
        if found["type"] == "message":
            complaints.text(found, "text", here, most=400, measure=grapheme_length)
        elif found["type"] == "uri":
            complaints.uri(found, "linkUri", here)
        else:
            complaints.text(found, "clipboardText", here, most=1000)
        area = complaints.mapping(found.get("area"), f"{here}.area") or {}
        for key in ("x", "y", "width", "height"):
            complaints.number(area, key, f"{here}.area", least=0, most=100_000)


def _check_units(complaints: Complaints, units: Any, *, allowed: bool) -> None:
    if not allowed:
        complaints.add("customAggregationUnits", "Not supported by this endpoint")
    elif not isinstance(units, list) or len(units) > 1:
        complaints.add("customAggregationUnits", "Size must be between 0 and 1")
    elif units and not (isinstance(units[0], str) and re.fullmatch(r"[A-Za-z0-9_]{1,30}", units[0])):
        complaints.add("customAggregationUnits[0]", "Must be 1 to 30 of A-Z a-z 0-9 _")
