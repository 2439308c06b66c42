import os
import subprocess
import sys
from pathlib import Path

from bot import migrate

ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, url: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": url,
        "LINE_CHANNEL_SECRET": "5" * 32,
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
    }
    return subprocess.run(
        [sys.executable, "-c", "import bot.wsgi"],
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
