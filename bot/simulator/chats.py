"""The talk rooms as the people on the other side see them: who they are, and what was said."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from .complaints import Json

Side = Literal["person", "bot", "notice"]


@dataclass
class Item:
    """One thing in a talk room: what a person or the bot sent, or a notice such as a block."""

    id: str
    side: Side
    messages: list[Json]
    at: datetime
    revision: int
    read: bool = False
    unsent: bool = False
    notes: tuple[str, ...] = ()
    """Remarks beside the item for whoever tries the bot out; LINE has nothing of the kind."""

    def as_json(self) -> Json:
        """The item as the chat page reads it."""
        return {
            "id": self.id,
            "from": self.side,
            "messages": [] if self.unsent else self.messages,
            "at": round(self.at.timestamp() * 1000),
            "read": self.read,
            "unsent": self.unsent,
            "notes": list(self.notes),
        }


@dataclass
class Chat:
    """A talk with one person, or with a group (whose id begins with C) or a room (R)."""

    id: str
    name: str
    items: list[Item] = field(default_factory=list)
    friend: bool = False
    blocked: bool = False
    members: set[str] = field(default_factory=set)
    revision: int = 0
    typing_until: datetime | None = None

    @property
    def is_group(self) -> bool:
        return self.id.startswith(("C", "R"))

    @property
    def source(self) -> Json:
        """Where an event from here comes from."""
        kind = {"C": "group", "R": "room"}.get(self.id[:1], "user")
        return {"type": kind, f"{kind}Id": self.id}

    @property
    def reachable(self) -> bool:
        """Whether what the bot sends arrives here, and counts: a friend, or one who wrote without being one."""
        return not self.blocked and (self.friend or any(item.side == "person" for item in self.items))

    def add(self, side: Side, messages: Sequence[Json], at: datetime, item_id: str | None = None) -> Item:
        """Put something at the end of the talk; the bot's dots vanish when it speaks."""
        self.revision += 1
        if side == "bot":
            self.typing_until = None
        item = Item(item_id or secrets.token_hex(8), side, list(messages), at, self.revision)
        self.items.append(item)
        return item

    def touch(self, item: Item) -> None:
        """Let the page know that *item* has changed."""
        self.revision += 1
        item.revision = self.revision

    def find(self, item_id: str) -> Item | None:
        return next((item for item in reversed(self.items) if item.id == item_id), None)

    def mark_read(self, until: datetime) -> None:
        """Mark what the person sent up to *until* as read by the bot."""
        for item in reversed(self.items):
            if item.side == "person" and item.at <= until:
                if item.read:
                    break  # With it all that was sent before it.
                item.read = True
                self.touch(item)

    def show_typing(self, now: datetime, seconds: int) -> None:
        self.typing_until = now + timedelta(seconds=seconds)

    def is_typing(self, now: datetime) -> bool:
        return self.typing_until is not None and now < self.typing_until
