import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot import db, sealed
from bot.app import Knowledge
from bot.keeping import resealing
from bot.models import BodyNote, InboxEvent, OutboxMessage, Person, PersonNote, Secret
from bot.sealed import Keys, SealError
from bot.settings import Settings, SettingsError
from bot.talk import House, WoundClock
from tests.conftest import FRIDAY_MORNING
from tests.fakes import NOON
from tests.written import places

OLD, NEW = (
    "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZC0=",
    "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0=",
)  # Fixed: workers must see the same tests.
MARK = "HIMITSU4711"


@pytest.fixture
def keyed(database_url: str) -> Iterator[db.Sessions]:
    """Sessions on a fresh database whose texts are sealed."""
    made = db.connect(database_url, Keys([OLD]))
    yield made
    db.engine_of(made).dispose()


def person(name: str = "U1") -> Person:
    return Person(
        line_user_id=name,
        created_at=NOON,
        last_seen_at=NOON,
        display_name=MARK,
        step_data={"answer": MARK},
        told=[[MARK, "then"]],
    )


def event(number: int, raw: str) -> InboxEvent:
    return InboxEvent(
        webhook_event_id=f"e{number}",
        kind="message",
        raw=raw,
        received_at=NOON,
        occurred_at=NOON,
        next_try_at=NOON,
        done_at=NOON,
    )


def test_texts_are_sealed_in_the_table_and_plain_in_the_program(keyed: db.Sessions, database_url: str) -> None:
    with keyed.begin() as session:
        session.add_all([person(), event(1, json.dumps({"text": MARK}))])
        # As delivery writes: many rows at once, and by Core.
        rows = [
            {"kind": "push", "purpose": "answer", "payload": [{"text": f"{MARK} 肩 \ud83d"}], "created_at": NOON}
            | {"next_try_at": NOON}
            for _ in range(3)
        ]
        session.connection().execute(sa.insert(db.table(OutboxMessage)), rows)

    assert places(database_url, MARK) == set()
    assert "outbox.payload" in places(database_url, sealed.PREFIX)
    with keyed() as session:
        one = session.scalars(sa.select(Person)).one()
        assert (one.display_name, one.step_data, one.told) == (MARK, {"answer": MARK}, [[MARK, "then"]])
        assert json.loads(session.scalars(sa.select(InboxEvent.raw)).one()) == {"text": MARK}
        assert session.scalars(sa.select(OutboxMessage.payload)).all() == [[{"text": f"{MARK} 肩 \ud83d"}]] * 3


def test_what_says_nothing_is_not_sealed_and_can_be_asked_for(keyed: db.Sessions, database_url: str) -> None:
    with keyed.begin() as session:
        session.add_all([event(1, "{}"), event(2, '{"a":1}')])
        session.add(Person(line_user_id="U1", created_at=NOON, last_seen_at=NOON, step_data={}, called=None))
    with keyed() as session:
        assert session.scalars(sa.select(InboxEvent.id).where(InboxEvent.raw == "{}")).all() == [1]
        assert session.scalars(sa.select(InboxEvent.id).where(InboxEvent.raw != "{}")).all() == [2]
        assert session.scalars(sa.select(Person.called)).all() == [None]
    assert places(database_url, sealed.PREFIX) == {"inbox.raw"}


def test_what_is_sealed_cannot_be_looked_for() -> None:
    with pytest.raises(TypeError, match="look in Python"):
        _ = Person.display_name == "a name"
    with pytest.raises(TypeError, match="look in Python"):
        Person.called.icontains("a name")
    with pytest.raises(TypeError, match="look in Python"):
        BodyNote.note.in_(["knee"])


def test_plain_and_sealed_rows_live_side_by_side(sessions: db.Sessions, database_url: str) -> None:
    with sessions.begin() as session:
        session.add(person("U1"))
    keyed = db.connect(database_url, Keys([OLD]))
    with keyed.begin() as session:
        session.add(person("U2"))
    with keyed() as session:
        assert session.scalars(sa.select(Person.display_name)).all() == [MARK, MARK]
        assert session.scalars(sa.select(Person.told)).all() == [[[MARK, "then"]]] * 2
    db.engine_of(keyed).dispose()


def test_without_the_key_nothing_comes_back_but_an_error(keyed: db.Sessions, database_url: str) -> None:
    with keyed.begin() as session:
        session.add(person())
    for keys in (None, Keys([NEW])):
        other = db.connect(database_url, keys)
        with other() as session, pytest.raises(SealError, match="DATA_KEY"):
            session.scalars(sa.select(Person.display_name)).all()
        db.engine_of(other).dispose()


