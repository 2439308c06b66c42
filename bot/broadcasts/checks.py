"""Whether an announcement is ready to go: its words, who has looked at it, whom it reaches, and what it costs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import forecast
from bot.broadcasts import content, followers, segments
from bot.broadcasts.terms import RefusedError, Terms, Worst, needs_approval
from bot.models import Broadcast, Person

MOST_AHEAD = timedelta(days=366)
"""How far ahead one may be scheduled."""


def missing(
    session: Session, broadcast: Broadcast, *, worst: Worst, terms: Terms, send_at: datetime | None, now: datetime
) -> list[RefusedError]:
    """All that keeps it from being scheduled for *send_at* (None: now), gravest first; empty: nothing. Moves nothing."""
    at = send_at or now
    is_too_far = at > now + MOST_AHEAD
    return [
        *of_words(broadcast, worst=worst, terms=terms),
        *_of_approval(broadcast, worst, terms),
        *([RefusedError("in-the-past")] if at < now else []),
        *([RefusedError("too-far")] if is_too_far else []),
        *of_people(session, broadcast, terms=terms, send_at=now if is_too_far else at, now=now),
    ]


def of_words(broadcast: Broadcast, *, worst: Worst, terms: Terms) -> Iterator[RefusedError]:
    """What keeps it from being shown to anybody else: its words, and that nobody has looked at them as they will arrive."""
    yield from of_content(broadcast, is_public=terms.is_public)
    if worst == "high":
        yield RefusedError("lint-high")
    if broadcast.tested_version != broadcast.version:
        yield RefusedError("not-tested")


def of_content(broadcast: Broadcast, *, is_public: bool = True) -> Iterator[RefusedError]:
    """Whether LINE would take it at all."""
    try:
        found = len(content.problems(content.read(broadcast.content), is_public=is_public))
    except content.ContentError:
        found = 1
    if found:
        yield RefusedError("problems", count=found)


def _of_approval(broadcast: Broadcast, worst: Worst, terms: Terms) -> Iterator[RefusedError]:
    if needs_approval(terms, worst) and broadcast.approved_version != broadcast.version:
        yield RefusedError("not-approved")


def of_people(
    session: Session, broadcast: Broadcast, *, terms: Terms, send_at: datetime, now: datetime
) -> Iterator[RefusedError]:
    """Whether anybody gets it, whether somebody would against their will, and whether the month has room for all."""
    people = reach(session, broadcast, now, terms=terms)
    if people == 0:
        yield RefusedError("no-people")
        return
    if unwilling := against_their_will(session, broadcast):
        yield RefusedError("somebody-stopped", people=unwilling)
    rules = terms.rules
    goes_at: datetime | None = send_at
    if not broadcast.is_urgent:
        goes_at = rules.next_fit(send_at, rules.zone, in_opening_hours=broadcast.in_opening_hours)
    month, expected = forecast.of(session, now, rules.monthly_limit)
    room = forecast.room(month, expected, rules.reserve)
    if room is None or (goes_at or send_at) >= month.ends:
        return  # A later month has all of its messages before it.
    # What must go at any price may use what is kept for others.
    free = room.left if broadcast.is_urgent else room.free
    if people > free:
        yield RefusedError("does-not-fit", short=people - free, free=free, people=people)


def reach(session: Session, broadcast: Broadcast, now: datetime, *, terms: Terms) -> int:
    """How many people it would go to at this moment, each of whom LINE counts."""
    if broadcast.way == "everyone":
        counts = followers.known(session)
        return counts.ours if counts.theirs is None else counts.theirs
    return segments.count(session, segments.of(broadcast), now, zone=terms.rules.zone)


def against_their_will(session: Session, broadcast: Broadcast) -> int:
    """How many who stopped announcements would get it all the same: by LINE's own list, which knows nothing of that."""
    if broadcast.way != "everyone" or broadcast.is_urgent:
        return 0
    stopped = sa.select(sa.func.count()).where(
        Person.announcements_stopped_at.is_not(None), Person.blocked_at.is_(None)
    )
    return session.scalar(stopped) or 0
