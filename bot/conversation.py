"""The words of a conversation: what comes in, what a handler sees, what goes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from string import Template
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.library.library import Library
from bot.library.schema import Drawing
from bot.models import Person
from bot.reminders import Rung
from bot.understanding.meaning import Meaning, Outcome
from bot.understanding.words import means

IncomingKind = Literal[
    "text", "sticker", "image", "video", "audio", "file", "location", "other-message",
    "postback", "follow", "unfollow", "join", "leave", "unsend", "edited", "other",
]  # fmt: skip


@dataclass(frozen=True)
class Incoming:
    """One event from LINE, as far as we understand it.

    *chat* is the id of the room it came from: the person's own id in a talk of two, else the group's or room's.
    *kind* ``other`` is an event that we keep but do not answer; ``other-message`` a kind of message that we do not know.
    """

    kind: IncomingKind
    chat: str | None
    user_id: str | None
    is_group: bool
    event_id: str
    occurred_at: datetime
    reply_token: str | None = None
    text: str | None = None
    data: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    message_id: str | None = None
    is_returning: bool = False
    is_mentioned: bool = False


@dataclass(frozen=True)
class Choice:
    """A button: what it says, and what tapping it means.

    *data* is a verb with its arguments, parted by blanks (``open faq/booking``); *say* is what the person is shown to have
    said (the label when None). With *url* the button opens a page instead; with *page* one of our own, or as long as that
    has no public address it does what *data* says, and is left out when that is nothing. With *pick* it opens a date-time picker
    (``time``, ``date`` or ``datetime``) that starts at *initial*. *is_main* marks the one to tap first.
    """

    label: str
    data: str = ""
    say: str | None = None
    url: str | None = None
    page: str | None = None
    pick: Literal["time", "date", "datetime"] | None = None
    initial: str | None = None
    is_main: bool = False

    def main(self) -> "Choice":
        """The same button, drawn as the one to tap first."""
        return replace(self, is_main=True)


@dataclass(frozen=True)
class Text:
    """A plain speech bubble."""

    text: str


@dataclass(frozen=True)
class Block:
    """Some lines under a small heading; *numbered* when their order counts."""

    heading: str
    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Month:
    """A month as a calendar, week by week from Monday; *weeks* holds None beside the month's own days.

    *weekdays* are the seven letters above it, *legend* says below what the marks mean.
    """

    heading: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple["Day | None", ...], ...]
    legend: str = ""


@dataclass(frozen=True)
class Day:
    """One day of a month; *mark* is what became of it, *is_today* frames it."""

    number: int
    mark: Literal["done", "rest", "none"] = "none"
    is_today: bool = False


@dataclass(frozen=True)
class Bars:
    """Some amounts as horizontal bars, each with its label and *share* (0 to 1) of the longest possible."""

    heading: str
    bars: tuple["Bar", ...]


@dataclass(frozen=True)
class Bar:
    """One bar: *label* before it, *value* in words behind it."""

    label: str
    share: float
    value: str


@dataclass(frozen=True)
class Card:
    """A framed answer: who says it (*eyebrow*), picture, title, paragraphs, blocks, a small note, buttons."""

    title: str
    eyebrow: str | None = None
    paragraphs: tuple[str, ...] = ()
    blocks: tuple["Block | Month | Bars", ...] = ()
    note: str | None = None
    picture: Drawing | None = None
    tone: Literal["plain", "alert"] = "plain"
    buttons: tuple[Choice, ...] = ()


Bubble = Text | Card


@dataclass(frozen=True)
class Step:
    """Where a flow of several turns stands: which step answers next, and what it must remember (plain JSON values)."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What the assistant says: one to five bubbles, and quick replies under the last.

    *about* is the content id it is about and *outcome* how the message was taken. *offered* are the ids behind the
    choices, in order, so that 「2番」 can pick one. *topic* is what 「それ」 then means (*about* when None). *step* is the
    flow that goes on (None ends it); with *keeps_step* a running flow stays where it is. *is_worth_a_push* says that it
    is sent as a counted message when the reply token has died. *loading_seconds* (5 to 60) shows LINE's loading sign after
    it for the length of a hold. *meaning* is the reading that led to the reply, set by the
    assistant; None when none did: a tap, something other than a text, or a text that the running flow took.
    """

    bubbles: tuple[Bubble, ...]
    quick: tuple[Choice, ...] = ()
    about: str | None = None
    outcome: Outcome = "answer"
    offered: tuple[str, ...] = ()
    topic: str | None = None
    step: Step | None = None
    keeps_step: bool = False
    keeps_topic: bool = False
    is_worth_a_push: bool = False
    loading_seconds: int | None = None
    meaning: Meaning | None = field(default=None, compare=False)

    def with_quick(self, *choices: Choice) -> "Reply":
        """The same reply with *choices* added to its quick replies."""
        return replace(self, quick=(*self.quick, *choices))


@dataclass(frozen=True)
class Tap:
    """A tapped button: its verb, its arguments, and what a picker returned."""

    verb: str
    args: tuple[str, ...] = ()
    picked: str | None = None

    @classmethod
    def read(cls, data: str, params: Mapping[str, str]) -> "Tap":
        """The tap that a postback's *data* stands for; an empty verb when it holds none."""
        verb, *args = data.split() or [""]
        picked = params.get("time") or params.get("date") or params.get("datetime")
        return cls(verb=verb, args=tuple(args), picked=picked)

    @property
    def number(self) -> int | None:
        """The number after all else, by which the choices of a message are known again (``open faq/booking 12``)."""
        last = self.args[-1] if self.args else ""
        return int(last) if last.isascii() and last.isdecimal() and len(last) < 10 else None


