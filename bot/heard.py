"""What a person gets to see for one act, and how to compare it with what was expected."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from bot.conversation import Reply

Json = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """What a person got for one act: the message objects, and how the assistant took the act.

    *pushes* counts the sends among it that were no reply, *rung* names the routines that rang.
    """

    messages: tuple[Json, ...]
    reply: Reply | None = None
    pushes: int = 0
    rung: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """Every text that the person can see: bubbles, cards, alt texts, labels of buttons and quick replies."""
        found: list[str] = []
        for message in self.messages:
            _collect(message, found)
        return found

    @property
    def actions(self) -> list[Json]:
        """Everything that can be tapped, in order: buttons first, then quick replies."""
        found: list[Json] = []
        for message in self.messages:
            _actions(message, found)
        return found


def fold(text: str) -> str:
    """*text* for comparing: NFKC, no white space, one kind of wave dash."""
    text = unicodedata.normalize("NFKC", text).translate(str.maketrans("〜～", "~~"))
    return "".join(text.split())


def without_quick(message: Json) -> Json:
    """*message* as it looks once a newer one has come."""
    return {key: value for key, value in message.items() if key != "quickReply"}


def _collect(value: object, found: list[str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("text", "altText", "label", "displayText", "title") and isinstance(inner, str):
                found.append(inner)
            else:
                _collect(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, found)


def _actions(value: object, found: list[Json]) -> None:
    if isinstance(value, dict):
        action = value.get("action")
        if isinstance(action, dict) and "label" in action:
            found.append(action)
        for key, inner in value.items():
            if key != "action":
                _actions(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _actions(inner, found)
