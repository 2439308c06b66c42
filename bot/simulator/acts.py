"""What people may do on their phones, by name: the chat page and the admin routes let them."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from .complaints import Json, utf16_length
from .phone import PICTURE, VIDEO, VOICE, File, Group, Phone
from .platform import Platform

USER = re.compile(r"U[0-9a-f]{32}")
_GROUP = re.compile(r"[CR][0-9a-f]{32}")
_LONGEST_TEXT = 5000
_LONGEST_NAME = 20
_LONGEST_DATA = 300
_LONGEST_ID = 100
_LONGEST_DURATION = 24 * 3600 * 1000
_LARGEST_FILE = 5_000_000


class WrongActError(Exception):
    """Nobody can do that; the message says what is wrong."""


def perform(platform: Platform, given: object) -> None:
    """Let somebody act: ``{"user": "U…", "act": …}`` on their own phone, with ``"group": "C…"`` in a group."""
    if not isinstance(given, dict):
        raise WrongActError("an act must be an object")
    act = given.get("act")
    if "group" in given:
        _known(act, GROUP_ACTS)(platform.group(_id(given, "group", _GROUP)), given)
    else:
        _known(act, ACTS)(platform.phone(_id(given, "user", USER)), given)


def _known(act: object, acts: "dict[str, Any]") -> Any:
    if not isinstance(act, str) or act not in acts:
        raise WrongActError(f"act: must be one of {', '.join(acts)}")
    return acts[act]


def _enter(phone: Phone, given: Json) -> None:
    """The first visit adds the bot as a friend; a later one changes nothing."""
    if not phone.chat.friend:
        phone.rename(_text(given, "name", most=_LONGEST_NAME))
        phone.follow()


def _say(phone: Phone, given: Json) -> None:
    quoted = _text(given, "quotedMessageId", most=_LONGEST_ID) if given.get("quotedMessageId") else None
    phone.say(_text(given, "text", most=_LONGEST_TEXT), quoted_message_id=quoted)


def _sticker(phone: Phone, given: Json) -> None:
    keywords = given.get("keywords") or []
    if not isinstance(keywords, list) or not all(isinstance(word, str) for word in keywords):
        raise WrongActError("keywords: must be a list of texts")
    phone.send_sticker(_text(given, "packageId", most=20), _text(given, "stickerId", most=20), keywords[:15])


def _file(phone: Phone, given: Json) -> None:
    content = _content(given, ("application/octet-stream", b""))[1]
    phone.send_file(_text(given, "name", most=_LONGEST_ID), len(content), content)


def _location(phone: Phone, given: Json) -> None:
    latitude, longitude = _number(given, "latitude", 90), _number(given, "longitude", 180)
    title, address = _text(given, "title", most=100), _text(given, "address", most=100)
    phone.send_location(latitude, longitude, title=title, address=address)


def _postback(phone: Phone, given: Json) -> None:
    params = given.get("params")
    if params is not None and not (isinstance(params, dict) and all(isinstance(v, str) for v in params.values())):
        raise WrongActError("params: must be an object of texts")
    display = _text(given, "displayText", most=_LONGEST_TEXT) if given.get("displayText") else None
    phone.postback(_text(given, "data", most=_LONGEST_DATA), display_text=display, params=params)


def _happen(phone: Phone, given: Json) -> None:
    properties = given.get("properties", {})
    if not isinstance(properties, dict):
        raise WrongActError("properties: must be an object")
    phone.happen(_text(given, "type", most=_LONGEST_ID), properties)


ACTS: dict[str, Callable[[Phone, Json], object]] = {
    "enter": _enter,
    "rename": lambda phone, given: phone.rename(_text(given, "name", most=_LONGEST_NAME)),
    "say": _say,
    "sticker": _sticker,
    "image": lambda phone, given: phone.send_image(_content(given, PICTURE)),
    "video": lambda phone, given: phone.send_video(_duration(given), _content(given, VIDEO)),
    "audio": lambda phone, given: phone.send_audio(_duration(given), _content(given, VOICE)),
    "file": _file,
    "location": _location,
    "postback": _postback,
    "switch": lambda phone, given: phone.switch_menu(
        _text(given, "alias", most=32), _text(given, "data", most=_LONGEST_DATA)
    ),
    "block": lambda phone, given: phone.block(),
    "unblock": lambda phone, given: phone.unblock(),
    "unsend": lambda phone, given: phone.unsend(_text(given, "messageId", most=40)),
    "event": _happen,
}
"""What a person may do, by the name that the page's script uses."""

GROUP_ACTS: dict[str, Callable[[Group, Json], object]] = {
    "invite": lambda group, given: group.invite_bot(_members(given)),
    "remove": lambda group, given: group.remove_bot(),
    "say": lambda group, given: group.say(_id(given, "user", USER), _text(given, "text", most=_LONGEST_TEXT)),
    "edit": lambda group, given: group.edit(
        _id(given, "user", USER), _text(given, "messageId", most=40), _text(given, "text", most=_LONGEST_TEXT)
    ),
}
"""What happens in a group or room."""


def _text(given: Json, key: str, *, most: int) -> str:
    value: Any = given.get(key)
    if not isinstance(value, str) or not value.strip() or utf16_length(value) > most:
        raise WrongActError(f"{key}: must be a text of 1 to {most}")
    return value


def _id(given: Json, key: str, form: "re.Pattern[str]") -> str:
    value: Any = given.get(key)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise WrongActError(f"{key}: must be of the form {form.pattern}")
    return value


def _members(given: Json) -> list[str]:
    members: Any = given.get("members")
    if not isinstance(members, list) or not all(isinstance(one, str) and USER.fullmatch(one) for one in members):
        raise WrongActError("members: must be a list of user ids")
    return members


def _number(given: Json, key: str, most: float) -> float:
    value: Any = given.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise WrongActError(f"{key}: must be a number from {-most} to {most}")
    return float(value)


def _duration(given: Json) -> int:
    value: Any = given.get("duration", 3000)
    if type(value) is not int or not 0 < value <= _LONGEST_DURATION:
        raise WrongActError("duration: must be milliseconds, a whole number")
    return value


def _content(given: Json, stand_in: File) -> File:
    """What is sent: ``content`` in Base64, of the type ``contentType``; a stand-in when there is none."""
    value: Any = given.get("content")
    if value is None:
        return stand_in
    kind: Any = given.get("contentType", stand_in[0])
    try:
        content = base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise WrongActError("content: must be Base64") from None
    if len(content) > _LARGEST_FILE or not isinstance(kind, str) or not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind):
        raise WrongActError(f"content, contentType: must be at most {_LARGEST_FILE} bytes of a type such as image/png")
    return kind, content
