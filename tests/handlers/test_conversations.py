"""What people meet in a talk: every kind of message, follow-ups, groups, their own data."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot.app import Knowledge
from bot.models import Evidence, InboxEvent, OutboxMessage, Person, Reminder
from bot.talk import Heard, House, Visitor, WoundClock
from tests.conftest import FRIDAY_MORNING
from tests.lengths import settings

Talk = Callable[[str], Heard]


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


@pytest.mark.parametrize("act", ["send_image", "send_video", "send_audio"])
def test_media_get_a_kind_answer_with_a_way_on(house: House, visitor: Visitor, act: str) -> None:
    getattr(visitor.phone, act)()
    house.work()

    assert visitor.phone.received[-1]["quickReply"]["items"]


def test_a_sticker_a_file_and_a_place_are_answered(house: House, visitor: Visitor) -> None:
    visitor.phone.send_sticker("446", "1988")
    visitor.phone.send_file("x.pdf", 10)
    visitor.phone.send_location(35.0, 139.0)
    house.work()

    assert len(visitor.phone.received) == 3


@pytest.mark.parametrize("text", ["👍", "🙏🏻", "😊！", "🙇‍♀️🙇‍♀️", "❤️"])
def test_a_picture_that_nods_is_answered_as_thanks_are_and_changes_no_subject(
    house: House, talk: Talk, text: str
) -> None:
    talk("バードドッグのやり方")
    heard = talk(text)

    assert heard.reply is not None
    assert heard.reply.about == "command/thanks"
    again = talk("何回？")
    assert again.reply is not None
    assert again.reply.about == "exercise/bird-dog"
    with house.app.sessions() as session:
        assert session.scalars(sa.select(Evidence.id)).all() == []


@pytest.mark.parametrize("text", ["😢", "🔪", "💊💊💊", "！", "👍だけど腰は？"])
def test_any_other_picture_is_no_thanks(talk: Talk, text: str) -> None:
    heard = talk(text)

    assert heard.reply is not None
    assert heard.reply.about != "command/thanks"


@pytest.mark.parametrize(
    "text",
    [
        "子連れで行ってもいいですか",
        "子どもを連れて行ってもいい？",
        "まごも つれていっていいですか",
        "ベビーカーで入れますか",
    ],
)
def test_who_wants_to_bring_children_is_asked_to_tell_before_and_led_to_a_person(talk: Talk, text: str) -> None:
    heard = talk(text)

    assert heard.reply is not None
    assert heard.reply.about == "faq/with-children"
    assert "スタッフに相談" in [str(action["label"]) for action in heard.actions]


def test_a_person_whose_follow_we_missed_is_served_all_the_same(talk: Talk) -> None:
    heard = talk("料金")

    assert heard.reply is not None
    assert heard.reply.about == "faq/price"


def test_what_was_taken_back_is_erased(house: House, visitor: Visitor) -> None:
    event = visitor.phone.say("秘密の言葉")
    house.work()
    visitor.phone.unsend(event["message"]["id"])
    house.work()

    with house.app.sessions() as session:
        kept = session.scalars(sa.select(InboxEvent.raw)).all()
    assert not [raw for raw in kept if "秘密の言葉" in raw]


def test_forgetting_a_person_leaves_no_word_of_theirs(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("わたしのデータを全部消して")
    visitor.tap("はい、消します")

    with house.app.sessions() as session:
        assert session.scalars(sa.select(Person)).all() == []
        assert session.scalars(sa.select(Reminder)).all() == []
        assert not [raw for raw in session.scalars(sa.select(InboxEvent.raw)) if "ストレッチ" in raw]
        open_rows = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.outcome.is_(None))).all()
        assert open_rows == []


def test_an_old_delete_button_asks_again(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("料金")

    event = visitor.phone.postback("delete-yes")
    house.work()
    reply = house.reply_to(event)

    assert reply is not None
    assert "よろしいですか" in str(reply.bubbles)


@pytest.mark.parametrize(
    "data",
    ["", "open", "open faq/none", "start", "go routine/none 1", "check x", "section a b", "😀", "done x", "later x 1"],
)
def test_a_button_that_means_nothing_any_more_is_answered(house: House, visitor: Visitor, data: str) -> None:
    visitor.follow()
    before = len(visitor.phone.received)
    visitor.phone.postback(data)
    house.work()

    assert len(visitor.phone.received) > before


def test_a_group_is_greeted_once_and_answered_only_when_it_calls(house: House) -> None:
    group = house.platform.group("C" + "1" * 32)
    member = "U" + "2" * 32
    group.invite_bot([member])
    house.work()
    assert len(house.platform.book) == 1

    group.say(member, "料金はいくら?")
    house.work()
    assert len(house.platform.book) == 1

    group.say(member, "@Senaka 料金はいくら?")
    house.work()
    assert len(house.platform.book) == 2


def test_a_group_leaves_no_trace_of_its_people(house: House) -> None:
    group = house.platform.group("C" + "1" * 32)
    member = "U" + "2" * 32
    group.invite_bot([member])
    group.say(member, "@Senaka 毎朝6時半にストレッチ")
    group.say(member, "@Senaka わたしのデータ")
    house.work()

    answers = "".join(str(send.messages) for send in house.platform.book)
    assert answers.count("1対1のトークで") == 3
    with house.app.sessions() as session:
        assert session.scalars(sa.select(Person)).all() == []
        assert session.scalars(sa.select(Reminder)).all() == []


def test_an_offer_is_picked_by_number_and_a_new_topic_wins(talk: Talk) -> None:
    talk("背中だけ痩せられる？")
    offered = talk("他には?").reply
    assert offered is not None
    assert offered.outcome == "suggest"

    picked = talk("2番").reply
    assert picked is not None
    assert picked.about == offered.offered[1]

    other = talk("営業時間は?").reply
    assert other is not None
    assert other.about == "faq/hours"


def test_old_context_dies(house: House, talk: Talk) -> None:
    talk("バードドッグのやり方")
    house.clock.advance(hours=2)

    heard = talk("それって何回?")

    assert heard.reply is not None
    assert heard.reply.about != "exercise/bird-dog"


def test_a_red_flag_in_a_check_ends_it(visitor: Visitor, talk: Talk) -> None:
    talk("背中の熱のセルフチェック")
    visitor.tap("1") if any(a["label"] == "1" for a in visitor.last.actions) else talk("ずっと")
    talk("1週間くらい")
    ended = talk("熱が38度あります")

    assert ended.reply is not None
    assert ended.reply.outcome == "safety"
    assert talk("次").reply is not None


@pytest.mark.long
@given(text=st.text(max_size=300))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_one_to_five_messages(knowledge: Knowledge, text: str) -> None:
    if not text.strip():
        return
    with House(knowledge, WoundClock(FRIDAY_MORNING)) as house:
        heard = house.person().say(text)

    assert 1 <= len(heard.messages) <= 5


def test_everything_in_the_library_is_shown_within_lines_limits(house: House, knowledge: Knowledge) -> None:
    visitor = house.person()
    for id in knowledge.library.entries:
        house.clock.advance(seconds=5)
        event = visitor.phone.postback(f"open {id}")
        house.work()
        reply = house.reply_to(event)
        assert reply is not None, id
        assert reply.about == id, id
    refused = [send for send in house.platform.book if not send.messages]
    assert not refused
    assert len(house.platform.book) == len(knowledge.library.entries)


def test_a_numbered_choice_may_be_typed_in_any_way(talk: Talk) -> None:
    talk("背中の熱のセルフチェック")

    assert "2/3" in said(talk("②"))
    assert "3/3" in said(talk("１"))


def test_announcements_can_be_stopped_and_had_again_without_touching_reminders(visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("わたしのデータを見せて")
    visitor.tap("案内の配信を止める")
    assert "06:30" in said(talk("リマインドの確認"))
    assert "止めている" in said(talk("わたしのデータを見せて"))

    assert "またお届けします" in said(talk("案内の配信を再開して"))
    assert "受け取る" in said(talk("わたしのデータを見せて"))
