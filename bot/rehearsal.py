"""Scripted conversations played against the whole assistant: what differs from the script is reported."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.app import Knowledge
from bot.conversation import Reply
from bot.talk import Heard, House, Visitor, WoundClock, fold

DEFAULT_NOW = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
SECONDS_BETWEEN_TURNS = 7


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Expectation(_Strict):
    """What a turn's answer must be; whatever is absent is not checked."""

    outcome: Literal["answer", "suggest", "fallback", "command", "safety"] | None = None
    id: Annotated[tuple[str, ...], Field()] = ()
    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    quick_replies_min: int | None = None


class Line(_Strict):
    """One turn: the person says, taps, or something happens."""

    say: str | None = None
    event: Literal["follow"] | None = None
    tap: str | None = None
    expect: Expectation = Expectation()


class Dialogue(_Strict):
    """One conversation with a fresh person."""

    name: str
    covers: Any = None
    now: datetime | None = None
    turns: tuple[Line, ...]


class ScriptError(Exception):
    """A script that is not of the documented form."""


def read(path: Path) -> list[Dialogue]:
    """The dialogues in *path*; ScriptError says what is wrong."""
    try:
        return TypeAdapter(list[Dialogue]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ScriptError(f"{path}: is not valid YAML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ScriptError(f"{path}: {place}: {first['msg']}") from error


def play(dialogue: Dialogue, knowledge: Knowledge, database_url: str = "sqlite://") -> Iterator[str]:
    """What differs from the script, a line each; nothing when all is as expected."""
    now = dialogue.now or DEFAULT_NOW
    if now.tzinfo is None:
        now = now.replace(tzinfo=DEFAULT_NOW.tzinfo)
    with House(knowledge, WoundClock(now), database_url) as house:
        yield from _play(dialogue, house)


def _play(dialogue: Dialogue, house: House) -> Iterator[str]:
    visitor = house.person()
    for number, line in enumerate(dialogue.turns, start=1):
        house.clock.advance(seconds=SECONDS_BETWEEN_TURNS)
        try:
            heard = _act(visitor, line)
        except LookupError as error:
            labels = "、".join(str(action.get("label")) for action in visitor.last.actions)
            yield f"{dialogue.name}: turn {number}: there is no button {error.args[0]!r}; there are {labels or 'none'}"
            return
        for difference in _differences(heard, line.expect):
            yield f"{dialogue.name}: turn {number} ({line.say or line.tap or line.event}): {difference}"


def _act(visitor: Visitor, line: Line) -> Heard:
    if line.event == "follow":
        return visitor.follow()
    if line.tap is not None:
        return visitor.tap(line.tap)
    return visitor.say(line.say) if line.say is not None else visitor.wait()


def _differences(heard: Heard, expect: Expectation) -> Iterator[str]:
    reply = heard.reply
    if not heard.messages and (expect != Expectation()):
        yield "nothing was answered"
        return
    if expect.outcome is not None and (reply is None or reply.outcome != expect.outcome):
        yield f"outcome is {reply.outcome if reply else None}, not {expect.outcome} (about {_about(reply)})"
    if expect.id and not set(expect.id) & _about(reply):
        yield f"it is about {sorted(_about(reply))}, not {list(expect.id)}"
    seen = fold("\n".join(heard.texts))
    for text in expect.contains:
        if fold(text) not in seen:
            yield f"{text!r} is missing"
    for text in expect.not_contains:
        if fold(text) in seen:
            yield f"{text!r} must not be there"
    if expect.quick_replies_min is not None and len(heard.actions) < expect.quick_replies_min:
        yield f"there are {len(heard.actions)} buttons and quick replies, not {expect.quick_replies_min}"


def _about(reply: Reply | None) -> set[str]:
    if reply is None:
        return set()
    if reply.outcome == "suggest":
        return set(reply.offered)
    return {id for id in (reply.about,) if id is not None}
