from bot import db
from bot.models import StaffAccount
from bot.staff import accounts, ties
from tests.fakes import FakeClock

ANNA, BEN = "U" + "a" * 32, "U" + "b" * 32


def member(sessions: db.Sessions, clock: FakeClock, name: str = "佐藤") -> int:
    with sessions.begin() as session:
        return accounts.invite(session, name, role="editor", by=None, now=clock())[0].id


def offer(sessions: db.Sessions, id: int, clock: FakeClock) -> str:
    with sessions.begin() as session:
        return ties.offer(session, session.get_one(StaffAccount, id), clock())


def tie(sessions: db.Sessions, code: str, line: str, clock: FakeClock) -> bool:
    with sessions.begin() as session:
        return ties.tie(session, code, line, clock())


def line_of(sessions: db.Sessions, id: int) -> str | None:
    with sessions() as session:
        return session.get_one(StaffAccount, id).line_user_id


def test_the_code_ties_the_line_it_is_written_from_once(sessions: db.Sessions, clock: FakeClock) -> None:
    id = member(sessions, clock)
    code = offer(sessions, id, clock)

    assert tie(sessions, code.lower(), ANNA, clock)
    assert not tie(sessions, code, BEN, clock)
    assert line_of(sessions, id) == ANNA


def test_after_ten_minutes_the_code_is_worth_nothing(sessions: db.Sessions, clock: FakeClock) -> None:
    id = member(sessions, clock)
    code = offer(sessions, id, clock)
    clock.advance(minutes=10)

    assert not tie(sessions, code, ANNA, clock)
    assert line_of(sessions, id) is None


def test_a_new_code_makes_the_one_before_worthless(sessions: db.Sessions, clock: FakeClock) -> None:
    id = member(sessions, clock)
    before = offer(sessions, id, clock)
    after = offer(sessions, id, clock)

    assert not tie(sessions, before, ANNA, clock)
    assert tie(sessions, after, ANNA, clock)


def test_one_line_belongs_to_one_member(sessions: db.Sessions, clock: FakeClock) -> None:
    first, second = member(sessions, clock), member(sessions, clock, "田中")
    assert tie(sessions, offer(sessions, first, clock), ANNA, clock)

    assert not tie(sessions, offer(sessions, second, clock), ANNA, clock)
    assert line_of(sessions, first) == ANNA


def test_the_code_of_somebody_who_was_removed_ties_nothing(sessions: db.Sessions, clock: FakeClock) -> None:
    id = member(sessions, clock)
    code = offer(sessions, id, clock)
    with sessions.begin() as session:
        accounts.remove(session, session.get_one(StaffAccount, id), by=None, now=clock())

    assert not tie(sessions, code, ANNA, clock)


def test_the_code_itself_is_not_kept(sessions: db.Sessions, clock: FakeClock) -> None:
    id = member(sessions, clock)
    code = offer(sessions, id, clock)

    with sessions() as session:
        account = session.get_one(StaffAccount, id)
    assert account.tie_hash is not None
    assert code not in account.tie_hash
