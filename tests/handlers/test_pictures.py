"""Which picture stands on which card, and that LINE takes it there."""

from collections.abc import Callable

import pytest

from bot.conversation import Card
from bot.library.gallery import Gallery
from bot.library.schema import Drawing
from bot.line.rendering import render
from bot.settings import DEFAULT_CONTENT
from bot.simulator.limits import check_send
from bot.talk import Heard, Visitor

Talk = Callable[[str], Heard]
GALLERY = Gallery(DEFAULT_CONTENT / "pictures")


def picture_of(heard: Heard) -> Drawing | None:
    """The picture of the one card; what LINE would say against the card is said here."""
    assert heard.reply is not None
    messages = render(heard.reply, lambda name: f"https://a.example{GALLERY.path(name)}")
    assert check_send("reply", {"replyToken": "x", "messages": messages}) == []
    (picture,) = (bubble.picture for bubble in heard.reply.bubbles if isinstance(bubble, Card))
    return picture


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("バードドッグのやり方", "bird-dog"),
        ("広背筋って何", "latissimus-dorsi"),
        ("僧帽筋とは", "trapezius"),
        ("夕方の10分筋トレ", "evening-training"),
    ],
)
def test_an_answer_shows_what_it_is_about(talk: Talk, asked: str, name: str) -> None:
    picture = picture_of(talk(asked))

    assert picture is not None
    assert picture.name == name
    assert GALLERY.path(picture.name) is not None


def test_each_step_of_a_session_shows_its_movement(visitor: Visitor, talk: Talk) -> None:
    talk("夕方の10分筋トレ")
    shown = [picture_of(visitor.tap("始める"))]
    shown += [picture_of(talk("次")) for _ in range(3)]

    assert [picture and picture.name for picture in shown] == [
        "towel-rowing",
        "bird-dog",
        "reverse-push-up",
        "back-extension",
    ]


def test_a_routine_from_which_a_movement_is_left_out_does_not_show_it_either(talk: Talk) -> None:
    talk("膝が悪いです")
    picture = picture_of(talk("夕方の10分筋トレ"))

    assert picture is not None
    assert picture.name == "towel-rowing", "the routine's own picture shows a movement on the knees"


def test_a_short_answer_about_a_movement_has_no_picture(talk: Talk) -> None:
    talk("バードドッグのやり方")

    assert picture_of(talk("何回？")) is None
