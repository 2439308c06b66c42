"""Scripted conversations played against the whole assistant: what differs from the script is reported."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from bot import calendar
from bot.app import Knowledge
from bot.conversation import Reply
from bot.heard import Heard, fold
from bot.library.fields import Zone
from bot.simulator.troubles import MODES
from bot.simulator.troubles import NAMES as TROUBLES
from bot.talk import House, Visitor, WoundClock

DEFAULT_NOW = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
SECONDS_BETWEEN_TURNS = 7
MORNING_ENDS = "09:00"
"""Until when `next morning` waits, so that what rings in the morning has rung."""

_LENGTH = re.compile(r"([1-9]\d{0,2}) ?(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PICKED = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?|\d\d:\d\d")


def _known_wait(text: str) -> str:
    if text not in ("next reminder", "next morning") and _LENGTH.fullmatch(text) is None:
        raise ValueError(
            f"{text!r} is no wait; write a length such as 30m, 2h, 3d or 1w, or `next reminder`, or `next morning`"
        )
    return text


def _known_pick(text: str) -> str:
    if _PICKED.fullmatch(text) is None:
        raise ValueError(
            f'{text!r} is nothing that a picker gives; write "06:30", in quotes, or a day such as 2026-12-01'
        )
    return text


def _known_faults(given: object) -> object:
    """*given* by name and mode; a bare name is one for the next time."""
    modes = {given: "next"} if isinstance(given, str) else given
    if isinstance(modes, dict):  # YAML reads on and off as truth.
        modes = {name: ("off", "on")[mode] if isinstance(mode, bool) else mode for name, mode in modes.items()}
    # In one process an event is answered before the next one comes: nothing could come before it.
    names = [name for name in TROUBLES if name != "reorder"]
    if not isinstance(modes, dict) or not all(name in names and mode in MODES for name, mode in modes.items()):
        raise ValueError(
            f"{given!r} is no fault; write one of {', '.join(names)}, or each with its mode: {{error: on}} ({', '.join(MODES)})"
        )
    return modes


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Expectation(_Strict):
    """What a turn's answer must be; whatever is absent is not checked."""

    outcome: Literal["answer", "suggest", "fallback", "command", "safety"] | None = None
    id: Annotated[tuple[str, ...], Field()] = ()
    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    quick_replies_min: int | None = None
    pushes: Annotated[int, Field(ge=0)] | None = None


class Line(_Strict):
    """One turn: the person says, taps, waits, or something happens; a *fault* is switched before it, or by itself."""

    say: str | None = None
    event: Literal["follow"] | None = None
    tap: str | None = None
    pick: Annotated[str, AfterValidator(_known_pick)] | None = None
    wait: Annotated[str, AfterValidator(_known_wait)] | None = None
    fault: Annotated[dict[str, str], BeforeValidator(_known_faults)] = {}
    expect: Expectation = Expectation()

    @model_validator(mode="after")
    def _is_one_act(self) -> "Line":
        acts = [act for act in (self.say, self.event, self.tap, self.wait) if act is not None]
        if len(acts) != 1 and (acts or not self.fault or self.expect != Expectation()):
            raise ValueError(
                "a turn is one of say, tap, wait and event; a fault may stand by itself and expects nothing"
            )
        if self.pick is not None and self.tap is None:
            raise ValueError("pick goes with the tap on a button that opens a picker")
        return self


class Dialogue(_Strict):
    """One conversation with a fresh person, who lives in *zone* (that of the practice when None)."""

    name: str
    covers: Any = None
    now: datetime | None = None
    zone: Zone | None = None
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
        raise ScriptError(f"{path}: {place}: {first['msg'].removeprefix('Value error, ')}") from error


def play(dialogue: Dialogue, knowledge: Knowledge, database_url: str = "sqlite://") -> Iterator[str]:
    """What differs from the script, a line each; nothing when all is as expected."""
    now = dialogue.now or DEFAULT_NOW
    if now.tzinfo is None:
        now = now.replace(tzinfo=DEFAULT_NOW.tzinfo)
    with House(knowledge, WoundClock(now), database_url) as house:
        yield from _play(dialogue, house)


