"""No secret stands in the repository, and whatever goes wrong, none is said: not in a log, a page, a traceback or a value shown."""

import ast
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import db, web
from bot.line.login import LineLogin
from bot.line.messenger import LineMessenger
from bot.settings import Settings, SettingsError, load
from tests.fakes import FakeClock

ROOT = Path(__file__).resolve().parents[1]
CHANNEL, TOKEN, LOGIN, PASSWORD = "c1" * 16, "access-token/of+the=channel", "d2" * 16, "word-of-the-database"
SEAL = "c2VuYWthLXRlc3Rpbmctb25seS1hLWtleS0zMi1ieXQ="
FIGURES, BEATS = "figures-for-those-who-know", "b0b1b2b3-heart-beats-there"
SECRETS = (CHANNEL, TOKEN, LOGIN, PASSWORD, SEAL, FIGURES, BEATS)
NOBODY_LISTENS = "127.0.0.1:9"
SURROUNDINGS = {
    "LINE_CHANNEL_SECRET": CHANNEL,
    "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
    "LINE_LOGIN_CHANNEL_ID": "1234567890",
    "LINE_LOGIN_CHANNEL_SECRET": LOGIN,
    "DATABASE_URL": f"postgresql+psycopg://senaka:{PASSWORD}@{NOBODY_LISTENS}/senaka",
    "DATA_KEY": SEAL,
    "METRICS_TOKEN": FIGURES,
    "HEARTBEAT_URL": f"http://{NOBODY_LISTENS}/{BEATS}",
    "LINE_API_BASE": f"http://{NOBODY_LISTENS}",
}
LOOKS_SECRET = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "an access token of a LINE channel": r"[A-Za-z0-9+/]{100,}/1O/w1cDnyilFU=",
    "a key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b",
    "a token of Slack": r"\bxox[abpr]-[A-Za-z0-9-]{10,}",
    "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a key of OpenAI, Anthropic or Stripe": r"\b(?:sk|rk)[-_](?:ant|proj|live)[-_][A-Za-z0-9_-]{20,}",
    "a token of PyPI or npm": r"\b(?:pypi-AgE[A-Za-z0-9_-]{50,}|npm_[A-Za-z0-9]{36})\b",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}",
    "a password in an address": r"postgres(?:ql)?(?:\+\w+)?://[\w.-]+:(?!password@|secret@|PASSWORD@)[^@\s{}\"'$<>]{6,}@(?!localhost|127\.)",
    "a setting with its secret": r"(?m)^(?:LINE_[A-Z_]*(?:SECRET|TOKEN)|DATA_KEY|SECRET_KEY)=[^\s$<{]{8,}",
}
"""After the rules of gitleaks, as far as they are about what somebody who works on this could paste."""


def tracked() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no repository here")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_nothing_in_the_repository_looks_like_a_secret() -> None:
    found = []
    for path in tracked():
        if path.suffix in (".png", ".jpg", ".gif", ".ico", ".otf") or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {what}" for what, form in LOOKS_SECRET.items() if re.search(form, text)]

    assert found == [], "take it out, and make a new one: what was committed once is known"


def test_no_file_is_kept_that_holds_settings_keys_or_data() -> None:
    names = [path.name for path in tracked()]

    assert [name for name in names if re.search(r"^\.env$|\.(?:pem|key|p12|pfx|sqlite3?|db|dump)$", name)] == []


@pytest.mark.parametrize(
    "text",
    ["-----BEGIN RSA PRIVATE KEY-----", "AKIA" + "A1" * 8, "ghp_" + "a" * 36, "LINE_CHANNEL_SECRET=" + "0f" * 16]
    + ["postgresql://senaka:hunter22@db.example/x", "x" * 120 + "/1O/w1cDnyilFU="],
)
def test_what_looks_like_a_secret_is_seen(text: str) -> None:
    assert any(re.search(form, text) for form in LOOKS_SECRET.values())


def test_values_with_a_secret_in_them_do_not_show_it() -> None:
    settings = Settings(_env_file=None, **{name.lower(): value for name, value in SURROUNDINGS.items()})  # type: ignore[arg-type]
    messenger = LineMessenger(TOKEN, settings.line_api_base)
    shown = [
        f"{one!r} {one}" for one in (settings, messenger, LineLogin("1", LOGIN), db.connect(settings.database_url))
    ]

    assert [secret for secret in SECRETS if secret in "\n".join(shown)] == []


def test_every_class_that_holds_a_secret_keeps_it_out_of_its_repr() -> None:
    showing = []
    for path in ROOT.glob("bot/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef) or "dataclass" not in ast.dump(ast.List(elts=node.decorator_list)):
                continue
            showing += [
                f"{path.relative_to(ROOT)}: {node.name}.{line.target.id}"
                for line in node.body
                if isinstance(line, ast.AnnAssign)
                and isinstance(line.target, ast.Name)
                and re.search(r"secret|password|(?<!reply_)\btoken|verifier|nonce", line.target.id)
                and "str" in ast.unparse(line.annotation)
                and "repr=False" not in ast.unparse(line)
            ]

    assert showing == [], "write field(repr=False)"


def test_wrong_settings_are_told_without_their_values() -> None:
    wrong = {
        "line_channel_secret": CHANNEL,
        "line_login_channel_secret": LOGIN,
        "database_url": f"mysql://u:{PASSWORD}@host/name",
        "port": TOKEN,
        "public_url": f"http://u:{PASSWORD}@host",
        "allowed_hosts": f"u:{PASSWORD}@host",
    }
    with pytest.raises(SettingsError) as told:
        load(_env_file=None, **wrong)

    assert [secret for secret in SECRETS if secret in str(told.value)] == []


def test_pages_and_logs_tell_no_secret_when_the_database_is_away(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sessions = db.connect(SURROUNDINGS["DATABASE_URL"])
    app = web.create(channel_secret=CHANNEL, sessions=sessions, clock=clock, pictures=tmp_path, wake=lambda: None)

    asked = [
        "/healthz",
        "/readyz",
        "/metrics",
        "/go/1-0-" + "0" * 32,
        "/pictures/u/" + "0" * 64 + ".png",
        "/nowhere",
        f"/{CHANNEL[:3]}",
    ]
    answers = [app.test_client().get(path, headers={"X-Line-Signature": "x"}) for path in asked]

    assert {answer.status_code for answer in answers} >= {500, 503, 404}
    said = caplog.text + "\n".join(f"{answer.headers} {answer.text}" for answer in answers)
    assert "OperationalError" in said
    assert [secret for secret in SECRETS if secret in said] == []


@pytest.mark.parametrize(
    "command",
    ["worker", "migrate", "richmenu show", "-c import bot.wsgi"],
)
def test_no_command_tells_a_secret_when_neither_database_nor_line_can_be_reached(tmp_path: Path, command: str) -> None:
    arguments = ["-c", "import bot.wsgi"] if command.startswith("-c") else ["-m", "bot", *command.split()]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "DEBUG",
        "PORT": "0",
        **SURROUNDINGS,
    }

    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode != 0
    assert [secret for secret in SECRETS if secret in done.stdout + done.stderr] == []
