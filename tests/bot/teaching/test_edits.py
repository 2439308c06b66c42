from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.db import Sessions
from bot.library.library import Library
from bot.library.loader import load
from bot.library.shelf import Shelf
from bot.models import ContentEdit
from bot.settings import DEFAULT_CONTENT
from bot.staff import accounts
from bot.teaching import closures, edits, overlay
from tests.fakes import NOON

PARKING = "faq/access"
TODAY = date(2026, 4, 1)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(DEFAULT_CONTENT)


@pytest.fixture(scope="module")
def pack(shelf: Shelf) -> Library:
    return load(shelf)


def body(pack: Library, **change: object) -> dict[str, object]:
    entry = pack.entry(PARKING).model_dump(mode="json", exclude_defaults=True)
    return {key: value for key, value in (entry | change).items() if key != "id"}


def publish(session: Session, shelf: Shelf, body: dict[str, object], id: str = PARKING) -> ContentEdit:
    before = edits.current(session, id)
    based_on = before.id if before is not None else None
    row = edits.save(session, entry_id=id, body=body, based_on=based_on, by=None, now=NOON)
    edits.publish(session, row, checked=edits.check(session, shelf, id, body), by=None, now=NOON)
    return row


def answers(session: Session, shelf: Shelf) -> str:
    entry = load(shelf, edits=dict(edits.in_force(session))).entry(PARKING)
    return str(getattr(entry, "answer", ""))


def test_an_edit_lies_over_the_file_until_it_is_undone(sessions: Sessions, shelf: Shelf, pack: Library) -> None:
    with sessions.begin() as session:
        from_file = answers(session, shelf)
        first = publish(session, shelf, body(pack, answer="2台です。"))
        second = publish(session, shelf, body(pack, answer="3台です。"))
        assert answers(session, shelf) == "3台です。"

        edits.undo(session, second, checked=edits.version(session), by=None, now=NOON)
        assert answers(session, shelf) == "2台です。"

        again = edits.current(session, PARKING)
        assert again is not None
        edits.undo(session, again, checked=edits.version(session), by=None, now=NOON)

        assert answers(session, shelf) == from_file
        assert len(edits.history(session, PARKING)) == 3
        assert first.replaced_at is not None


def test_of_two_who_edit_at_once_the_second_is_shown_what_the_first_has_published(
    sessions: Sessions, shelf: Shelf, pack: Library
) -> None:
    with sessions.begin() as session:
        one, two = (accounts.invite(session, name, role="editor", by=None, now=NOON)[0].id for name in ("a", "b"))
        mine = edits.save(session, entry_id=PARKING, body=body(pack, answer="わたし"), based_on=None, by=one, now=NOON)
        yours = edits.save(session, entry_id=PARKING, body=body(pack, answer="あなた"), based_on=None, by=two, now=NOON)
        edits.publish(session, mine, checked=edits.version(session), by=one, now=NOON)

        with pytest.raises(edits.ConflictError) as caught:
            edits.publish(session, yours, checked=edits.version(session), by=two, now=NOON)

        assert caught.value.current is mine
        assert answers(session, shelf) == "わたし"


def test_what_breaks_the_library_is_never_published_and_says_what_is_wrong(
    sessions: Sessions, shelf: Shelf, pack: Library
) -> None:
    taken = pack.entry("faq/hours").phrasings[0]
    wrong = body(pack, label="長い" * 20, phrasings=[*pack.entry(PARKING).phrasings, taken], related=["faq/nowhere"])
    with sessions.begin() as session, pytest.raises(edits.UnfitError) as caught:
        edits.check(session, shelf, PARKING, wrong)
    assert ("too-long", ("label",), "20") in {(one.kind, one.path, one.value) for one in caught.value.problems}

    with sessions.begin() as session, pytest.raises(edits.UnfitError) as caught:
        edits.check(session, shelf, PARKING, {**wrong, "label": "駐車場"})
    kinds = {(one.kind, one.path[0]) for one in caught.value.problems}
    assert kinds >= {("dead", "related")}
    assert "taken" in {kind for kind, _ in kinds}


