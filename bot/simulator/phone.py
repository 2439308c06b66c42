"""What people do on their phones, each act becoming a webhook event as LINE would send it."""

import base64
import re
import secrets
from collections.abc import Sequence

from .chats import Chat
from .complaints import Json, utf16_length
from .world import World

File = tuple[str, bytes]
"""The type and the bytes of what is no text."""

PICTURE: File = (
    "image/png",
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
)
"""One dot, in place of a picture that somebody took."""
VIDEO: File = ("video/mp4", b"a stand-in for a video")
VOICE: File = ("audio/x-m4a", b"a stand-in for a voice")


class CannotSendError(Exception):
    """The person has blocked the bot, or wants to undo what was never sent."""


class Phone:
    """One person's side of the talk with the bot."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat

    @property
    def user_id(self) -> str:
        return self.chat.id

    @property
    def received(self) -> list[Json]:
        """All messages that the bot has shown to this person, in order."""
        with self._world.lock:
            return [message for item in self.chat.items if item.side == "bot" for message in item.messages]

    def rename(self, name: str) -> None:
        """Change the display name that the bot may ask for."""
        with self._world.lock:
            self.chat.name = name
            self.chat.revision += 1

    def follow(self) -> Json | None:
        """Add the bot as a friend, or unblock it; the event, or ``None`` if it is a friend already."""
        with self._world.lock:
            if self.chat.friend and not self.chat.blocked:
                return None
            was_blocked = self.chat.blocked
            self.chat.friend, self.chat.blocked = True, False
            event = self._notice("unblocked" if was_blocked else "followed", "follow")
            event["follow"] = {"isUnblocked": was_blocked}
        return self._world.emit(event)

    def block(self) -> Json | None:
        """Block the bot; the event, or ``None`` if it is blocked already."""
        with self._world.lock:
            if self.chat.blocked:
                return None
            self.chat.blocked = True
            event = self._notice("blocked", "unfollow")
        return self._world.emit(event)

    def unblock(self) -> Json | None:
        """Unblock the bot, which LINE reports as a follow."""
        return self.follow() if self.chat.blocked else None

    def say(self, text: str, *, quoted_message_id: str | None = None) -> Json:
        """Send a text."""
        return self._send({"type": "text", "text": text, "quotedMessageId": quoted_message_id})

    def send_sticker(self, package_id: str, sticker_id: str, keywords: Sequence[str] = ()) -> Json:
        """Send a sticker."""
        return self._send(
            {
                "type": "sticker",
                "packageId": package_id,
                "stickerId": sticker_id,
                "stickerResourceType": "STATIC",
                "keywords": list(keywords) or None,
            }
        )

    def send_image(self, file: File = PICTURE) -> Json:
        """Send a picture."""
        return self._send({"type": "image", "contentProvider": {"type": "line"}}, file=file)

    def send_video(self, duration: int = 3_000, file: File = VIDEO) -> Json:
        """Send a video of *duration* milliseconds."""
        return self._send({"type": "video", "duration": duration, "contentProvider": {"type": "line"}}, file=file)

    def send_audio(self, duration: int = 3_000, file: File = VOICE) -> Json:
        """Send a voice message of *duration* milliseconds."""
        about = {"type": "audio", "duration": duration, "contentProvider": {"type": "line"}}
        return self._send(about, quotable=False, file=file)

    def send_file(self, name: str, size: int, content: bytes | None = None) -> Json:
        """Send a file."""
        about = {"type": "file", "fileName": name, "fileSize": size}
        file = ("application/octet-stream", bytes(size) if content is None else content)
        return self._send(about, quotable=False, file=file)

    def send_location(
        self, latitude: float, longitude: float, *, title: str | None = None, address: str | None = None
    ) -> Json:
        """Send a place."""
        place = {"title": title, "address": address, "latitude": latitude, "longitude": longitude}
        return self._send({"type": "location"} | place, quotable=False)

    def postback(self, data: str, *, display_text: str | None = None, params: Json | None = None) -> Json:
        """Tap a button; *display_text* shows as the person's own bubble, and is no message event."""
        with self._world.lock:
            self._check_open()
            now = self._world.clock()
            if display_text:
                self.chat.add("person", [{"type": "text", "text": display_text}], now)
            about = {"data": data} | ({"params": params} if params else {})
            event = self._world.build("postback", self.chat, now, postback=about)
        return self._world.emit(event)

    def switch_menu(self, alias: str, data: str) -> Json:
        """Tap a tab of the rich menu: the phone shows what *alias* stands for by itself, and LINE tells the bot."""
        with self._world.lock:
            status = self._world.rich_menus.switch_to(alias)
        return self.postback(data, params={"newRichMenuAliasId": alias, "status": status})

    def unsend(self, message_id: str) -> Json:
        """Take a sent message back."""
        with self._world.lock:
            item = self.chat.find(message_id)
            if item is None or item.side != "person" or item.unsent or not message_id.isdecimal():
                raise CannotSendError(message_id)
            item.unsent, item.notes = True, ()
            if self._world.contents.pop(message_id, None) is not None:
                self._world.taken_back.add(message_id)
            self.chat.touch(item)
            event = self._world.build("unsend", self.chat, self._world.clock(), unsend={"messageId": message_id})
        return self._world.emit(event)

    def _check_open(self) -> None:
        if self.chat.blocked:
            raise CannotSendError(self.chat.id)

    def _notice(self, notice: str, kind: str) -> Json:
        now = self._world.clock()
        self.chat.add("notice", [{"type": "notice", "notice": notice}], now)
        return self._world.build(kind, self.chat, now)

    def happen(self, kind: str, properties: Json) -> Json:
        """Anything else that LINE tells of this person, such as a beacon: an event of *kind* with these *properties*."""
        with self._world.lock:
            event = self._world.build(kind, self.chat, self._world.clock(), **properties)
        return self._world.emit(event)

    def _send(self, content: Json, *, quotable: bool = True, file: File | None = None) -> Json:
        with self._world.lock:
            self._check_open()
            event = send_message(self._world, self.chat, content, user_id=None, quotable=quotable)
            if file is not None:
                self._world.contents[event["message"]["id"]] = file
        return self._world.emit(event)


