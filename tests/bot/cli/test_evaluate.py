"""The command that measures: evaluate."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli

FIGURES = {
    "p_at_1", "mrr", "recall_at_3", "right", "offered", "wrong", "lost", "out_of_scope_answered", "ambiguous_ok",
    "safety_recall", "safety_kind", "false_alarms", "by_style", "reliability", "message_us", "index_build_s",
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
    assert "## All in kana" in page.read_text()


@pytest.mark.parametrize(("place", "name"), [("--phrasings", "phrasings"), ("--messages", "messages")])
def test_says_which_line_is_wrong(files: tuple[str, str], place: str, name: str) -> None:
    broken = next(file for file in files if name in Path(file).name)
    Path(broken).write_text('{"text": "背中"}\n')
    result = CliRunner().invoke(cli, ["evaluate", "--phrasings", files[0], "--messages", files[1]])

    assert result.exit_code == 1
    assert "line 1" in result.output


def test_says_that_a_file_is_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["evaluate", "--messages", str(tmp_path / "none.jsonl")])

    assert result.exit_code == 1
    assert "none.jsonl" in result.output
