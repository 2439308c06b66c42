from pathlib import Path

import pytest

from bot.library.laying import lay
from bot.library.library import Library
from bot.library.loader import load
from bot.library.schema import Article, Routine
from bot.library.shelf import Shelf
from bot.library.writing import plain, write
from bot.settings import DEFAULT_CONTENT


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(DEFAULT_CONTENT)


def facts(library: Library) -> tuple[object, ...]:
    return (
        dict(library.entries),
        list(library.entries),
        library.practice,
        dict(library.messages),
        library.language,
        library.welcome,
        library.evaluation,
    )


def test_what_nobody_changed_is_written_as_it_was(shelf: Shelf, tmp_path: Path) -> None:
    write(shelf, load(shelf), tmp_path / "same")

    assert load(tmp_path / "same").digest == load(shelf).digest
    with pytest.raises(FileExistsError):
        write(shelf, load(shelf), tmp_path / "same")


def test_the_written_pack_says_and_understands_the_same_as_files_with_edits(shelf: Shelf, tmp_path: Path) -> None:
    pack = load(shelf)

    def body(id: str, **change: object) -> dict[str, object]:
        return {key: value for key, value in plain(pack.entry(id)).items() if key != "id"} | change

    article, routine = pack.of(Article)[0], pack.of(Routine)[0]
    practice = pack.practice.model_dump(mode="json") | {"phone": "03-1234-5678", "parking": "no: 'ない' # です"}
    new = body(
        "faq/access", label="犬", title="犬は？", keywords=[], phrasings=[f"犬{n}匹と行けますか" for n in range(5)]
    )
    edits = [
        ("faq/access", body("faq/access", answer="裏にあります。\n\n- $parking\n# 2台")),
        ("faq/hours", {}),
        ("faq/dogs", new),
        (article.id, body(article.id, sections=[{"slug": "one", "title": "はじめ", "text": "一行目\n\n二行目"}])),
        (
            "article/new",
            body(article.id, title="べつ", label="べつ", keywords=[], phrasings=[f"べつの{n}番" for n in range(5)]),
        ),
        (routine.id, body(routine.id, intro="さあ、\nどうぞ。")),
        ("practice", practice),
        ("message/menu_title", {"text": "できること"}),
        ("message/welcome_again", {"text": "おかえりなさい。\nまた話しましょう。"}),
        ("synonyms", {"synonyms": [["駐車場", "パーキング", "10:30"]]}),
    ]
    laid = lay(shelf, edits)
    assert laid.broken == {}
    library = laid.library.with_phrasings([("faq/access", "車はどこ停める感じ"), (None, "ラーメン食べたい気分です")])

    write(shelf, library, tmp_path / "written")

    assert facts(load(tmp_path / "written")) == facts(library)
    kept = (tmp_path / "written/faqs/practice.yaml").read_text(encoding="utf-8")
    assert kept.startswith("# Plain facts of the business")
