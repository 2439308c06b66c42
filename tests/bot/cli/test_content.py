import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.settings import DEFAULT_CONTENT


def test_a_good_pack_is_counted(surroundings: pytest.MonkeyPatch, small_pack: Path) -> None:
    result = CliRunner().invoke(cli, ["content", "check", "--content", str(small_pack)])

    assert result.exit_code == 0, result.output
    assert result.stdout == "content: no problems (14 command, 2 faq, 3 safety; 95 phrasings)\n"


@pytest.mark.parametrize("way", ["option", "option of the program", "environment", ".env"])
def test_every_way_to_name_the_pack_is_honoured(
    surroundings: pytest.MonkeyPatch, small_pack: Path, tmp_path: Path, way: str
) -> None:
    arguments = {
        "option": ["content", "check", "--content", str(small_pack)],
        "option of the program": ["--content", str(small_pack), "content", "check"],
    }.get(way, ["content", "check"])
    (tmp_path / ".env").write_text("CONTENT_DIR=/nowhere\n", encoding="utf-8")
    if way == "environment":
        surroundings.setenv("CONTENT_DIR", str(small_pack))
    if way == ".env":
        # Another wrong setting is no matter of this command's.
        (tmp_path / ".env").write_text(f"CONTENT_DIR={small_pack}\nPORT=none\n", encoding="utf-8")

    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == 0, result.output
    assert "2 faq" in result.stdout


def test_a_broken_pack_is_told_problem_by_problem(
    surroundings: pytest.MonkeyPatch, small_pack: Path, tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(small_pack, pack)
    (pack / "origins.yaml").unlink()
    (pack / "faqs" / "more.yml").write_text("[]\n", encoding="utf-8")

    result = CliRunner().invoke(cli, ["content", "check", "--content", str(pack)])

    assert result.exit_code == 1
    assert str(result.exception).splitlines() == [
        "faqs/more.yml: 1: is not read: files of faqs/ end in .yaml; rename it or move it away",
        "origins.yaml: 1: is missing; it names the origins of the answers",
    ]


def test_the_rules_must_catch_what_the_safety_entries_promise(
    surroundings: pytest.MonkeyPatch, small_pack: Path, tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(small_pack, pack)
    safety = pack / "safety" / "safety.yaml"
    safety.write_text(safety.read_text(encoding="utf-8").replace("もう死にたい", "天気がいい"), encoding="utf-8")

    result = CliRunner().invoke(cli, ["content", "check", "--content", str(pack)])

    assert result.exit_code == 1
    problem = str(result.exception)
    line = next(
        number for number, text in enumerate(safety.read_text(encoding="utf-8").splitlines(), 1) if "天気がいい" in text
    )
    assert problem == (
        f"safety/safety.yaml: {line}: phrasings: '天気がいい' is not caught; "
        "add its words to a rule of safety/crisis in language/safety.yaml"
    )


def test_a_word_of_danger_that_can_match_no_message_is_told_with_its_line(
    surroundings: pytest.MonkeyPatch, small_pack: Path, tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(small_pack, pack)
    (pack / "language").mkdir(exist_ok=True)
    rules = pack / "language" / "safety.yaml"
    shutil.copy(DEFAULT_CONTENT / "language" / "safety.yaml", rules)
    written = rules.read_text(encoding="utf-8").replace("手術しかない？,", "\n      手術 しかない？,")
    rules.write_text(written, encoding="utf-8")

    result = CliRunner().invoke(cli, ["content", "check", "--content", str(pack)])

    line = next(number for number, text in enumerate(written.splitlines(), 1) if "手術 しかない" in text)
    assert result.exit_code == 1
    assert str(result.exception).startswith(
        f"language/safety.yaml: {line}: contexts.しない言い方.words: '手術 しかない？' can match no message: "
    )


def test_a_folder_that_is_none_is_told(surroundings: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(cli, ["content", "check", "--content", "nowhere"])

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert str(result.exception) == "nowhere: 1: is no folder; name one that holds a content pack"
