"""Notes about the body: told or kept, and the exercises that they leave."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import body, db, people
from bot.library.library import Library
from bot.library.loader import load
from bot.library.schema import Exercise, Routine
from bot.models import Person
from bot.settings import DEFAULT_CONTENT
from tests.fakes import FakeClock


@pytest.fixture(scope="module")
def library() -> Library:
    return load(DEFAULT_CONTENT)


def routine(library: Library, id: str) -> Routine:
    found = library.entry(id)
    assert isinstance(found, Routine)
    return found


def test_a_note_is_kept_once_with_the_first_consent_and_dropped_with_the_last(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    now = clock()
    with sessions.begin() as session:
        person, _ = people.meet(session, "U1", now)
        body.keep(session, person, "knee", now)
        body.keep(session, person, "knee", now + timedelta(days=1))
        body.keep(session, person, "neck", now + timedelta(days=1))

        assert [(note.note, note.noted_at) for note in body.kept(session, person)] == [
            ("knee", now),
            ("neck", now + timedelta(days=1)),
        ]
        assert person.body_consent_at == now
        assert body.drop(session, person, "knee")
        assert not body.drop(session, person, "knee")
        assert person.body_consent_at == now
        assert body.drop(session, person, "neck")
        assert person.body_consent_at is None


def test_what_was_told_holds_in_the_same_turn_and_while_the_talk_lasts(sessions: db.Sessions, clock: FakeClock) -> None:
    now = clock()
    with sessions.begin() as session:
        person, _ = people.meet(session, "U1", now)
        body.hear(person, {"knee"}, now)
        assert body.notes(session, person, now) == {"knee"}

        person.talked_at = now
        later = now + people.CONTEXT_LIFE
        assert body.notes(session, person, later) == {"knee"}
        assert body.notes(session, person, later + timedelta(seconds=1)) == frozenset()

        body.hear(person, {"neck"}, later + timedelta(seconds=1))
        assert body.told(person, later + timedelta(seconds=1)) == {"neck"}
        body.unhear(person)
        assert body.told(person, later + timedelta(seconds=1)) == frozenset()


def test_somebody_unknown_has_no_notes(sessions: db.Sessions, clock: FakeClock) -> None:
    nobody = Person(line_user_id="U9", created_at=clock(), last_seen_at=clock(), offered=[], step_data={})

    with sessions() as session:
        assert body.notes(session, nobody, clock()) == frozenset()


def test_steps_leave_out_what_does_not_suit_and_a_barred_person_gets_none(library: Library) -> None:
    evening = routine(library, "routine/evening-training")

    assert body.steps(library, evening, frozenset()) == evening.steps
    assert "exercise/bird-dog" not in body.steps(library, evening, {"knee"})
    assert "exercise/towel-rowing" in body.steps(library, evening, {"knee"})
    assert body.steps(library, evening, {"shoulder"}) == ()
    for note in ("pregnant", "surgery", "acute"):
        assert body.is_barred(library, {note, "knee"})
        assert body.steps(library, evening, {note}) == ()
    assert not body.is_barred(library, {"knee", "back"})


def test_every_note_leaves_some_exercise_and_some_routine(library: Library) -> None:
    for note in ("knee", "shoulder", "wrist", "back", "neck"):
        assert any(body.fits(exercise, {note}) for exercise in library.of(Exercise))
        assert any(body.steps(library, one, {note}) for one in library.of(Routine))


def test_what_a_ring_leaves_out_is_told_for_a_batch_in_one_go(
    sessions: db.Sessions, clock: FakeClock, library: Library
) -> None:
    now = clock()
    with sessions.begin() as session:
        knee, plain, pregnant, told = (people.meet(session, f"U{number}", now)[0] for number in range(4))
        body.keep(session, knee, "knee", now)
        body.keep(session, pregnant, "pregnant", now)
        body.hear(told, {"knee"}, now)

        left_out = body.without(library, session, {knee.id, plain.id, pregnant.id, told.id})

        assert left_out[knee.id] == {"routine/evening-training": ("exercise/bird-dog",)}
        evening = routine(library, "routine/evening-training")
        assert left_out[pregnant.id]["routine/evening-training"] == tuple(sorted(evening.steps))
        assert set(left_out) == {knee.id, pregnant.id}
        assert body.without(library, session, set()) == {}


def test_what_was_agreed_to_is_kept_with_its_version_and_asked_again_when_the_words_change(
    sessions: db.Sessions, library: Library, clock: FakeClock
) -> None:
    now = clock()
    version = body.consent_version(library)
    words = {**library.messages, "body_consent_what": "他のことも覚えます。"}
    changed = body.consent_version(replace(library, messages=words))
    assert version != changed
    with sessions.begin() as session:
        person, _ = people.meet(session, "U1", now)
        body.keep(session, person, "knee", now, version=version)
        later = now + timedelta(days=1)
        body.keep(session, person, "neck", later, version=version)
        assert (person.body_consent_at, person.body_consent_version) == (now, version)
        assert body.has_consented(person, version)
        assert not body.has_consented(person, changed)
        body.keep(session, person, "knee", later, version=changed)
        assert (person.body_consent_at, person.body_consent_version) == (later, changed)
        for note in ("knee", "neck"):
            body.drop(session, person, note)
        assert (person.body_consent_at, person.body_consent_version) == (None, None)
