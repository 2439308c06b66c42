"""A month that runs short, as the people of a practice see it."""

import pytest
import sqlalchemy as sa

from bot import alerts, broadcasts, reminders
from bot.app import Knowledge
from bot.delivery import inbox
from bot.models import Completion, InboxEvent, OutboxMessage, Person, Reminder
from bot.simulator.answers import Fault
from bot.talk import House, Visitor, WoundClock
from tests.talks import moment, ring_at, said, wind_to

STAFF = "U" + "5" * 32
OTHER = "routine/lunch-shoulder-circles"


def uses(house: House, count: int) -> None:
    """Let the account have sent so many messages by other means, and let the assistant ask LINE."""
    month = house.clock().astimezone(moment("2026-11-01T00:00").tzinfo)
    house.platform.ledger._used[month.year, month.month] = count
    house.clock.advance(minutes=10)
    house.work()


def rows(house: House, purpose: str) -> list[OutboxMessage]:
    with house.app.sessions() as session:
        found = sa.select(OutboxMessage).where(OutboxMessage.purpose == purpose).order_by(OutboxMessage.id)
        return list(session.scalars(found))


def remind(house: House, visitor: Visitor, time: str) -> None:
    """Turn on a second reminder."""
    with house.app.sessions.begin() as session:
        person = session.scalars(sa.select(Person).where(Person.line_user_id == visitor.phone.user_id)).one()
        reminders.turn_on(
            session,
            person,
            routine_id=OTHER,
            default_time=time,
            zone=house.app.library.timezone,
            now=house.clock(),
            time=time,
        )


def announce(house: House, text: str = "明日は休みです。") -> None:
    with house.app.sessions.begin() as session:
        broadcasts.plan(session, text, [{"type": "text", "text": text}], send_at=house.clock(), now=house.clock())


@pytest.fixture
def short(house: House) -> House:
    """A house whose plan has 100 messages a month."""
    house.platform.monthly_limit = 100
    return house


def test_two_routines_of_one_minute_are_one_message_when_the_month_is_near_its_limit(
    short: House, visitor: Visitor
) -> None:
    visitor.follow()
    visitor.say("毎朝7時に朝のストレッチ")
    remind(short, visitor, "07:03")
    uses(short, 60)

    rung = visitor.wait(moment("2026-11-21T07:10"))

    assert rung.pushes == 1
    assert len(rung.messages) >= 2
    assert len(rung.rung) == 2
    assert [row.outcome for row in rows(short, "reminder")] == ["accepted", "carried"]


def test_far_from_the_limit_everybody_shares_the_message_of_their_routine(short: House) -> None:
    people = [short.person() for _ in range(2)]
    for one in people:
        one.follow()
        one.say("毎朝7時に朝のストレッチ")
    remind(short, people[0], "07:00")
    short.platform.monthly_limit = 5000
    uses(short, 0)

    short.wind(moment("2026-11-21T07:10"))

    assert [short.pushes(one.phone.user_id) for one in people] == [2, 1]
    assert sorted((row.kind, len(row.recipients)) for row in rows(short, "reminder")) == [("multicast", 2), ("push", 1)]


def test_when_only_the_reserve_is_left_a_reminder_is_dropped_and_the_person_told_once(
    short: House, visitor: Visitor
) -> None:
    visitor.follow()
    visitor.say("毎朝7時に朝のストレッチ")
    uses(short, 100)

    assert ring_at(short, visitor, "2026-11-21T07:00").pushes == 0
    first = visitor.say("営業時間は？")
    again = visitor.say("駐車場はありますか")

    assert "今月はお知らせを送れる数に達したため" in said(first)
    assert "「朝のストレッチと深呼吸」と送ってください" in said(first)
    assert "今月はお知らせを" not in said(again)
    assert visitor.say("朝のストレッチ").reply is not None
    with short.app.sessions() as session:
        reminder = session.scalars(sa.select(Reminder)).one()
        assert (reminder.unanswered, reminder.state) == (0, "on")  # What never rang was not ignored.


