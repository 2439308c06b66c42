"""What staff change of the content: drafts, what of them is in force, and the way back; the files stay as they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.library.loader import MESSAGE, load
from bot.library.problems import ContentError, Problem
from bot.library.reader import EDIT, Body
from bot.library.shelf import Shelf
from bot.models import ContentEdit
from bot.staff import audit
from bot.teaching.phrasings import Version

KINDS = ("faq", "article", "term", "routine", "exercise")
"""Kinds of entries that staff edit. Dangers and commands are the program's own; checks are changed in files."""
FACTS = ("practice", "synonyms")
_IN_FORCE = (ContentEdit.published_at.is_not(None), ContentEdit.replaced_at.is_(None))


class EditError(Exception):
    """A change that cannot be made; *problem* is a key of the words in the templates."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class ConflictError(EditError):
    """Something else has come into force since the change was begun: *current*, None for the file."""

    def __init__(self, current: ContentEdit | None) -> None:
        super().__init__("edit-conflict")
        self.current = current


class UnfitError(EditError):
    """The library would be broken; *problems* say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("edit-unfit")
        self.problems = problems


def is_editable(entry_id: str) -> bool:
    """Whether staff may change what is called so."""
    return entry_id in FACTS or entry_id.startswith(MESSAGE) or entry_id.partition("/")[0] in KINDS


def version(session: Session) -> Version:
    """Another value whenever other edits are in force; cheap enough to be asked every second."""
    # What was in force once is never deleted, only marked, so that no two sets can have the same three numbers.
    asked = sa.select(
        sa.func.count(ContentEdit.published_at),
        sa.func.count(ContentEdit.replaced_at),
        sa.func.coalesce(sa.func.max(ContentEdit.id), 0),
    ).where(ContentEdit.published_at.is_not(None))
    return tuple(session.execute(asked).one())


def in_force(session: Session) -> tuple[tuple[str, Body], ...]:
    """What lies over the files, oldest first."""
    rows = session.scalars(sa.select(ContentEdit).where(*_IN_FORCE).order_by(ContentEdit.published_at, ContentEdit.id))
    return tuple((row.entry_id, row.body) for row in rows)


def current(session: Session, entry_id: str) -> ContentEdit | None:
    """The edit in force; None when the file counts."""
    return session.scalar(sa.select(ContentEdit).where(ContentEdit.entry_id == entry_id, *_IN_FORCE))


def drafts(session: Session, entry_id: str | None = None) -> list[ContentEdit]:
    """What is not in force yet, newest first: of this entry, or of all."""
    asked = sa.select(ContentEdit).where(ContentEdit.published_at.is_(None))
    if entry_id is not None:
        asked = asked.where(ContentEdit.entry_id == entry_id)
    return list(session.scalars(asked.order_by(ContentEdit.id.desc())))


def history(session: Session, entry_id: str) -> list[ContentEdit]:
    """All that was or is in force, newest first."""
    asked = sa.select(ContentEdit).where(ContentEdit.entry_id == entry_id, ContentEdit.published_at.is_not(None))
    return list(session.scalars(asked.order_by(ContentEdit.published_at.desc(), ContentEdit.id.desc())))


def save(
    session: Session,
    *,
    entry_id: str,
    body: Mapping[str, Any],
    based_on: int | None,
    by: int | None,
    now: datetime,
) -> ContentEdit:
    """Keep *body* as the draft of *by*, in the place of an earlier one; *based_on* is the edit that was in force when begun."""
    if not is_editable(entry_id):
        raise EditError("edit-not-here")
    row = next((row for row in drafts(session, entry_id) if row.made_by == by), None)
    if row is None:
        row = ContentEdit(entry_id=entry_id, body={}, made_by=by, made_at=now)
        session.add(row)
    row.body, row.based_on, row.made_at = dict(body), based_on, now
    session.flush()
    return row


def discard(session: Session, row: ContentEdit, *, by: int | None, now: datetime) -> None:
    """Delete a draft; what was in force stays for ever."""
    if row.published_at is None:
        audit.note(session, by=by, action="content.discard", subject=row.entry_id, before={"edit": row.id}, now=now)
        session.delete(row)


def check(session: Session, shelf: Shelf, entry_id: str, body: Body | None) -> Version:
    """The version of the edits with which *body* (None: the file's own) fits together; UnfitError when it does not."""
    checked = version(session)
    beside = {id: other for id, other in in_force(session) if id != entry_id}
    try:
        load(shelf, edits=beside if body is None else beside | {entry_id: body})
    except ContentError as error:
        before = _problems(shelf, dict(in_force(session)))
        # What was broken before is not this change's doing.
        mine = tuple(problem for problem in error.problems if problem not in before)
        # An entry that cannot be read is missed by all that name it: what it lacks itself is told, and nothing that follows.
        own = tuple(problem for problem in mine if problem.file == f"{EDIT}{entry_id}")
        if mine:
            raise UnfitError(own or mine) from error
    return checked


def publish(session: Session, row: ContentEdit, *, checked: Version, by: int | None, now: datetime) -> None:
    """Put the draft in force. ConflictError when it was begun on what is not in force any more.

    *checked* is what `check` gave before this transaction: loading takes long, and nobody must wait for it.
    """
    if row.published_at is not None:
        raise EditError("edit-published")
    before = current(session, row.entry_id)
    if (before.id if before is not None else None) != row.based_on:
        raise ConflictError(before)
    if version(session) != checked:
        raise EditError("edit-again")
    _replace(session, before, row, now)
    audit.note(
        session,
        by=by,
        action="content.publish",
        subject=row.entry_id,
        before={"edit": row.based_on},
        after={"edit": row.id},
        now=now,
    )


def earlier(session: Session, row: ContentEdit) -> ContentEdit | None:
    """What `undo` of the edit in force would bring back; None for the file."""
    return session.get(ContentEdit, row.based_on) if row.based_on is not None else None


def undo(
    session: Session, row: ContentEdit, *, checked: Version, to_file: bool = False, by: int | None, now: datetime
) -> None:
    """Bring back what was in force before *row*, or what stands in the file. ConflictError when *row* is not in force any more."""
    before = current(session, row.entry_id)
    if before is None or before.id != row.id:
        raise ConflictError(before)
    if version(session) != checked:
        raise EditError("edit-again")
    back = None if to_file else earlier(session, row)
    again = None
    if back is not None:
        # A row of its own: the history tells what was in force when. It goes back to where the first one went back to.
        again = ContentEdit(entry_id=row.entry_id, body=back.body, based_on=back.based_on, made_by=by, made_at=now)
    _replace(session, row, again, now)
    audit.note(
        session,
        by=by,
        action="content.undo",
        subject=row.entry_id,
        before={"edit": row.id},
        after={"edit": again.id if again is not None else None},
        now=now,
    )


def _replace(session: Session, before: ContentEdit | None, after: ContentEdit | None, now: datetime) -> None:
    if before is not None:
        before.replaced_at = now
        session.flush()  # Out of the unique index, before the next one goes in.
    if after is not None:
        session.add(after)
        after.published_at = now
    try:
        session.flush()
    except IntegrityError as error:
        raise EditError("edit-again") from error


def _problems(shelf: Shelf, edits: Mapping[str, Body]) -> frozenset[Problem]:
    try:
        load(shelf, edits=edits)
    except ContentError as error:
        return frozenset(error.problems)
    return frozenset()
