"""What people tell of their body: kept with their consent or known in this talk only, and which exercises it leaves them."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Set
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.library.library import Library
from bot.library.schema import Exercise, Routine
from bot.models import BodyNote, Person
from bot.people import CONTEXT_LIFE

CONSENT_WORDS = ("body_consent_title", "body_consent_what", "body_consent_bars", "body_consent_drop")
"""The messages with which we ask."""


def notes(session: Session, person: Person, now: datetime) -> frozenset[str]:
    """Everything that holds for the person at *now*: what is kept, and what they told in this talk."""
    return frozenset(note.note for note in kept(session, person)) | told(person, now)


def kept(session: Session, person: Person) -> list[BodyNote]:
    """The notes that the person let us keep, oldest first; without consent there are none, and nobody has to look."""
    if person.body_consent_at is None:
        return []
    mine = sa.select(BodyNote).where(BodyNote.person_id == person.id)
    return list(session.scalars(mine.order_by(BodyNote.noted_at, BodyNote.id)))


def told(person: Person, now: datetime) -> frozenset[str]:
    """What the person told in this talk; it dies with the topic."""
    return frozenset(note for note, at in person.told or () if _lives(person, at, now))


def hear(person: Person, heard: Iterable[str], now: datetime) -> None:
    """Know *heard* from now on, as long as the talk lasts; what was told in an older talk is forgotten."""
    living = [entry for entry in person.told if _lives(person, entry[1], now) and entry[0] not in heard]
    told = living + [[note, now.isoformat()] for note in sorted(heard)]
    if told != person.told:
        person.told = told


def unhear(person: Person) -> None:
    """Forget what was told in this talk."""
    person.told = []


def consent_version(library: Library) -> str:
    """The version of the wording with which we ask for consent; another one when any of its words changes."""
    words = "\n".join(library.messages.get(key, "") for key in CONSENT_WORDS)
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def has_consented(person: Person, version: str) -> bool:
    """Whether the person has let us keep notes, on being asked in the words of that *version*."""
    return person.body_consent_at is not None and person.body_consent_version == version


def keep(session: Session, person: Person, note: str, now: datetime, *, version: str | None = None) -> None:
    """Keep *note*; the person has allowed it, and the first time, or the first in words of this *version*, is their consent."""
    if person.body_consent_at is None or person.body_consent_version != version:
        person.body_consent_at, person.body_consent_version = now, version
    if note not in {one.note for one in kept(session, person)}:
        session.add(BodyNote(person_id=person.id, note=note, noted_at=now))
        person.touch(now)
        session.flush()


def drop(session: Session, person: Person, note: str, *, is_told: bool = False) -> bool:
    """Forget *note*, kept or, unless it *is_told* on, told; with the last one kept goes the consent. False when it was not kept."""
    if not is_told:
        person.told = [entry for entry in person.told if entry[0] != note]
    mine = {one.note: one for one in kept(session, person)}
    if note not in mine:
        return False
    session.delete(mine[note])
    session.flush()
    if len(mine) == 1:
        person.body_consent_at = person.body_consent_version = None
    return True


def is_barred(library: Library, notes: Set[str]) -> bool:
    """Whether a doctor must be asked before any exercise."""
    return not library.language.body_notes.barring.isdisjoint(notes)


def fits(exercise: Exercise, notes: Set[str]) -> bool:
    """Whether nothing in *notes* speaks against the exercise; whoever is barred gets none anyway."""
    return notes.isdisjoint(exercise.avoid_if)


def steps(library: Library, routine: Routine, notes: Set[str]) -> tuple[str, ...]:
    """The ids of the routine's exercises that may be shown, in order; none at all to somebody who is barred."""
    if is_barred(library, notes):
        return ()
    return tuple(id for id in routine.steps if _fits(library, id, notes))


def without(
    library: Library, session: Session, person_ids: Collection[int]
) -> dict[int, Mapping[str, tuple[str, ...]]]:
    """For each of these people: routine id -> the ids of its exercises to leave out, sorted.

    By what is kept alone, in one query. Left out are people and routines for whom everything may be shown.
    """
    mine: dict[int, set[str]] = {}
    rows = sa.select(BodyNote.person_id, BodyNote.note).where(BodyNote.person_id.in_(person_ids))
    for person_id, note in session.execute(rows):
        mine.setdefault(person_id, set()).add(note)
    # Few combinations of notes are many people's.
    by_notes = {notes: _left_out(library, notes) for notes in {frozenset(notes) for notes in mine.values()}}
    return {id: left_out for id, notes in mine.items() if (left_out := by_notes[frozenset(notes)])}


def _left_out(library: Library, notes: Set[str]) -> Mapping[str, tuple[str, ...]]:
    left_out = {
        routine.id: tuple(sorted(set(routine.steps).difference(steps(library, routine, notes))))
        for routine in library.of(Routine)
    }
    return {id: exercises for id, exercises in left_out.items() if exercises}


def _fits(library: Library, id: str, notes: Set[str]) -> bool:
    exercise = library.entry(id)
    return isinstance(exercise, Exercise) and fits(exercise, notes)


def _lives(person: Person, at: str, now: datetime) -> bool:
    """Whether what was told *at* that moment belongs to this talk."""
    is_talking = person.talked_at is not None and now - person.talked_at <= CONTEXT_LIFE
    return is_talking or datetime.fromisoformat(at) >= now
