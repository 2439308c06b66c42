"""What holds for every card there is: LINE takes it, older eyes can read it, it reads well aloud, and hides no letters."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.app import Knowledge
from bot.broadcasts.content import Button, CardContent, ImageContent, TextContent
from bot.conversation import Card, Reply
from bot.library.colours import READABLE, contrast
from bot.library.gallery import SHAPE
from bot.library.visible import visible
from bot.line import announcements, design
from bot.line.design import PLAIN
from bot.simulator.limits import check_send
from tests.every_card import BASE, choices, everything, painted

Json = dict[str, Any]
BODY_SIZES, NOTE_SIZES = {"md", "lg", "xl", "xxl"}, {"sm"}
SIGNS = re.compile(r"https?://|tel:|[●○□■◆★☆※→・]|^[-–*]", re.MULTILINE)
ENDS = tuple("。．！？!?…」』）)")


@pytest.fixture(scope="module")
def replies(knowledge: Knowledge) -> list[Reply]:
    return everything(knowledge)


@pytest.fixture(scope="module")
def messages(replies: list[Reply]) -> list[Json]:
    announced = (
        TextContent(text="30日は休みます。"),
        ImageContent(alt="年末のお休みの表", picture_id=1),
        CardContent(
            title="年末年始のお休み",
            text="・12/30から\n・1/3まで",
            picture_id=1,
            buttons=(Button(label="予約する", url="https://example.com/"), Button(label="料金", say="料金は？")),
        ),
    )
    return [message for reply in replies for message in painted(reply)] + [
        message
        for said in announced
        for message in announcements.render(
            said,
            broadcast_id=1,
            picture_url=lambda number, is_small: f"{BASE}/pictures/u/{number}",
            link_url=lambda _: None,
        )
    ]


def words(part: Any, ground: str = design.PAPER) -> Iterator[tuple[Json, str]]:
    """Every text and button of a bubble, with what it stands on."""
    if isinstance(part, list):
        for one in part:
            yield from words(one, ground)
    elif isinstance(part, dict):
        ground = part.get("backgroundColor", ground)
        if part.get("type") in ("text", "button"):
            yield part, ground
        for key in ("body", "footer", "header", "contents"):
            yield from words(part.get(key), ground)


def shown(message: Json) -> Iterator[str]:
    """All that is read of a message."""
    for key, value in message.items():
        if isinstance(value, str) and key in ("text", "altText", "label", "displayText", "name"):
            yield value
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from shown(inner)


def test_the_walk_has_been_everywhere(knowledge: Knowledge, replies: list[Reply]) -> None:
    assert {reply.about for reply in replies} >= set(knowledge.library.entries)
    pictured = {entry.id for entry in knowledge.library.entries.values() if getattr(entry, "picture", None)}
    assert len(pictured) > 20
    assert len(replies) > 1000
    months = [block for reply in replies for card in reply.bubbles if isinstance(card, Card) for block in card.blocks]
    assert {type(block).__name__ for block in months} == {"Block", "Month", "Bars"}


def test_line_takes_every_answer(replies: list[Reply]) -> None:
    for reply in replies:
        assert check_send("reply", {"replyToken": "x", "messages": painted(reply)}) == [], reply.about


def test_words_stand_out_from_what_they_stand_on_and_are_large_enough(messages: list[Json]) -> None:
    pairs = set()
    for message in messages:
        for part, ground in words(message.get("contents")):
            if part["type"] == "button":
                # Of the others LINE itself chooses the colours.
                pairs |= {(design.PAPER, part["color"])} if part["style"] == "primary" else set()
                continue
            pairs.add((part["color"], ground))
            assert part["size"] in BODY_SIZES | NOTE_SIZES, part["text"]

    assert len(pairs) >= 5
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < READABLE} == {}


def test_only_eyebrows_notes_and_legends_are_small(replies: list[Reply]) -> None:
    for reply in replies:
        small = {
            part["text"] for m in painted(reply) for part, _ in words(m.get("contents")) if part.get("size") == "sm"
        }
        cards = [bubble for bubble in reply.bubbles if isinstance(bubble, Card)]
        legends = {getattr(block, "legend", None) for card in cards for block in card.blocks}
        assert small <= legends | {text for card in cards for text in (card.eyebrow, card.note)}, reply.about


def test_every_alt_text_reads_well_aloud_title_first(replies: list[Reply]) -> None:
    for reply in replies:
        for bubble, message in zip(reply.bubbles, painted(reply), strict=True):
            if not isinstance(bubble, Card):
                continue
            said = message["altText"]
            assert SIGNS.search(said) is None, said
            assert said.startswith(bubble.title.replace("・", "、")), said
            assert all(line.endswith(ENDS) for line in said.splitlines()), said
            assert len(said.encode("utf-16-le")) // 2 <= 400


def test_nothing_is_said_in_letters_that_nobody_sees(messages: list[Json]) -> None:
    for message in messages:
        for text in shown(message):
            assert visible(text) == text, ascii(text)


def test_pictures_have_words_and_the_shape_of_the_drawings(messages: list[Json]) -> None:
    heroes = [message["contents"]["hero"] for message in messages if "hero" in message.get("contents", {})]
    heroes = [hero for hero in heroes if "/pictures/u/" not in hero["url"]]  # Those of staff have any shape.

    assert {hero["aspectRatio"] for hero in heroes} == {"{}:{}".format(*SHAPE)}
    assert all(hero["action"]["label"] for hero in heroes)


def test_a_time_is_picked_on_a_clock_and_a_question_has_its_answers_near(replies: list[Reply]) -> None:
    for reply in replies:
        asks = [one for one in choices(reply) if one.data.startswith("remind-at ")]
        assert all(one.pick == "time" and one.initial for one in asks), reply.about
        # The last word is never a question to which nothing can be tapped; danger comes with nothing beside it.
        last = reply.bubbles[-1]
        text = last.paragraphs[-1] if isinstance(last, Card) and last.paragraphs else getattr(last, "text", "")
        if text.rstrip().endswith(("？", "か。")) and reply.outcome != "safety":
            assert choices(reply), text


@pytest.mark.parametrize("accent", ["#000000", "#767676", "#8A1C5B", "#0B5FFF"])
def test_any_accent_that_a_pack_may_have_is_readable_in_every_style(accent: str) -> None:
    look = type(PLAIN)(accent=accent)

    for style in (look.eyebrow, look.heading, look.number, look.day_done):
        assert contrast(style.colour, style.ground) >= READABLE
    assert contrast(accent, design.TRACK) >= 3, "a bar is told from its way"
