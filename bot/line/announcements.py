"""An announcement as LINE's message objects: a text, a picture, or a card with tracked buttons."""

from collections.abc import Callable

from sqlalchemy.orm import object_session

from bot import pictures
from bot.broadcasts import taps
from bot.broadcasts.content import LONGEST_ALT, Button, CardContent, Content, ImageContent, TextContent
from bot.broadcasts.terms import Paint
from bot.line import design, flex
from bot.line.aloud import aloud
from bot.line.design import Design
from bot.line.flex import Json
from bot.models import Broadcast, Picture

_TALLEST = 3
"""How many times its width a picture in a bubble may be high."""

PictureUrl = Callable[[int, bool], str | None]
"""(picture id, whether the small one is wanted) -> its public address; None without one."""
LinkUrl = Callable[[int], str | None]
"""Button -> the tracked address that stands for its page; None: the page's own address, untracked."""


PictureSize = Callable[[int], tuple[int, int]]
"""Picture id -> its width and height."""


def painter(public_url: str | None, look: Callable[[], Design] = Design) -> Paint:
    """What draws an announcement for LINE, with the addresses that pictures and tracked links have under *public_url*.

    *look* tells the design in force when one is drawn.
    """

    def paint(content: Content, broadcast: Broadcast) -> list[Json]:
        session = object_session(broadcast)
        assert session is not None  # Whoever sends it has it in hand.

        def picture_url(id: int, is_small: bool) -> str | None:
            picture = session.get(Picture, id)
            if public_url is None or picture is None:
                return None
            return public_url + pictures.path(picture, is_preview=is_small)

        def picture_size(id: int) -> tuple[int, int]:
            picture = session.get_one(Picture, id)
            return picture.width, picture.height

        def link_url(button: int) -> str | None:
            return None if public_url is None else f"{public_url}/go/{taps.token(broadcast, button)}"

        return render(
            content,
            look=look(),
            broadcast_id=broadcast.id,
            picture_url=picture_url,
            link_url=link_url,
            picture_size=picture_size,
        )

    return paint


def render(
    content: Content,
    *,
    look: Design = design.PLAIN,
    broadcast_id: int,
    picture_url: PictureUrl,
    link_url: LinkUrl,
    picture_size: PictureSize = lambda _: (1, 1),
) -> list[Json]:
    """*content* as one message object. A button that says something is a postback ``announced BROADCAST BUTTON``.

    A picture without a public address is said in words: LINE would not show it.
    """
    if isinstance(content, TextContent):
        return [{"type": "text", "text": content.text}]
    if isinstance(content, ImageContent):
        return [_image(content, picture_url, picture_size)]
    return [_card(content, look, broadcast_id, picture_url, link_url)]


def _image(content: ImageContent, picture_url: PictureUrl, picture_size: PictureSize) -> Json:
    small = None if content.picture_id is None else picture_url(content.picture_id, True)
    if small is None or content.picture_id is None:
        return {"type": "text", "text": content.alt}
    width, height = picture_size(content.picture_id)
    # LINE's own image message has no words for who does not see it; a bubble with nothing but the picture has.
    opens = {"type": "uri", "uri": picture_url(content.picture_id, False)}
    hero = flex.picture(small, ratio=f"{width}:{min(height, width * _TALLEST)}", action=opens)
    return {"type": "flex", "altText": aloud([content.alt], LONGEST_ALT), "contents": flex.bubble(hero=hero)}


def _card(content: CardContent, look: Design, broadcast_id: int, picture_url: PictureUrl, link_url: LinkUrl) -> Json:
    body = [flex.text(content.title, design.TITLE)]
    if content.text.strip():
        body.append(flex.text(content.text, margin=design.FAR))
    # In cards LINE shows no picture of more than 1024 pixels.
    url = None if content.picture_id is None else picture_url(content.picture_id, True)
    buttons = [
        flex.button(look, _action(button, number, broadcast_id, link_url), is_main=number == 0)
        for number, button in enumerate(content.buttons)
    ]
    return {
        "type": "flex",
        "altText": aloud([content.alt.strip() or f"{content.title}\n{content.text}"], LONGEST_ALT),
        "contents": flex.bubble(hero=flex.picture(url, ratio="20:13") if url else None, body=body, buttons=buttons),
    }


def _action(button: Button, number: int, broadcast_id: int, link_url: LinkUrl) -> Json:
    if button.url:
        return {"type": "uri", "label": button.label, "uri": link_url(number) or button.url}
    data = f"announced {broadcast_id} {number}"
    return {"type": "postback", "label": button.label, "data": data, "displayText": button.say}
