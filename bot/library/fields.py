"""What a value in a content pack may look like: texts of limited length, ids, times, and the value that never changes."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """How many characters a person sees in *text* (LINE counts labels this way)."""
    return len(_GRAPHEME.findall(text))


def _at_most(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if graphemes(text) > limit:
            raise ValueError(f"has {graphemes(text)} characters; shorten it to {limit}")
        return text

    return AfterValidator(check)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise ValueError("is no time zone; write one such as Asia/Tokyo") from error
    return name


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Label = Annotated[Text, _at_most(20)]
Title = Annotated[Text, _at_most(40)]
Line = Annotated[Text, _at_most(200)]
Body = Annotated[Text, _at_most(1000)]
Id = Annotated[
    str,
    StringConstraints(pattern=r"^(article|faq|exercise|routine|term|check|command|safety)/[a-z0-9]+(-[a-z0-9]+)*$"),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
WallTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Zone = Annotated[str, AfterValidator(_known_zone)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Url = Annotated[Text, _at_most(1000)]


class Frozen(BaseModel):
    """A value that never changes and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
