"""What the practice says about people's data, as `privacy.yaml` tells it: in short for the talk, in full for a page."""

from collections.abc import Iterator, Mapping
from datetime import date
from string import Template
from typing import Annotated

from pydantic import Field

from bot.library.fields import Body, Frozen, Title
from bot.library.positions import Path

VALUES = frozenset({"name", "phone", "address", "keep_days", "keep_blocked_days"})
"""What the texts may hold as ``$name``."""


class Part(Frozen):
    """One part of the page; a blank line parts paragraphs."""

    title: Title
    text: Body


class Privacy(Frozen):
    """What is kept, why, how long, who sees it and how it is erased.

    What people write is kept for *keep_days*, all there is of somebody who blocked us for *keep_blocked_days*: what the text
    promises is what is done.
    """

    title: Title
    updated_on: date
    keep_days: Annotated[int, Field(ge=7, le=400)] = 90
    keep_blocked_days: Annotated[int, Field(ge=1, le=400)] = 30
    short: Body
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=20)]

    def filled(self, values: Mapping[str, str]) -> "Privacy":
        """The same with the practice's *values* in place of their names."""
        known = {**values, "keep_days": str(self.keep_days), "keep_blocked_days": str(self.keep_blocked_days)}
        parts = tuple(Part(title=part.title, text=Template(part.text).substitute(known)) for part in self.parts)
        return self.model_copy(update={"short": Template(self.short).substitute(known), "parts": parts})


def problems(privacy: Privacy) -> Iterator[tuple[Path, str]]:
    """What no field shows by itself: where, and what is wrong and how to mend it."""
    texts: list[tuple[Path, str]] = [(("short",), privacy.short)]
    texts += [(("parts", number, "text"), part.text) for number, part in enumerate(privacy.parts)]
    for path, text in texts:
        template = Template(text)
        if not template.is_valid():
            yield path, f"{path[-1]}: a `$` must begin a value's name; write `$$` for the sign itself"
            continue
        for name in template.get_identifiers():
            if name not in VALUES:
                yield path, f"{path[-1]}: ${name} is not filled in here; the values are: {', '.join(sorted(VALUES))}"
