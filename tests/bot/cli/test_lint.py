import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli


def test_what_may_not_be_sent_ends_with_one_and_says_why(surroundings: pytest.MonkeyPatch, small_pack: Path) -> None:
    result = CliRunner().invoke(
        cli, ["lint", "--content", str(small_pack), "--trade", "seitai", "こんにちは。\n腰痛が必ず治ります"]
    )

    assert result.exit_code == 1
    assert "2: high cure: 治り" in result.stdout
    assert "医師法" in result.stdout


def test_a_harmless_text_from_a_file_ends_with_nothing_found(
    surroundings: pytest.MonkeyPatch, small_pack: Path, tmp_path: Path
) -> None:
    (tmp_path / "notice.txt").write_text("明日は臨時休業いたします。", encoding="utf-8")

    result = CliRunner().invoke(cli, ["lint", "--content", str(small_pack), "--file", str(tmp_path / "notice.txt")])

    assert result.exit_code == 0
    assert result.stdout.startswith("lint: nothing found. ")


def test_a_hint_does_not_block_and_another_trade_may_be_asked_for(
    surroundings: pytest.MonkeyPatch, small_pack: Path
) -> None:
    result = CliRunner().invoke(
        cli, ["lint", "--content", str(small_pack), "--json", "--trade", "licensed", "料金は3,300円です"]
    )

    assert result.exit_code == 0
    (finding,) = map(json.loads, result.stdout.splitlines())
    assert (finding["id"], finding["level"], finding["start"]) == ("licensed-price", "low", 0)


def test_a_text_or_a_file_is_wanted(surroundings: pytest.MonkeyPatch, small_pack: Path) -> None:
    assert CliRunner().invoke(cli, ["lint"]).exit_code == 2
