"""A reply as LINE's message objects: plain JSON, pure, the exact bytes that the ledger keeps and LINE gets."""

from collections.abc import Callable

from bot.conversation import Bars, Block, Bubble, Card, Choice, Month, Reply, Text
from bot.line import charts, flex
from bot.line.flex import ACCENT, ALERT, INK, SOFT, Json

PictureUrl = Callable[[str], str | None]

MOST_BUBBLES, MOST_QUICK, LONGEST_ALT, LONGEST_TEXT = 5, 13, 400, 5000


def render(reply: Reply, picture_url: PictureUrl = lambda _: None) -> list[Json]:
    """*reply* as one to five message objects, quick replies on the last.

    *picture_url* gives the public address of a picture, or None when pictures cannot be shown.
    """
    messages = [_message(bubble, picture_url) for bubble in reply.bubbles[:MOST_BUBBLES]]
    if reply.quick:
        items = [{"type": "action", "action": action(choice)} for choice in _distinct(reply.quick)[:MOST_QUICK]]
        messages[-1]["quickReply"] = {"items": items}
    return messages


def action(choice: Choice) -> Json:
    """What LINE does when *choice* is tapped."""
    if choice.url is not None:
        return {"type": "uri", "label": choice.label, "uri": choice.url}
    if choice.pick is not None:
        picker = {"type": "datetimepicker", "label": choice.label, "data": choice.data, "mode": choice.pick}
        return picker | ({"initial": choice.initial} if choice.initial is not None else {})
    return {
        "type": "postback",
        "label": choice.label,
        "data": choice.data,
        "displayText": choice.say or choice.label,
    }


def alt_text(card: Card) -> str:
    """The card as one text that reads well aloud: title, then what it says, up to 400 characters."""
    parts = [card.title, *card.paragraphs, *(line for block in card.blocks for line in _spoken(block))]
    return _cut("\n".join(parts), LONGEST_ALT)


def _spoken(block: Block | Month | Bars) -> tuple[str, ...]:
    """What a block says to somebody who does not see it: of a month its heading, of bars their values."""
    if isinstance(block, Month):
        return (block.heading,)
    if isinstance(block, Bars):
        return (block.heading, *(f"{bar.label} {bar.value}" for bar in block.bars))
    return (block.heading, *block.lines)


def _distinct(choices: tuple[Choice, ...]) -> list[Choice]:
    return list({(choice.label, choice.data, choice.url): choice for choice in choices}.values())


def _message(bubble: Bubble, picture_url: PictureUrl) -> Json:
    if isinstance(bubble, Text):
        return {"type": "text", "text": _cut(bubble.text, LONGEST_TEXT)}
    return {"type": "flex", "altText": alt_text(bubble), "contents": _card(bubble, picture_url)}


def _card(card: Card, picture_url: PictureUrl) -> Json:
    is_alert = card.tone == "alert"
    body: list[Json] = []
    if card.eyebrow:
        body.append(flex.text(card.eyebrow, size="sm", color=ACCENT, weight="bold"))
    body.append(flex.text(card.title, size="lg", color=ALERT if is_alert else INK, weight="bold"))
    body += [flex.text(paragraph, margin="lg" if first else "md") for first, paragraph in _first(card.paragraphs)]
    for block in card.blocks:
        body += _block(block)
    if card.note:
        body.append(flex.text(card.note, size="sm", color=SOFT, margin="xl"))
    bubble: Json = {
        "type": "bubble",
        "size": "mega",
        "body": {"type": "box", "layout": "vertical", "contents": body, "paddingAll": "20px"},
    }
    url = picture_url(card.picture) if card.picture else None
    if url is not None:
        bubble["hero"] = {"type": "image", "url": url, "size": "full", "aspectRatio": "20:13", "aspectMode": "cover"}
    buttons = _distinct(card.buttons)
    if buttons:
        bubble["footer"] = {
            "type": "box",
            "layout": "vertical",
            "spacing": "sm",
            "contents": [_button(choice) for choice in buttons],
        }
    return bubble


def _block(block: Block | Month | Bars) -> list[Json]:
    if isinstance(block, Month):
        return charts.calendar(block)
    if isinstance(block, Bars):
        return charts.bars(block)
    heading = flex.heading(block.heading)
    if not block.numbered:
        return [heading, *(flex.text(line, margin="sm") for line in block.lines)]
    rows: list[Json] = [
        {
            "type": "box",
            "layout": "baseline",
            "margin": "sm",
            "contents": [
                {"type": "text", "text": f"{number}.", "size": "md", "color": ACCENT, "flex": 0},
                flex.text(line, margin="sm"),
            ],
        }
        for number, line in enumerate(block.lines, start=1)
    ]
    return [heading, *rows]


def _button(choice: Choice) -> Json:
    style: Json = {"style": "primary", "color": ACCENT} if choice.is_main else {"style": "secondary"}
    return {"type": "button", "action": action(choice), "height": "sm", **style}


def _first(texts: tuple[str, ...]) -> list[tuple[bool, str]]:
    return [(place == 0, text) for place, text in enumerate(texts)]


def _cut(text: str, most: int) -> str:
    """*text* with at most *most* UTF-16 code units, as LINE counts them."""
    units = text.encode("utf-16-le")
    if len(units) <= most * 2:
        return text
    return units[: (most - 1) * 2].decode("utf-16-le", errors="ignore") + "…"


__all__ = ["MOST_QUICK", "action", "alt_text", "render"]
