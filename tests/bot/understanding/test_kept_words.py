"""The words of texts are kept in a file, and taken from it only where they are what the dictionary would say."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.understanding import morphology
from bot.understanding.kept_words import kept
from bot.understanding.morphology import Words, analyse

TEXTS = ("肩がこります", "すもももももももものうち", "", "プロテインはいつ飲む?", "ㇰ☃𠮷野家で「待つ」\n")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "words"


def lookings_up(file: Path | None, *texts: str) -> int:
    """How often the dictionary is asked while they are read."""
    morphology.looked_up.cache_clear()
    read(file, *texts)
    asked = morphology.looked_up.cache_info()
    return asked.hits + asked.misses


def read(file: Path | None, *texts: str) -> list[Words]:
    with kept(file):
        return [analyse(text) for text in texts]


def test_what_is_kept_is_what_the_dictionary_said(file: Path) -> None:
    said = [analyse(text) for text in TEXTS]

    assert read(file, *TEXTS, *TEXTS) == [*said, *said]
    assert read(file, *TEXTS, *TEXTS) == [*said, *said]
    assert [path.name for path in file.parent.iterdir()] == ["words"]
    assert file.stat().st_mode & 0o77 == 0


def test_the_dictionary_is_asked_once_for_each_text(file: Path) -> None:
    assert lookings_up(file, *TEXTS, *TEXTS) == len(TEXTS)
    assert lookings_up(file, *TEXTS) == 0
    assert lookings_up(file, *TEXTS, "腰が痛い") == 1
    assert lookings_up(file, *TEXTS, "腰が痛い") == 0


def test_texts_that_nobody_asks_for_any_more_are_forgotten(file: Path) -> None:
    read(file, *TEXTS, "ひみつの言葉")
    assert "ひみつの言葉" in file.read_text(errors="replace")
    read(file, *TEXTS)

    assert "ひみつの言葉" not in file.read_text(errors="replace")


def test_nothing_is_written_when_nothing_is_new(file: Path) -> None:
    read(file, *TEXTS)
    with file.open() as first:
        read(file, *TEXTS)

        assert os.path.samestat(os.fstat(first.fileno()), file.stat())


@pytest.mark.parametrize("broken", [b"", b"{", bytes(32), bytes(40) + b"[[],{}]"])
def test_a_broken_file_is_made_anew(file: Path, broken: bytes) -> None:
    said = read(file, *TEXTS)
    whole = file.read_bytes()
    file.write_bytes(broken)

    assert lookings_up(file, *TEXTS) == len(TEXTS)
    assert file.read_bytes() == whole
    assert read(file, *TEXTS) == said


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_letter_that_fell_over_is_never_taken_for_words(file: Path, place: int) -> None:
    said = read(file, *TEXTS)
    whole = file.read_bytes()
    bent = bytearray(whole)
    bent[place] ^= 1
    file.write_bytes(bent)

    assert lookings_up(file, *TEXTS) == len(TEXTS)
    assert file.read_bytes() == whole
    assert read(file, *TEXTS) == said


def test_half_a_file_is_made_anew(file: Path) -> None:
    said = read(file, *TEXTS)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])

    assert read(file, *TEXTS) == said
    assert file.read_bytes() == whole


def test_another_dictionary_is_asked_anew(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(file, *TEXTS)
    monkeypatch.setattr(morphology, "dictionary", lambda: [("another/sys.dic", 1, 1)])

    assert lookings_up(file, *TEXTS) == len(TEXTS)
    assert lookings_up(file, *TEXTS) == 0


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "new").write_text("a file where a folder should be")

    assert read(tmp_path / "new" / "words", *TEXTS) == read(None, *TEXTS)
    assert "could not be kept" in caplog.text


def test_what_went_wrong_leaves_nothing_behind(file: Path) -> None:
    with pytest.raises(UnicodeEncodeError), kept(file):
        analyse("半分の字\ud83d")

    assert not file.exists()
    assert morphology.NOTED.get() is None


def test_messages_that_are_read_meanwhile_are_not_noted(file: Path) -> None:
    with kept(file):
        analyse("肩がこります")
        other = threading.Thread(target=analyse, args=("だれかの秘密",))
        other.start()
        other.join()

    assert "だれかの秘密" not in file.read_text(errors="replace")


def test_several_may_keep_at_once(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: read(file, *TEXTS), range(40)))

    assert all(words == found[0] for words in found)
    assert [path.name for path in file.parent.iterdir()] == ["words"]


def test_nothing_is_kept_where_nothing_is_to_be(tmp_path: Path) -> None:
    read(None, *TEXTS)

    assert list(tmp_path.iterdir()) == []
