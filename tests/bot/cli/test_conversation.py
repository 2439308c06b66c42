import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import cli

ROOT = Path(__file__).resolve().parents[3]
KEYS = {"text", "outcome", "id", "candidates", "slots", "why"}


def match(given: str | bytes, folder: Path, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """``python -m bot match`` as a process that has nothing but the program."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "match"],
        input=given if isinstance(given, bytes) else given.encode(),
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        timeout=120,
        check=False,
    )


def lines(*asked: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in asked)


def answers(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.decode().splitlines()]


def test_match_needs_nothing_and_writes_one_json_line_for_each(tmp_path: Path) -> None:
    asked = [
        {"text": "タオルローイングのやり方", "id": 7, "expected": "exercise/towel-rowing", "note": {"any": "thing"}},
        {"text": "明日6時半に教えて", "now": "2026-11-20T10:00:00+09:00"},
        {"text": "明日6時半に教えて", "now": "2026-11-20T10:00:00"},
        {"text": "タオルローイングのやり方", "now": None},
        {"text": ""},
        {"text": "👨‍👩‍👧‍👦 ｾﾅｶ\u3099 \u0000 \n\t 🫠"},
        {"text": "長い" * 5000},
    ]

    done = match(lines(*asked[:3]) + b"\n  \n" + lines(*asked[3:]) + b'{"text": "\\ud83d half a pair"}', tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    found = answers(done.stdout)
    assert len(found) == len(asked) + 1
    assert all(set(one) - {"bare"} == KEYS for one in found)
    assert [one["text"] for one in found] == [*(one["text"] for one in asked), "\ud83d half a pair"]
    towel = found[0]
    assert (towel["outcome"], towel["id"]) == ("answer", "exercise/towel-rowing")
    assert towel["candidates"][0]["id"] == "exercise/towel-rowing"
    assert all(set(one) == {"id", "score"} for one in towel["candidates"])
    assert found[1]["slots"]["time"] == "06:30"
    assert found[1]["bare"] is True
    assert found[2] == found[1]
    assert found[3] == towel
    assert "タオルローイング".encode() in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_match_prints_remarks_on_a_reminder_beside_its_slots(small_pack: Path) -> None:
    given = lines(
        {"text": "12/30から1/3まで通知止めて", "now": "2026-11-20T10:00:00+09:00"},
        {"text": "通知を7時にして", "now": "2026-11-20T10:00:00+09:00"},
        {"text": "通知を99時にして", "now": "2026-11-20T10:00:00+09:00"},
        {"text": "祝日は通知を止めて", "now": "2026-11-20T10:00:00+09:00"},
    )

    done = CliRunner().invoke(cli, ["match", "--content", str(small_pack)], input=given)

    pause, bare, impossible, holidays = answers(done.stdout_bytes)
    slots = {"routine", "time", "days", "until", "minutes"}
    assert all(set(one["slots"]) == slots for one in (pause, bare, impossible))
    assert set(holidays["slots"]) == {*slots, "holidays"}
    assert {key: pause[key] for key in set(pause) - KEYS} == {"from": "2026-12-30"}
    assert {key: bare[key] for key in set(bare) - KEYS} == {"bare": True}
    assert {key: impossible[key] for key in set(impossible) - KEYS} == {"impossible": True}
    assert set(holidays) == KEYS


def test_match_reads_the_pack_that_env_names_whatever_the_terminal_speaks(tmp_path: Path, small_pack: Path) -> None:
    (tmp_path / ".env").write_text(f"CONTENT_DIR={small_pack}\nDATABASE_URL=nothing\n", encoding="utf-8")

    done = match(lines({"text": "歯を白くしたい"}), tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C")

    assert (done.returncode, done.stderr) == (0, b"")
    [found] = answers(done.stdout)
    assert found["id"] == "faq/whitening"


@pytest.mark.parametrize(
    "bad",
    [
        b"no json",
        b'"text"',
        b"[]",
        b"null",
        b"{}",
        b'{"text": 5}',
        b'{"text": null}',
        b'{"text": "a", "now": "noon"}',
        b'{"text": "a", "now": 5}',
        b'{"text": "\xff"}',
        b"[" * 100_000,
    ],
    ids=lambda bad: bad[:30].decode("latin-1"),
)
def test_match_tells_a_bad_line_with_its_number_after_the_good_ones(
    surroundings: pytest.MonkeyPatch, small_pack: Path, bad: bytes
) -> None:
    given = lines({"text": "歯を白くしたい"}) + b"\n" + bad + b"\n" + lines({"text": "not reached"})

    result = CliRunner().invoke(cli, ["match", "--content", str(small_pack)], input=given)

    told = str(result.exception)
    assert result.exit_code == 1
    assert told.startswith("line 3: is not of the form ")
    # click's runner puts what Python would write on standard error behind the output.
    [found] = answers(result.stdout_bytes.strip().removesuffix(told.encode()))
    assert found["id"] == "faq/whitening"


def test_match_tells_a_bad_line_on_standard_error_alone(tmp_path: Path, small_pack: Path) -> None:
    done = match(lines({"text": "歯を白くしたい"}) + b"bad\n", tmp_path, CONTENT_DIR=str(small_pack))

    assert done.returncode == 1
    assert [one["id"] for one in answers(done.stdout)] == ["faq/whitening"]
    assert done.stderr.decode().splitlines() == [
        'line 2: is not of the form {"text": "…", "now": "2026-11-20T10:00:00+09:00"}'
    ]


def test_chat_greets_answers_and_ends_with_the_input(surroundings: pytest.MonkeyPatch, small_pack: Path) -> None:
    result = CliRunner().invoke(cli, ["chat", "--content", str(small_pack)], input="歯を白くしたい\n\nメニュー\n")

    assert result.exit_code == 0, result.output
    assert "まっしろ歯科" in result.stdout
    assert "ホワイトニング" in result.stdout
    assert result.stdout.endswith("\n")
    assert result.stderr == ""
    assert list(Path().iterdir()) == []


def test_chat_tells_below_each_answer_how_the_message_was_taken(
    surroundings: pytest.MonkeyPatch, small_pack: Path
) -> None:
    # The greeting and the tapped button were not read.
    given = "歯を白くしたい\nメニュー\n胸が\x1b苦しい\n"

    shown = CliRunner().invoke(cli, ["chat", "--content", str(small_pack)], input=given)
    hidden = CliRunner().invoke(cli, ["chat", "--content", str(small_pack), "--no-why"], input=given)

    reasons = [line for line in shown.stdout.splitlines() if line.startswith("  (")]
    assert len(reasons) == 2
    assert re.fullmatch(r"  \(faq/whitening \d+ %: .*「.+」.*\)", reasons[0])
    assert reasons[1].startswith("  (safety/")
    assert hidden.exit_code == 0
    assert not any(line.startswith("  (") for line in hidden.stdout.splitlines())


def test_chat_without_any_input_ends_politely(surroundings: pytest.MonkeyPatch, small_pack: Path) -> None:
    result = CliRunner().invoke(cli, ["chat", "--content", str(small_pack)], input="")

    assert result.exit_code == 0
    assert "Aborted" not in result.output


def test_rehearse_tells_what_differs_and_fails(
    surroundings: pytest.MonkeyPatch, small_pack: Path, tmp_path: Path
) -> None:
    script = tmp_path / "teeth.yaml"
    script.write_text(
        """
        - name: as it is
          turns:
            - {say: 歯を白くしたい, expect: {outcome: answer, id: [faq/whitening], contains: ["19,800円"]}}
        - name: as it is not
          turns:
            - {say: 歯を白くしたい, expect: {id: [faq/children], contains: [ただ], quick_replies_min: 50}}
            - {tap: 無いボタン}
        """,
        encoding="utf-8",
    )

    result = CliRunner().invoke(cli, ["rehearse", "--content", str(small_pack), str(script)])

    assert result.exit_code == 1
    told = result.stdout.splitlines()
    assert told[-1] == "2 dialogues, 4 differences"
    assert all(line.startswith(f"{script}: as it is not: turn ") for line in told[:-1])
    assert "it is about ['faq/whitening'], not ['faq/children']" in told[0]
    assert "'ただ' is missing" in told[1]
    assert "there is no button '無いボタン'" in told[3]


def test_rehearse_succeeds_when_all_goes_as_written(
    surroundings: pytest.MonkeyPatch, small_pack: Path, tmp_path: Path
) -> None:
    script = tmp_path / "teeth.yaml"
    script.write_text("- {name: a, turns: [{say: 歯を白くしたい, expect: {outcome: answer}}]}\n", encoding="utf-8")

    result = CliRunner().invoke(cli, ["rehearse", "--content", str(small_pack), str(script), str(script)])

    assert (result.exit_code, result.stdout) == (0, "2 dialogues, 0 differences\n")


@pytest.mark.parametrize("text", [None, "- name: [", "- {name: a, turns: [{sya: b}]}\n", "name: a\n"])
def test_rehearse_tells_a_script_that_it_cannot_read(
    surroundings: pytest.MonkeyPatch, small_pack: Path, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "script.yaml").write_text(text, encoding="utf-8")

    result = CliRunner().invoke(cli, ["rehearse", "--content", str(small_pack), "script.yaml"])

    assert result.exit_code == 1
    assert str(result.exception).startswith("script.yaml: ")
