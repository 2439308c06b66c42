"""Everything of one person goes, wherever it was copied to; what stays are counts, and a line that something went."""

import hashlib
import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import people, sealed
from bot.db import WAIT_SECONDS, Sessions, engine_of, is_sqlite, is_sqlite_file
from bot.delivery import envelope, inbox, outbox
from bot.models import (
    AuditEntry,
    Base,
    Broadcast,
    BroadcastTap,
    ContentEdit,
    Erasure,
    InboxEvent,
    OutboxMessage,
    Person,
    PersonNote,
    Phrasing,
    TrialRun,
)
from bot.understanding.normalise import normalise

log = logging.getLogger(__name__)

SURELY_THEIRS = 8
"""From so many letters on a message is looked for elsewhere; shorter ones are anybody's."""

IMPATIENT_MS = 200

Why = Literal["asked", "staff", "blocked", "restored"]


def erase(session: Session, line_user_id: str, *, why: Why, now: datetime, even_open: bool = False) -> Counter[str]:
    """Erase all that is kept of whoever has this LINE id, met or not; how many rows of each table it was in.

    The person's rows go; rows that statistics count (inbox, outbox, taps) stay without them and their words. Wordings that
    staff taught from their messages go, unless others wrote the same. *even_open*: what waits for its answer goes as well.
    What no key opens goes like the rest: nothing has to be read to be erased.
    """
    with sealed.blank_where_unreadable() as unread:
        counts = _erase(session, line_user_id, why=why, now=now, even_open=even_open)
    if unread.count:
        # Whoever taught a wording from what cannot be read is not found: it stays.
        log.warning("%s values could not be read while a person was erased; they went all the same", unread.count)
    return counts


def _erase(session: Session, line_user_id: str, *, why: Why, now: datetime, even_open: bool) -> Counter[str]:
    if even_open:
        _wait_for_answers(session, line_user_id)
    person = people.find(session, line_user_id)
    counts = _counts(session, line_user_id, person)
    counts["phrasings"] = _untaught(session, line_user_id, now)
    if person is not None:
        id = person.id
        session.execute(sa.update(BroadcastTap).where(BroadcastTap.person_id == id).values(person_id=None))
        noted = sa.update(AuditEntry).where(AuditEntry.subject == f"person {id}").values(before={}, after={})
        session.execute(noted)
        people.forget(session, person)
    else:
        inbox.forget(session, line_user_id)
        outbox.forget(session, line_user_id)
    # Alerts to staff are told apart by whom they went to.
    named = sa.update(OutboxMessage).where(OutboxMessage.dedupe_key.contains(line_user_id, autoescape=True))
    session.execute(named.values(dedupe_key=None).execution_options(synchronize_session=False))
    if even_open:
        inbox.forget_open(session, line_user_id, now)
    session.add(Erasure(erased_at=now, why=why, digest=digest(line_user_id), counts=dict(+counts)))
    log.info("person %s erased (%s): %s rows", "-" if person is None else person.id, why, counts.total())
    return +counts


def quoted(session: Session, line_user_id: str) -> list[str]:
    """Where else whole messages of this person stand that staff copied by hand: for staff to look at, before all is erased."""
    with sealed.blank_where_unreadable():
        return _quoted(session, line_user_id)


def _quoted(session: Session, line_user_id: str) -> list[str]:
    own = [words for words in _spellings(session, InboxEvent.user_id == line_user_id) if len(words) >= SURELY_THEIRS]
    if not own:
        return []
    person = people.find(session, line_user_id)
    edits = session.execute(sa.select(ContentEdit.entry_id, ContentEdit.body))
    told = session.execute(sa.select(Broadcast.id, Broadcast.text, Broadcast.content))
    notes = session.execute(sa.select(PersonNote.person_id, PersonNote.text))
    texts = [(row.entry_id, row.body) for row in edits]
    texts += [(f"announcement {row.id}", [row.text, row.content]) for row in told]
    texts += [
        (f"a note about person {row.person_id}", row.text)
        for row in notes
        if person is None or row.person_id != person.id
    ]
    found = {name for name, text in texts if _holds(text, own)}
    return sorted(found)


def digest(line_user_id: str) -> str:
    """By which an erasure is known to whoever has the id."""
    return hashlib.sha256(line_user_id.encode()).hexdigest()


