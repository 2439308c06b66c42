"""What a value in a content pack may look like: texts of limited length, ids, times, and the value that never changes."""

import unicodedata
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import regex
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from bot.library.visible import is_plain, visible

BYTES_EACH, BYTES_OF_FEW = 4, 32
"""What a character takes at most, on the average of a whole text, and where there are few: a plain emoji takes as many."""
_GRAPHEME = regex.compile(r"\X")
_OPENS = regex.compile(r"(?:https?://|tel:|line://)[!-~]+")
_DASHES = regex.compile(r"[‐‑‒–—―−ー]")
_DIALS = regex.compile(r"\+?[0-9][0-9() .-]*[0-9]")
_BETWEEN = regex.compile(r"[() .]")
_SHORTEST_NUMBER = 3


def graphemes(text: str) -> int:
    """How many characters a person sees in *text* (LINE counts labels this way)."""
    return len(text) if is_plain(text) else len(_GRAPHEME.findall(text))


def _at_most(limit: int, bytes_each: int = BYTES_OF_FEW) -> AfterValidator:
    def check(text: str) -> str:
        if graphemes(text) > limit:
            raise PydanticCustomError(
                "too_many_characters",
                "has {length} characters; shorten it to {limit}",
                {"length": graphemes(text), "limit": limit},
            )
        # What people see as one may be a dozen letters (a family, an accent upon an accent); a card has room for so much.
        if len(text.encode()) > bytes_each * limit:
            raise ValueError("has too many signs that are made of several; take some out")
        return text

    return AfterValidator(check)


def opens(url: str) -> bool:
    """Whether a button can lead to *url*: LINE refuses a whole message for an address that it cannot open."""
    return _OPENS.fullmatch(url) is not None


def dialled(text: str) -> str:
    """The first telephone number in *text* as a link may carry it, 「０３−１２３４−５６７８（代表）」 as 03-1234-5678; blank without one."""
    found = _DIALS.search(_DASHES.sub("-", unicodedata.normalize("NFKC", text)))
    number = "" if found is None else _BETWEEN.sub("", found[0])
    return number if sum(sign.isdigit() for sign in number) >= _SHORTEST_NUMBER else ""


def _that_dials(text: str) -> str:
    if not dialled(text):
        raise PydanticCustomError("no_number", "must hold a telephone number such as 03-1234-5678")
    return text


def _that_opens(url: str) -> str:
    if not opens(url):
        raise PydanticCustomError("no_address", "must be an address (https://…, tel:…) without spaces")
    return url


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise ValueError("is no time zone; write one such as Asia/Tokyo") from error
    return name


def _seen(given: object) -> object:
    return visible(given) if isinstance(given, str) else given


def _speaker(name: str) -> str:
    if len(name.encode("utf-16-le")) // 2 > 20 or "line" in name.casefold():
        raise ValueError("must have at most 20 characters and not the word LINE in it, or LINE refuses the message")
    return name


Text = Annotated[str, BeforeValidator(_seen), StringConstraints(strip_whitespace=True, min_length=1)]
Label = Annotated[Text, _at_most(20)]
MenuLine = Annotated[Text, _at_most(7)]
"""What fits across a field of the rich menu in large letters."""
ChatBar = Annotated[Text, _at_most(14)]
Speaker = Annotated[Text, AfterValidator(_speaker)]
"""A name that LINE shows over a message."""
Phone = Annotated[Label, AfterValidator(_that_dials)]
"""What is shown for a telephone number: LINE refuses a whole message for a button that dials anything else."""
Title = Annotated[Text, _at_most(40)]
Line = Annotated[Text, _at_most(200, BYTES_EACH)]
Body = Annotated[Text, _at_most(1000, BYTES_EACH)]
Id = Annotated[
    str,
    StringConstraints(pattern=r"^(article|faq|exercise|routine|term|check|command|safety)/[a-z0-9]+(-[a-z0-9]+)*$"),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
LineId = Annotated[str, StringConstraints(pattern=r"^@[a-z0-9._-]{3,20}$")]
"""The basic id of an account, as LINE's manager shows it."""
WallTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Zone = Annotated[str, AfterValidator(_known_zone)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Url = Annotated[Text, _at_most(1000)]
Opening = Annotated[Url, AfterValidator(_that_opens)]


class Frozen(BaseModel):
    """A value that never changes and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
