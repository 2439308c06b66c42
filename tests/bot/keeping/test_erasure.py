import json
import logging
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from bot import db, migrate, people, sealed
from bot.app import Knowledge
from bot.delivery import inbox, turns
from bot.delivery.rules import Rules
from bot.keeping import backup, backup_file, erasure, resealing
from bot.models import (
    Broadcast,
    BroadcastTap,
    ContentEdit,
    Erasure,
    Evidence,
    InboxEvent,
    OutboxMessage,
    Person,
    PersonNote,
    Phrasing,
    StaffAccount,
)
from bot.sealed import Keys, SealedJson, SealError, new_key
from bot.talk import House, Visitor, WoundClock
from bot.talks import names, notes, replies
from bot.teaching import phrasings
from tests.conftest import FRIDAY_MORNING
from tests.written import places

MARK = "HIMITSU4711"


@pytest.fixture
def house(knowledge: Knowledge, database_url: str) -> Iterator[House]:
    command.stamp(migrate.config(database_url), "head")
    with House(knowledge, WoundClock(FRIDAY_MORNING), database_url) as made:
        yield made


@pytest.fixture
def writer(house: House) -> Visitor:
    """Somebody who has left their mark wherever one can."""
    visitor = house.person()
    for text in (
        f"{MARK} 肩がこった",
        f"{MARK}ほにゃらら",
        "毎朝7時にストレッチ",
        f"できた {MARK}",
        "セルフチェック",
        f"膝が痛い {MARK}",
        f"スタッフと話したい {MARK}",
    ):
        house.clock.advance(minutes=1)
        visitor.say(text)
    now = house.clock()
    with house.app.sessions.begin() as session:
        staff = StaffAccount(name="staff", role="owner", created_at=now)
        session.add_all([staff, Broadcast(id=1, created_at=now)])
        session.flush()
        person = session.scalars(sa.select(Person)).one()
        person.display_name = f"{MARK} from LINE"
        notes.call(session, person, f"{MARK}さん", by=staff.id, now=now)
        notes.write(session, person, f"{MARK} と話した", by=staff.id, now=now)
        notes.tag(session, person, MARK, by=staff.id, now=now)
        quoted = f"「{MARK}」とのこと、承知しました"
        replies.reply(session, person, quoted, by=staff.id, once="1", quiet=timedelta(hours=1), rules=Rules(), now=now)
        # They are of the staff as well, who are told of alerts.
        to_them = {"kind": "push", "purpose": "alert", "payload": [], "created_at": now, "next_try_at": now}
        session.add(OutboxMessage(**to_them, outcome="accepted", dedupe_key=f"alert:1:{visitor.user_id}"))
        session.add(BroadcastTap(broadcast_id=1, person_id=person.id, button=1, tapped_at=now))
        phrasings.add(session, house.app.library, entry_id=None, text=f"{MARK}ほにゃらら", now=now)
    house.work()
    return visitor


