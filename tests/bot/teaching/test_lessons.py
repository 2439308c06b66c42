import itertools
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.calendar import WEEKDAYS
from bot.library.library import Library
from bot.talk import Heard, House, Visitor, WoundClock
from bot.teaching import closures, edits, phrasings
from bot.teaching.apprentice import Apprentice, ApprenticeError
from bot.teaching.knowledge import Knowledge
from bot.teaching.lessons import Lessons
from tests.conftest import FRIDAY_MORNING

WHITENING, CHILDREN = "faq/whitening", "faq/children"
TAUGHT, LIKE_IT = "きしきしするの", "なんだかきしきしする"
PATIENCE = 60.0


@pytest.fixture
def house(dental: Knowledge, database_url: str) -> Iterator[House]:
    """The assistant of a dental practice, first on SQLite, then on PostgreSQL."""
    with House(dental, WoundClock(FRIDAY_MORNING), database_url) as made:
        yield made


class Listening:
    """A learner that calls *meanwhile* before it leaves the learning to the process that it is in."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.meanwhile = meanwhile
        self.libraries: list[Library] = []

    def learn(self, library: Library, cache: Path) -> None:
        self.libraries.append(library)
        self.meanwhile()

    def stop(self) -> None:
        pass


def lessons(house: House, cache: Path, learner: Listening | Apprentice) -> Lessons:
    return Lessons(house.app.mind, house.app.sessions, house.clock, learner, cache=cache)


def teach(house: House, text: str, entry_id: str | None = WHITENING) -> None:
    """As somebody in another process does it."""
    with house.app.sessions.begin() as session:
        phrasings.add(session, house.app.mind.current.pack, entry_id=entry_id, text=text, now=house.clock())


def about(heard: Heard) -> str | None:
    assert heard.reply is not None
    return heard.reply.about


def test_what_is_taught_is_answered_by_the_next_message(house: House, visitor: Visitor, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    taking_up = lessons(house, cache, Apprentice())
    assert not taking_up.work_one()
    assert about(visitor.say(TAUGHT)) != WHITENING

    teach(house, TAUGHT)
    assert taking_up.work_one()

    assert about(visitor.say(TAUGHT)) == WHITENING
    assert about(visitor.say(LIKE_IT)) == WHITENING
    assert [path.name for path in cache.iterdir() if path.suffix != ".lock"]  # The child has learnt it.
    assert not taking_up.work_one()

    with house.app.sessions.begin() as session:
        phrasings.remove(session, TAUGHT, now=house.clock())
    assert taking_up.work_one()

    assert about(visitor.say(TAUGHT)) != WHITENING
    taking_up.stop()


def edit(house: House, entry_id: str, **change: object) -> None:
    """As a member of the staff does it on the pages: lay *change* over the entry; without one take it away."""
    known = house.app.mind.current
    entry = known.pack.entry(entry_id).model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    body = entry | change if change else {}
    with house.app.sessions.begin() as session:
        row = edits.save(session, entry_id=entry_id, body=body, based_on=None, by=None, now=house.clock())
        checked = edits.check(session, known.shelf, entry_id, body)
        edits.publish(session, row, checked=checked, by=None, now=house.clock())


def test_an_edited_answer_is_said_by_the_next_message_without_learning_anything(
    house: House, visitor: Visitor, tmp_path: Path
) -> None:
    learner = Listening()
    taking_up = lessons(house, tmp_path, learner)
    edit(house, WHITENING, answer="新しい答えです。")

    assert taking_up.work_one()

    assert learner.libraries == []
    assert "新しい答えです。" in str(visitor.say("ホワイトニングの値段"))
    with house.app.sessions.begin() as session:
        row = edits.current(session, WHITENING)
        assert row is not None
        edits.undo(session, row, checked=edits.version(session), by=None, now=house.clock())
    assert taking_up.work_one()
    assert "新しい答えです。" not in str(visitor.say("ホワイトニングの値段"))


def test_an_entry_that_is_taken_away_is_not_answered_while_it_is_still_being_unlearnt(
    house: House, visitor: Visitor, tmp_path: Path
) -> None:
    heard: list[str | None] = []
    learner = Listening(lambda: heard.append(about(visitor.say("ホワイトニングの値段"))))
    edit(house, WHITENING)

    assert lessons(house, tmp_path, learner).work_one()

    assert WHITENING not in (*heard, about(visitor.say("ホワイトニングの値段")))


def test_hours_that_staff_change_and_days_that_they_close_bind_the_gate_at_once(house: House, tmp_path: Path) -> None:
    known = house.app.mind.current
    practice = known.pack.practice.model_dump(mode="json")
    practice["hours"] = [{"days": list(WEEKDAYS), "open": "00:00", "close": "23:59"}]
    monday = FRIDAY_MORNING + timedelta(days=3)
    with house.app.sessions.begin() as session:
        row = edits.save(session, entry_id="practice", body=practice, based_on=None, by=None, now=house.clock())
        checked = edits.check(session, known.shelf, "practice", practice)
        edits.publish(session, row, checked=checked, by=None, now=house.clock())
        closures.add(
            session,
            first=monday.date(),
            last=monday.date(),
            note="",
            today=FRIDAY_MORNING.date(),
            by=None,
            now=house.clock(),
        )
    assert lessons(house, tmp_path, Listening()).work_one()

    rules = house.app.rules()

    assert rules.is_open(FRIDAY_MORNING)
    assert not rules.is_open(monday)
    assert rules.is_open(monday + timedelta(days=1))
    assert rules.next_fit(monday, rules.zone, in_opening_hours=True) == monday.replace(hour=6) + timedelta(days=1)


def test_the_very_wording_counts_while_the_rest_is_being_learnt(house: House, visitor: Visitor, tmp_path: Path) -> None:
    heard: list[str | None] = []
    learner = Listening(lambda: heard.extend([about(visitor.say(TAUGHT)), about(visitor.say(LIKE_IT))]))
    teach(house, TAUGHT)

    assert lessons(house, tmp_path, learner).work_one()

    assert heard[0] == WHITENING
    assert heard[1] != WHITENING
    assert about(visitor.say(LIKE_IT)) == WHITENING


def test_a_broken_child_leaves_the_old_knowledge_and_is_tried_again_later(
    house: House, visitor: Visitor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Apprentice([sys.executable, "-c", "import sys; sys.exit('Broken')"])
    taking_up = lessons(house, tmp_path, broken)
    matcher = house.app.mind.current.understanding.matcher
    teach(house, TAUGHT)

    assert not taking_up.work_one()

    assert house.app.mind.current.understanding.matcher is matcher
    assert about(visitor.say("ホワイトニングの値段")) == WHITENING
    assert "next try in 5 s: the child ended with 1 Broken" in caplog.text

    house.clock.advance(seconds=4)
    assert not taking_up.work_one()
    assert caplog.text.count("next try in") == 1

    house.clock.advance(seconds=1)
    assert not taking_up.work_one()
    assert "next try in 20 s" in caplog.text

    # Something new is tried at once.
    teach(house, "もうひとつ別の話")
    assert not taking_up.work_one()
    assert caplog.text.count("next try in 5 s") == 2
    assert TAUGHT not in caplog.text


def test_a_child_that_works_again_is_taken_up(house: House, visitor: Visitor, tmp_path: Path) -> None:
    def fail() -> None:
        raise ApprenticeError("ended with 1")

    learner = Listening(fail)
    taking_up = lessons(house, tmp_path, learner)
    teach(house, TAUGHT)
    assert not taking_up.work_one()

    learner.meanwhile = lambda: None
    house.clock.advance(seconds=5)
    assert taking_up.work_one()

    assert about(visitor.say(LIKE_IT)) == WHITENING


def test_every_message_sees_one_knowledge_whole(house: House, visitor: Visitor, dental: Knowledge) -> None:
    """Between two states of which neither can answer what the other reads, no message falls."""
    text = "きしきしするの"

    def only(kept: str, dropped: str) -> Knowledge:
        heard = dental.hearing(phrasings.Taught((1, 0, 1), ((kept, text),)))
        entries = {
            id: entry.model_copy(update={"related": ()}) for id, entry in heard.library.entries.items() if id != dropped
        }
        return replace(heard, library=replace(heard.library, entries=MappingProxyType(entries)))

    states = itertools.cycle([only(WHITENING, CHILDREN), only(CHILDREN, WHITENING)])
    house.app.mind.change(next(states))
    is_over = threading.Event()

    def swap() -> None:
        while not is_over.wait(0.001):
            house.app.mind.change(next(states))

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        answers = {about(visitor.say(text)) for _ in range(60)}
    finally:
        is_over.set()
        swapping.join()

    assert answers <= {WHITENING, CHILDREN}


def test_a_child_is_ended_when_the_program_stops(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    waiting = Apprentice([sys.executable, "-c", f"open({str(tmp_path / 'up')!r}, 'w'); import signal; signal.pause()"])
    taking_up = lessons(house, tmp_path, waiting)
    teach(house, TAUGHT)
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(taking_up.work_one()))
    thread.start()
    pause = threading.Event()
    while not (tmp_path / "up").exists() and thread.is_alive():
        pause.wait(0.01)
    taking_up.stop()
    thread.join(PATIENCE)

    assert answers == [False]
    assert "cannot be learnt" not in caplog.text
    with pytest.raises(ApprenticeError, match="is stopping"):
        waiting.learn(house.app.library, tmp_path)


def test_a_child_that_takes_too_long_is_ended(dental: Knowledge, tmp_path: Path) -> None:
    endless = Apprentice([sys.executable, "-c", "import signal; signal.pause()"], patience=0.2)

    with pytest.raises(ApprenticeError, match="took more than"):
        endless.learn(dental.library, tmp_path)


def test_a_child_that_fails_tells_the_kind_of_error_and_no_text(dental: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ApprenticeError, match=r"^ended with 1 (FileExists|NotADirectory)Error$"):
        Apprentice().learn(dental.library, tmp_path / "file")