class Group:
    """A group talk that the bot may be in."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat

    def invite_bot(self, member_ids: Sequence[str]) -> Json:
        """The bot is taken into the group of *member_ids*."""
        with self._world.lock:
            self.chat.friend = True
            self.chat.members = set(member_ids)
            event = self._world.build("join", self.chat, self._world.clock())
        return self._world.emit(event)

    def remove_bot(self) -> Json:
        """The bot is put out of the group."""
        with self._world.lock:
            self.chat.friend = False
            event = self._world.build("leave", self.chat, self._world.clock())
        return self._world.emit(event)

    def say(self, user_id: str, text: str) -> Json:
        """A member sends a text; ``@`` with the bot's name in it is a mention of the bot."""
        with self._world.lock:
            name = f"@{self._world.bot_name}"
            mentionees = [
                {
                    "index": utf16_length(text[: found.start()]),
                    "length": utf16_length(name),
                    "type": "user",
                    "userId": self._world.bot_user_id,
                    "isSelf": True,
                }
                for found in re.finditer(re.escape(name), text)
            ]
            content = {"type": "text", "text": text, "mention": {"mentionees": mentionees} if mentionees else None}
            event = send_message(self._world, self.chat, content, user_id=user_id, quotable=True)
        return self._world.emit(event)

    def edit(self, user_id: str, message_id: str, text: str) -> Json:
        """A member changes a text sent before: the same id, a new quote token."""
        with self._world.lock:
            item = self.chat.find(message_id)
            if item is None:
                raise CannotSendError(message_id)
            item.messages = [{"type": "text", "text": text}]
            self.chat.touch(item)
            message = {"type": "text", "id": message_id, "text": text, "quoteToken": secrets.token_urlsafe(48)}
            event = self._world.build("messageEdited", self.chat, self._world.clock(), user_id=user_id, message=message)
        return self._world.emit(event)


def send_message(world: World, chat: Chat, content: Json, *, user_id: str | None, quotable: bool) -> Json:
    """Show *content* in *chat* and build its message event; the lock is held."""
    now = world.clock()
    known = {key: value for key, value in content.items() if value is not None}
    message_id = world.ledger.new_message_id()
    tokens = {"markAsReadToken": secrets.token_urlsafe(32)}
    if quotable:
        tokens["quoteToken"] = secrets.token_urlsafe(48)
    # The page finds by the token what the bot quotes.
    shown = known | ({"quoteToken": tokens["quoteToken"]} if quotable else {})
    chat.add("person", [shown], now, message_id)
    message = {"type": known["type"], "id": message_id} | known | tokens
    return world.build("message", chat, now, user_id=user_id, message=message)
