"""The comparison of pictures notices what a person would, and forgives what nobody sees."""

from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.visual import looks
from tests.visual.conftest import Stage

Json = dict[str, Any]


def card() -> Json:
    def button(label: str, **more: str) -> Json:
        return {"type": "button", "height": "sm", "action": {"type": "message", "label": label, "text": label}, **more}

    lines = [
        {"type": "text", "text": "次のお知らせ", "size": "lg", "weight": "bold", "color": "#1F2933"},
        {"type": "text", "text": "明日 06:30 に、朝のストレッチと深呼吸をお届けします。", "wrap": True, "margin": "md"},
    ]
    return {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": lines},
        "footer": {
            "type": "box",
            "layout": "vertical",
            "spacing": "sm",
            "contents": [
                button("時刻を変える", style="primary", color="#1B6B5A"),
                button("止める", style="secondary"),
            ],
        },
    }


def seen(stage: Stage, container: Json) -> Image.Image:
    stage.show_flex(container)
    return Image.open(BytesIO(stage.picture())).convert("RGB")


def recoloured(card: Json) -> None:
    card["footer"]["contents"][0]["color"] = "#3A6FB5"


def with_other_letters(card: Json) -> None:
    card["body"]["contents"][0]["color"] = "#B42318"


def with_a_lost_button(card: Json) -> None:
    del card["footer"]["contents"][1]


def with_words_that_run_over(card: Json) -> None:
    card["body"]["contents"][1]["wrap"] = False


def with_another_title(card: Json) -> None:
    card["body"]["contents"][0]["text"] = "次のご予約"


def without_its_distance(card: Json) -> None:
    card["body"]["contents"][1]["margin"] = "xxl"


CHANGES = [recoloured, with_other_letters, with_a_lost_button, with_words_that_run_over, with_another_title]


@pytest.mark.browser
@pytest.mark.parametrize("change", [*CHANGES, without_its_distance])
def test_a_card_that_has_changed_is_found(stage: Stage, change: Callable[[Json], None]) -> None:
    before, changed = card(), deepcopy(card())
    change(changed)

    assert looks.difference(seen(stage, changed), seen(stage, before)) > looks.FORGIVEN


@pytest.mark.browser
def test_words_that_do_not_fit_are_named(stage: Stage) -> None:
    changed = card()
    changed["footer"]["contents"][0]["action"]["label"] = "お知らせの時刻をいまから変えたいとき"
    stage.show_flex(changed)

    assert stage.run_over() == ["お知らせの時刻をいまから変えたいとき"]


@pytest.mark.browser
def test_the_same_card_is_the_same_also_with_fewer_colours_and_softer_letters(stage: Stage) -> None:
    first, again = seen(stage, card()), seen(stage, card())
    stored = first.quantize(looks.SHADES, dither=Image.Dither.NONE).convert("RGB")
    # As if each letter lay a third of a pixel farther to the right.
    moved = Image.blend(first, ImageChops.offset(first, 1, 0), 1 / 3)

    assert looks.difference(again, first) == 0
    assert looks.difference(first, stored) <= looks.FORGIVEN
    assert looks.difference(moved, first) <= looks.FORGIVEN


def test_a_picture_of_another_size_is_another_picture_but_for_two_pixels() -> None:
    white = Image.new("RGB", (100, 80), "white")

    assert looks.difference(white, Image.new("RGB", (100, 82), "white")) == 0
    assert looks.difference(white, Image.new("RGB", (100, 83), "white")) == 1


def test_a_missing_reference_and_a_wrong_picture_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.delenv("LOOKS", raising=False)
    monkeypatch.setattr(looks, "REFERENCES", tmp_path)
    monkeypatch.setattr(looks, "SEEN", tmp_path / "seen")
    with pytest.raises(AssertionError, match="no reference cards/none"):
        looks.check("cards/none", png("white"))

    monkeypatch.setenv("LOOKS", "renew")
    looks.check("cards/some", png("white"))
    monkeypatch.delenv("LOOKS")
    looks.check("cards/some", png("white"))
    with pytest.raises(AssertionError, match=r"cards/some looks different \(100.00 %\)"):
        looks.check("cards/some", png("navy"))
    assert (tmp_path / "seen" / "cards" / "some.png").exists()


def png(colour: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", (20, 20), colour).save(written, "PNG")
    return written.getvalue()
