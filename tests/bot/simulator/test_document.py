"""What docs/simulator.md says can be done, and what can be done is said there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from bot.simulator import admin
from bot.simulator.acts import ACTS, GROUP_ACTS
from bot.simulator.platform import Platform
from bot.simulator.troubles import NAMES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
SECONDS = 60


def block(language: str, within: str) -> str:
    """The first block of code in *language* below the heading *within*."""
    return re.search(rf"```{language}\n(.*?)```", PAGE.partition(f"## {within}")[2], re.DOTALL)[1]


def test_the_example_runs_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "echo_bot.py").write_text(block("python", "A bot and a talk"), encoding="utf-8")
    script = block("sh", "A bot and a talk")
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
    }
    ran = subprocess.run(
        ["bash", "-e"], input=script, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SECONDS
    )

    assert ran.returncode == 0, ran.stderr
    told = _values(ran.stdout)
    events, book, talk, troubles, more = told
    assert [event["type"] for event in events] == ["follow", "message"]
    assert [(send["endpoint"], send["messages"][0]["text"]) for send in book] == [("reply", "hello")]
    assert [item["from"] for item in talk["items"]] == ["notice", "person", "bot"]
    assert (troubles, more[0]["message"]["text"]) == ({"error": "next"}, "again")


def _values(told: str) -> list:
    """All JSON values in *told*, one after another."""
    values, decoder = [], json.JSONDecoder()
    while told := told.lstrip():
        value, end = decoder.raw_decode(told)
        values.append(value)
        told = told[end:]
    return values


def test_every_route_act_trouble_and_setting_is_in_the_document(app: Flask, platform: Platform) -> None:
    app.register_blueprint(admin.build_blueprint(platform))
    client = app.test_client()
    routes = client.get("/admin").get_json()["routes"]
    settings = client.get("/admin/settings").get_json()

    assert all(route["does"] for route in routes)
    words = [f"`{route['method']} {route['path'].replace('<chat_id>', '<id>')}" for route in routes]
    words += [f"`{name}`" for name in (*ACTS, *GROUP_ACTS, *NAMES, *settings)]
    assert [word for word in words if word not in PAGE] == []


@pytest.mark.parametrize("name", ["port", "webhook", "monthly-limit", "silence", "verified"])
def test_every_option_is_in_the_document(name: str) -> None:
    assert f"| `--{name}" in PAGE
