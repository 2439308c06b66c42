"""The command that measures: evaluate."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli

FIGURES = {
    "p_at_1", "mrr", "recall_at_3", "right", "offered", "wrong", "lost", "out_of_scope_answered", "ambiguous_ok",
    "safety_recall", "safety_kind", "false_alarms", "by_style", "reliability", "message_us", "index_build_s",
    "safety_build_s", "ambiguous_asked",
}  # fmt: skip
SHOP = {
    "bread": ["パンはありますか", "食パンください", "ぱんある？", "焼きたてのパン"],
    "shoes": ["靴を探しています", "くつのサイズ", "スニーカーある？", "革靴の手入れ"],
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    phrasings, messages = tmp_path / "phrasings.jsonl", tmp_path / "messages.jsonl"
    phrasings.write_text("".join(json.dumps({"id": id, "text": text}) + "\n" for id in SHOP for text in SHOP[id]))
    wanted = [("パンください", ["bread"]), ("靴のサイズ", ["shoes"]), ("死にたい", [])]
    messages.write_text("".join(json.dumps({"text": text, "want": want}) + "\n" for text, want in wanted))
    return str(phrasings), str(messages)


def test_writes_one_object_about_a_foreign_set_without_safety_rules(files: tuple[str, str]) -> None:
    result = CliRunner().invoke(cli, ["evaluate", "--phrasings", files[0], "--messages", files[1], "--json"])
    found = json.loads(result.stdout)

    assert found.keys() >= FIGURES
    assert (found["p_at_1"], found["safety_recall"]) == (1, None)


def test_shows_plainer_means_beside_ours_and_writes_the_page(files: tuple[str, str], tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    asked = ["evaluate", "--phrasings", files[0], "--messages", files[1], "--perturb", "kana", "--page", str(page)]
    result = CliRunner().invoke(cli, asked)

    assert result.exit_code == 0, result.output
    assert "substring keyword" in result.stdout
    assert "BM25 over lemmas" in result.stdout
    assert "### All in kana" in page.read_text()


def write(file: Path, lines: Iterable[object]) -> str:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(file)


def test_prints_figures_over_all_files_and_shows_each_on_the_page(tmp_path: Path, small_pack: Path) -> None:
    page = tmp_path / "page.md"
    first = write(tmp_path / "first.jsonl", [{"text": "痛み止めは飲んでいいですか", "want": ["faq/none"]}] * 3)
    second = write(tmp_path / "second.jsonl", [{"text": "円周率を教えて", "want": []}])
    asked = ["evaluate", "--content", str(small_pack), "--messages", first, "--messages", second, "--json"]
    result = CliRunner().invoke(cli, [*asked, "--page", str(page)])
    found = json.loads(result.stdout)

    assert (found["messages"], found["n"]) == (4, 3)
    assert found["index_build_s"] > 0
    assert found["safety_build_s"] >= 0
    shown = page.read_text()
    assert shown.index(f"## {first}\n") < shown.index("3 labelled messages, 3 of them in scope")
    assert shown.index(f"## {second}\n") < shown.index("1 labelled messages, 0 of them in scope")
    assert shown.count("| without words |") == shown.count("| without doubt |") == 2


def test_knows_any_ids_and_many_of_them(tmp_path: Path) -> None:
    things = ["鍵", "財布", "傘", "時計", "眼鏡", "帽子", "手袋", "切符", "電話", "荷物", "上着", "指輪"]
    wordings = ["{}をなくした", "{}が見つからない", "{}はどこですか", "{}を忘れました", "{}の落とし物"]
    phrasings = [
        {"id": f"棚 {n}/{n}", "text": words.format(thing)} for n, thing in enumerate(things) for words in wordings
    ]
    messages = [{"text": f"{thing}が届いていませんか", "want": [f"棚 {n}/{n}"]} for n, thing in enumerate(things)]
    files = write(tmp_path / "phrasings.jsonl", phrasings), write(tmp_path / "messages.jsonl", messages)
    result = CliRunner().invoke(cli, ["evaluate", "--phrasings", files[0], "--messages", files[1], "--json"])
    found = json.loads(result.stdout)

    # The best id counts even where the matcher would rather ask back.
    assert found["p_at_1"] == 1
    assert found["safety_build_s"] is None


def test_a_file_without_messages_is_no_error(files: tuple[str, str], tmp_path: Path) -> None:
    empty = write(tmp_path / "empty.jsonl", [])
    asked = ["evaluate", "--phrasings", files[0], "--messages", empty, "--page", str(tmp_path / "page.md")]

    assert CliRunner().invoke(cli, asked).exit_code == 0


@pytest.mark.parametrize(("place", "name"), [("--phrasings", "phrasings"), ("--messages", "messages")])
def test_says_which_line_is_wrong(files: tuple[str, str], place: str, name: str) -> None:
    broken = next(file for file in files if name in Path(file).name)
    Path(broken).write_text('{"text": "背中"}\n')
    result = CliRunner().invoke(cli, ["evaluate", "--phrasings", files[0], "--messages", files[1]])

    assert result.exit_code == 1
    assert "line 1" in result.output


def test_says_that_there_is_nothing_to_learn_from(files: tuple[str, str]) -> None:
    Path(files[0]).write_text("\n")
    result = CliRunner().invoke(cli, ["evaluate", "--phrasings", files[0], "--messages", files[1]])

    assert result.exit_code == 1
    assert "holds no phrasings" in result.output


def test_says_that_a_file_is_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["evaluate", "--messages", str(tmp_path / "none.jsonl")])

    assert result.exit_code == 1
    assert "none.jsonl" in result.output
