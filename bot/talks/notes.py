"""What staff keep of a person beside the talk: what they call them, notes and tags."""

import unicodedata
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import Person, PersonNote, PersonTag, StaffAccount
from bot.staff import audit
from bot.talks import TalkError

LONGEST_NAME, LONGEST_TAG, LONGEST_NOTE, MOST_TAGS = 100, 40, 2000, 20


def call(session: Session, person: Person, name: str, *, by: int, now: datetime) -> None:
    """Call the person *name* from now on; an empty one is that of LINE again. TalkError: ``too-long``."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise TalkError("too-long")
    person.called = name or None
    audit.note(session, by=by, action="person.call", subject=f"person {person.id}", now=now)


def write(session: Session, person: Person, text: str, *, by: int, now: datetime) -> PersonNote:
    """Keep a note. TalkError: ``empty``, ``too-long``."""
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise TalkError("empty")
    if len(text) > LONGEST_NOTE:
        raise TalkError("too-long")
    note = PersonNote(person_id=person.id, account_id=by, text=text, written_at=now)
    session.add(note)
    audit.note(session, by=by, action="note.write", subject=f"person {person.id}", now=now)
    return note


def strike(session: Session, person: Person, id: int, *, by: int, now: datetime) -> bool:
    """Delete a note of this person's; False when there is none."""
    note = session.get(PersonNote, id)
    if note is None or note.person_id != person.id:
        return False
    session.delete(note)
    audit.note(session, by=by, action="note.strike", subject=f"person {person.id}", now=now)
    return True


def written(session: Session, person: Person) -> list[tuple[PersonNote, str | None]]:
    """The notes with the names of who wrote them, newest first."""
    asked = sa.select(PersonNote, StaffAccount.name).outerjoin(StaffAccount, StaffAccount.id == PersonNote.account_id)
    rows = session.execute(asked.where(PersonNote.person_id == person.id).order_by(PersonNote.id.desc()))
    return [(note, name) for note, name in rows]


def tag(session: Session, person: Person, words: str, *, by: int, now: datetime) -> None:
    """Put tags on the person, one or several with commas between. TalkError: ``empty``, ``tag-long``, ``many-tags``."""
    wanted = [folded for part in words.replace("、", ",").split(",") if (folded := fold(part))]
    if not wanted:
        raise TalkError("empty")
    if any(len(one) > LONGEST_TAG for one in wanted):
        raise TalkError("tag-long")
    before = set(of(session, [person.id]).get(person.id, ()))
    new = [one for one in dict.fromkeys(wanted) if one not in before]
    if len(before) + len(new) > MOST_TAGS:
        raise TalkError("many-tags")
    session.add_all(PersonTag(person_id=person.id, tag=one) for one in new)
    audit.note(session, by=by, action="person.tag", subject=f"person {person.id}", now=now, after={"tags": new})


def untag(session: Session, person: Person, word: str, *, by: int, now: datetime) -> None:
    """Take a tag off."""
    session.execute(sa.delete(PersonTag).where(PersonTag.person_id == person.id, PersonTag.tag == word))
    audit.note(session, by=by, action="person.untag", subject=f"person {person.id}", now=now, before={"tags": [word]})


def of(session: Session, person_ids: Collection[int]) -> dict[int, list[str]]:
    """Person -> their tags."""
    rows = sa.select(PersonTag).where(PersonTag.person_id.in_(person_ids)).order_by(PersonTag.tag)
    found: dict[int, list[str]] = {}
    for row in session.scalars(rows) if person_ids else ():
        found.setdefault(row.person_id, []).append(row.tag)
    return found


def all_tags(session: Session) -> list[str]:
    """Every tag that somebody bears."""
    return list(session.scalars(sa.select(PersonTag.tag).distinct().order_by(PersonTag.tag)))


def fold(tag: str) -> str:
    """The one spelling of a tag, however it is typed."""
    return " ".join(unicodedata.normalize("NFKC", tag).split()).lstrip("#")
