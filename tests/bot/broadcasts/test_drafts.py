from datetime import timedelta
from typing import Any

import pytest

from bot.broadcasts import content, drafts, segments, states
from bot.broadcasts.content import TextContent
from bot.broadcasts.segments import Conditions
from bot.models import Broadcast
from tests.fakes import NOON


def test_two_who_write_at_once_are_told_of_each_other(practice: Any) -> None:
    anna, ben = practice.employ("anna").id, practice.employ("ben").id
    id = practice.draft(by=anna)
    with practice.sessions.begin() as session:
        found = session.get_one(Broadcast, id)
        drafts.change(session, found, version=1, by=anna, now=NOON, content=TextContent(text="アンナの文"))
    with practice.sessions.begin() as session:
        found = session.get_one(Broadcast, id)
        with pytest.raises(drafts.ConflictError) as caught:
            drafts.change(session, found, version=1, by=ben, now=NOON, content=TextContent(text="ベンの文"))

    assert (caught.value.by, caught.value.at, caught.value.version) == (anna, NOON, 2)
    assert content.read(practice.one(id).content) == TextContent(text="アンナの文")
    assert practice.one(id).text == "アンナの文"


def test_what_is_typed_again_as_it_was_changes_nothing(practice: Any) -> None:
    id = practice.draft()
    with practice.sessions.begin() as session:
        found = session.get_one(Broadcast, id)
        drafts.change(
            session,
            found,
            version=1,
            by=None,
            now=NOON + timedelta(hours=1),
            content=content.read(found.content),
            segment=Conditions(),
            way="people",
            is_urgent=False,
            in_opening_hours=False,
        )

    assert (practice.one(id).version, practice.one(id).changed_at) == (1, NOON)


def test_a_change_brings_one_that_waits_for_approval_back(practice: Any) -> None:
    practice.meet(1)
    id = practice.draft()
    with practice.sessions.begin() as session:
        found = session.get_one(Broadcast, id)
        states.submit(session, found, by=None, worst="none", terms=practice.terms, now=NOON)
        states.approve(session, found, by=None, now=NOON)
        drafts.change(session, found, version=1, by=None, now=NOON, is_urgent=True)

    one = practice.one(id)
    assert (one.state, one.version, one.tested_version, one.approved_version) == ("draft", 2, 1, 1)


def test_what_is_scheduled_is_not_changed_any_more(practice: Any) -> None:
    practice.meet(1)
    id = practice.draft()
    practice.schedule(id)
    with practice.sessions.begin() as session, pytest.raises(states.RefusedError):
        drafts.change(session, session.get_one(Broadcast, id), version=1, by=None, now=NOON, is_urgent=True)


def test_lines_own_list_knows_no_conditions(practice: Any) -> None:
    id = practice.draft(segment=Conditions(tags=("肩",)), way="everyone")

    assert segments.of(practice.one(id)) == Conditions()


def test_a_copy_says_the_same_and_is_neither_tested_nor_approved(practice: Any) -> None:
    practice.meet(1)
    id = practice.announce(segment=Conditions(seen_within_days=9), is_urgent=True)
    with practice.sessions.begin() as session:
        made = drafts.copy(session, session.get_one(Broadcast, id), by=None, now=NOON)

    first, second = practice.one(id), practice.one(made.id)
    assert (second.content, second.segment, second.is_urgent) == (first.content, first.segment, True)
    assert (second.state, second.tested_version, second.send_at) == ("draft", None, None)
    assert second.link_key != first.link_key


def test_a_draft_is_thrown_away_and_nothing_else(practice: Any) -> None:
    practice.meet(1)
    draft, sent = practice.draft(), practice.announce()
    with practice.sessions.begin() as session:
        drafts.delete(session, session.get_one(Broadcast, draft), by=None, now=NOON)
    with practice.sessions.begin() as session, pytest.raises(states.RefusedError):
        drafts.delete(session, session.get_one(Broadcast, sent), by=None, now=NOON)

    with practice.sessions() as session:
        assert drafts.find(session, draft) is None


def test_what_wants_a_human_stands_first_in_the_list(practice: Any) -> None:
    practice.meet(1)
    paused, first, second = practice.announce(), practice.draft(), practice.draft()
    practice.move(paused, "pause")

    with practice.sessions() as session:
        assert [one.id for one in drafts.everything(session)] == [paused, second, first]