def test_only_what_an_entry_lacks_itself_is_told_and_nothing_that_follows(
    sessions: Sessions, shelf: Shelf, pack: Library
) -> None:
    stretch = "routine/morning-stretch"
    assert pack.welcome is not None
    assert stretch in pack.welcome.questions[1].choices[0].routines
    wrong = pack.entry(stretch).model_dump(mode="json", exclude_defaults=True) | {"default_time": "25:99"}
    del wrong["id"]
    with sessions.begin() as session, pytest.raises(edits.UnfitError) as caught:
        edits.check(session, shelf, stretch, wrong)

    assert [(one.file, one.kind, one.path) for one in caught.value.problems] == [
        (f"edit:{stretch}", "form", ("default_time",))
    ]


def test_what_changes_in_between_is_checked_again(sessions: Sessions, shelf: Shelf, pack: Library) -> None:
    with sessions.begin() as session:
        row = edits.save(session, entry_id=PARKING, body=body(pack), based_on=None, by=None, now=NOON)
        checked = edits.check(session, shelf, PARKING, row.body)
        publish(session, shelf, {"text": "もどりました。"}, "message/welcome_again")

        with pytest.raises(edits.EditError, match="edit-again"):
            edits.publish(session, row, checked=checked, by=None, now=NOON)


@pytest.mark.parametrize("id", ["safety/emergency", "command/menu", "check/back-heat", "origins"])
def test_dangers_commands_and_checks_are_no_matter_of_the_page(sessions: Sessions, id: str) -> None:
    with sessions.begin() as session, pytest.raises(edits.EditError, match="edit-not-here"):
        edits.save(session, entry_id=id, body={}, based_on=None, by=None, now=NOON)


def test_every_change_that_counts_has_another_version_and_a_draft_has_none(
    sessions: Sessions, shelf: Shelf, pack: Library
) -> None:
    with sessions.begin() as session:
        seen = [overlay.version(session)]
        edits.save(session, entry_id=PARKING, body=body(pack), based_on=None, by=None, now=NOON)
        assert overlay.version(session) == seen[0]
        row = publish(session, shelf, body(pack, answer="2台です。"))
        seen.append(overlay.version(session))
        edits.undo(session, row, checked=edits.version(session), by=None, now=NOON)
        seen.append(overlay.version(session))
        closures.add(session, first=TODAY, last=TODAY, note="", today=TODAY, by=None, now=NOON)
        seen.append(overlay.version(session))

        assert len(set(seen)) == len(seen)


def test_closed_days_are_told_as_stretches_until_they_are_over(sessions: Sessions, pack: Library) -> None:
    with sessions.begin() as session:
        closures.add(
            session, first=date(2026, 12, 30), last=date(2027, 1, 3), note="年末年始", today=TODAY, by=None, now=NOON
        )
        closures.add(session, first=date(2026, 5, 7), last=date(2026, 5, 7), note="", today=TODAY, by=None, now=NOON)
        closed = replace(pack, closings=overlay.in_force(session).closings)

    assert closed.closed_from(TODAY) == [
        "5/7(木)は臨時休業です。",
        "12/30(水)〜1/3(日)は臨時休業です（年末年始）。",
    ]
    assert closed.closed_from(date(2027, 1, 3)) == ["1/3(日)は臨時休業です（年末年始）。"]
    assert closed.closed_from(date(2027, 1, 4)) == []


@pytest.mark.parametrize(
    ("days_off", "length", "problem"),
    [(-3, 1, "closure-past"), (1, -1, "closure-backwards"), (1, 90, "closure-too-long"), (400, 1, "closure-too-far")],
)
def test_days_that_cannot_be_closed_are_refused(sessions: Sessions, days_off: int, length: int, problem: str) -> None:
    first = TODAY + timedelta(days=days_off)
    with sessions.begin() as session, pytest.raises(closures.ClosureError, match=problem):
        closures.add(session, first=first, last=first + timedelta(days=length), note="", today=TODAY, by=None, now=NOON)
