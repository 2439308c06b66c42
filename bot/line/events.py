"""Reading LINE's events: JSON of any shape becomes an Incoming."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.conversation import Incoming, IncomingKind
from bot.delivery import envelope

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_MESSAGES: Mapping[str, IncomingKind] = {
    "text": "text",
    "sticker": "sticker",
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "file",
    "location": "location",
}

_EVENTS: Mapping[str, IncomingKind] = {
    "postback": "postback",
    "follow": "follow",
    "unfollow": "unfollow",
    "join": "join",
    "leave": "leave",
    "unsend": "unsend",
    "messageEdited": "edited",
}

_SWITCH = frozenset({"newRichMenuAliasId", "status"})
"""What a postback's params hold when a tab of the rich menu was tapped, whether or not the phone found the other one."""


def read(raw: Mapping[str, Any]) -> Incoming:
    """The event as the assistant sees it; never raises, whatever LINE adds or leaves out.

    An event of a type that we do not know, or without what its type needs, is of kind ``other``.
    """
    outside = envelope.read(raw)
    message = envelope.part(raw, "message")
    postback = envelope.part(raw, "postback")
    calls = _calls(message, raw.get("destination"))
    text = _words(_without(message.get("text"), calls))
    data = _words(postback.get("data"))
    params = envelope.part(postback, "params")
    return Incoming(
        kind=_kind(
            outside.kind, message.get("type"), text, data, outside.chat, is_switch=not _SWITCH.isdisjoint(params)
        ),
        chat=outside.chat,
        user_id=outside.user_id,
        is_group=outside.is_group,
        event_id=outside.event_id,
        occurred_at=outside.occurred_at or _EPOCH,
        reply_token=_words(raw.get("replyToken")) or None,
        text=text,
        data=data,
        params={key: value for key, value in params.items() if isinstance(key, str) and isinstance(value, str)},
        message_id=outside.message_id,
        is_returning=envelope.part(raw, "follow").get("isUnblocked") is True,
        is_mentioned=bool(calls),
    )


def _kind(
    event: str, message: object, text: str | None, data: str | None, chat: str | None, *, is_switch: bool
) -> IncomingKind:
    if chat is None:
        return "other"  # Nobody to answer, nobody whose state it could change.
    if event == "message":
        kind = _MESSAGES.get(message, "other-message") if isinstance(message, str) else "other-message"
        return "other-message" if kind == "text" and text is None else kind
    if event == "postback" and (data is None or is_switch):
        return "other"  # The phone has switched the rich menu's tab by itself: there is nothing to say.
    return _EVENTS.get(event, "other")


def _calls(message: Mapping[str, Any], bot_user_id: object) -> list[Mapping[str, Any]]:
    """The mentions of us in a message."""
    mentionees = envelope.part(message, "mention").get("mentionees")
    if not isinstance(mentionees, list):
        return []
    return [
        mentionee
        for mentionee in mentionees
        if isinstance(mentionee, Mapping)
        and (mentionee.get("isSelf") is True or (bot_user_id is not None and mentionee.get("userId") == bot_user_id))
    ]


def _without(text: object, calls: Sequence[Mapping[str, Any]]) -> object:
    """*text* without the *calls* in it: who calls us by name asks what stands beside the name."""
    if not isinstance(text, str) or not calls:
        return text
    units = text.encode("utf-16-le", "surrogatepass")  # LINE counts in UTF-16, two bytes a unit.
    spans = {span for call in calls if (span := _span(call)) is not None}
    for index, length in sorted(spans, reverse=True):
        units = units[: 2 * index] + units[2 * (index + length) :]
    return units.decode("utf-16-le", "surrogatepass").strip()


def _span(call: Mapping[str, Any]) -> tuple[int, int] | None:
    """Where in the text a mention begins and how long it is."""
    index, length = call.get("index"), call.get("length")
    if type(index) is int and type(length) is int and index >= 0 and length >= 0:
        return index, length
    return None


def _words(value: object) -> str | None:
    """*value* if it is a text, without what no database keeps: NUL characters and halves of characters."""
    if not isinstance(value, str):
        return None
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