def test_a_new_month_rings_again_by_itself(short: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.say("毎朝7時に朝のストレッチ")
    uses(short, 100)
    ring_at(short, visitor, "2026-11-30T07:00")

    assert ring_at(short, visitor, "2026-12-01T07:00").pushes == 1
    assert "今月は" not in said(visitor.say("営業時間は？"))


def test_an_announcement_that_does_not_fit_goes_with_the_next_answer_for_nothing(
    short: House, visitor: Visitor
) -> None:
    visitor.follow()
    visitor.say("こんにちは")
    uses(short, 100)
    announce(short)
    assert visitor.wait().pushes == 0

    heard = visitor.say("営業時間は？")

    assert heard.pushes == 0
    assert heard.messages[-1]["text"] == "明日は休みです。"
    assert heard.actions  # The quick replies have moved to the last message, where LINE shows them.
    [row] = rows(short, "announcement")
    assert (row.outcome, row.chat, row.settled_at) == ("carried", visitor.phone.user_id, short.clock())
    assert "明日は休みです。" not in said(visitor.say("駐車場はありますか"))


def test_nothing_stands_beside_an_answer_about_danger(short: House, visitor: Visitor) -> None:
    visitor.follow()
    uses(short, 100)
    announce(short)
    visitor.wait()

    assert "明日は休みです。" not in said(visitor.say("胸が痛くて息ができない"))
    assert "明日は休みです。" in said(visitor.say("営業時間は？"))


def test_who_writes_nothing_for_a_week_does_not_get_old_news(short: House, visitor: Visitor) -> None:
    visitor.follow()
    uses(short, 100)
    announce(short)
    visitor.wait()
    wind_to(short, "2026-11-28T12:00")

    assert "明日は休みです。" not in said(visitor.say("営業時間は？"))
    [row] = rows(short, "announcement")
    assert (row.outcome, row.reason) == ("expired", "quota")


def test_who_has_stopped_announcements_meanwhile_does_not_get_the_one_that_waits(
    short: House, visitor: Visitor
) -> None:
    visitor.follow()
    uses(short, 100)
    announce(short)
    visitor.wait()
    with short.app.sessions.begin() as session:
        session.execute(sa.update(Person).values(announcements_stopped_at=short.clock()))

    assert "明日は休みです。" not in said(visitor.say("営業時間は？"))
    [row] = rows(short, "announcement")
    assert (row.outcome, row.reason) == ("dropped", "stopped")


def test_what_waits_goes_when_the_person_has_everything_deleted(short: House, visitor: Visitor) -> None:
    visitor.follow()
    uses(short, 100)
    announce(short)
    visitor.wait()
    visitor.say("わたしのデータ")
    visitor.tap("データを消す")
    visitor.tap("はい、消します")

    [row] = rows(short, "announcement")
    assert (row.outcome, row.chat, row.recipients, row.payload) == ("carried", None, [], [])


def test_line_has_the_last_word_and_is_believed_until_it_says_otherwise(short: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.say("毎朝7時に朝のストレッチ")
    uses(short, 50)
    short.platform.ledger._used[2026, 11] = 100  # Somebody sent by hand since LINE was asked.
    wind_to(short, "2026-11-21T07:00")
    short.app.ticks[0](short.clock())
    short.app.sender.send_one()  # Before LINE is asked again.
    assert visitor.wait().pushes == 0
    [row] = rows(short, "reminder")
    assert (row.outcome, row.reason) == ("dropped", "quota")
    assert "今月はお知らせを" in said(visitor.say("営業時間は？"))
    with short.app.sessions() as session:
        assert "quota-full" in [alert.name for alert in alerts.open(session)]
    short.platform.monthly_limit = 5000
    ring_at(short, visitor, "2026-11-22T06:50")  # LINE is asked again.
    assert ring_at(short, visitor, "2026-11-22T07:00").pushes == 1
    with short.app.sessions() as session:
        assert alerts.open(session) == []


def test_staff_are_told_once_in_line_and_a_new_month_clears_it(knowledge: Knowledge) -> None:
    with House(knowledge, WoundClock(moment("2026-11-20T10:00")), staff=STAFF) as house:
        house.platform.monthly_limit = 200
        staff = Visitor(house, STAFF)
        staff.follow()
        uses(house, 165)
        assert [text for text in staff.last.texts if "80%" in text] == []

        told = [text for text in staff.wait(moment("2026-11-21T12:00")).texts if "通数" in text]
        uses(house, 191)
        more = staff.wait().texts

        everything = [str(message.get("text")) for message in staff.phone.received]
        assert sum("80%" in text for text in everything) == 1
        assert sum("95%" in text for text in everything) == 1
        assert told == [] or "80%" in told[0]
        assert more == [] or "95%" in more[-1]
        assert {row.purpose for row in rows(house, "alert")} == {"alert"}
        with house.app.sessions() as session:
            assert [alert.name for alert in alerts.open(session)] == ["quota-80", "quota-95"]
        house.wind(moment("2026-12-01T00:20"))
        with house.app.sessions() as session:
            assert alerts.open(session) == []


def test_what_went_with_an_answer_that_line_refused_waits_on(short: House, visitor: Visitor) -> None:
    visitor.follow()
    uses(short, 100)
    announce(short)
    visitor.wait()
    short.platform.faults["reply"].append(Fault(400))
    assert visitor.say("営業時間は？").messages == ()
    [row] = rows(short, "announcement")
    assert (row.outcome, row.settled_at, row.waits_for_reply) == (None, None, True)

    assert "明日は休みです。" in said(visitor.say("営業時間は？"))


def test_an_announcement_at_any_price_goes_as_long_as_anything_is_left(short: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.say("毎朝7時に朝のストレッチ")
    uses(short, 95)  # Of five, ten reminders.
    announce(short, "待てるお知らせ")
    assert visitor.wait().pushes == 0
    with short.app.sessions.begin() as session:
        text = "急ぎのお知らせ"
        broadcasts.plan(
            session,
            text,
            [{"type": "text", "text": text}],
            send_at=short.clock(),
            now=short.clock(),
            is_urgent=True,
        )

    assert "急ぎのお知らせ" in said(visitor.wait())


def test_what_was_given_up_and_is_opened_again_does_what_was_asked_but_says_it_only_if_it_must(
    house: House, visitor: Visitor
) -> None:
    visitor.follow()
    for text in ("毎朝7時に朝のストレッチ", "胸が痛くて息ができない"):
        visitor.phone.say(text)
    with house.app.sessions.begin() as session:
        given_up = sa.update(InboxEvent).where(InboxEvent.done_at.is_(None))
        session.execute(given_up.values(dead_at=house.clock(), attempts=5))
    assert visitor.wait().messages == ()
    house.clock.advance(hours=3)
    with house.app.sessions.begin() as session:
        assert len(inbox.reopen(session, None, house.clock())) == 2

    heard = visitor.wait()

    assert heard.pushes == 1
    assert "119" in said(heard)
    with house.app.sessions() as session:
        assert session.scalars(sa.select(Reminder.state)).all() == ["on"]


def test_what_waits_goes_along_on_both_databases(knowledge: Knowledge, database_url: str) -> None:
    with House(knowledge, WoundClock(moment("2026-11-20T10:00")), database_url=database_url) as house:
        house.platform.monthly_limit = 100
        visitor = house.person()
        visitor.follow()
        uses(house, 100)
        announce(house)
        assert visitor.wait().pushes == 0

        assert "明日は休みです。" in said(visitor.say("営業時間は？"))
        assert [row.outcome for row in rows(house, "announcement")] == ["carried"]


def test_a_summary_goes_with_the_reminder_of_the_same_minute(short: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.say("毎日20時に朝のストレッチ")
    uses(short, 60)
    with short.app.sessions.begin() as session:
        person = session.scalars(sa.select(Person).where(Person.line_user_id == visitor.phone.user_id)).one()
        person.summary_due_at = moment("2026-11-22T20:00")
        session.add(
            Completion(
                person_id=person.id, routine_id=OTHER, day=moment("2026-11-20T10:00").date(), done_at=short.clock()
            )
        )
    visitor.wait(moment("2026-11-22T19:59"))

    heard = visitor.wait(moment("2026-11-22T20:01"))

    assert heard.pushes == 1
    assert [row.outcome for row in rows(short, "reminder") + rows(short, "summary")].count("carried") == 1
