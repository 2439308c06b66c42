from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.models import Person, StaffAccount
from bot.staff import accounts, ties
from bot.talk import Heard, House, Visitor


def offer(house: House) -> tuple[int, str]:
    """A member of the staff, and the code that their page shows."""
    with house.app.sessions.begin() as session:
        account, _ = accounts.invite(session, "佐藤", role="editor", by=None, now=house.clock())
        return account.id, ties.offer(session, account, house.clock())


def line_of(house: House, id: int) -> str | None:
    with house.app.sessions() as session:
        return session.get_one(StaffAccount, id).line_user_id


@pytest.mark.parametrize("form", ["スタッフ登録 {}", "スタッフ登録　{}", "スタッフ登録{}"])
def test_the_code_from_the_page_ties_the_line_it_is_written_from(
    house: House, visitor: Visitor, talk: Callable[[str], Heard], form: str
) -> None:
    id, code = offer(house)

    answer = talk(form.format(code.lower()))

    assert any("このLINEを登録しました" in text for text in answer.texts)
    assert line_of(house, id) == visitor.phone.user_id


def test_a_wrong_code_is_answered_as_if_the_words_meant_nothing(
    house: House, visitor: Visitor, talk: Callable[[str], Heard]
) -> None:
    id, code = offer(house)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")

    during = talk(f"スタッフ登録 {wrong}").texts
    house.clock.advance(minutes=11)

    assert not any("登録しました" in text for text in during)
    assert talk(f"スタッフ登録 {wrong}").texts == during
    assert talk(f"スタッフ登録 {code}").texts == during
    assert line_of(house, id) is None


def test_a_flow_that_is_running_goes_on_afterwards(house: House, talk: Callable[[str], Heard]) -> None:
    _, code = offer(house)
    talk("セルフチェック")
    talk("肩")
    with house.app.sessions() as session:
        before = [(one.step, one.step_data) for one in session.scalars(sa.select(Person))]

    talk(f"スタッフ登録 {code}")

    with house.app.sessions() as session:
        assert [(one.step, one.step_data) for one in session.scalars(sa.select(Person))] == before
