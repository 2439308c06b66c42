from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.broadcasts import drafts, states
from bot.broadcasts.content import TextContent
from bot.models import StaffAccount
from bot.models.staff import Role
from bot.staff import accounts, emergency
from bot.talk import House, Visitor

Tie = Callable[..., StaffAccount]


@pytest.fixture
def tie(house: House) -> Tie:
    """Makes a visitor somebody of the staff."""

    def make(visitor: Visitor, role: Role = "owner") -> StaffAccount:
        with house.app.sessions.begin() as session:
            account, _ = accounts.invite(
                session, f"{role} {visitor.user_id[-4:]}", role=role, by=None, now=house.clock()
            )
            account.line_user_id = visitor.user_id
        return account

    return make


@pytest.fixture
def client(house: House) -> Visitor:
    """Somebody who is no staff and has made friends with the practice."""
    made = house.person()
    made.follow()
    return made


def texts(heard: object) -> str:
    return "\n".join(heard.texts)  # type: ignore[attr-defined]


def test_staff_announce_from_their_own_phone_and_clients_get_the_very_text(
    house: House, visitor: Visitor, client: Visitor, tie: Tie
) -> None:
    visitor.follow()
    tie(visitor)

    assert "配信する文章" in texts(visitor.say("配信"))
    assert "だれに送りますか" in texts(visitor.say("12月の予定表ができました。受付でお渡しします。"))
    assert "いつ送りますか" in texts(visitor.tap("全員（2人）"))
    preview = visitor.tap("今すぐ")
    assert "12月の予定表ができました。受付でお渡しします。" in preview.texts
    assert "あて先 2人（2通）" in texts(preview)
    assert "30秒後" in texts(visitor.tap("送る"))
    before = house.pushes(client.user_id)
    house.wind(house.clock() + timedelta(minutes=1))

    assert house.pushes(client.user_id) == before + 1


def test_what_was_sent_too_soon_is_taken_back_within_half_a_minute(
    house: House, visitor: Visitor, client: Visitor, tie: Tie
) -> None:
    tie(visitor)
    visitor.say("配信")
    visitor.say("明日は予約に空きがあります。")
    visitor.tap("全員（1人）" if house.pushes(client.user_id) < 0 else "全員（2人）")
    visitor.tap("今すぐ")
    visitor.tap("送る")

    assert "取り消しました" in texts(visitor.tap("取り消す"))
    house.wind(house.clock() + timedelta(minutes=5))

    assert house.pushes(client.user_id) == 0


def test_words_that_the_law_forbids_are_asked_for_once_more(visitor: Visitor, tie: Tie) -> None:
    tie(visitor)
    visitor.say("配信")

    assert "このままでは送れません" in texts(visitor.say("当院の施術で腰痛が必ず治ります！"))
    assert "だれに送りますか" in texts(visitor.say("腰まわりのストレッチ講座を開きます。"))


def test_a_text_about_symptoms_is_a_text_to_send_and_no_alarm(visitor: Visitor, tie: Tie) -> None:
    tie(visitor)
    visitor.say("配信")

    assert "だれに送りますか" in texts(visitor.say("胸が苦しいときは、来院の前に医療機関にご相談ください。"))


def test_to_everybody_else_the_words_mean_what_they_always_meant(client: Visitor) -> None:
    assert "配信する文章" not in texts(client.say("配信"))
    assert "止めました" not in texts(client.say("全停止"))
    assert "今日のようす" not in texts(client.say("今日の様子"))
    assert "再開しました" not in texts(client.say("再開"))


@pytest.mark.parametrize("data", ["desk-send 1 now", "desk-go-on", "desk-who 1 all", "desk-undo 1"])
def test_a_forged_button_does_nothing_for_a_stranger(house: House, client: Visitor, data: str) -> None:
    with house.app.sessions.begin() as session:
        emergency.stop(session, by=None, now=house.clock())

    client.do({"type": "postback", "data": data})

    with house.app.sessions() as session:
        assert emergency.stopped(session) is not None