@dataclass(frozen=True)
class Turn:
    """All that a handler may look at or use."""

    text: str
    person: Person
    now: datetime
    library: Library
    session: Session
    """Opaque to handlers: they pass it on, never query with it."""
    meaning: Meaning
    tap: Tap | None = None
    step: Step | None = None
    topic: str | None = None
    offered: tuple[str, ...] = ()
    event_id: str = ""
    """Names the event in the inbox."""
    rung: Rung | None = None
    """What rang last for this person; None when nothing ever did."""

    @property
    def timezone(self) -> ZoneInfo:
        """The time zone in which this person's clock times are meant."""
        return ZoneInfo(self.person.timezone or self.library.practice.timezone)

    @property
    def local_now(self) -> datetime:
        """The present moment on the person's wall clock."""
        return self.now.astimezone(self.timezone)

    def about(self, id: str, *, outcome: Outcome, **slots: object) -> "Turn":
        """The same turn as if the person had asked for *id*."""
        meaning = Meaning(outcome=outcome, id=id, slots={**self.meaning.slots, **slots}, reasons=self.meaning.reasons)
        return replace(self, meaning=meaning)

    def words(self, key: str, **values: object) -> str:
        """The message called *key*, with *values* filled in."""
        return say(self.library.messages, key, **values)

    def say(
        self, key: str, *quick: Choice, about: str | None = None, outcome: Outcome | None = None, **values: object
    ) -> Reply:
        """A reply of one plain bubble: the message called *key*, about what the person's message was about."""
        return Reply(
            bubbles=(Text(self.words(key, **values)),),
            quick=quick,
            about=about or self.meaning.id,
            outcome=outcome or self.meaning.outcome,
        )

    def button(self, key: str, data: str, **values: object) -> Choice:
        """A button whose label is the message called *key*."""
        return Choice(label=self.words(key, **values), data=data)

    def open(self, id: str) -> Choice:
        """The button that leads to the entry called *id*."""
        return Choice(label=self.library.entry(id).label, data=f"open {id}")

    @property
    def is_question(self) -> bool:
        """Whether the message asks: by its mark, or by its last words (``question`` in ``language/words.yaml``)."""
        text = self.text.strip()
        endings = self.library.language.words.get("question", ())
        return "?" in text or "？" in text or text.endswith(endings)

    def means(self, word: str) -> bool:
        """Whether the person said nothing but a yes, no, next, back, stop … (a key of ``language/words.yaml``)."""
        return self.tap is None and means(self.text, self.library.language.words.get(word, ()))


Handler = Callable[[Turn], Reply]
MaybeHandler = Callable[[Turn], Reply | None]
"""A handler that may decline: the message is then read by itself."""


class MessageError(Exception):
    """A handler asked for a message that the pack has not, or left out one of its values."""


def say(messages: Mapping[str, str], key: str, **values: object) -> str:
    """The text of *key* with every ``$name`` filled in from *values*; MessageError when one is missing."""
    try:
        return Template(messages[key]).substitute({name: str(value) for name, value in values.items()})
    except KeyError as error:
        raise MessageError(f"messages: {key}: no text or no value for {error}") from error