def _play(dialogue: Dialogue, house: House) -> Iterator[str]:
    visitor = house.person(dialogue.zone)
    zone = ZoneInfo(dialogue.zone) if dialogue.zone is not None else house.app.library.timezone
    for number, line in enumerate(dialogue.turns, start=1):
        place = f"{dialogue.name}: turn {number}"
        try:
            heard = _act(visitor, line, zone)
        except LookupError as error:
            labels = "、".join(str(action.get("label")) for action in visitor.last.actions)
            missing = f"there is no button {error.args[0]!r}; there are {labels or 'none'}"
            yield f"{place}: {missing if line.tap is not None else 'no reminder came'}"
            return
        for difference in _differences(heard, line):
            yield f"{place} ({line.say or line.tap or line.wait or line.event}): {difference}"


def _act(visitor: Visitor, line: Line, zone: ZoneInfo) -> Heard:
    for name, mode in line.fault.items():
        visitor.house.platform.troubles.set(name, mode)
    if line.wait is not None:
        # To the very end of the length: what was asked for 30 minutes later has come then.
        return _wait(visitor, line.wait, zone)
    visitor.house.clock.advance(seconds=SECONDS_BETWEEN_TURNS)
    if line.say is not None:
        return visitor.say(line.say)
    if line.tap is not None:
        return visitor.tap(line.tap, line.pick)
    return visitor.follow() if line.event is not None else Heard(())


def _wait(visitor: Visitor, length: str, zone: ZoneInfo) -> Heard:
    if length == "next reminder":
        return visitor.wait_for_ring()
    now = visitor.house.clock()
    if length == "next morning":
        tomorrow = calendar.day_of(now, zone) + timedelta(days=1)
        return visitor.wait(calendar.instant(tomorrow, MORNING_ENDS, zone))
    found = _LENGTH.fullmatch(length)
    assert found is not None  # Checked when the script was read.
    return visitor.wait(now + timedelta(**{_UNITS[found[2]]: int(found[1])}))


def _differences(heard: Heard, line: Line) -> Iterator[str]:
    expect, is_wait = line.expect, line.wait is not None
    if expect.pushes is not None and heard.pushes != expect.pushes:
        yield f"{heard.pushes} messages came by themselves, not {expect.pushes}"
    wants_something = expect.outcome or expect.id or expect.contains or expect.quick_replies_min
    if not heard.messages and (wants_something if is_wait else expect != Expectation()):
        yield "nothing came" if is_wait else "nothing was answered"
        return
    about, outcome = _about(heard.reply) | set(heard.rung), heard.reply.outcome if heard.reply else None
    if outcome is None and heard.rung:
        outcome = "command"  # As the handler of a ring says.
    if expect.outcome is not None and outcome != expect.outcome:
        yield f"outcome is {outcome}, not {expect.outcome} (about {about})"
    if expect.id and not set(expect.id) & about:
        yield f"it is about {sorted(about)}, not {list(expect.id)}"
    seen = [fold("\n".join(Heard((message,)).texts)) for message in heard.messages]
    yield from _misplaced(seen if is_wait else ["\n".join(seen)], expect.contains)
    for text in expect.not_contains:
        if any(fold(text) in message for message in seen):
            yield f"{text!r} must not be there"
    if expect.quick_replies_min is not None and len(heard.actions) < expect.quick_replies_min:
        yield f"there are {len(heard.actions)} buttons and quick replies, not {expect.quick_replies_min}"


def _misplaced(messages: list[str], wanted: tuple[str, ...]) -> Iterator[str]:
    """What is missing of the texts *wanted*, each to be found in the message of the text before it or in a later one."""
    place = 0
    for text in wanted:
        found = [number for number, message in enumerate(messages) if fold(text) in message]
        if not found:
            yield f"{text!r} is missing"
        elif found[-1] < place:
            yield f"{text!r} comes before what stands before it in the script"
        else:
            place = next(number for number in found if number >= place)


def _about(reply: Reply | None) -> set[str]:
    if reply is None:
        return set()
    if reply.outcome == "suggest":
        return set(reply.offered)
    return {id for id in (reply.about,) if id is not None}