def again(session: Session, digests: Collection[str], now: datetime) -> int:
    """Erase anew whoever was erased before and is back, out of an older copy of the database; how many."""
    known = {
        *session.scalars(sa.select(Person.line_user_id)),
        *session.scalars(sa.select(InboxEvent.user_id).distinct()),
    }
    back = sorted(id for id in known if id is not None and digest(id) in digests)
    for id in back:
        erase(session, id, why="restored", now=now, even_open=True)
    # Another backup may be put in after this one: it must find the others on the list, too.
    others = set(digests).difference(map(digest, back))
    session.add_all(Erasure(erased_at=now, why="restored", digest=one) for one in sorted(others))
    return len(back)


def clean(sessions: Sessions) -> bool:
    """Have the database itself overwrite what was erased: SQLite's file and log, PostgreSQL's dead rows. False: it is too busy."""
    engine = engine_of(sessions)
    with engine.connect() as connection:
        # Past SQLAlchemy's transactions, in which neither can be done.
        if is_sqlite_file(sessions):
            raw: Any = connection.connection.driver_connection
            try:
                raw.execute("VACUUM")
                is_busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:
                return False
            return not is_busy
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("VACUUM"))
    return True


def empty_log(sessions: Sessions) -> bool:
    """Have SQLite empty its log, in which what was erased stands until it is written over. False: others are at work just now."""
    if not is_sqlite_file(sessions):
        return True
    with engine_of(sessions).connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute(f"PRAGMA busy_timeout = {IMPATIENT_MS}")  # While it waits, nobody writes.
        try:
            is_busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
        return not is_busy


def _wait_for_answers(session: Session, line_user_id: str) -> None:
    """Until nobody answers the person's chat: whom we meet in that very moment is nobody yet whom one could erase.

    SQLite has one writer at a time; on PostgreSQL it is the lock that the dispatcher takes on a chat (`turns.claim_some`).
    """
    if not is_sqlite(session):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(line_user_id, 0))))


def _counts(session: Session, line_user_id: str, person: Person | None) -> Counter[str]:
    """Table -> in how many rows the person is."""
    found: Counter[str] = Counter()
    wheres: dict[str, tuple[sa.Table, sa.ColumnElement[bool]]] = {}
    for table in Base.metadata.sorted_tables:
        if person is not None and "person_id" in table.columns:
            wheres[table.name] = table, table.c.person_id == person.id
    inbox_table, outbox_table = InboxEvent.__table__, OutboxMessage.__table__
    assert isinstance(inbox_table, sa.Table)
    assert isinstance(outbox_table, sa.Table)
    wheres["inbox"] = inbox_table, InboxEvent.user_id == line_user_id
    wheres["outbox"] = outbox_table, sa.or_(OutboxMessage.chat == line_user_id, outbox.names(line_user_id))
    for name, (table, where) in wheres.items():
        found[name] = session.scalar(sa.select(sa.func.count()).select_from(table).where(where)) or 0
    found["people"] = int(person is not None)
    return +found


def _untaught(session: Session, line_user_id: str, now: datetime) -> int:
    """Take out of force, and erase, wordings that staff taught from this person's messages and nobody else's; how many."""
    rows = session.scalars(sa.select(Phrasing).where(Phrasing.text != "")).all()
    if not rows:
        return 0
    taught = {normalise(row.text) for row in rows}
    own = taught & _spellings(session, InboxEvent.user_id == line_user_id)
    if own:
        others = sa.and_(InboxEvent.user_id.is_not(None), InboxEvent.user_id != line_user_id)
        own -= _spellings(session, others)
    theirs = [row for row in rows if normalise(row.text) in own]
    for row in theirs:
        row.text, row.removed_at = "", row.removed_at or now
    session.flush()
    if theirs:
        # They tell which wordings would be read otherwise.
        session.execute(sa.delete(TrialRun))
    return len(theirs)


def _holds(text: Any, words: Sequence[str]) -> bool:
    folded = normalise(" ".join(json.dumps(text, ensure_ascii=False).split()))
    return any(one in folded for one in words)


def _spellings(session: Session, whose: sa.ColumnElement[bool]) -> set[str]:
    written = set()
    rows = sa.select(InboxEvent.raw).where(whose, InboxEvent.kind == "message", InboxEvent.raw != "{}")
    for raw in session.scalars(rows.execution_options(yield_per=500)):
        if not raw:
            continue  # It could not be read.
        text = envelope.part(json.loads(raw), "message").get("text")
        if isinstance(text, str):
            written.add(normalise(" ".join(text.split())))
    return written
