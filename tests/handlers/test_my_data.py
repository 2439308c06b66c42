"""What people see of their own data, take along, stop and delete."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bot import body, people, progress, reminders
from bot.conversation import Text
from bot.models import Base, Broadcast, BroadcastTap, Completion, Person, Rest, Takeover
from bot.talk import Heard, House, Visitor
from handlers.export import LONGEST, MOST_BUBBLES

Talk = Callable[[str], Heard]


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


def keep_knee(visitor: Visitor, talk: Talk) -> None:
    talk("膝が痛いんです")
    visitor.tap("膝のことを覚えておく")
    visitor.tap("はい")


def test_shows_everything_that_is_kept(visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("できた")
    talk("スタッフと話したい")
    keep_knee(visitor, talk)

    shown = said(talk("わたしのデータ"))

    for part in (
        "はじめて話した日：2026年11月20日",
        "メッセージの控え：5件",
        "朝のストレッチと深呼吸：06:30（毎日）",
        "ルーティンをした日：1日",
        "案内の配信：受け取る",
        "毎週のまとめ：受け取らない",
        "スタッフへの相談：11月20日(金)",
        "膝（11月20日(金)",
        "覚えてよいとうかがった日時：11月20日(金)",
    ):
        assert part in shown


def test_a_newcomer_sees_that_there_is_hardly_anything(talk: Talk) -> None:
    shown = said(talk("わたしのデータ"))

    assert "設定はありません" in shown
    assert "体のことは、何も覚えていません" in shown


def test_what_is_only_known_for_the_talk_is_shown_as_such(talk: Talk) -> None:
    talk("膝が痛いんです")

    assert "このトークのあいだだけ知っていること：膝" in said(talk("わたしのデータ"))


def test_each_note_is_deleted_by_its_button_and_the_consent_goes_with_the_last(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    keep_knee(visitor, talk)
    talk("首も痛いです")
    visitor.tap("首のことを覚えておく")
    talk("わたしのデータ")

    assert "「膝」を消しました" in said(visitor.tap("膝を消す"))
    shown = said(talk("わたしのデータ"))
    assert "首（" in shown
    assert "膝（" not in shown
    assert "うかがった日時" in shown

    visitor.tap("首を消す")
    with house.app.sessions() as session:
        assert session.scalars(sa.select(Person.body_consent_at)).one() is None
    assert "「首」を消しました" not in said(visitor.tap("首を消す")), "an old button"


def test_after_the_overview_a_note_is_deleted_in_words_and_nothing_else_is(visitor: Visitor, talk: Talk) -> None:
    keep_knee(visitor, talk)
    talk("わたしのデータ")

    assert "「膝」を消しました" in said(talk("膝を消して"))


def test_everything_is_stopped_by_one_button(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("わたしのデータ")
    visitor.tap("すべて止める")

    with house.app.sessions() as session:
        person = session.scalars(sa.select(Person)).one()
        assert reminders.on(session, person) == []
        assert person.announcements_stopped_at is not None


@pytest.mark.parametrize(
    "text", ["データを書き出して", "データをダウンロードしたい", "私のデータをエクスポートしてください"]
)
def test_a_copy_is_given_in_words(visitor: Visitor, talk: Talk, text: str) -> None:
    talk("毎朝6時半にストレッチ")
    talk("できた")
    keep_knee(visitor, talk)

    copy = talk(text)

    assert "お知らせ,朝のストレッチと深呼吸,06:30,毎日,動いています" in said(copy)
    assert "体のこと,膝,2026-11-20" in said(copy)
    assert "2026-11-20,朝のストレッチと深呼吸,できた" in said(copy)
    assert "送っていただいたメッセージの控え（件）,4" in said(copy)


def test_a_copy_tells_what_staff_and_announcements_left(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("スタッフと話したい")
    with house.app.sessions.begin() as session:
        person = session.scalars(sa.select(Person)).one()
        session.add(Broadcast(id=1, created_at=house.clock()))
        session.flush()
        session.add(BroadcastTap(broadcast_id=1, person_id=person.id, tapped_at=house.clock()))
        session.add(Takeover(person_id=person.id, started_at=house.clock(), ended_at=house.clock()))

    copy = said(talk("データを書き出して"))

    assert "スタッフへお伝えした控え（件）,1" in copy
    assert "スタッフが代わってお話しした控え（件）,1" in copy
    assert "案内のボタンを押した控え（件）,1" in copy


def test_a_copy_is_given_by_the_button(visitor: Visitor, talk: Talk) -> None:
    talk("わたしのデータ")

    assert "はじめて話した日時,2026-11-20 10:00" in said(visitor.tap("データを書き出す"))


def test_after_the_overview_a_copy_is_asked_for_in_a_word(talk: Talk) -> None:
    talk("わたしのデータ")

    assert "はじめて話した日時" in said(talk("書き出して"))


def test_a_copy_of_years_fits_into_one_reply_newest_first_and_says_what_is_missing(
    house: House, visitor: Visitor
) -> None:
    visitor.say("料金は？")
    today = date(2026, 11, 20)
    with house.app.sessions.begin() as session:
        person = session.scalars(sa.select(Person)).one()
        for back in range(1500):
            day = today - timedelta(days=back)
            session.add(
                Completion(person_id=person.id, routine_id="routine/morning-stretch", day=day, done_at=house.clock())
            )
        session.add(Rest(person_id=person.id, routine_id="routine/gone", day=today, noted_at=house.clock()))

    reply = visitor.say("データを書き出して").reply

    assert reply is not None
    texts = [bubble.text for bubble in reply.bubbles if isinstance(bubble, Text)]
    assert len(texts) == MOST_BUBBLES
    assert all(len(text.encode("utf-16-le")) // 2 <= LONGEST for text in texts)
    lines = "\n".join(texts).splitlines()
    assert f"{today},routine/gone,お休み" in lines
    shown = [line for line in lines if line.endswith(",できた")]
    assert shown[0].startswith("2026-11-20")
    assert f"古い記録{1500 - len(shown)}行は省きました" in lines[-1]


def test_deleting_the_person_deletes_the_notes_and_all_else(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("できた")
    keep_knee(visitor, talk)
    talk("首が痛い")
    talk("わたしのデータを全部消して")
    visitor.tap("はい、消します")

    with house.app.sessions() as session:
        for table in Base.metadata.sorted_tables:
            if "person_id" in table.c or table.name == "people":
                assert session.execute(sa.select(table)).all() == [], table.name


def test_on_every_database_a_deleted_person_leaves_no_note(sessions: sa.orm.sessionmaker[sa.orm.Session]) -> None:
    from tests.fakes import FakeClock

    now = FakeClock()()
    with sessions.begin() as session:
        person, _ = people.meet(session, "U1", now)
        body.keep(session, person, "knee", now)
        progress.done(session, person, routine_id="routine/x", day=now.date(), now=now)
        reminders.rest(session, person, routine_id="routine/x", day=now.date(), now=now)

    with sessions.begin() as session:
        person = session.scalars(sa.select(Person)).one()
        people.forget(session, person)

    with sessions() as session:
        for table in Base.metadata.sorted_tables:
            if "person_id" in table.c:
                assert session.execute(sa.select(table)).all() == [], table.name


def test_who_agreed_to_other_words_is_asked_again(house: House, visitor: Visitor, talk: Talk) -> None:
    keep_knee(visitor, talk)
    assert "説明が変わりました" not in said(talk("わたしのデータ"))
    with house.app.sessions.begin() as session:
        session.execute(sa.update(Person).values(body_consent_version="older"))

    assert "説明が変わりました" in said(talk("わたしのデータ"))
    visitor.tap("膝のことを覚えておく")
    visitor.tap("はい")
    assert "説明が変わりました" not in said(talk("わたしのデータ"))

    with house.app.sessions.begin() as session:
        session.execute(sa.update(Person).values(body_consent_version="older"))
    talk("わたしのデータ")
    visitor.tap("膝のことを覚えておく")
    visitor.tap("いいえ")
    assert "膝（" not in said(talk("わたしのデータ"))
