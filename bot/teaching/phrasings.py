"""What staff have taught: texts that stand for an entry beside those of the pack, and the texts that stand for none."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.library.fields import graphemes
from bot.library.library import Library
from bot.library.practice import Closing
from bot.models import Phrasing
from bot.understanding.features import said
from bot.understanding.normalise import normalise

LONGEST = 200
"""Characters of a phrasing; the pack's own have the same limit."""
MOST = 1000
"""Phrasings of staff: learning takes longer with each, and whoever needs more of them needs a pack of their own."""
LONGEST_NAME = 80

Version = tuple[int, ...]
"""A value that is another one whenever what it belongs to is."""


class PhrasingError(Exception):
    """A phrasing that cannot be taught or is not taught; the message says why and what to do."""


class Taught(NamedTuple):
    """What staff have in force beside the files at one moment.

    *phrasings* are pairs of an id (None: none of ours) and a text, oldest first; *edits* are pairs of an id and what lies
    over it, oldest first; *closings* the days closed out of turn. *today* is the practice's day, by which texts grow old.
    """

    version: Version
    phrasings: tuple[tuple[str | None, str], ...]
    edits: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    closings: tuple[Closing, ...] = ()
    today: date | None = None


def version(session: Session) -> Version:
    """The version of the set; cheap enough to be asked every second."""
    # Rows are only ever added or marked, so that no two sets can have the same three numbers.
    asked = sa.select(
        sa.func.count(), sa.func.count(Phrasing.removed_at), sa.func.coalesce(sa.func.max(Phrasing.id), 0)
    )
    rows, removed, last = session.execute(asked).one()
    return rows, removed, last


def taught(session: Session) -> Taught:
    """All phrasings in force with their version."""
    # The version first: what is added in between is then learnt once too often, never once too seldom.
    now_at = version(session)
    return Taught(now_at, tuple((row.entry_id, row.text) for row in all_of(session)))


def all_of(session: Session) -> list[Phrasing]:
    """The rows in force, oldest first."""
    return list(session.scalars(sa.select(Phrasing).where(Phrasing.removed_at.is_(None)).order_by(Phrasing.id)))


def plain(text: str) -> str:
    """*text* on one line, as it is kept."""
    return " ".join(text.split())


def check(session: Session, library: Library, *, entry_id: str | None, text: str) -> str:
    """*text* as it will be kept; PhrasingError when it cannot be taught for the pack *library*."""
    text = plain(text)
    if entry_id is not None:
        _check_id(library, entry_id)
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise PhrasingError("the text holds control characters or is not UTF-8; type it anew")
    if graphemes(text) > LONGEST:
        raise PhrasingError(f"the text has {graphemes(text)} characters; shorten it to {LONGEST}")
    if not said(normalise(text)):
        raise PhrasingError("the text holds no words; write what a person would type")
    in_force = all_of(session)
    owners = {**_owners(library), **{normalise(row.text): row.entry_id for row in in_force}}
    spelling = normalise(text)
    if spelling in owners:
        owner = owners[spelling] or "none"
        if owners[spelling] == entry_id:
            raise PhrasingError(f"{text!r} stands already under {owner}; there is nothing to teach")
        is_ours = any(normalise(row.text) == spelling for row in in_force)
        how = "forget it there first" if is_ours else "a text of the pack is changed in the pack"
        raise PhrasingError(f"{text!r} stands already under {owner}; {how}")
    if len(in_force) >= MOST:
        raise PhrasingError(f"{MOST} phrasings are taught, which is the most; forget some, or move them into the pack")
    return text


def add(
    session: Session, library: Library, *, entry_id: str | None, text: str, by: str | None = None, now: datetime
) -> Phrasing:
    """Teach that *text* stands for *entry_id* (None: for nothing of ours); PhrasingError when it cannot be."""
    text = check(session, library, entry_id=entry_id, text=text)
    if by is not None and not 0 < len(by) <= LONGEST_NAME:
        raise PhrasingError(f"the name has {len(by)} characters; it must have 1 to {LONGEST_NAME}")
    row = Phrasing(entry_id=entry_id, text=text, added_at=now, added_by=by)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise PhrasingError(f"{text!r} was taught by somebody else just now; look at what is taught") from error
    return row


def remove(session: Session, text: str, *, now: datetime) -> Phrasing:
    """Put the phrasing *text* out of force; PhrasingError when it is none of the staff's."""
    spelling = normalise(plain(text))
    row = next((row for row in all_of(session) if normalise(row.text) == spelling), None)
    if row is None:
        raise PhrasingError(f"{text!r} is not taught; only what staff have taught can be forgotten")
    row.removed_at = now
    return row


def _check_id(library: Library, entry_id: str) -> None:
    entry = library.entries.get(entry_id)
    if entry is None:
        raise PhrasingError(
            f"{entry_id!r} is no id of the content pack; write one such as {_example(library)}, or none"
        )
    if entry.kind == "safety":
        raise PhrasingError(f"{entry_id}: safety is decided by rules only; change language/safety.yaml in the pack")


def _example(library: Library) -> str:
    return next((id for id, entry in library.entries.items() if entry.kind not in ("safety", "command")), "faq/price")


def _owners(library: Library) -> Mapping[str, str | None]:
    """Whose the texts of *library* are, in one spelling."""
    owners: dict[str, str | None] = {normalise(text): None for text in library.language.out_of_scope}
    for entry in library.entries.values():
        owners.update(dict.fromkeys(map(normalise, entry.phrasings), entry.id))
    return owners
