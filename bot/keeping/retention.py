"""How long things are kept: what is too old is erased a few rows at a time, and what must still be counted loses its words."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot import db, simulated
from bot.db import Sessions
from bot.keeping import erasure
from bot.library.privacy import Privacy
from bot.models import (
    AuditEntry,
    Base,
    Decision,
    Erasure,
    InboxEvent,
    OutboxMessage,
    Person,
    ReminderChange,
    SignInFailure,
    Snooze,
    StaffSession,
    TrialRun,
)

log = logging.getLogger(__name__)

PAGE = 500
"""How many rows are looked at in one transaction."""
AT_ONCE = 5
"""How many people are erased in one transaction."""
EVERY = timedelta(days=1)
LEAP, STEADY = timedelta(minutes=10), timedelta(hours=1)
"""A clock that goes on by so much between two looks, or back, has leapt. What is too old is reckoned by it, and cannot be had back:
so it must have gone evenly for so long before anything is erased again."""


@dataclass(frozen=True)
class Spans:
    """How long is kept: what people *wrote*; everything of who *blocked* us; the *ledger* of what came and went, without words;
    the log of what staff changed (*audit*)."""

    wrote: timedelta = timedelta(days=90)
    blocked: timedelta = timedelta(days=30)
    ledger: timedelta = timedelta(days=400)
    audit: timedelta = timedelta(days=730)


def spans_of(privacy: Privacy | None) -> Spans:
    """As long as the practice promises."""
    if privacy is None:
        return Spans()
    return Spans(wrote=timedelta(days=privacy.keep_days), blocked=timedelta(days=privacy.keep_blocked_days))


class Rule(NamedTuple):
    """Rows of *table* that are older than *span*, by *age*, which grows with their id, and of which all *only* hold.

    They are deleted, or, where there are *blanks*, lose these.
    """

    table: type[Base]
    age: InstrumentedAttribute[Any]
    span: timedelta
    only: tuple[sa.ColumnElement[bool], ...] = ()
    blanks: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """What the report calls it."""
        word = "deleted" if self.blanks is None else "erased"
        return f"{self.table.__tablename__} {word}"


def rules(spans: Spans) -> tuple[Rule, ...]:
    """All that goes by its age."""
    is_over = sa.or_(InboxEvent.done_at.is_not(None), InboxEvent.dead_at.is_not(None))
    is_settled = OutboxMessage.outcome.is_not(None)
    # Reports are made of the rows of announcements; what they held were the practice's own words.
    is_counted = OutboxMessage.purpose == "announcement"
    said: dict[str, Any] = {"payload": [], "reply_token": None}
    return (
        Rule(
            InboxEvent,
            InboxEvent.received_at,
            spans.wrote,
            (is_over, InboxEvent.raw != "{}"),
            {"raw": "{}", "message_id": None},
        ),
        Rule(InboxEvent, InboxEvent.received_at, spans.ledger, (is_over,)),
        Rule(OutboxMessage, OutboxMessage.created_at, spans.wrote, (is_settled, _says_something()), said),
        Rule(OutboxMessage, OutboxMessage.created_at, spans.ledger, (is_settled, sa.not_(is_counted))),
        # Those that hold are a person's course, by which days off are known for as long as there is a record.
        Rule(ReminderChange, ReminderChange.changed_at, spans.wrote, (ReminderChange.undone_at.is_not(None),)),
        Rule(Snooze, Snooze.created_at, spans.wrote, (Snooze.due_at.is_(None),)),
        Rule(Decision, Decision.decided_at, spans.ledger),
        Rule(TrialRun, TrialRun.seen_at, EVERY, (TrialRun.ended_at.is_not(None),)),
        Rule(SignInFailure, SignInFailure.failed_at, spans.wrote),
        Rule(StaffSession, StaffSession.created_at, spans.wrote, (StaffSession.ended_at.is_not(None),)),
        Rule(AuditEntry, AuditEntry.made_at, spans.audit),
        Rule(Erasure, Erasure.erased_at, spans.audit),
    )


Step = Callable[[Session, int, datetime], tuple[int | None, int]]
"""Goes on behind a place: the next place (None: it is through), and how many rows went."""


@dataclass
class Sweeper:
    """Erases what is too old, once a day, a page of each table at a tick; any number of processes may do so at once."""

    sessions: Sessions
    spans: Spans = field(default_factory=Spans)
    next_at: datetime | None = None
    """When the next round begins; None: now."""
    _looked_at: datetime | None = None
    _leapt_at: datetime | None = None
    _places: dict[str, int] = field(default_factory=dict)
    """What is not through in this round, with the last id that was looked at."""
    _found: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sweep(self, now: datetime) -> bool:
        """Do the next pages of this round; whether there are more. What went is told by a row and a line of the log."""
        if not self._lock.acquire(blocking=False):
            return False  # Another thread is at it.
        try:
            return self._sweep(now)
        finally:
            self._lock.release()

    def _sweep(self, now: datetime) -> bool:
        if not self._is_trusted(now):
            return False
        steps = _steps(self.spans)
        if not self._places:
            # One that lies farther ahead than a day was set by a clock that was ahead.
            if self.next_at is not None and now < self.next_at <= now + EVERY:
                return False
            self._places, self._found, self.next_at = dict.fromkeys(steps, 0), Counter(), now + EVERY
        for name, place in list(self._places.items()):
            with self.sessions.begin() as session:
                place_now, count = steps[name](session, place, now)
            self._found[name] += count
            if place_now is None:
                del self._places[name]
            else:
                self._places[name] = place_now
        if not self._places and (counts := dict(+self._found)):
            with self.sessions.begin() as session:
                session.add(Erasure(erased_at=now, why="age", counts=counts))
            log.info("retention: %s", ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
        if not self._places:
            erasure.empty_log(self.sessions)
        return bool(self._places)

    def _is_trusted(self, now: datetime) -> bool:
        """Whether the clock has not leapt of late; one that is wound leaps all the time."""
        if self._looked_at is not None and not timedelta(0) <= now - self._looked_at < LEAP:
            with self.sessions() as session:
                is_wound = simulated.is_marked(session)
            if not is_wound:
                log.warning("retention: the clock leapt; nothing is erased by its age for an hour")
                self._leapt_at = now
        self._looked_at = now
        return self._leapt_at is None or now - self._leapt_at >= STEADY


def _steps(spans: Spans) -> dict[str, Step]:
    by_age: dict[str, Step] = {rule.name: partial(_page, rule) for rule in rules(spans)}
    return {"talks ended": _silence, "people who blocked": partial(_without_blocked, spans.blocked), **by_age}


class Standing(NamedTuple):
    """How a rule stands: how many rows it would take at the moment, how many will come, and the oldest of all."""

    name: str
    days: int
    kept: int
    due: int
    oldest: datetime | None


def standing(session: Session, spans: Spans, now: datetime) -> list[Standing]:
    """What is kept under each rule, and what of it is due to go."""
    found = []
    for rule in rules(spans):
        kept = sa.select(sa.func.count(), sa.func.min(rule.age)).select_from(rule.table).where(*rule.only)
        count, oldest = session.execute(kept).one()
        due = session.scalar(kept.with_only_columns(sa.func.count()).where(rule.age < now - rule.span)) or 0
        found.append(Standing(rule.name, rule.span.days, count, due, oldest))
    return found


def _page(rule: Rule, session: Session, place: int, now: datetime) -> tuple[int | None, int]:
    key: InstrumentedAttribute[int] = rule.table.id  # type: ignore[attr-defined]
    rows = session.execute(sa.select(key, rule.age).where(key > place).order_by(key).limit(PAGE)).all()
    old = [row[0] for row in rows if row[1] < now - rule.span]
    count = 0
    if old:
        meant = (key.between(old[0], old[-1]), rule.age < now - rule.span, *rule.only)
        change = sa.delete(rule.table) if rule.blanks is None else sa.update(rule.table).values(rule.blanks)
        done = session.execute(change.where(*meant).execution_options(synchronize_session=False))
        count = done.rowcount  # type: ignore[attr-defined]
    # What comes behind one that is too young is younger still, unless it was written by a clock that was ahead.
    is_through = len(rows) < PAGE or now - rule.span <= rows[-1][1] <= now
    return (None if is_through else rows[-1][0]), count


def _silence(session: Session, place: int, now: datetime) -> tuple[int | None, int]:
    """Forget where talks stood that are over since yesterday: what was told in them holds no more anyway."""
    ids_of_content = (Person.topic.is_not(None), _is_told(Person.offered))
    is_left = sa.or_(Person.step.is_not(None), _is_told(Person.told), _is_told(Person.step_data), *ids_of_content)
    over = sa.select(Person.id).where(Person.id > place, Person.talked_at < now - EVERY, is_left)
    ids = session.scalars(over.order_by(Person.id).limit(PAGE).with_for_update(skip_locked=True)).all()
    change = sa.update(Person).where(db.among(session, Person.id, ids))
    blank = change.values(topic=None, offered=[], step=None, step_data={}, told=[])
    session.execute(blank.execution_options(synchronize_session=False))
    return (ids[-1] if len(ids) == PAGE else None), len(ids)


def _without_blocked(span: timedelta, session: Session, place: int, now: datetime) -> tuple[int | None, int]:
    """Erase people who blocked us so long ago."""
    gone = sa.select(Person.line_user_id).where(Person.blocked_at < now - span).order_by(Person.id)
    names = session.scalars(gone.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    for name in names:
        erasure.erase(session, name, why="blocked", now=now)
    return (place if len(names) == AT_ONCE else None), len(names)


def _says_something() -> sa.ColumnElement[bool]:
    return sa.cast(OutboxMessage.payload, sa.Text) != "[]"


def _is_told(column: InstrumentedAttribute[Any]) -> sa.ColumnElement[bool]:
    return sa.cast(column, sa.Text).not_in(("[]", "{}"))
