"""`python -m bot doctor` and `python -m bot setup` against a LINE of our own."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.clock import system_clock
from bot.settings import load
from tests.bot.cli.conftest import Run
from tests.line_stand_in import SECRET, TOKEN, LineStandIn, line

ADDRESS = "https://line.example.com"
SET = (f"LINE_CHANNEL_SECRET={SECRET}", f"LINE_CHANNEL_ACCESS_TOKEN={TOKEN}", f"PUBLIC_URL={ADDRESS}")
GOOD = ("--secret", SECRET, "--token", TOKEN, "--public-url", ADDRESS, "--yes")


@pytest.fixture
def platform(run: Run, surroundings: pytest.MonkeyPatch) -> Iterator[LineStandIn]:
    with line(system_clock) as made:
        surroundings.setenv("LINE_API_BASE", made.base)
        yield made


def env() -> str:
    return Path(".env").read_text(encoding="utf-8")


def test_one_command_connects_a_channel(run: Run, platform: LineStandIn) -> None:
    done = run("setup", *GOOD)

    assert env() == f"LINE_CHANNEL_SECRET={SECRET}\nLINE_CHANNEL_ACCESS_TOKEN={TOKEN}\nPUBLIC_URL={ADDRESS}\n"
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600
    assert platform.platform.webhook_url == f"{ADDRESS}/line/webhook"
    assert f"{ADDRESS}/staff/invitation/" in done.output
    assert "auto-response off" in done.output
    # Nothing listens at the address: that is what is left to do.
    assert "the program does not run yet" in done.output
    assert done.exit_code == 1
    assert SECRET not in done.output
    assert TOKEN not in done.output


def test_a_second_time_changes_nothing(run: Run, platform: LineStandIn) -> None:
    run("setup", *GOOD)
    before, changed = env(), [door for door in platform.asked if door[0] == "PUT"]

    again = run("setup", "--yes")

    assert env() == before
    assert [door for door in platform.asked if door[0] == "PUT"] == changed
    assert ".env is right already" in again.output
    assert "nobody has opened yet" in again.output
    assert "/staff/invitation/" not in again.output


def test_other_lines_and_comments_of_the_env_file_stay(run: Run, platform: LineStandIn) -> None:
    Path(".env").write_text("# ours\nHOST=0.0.0.0\nLINE_CHANNEL_SECRET=\n# the end\n", encoding="utf-8")

    run("setup", *GOOD)

    assert env().splitlines()[:4] == ["# ours", "HOST=0.0.0.0", f"LINE_CHANNEL_SECRET={SECRET}", "# the end"]


@pytest.mark.parametrize("text", ["\ufeffHOST=0.0.0.0\n", "\ufeffHOST=0.0.0.0\r\n", '\ufeff HOST = "0.0.0.0" \r\n'])
def test_an_env_file_of_another_editor_is_read_as_it_was_meant(run: Run, platform: LineStandIn, text: str) -> None:
    Path(".env").write_bytes(text.encode())
    assert load().host == "0.0.0.0"  # noqa: S104 - only a word that is looked for

    run("setup", *GOOD)

    assert load().host == "0.0.0.0"  # noqa: S104 - as above
    assert env().splitlines()[1:] == [*SET]


@pytest.mark.parametrize(
    "text", ["\ufeffPUBLIC_URL=https://old.example.com\n", "PUBLIC_URL = 'https://old.example.com'\r\n"]
)
def test_a_setting_is_replaced_and_not_written_twice(run: Run, platform: LineStandIn, text: str) -> None:
    Path(".env").write_bytes(text.encode())

    run("setup", *GOOD)

    assert sorted(env().splitlines()) == sorted(SET)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_sets_up_can_be_read_by_whose_folder_it_is(run: Run, platform: LineStandIn) -> None:
    os.chown(".", 4711, 4711)

    run("setup", *GOOD)

    assert (Path(".env").stat().st_uid, stat.S_IMODE(Path(".env").stat().st_mode)) == (4711, 0o600)


@pytest.mark.parametrize(
    ("secret", "token", "says"),
    [
        (SECRET, "expired", "does not know the access token (401)"),
        ("6" * 32, TOKEN, "not of the channel that the token is of"),
        ("2000000001", TOKEN, "that is the channel id"),
        (TOKEN + "x" * 60, TOKEN, "looks like the access token"),
        (SECRET, SECRET, "looks like the channel secret"),
        (SECRET, "トークン", "signs in it that no token has"),
        ("U" + SECRET, TOKEN, "your user id"),
        (SECRET[:-1], TOKEN, "it has 31 signs"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_written(
    run: Run, platform: LineStandIn, secret: str, token: str, says: str
) -> None:
    refused = run("setup", "--secret", secret, "--token", token, "--public-url", ADDRESS, "--yes")

    assert refused.exit_code == 1
    assert says in refused.output
    assert not Path(".env").exists()
    assert not any(method == "PUT" for method, _ in platform.asked)


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        (f"  {TOKEN}\n", "spaces around it"),
        (f'"{TOKEN}"', "quotes"),
        (f"{TOKEN[:5]}\n{TOKEN[5:]}", "line breaks"),
        (f"Bearer {TOKEN}", "'Bearer'"),
        (f"LINE_CHANNEL_ACCESS_TOKEN={TOKEN}", "'LINE_CHANNEL_ACCESS_TOKEN'"),
        (f"\u200b{TOKEN}", "cannot be seen"),
    ],
)
def test_what_was_pasted_along_is_taken_away(run: Run, platform: LineStandIn, pasted: str, says: str) -> None:
    done = run("setup", "--secret", SECRET, "--token", pasted, "--public-url", ADDRESS, "--yes")

    assert says in done.output
    assert f"LINE_CHANNEL_ACCESS_TOKEN={TOKEN}\n" in env()


def test_it_asks_until_line_knows_what_it_is_told(
    run: Run, platform: LineStandIn, surroundings: pytest.MonkeyPatch
) -> None:
    typed = "\n".join(["nonsense", "6" * 32, TOKEN, SECRET, "expired", TOKEN, "http://plain.example.com", ADDRESS, ""])

    done = CliRunner().invoke(cli, ["setup"], input=typed)

    assert "it has 8 signs with others among them" in done.output
    assert "not of the channel that the token is of" in done.output
    assert "(401)" in done.output
    # Of a pair that does not belong together both are asked for again, of a token that LINE does not know the token alone.
    assert done.output.count("channel secret (not shown)") == 3
    assert done.output.count("access token (not shown)") == 3
    assert "must be of the form https://host" in done.output
    assert TOKEN in env()
    assert SECRET not in done.output


def test_what_the_environment_sets_needs_no_file(
    run: Run, platform: LineStandIn, surroundings: pytest.MonkeyPatch
) -> None:
    surroundings.setenv("LINE_CHANNEL_SECRET", SECRET)
    surroundings.setenv("LINE_CHANNEL_ACCESS_TOKEN", TOKEN)
    surroundings.setenv("PUBLIC_URL", ADDRESS)

    done = run("setup", "--yes")
    other = run("setup", "--public-url", "https://other.example.com", "--yes")

    assert "the environment has it all" in done.output
    assert "the environment sets PUBLIC_URL to something else" in other.output
    assert not Path(".env").exists()


def test_doctor_tells_what_is_so_and_what_to_do_and_ends_with_one(run: Run, platform: LineStandIn) -> None:
    run("setup", *GOOD)

    told, listed, quiet = run("doctor"), run("doctor", "--json"), run("doctor", "--quiet")

    assert " BAD   tick: no worker has ever looked" in told.output
    assert "-> start the worker" in told.output
    found = {one["check"]: one for one in json.loads(listed.output)["findings"]}
    assert found["tick"]["level"] == "bad"
    assert found["token"]["level"] == "ok"
    assert "  ok  " not in quiet.output
    assert told.exit_code == listed.exit_code == quiet.exit_code == 1
    assert TOKEN not in told.output + listed.output


def test_without_a_channel_doctor_has_nothing_bad_and_strict_takes_warnings_for_it(run: Run) -> None:
    assert run("migrate").exit_code == 0
    lenient, strict = run("doctor"), run("doctor", "--strict")

    assert (lenient.exit_code, lenient.output.splitlines()[-1].endswith(" 0 bad")) == (0, True)
    assert strict.exit_code == 1


def test_wrong_settings_are_findings_too(run: Run, surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("PORT", "http")
    surroundings.setenv("LINE_CHANNEL_SECRET", SECRET)

    told = run("doctor")

    assert told.exit_code == 1
    assert "settings: PORT" in told.output
    assert "settings: LINE_CHANNEL_ACCESS_TOKEN" in told.output
    assert SECRET not in told.output
