import gc
import weakref
from pathlib import Path

import pytest

from bot.teaching import knowledge as knowing
from bot.teaching.knowledge import Knowledge, Mind, learn
from bot.teaching.phrasings import Taught
from bot.understanding.meaning import Context
from bot.understanding.morphology import looked_up
from bot.understanding.reader import Understanding
from tests.bot.conftest import DENTAL
from tests.fakes import NOON

WHITENING, CHILDREN = "faq/whitening", "faq/children"


def taught(*phrasings: tuple[str | None, str]) -> Taught:
    return Taught((len(phrasings), 0, len(phrasings)), phrasings)


def test_phrasings_make_another_library_and_leave_the_pack_as_it_was(dental: Knowledge) -> None:
    pack = dental.pack
    more = pack.with_phrasings([(WHITENING, "ぴかぴか"), (None, "ラーメン屋")])

    assert more.entry(WHITENING).phrasings == (*pack.entry(WHITENING).phrasings, "ぴかぴか")
    assert more.language.out_of_scope == (*pack.language.out_of_scope, "ラーメン屋")
    assert more.entry(CHILDREN) is pack.entry(CHILDREN)
    assert "ぴかぴか" not in pack.entry(WHITENING).phrasings
    assert more.digest != pack.digest
    assert pack.with_phrasings([(WHITENING, "ぴかぴか"), (None, "ラーメン屋")]).digest == more.digest


def test_phrasings_that_the_pack_has_outgrown_are_left_out(dental: Knowledge) -> None:
    gone = [("faq/gone", "ぴかぴか"), (WHITENING, "子供の虫歯"), ("safety/crisis", "ぴかぴか")]

    assert dental.pack.with_phrasings(gone) is dental.pack


def test_a_wording_counts_before_anything_is_learnt_from_it(dental: Knowledge) -> None:
    text = "きしきしするの"
    hearing = dental.hearing(taught((WHITENING, text), (None, "前歯のラーメン")))

    assert dental.read(text, NOON).id != WHITENING
    assert hearing.read("キシキシするの！", NOON).id == WHITENING
    assert hearing.read("前歯のラーメン", NOON).outcome == "fallback"
    assert hearing.read("ほかの話", NOON) == dental.read("ほかの話", NOON)


def test_what_is_certain_goes_before_a_wording_that_is_not_learnt_yet(dental: Knowledge) -> None:
    hearing = dental.hearing(taught((WHITENING, "もう死にたい"), (WHITENING, "2番"), ("command/menu", "ねえねえ")))

    assert hearing.read("もう死にたい", NOON).outcome == "safety"
    assert hearing.read("2番", NOON, Context(offered=(WHITENING, CHILDREN))).id == CHILDREN
    # What a command does may hang on slots, which only learning brings.
    assert hearing.read("ねえねえ", NOON) == dental.read("ねえねえ", NOON)


def test_what_is_learnt_is_understood_in_other_words_too(dental: Knowledge, tmp_path: Path) -> None:
    text = "歯をぴかぴかに"
    learnt = dental.having_learnt(taught((WHITENING, text)), tmp_path)

    assert learnt.read("ぴかぴかにしたい歯", NOON).id == WHITENING
    assert learnt.understanding.safety is dental.understanding.safety
    assert not learnt.unlearnt


def test_a_start_and_a_lesson_lead_to_the_same(dental: Knowledge, tmp_path: Path) -> None:
    lesson = taught((WHITENING, "歯をぴかぴかに"))

    started = learn(DENTAL, lesson, tmp_path)
    learnt = dental.having_learnt(lesson, tmp_path)

    assert started.library.digest == learnt.library.digest
    for text in ("ぴかぴかの歯", "子どもの歯", "ほげほげ"):
        assert started.read(text, NOON) == learnt.read(text, NOON)


def test_a_later_start_asks_the_dictionary_for_no_word_and_knows_the_same(tmp_path: Path) -> None:
    first = learn(DENTAL, cache=tmp_path)
    learn(DENTAL, cache=tmp_path)  # What only learning needed is forgotten.
    looked_up.cache_clear()
    second = learn(DENTAL, cache=tmp_path)

    assert looked_up.cache_info().misses == 0
    more = learn(DENTAL, taught((WHITENING, "歯をぴかぴかに")), tmp_path)
    assert more.read("歯をぴかぴかに", NOON).id == WHITENING
    for text in ("子どもの歯", "ホワイトニングの値段", "ほげほげ"):
        assert first.read(text, NOON) == second.read(text, NOON)


def test_what_cannot_be_learnt_of_the_staffs_does_not_keep_the_program_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = Understanding.from_library.__func__  # type: ignore[attr-defined]

    def break_on_staff(cls: type, library: object, *given: object, **more: object) -> Understanding:
        if "ひみつの言葉" in str(library):
            raise ValueError("ひみつの言葉")
        return real(cls, library, *given, **more)  # type: ignore[no-any-return]

    monkeypatch.setattr(Understanding, "from_library", classmethod(break_on_staff))
    started = learn(DENTAL, taught((WHITENING, "ひみつの言葉")), tmp_path)

    assert started.taught == knowing.NOTHING
    assert started.read("ホワイトニングの値段", NOON).id == WHITENING
    assert "left out for now: ValueError" in caplog.text
    assert "ひみつの言葉" not in caplog.text


def test_old_knowledge_goes_with_its_last_user_without_the_collector(dental: Knowledge, tmp_path: Path) -> None:
    gc.collect()
    gc.disable()
    try:
        mind = Mind(dental.having_learnt(taught((WHITENING, "歯をぴかぴかに")), tmp_path))
        knowing.settle()
        mind.current.read("ぴかぴかの歯", NOON)
        gone = [weakref.ref(mind.current), weakref.ref(mind.current.understanding.matcher)]
        in_hand = mind.current
        mind.change(dental)

        assert [ref() is None for ref in gone] == [False, False]

        del in_hand

        assert [ref() is None for ref in gone] == [True, True]
    finally:
        gc.enable()
        gc.unfreeze()
