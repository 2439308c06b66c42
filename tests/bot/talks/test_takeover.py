from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.models import InboxEvent, OutboxMessage, StaffAccount, StaffRequest, Takeover
from bot.talks import TalkError
from tests.bot.talks.conftest import Office


def test_who_was_taken_over_gets_no_answer_until_it_is_handed_back(office: Office) -> None:
    office.visitor.say("料金は？")
    office.take_over()

    assert office.visitor.say("駐車場はありますか").messages == ()
    assert office.outcomes()[-1] == "silent"

    office.hand_back()
    assert office.visitor.say("駐車場はありますか").messages != ()


def test_half_an_hour_without_a_word_hands_it_back_and_every_word_begins_it_anew(office: Office) -> None:
    office.visitor.say("料金は？")
    office.take_over()

    office.house.clock.advance(minutes=29)
    assert office.visitor.say("そうですね").messages == ()
    office.house.clock.advance(minutes=29)
    assert office.visitor.say("えーと").messages == ()
    office.house.clock.advance(minutes=29)
    office.reply("どうぞ")
    office.house.clock.advance(minutes=29)
    assert office.visitor.say("料金は？").messages == ()
    office.house.clock.advance(minutes=31)
    assert office.visitor.say("料金は？").messages != ()


def test_what_sounds_dangerous_is_answered_all_the_same(office: Office) -> None:
    office.visitor.say("料金は？")
    office.take_over()

    answer = office.visitor.say("胸が締めつけられるように痛い")

    assert answer.reply is not None
    assert answer.reply.outcome == "safety"
    assert office.visitor.say("ありがとう").messages == ()


def test_reminders_ring_and_their_buttons_work_while_a_human_talks(office: Office) -> None:
    office.visitor.say("毎日10時5分にストレッチ")
    office.take_over()

    ring = office.visitor.wait_for_ring()

    assert ring.rung
    assert office.visitor.tap("できた").messages != ()


def test_a_running_flow_is_over_when_a_human_takes_over(office: Office) -> None:
    office.visitor.say("わたしのデータを全部消して")
    office.take_over()
    office.hand_back()

    office.visitor.say("はい")

    with office.house.app.sessions() as session:
        assert office.person(session).id == 1


def test_who_takes_over_and_who_takes_over_from_whom_is_written_down(office: Office) -> None:
    office.visitor.say("料金は？")
    office.take_over()
    office.take_over()
    office.house.clock.advance(hours=2)
    office.take_over()
    office.hand_back()

    with office.house.app.sessions() as session:
        rows = session.scalars(sa.select(Takeover).order_by(Takeover.id)).all()
    lasted = [(row.ended_at - row.started_at).total_seconds() / 60 for row in rows if row.ended_at]
    assert lasted == [30, 0]


def test_a_reply_is_free_while_the_token_of_a_message_lives_that_nobody_answered(office: Office) -> None:
    office.visitor.say("料金は？")
    office.take_over()
    office.visitor.say("きょうの5時は空いていますか")
    office.house.clock.advance(seconds=40)

    assert office.reply("はい、どうぞ") == "free"
    assert list(office.visitor.last.texts) == ["はい、どうぞ"]
    assert office.house.pushes(office.visitor.phone.user_id) == 0
    assert office.reply("お待ちしています", once="2") == "counted"
    assert office.house.pushes(office.visitor.phone.user_id) == 1


def test_a_reply_counts_when_the_assistant_has_used_the_token_or_it_is_old(office: Office) -> None:
    office.visitor.say("料金は？")
    assert office.reply("補足です") == "counted"
    office.visitor.say("わかりました")
    office.house.clock.advance(seconds=55)

    assert office.reply("では", once="2") == "counted"


def test_a_reply_takes_the_talk_over_and_answers_what_was_asked(office: Office) -> None:
    office.visitor.say("スタッフと話したい")
    assert [talk.reasons for talk in office.waiting()] == [("asked",)]

    office.reply("はい、佐藤です")

    assert office.waiting() == []
    assert [talk.is_taken_over for talk in office.waiting("mine")] == [True]
    assert office.visitor.say("駐車場はありますか").messages == ()
    with office.house.app.sessions() as session:
        request = session.scalars(sa.select(StaffRequest)).one()
    assert request.answered_by == office.id


def test_a_form_sent_twice_is_one_message(office: Office) -> None:
    office.visitor.say("料金は？")

    assert office.reply("はい", once="a") == "counted"
    assert office.reply("はい", once="a") is None
    assert office.house.pushes(office.visitor.phone.user_id) == 1


@pytest.mark.parametrize(("text", "problem"), [(" \n", "empty"), ("あ" * 5001, "too-long")])
def test_what_line_would_not_take_is_refused_before_it_is_written(office: Office, text: str, problem: str) -> None:
    office.visitor.say("料金は？")

    with pytest.raises(TalkError, match=problem):
        office.reply(text)


def test_who_has_blocked_us_is_written_to_no_more(office: Office) -> None:
    office.visitor.follow()
    office.visitor.phone.block()
    office.house.work()

    with pytest.raises(TalkError, match="blocked"):
        office.reply("もしもし")


def test_every_text_is_kept_with_what_it_was_taken_for(office: Office) -> None:
    office.visitor.say("駐車場はありますか")
    office.visitor.say("ぬるぽがっ")

    with office.house.app.sessions() as session:
        rows = session.execute(sa.select(InboxEvent.meaning, InboxEvent.about).order_by(InboxEvent.id)).all()
    assert [tuple(row) for row in rows] == [("answer", "faq/access"), ("fallback", None)]


def test_what_is_not_understood_twice_in_a_row_waits_for_a_human(office: Office) -> None:
    office.visitor.say("ぬるぽがっ")
    assert office.waiting() == []
    office.visitor.say("ほげふがぴよ")

    assert [talk.reasons for talk in office.waiting()] == [("not-understood",)]


def test_who_got_an_answer_of_safety_waits_first_of_all(office: Office) -> None:
    other = office.house.person()
    other.say("スタッフと話したい")
    office.visitor.say("胸が締めつけられるように痛い")

    assert [talk.reasons for talk in office.waiting()] == [("safety",), ("asked",)]


def test_staff_are_called_in_line_once_for_all_who_came_within_minutes(office: Office) -> None:
    staff = office.house.person()
    with office.house.app.sessions.begin() as session:
        account = session.get_one(StaffAccount, office.id)
        account.line_user_id, account.wants_calls = staff.phone.user_id, True
    others = [office.house.person() for _ in range(2)]
    for person in (office.visitor, *others):
        office.house.clock.advance(seconds=30)
        person.say("スタッフと話したい")
    office.house.wind(office.house.clock() + timedelta(minutes=6))
    office.house.work()

    with office.house.app.sessions() as session:
        said = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.purpose == "alert")).all()
    texts = [row.payload[0]["text"] for row in said]
    assert len(texts) == 2
    assert "1人" in texts[0]
    assert "2人" in texts[1]
