import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.broadcasts.content import (
    Button,
    CardContent,
    Content,
    ContentError,
    ImageContent,
    TextContent,
    is_https,
    problems,
    read,
    words,
)
from bot.line.announcements import render
from bot.simulator.limits import check_send

LINK = Button(label="予約", url="https://clinic.example")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (TextContent(text="こんにちは"), []),
        (TextContent(text=" \n"), ["text-empty"]),
        (TextContent(text="あ" * 5000), []),
        (TextContent(text="あ" * 5001), ["text-long"]),
        (TextContent(text="🍎" * 2501), ["text-long"]),
        (ImageContent(), ["alt-empty", "picture-empty"]),
        (ImageContent(picture_id=1, alt="あ" * 401), ["alt-long"]),
        (ImageContent(picture_id=1, alt="玄関の写真"), []),
        (CardContent(), ["title-empty"]),
        (CardContent(title="お休み", text="あ" * 1001, alt="あ" * 401), ["text-long", "alt-long"]),
        (CardContent(title="お休み", buttons=(LINK, Button(label="場所", say="場所は"))), []),
        (CardContent(title="お休み", buttons=(LINK, LINK)), ["labels-alike"]),
        (CardContent(title="お休み", buttons=(Button(),)), ["label-empty", "button-empty"]),
        (CardContent(title="お休み", buttons=(Button(label="👨‍👩‍👧‍👦" * 20, say="x"),)), []),
        (CardContent(title="お休み", buttons=(Button(label="あ" * 21, say="あ" * 301),)), ["label-long", "say-long"]),
        (CardContent(title="お休み", buttons=(Button(label="a", say="x", url="https://a.example"),)), ["button-both"]),
        (CardContent(title="お休み", buttons=(Button(label="a", url="http://a.example"),)), ["url-not-https"]),
        (
            CardContent(title="お休み", buttons=tuple(Button(label=str(number), say="x") for number in range(4))),
            ["buttons-many"],
        ),
    ],
)
def test_what_line_would_not_take_has_a_word_for_it(content: Content, expected: list[str]) -> None:
    assert problems(content) == expected


def test_a_picture_wants_a_public_address() -> None:
    assert problems(ImageContent(picture_id=1, alt="玄関"), is_public=False) == ["picture-no-address"]
    assert problems(CardContent(title="a", picture_id=1), is_public=False) == ["picture-no-address"]
    assert problems(CardContent(title="a"), is_public=False) == []


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://clinic.example/予約", False),
        ("https://clinic.example/%E4%BA%88?x=1#y", True),
        ("https://clinic.example:8443/", True),
        ("HTTPS://CLINIC.EXAMPLE", True),
        ("https://", False),
        ("https:///path", False),
        ("https://a b.example", False),
        ("https://a.example\n", False),
        ("https://user@a.example", False),
        ("https://a.example:99999", False),
        ("https://a.example\\@b.example", False),
        ("javascript:alert(1)", False),
        ("//a.example", False),
    ],
)
def test_an_address_is_a_plain_https_one(url: str, is_good: bool) -> None:
    assert is_https(url) is is_good


def test_what_was_stored_is_read_again() -> None:
    for content in (
        TextContent(text="a"),
        ImageContent(picture_id=3, alt="b"),
        CardContent(title="c", buttons=(LINK,)),
    ):
        assert read(content.model_dump(mode="json")) == content
    assert read({}) == TextContent()
    for stored in ({"kind": "film"}, {"kind": "text", "text": "a", "more": 1}):
        with pytest.raises(ContentError):
            read(stored)


def test_its_words_hold_all_that_people_will_read() -> None:
    card = CardContent(title="お休み", text="1/3まで", buttons=(LINK, Button(label="場所", say="場所は")))

    assert words(card) == "お休み\n1/3まで\n予約\n場所\n場所は"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60)
BUTTONS = st.builds(
    Button,
    label=TEXTS,
    url=st.none() | st.sampled_from(["https://a.example", "http://b.example", "nonsense"]),
    say=st.none() | TEXTS,
)
CONTENTS = st.one_of(
    st.builds(TextContent, text=TEXTS),
    st.builds(ImageContent, picture_id=st.none() | st.just(1), alt=TEXTS),
    st.builds(
        CardContent,
        title=TEXTS,
        text=TEXTS,
        alt=TEXTS,
        picture_id=st.none() | st.just(1),
        buttons=st.lists(BUTTONS, max_size=4).map(tuple),
    ),
)


@given(content=CONTENTS)
def test_whatever_has_no_problem_is_taken_by_line(content: Content) -> None:
    if problems(content):
        return
    drawn = render(
        content,
        broadcast_id=7,
        picture_url=lambda number, is_small: f"https://bot.example/pictures/u/{number}{'s' * is_small}.jpg",
        link_url=lambda button: f"https://bot.example/go/7-{button}",
        picture_size=lambda _: (800, 3000),
    )

    assert check_send("broadcast", {"messages": drawn}) == []