def test_somebody_called_like_a_sealed_value_is_not_taken_for_one(sessions: db.Sessions) -> None:
    name = f"{sealed.PREFIX}0a1b2c3d:gAAAA"
    with sessions.begin() as session:
        session.add(Person(line_user_id="U1", created_at=NOON, last_seen_at=NOON, display_name=name))
    with sessions() as session:
        assert session.scalars(sa.select(Person.display_name)).one() == f" {name}"


@pytest.mark.parametrize("key", ["rubbish", "plain", f"{OLD},rubbish", f"{OLD},plain", ","])
def test_a_key_that_is_none_is_a_problem_of_the_settings(key: str) -> None:
    from bot.settings import load

    with pytest.raises(SettingsError, match="DATA_KEY: must") as caught:
        load(_env_file=None, data_key=key)
    assert OLD not in str(caught.value)


def test_all_is_sealed_anew_with_the_first_key_a_few_rows_at_a_time(sessions: db.Sessions, database_url: str) -> None:
    with sessions.begin() as session:
        session.add_all([person(f"U{number}") for number in range(5)])
        session.add_all([event(number, json.dumps({"text": MARK})) for number in range(5)])
        session.add(event(9, "{}"))
        session.flush()
        session.add(PersonNote(person_id=1, text=MARK, written_at=NOON))
    assert "person_notes.text" in places(database_url, MARK)

    for keys in ([OLD], [NEW, OLD]):
        keyed = db.connect(database_url, Keys(keys))
        resealing.check(keyed, NOON)
        parts = list(resealing.reseal(keyed, size=2))
        assert [part.sealed for part in parts if part.column == "inbox.raw"] == [2, 2, 1]
        assert list(resealing.reseal(keyed)) == []
        with keyed() as session:
            assert all(amount.values == amount.sealed for amount in resealing.amounts(session))
            assert session.scalars(sa.select(Person.step_data)).all() == [{"answer": MARK}] * 5
        db.engine_of(keyed).dispose()

    assert parts[-1].column == "secrets.value"
    assert places(database_url, MARK) == set()
    assert places(database_url, f"{sealed.PREFIX}{Keys([OLD]).name}") == set()


def test_a_sample_of_a_big_table_finds_what_is_left_wherever_it_lies(keyed: db.Sessions, database_url: str) -> None:
    resealing.check(keyed, NOON)
    with keyed.begin() as session:
        session.add_all([person(f"U{number:03}") for number in range(100)])
    with keyed() as session:
        sample = resealing.sampled(session, size=10)
        # Names, steps and what was told of some twenty, and the proof.
        assert (sample.left, sample.is_whole) == (0, False)
        assert 50 < sample.values < 70
        assert resealing.sampled(session).is_whole

    # The last of all was written by a process that has no key.
    plain = db.connect(database_url)
    with plain.begin() as session:
        session.add(person("U100"))
    with keyed() as session:
        assert resealing.sampled(session, size=10).left == 3
        session.rollback()
    db.engine_of(plain).dispose()

    # A rotation that was cut off in the midst, and what came since with the new key.
    turning = db.connect(database_url, Keys([NEW, OLD]))
    parts = resealing.reseal(turning, size=30)
    next(parts)
    parts.close()
    with turning.begin() as session:
        session.add_all([person(f"V{number:03}") for number in range(100)])
    with turning() as session:
        assert resealing.sampled(session, size=10).left > 5
    list(resealing.reseal(turning))
    with turning() as session:
        assert resealing.sampled(session, size=10).left == 0
    db.engine_of(turning).dispose()


def test_a_rotation_that_was_cut_off_goes_on_and_the_old_key_is_needed_until_its_end(
    keyed: db.Sessions, database_url: str
) -> None:
    resealing.check(keyed, NOON)
    with keyed.begin() as session:
        session.add_all([person(f"U{number}") for number in range(5)])
    rotating = db.connect(database_url, Keys([NEW, OLD]))
    next(resealing.reseal(rotating, size=2))

    only_new = db.connect(database_url, Keys([NEW]))
    with pytest.raises(SettingsError, match="does not open the database"):
        resealing.check(only_new, NOON)
    done = sum(part.sealed for part in resealing.reseal(rotating, size=2) if part.column == "people.display_name")
    assert done == 3
    resealing.check(only_new, NOON)
    with only_new() as session:
        assert session.scalars(sa.select(Person.display_name)).all() == [MARK] * 5
    for made in (rotating, only_new):
        db.engine_of(made).dispose()


