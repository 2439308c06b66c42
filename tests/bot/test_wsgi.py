import os
import subprocess
import sys
from pathlib import Path

from bot import migrate, sealed
from tests.written import places

ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, url: str, key: str = "", then: str = "") -> "subprocess.CompletedProcess[str]":
    """Import the web process with this DATA_KEY, and do what comes *then*."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": url,
        "LINE_CHANNEL_SECRET": "5" * 32,
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
        "DATA_KEY": key,
    }
    return subprocess.run(
        [sys.executable, "-c", f"import bot.wsgi\n{then}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_web_process_refuses_a_database_without_the_newest_schema_in_one_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'senaka.db'}"

    refused = start(tmp_path, url)
    migrate.upgrade(url)
    started = start(tmp_path, url)

    assert refused.returncode == 1
    assert refused.stderr.splitlines() == ["the database has not the newest schema; run `python -m bot migrate` first"]
    assert (started.returncode, started.stderr) == (0, "")


def test_the_collector_does_not_hold_up_webhooks_over_what_the_web_process_has_from_its_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'senaka.db'}"
    migrate.upgrade(url)

    done = start(tmp_path, url, then="import gc; assert len(gc.get_objects()) * 10 < gc.get_freeze_count()")

    assert (done.returncode, done.stderr) == (0, "")


SIGNED = """
import base64, hashlib, hmac
body = b'{"destination": "U0", "events": [{"type": "message", "webhookEventId": "e1", "timestamp": 1, "mode": "active", \\
"source": {"type": "user", "userId": "U1"}, "message": {"type": "text", "id": "1", "text": "HIMITSU4711"}}]}'
digest = hmac.new(b"5" * 32, body, hashlib.sha256).digest()
signed = {"X-Line-Signature": base64.b64encode(digest).decode()}
answer = bot.wsgi.web.test_client().post("/line/webhook", data=body, headers=signed)
assert answer.status_code == 200, answer.status
"""


def test_the_web_process_seals_what_it_hears_and_refuses_another_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'senaka.db'}"
    migrate.upgrade(url)

    heard = start(tmp_path, url, sealed.new_key(), then=SIGNED)

    assert heard.returncode == 0, heard.stderr
    assert places(url, "HIMITSU4711") == set()
    assert "inbox.raw" in places(url, sealed.PREFIX)
    for key, says in (("", "DATA_KEY: is not set"), (sealed.new_key(), "DATA_KEY: does not open")):
        refused = start(tmp_path, url, key)
        [line] = refused.stderr.splitlines()
        assert (refused.returncode, line.startswith(says)) == (1, True)
