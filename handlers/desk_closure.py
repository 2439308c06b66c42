"""Close the practice out of turn by one line in LINE, and begin the announcement of it.

Understands: 「休業 12/30」「臨時休業 12/30〜1/3」「休診 明日」, from staff; see `desk`
"""

import re
from datetime import date, timedelta

from bot.conversation import Reply, Text, Turn
from bot.library.library import Library
from bot.library.practice import Closing
from bot.models import StaffAccount
from bot.teaching import closures
from bot.teaching.closures import ClosureError
from bot.understanding import dates
from bot.understanding.normalise import normalise
from handlers import desk_announcement

ID = "command/menu"
_DATE = re.compile(dates.DATE)


def said(turn: Turn) -> str | None:
    """What stands behind 「休業」 in the message; None when it does not begin with such a word."""
    text = normalise(turn.text).strip()
    words = sorted(turn.library.language.words.get("desk-close", ()), key=len, reverse=True)
    word = next((word for word in map(normalise, words) if text.startswith(word)), None)
    return text.removeprefix(word).strip() if word is not None else None


def is_asked(turn: Turn) -> bool:
    """Whether the message closes days: the word alone, or with a day behind it; 「休業日は？」 is a question."""
    rest = said(turn)
    return rest is not None and (not rest or _DATE.match(rest) is not None)


def close(turn: Turn, account: StaffAccount) -> Reply:
    """Close the days, and show the notice that could be sent."""
    days = _days(turn, said(turn) or "")
    if days is None:
        return turn.say("desk_close_how", about=ID, outcome="command")
    first, last = days
    try:
        closed = closures.add(
            turn.session, first=first, last=last, note="", today=_today(turn), by=account.id, now=turn.now
        )
    except ClosureError:
        return turn.say("desk_close_refused", most=closures.LONGEST_DAYS, about=ID, outcome="command")
    named = f"{first} {last}"
    buttons = (
        turn.button("button_desk_announce_closure", f"desk-close-announce {named}"),
        turn.button("button_desk_open", f"desk-open {named}"),
    )
    line = " ".join(_closed(turn, first, last).closed_from(first))
    done = turn.words("desk_closed", line=line, count=len(closed))
    return Reply(bubbles=(Text(done), Text(_notice(turn, first, last))), quick=buttons, about=ID, outcome="command")


def announce(turn: Turn, account: StaffAccount) -> Reply:
    """Take the notice as the text of an announcement."""
    days = _tapped(turn)
    if days is None:
        return turn.say("desk_over", about=ID, outcome="command")
    return desk_announcement.of_text(turn, account, _notice(turn, *days))


def reopen(turn: Turn, account: StaffAccount) -> Reply:
    """Be open on these days after all."""
    days = _tapped(turn)
    if days is None:
        return turn.say("desk_over", about=ID, outcome="command")
    first, last = days
    for row in closures.coming(turn.session, _today(turn)):
        if first <= row.day <= last:
            closures.remove(turn.session, row.id, by=account.id, now=turn.now)
    return turn.say("desk_opened", about=ID, outcome="command")


def _days(turn: Turn, text: str) -> tuple[date, date] | None:
    """The first and the last day named; None when there is none, or no calendar has it."""
    today = _today(turn)
    found = [dates.stretch(match[0], today) for match in _DATE.finditer(text)]
    if not found or None in found:
        return None
    first, last = found[0], found[-1]
    assert first is not None
    assert last is not None
    # 12/30〜1/3: the last day lies behind the first one.
    ends = (
        last[1]
        if last[1] >= first[0]
        else dates.stretch(f"{last[1].month}/{last[1].day}", first[0] + timedelta(days=1))
    )
    ends = ends[1] if isinstance(ends, tuple) else ends
    return (first[0], ends) if ends is not None else None


def _tapped(turn: Turn) -> tuple[date, date] | None:
    args = turn.tap.args if turn.tap is not None else ()
    try:
        return date.fromisoformat(args[0]), date.fromisoformat(args[1])
    except (IndexError, ValueError):
        return None


def _closed(turn: Turn, first: date, last: date) -> Library:
    """The library as if nothing but these days were closed."""
    days = ((last - first).days + 1) if last >= first else 0
    return turn.library.having_closed(Closing(first + timedelta(days=ahead)) for ahead in range(days))


def _notice(turn: Turn, first: date, last: date) -> str:
    return (_closed(turn, first, last).closed_notice(first) or "").strip()


def _today(turn: Turn) -> date:
    return turn.now.astimezone(turn.library.timezone).date()
