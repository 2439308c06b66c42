import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import db, people
from bot.cli import cli
from bot.delivery import inbox
from bot.teaching import evidence
from tests.fakes import NOON

TEXT = "きしきしするの"


@pytest.fixture(autouse=True)
def _practice(surroundings: pytest.MonkeyPatch, small_pack: Path) -> None:
    """A database of its own and the dental practice's pack."""
    surroundings.setenv("CONTENT_DIR", str(small_pack))
    surroundings.setenv("DATABASE_URL", "sqlite:///senaka.db")


def content(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["content", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refusal(*arguments: str) -> str:
    result = content(*arguments)
    assert result.exit_code == 1
    told = str(result.exception)
    assert "\n" not in told
    return told


def listed() -> list[str]:
    return content("taught").stdout.splitlines()


def write(text: str, *, offered: tuple[str, ...] = (), picked: str | None = None) -> int:
    """Somebody writes *text* and is offered, and picks, such ids."""
    sessions = db.connect("sqlite:///senaka.db")
    name = str(len(text))
    event = {"type": "message", "webhookEventId": name, "message": {"type": "text", "id": name, "text": text}}
    with sessions.begin() as session:
        person, _ = people.meet(session, "U" + name, NOON)
        inbox.receive(session, [event], NOON)
        number = evidence.keep(session, person, event_id=name, offered=offered, now=NOON)
        assert number is not None
        if picked is not None:
            evidence.pick(session, person, picked, number=number, now=NOON)
    db.engine_of(sessions).dispose()
    return number


def test_a_text_is_taught_listed_and_forgotten() -> None:
    taught = content("teach", "faq/whitening", TEXT, "--by", "Aya")

    assert taught.exit_code == 0, taught.output
    before, after, compared, saved = taught.stdout.splitlines()
    assert before.startswith(f"before: 「{TEXT}」 is ")
    assert "faq/whitening ホワイトニング (1.00)" not in before
    assert after == f"after:  「{TEXT}」 is faq/whitening ホワイトニング (1.00)"
    assert compared.startswith("compared: 80 messages, answered worse: 0")
    assert saved == f"taught: 「{TEXT}」 is faq/whitening"
    first, last = listed()
    assert first.startswith(f"faq/whitening  「{TEXT}」  (")
    assert first.endswith(", Aya)")
    assert last == "1 phrasings of staff"

    assert content("forget", TEXT).stdout == f"forgotten: 「{TEXT}」 was faq/whitening\n"
    assert listed() == ["0 phrasings of staff"]


def test_a_text_that_nothing_of_ours_answers_is_taught_as_none() -> None:
    taught = content("teach", "none", "歯医者さんの給料っていくらぐらい")

    assert taught.exit_code == 0, taught.output
    assert "is not understood" in taught.stdout.splitlines()[1]
    assert listed()[0].startswith("none  「歯医者さんの給料っていくらぐらい」")


def test_what_takes_over_a_phrasing_of_another_entry_is_refused() -> None:
    hurts = "はのきばみがきになる"  # The pack has it for whitening, in other letters.

    refused = content("teach", "faq/children", hurts)

    assert refused.exit_code == 1
    assert "answered worse: " in refused.stdout
    assert "  「歯の黄ばみが気になる」 is faq/whitening" in refused.stdout
    assert str(refused.exception) == "nothing was saved; word it otherwise, or save it with --anyway"
    assert listed() == ["0 phrasings of staff"]

    assert content("teach", "faq/children", hurts, "--anyway").exit_code == 0
    assert len(listed()) == 2


def test_what_would_be_read_otherwise_all_the_same_is_refused() -> None:
    refused = content("teach", "faq/children", "ホワイトニング")  # The very name of another entry.

    assert refused.exit_code == 1
    assert "TEXT would still be read otherwise" in refused.stdout


def test_labelled_messages_are_compared_with_their_figures(tmp_path: Path) -> None:
    messages = [
        {"text": "きしきしする歯", "want": ["faq/whitening"]},
        {"text": "子供の歯の話", "want": ["faq/children"]},
        {"text": "もう死にたい", "want": ["safety/crisis"], "group": "safety"},
    ]
    file = tmp_path / "messages.jsonl"
    file.write_text("".join(json.dumps(message) + "\n" for message in messages), encoding="utf-8")

    taught = content("teach", "faq/whitening", TEXT, "--messages", str(file))

    assert taught.exit_code == 0, taught.output
    assert "messages: 3                 before   after" in taught.stdout
    assert "  safety recall            100.0 % 100.0 %" in taught.stdout
    assert "compared: 83 messages" in taught.stdout


def test_bad_input_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text("nonsense\n", encoding="utf-8")

    assert "'faq/nothing' is no id of the content pack" in refusal("teach", "faq/nothing", TEXT)
    assert "safety is decided by rules only" in refusal("teach", "safety/crisis", TEXT)
    assert "answered by the safety rules" in refusal("teach", "faq/children", "もう死にたいです", "--anyway")
    assert "holds no words" in refusal("teach", "faq/children", "。")
    assert "not UTF-8" in refusal("teach", "faq/children", "\udce3")
    assert "is not taught" in refusal("forget", TEXT)
    assert "line 1: is not of the form" in refusal("teach", "faq/children", TEXT, "--messages", str(file))
    assert "no evidence waits as 7" in refusal("evidence", "--drop", "7")
    assert content("evidence", "--drop", "none").exit_code == 2
    assert content("teach", "faq/children").exit_code == 2


def test_a_database_that_cannot_be_used_is_told_in_one_line(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_text("this is no database\n" * 100, encoding="utf-8")
    surroundings.setenv("DATABASE_URL", "sqlite:///broken.db")

    for command in (["teach", "none", TEXT], ["forget", TEXT], ["taught"], ["evidence"]):
        assert "cannot be used (file is not a database)" in refusal(*command)


def test_what_the_pack_has_outgrown_is_marked_in_the_list(
    surroundings: pytest.MonkeyPatch, small_pack: Path, tmp_path: Path
) -> None:
    assert content("teach", "faq/whitening", TEXT).exit_code == 0
    file = tmp_path / "pack" / "faqs" / "teeth.yaml"
    file.parent.mkdir(parents=True)
    for path in small_pack.rglob("*"):
        if path.is_file():
            copy = tmp_path / "pack" / path.relative_to(small_pack)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    file.write_text(file.read_text(encoding="utf-8").replace("歯を白くしたい", TEXT), encoding="utf-8")
    surroundings.setenv("CONTENT_DIR", str(tmp_path / "pack"))
    assert "the pack has this text itself now" in listed()[0]

    file.write_text(file.read_text(encoding="utf-8").replace("faq/whitening", "faq/white"), encoding="utf-8")
    assert "the pack has no such entry any more" in listed()[0]


def test_evidence_is_listed_dropped_and_used() -> None:
    assert content("evidence").stdout == "0 texts wait\n"
    picked = write(TEXT, offered=("faq/children", "faq/whitening"), picked="faq/whitening")
    lost = write("なにこれ\n\x1b[31mほげほげ")
    silent = write("しみるかも", offered=("faq/children",))

    assert content("evidence").stdout.splitlines() == [
        f"{picked}  「{TEXT}」  picked faq/whitening; of faq/children, faq/whitening",
        f"{lost}  「なにこれ  [31mほげほげ」  not understood",
        f"{silent}  「しみるかも」  nothing picked of faq/children",
        "3 texts wait",
    ]

    assert content("evidence", "--drop", str(lost)).stdout == f"dropped: {lost} (1 messages)\n"
    assert content("teach", "faq/whitening", TEXT).stdout.endswith("; evidence used: 1\n")
    assert content("evidence").stdout.splitlines()[1:] == ["1 texts wait"]
