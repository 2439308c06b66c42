"""The plain majority of what is due: reminders with nothing special about them or their people, planned all together."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar, db
from bot.delivery import gate
from bot.models import BodyNote, Completion, Person, Reminder, Rest, UtcDateTime
from bot.reminders import backing_off, batch, schedule

BATCH, CROWDED = 1000, 2500
"""How many are planned in one transaction: senders take up what is planned while the next are, and on SQLite answers wait
for its end. More where so many are due that planning would hold up the sending."""
CROWD = 20_000
"""From so many on it is a crowd."""


class Place(NamedTuple):
    """How far planning has come, in the order in which it reads."""

    due_at: datetime
    routine_id: str
    id: int


@dataclass(frozen=True)
class _Setting:
    """How the reminders of a group are set, that have just rung for *rang_for*."""

    time: str
    days: tuple[str, ...]
    is_on_holidays: bool
    zone: str
    rang_for: date
    state: str = "on"
    paused_from: datetime | None = None
    paused_until: datetime | None = None


def beginning(now: datetime) -> Place:
    """Where to begin: what is longer due is not plain, it is too late."""
    return Place(now - gate.GRACE["reminder"], "", 0)


def plan(
    session: Session, now: datetime, rules: gate.Rules, render: batch.Render, *, after: Place, size: int
) -> tuple[int, Place | None]:
    """Ring the next *size* that are plain and move them on; how many rang, and where to go on (None: there are no more).

    The database tells who has nothing special about them. For them the gate decides once for all who share their
    settings; those whom it does not let pass, or for whom there is no message, are left to who plans one by one.
    """
    zone = rules.zone
    groups = session.execute(
        _groups(db.is_sqlite(session), size),
        {
            "now": now,
            "zone": zone.key,
            "first": calendar.day_of(now - gate.GRACE["reminder"], zone),
            "last": calendar.day_of(now, zone),
            **after._asdict(),
        },
    ).all()
    messages: dict[batch.Due, list[batch.Message] | None] = {}
    to: dict[tuple[datetime, batch.Due], list[str]] = defaultdict(list)
    moved: dict[tuple[datetime | None, date], list[int]] = defaultdict(list)
    for group in groups:
        if not group.is_plain:
            continue
        due = batch.Due(group.routine_id, calendar.day_of(group.next_due_at, zone))
        setting = _Setting(group.time, tuple(json.loads(group.days)), group.is_on_holidays, zone.key, due.day)
        if due not in messages:
            messages[due] = render(due)
        if messages[due] is not None and _decide(group.next_due_at, due, setting, now, rules) == gate.SEND:
            to[group.next_due_at, due] += group.to
            moved[schedule.next_ring(setting, group.next_due_at), due.day] += group.ids
    for (due_at, due), names in to.items():
        said = messages[due] or []
        batch.write(session, due, names, said, purpose="reminder", due_at=due_at, now=now, judged_at=now)
    for (next_due_at, day), ids in moved.items():
        _move_on(session, ids, now, next_due_at=next_due_at, day=day)
    is_more = sum(len(group.ids) for group in groups) == size
    place = Place(groups[-1].next_due_at, groups[-1].routine_id, groups[-1].last) if is_more else None
    return sum(map(len, to.values())), place


def _decide(due_at: datetime, due: batch.Due, setting: _Setting, now: datetime, rules: gate.Rules) -> gate.Decision:
    """What the gate says for all with this *setting* about whom nothing is special."""
    reminder = gate.ReminderState(setting.state, setting.days, setting.is_on_holidays)
    message = gate.Message("reminder", due_at, due.routine_id, due.day)
    return gate.decide(message, gate.PersonState(rules.zone, reminder=reminder), now, gate.Ledger(), rules)


def _move_on(session: Session, ids: list[int], now: datetime, *, next_due_at: datetime | None, day: date) -> None:
    """Write down that these have rung for *day*, and when they do next."""
    session.execute(
        sa.update(Reminder)
        .where(db.among(session, Reminder.id, ids))
        .values(next_due_at=next_due_at, rang_at=now, rang_for=day, unanswered=Reminder.unanswered + 1)
        .execution_options(synchronize_session=False)
    )


# How the reminder itself is plain. The day of a ring is one of two, mostly both the same: only who lives where the
# practice is, is plain.
_IS_SET_PLAINLY = (
    Reminder.state == "on",
    Reminder.zone == sa.bindparam("zone"),
    # Neither a pause that holds nor one to come.
    sa.or_(Reminder.paused_from.is_(None), Reminder.paused_until <= Reminder.next_due_at),
    Reminder.unanswered < backing_off.RINGS,
    sa.or_(Reminder.rang_for.is_(None), Reminder.rang_for.not_in((sa.bindparam("first"), sa.bindparam("last")))),
)


@cache
def _groups(is_sqlite: bool, size: int) -> sa.Select[Any]:
    """The next reminders by how they are set and whether they are plain, with their ids and people; in order of reading.

    The page of reminders is read and locked first, in the order of its index, and only then looked at more closely: so the
    database has no choice but to do little, whatever it believes of the tables.
    """
    place = (Reminder.next_due_at, Reminder.routine_id, Reminder.id)
    after = sa.tuple_(sa.bindparam("due_at", type_=UtcDateTime()), sa.bindparam("routine_id"), sa.bindparam("id"))
    days = sa.cast(Reminder.days, sa.Text).label("days")
    page = (
        sa.select(*place, Reminder.person_id, Reminder.time, days, Reminder.is_on_holidays)
        .where(Reminder.next_due_at <= sa.bindparam("now"), sa.tuple_(*place) > after, *_IS_SET_PLAINLY)
        .order_by(*place)
        .limit(size)
        .with_for_update(of=Reminder, skip_locked=True)
        .cte("page")
    )
    told = sa.select(page, _name(page).label("name"), _is_untold(page).label("is_untold")).cte("told")
    told = told.prefix_with("MATERIALIZED", dialect="postgresql")  # Else the name would be looked up twice.
    is_plain = (told.c.name.is_not(None) & told.c.is_untold).label("is_plain")
    settings = (told.c.next_due_at, told.c.routine_id, is_plain, told.c.time, told.c.days, told.c.is_on_holidays)
    gather, last = sa.func.json_group_array if is_sqlite else sa.func.json_agg, sa.func.max(told.c.id)
    return (
        sa.select(
            *settings,
            last.label("last"),
            gather(told.c.id, type_=sa.JSON()).label("ids"),
            gather(told.c.name, type_=sa.JSON()).label("to"),
        )
        .group_by(*settings)
        .order_by(told.c.next_due_at, told.c.routine_id, last)
    )


def _name(page: sa.CTE) -> sa.ScalarSelect[str]:
    """The LINE id of the person who can be reached and lives where the practice is; for others nothing.

    Not joined: of many people the database would rather read all than look up these.
    """
    lives_here = sa.func.coalesce(Person.timezone, sa.bindparam("zone")) == sa.bindparam("zone")
    mine = sa.select(Person.line_user_id).where(Person.id == page.c.person_id, Person.blocked_at.is_(None), lives_here)
    return mine.scalar_subquery()


def _is_untold(page: sa.CTE) -> sa.ColumnElement[bool]:
    """That the person has told nothing of the routine's day, and nothing of their body."""

    def is_noted(kind: type[Completion] | type[Rest]) -> sa.ColumnElement[bool]:
        is_its = (kind.person_id == page.c.person_id) & (kind.routine_id == page.c.routine_id)
        return sa.exists().where(is_its, kind.day.in_((sa.bindparam("first"), sa.bindparam("last"))))

    has_note = sa.exists().where(BodyNote.person_id == page.c.person_id)
    return sa.and_(~is_noted(Completion), ~is_noted(Rest), ~has_note)
