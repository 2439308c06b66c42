from datetime import date
from pathlib import Path

import pytest

from bot.library.laying import lay
from bot.library.library import Library
from bot.library.loader import load
from bot.library.schema import Faq
from bot.library.shelf import Shelf
from bot.settings import DEFAULT_CONTENT

PARKING, HOURS = "faq/access", "faq/hours"


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(DEFAULT_CONTENT)


@pytest.fixture(scope="module")
def pack(shelf: Shelf) -> Library:
    return load(shelf)


def body(pack: Library, id: str, **change: object) -> dict[str, object]:
    return pack.entry(id).model_dump(mode="json", exclude={"id"}, exclude_defaults=True) | change


def test_an_edit_takes_the_place_of_its_entry_and_a_new_one_comes_last_of_its_kind(shelf: Shelf, pack: Library) -> None:
    new = body(
        pack, PARKING, title="犬は？", label="犬", keywords=[], phrasings=[f"犬{n}匹と行けますか" for n in range(5)]
    )
    laid = lay(shelf, [(PARKING, body(pack, PARKING, answer="ありません。")), ("faq/dogs", new)])

    changed = laid.library.entry(PARKING)
    assert isinstance(changed, Faq)
    assert changed.answer == "ありません。"
    assert [one.id for one in laid.library.of(Faq)] == [*(one.id for one in pack.of(Faq)), "faq/dogs"]
    assert laid.library.digest != pack.digest
    assert laid.broken == {}


def test_an_entry_that_is_taken_away_is_near_nothing_any_more(shelf: Shelf, pack: Library) -> None:
    assert any(HOURS in entry.related for entry in pack.entries.values())

    laid = lay(shelf, [(HOURS, {})])

    assert HOURS not in laid.library.entries
    assert not any(HOURS in entry.related for entry in laid.library.entries.values())


def test_an_edit_that_does_not_fit_the_files_any_more_is_left_out_and_the_rest_counts(
    shelf: Shelf, pack: Library
) -> None:
    step = pack.entry("routine/morning").steps[0] if "routine/morning" in pack.entries else None
    needed = next(id for id in pack.entries if id.startswith("exercise/")) if step is None else step
    edits = [
        (PARKING, body(pack, PARKING, answer="2台です。")),
        (HOURS, body(pack, HOURS, answer="$nothing")),
        (needed, {}),
        ("origins", {"a": 1}),
    ]

    laid = lay(shelf, edits)

    assert set(laid.broken) == {HOURS, needed, "origins"}
    assert laid.library.entry(HOURS) == pack.entry(HOURS)
    assert getattr(laid.library.entry(PARKING), "answer", "") == "2台です。"


def test_facts_messages_and_synonyms_can_be_laid_over(shelf: Shelf, pack: Library) -> None:
    practice = pack.practice.model_dump(mode="json") | {"phone": "03-1234-5678"}
    laid = lay(
        shelf,
        [
            ("practice", practice),
            ("message/menu_title", {"text": "できること"}),
            ("synonyms", {"synonyms": [["駐車場", "パーキング"]]}),
        ],
    )

    assert laid.library.values()["phone"] == "03-1234-5678"
    assert laid.library.messages["menu_title"] == "できること"
    assert laid.library.language.synonyms == (("駐車場", "パーキング"),)


def test_what_is_overdue_is_hidden_where_the_practice_wants_it(shelf: Shelf, pack: Library) -> None:
    late = date(2030, 1, 1)
    practice = pack.practice.model_dump(mode="json") | {"content": {"hide_overdue": True}}

    assert pack.overdue(date(2026, 12, 1)) == ()
    assert "faq/heat-good-sign" in pack.overdue(late)
    assert PARKING not in pack.overdue(late)
    assert lay(shelf, [], today=late).hidden == ()

    laid = lay(shelf, [("practice", practice)], today=late)

    assert "faq/heat-good-sign" in laid.hidden
    assert "faq/heat-good-sign" not in laid.library.entries
    # A check leads to it.
    assert "article/back-heat-muscle" in laid.library.entries
    assert PARKING in laid.library.entries


def test_the_files_are_read_once(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(DEFAULT_CONTENT, tmp_path / "pack")
    shelf = Shelf(tmp_path / "pack")
    before = load(shelf)
    shutil.rmtree(tmp_path / "pack" / "faqs")

    assert load(shelf).digest == before.digest
