from bot.db import Sessions
from bot.settings import DEFAULT_CONTENT
from bot.teaching import edits
from bot.teaching.follower import Follower
from tests.fakes import FakeClock


def test_the_library_of_a_process_that_answers_nobody_follows_what_staff_publish(
    sessions: Sessions, clock: FakeClock
) -> None:
    follower = Follower(DEFAULT_CONTENT, sessions, clock)
    before = follower.library()
    clock.advance(seconds=1)
    assert follower.library() is before

    with sessions.begin() as session:
        body = {"text": "できること"}
        row = edits.save(session, entry_id="message/menu_title", body=body, based_on=None, by=None, now=clock())
        edits.publish(session, row, checked=edits.version(session), by=None, now=clock())
    assert follower.library() is before  # It looks once a second at most.
    clock.advance(seconds=1)

    assert follower.library().messages["menu_title"] == "できること"
    follower.close()


def test_an_edit_that_fits_no_more_is_told_and_the_file_counts(sessions: Sessions, clock: FakeClock) -> None:
    with sessions.begin() as session:
        body = {"text": "$unknown"}
        row = edits.save(session, entry_id="message/menu_title", body=body, based_on=None, by=None, now=clock())
        edits.publish(session, row, checked=edits.version(session), by=None, now=clock())
    follower = Follower(DEFAULT_CONTENT, sessions, clock)

    assert "$unknown" not in follower.library().messages["menu_title"]
    assert set(follower.laid.broken) == {"message/menu_title"}
    follower.close()
