"""The parts of a Flex message, as the design has them: words, pictures, buttons, and the frame around a card."""

from collections.abc import Sequence
from typing import Any

from bot.line import design
from bot.line.design import Design, Style

Json = dict[str, Any]


def text(words: str, style: Style = design.BODY, *, margin: str | None = None) -> Json:
    """Some words that wrap, in letters that grow with those of the phone."""
    component: Json = {"type": "text", "text": words, "wrap": True, "scaling": True}
    return component | letters(style) | ({"margin": margin} if margin is not None else {})


def letters(style: Style) -> Json:
    """The properties by which words look like *style*."""
    return {"size": style.size, "color": style.colour} | ({"weight": "bold"} if style.is_bold else {})


def button(look: Design, action: Json, *, is_main: bool) -> Json:
    """A button as wide as the card; a long label shrinks rather than being cut."""
    style: Json = {"style": "primary", "color": look.accent} if is_main else {"style": "secondary"}
    return {"type": "button", "action": action, "height": "sm", "adjustMode": "shrink-to-fit", "scaling": True, **style}


def picture(url: str, *, ratio: str, action: Json | None = None) -> Json:
    """What stands on top of a card."""
    image: Json = {"type": "image", "url": url, "size": "full", "aspectRatio": ratio, "aspectMode": "cover"}
    return image | ({"action": action} if action is not None else {})


def bubble(*, hero: Json | None = None, body: Sequence[Json] = (), buttons: Sequence[Json] = ()) -> Json:
    """The frame of every card, with what is there of picture, words and buttons."""
    frame: Json = {"type": "bubble", "size": "mega"}
    if hero is not None:
        frame["hero"] = hero
    if body:
        frame["body"] = {
            "type": "box",
            "layout": "vertical",
            "contents": list(body),
            "paddingAll": design.PADDING,
        }
    if buttons:
        frame["footer"] = {"type": "box", "layout": "vertical", "spacing": design.BETWEEN, "contents": list(buttons)}
    return frame
