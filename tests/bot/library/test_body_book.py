"""The file of body notes: whole, or told what is wrong with it and where."""

import shutil
from pathlib import Path

import pytest

from bot.library.body_book import NOTES, BodyBook, BodyNoteWords
from bot.library.loader import ContentError, load
from bot.settings import DEFAULT_CONTENT

DENTAL = Path(__file__).resolve().parents[2] / "data" / "packs" / "dental"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DENTAL, tmp_path / "pack"))


def problems(pack: Path, text: str) -> str:
    (pack / "language").mkdir(exist_ok=True)
    (pack / "language" / "body_notes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load(pack)
    return str(caught.value)


def listed(*notes: str) -> str:
    return "notes:\n" + "".join(f"  - {{note: {note}, label: a, words: [b]}}\n" for note in notes)


def test_a_pack_without_it_gets_the_shipped_one(pack: Path) -> None:
    assert load(pack).language.body_notes == load(DEFAULT_CONTENT).language.body_notes


def test_a_pack_may_bring_its_own(pack: Path) -> None:
    (pack / "language" / "body_notes.yaml").write_text(listed(*NOTES), encoding="utf-8")

    book = load(pack).language.body_notes

    assert book.label("knee") == "a"
    assert book.barring == frozenset()


def test_a_label_is_short_enough_for_its_buttons(pack: Path) -> None:
    told = problems(pack, listed(*NOTES).replace("label: a", "label: とても長い呼び名です", 1))

    assert "language/body_notes.yaml: 2: body_notes.notes.0.label:" in told


def test_every_note_is_listed_once(pack: Path) -> None:
    assert "knee must be listed once, and is listed 0 times" in problems(
        pack, listed(*(note for note in NOTES if note != "knee"))
    )
    assert "neck must be listed once, and is listed 2 times" in problems(pack, listed(*NOTES, "neck"))


def test_an_unknown_note_and_an_unknown_key_are_problems(pack: Path) -> None:
    told = problems(pack, listed(*NOTES, "tail") + "complain: [x]\n")

    assert "body_notes.notes.8.note: 'tail' is not one of" in told
    assert "body_notes.complain: is not a key" in told


def test_a_note_that_no_book_has_is_called_by_its_name() -> None:
    assert BodyBook().label("knee") == "knee"
    assert BodyNoteWords(note="knee", label="膝").bars is False
