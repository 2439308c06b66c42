"""How many people LINE says that we reach, beside how many we know; and the list of them, where LINE gives it."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.db import Sessions
from bot.delivery import readings
from bot.delivery.messenger import DeliveryError, Messenger
from bot.delivery.month import JAPAN
from bot.models import Person

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
"""How long after LINE did not say it is asked again."""


@dataclass(frozen=True)
class Followers:
    """*theirs* is LINE's own count of *on* (None: it never said), *ours* how many we know who can be reached."""

    theirs: int | None
    on: date | None
    ours: int


@dataclass(frozen=True)
class Imported:
    """What came of an import: how many LINE *named*, how many of them are *new*; *reason* when LINE gave no (whole) list.

    *reason* ``not-verified``: LINE gives the list to verified accounts only.
    """

    named: int
    new: int
    reason: str | None = None


def known(session: Session) -> Followers:
    """The two counts as they stand."""
    row = readings.find(session)
    reachable = sa.select(sa.func.count()).select_from(Person).where(Person.blocked_at.is_(None))
    return Followers(
        theirs=None if row is None else row.followers,
        on=None if row is None else row.followers_on,
        ours=session.scalar(reachable) or 0,
    )


def ask(sessions: Sessions, messenger: Messenger, now: datetime) -> bool:
    """Ask LINE for its count when it is time (once a day, again in an hour when it did not say); whether it was time.

    LINE counts once a day; what it says in the morning is of the day before. No transaction is open meanwhile.
    """
    day = now.astimezone(JAPAN).date() - timedelta(days=1)
    with sessions() as session:
        row = readings.find(session)
        if row is not None and row.followers_on == day:
            return False
        if row is not None and row.followers_tried_at is not None and now < row.followers_tried_at + AGAIN_AFTER:
            return False
    count = None
    try:
        count = messenger.followers_count(day)
    except DeliveryError as error:
        log.warning("the number of followers was not told (%s, status %s)", error.reason, error.status)
    told = {} if count is None else {"followers": count, "followers_on": day}
    with sessions.begin() as session:
        readings.keep(session, followers_tried_at=now, **told)
    return True


def import_followers(sessions: Sessions, messenger: Messenger, now: datetime) -> Imported:
    """Make people of all whom LINE names as followers, who are then sent announcements as well."""
    named = new = 0
    start: str | None = None
    while True:
        try:
            names, start = messenger.followers(start)
        except DeliveryError as error:
            return Imported(named, new, "not-verified" if error.status == 403 else error.reason)
        rows = [
            {
                "line_user_id": name,
                "created_at": now,
                "last_seen_at": now,
                "touched_at": now,
                "offered": [],
                "step_data": {},
            }
            for name in names
        ]
        with sessions.begin() as session:
            new += db.insert_new(session, Person, rows, unique=Person.line_user_id)
        named += len(names)
        if start is None:
            return Imported(named, new)