def test_a_value_that_no_key_opens_is_named_by_its_column_and_stops_the_rotation(
    keyed: db.Sessions, database_url: str
) -> None:
    with keyed.begin() as session:
        session.add(person())
    other = db.connect(database_url, Keys([NEW]))
    with pytest.raises(SealError, match=r"people\.display_name: .* not in DATA_KEY; add that key"):
        list(resealing.reseal(other))
    db.engine_of(other).dispose()


def test_people_write_while_everything_is_sealed_anew_and_nothing_of_it_is_lost(
    sessions: db.Sessions, database_url: str
) -> None:
    with sessions.begin() as session:
        session.add_all([person(f"U{number}") for number in range(20)])
    keyed = db.connect(database_url, Keys([NEW]))
    over, written = threading.Event(), Counter[int]()

    def write() -> None:
        while not over.is_set():
            for id in range(1, 21):
                with keyed.begin() as session:
                    row = session.get_one(Person, id)
                    row.step_data = {"count": row.step_data.get("count", 0) + 1}
                written[id] += 1

    writing = threading.Thread(target=write)
    writing.start()
    other = db.connect(database_url, Keys([NEW]))
    try:
        list(resealing.reseal(other, size=3))
    finally:
        over.set()
        writing.join()
    with keyed() as session:
        found = {row.id: row.step_data for row in session.execute(sa.select(Person.id, Person.step_data))}
        assert found == {
            id: {"count": count} if count else {"answer": MARK}
            for id, count in ((id, written[id]) for id in range(1, 21))
        }
        assert all(amount.values == amount.sealed for amount in resealing.amounts(session))
    for made in (keyed, other):
        db.engine_of(made).dispose()


def test_a_sealed_database_becomes_plain_again(keyed: db.Sessions, database_url: str) -> None:
    resealing.check(keyed, NOON)
    with keyed.begin() as session:
        session.add(person())
    plain = db.connect(database_url, Keys(["plain", OLD]))
    list(resealing.reseal(plain))
    assert places(database_url, sealed.PREFIX) == set()
    without = db.connect(database_url)
    resealing.check(without, NOON)
    for made in (plain, without):
        db.engine_of(made).dispose()


def test_a_start_without_the_key_or_with_a_wrong_one_says_so(keyed: db.Sessions, database_url: str) -> None:
    resealing.check(keyed, NOON)
    resealing.check(keyed, NOON)
    name = Keys([OLD]).name
    for keys, says in ((None, "is not set"), (Keys([NEW]), "does not open")):
        other = db.connect(database_url, keys)
        with pytest.raises(SettingsError, match=f"DATA_KEY: {says}.* {name}"):
            resealing.check(other, NOON)
        db.engine_of(other).dispose()
    with keyed() as session:
        assert session.scalars(sa.select(Secret.value)).all() == ["senaka"]


def test_a_talk_leaves_nothing_readable_in_a_sealed_database(knowledge: Knowledge, database_url: str) -> None:
    with House(knowledge, WoundClock(FRIDAY_MORNING), database_url, data_key=OLD) as house:
        visitor = house.person()
        said = [
            visitor.say(text).texts
            for text in (f"{MARK} 肩がこった", "膝が痛い", "おすすめは？", "朝のストレッチを7時に")
        ]
        assert all(said)
        visitor.wait_for_ring()
    assert places(database_url, MARK) == set()
    assert places(database_url, "altText") == set()


def test_the_keys_are_those_of_the_settings() -> None:
    settings = Settings.model_construct(data_key=SecretStr(f" {NEW} , {OLD}"))
    assert settings.keys is not None
    assert settings.keys.name == Keys([NEW]).name
    assert settings.keys.open(Keys([OLD]).seal("肩")) == "肩"
    assert NEW not in repr(settings)


def test_a_wrong_key_ends_a_command_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from bot.cli import cli

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/senaka.db")
    printed = CliRunner().invoke(cli, ["data", "key"]).output.strip()
    monkeypatch.setenv("DATA_KEY", printed)
    assert CliRunner().invoke(cli, ["data", "rotate"]).exit_code == 0
    monkeypatch.setenv("DATA_KEY", NEW)
    done = CliRunner().invoke(cli, ["inbox", "list"])
    assert done.exit_code == 1
    assert done.output.startswith("DATA_KEY: does not open the database")
