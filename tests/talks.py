"""What tests of conversations do over and over: read what was said, wind the clock, tap a button of which they know the data."""

from datetime import datetime

from bot.talk import Heard, House, Visitor


def said(heard: Heard) -> str:
    """Everything that the person can see, a line each."""
    return "\n".join(heard.texts)


def labels(heard: Heard) -> list[str]:
    """What can be tapped."""
    return [str(action["label"]) for action in heard.actions]


def moment(text: str) -> datetime:
    """The moment at which the clocks in Tokyo show *text*."""
    return datetime.fromisoformat(f"{text}+09:00")


def wind_to(house: House, text: str) -> None:
    """Wind the clock to the moment *text* in Tokyo, skipping what lies between."""
    house.clock.now = moment(text)


def ring_at(house: House, visitor: Visitor, text: str) -> Heard:
    """What arrives when the clock is wound to the moment *text* in Tokyo, skipping what lies between."""
    wind_to(house, text)
    return visitor.wait()


def tap(visitor: Visitor, data: str, pick: str | None = None) -> Heard:
    """Tap a button that carries *data*, however long ago it came; with *pick* one that opens a clock."""
    kind = {"type": "postback"} if pick is None else {"type": "datetimepicker", "mode": "time"}
    return visitor.do({**kind, "label": "…", "data": data}, pick)
