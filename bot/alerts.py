"""What staff must know of: raised once, told once, cleared when it is over."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from string import Template
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import outbox
from bot.delivery.messenger import Message
from bot.library.library import Library
from bot.models import Alert, OutboxMessage

log = logging.getLogger(__name__)

_OPEN = sa.text("cleared_at IS NULL")


def raise_(session: Session, name: str, facts: Mapping[str, Any], now: datetime) -> bool:
    """Open the matter *name*, once until it is cleared, and log it; whether it is new.

    *facts* are ids and figures only: they stand in the log.
    """
    row = {"name": name, "raised_at": now, "facts": dict(facts)}
    is_new = db.insert_new(session, Alert, [row], unique=Alert.name, where=_OPEN) == 1
    if is_new:
        log.warning("alert %s: %s", name, " ".join(f"{key}={value}" for key, value in facts.items()) or "-")
    return is_new


def clear(session: Session, name: str, now: datetime) -> bool:
    """Close the matter *name*; whether it was open."""
    closed = sa.update(Alert).where(Alert.name == name, Alert.cleared_at.is_(None)).values(cleared_at=now)
    return bool(session.scalars(closed.returning(Alert.id)).all())


def open(session: Session) -> list[Alert]:
    """All open matters, the oldest first."""
    return list(session.scalars(sa.select(Alert).where(Alert.cleared_at.is_(None)).order_by(Alert.raised_at, Alert.id)))


def say(library: Library, alert: Alert, *, is_over: bool = False) -> str:
    """*alert*, or that it is over, in Japanese for staff; one that the pack has no words for by its name and figures."""
    facts = " ".join(f"{key}={value}" for key, value in alert.facts.items())
    named = alert.name.replace("-", "_")
    if is_over:
        words = library.messages.get(f"alert_over_{named}", library.messages["alert_over_other"])
    else:
        words = library.messages.get(f"alert_{named}", library.messages["alert_other"])
    return Template(words).safe_substitute(alert.facts, name=alert.name, facts=facts)


def tell(session: Session, staff: Collection[str], render: Callable[[Alert], Sequence[Message]], now: datetime) -> int:
    """Put every open alert into the outbox for each of *staff* (LINE ids) who was not told of it; how many messages."""
    keys = {f"alert:{alert.id}:{name}": (alert, name) for alert in open(session) for name in staff}
    if not keys:
        return 0
    told = set(session.scalars(sa.select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(keys))))
    return sum(
        outbox.add_push(
            session,
            to=name,
            payload=render(alert),
            purpose="alert",
            reference=f"alert {alert.id}",
            dedupe_key=key,
            now=now,
        )
        for key, (alert, name) in keys.items()
        if key not in told
    )
