"""Raises the alerts about the house itself: silence of LINE's, a worker that stood still, failures, a full disk, old backups.

Each is a function that says whether the matter is so, with its figures: True raises it, False clears it, None leaves it as
it is. A matter that wavers is told once: it is not raised anew within `CALM` of its end.
"""

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import alerts, db, simulated
from bot.db import Sessions
from bot.delivery import outbox
from bot.delivery.messenger import Message
from bot.delivery.rules import Rules
from bot.models import Alert, OutboxMessage
from bot.settings import Settings
from bot.watching import pulse, vitals
from bot.watching.heartbeat import Heartbeat

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
CALM = timedelta(hours=6)
SILENCE, HABIT, WEEKS = timedelta(hours=3), 1.5, 4
"""LINE is silent when nothing came for so long, so much longer than at this hour of the last weeks, and all that time the
practice was open."""
STOOD = timedelta(minutes=5)
LATELY, FAILED_SHARE, FAILED_LEAST = timedelta(hours=1), 0.2, 5
DISK_FULL, DISK_FINE = 0.05, 0.10
BACKUP_OLD = timedelta(days=3)


@dataclass(frozen=True)
class House:
    """What is looked at."""

    rules: Rules
    disk: Path | None = None
    """A folder on the disk that the data is on; None: there is none."""
    backups: Path | None = None
    """Where backups are; None: nobody looks for any."""
    stood_for: timedelta | None = None
    """For how long no worker had looked for due work before this one did; None: nobody knows."""


Look = Callable[[Session, House, datetime], tuple[bool | None, Mapping[str, Any]]]


def silence(session: Session, house: House, now: datetime) -> tuple[bool | None, Mapping[str, Any]]:
    """LINE brings nothing, against its habit."""
    last = vitals.last_webhook(session)
    if last is None or now - last < SILENCE:
        return False, {}
    if not all(house.rules.is_open(now - SILENCE * part / 6) for part in range(7)):
        return None, {}
    then = [now - timedelta(weeks=weeks) for weeks in range(1, WEEKS + 1)]
    before = [(moment, vitals.webhook_before(session, moment)) for moment in then]
    usual = [moment - found for moment, found in before if found is not None]
    # Nobody has a habit after a week.
    is_so = len(usual) >= 2 and now - last > max(usual) * HABIT
    return is_so or None, {"hours": round((now - last) / timedelta(hours=1)), "since": f"{last:%Y-%m-%d %H:%M}Z"}


def stood_still(session: Session, house: House, now: datetime) -> tuple[bool | None, Mapping[str, Any]]:
    """No worker looked for due work for a while; told by the first that does again."""
    if house.stood_for is None:
        return None, {}
    return house.stood_for > STOOD, {"minutes": round(house.stood_for / timedelta(minutes=1))}


def failures(session: Session, house: House, now: datetime) -> tuple[bool | None, Mapping[str, Any]]:
    """Many messages do not go out."""
    failed, all = vitals.failures(session, now - LATELY)
    is_so = failed >= FAILED_LEAST and failed >= all * FAILED_SHARE
    return is_so, {"failed": failed, "all": all}


def dead_letters(session: Session, house: House, now: datetime) -> tuple[bool | None, Mapping[str, Any]]:
    """Events were given up."""
    count = vitals.dead_letters(session)
    return count > 0, {"count": count}


def disk_full(session: Session, house: House, now: datetime) -> tuple[bool | None, Mapping[str, Any]]:
    """The disk is nearly full."""
    if house.disk is None or not house.disk.exists():
        return None, {}
    room = shutil.disk_usage(house.disk)
    share = room.free / room.total
    return True if share < DISK_FULL else False if share > DISK_FINE else None, {"percent": round(share * 100)}


def backup_old(session: Session, house: House, now: datetime) -> tuple[bool | None, Mapping[str, Any]]:
    """The newest backup is too old; who never made one is told so by the doctor alone."""
    age = None if house.backups is None else vitals.backup_age(house.backups, now)
    if age is None:
        return None, {}
    return age > BACKUP_OLD, {"days": age.days}


