"""Every documented property of Flex messages, drawn: what can be measured, and what it looks like."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from linebot.v3.messaging import FlexContainer

from bot.simulator.limits import check_send
from tests.visual import looks
from tests.visual.conftest import Stage

FOLDER = Path(__file__).parents[1] / "data" / "flex"
CARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
NEAR_PX = 0.8
BUBBLE = {"nano": 120, "micro": 160, "deca": 220, "hecto": 241, "kilo": 260, "mega": 300, "giga": 386}


@pytest.fixture
def stage(open_stage: Callable[[str], Stage]) -> Stage:
    """A desktop, on which all sizes but the widest have their full width."""
    return open_stage("desktop")


@pytest.mark.parametrize("name", CARDS)
def test_line_would_take_the_card_and_its_sdk_knows_every_property(name: str) -> None:
    contents = CARDS[name]["contents"]
    message = {"type": "flex", "altText": "カード", "contents": contents}
    assert check_send("push", {"to": "U1", "messages": [message]}) == []

    # The SDK drops what it does not know.
    known = FlexContainer.from_dict(contents).to_dict()
    assert _lost(contents, known) == []


@pytest.mark.browser
@pytest.mark.parametrize("name", CARDS)
def test_the_card_is_drawn_as_it_says(stage: Stage, name: str) -> None:
    stage.show_flex(CARDS[name]["contents"])
    for path, expected in CARDS[name]["facts"].items():
        others = {"sameHeightAs": "height", "atMost": "width", "atLeastLines": "lines"}
        found = stage.facts(path, [others.get(fact, fact) for fact in expected])
        for fact, value in expected.items():
            seen = found[others.get(fact, fact)]
            match fact:
                case "sameHeightAs":
                    assert seen == stage.facts(value, ["height"])["height"], path
                case "atMost":
                    assert seen <= value, path
                case "atLeastLines":
                    assert seen >= value, path
                case _ if isinstance(value, int | float) and not isinstance(value, bool):
                    assert seen == pytest.approx(value, abs=NEAR_PX), f"{fact} of {path}"
                case _:
                    assert seen == value, f"{fact} of {path}"
    looks.check(f"flex/{name}", stage.picture(".content > :first-child"))


@pytest.mark.browser
@pytest.mark.parametrize(("size", "width"), BUBBLE.items())
def test_a_bubble_is_as_wide_as_its_size_says(stage: Stage, size: str, width: int) -> None:
    body = {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "肩"}]}
    # In a carousel nothing but the size says how wide it is.
    stage.show_flex({"type": "carousel", "contents": [{"type": "bubble", "size": size, "body": body}]})

    assert stage.facts("", ["width"])["width"] == width


def _lost(given: Any, known: Any, where: str = "") -> list[str]:
    """The properties of *given* that *known* does not have."""
    if isinstance(given, list):
        pairs = zip(given, known, strict=True)
        return [lost for number, (one, other) in enumerate(pairs) for lost in _lost(one, other, f"{where}[{number}]")]
    if not isinstance(given, dict):
        return []
    return [
        lost
        for key, value in given.items()
        for lost in (_lost(value, known[key], f"{where}.{key}") if key in known else [f"{where}.{key}"])
    ]
