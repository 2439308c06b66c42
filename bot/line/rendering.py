"""A reply as LINE's message objects: plain JSON, pure, the exact bytes that the ledger keeps and LINE gets."""

from collections.abc import Callable
from dataclasses import replace

from bot.conversation import Bars, Block, Bubble, Card, Choice, Month, Reply, Text
from bot.library import gallery
from bot.library.schema import Drawing
from bot.line import charts, design, flex
from bot.line.aloud import aloud, cut, shortened
from bot.line.design import Design
from bot.line.flex import Json

PictureUrl = Callable[[str], str | None]

MOST_BUBBLES, MOST_QUICK, LONGEST_TEXT, LONGEST_LABEL = 5, 13, 5000, 20


def render(
    reply: Reply,
    picture_url: PictureUrl = lambda _: None,
    *,
    look: Design = design.PLAIN,
    speaker: str | None = None,
    base: str | None = None,
) -> list[Json]:
    """*reply* as one to five message objects, quick replies on the last.

    *picture_url* gives the public address of the picture with a name, or None when pictures cannot be shown; *speaker* is
    the name that LINE shows over them in place of the account's, *base* the public address before our own pages.
    """
    messages = [_message(bubble, picture_url, look, base) for bubble in reply.bubbles[:MOST_BUBBLES]]
    if speaker is not None:
        messages = [{**message, "sender": {"name": speaker}} for message in messages]
    if reply.quick:
        quick = _distinct(reply.quick, base)[:MOST_QUICK]
        messages[-1]["quickReply"] = {"items": [{"type": "action", "action": action(choice)} for choice in quick]}
    return messages


def action(choice: Choice) -> Json:
    """What LINE does when *choice* is tapped."""
    label = shortened(choice.label, LONGEST_LABEL)
    if choice.url is not None:
        return {"type": "uri", "label": label, "uri": choice.url}
    if choice.pick is not None:
        picker = {"type": "datetimepicker", "label": label, "data": choice.data, "mode": choice.pick}
        return picker | ({"initial": choice.initial} if choice.initial is not None else {})
    return {
        "type": "postback",
        "label": label,
        "data": choice.data,
        "displayText": choice.say or choice.label,
    }


def alt_text(card: Card, picture: str = "") -> str:
    """The card as one text that reads well aloud: title, what it says, and its *picture* in words."""
    return aloud([card.title, *card.paragraphs, *(line for block in card.blocks for line in _spoken(block)), picture])


def _spoken(block: Block | Month | Bars) -> tuple[str, ...]:
    """What a block says to somebody who does not see it: of a month its heading, of bars their values."""
    if isinstance(block, Month):
        return (block.heading,)
    if isinstance(block, Bars):
        return (block.heading, *(f"{bar.label} {bar.value}" for bar in block.bars))
    return (block.heading, *block.lines)


def _distinct(choices: tuple[Choice, ...], base: str | None) -> list[Choice]:
    """Each button once, as far as it leads anywhere."""
    led = [replace(one, url=base + one.page) if one.page is not None and base is not None else one for one in choices]
    return list(
        {(one.label, one.data, one.url): one for one in led if one.data or one.url or one.page is None}.values()
    )


def _message(bubble: Bubble, picture_url: PictureUrl, look: Design, base: str | None) -> Json:
    if isinstance(bubble, Text):
        return {"type": "text", "text": cut(bubble.text, LONGEST_TEXT)}
    url = picture_url(bubble.picture.name) if bubble.picture is not None else None
    hero = _hero(bubble.picture, url) if bubble.picture is not None and url is not None else None
    spoken = alt_text(bubble, bubble.picture.alt if bubble.picture is not None and hero is not None else "")
    return {"type": "flex", "altText": spoken, "contents": _card(bubble, hero, look, base)}


def _hero(picture: Drawing, url: str) -> Json:
    """The picture on top of a card; a tap opens it by itself, and its label is what phones read aloud."""
    width, height = gallery.SHAPE
    return flex.picture(url, ratio=f"{width}:{height}", action={"type": "uri", "label": picture.alt, "uri": url})


def _card(card: Card, hero: Json | None, look: Design, base: str | None) -> Json:
    body: list[Json] = []
    if card.eyebrow:
        body.append(flex.text(card.eyebrow, look.eyebrow))
    body.append(flex.text(card.title, design.ALARM if card.tone == "alert" else design.TITLE))
    for number, paragraph in enumerate(card.paragraphs):
        body.append(flex.text(paragraph, margin=design.NEAR if number else design.FAR))
    for block in card.blocks:
        body += _block(block, look)
    if card.note:
        body.append(flex.text(card.note, design.NOTE, margin="xl"))
    buttons = [flex.button(look, action(choice), is_main=choice.is_main) for choice in _distinct(card.buttons, base)]
    return flex.bubble(hero=hero, body=body, buttons=buttons)


def _block(block: Block | Month | Bars, look: Design) -> list[Json]:
    if isinstance(block, Month):
        return charts.calendar(look, block)
    if isinstance(block, Bars):
        return charts.bars(look, block)
    heading = flex.text(block.heading, look.heading, margin=design.FAR)
    lines = [flex.text(line, margin=design.CLOSE) for line in block.lines]
    if not block.numbered:
        return [heading, *lines]
    numbers = [
        {"type": "text", "text": f"{n}.", "flex": 0, **flex.letters(look.number)} for n in range(1, len(lines) + 1)
    ]
    rows = [
        {"type": "box", "layout": "baseline", "margin": design.CLOSE, "contents": [number, line]}
        for number, line in zip(numbers, lines, strict=True)
    ]
    return [heading, *rows]


__all__ = ["MOST_QUICK", "action", "alt_text", "cut", "render"]
