"""Whatever staff may write, LINE takes what becomes of it: announcements, entries at their fields' limits, names, replies."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import handlers
from bot.app import Knowledge
from bot.broadcasts import content
from bot.broadcasts.content import Button, CardContent, Content, ImageContent, TextContent
from bot.conversation import Bars, Block, Card, Choice, Reply, Text
from bot.library.fields import Speaker
from bot.library.schema import Article, Exercise, Faq, Term
from bot.library.visible import visible
from bot.line import announcements
from bot.line.rendering import render
from bot.simulator.limits import check_send
from bot.talk import House, WoundClock
from bot.talks import TalkError, replies
from tests.every_card import BASE, NOW, PICTURES, Walk, painted, programme
from tests.lengths import settings

FAMILY, FLAG, HEART = "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️"
LETTERS = st.one_of(
    st.sampled_from(
        ["あ", "背", "a", "1", "\n", " ", "　", "。", "・", "$", '"', "\\", FAMILY, FLAG, HEART, "🍎", "が゚"]
    ),
    st.sampled_from(["\u200b", "\u202e", "\ue000", "\ufeff", "\x00", "\u00ad", "\ufe0f", "\u200d", "\U000e0001", "\r"]),
    st.characters(exclude_categories=["Cs"]),
)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def texts(most: int) -> st.SearchStrategy[str]:
    """Texts up to a little more than *most* characters: short ones letter by letter, long ones of few letters."""
    short = st.lists(LETTERS, max_size=30).map("".join)
    return st.one_of(short, st.builds(lambda part, times: (part * times)[: most + 3], short, st.integers(1, most)))


BUTTONS = st.builds(
    Button,
    label=texts(content.LONGEST_LABEL),
    url=st.one_of(st.none(), st.just("https://example.com/"), st.just("https://example.com/" + "a" * 980)),
    say=st.one_of(st.none(), texts(content.LONGEST_SAY)),
)
CARDS = st.builds(
    CardContent,
    title=texts(content.LONGEST_TITLE),
    text=texts(content.LONGEST_BODY),
    alt=texts(content.LONGEST_ALT),
    picture_id=st.sampled_from([None, 1]),
    buttons=st.lists(BUTTONS, max_size=4).map(tuple),
)
IMAGES = st.builds(ImageContent, alt=texts(content.LONGEST_ALT), picture_id=st.sampled_from([None, 1]))
TEXTS = st.builds(TextContent, text=texts(content.LONGEST_TEXT))


def objections(messages: list[dict[str, Any]]) -> list[Any]:
    """What LINE would say against these messages; an alternative text of nothing but space is none."""
    found: list[Any] = check_send("push", {"to": "U" + "1" * 32, "messages": messages})
    return found + [message for message in messages if not message.get("altText", "x").strip()]


@FEW
@given(st.one_of(CARDS, IMAGES, TEXTS), st.booleans())
def test_an_announcement_in_which_nothing_is_wrong_is_one_that_line_takes(said: Content, is_public: bool) -> None:
    if content.problems(said, is_public=is_public):
        return

    drawn = announcements.render(
        said,
        broadcast_id=2**31,
        picture_url=lambda number, is_small: f"{BASE}/pictures/u/{number}" if is_public else None,
        link_url=lambda button: f"{BASE}/go/{'x' * 60}{button}" if is_public else None,
        picture_size=lambda number: (1, 9000),
    )

    assert objections(drawn) == []


@pytest.mark.parametrize("letter", ["あ", "🍎", "a", '"', "\n。"])
def test_an_announcement_at_all_its_limits_is_one_that_line_takes(letter: str) -> None:
    def full(most: int) -> str:
        return (letter * most)[: most // len(letter.encode("utf-16-le")) * 2]

    buttons = tuple(
        Button(label=f"{n}" + "あ" * 19, say="あ" * content.LONGEST_SAY) for n in range(content.MOST_BUTTONS)
    )
    said = CardContent(
        title=full(content.LONGEST_TITLE),
        text=full(content.LONGEST_BODY),
        alt=full(content.LONGEST_ALT),
        buttons=buttons,
    )

    assert content.problems(said) == []
    assert (
        objections(announcements.render(said, broadcast_id=1, picture_url=lambda *_: None, link_url=lambda _: None))
        == []
    )


@pytest.mark.parametrize("hidden", ["\u200b", "\u2066\u2069", "\ue000", "\u3164"])
def test_words_that_nobody_sees_are_none(hidden: str) -> None:
    assert content.problems(TextContent(text=hidden)) == ["text-empty"]
    assert content.problems(CardContent(title=hidden)) == ["title-empty"]
    with pytest.raises(TalkError, match="empty"):
        replies.checked(hidden)


ENTRY: Mapping[str, Any] = {
    "title": 40, "label": 20, "origin": "c", "phrasings": ["x1", "x2", "x3", "x4", "x5"],
}  # fmt: skip
ENTRIES: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (Faq, {"id": "faq/x", "answer": 1000, "links": [{"label": 20, "url": "https://example.com/"}] * 3, "staff": True}),
    (Term, {"id": "term/x", "answer": 1000}),
    (
        Exercise,
        {"id": "exercise/x", "purpose": 200, "steps": [200] * 8, "count": 200, "tips": [200] * 8, "cautions": [200] * 8},
    ),
    (
        Article,
        {
            "id": "article/x", "view": 200, "summary": 1000, "reviewed_on": "2026-11-20",
            "sections": [{"slug": "a", "title": 40, "text": 1000}] * 3,
        },
    ),
)  # fmt: skip


def filled(shape: Any, letter: str) -> Any:
    """*shape* with so many times the letter in the place of each number."""
    if isinstance(shape, int) and not isinstance(shape, bool):
        return letter * shape
    if isinstance(shape, list):
        return [filled(one, letter) for one in shape]
    return {key: filled(one, letter) for key, one in shape.items()} if isinstance(shape, dict) else shape


@pytest.mark.parametrize("letter", ["あ", "🍎", "a", '"', "々", "0️"])
@pytest.mark.parametrize(("kind", "shape"), ENTRIES, ids=lambda value: getattr(value, "__name__", ""))
def test_an_entry_with_every_field_full_is_one_that_line_takes(
    knowledge: Knowledge, kind: type[Any], shape: dict[str, Any], letter: str
) -> None:
    entry = kind.model_validate(filled({**ENTRY, **shape}, letter))
    library = replace(knowledge.library, entries={**knowledge.library.entries, entry.id: entry})
    with House(replace(knowledge, library=library), WoundClock(NOW)) as house, house.app.sessions() as session:
        walk = Walk(house, session)
        walk.tap_everything([f"open {entry.id}"])
        session.rollback()

    assert any(reply.about == entry.id for reply in walk.replies)
    for reply in walk.replies[:60]:
        assert check_send("reply", {"replyToken": "x", "messages": painted(reply)}) == []


@pytest.mark.parametrize("letter", [FAMILY, "あ" + "\u0301" * 40])
def test_letters_made_of_many_do_not_fill_a_card_unseen(letter: str) -> None:
    with pytest.raises(ValidationError, match="made of several"):
        Term.model_validate(filled({**ENTRY, "id": "term/x", "answer": 1000}, letter))

    assert Term.model_validate({**filled(dict(ENTRY), "あ"), "id": "term/x", "answer": f"{letter}です。"})


@pytest.mark.parametrize("name", ["あ" * 40, "🍎" * 20, "Ω" * 40])
def test_a_programme_with_the_longest_name_is_one_that_line_takes(knowledge: Knowledge, name: str) -> None:
    ids = [id for id in knowledge.library.entries if id.startswith("routine/")]

    assert objections(painted(handlers.PROGRAMME(knowledge.library, programme(name, ids)))) == []


@FEW
@example("・", "・")
@given(texts(100), texts(100))
def test_a_name_of_a_hundred_letters_fits_wherever_it_is_said(name: str, label: str) -> None:
    """As a title, in a line, in a sentence and on a button, which is where templates put names."""
    if not visible(name).strip() or not visible(label).strip():
        return
    shown = Card(title=visible(name), blocks=(Block(visible(name), (visible(name),) * 8, numbered=True), Bars(visible(name), ())),
                 buttons=(Choice(visible(label), "x"), Choice(visible(label), "x", pick="time")))  # fmt: skip
    reply = Reply(bubbles=(Text(visible(name)), shown), quick=(Choice(visible(label), "y", say=visible(name)[:300]),))

    assert objections(render(reply, PICTURES)) == []


@FEW
@given(texts(replies.LONGEST))
def test_what_staff_write_is_one_message_that_line_takes_or_is_refused(text: str) -> None:
    try:
        checked = replies.checked(text)
    except TalkError:
        return

    assert objections([{"type": "text", "text": checked}]) == []
    assert visible(checked) == checked


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [("佐藤", True), ("あ" * 20, True), ("あ" * 21, False), ("Caroline", False), ("LINEの佐藤", False)],
)
def test_a_name_over_messages_is_one_that_line_takes(name: str, is_fine: bool) -> None:
    message = {"type": "text", "text": "a", "sender": {"name": name}}
    assert (objections([message]) == []) is is_fine
    if is_fine:
        assert TypeAdapter(Speaker).validate_python(name) == name
    else:
        with pytest.raises(ValidationError):
            TypeAdapter(Speaker).validate_python(name)
