"""Offer a programme that staff have put together, begin it when the person agrees, and end it when they wish.

Understands: the buttons 「はじめる」「やめておく」 of the offer, and 「プログラムをやめる」
"""

from bot import programmes
from bot.calendar import WEEKDAYS
from bot.conversation import Block, Card, Choice, Reply, Turn, say
from bot.library.library import Library
from bot.models import Programme

ID = "command/reminder-list"


def offer(library: Library, programme: Programme) -> Reply:
    """The card that asks whether the person wants it."""
    words = library.messages
    card = Card(
        title=programme.name,
        eyebrow=say(words, "programme_eyebrow"),
        paragraphs=(say(words, "programme_offer", weeks=programmes.weeks(programme)),),
        blocks=(Block(say(words, "programme_heading"), _lines(library, programme)),),
        note=say(words, "programme_note"),
        buttons=(
            Choice(say(words, "button_programme_yes"), f"programme-yes {programme.id}").main(),
            Choice(say(words, "button_programme_no"), f"programme-no {programme.id}"),
        ),
    )
    return Reply(bubbles=(card,), about=ID, outcome="command")


def begin(turn: Turn) -> Reply | None:
    """The person agrees: its reminders ring from now on."""
    programme = _tapped(turn)
    if programme is None:
        return None
    if not programmes.agree(turn.session, turn.person, programme, zone=turn.timezone, now=turn.now):
        return _stands(turn, programme)
    last = programme.ends_on
    stop = Choice(turn.words("button_programme_end"), f"programme-end {programme.id}")
    listed = turn.button("button_reminders", "open command/reminder-list")
    key = "programme_begun"
    return turn.say(key, stop, listed, about=ID, outcome="command", name=programme.name, month=last.month, day=last.day)


def decline(turn: Turn) -> Reply | None:
    """The person would rather not."""
    programme = _tapped(turn)
    if programme is None:
        return None
    if programme.agreed_at is not None or not programmes.end(turn.session, turn.person, programme, turn.now):
        return _stands(turn, programme)
    return turn.say("programme_declined", turn.button("button_menu", "open command/menu"), about=ID, outcome="command")


def end(turn: Turn) -> Reply | None:
    """The person ends it before its time."""
    programme = _tapped(turn)
    if programme is None:
        return None
    if not programmes.end(turn.session, turn.person, programme, turn.now):
        return _stands(turn, programme)
    listed = turn.button("button_reminders", "open command/reminder-list")
    return turn.say("programme_ended", listed, about=ID, outcome="command", name=programme.name)


def _stands(turn: Turn, programme: Programme) -> Reply:
    """An old button: how it stands."""
    is_on = programme.agreed_at is not None and programme.ended_at is None
    quick = [turn.button("button_reminders", "open command/reminder-list")]
    if is_on:
        quick.insert(0, Choice(turn.words("button_programme_end"), f"programme-end {programme.id}"))
    key = "programme_is_on" if is_on else "programme_is_over"
    return turn.say(key, *quick, about=ID, outcome="command", name=programme.name)


def _tapped(turn: Turn) -> Programme | None:
    number = turn.tap.number if turn.tap is not None else None
    return programmes.find(turn.session, turn.person, number)


def _lines(library: Library, programme: Programme) -> tuple[str, ...]:
    words = library.messages
    names = dict(zip(WEEKDAYS, words["weekdays"].split(), strict=True))

    def days(on: tuple[str, ...]) -> str:
        if len(on) == len(WEEKDAYS):
            return words["reminder_days_all"]
        return words["days_between"].join(names[day] for day in on)

    return tuple(
        say(
            words,
            "programme_line",
            title=library.entries[part.routine_id].title if part.routine_id in library.entries else part.routine_id,
            time=part.time,
            days=days(part.days),
        )
        for part in programmes.parts(programme)
    )
