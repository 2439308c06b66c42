"""What people are called: in LINE, which is asked about a few people at a time, or by staff; kept for staff, never logged."""

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.db import Sessions
from bot.delivery.messenger import DeliveryError, Messenger
from bot.models import Person
from bot.sealed import is_unreadable

log = logging.getLogger(__name__)

AT_A_TIME = 5
"""How many people are asked about in one tick."""
FRESH = timedelta(days=30)
LONGEST = 100


def shown(person: "Person | sa.Row[Any]") -> str:
    """What staff know the person by; blank without a name, `sealed.UNREADABLE` where no key opens the only one there is."""
    known: list[str] = [name for name in (person.called, person.display_name) if name is not None]
    return next((name for name in known if not is_unreadable(name)), known[0] if known else "")


def ask(sessions: Sessions, messenger: Messenger, now: datetime) -> int:
    """Ask LINE what some people are called of whom it is not known, or not any more; how many were found.

    One whom LINE does not know (any more) is asked about again after a month; when LINE is away, at the next tick.
    """
    with sessions() as session:
        stale = sa.or_(Person.named_at.is_(None), Person.named_at < now - FRESH)
        # Those without a name come first, by the index.
        some = sa.select(Person.id, Person.line_user_id).where(stale, Person.blocked_at.is_(None))
        asked = session.execute(some.order_by(Person.id.desc()).limit(AT_A_TIME)).all()
    found: dict[int, str | None] = {}
    for id, line_user_id in asked:
        try:
            found[id] = _plain(messenger.profile(line_user_id))
        except DeliveryError as error:
            if not error.permanent:
                log.warning("names: LINE was asked in vain (%s)", error.reason)
                break
            found[id] = None
    if found:
        with sessions.begin() as session:
            for id, name in found.items():
                values = {"named_at": now} | ({} if name is None else {"display_name": name})
                session.execute(
                    sa.update(Person).where(Person.id == id).values(values).execution_options(synchronize_session=False)
                )
    return sum(name is not None for name in found.values())


def _plain(name: str) -> str | None:
    """*name* on one line, without what would show as something else."""
    printable = "".join(sign if sign.isprintable() else " " for sign in name.encode("utf-8", "replace").decode())
    return " ".join(printable.split())[:LONGEST] or None