def test_a_viewer_sees_the_day_but_neither_sends_nor_stops(visitor: Visitor, tie: Tie) -> None:
    tie(visitor, "viewer")

    assert "今日のようす" in texts(visitor.say("今日の様子"))
    assert "できません" in texts(visitor.say("配信"))
    assert "できません" in texts(visitor.say("全停止"))


def test_every_push_stops_at_a_word_and_goes_on_at_another(house: House, visitor: Visitor, tie: Tie) -> None:
    tie(visitor)

    assert "止めました" in texts(visitor.say("全停止"))
    assert "止めています" in texts(visitor.say("今日の様子"))
    assert "再開しました" in texts(visitor.say("再開"))
    with house.app.sessions() as session:
        assert emergency.stopped(session) is None


def test_without_a_stop_the_word_means_ones_own_reminders(visitor: Visitor, tie: Tie) -> None:
    tie(visitor)

    assert "配信を再開しました" not in texts(visitor.say("再開"))


def test_leaving_it_sends_nothing_and_leaves_no_draft(
    house: House, visitor: Visitor, client: Visitor, tie: Tie
) -> None:
    tie(visitor)
    visitor.say("配信")
    visitor.say("年末のごあいさつ")
    visitor.tap("全員（2人）")

    assert "やめました" in texts(visitor.tap("やめる"))
    assert house.pushes(client.user_id) == 0


def test_the_practice_is_closed_by_one_line_and_says_so_to_who_asks(
    house: House, visitor: Visitor, client: Visitor, tie: Tie
) -> None:
    tie(visitor)

    heard = texts(visitor.say("休業 12/30〜1/3"))
    house.app.lessons.work_one()

    assert "12/30(水)〜1/3(日)は臨時休業です" in heard
    assert "臨時休業のお知らせです" in heard
    assert "12/30(水)〜1/3(日)は臨時休業です" in texts(client.say("営業時間は？"))


def test_the_notice_of_a_closure_becomes_an_announcement_at_a_tap(visitor: Visitor, tie: Tie) -> None:
    tie(visitor)
    visitor.say("臨時休業 12月8日")

    assert "だれに送りますか" in texts(visitor.tap("この文を配信する"))


def test_a_closure_is_taken_back_and_a_day_that_is_none_changes_nothing(
    house: House, visitor: Visitor, client: Visitor, tie: Tie
) -> None:
    tie(visitor)

    assert "いつ休みますか" in texts(visitor.say("休業"))
    assert "いつ休みますか" in texts(visitor.say("休業 2/31"))
    visitor.say("休業 12/8")
    assert "取り消しました" in texts(visitor.tap("休業を取り消す"))
    house.app.lessons.work_one()

    assert "臨時休業" not in texts(client.say("営業時間は？"))


def test_a_client_who_asks_for_closed_days_closes_nothing(house: House, client: Visitor) -> None:
    client.say("休業 12/8")
    client.say("休業日は？")
    house.app.lessons.work_one()

    assert "12/8" not in texts(client.say("営業時間は？"))


RISKY = "デトックスの会も開きます。"


def test_a_long_text_is_shown_and_checked_to_its_end(house: House, visitor: Visitor, client: Visitor, tie: Tie) -> None:
    tie(visitor)
    text = "12月の予定をお知らせします。" * 16 + RISKY
    visitor.say("配信")
    visitor.say(text)
    visitor.tap("全員（2人）")

    preview = visitor.tap("今すぐ")

    assert text in preview.texts
    assert "承認待ちに入れました" in texts(visitor.tap("承認に出す"))


def test_what_was_written_on_the_page_meanwhile_does_not_go_by_the_button_in_line(
    house: House, visitor: Visitor, client: Visitor, tie: Tie
) -> None:
    account = tie(visitor)
    visitor.say("配信")
    visitor.say("12月の予定表ができました。")
    visitor.tap("全員（2人）")
    visitor.tap("今すぐ")
    with house.app.sessions.begin() as session:
        draft = drafts.everything(session)[0]
        other = TextContent(text="だれも見ていない文です。")
        drafts.change(session, draft, version=draft.version, content=other, by=account.id, now=house.clock())
        states.see(session, draft, by=account.id, now=house.clock())

    visitor.tap("送る")
    house.wind(house.clock() + timedelta(minutes=5))

    assert house.pushes(client.user_id) == 0
