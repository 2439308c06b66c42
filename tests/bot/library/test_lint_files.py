from pathlib import Path

import pytest

from bot.library.lint_files import read, shipped
from bot.library.reader import Reader
from bot.library.shelf import Shelf

SIGN_FIRST = "begins with a sign; only ＃ may stand first, with a letter behind it"
NO_KEY = "is not a key of this kind of entry; remove it or mend its spelling"
LEVELS = "is not one of 'high', 'medium' or 'low'; choose one of these"
VERB = "~ stands behind a verb that ends in one of くぐすつぬぶむるう"
RULE = "- {id: no-tea, level: low, law: l, why: w, fix: f, says: [お茶, '@飲み物']}\n"


def problems(folder: Path, **files: str) -> list[str]:
    (folder / "lint").mkdir()
    for name, text in files.items():
        (folder / "lint" / f"{name}.yaml").write_text(text, encoding="utf-8")
    reader = Reader(Shelf(folder))
    assert (read(reader) is None) is bool(reader.problems)
    return [str(problem) for problem in sorted(reader.problems)]


def test_a_pack_without_rules_gets_the_shipped_ones(tmp_path: Path) -> None:
    assert read(Reader(Shelf(tmp_path))) is shipped()


def test_a_pack_with_rules_has_those_alone_and_shares_the_rest(tmp_path: Path) -> None:
    (tmp_path / "lint").mkdir()
    (tmp_path / "lint" / "tea.yaml").write_text(RULE.replace(", '@飲み物'", ""), encoding="utf-8")

    book = read(Reader(Shelf(tmp_path)))

    assert book is not None
    assert [rule.id for rule in book.rules] == ["no-tea"]
    assert book.context == shipped().context


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"tea": RULE}, ["lint/tea.yaml: 1: says: there is no group @飲み物; add it to words.yaml or mend the name"]),
        ({"tea": RULE.replace("'@飲み物'", "……")}, [f"lint/tea.yaml: 1: says: '……': {SIGN_FIRST}"]),
        ({"tea": RULE.replace("'@飲み物'", "茶~")}, [f"lint/tea.yaml: 1: says: '茶~': {VERB}"]),
        ({"tea": RULE.replace("low", "loud")}, [f"lint/tea.yaml: 1: level: 'loud' {LEVELS}"]),
        (
            {"tea": "\n" + RULE.replace("law: l", "low: l")},
            ["lint/tea.yaml: 2: law: is missing; add it", f"lint/tea.yaml: 2: low: {NO_KEY}"],
        ),
        (
            {"words": "飲み物: [お茶, '@酒']\n", "tea": RULE},
            ["lint/words.yaml: 1: 飲み物: there is no group @酒; add it to words.yaml or mend the name"],
        ),
        ({"words": "飲み物: [お茶]\n", "tea": RULE * 2}, ["lint/tea.yaml: 2: id: no-tea stands twice; ids are unique"]),
        (
            {"words": "飲み物: [お茶]\n", "tea": RULE.replace("no-tea", "empty")},
            ["lint/tea.yaml: 1: id: empty stands twice; ids are unique"],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    assert problems(tmp_path, **files) == expected


def test_a_fact_that_is_missing_or_unknown_is_told(tmp_path: Path) -> None:
    found = problems(tmp_path, facts="tea: {level: low, law: l, why: w, fix: f}\n")

    assert "lint/facts.yaml: 1: tea: the program finds no such thing; remove it" in found
    assert "lint/facts.yaml: 1: empty: is missing; say how grave it is, why, and what to do" in found