MATTERS: Mapping[str, Look] = {
    "silence": silence,
    "stood-still": stood_still,
    "failures": failures,
    "dead-letters": dead_letters,
    "disk-full": disk_full,
    "backup-old": backup_old,
}
WITHOUT_END = frozenset({"stood-still"})
"""Matters that are over when they are told."""


def watch(session: Session, house: House, now: datetime) -> None:
    """Raise what has come about, and clear what is over."""
    known = {alert.name for alert in alerts.open(session)}
    for name, look in MATTERS.items():
        is_so, facts = look(session, house, now)
        if is_so and name not in known and not _was_lately(session, name, now):
            alerts.raise_(session, name, facts, now)
        elif is_so is False and name in known:
            alerts.clear(session, name, now)


def tell_ends(
    session: Session, staff: Sequence[str], render: Callable[[Alert], Sequence[Message]], now: datetime
) -> int:
    """Tell whoever was told of a matter that it is over, once; how many messages."""
    over = sa.select(Alert).where(Alert.cleared_at > now - LATELY, Alert.name.in_(set(MATTERS) - WITHOUT_END))
    told = 0
    for alert in session.scalars(over).all():
        for name in staff:
            if not _has(session, f"alert:{alert.id}:{name}"):
                continue
            told += outbox.add_push(
                session,
                to=name,
                payload=render(alert),
                purpose="alert",
                reference=f"alert {alert.id}",
                dedupe_key=f"alert-over:{alert.id}:{name}",
                now=now,
            )
    return told


class Watchman:
    """Watches every few minutes, whichever process comes first; *tell_end* renders the end of a matter."""

    def __init__(
        self,
        sessions: Sessions,
        rules: Callable[[], Rules],
        staff: Sequence[str],
        tell_end: Callable[[Alert], Sequence[Message]],
        backups: Path | None = None,
    ) -> None:
        self._sessions = sessions
        self._rules = rules
        self._staff = staff
        self._tell_end = tell_end
        self._backups = backups
        address = db.engine_of(sessions).url
        self._disk = Path(str(address.database)).parent if db.is_sqlite_file(sessions) else Path()
        self._ticked_at: datetime | None = None

    def tick(self, now: datetime) -> None:
        """Look when it is time; note that a worker is at work."""
        if self._ticked_at is not None and timedelta(0) <= now - self._ticked_at < pulse.EVERY:
            return
        with self._sessions.begin() as session:
            stood_for = pulse.note(session, now)
            self._ticked_at = now
            if simulated.is_marked(session):
                return  # Its clock is wound: silence and standing still are its nature.
            if pulse.take_turn(session, "watch", EVERY, now) or (stood_for is not None and stood_for > STOOD):
                watch(session, House(self._rules(), self._disk, self._backups, stood_for), now)
                tell_ends(session, self._staff, self._tell_end, now)


def ticks(
    sessions: Sessions, rules: Callable[[], Rules], settings: Settings, tell_end: Callable[[Alert], Sequence[Message]]
) -> tuple[Callable[[datetime], None], ...]:
    """What a worker does at every tick to watch the house: a look, and a beat for whoever watches it from elsewhere."""
    watchman = Watchman(sessions, rules, settings.staff, tell_end, settings.backup_dir)
    if settings.heartbeat_url is None:
        return (watchman.tick,)
    return (watchman.tick, Heartbeat(settings.heartbeat_url.get_secret_value()).beat)


def _was_lately(session: Session, name: str, now: datetime) -> bool:
    cleared_at = session.scalar(sa.select(sa.func.max(Alert.cleared_at)).where(Alert.name == name))
    return cleared_at is not None and timedelta(0) <= now - cleared_at < CALM


def _has(session: Session, key: str) -> bool:
    return session.scalar(sa.select(OutboxMessage.id).where(OutboxMessage.dedupe_key == key)) is not None
