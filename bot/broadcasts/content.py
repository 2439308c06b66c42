"""What an announcement says: a text, a picture or a card with buttons, as staff filled it in, and what is wrong with it."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.library.fields import graphemes
from bot.library.visible import visible

LONGEST_TEXT = 5000
"""UTF-16 units, as LINE counts them."""
LONGEST_ALT = 400
LONGEST_TITLE = 80
LONGEST_BODY = 1000
LONGEST_LABEL = 20
LONGEST_SAY = 300
LONGEST_URL = 1000
MOST_BUTTONS = 3

Problem = Literal[
    "text-empty",
    "text-long",
    "alt-empty",
    "alt-long",
    "title-empty",
    "title-long",
    "picture-empty",
    "picture-no-address",  # LINE shows pictures from a public address only, and there is none (PUBLIC_URL).
    "label-empty",
    "label-long",
    "button-empty",  # Neither a page nor words.
    "button-both",
    "say-long",
    "url-not-https",
    "url-long",
    "labels-alike",
    "buttons-many",
    "unreadable",  # What is stored is of a shape that nobody knows.
]


Words = Annotated[str, AfterValidator(visible)]


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextContent(_Content):
    """One speech bubble."""

    kind: Literal["text"] = "text"
    text: Words = ""


class ImageContent(_Content):
    """One picture; *alt* says what it shows to who does not see it, and in the list of talks."""

    kind: Literal["image"] = "image"
    picture_id: int | None = None
    alt: Words = ""


class Button(_Content):
    """What a button says, and either the page that it opens or the words that it says for the person."""

    label: Words = ""
    url: str | None = None
    say: Words | None = None


class CardContent(_Content):
    """A framed message with a title, up to three buttons and maybe a picture; *alt* empty: its title and text."""

    kind: Literal["card"] = "card"
    title: Words = ""
    text: Words = ""
    picture_id: int | None = None
    alt: Words = ""
    buttons: tuple[Button, ...] = ()


Content = TextContent | ImageContent | CardContent
_ADAPTER: TypeAdapter[Content] = TypeAdapter(Annotated[Content, Field(discriminator="kind")])


class ContentError(Exception):
    """Stored content that nobody can read."""


def read(stored: dict[str, Any]) -> Content:
    """What a broadcast's column ``content`` stands for; one that was never filled in is an empty text. ContentError."""
    try:
        return _ADAPTER.validate_python(stored or {"kind": "text"})
    except ValidationError as error:
        raise ContentError(f"content of {len(error.errors())} problems") from None


def words(content: Content) -> str:
    """Its words, for lists and for whoever looks for risky ones."""
    if isinstance(content, TextContent):
        return content.text
    if isinstance(content, ImageContent):
        return content.alt
    labels = [word for button in content.buttons for word in (button.label, button.say) if word]
    return "\n".join(part for part in (content.title, content.text, content.alt, *labels) if part)


def is_empty(content: Content) -> bool:
    """Whether nothing at all was filled in."""
    return content == type(content)()


def problems(content: Content, *, is_public: bool = True) -> list[Problem]:
    """Why LINE would not take it, each once; empty: nothing. *is_public* says whether we have a public address."""
    if isinstance(content, TextContent):
        found = _length(content.text, LONGEST_TEXT, "text-empty", "text-long")
    elif isinstance(content, ImageContent):
        found = _length(content.alt, LONGEST_ALT, "alt-empty", "alt-long")
        found += ["picture-empty"] if content.picture_id is None else []
    else:
        found = _length(content.title, LONGEST_TITLE, "title-empty", "title-long")
        found += _length(content.text, LONGEST_BODY, None, "text-long")
        found += _length(content.alt, LONGEST_ALT, None, "alt-long")
        found += [problem for button in content.buttons for problem in _of_button(button)]
        labels = [button.label.strip() for button in content.buttons]
        found += ["labels-alike"] if len(set(labels)) < len(labels) else []
        found += ["buttons-many"] if len(labels) > MOST_BUTTONS else []
    if not is_public and not isinstance(content, TextContent) and content.picture_id is not None:
        found.append("picture-no-address")
    return list(dict.fromkeys(found))


def _of_button(button: Button) -> list[Problem]:
    found = _length(button.label, LONGEST_LABEL, "label-empty", "label-long", graphemes)
    if button.url and button.say:
        found.append("button-both")
    if not button.url and not (button.say or "").strip():
        found.append("button-empty")
    if button.say:
        found += _length(button.say, LONGEST_SAY, None, "say-long", graphemes)
    if button.url:
        found += _length(button.url, LONGEST_URL, None, "url-long")
        found += [] if is_https(button.url) else ["url-not-https"]
    return found


def is_https(url: str) -> bool:
    """Whether *url* is an address that LINE opens safely: https, a host, nothing odd in it."""
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_plain = url.isascii() and not any(sign.isspace() or not sign.isprintable() for sign in url)
    return parts.scheme == "https" and has_host and is_plain and parts.username is None and "\\" not in url


def utf16_length(text: str) -> int:
    """How long *text* is as LINE counts it: 🍎 is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _length(
    text: str, most: int, empty: Problem | None, long: Problem, count: Callable[[str], int] = utf16_length
) -> list[Problem]:
    if not text.strip():
        return [empty] if empty is not None else []
    return [long] if count(text) > most else []