def test_nothing_is_left_of_what_a_person_wrote_anywhere(
    house: House, writer: Visitor, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = house.app.sessions
    before = places(database_url, MARK)
    assert before == {
        *("inbox.raw", "outbox.payload", "people.called", "people.display_name", "person_notes.text"),
        *("person_tags.tag", "phrasings.text", "audit_entries.after"),
    }
    with sessions() as session:
        readings = session.scalars(sa.select(InboxEvent.meaning).order_by(InboxEvent.id)).all()

    with caplog.at_level(logging.DEBUG), sessions.begin() as session:
        counts = erasure.erase(session, writer.user_id, why="staff", now=house.clock(), even_open=True)
    assert erasure.clean(sessions)

    assert counts["inbox"] == 7
    assert counts["person_notes"] == 1
    assert places(database_url, MARK) == set()
    assert places(database_url, writer.user_id) == set()
    assert MARK not in caplog.text
    assert writer.user_id not in caplog.text
    if database_url.startswith("sqlite"):
        file = Path(database_url.removeprefix("sqlite:///"))
        for path in file.parent.glob(f"{file.name}*"):
            assert MARK.encode() not in path.read_bytes()
        copy = backup.make(database_url, None, tmp_path / "copies", house.clock())
        assert MARK.encode() not in b"".join(backup_file.read(copy, None))
    with sessions() as session:
        # What is counted stays, without the person.
        assert session.scalars(sa.select(InboxEvent.meaning).order_by(InboxEvent.id)).all() == readings
        assert session.execute(sa.select(BroadcastTap.person_id, BroadcastTap.button)).all() == [(None, 1)]
        assert session.scalars(sa.select(Evidence.id)).all() == []
        kept = session.scalars(sa.select(Erasure)).one()
        assert (kept.why, kept.digest) == ("staff", erasure.digest(writer.user_id))


def seal_all_with_a_lost_key(sessions: db.Sessions) -> None:
    """As if whatever people wrote had been sealed with a key that nobody has."""
    lost = Keys([new_key()]).seal(MARK)
    with db.engine_of(sessions).begin() as connection:
        for column in resealing.columns():
            value = sa.literal(json.dumps(lost) if isinstance(column.type, SealedJson) else lost)
            is_json = isinstance(column.type, SealedJson) and connection.dialect.name == "postgresql"
            column_and_value = {column.name: sa.cast(value, sa.JSON) if is_json else value}
            plain = sa.table(column.table.name, sa.column(column.name))
            connection.execute(sa.update(plain).values(column_and_value).where(plain.c[column.name].is_not(None)))


def test_what_no_key_opens_stops_no_erasure(
    house: House, writer: Visitor, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = house.app.sessions
    other = house.person()
    other.say("肩がこった")
    seal_all_with_a_lost_key(sessions)
    with pytest.raises(SealError), sessions() as session:
        people.find(session, writer.user_id)

    with sessions.begin() as session:
        assert erasure.quoted(session, writer.user_id) == []
        counts = erasure.erase(session, writer.user_id, why="staff", now=house.clock(), even_open=True)

    assert (counts["people"], counts["inbox"], counts["person_notes"]) == (1, 7, 1)
    assert places(database_url, writer.user_id) == set()
    assert "values could not be read while a person was erased" in caplog.text
    with sessions() as session:
        # What is whose, and what is kept of others, is as it was.
        assert session.scalars(sa.select(Person.line_user_id)).all() == [other.user_id]
        raw = sa.select(sa.type_coerce(InboxEvent.raw, sa.Text)).where(InboxEvent.user_id == other.user_id)
        assert [sealed.name_of(one) is not None for one in session.scalars(raw)] == [True]
        with pytest.raises(SealError):
            people.find(session, other.user_id)


def test_a_file_that_somebody_reads_is_not_said_to_be_clean(tmp_path: Path, sqlite_template: Path) -> None:
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'senaka.db')}"
    sessions = db.connect(url)
    with sessions.begin() as session:
        session.add(Person(line_user_id="U1", created_at=FRIDAY_MORNING, last_seen_at=FRIDAY_MORNING))
    reader = sqlite3.connect(tmp_path / "senaka.db", isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM people").fetchone() == (1,)
    engine = db.engine_of(sessions)
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 50"))
    engine.dispose()
    assert not erasure.clean(sessions)
    reader.close()
    assert erasure.clean(sessions)
    engine.dispose()


def test_in_the_chat_it_is_the_same(house: House, writer: Visitor, database_url: str) -> None:
    house.clock.advance(minutes=1)
    with house.app.sessions.begin() as session:
        session.execute(sa.update(Person).values(taken_over_until=None))
    writer.say("データを消して")
    writer.say("はい、消します")
    house.work()

    assert places(database_url, MARK) == set()
    assert places(database_url, writer.user_id) == set()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_is_met_in_the_moment_of_being_erased_is_erased_as_well(database_url: str) -> None:
    sessions, name, now = db.connect(database_url), "U" + "7" * 32, FRIDAY_MORNING
    event = {"type": "message", "webhookEventId": "e1", "source": {"type": "user", "userId": name}}
    with sessions.begin() as session:
        inbox.receive(session, [event], now)

    def erase() -> None:
        with sessions.begin() as session:
            erasure.erase(session, name, why="staff", now=now, even_open=True)

    erasing = threading.Thread(target=erase)
    with sessions.begin() as answering:
        [claimed] = turns.claim_some(answering, now)
        assert claimed.user_id == name
        people.meet(answering, name, now)
        erasing.start()
        waits = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while True:
            with sessions() as session:
                if session.scalar(waits):
                    break
    erasing.join()
    db.engine_of(sessions).dispose()
    assert places(database_url, name) == set()


def test_a_wording_that_others_wrote_as_well_stays(house: House, writer: Visitor) -> None:
    house.person().say(f"{MARK}ほにゃらら")
    with house.app.sessions.begin() as session:
        erasure.erase(session, writer.user_id, why="staff", now=house.clock())
        assert session.scalars(sa.select(Phrasing.removed_at)).all() == [None]


def test_a_message_that_was_taken_back_is_erased_with_its_answer(house: House, database_url: str) -> None:
    visitor = house.person()
    sent = visitor.phone.say(f"{MARK} 肩がこった")
    house.work()
    with house.app.sessions.begin() as session:
        # As an answer that quotes it.
        session.execute(sa.text("UPDATE outbox SET payload = :said"), {"said": f'["{MARK}"]'})
    visitor.phone.unsend(sent["message"]["id"])
    house.work()
    assert places(database_url, MARK) == set()


@pytest.mark.parametrize(("attempts", "outcome"), [(0, "dropped"), (1, "unknown")])
def test_an_answer_on_its_way_to_a_message_that_was_taken_back_is_not_said_again(
    house: House, database_url: str, attempts: int, outcome: str
) -> None:
    visitor = house.person()
    sent = visitor.phone.say(f"{MARK} 肩がこった")
    house.work()
    with house.app.sessions.begin() as session:
        values = {"said": f'["{MARK}"]', "attempts": attempts}
        session.execute(
            sa.text("UPDATE outbox SET payload = :said, attempts = :attempts, outcome = NULL, settled_at = NULL"),
            values,
        )
    visitor.phone.unsend(sent["message"]["id"])
    while house.app.dispatcher.work_one():
        pass
    with house.app.sessions() as session:
        assert session.scalars(sa.select(OutboxMessage.outcome)).all() == [outcome]
    assert places(database_url, MARK) == set()


def test_where_staff_copied_whole_messages_to_is_told(house: House, writer: Visitor) -> None:
    other = house.person()
    other.say("肩がこった")
    text = f"よくある質問：{MARK}　肩がこった、など"
    with house.app.sessions.begin() as session:
        someone = session.scalars(sa.select(Person).order_by(Person.id.desc()).limit(1)).one()
        session.add(PersonNote(person_id=someone.id, text=text, written_at=house.clock()))
        session.add(ContentEdit(entry_id="faq/stiff", body={"question": text}, made_at=house.clock()))
        session.add(ContentEdit(entry_id="faq/other", body={"question": "肩がこった"}, made_at=house.clock()))
        found = erasure.quoted(session, writer.user_id)
    assert found == [f"a note about person {someone.id}", "faq/stiff"]


def test_names_are_asked_anew_only_for_people_who_are_there(house: House, writer: Visitor) -> None:
    with house.app.sessions.begin() as session:
        erasure.erase(session, writer.user_id, why="asked", now=house.clock())
    assert names.ask(house.app.sessions, house.app.messenger, house.clock()) == 0


def test_somebody_never_met_leaves_nothing_either(database_url: str) -> None:
    sessions = db.connect(database_url)
    with sessions.begin() as session:
        counts = erasure.erase(session, "U-never", why="staff", now=FRIDAY_MORNING, even_open=True)
        assert not counts
    db.engine_of(sessions).dispose()
