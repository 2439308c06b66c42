"""What must hold across a whole pack: references, completeness, uniqueness, templates."""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from string import Template
from typing import NamedTuple

from bot.library import positions, questions
from bot.library.fields import graphemes, opens
from bot.library.schema import (
    KINDS,
    Article,
    Check,
    Command,
    Entry,
    Faq,
    Origin,
    Routine,
    Safety,
)

PRACTICE_VALUES = frozenset(
    [
        "name",
        "hours",
        "closed",
        "address",
        "access",
        "parking",
        "phone",
        "booking_url",
        "homepage_url",
        "prices",
        "trial",
        "staff_hours",
    ]
)
_FACT_THAT_OPENS = re.compile(r"\$(?:booking_url|homepage_url)[!-~]*")
REQUIRED = (
    *(
        f"command/{slug}"
        for slug in (
            "menu",
            "routine-now",
            "routine-done",
            "reminder-set",
            "reminder-list",
            "reminder-pause",
            "reminder-stop",
            "snooze",
            "progress",
            "articles",
            "self-check",
            "talk-to-staff",
            "my-data",
            "thanks",
        )  # fmt: skip
    ),
    "safety/emergency",
    "safety/see-doctor",
    "safety/crisis",
)


MOST_OF_BUTTON, MOST_OF_MESSAGE = 20, 1000
"""Characters of a message of the program before it is filled in: what LINE takes on a button, and what is read at once."""
OPTIONAL = ("command/privacy", "command/recommend")
"""What the program can do for a pack that has words for it."""


class Found(NamedTuple):
    """A problem: its place, what and how to mend, and for pages what kind it is, of which part, with which value."""

    file: str
    line: int
    message: str
    kind: str = "other"
    path: positions.Path = ()
    value: str = ""


@dataclass(frozen=True)
class Place:
    """Where an entry stands: its file, and the lines of what is inside it."""

    file: str
    lines: Mapping[positions.Path, int]
    at: positions.Path

    def line(self, *path: str | int) -> int:
        """The line of *path* inside the entry."""
        return positions.line_of(self.lines, (*self.at, *path))


def problems(
    entries: Mapping[str, Entry],
    places: Mapping[str, Place],
    origins: Mapping[str, Origin],
    messages: Mapping[str, tuple[str, Place]],
    said: Mapping[str, str],
    words: Container[str],
    unread: Container[str] = (),
) -> Iterator[Found]:
    """Every problem that no single entry shows, as (file, line, what and how to mend).

    *said* are the messages that the program says, worded by the shipped pack; *words* the keys of ``words.yaml``; nothing
    counts as missing in the folders *unread*.
    """
    yield from _required(places, unread)
    seen: dict[str, str] = {}
    for entry in entries.values():
        place = places[entry.id]
        yield from _phrasings(entry, place, seen)
        yield from _references(entry, place, places, unread)
        origin = getattr(entry, "origin", None)
        if origin is not None and origins and origin not in origins:
            message = f"origin: {origin!r} is not in origins.yaml; add it there or choose another"
            yield Found(place.file, place.line("origin"), message, "choice", ("origin",))
        if isinstance(entry, Command) and entry.id not in (*REQUIRED, *OPTIONAL):
            known = ", ".join(id for id in (*REQUIRED, *OPTIONAL) if id.startswith("command/"))
            yield Found(place.file, place.line("id"), f"id: {entry.id} is no command of the program; it has {known}")
        if isinstance(entry, Faq):
            yield from _template(entry, place)
        if isinstance(entry, Check):
            yield from _check(entry, place, words)
        if isinstance(entry, Article):
            yield from _twice([section.slug for section in entry.sections], place, "sections")
    yield from _messages(messages, said)


def uncaught(
    entries: Mapping[str, Entry], places: Mapping[str, Place], judge: Callable[[str], str | None]
) -> Iterator[Found]:
    """Every phrasing of a safety entry that *judge*, who knows the pack's rules, does not lead to that entry."""
    for entry in entries.values():
        if not isinstance(entry, Safety):
            continue
        for position, phrasing in enumerate(entry.phrasings):
            caught_by = judge(phrasing)
            if caught_by == entry.id:
                continue
            what = "is not caught" if caught_by is None else f"is caught for {caught_by}"
            yield Found(
                places[entry.id].file,
                places[entry.id].line("phrasings", position),
                f"phrasings: {phrasing!r} {what}; add its words to a rule of {entry.id} in language/safety.yaml",
            )


def lost_pictures(
    entries: Mapping[str, Entry], places: Mapping[str, Place], is_there: Callable[[str], bool]
) -> Iterator[Found]:
    """Every picture that an entry names and that is no file of ``pictures/``."""
    for entry in entries.values():
        picture = getattr(entry, "picture", None)
        if picture is not None and not is_there(picture.name):
            message = f"picture: pictures/{picture.name}.svg does not exist; draw it or mend the name"
            yield Found(places[entry.id].file, places[entry.id].line("picture", "name"), message)


def _folder(id: str) -> str:
    kind = id.partition("/")[0]
    return next((folder for folder, model in KINDS.items() if model.__name__.lower() == kind), "")


def is_missing(id: str, places: Container[str], unread: Container[str]) -> bool:
    """Whether there is no such entry, as far as can be said: nothing is known of the folders *unread*."""
    return id not in places and _folder(id) not in unread


def _required(places: Mapping[str, Place], unread: Container[str]) -> Iterator[Found]:
    for id in REQUIRED:
        if is_missing(id, places, unread):
            yield Found(_folder(id), 1, f"{id} is missing; every pack must have an entry with this id")


def _phrasings(entry: Entry, place: Place, seen: dict[str, str]) -> Iterator[Found]:
    for position, phrasing in enumerate(entry.phrasings):
        owner = seen.setdefault(phrasing, entry.id)
        if owner != entry.id:
            message = f"phrasings: {phrasing!r} stands already under {owner}; keep it at one of them"
            line = place.line("phrasings", position)
            yield Found(place.file, line, message, "taken", ("phrasings", position), f"{phrasing} ({owner})")
        elif entry.phrasings.index(phrasing) != position:
            message = f"phrasings: {phrasing!r} stands twice; keep one"
            line = place.line("phrasings", position)
            yield Found(place.file, line, message, "twice", ("phrasings", position), phrasing)


def _references(entry: Entry, place: Place, places: Mapping[str, Place], unread: Container[str]) -> Iterator[Found]:
    def dead(path: tuple[str | int, ...], id: str | None, kind: str | None = None) -> Iterator[Found]:
        if id is None:
            return
        name = str(path[0])
        if is_missing(id, places, unread):
            message = f"{name}: {id} does not exist; mend the id or remove it"
            yield Found(place.file, place.line(*path), message, "dead", path, id)
        elif kind is not None and not id.startswith(f"{kind}/"):
            yield Found(place.file, place.line(*path), f"{name}: {id} must be of the kind {kind}", "dead", path, id)

    for position, id in enumerate(entry.related):
        yield from dead(("related", position), id)
        if id == entry.id:
            message = f"related: {id} points to itself; remove it"
            yield Found(place.file, place.line("related", position), message, "itself", ("related", position))
    if isinstance(entry, Article | Faq):
        yield from dead(("other_view",), entry.other_view, "article")
    if isinstance(entry, Routine):
        for position, id in enumerate(entry.steps):
            yield from dead(("steps", position), id, "exercise")
    if isinstance(entry, Check):
        for number, question in enumerate(entry.questions):
            for position, choice in enumerate(question.choices):
                yield from dead(("questions", number, "choices", position, "safety"), choice.safety, "safety")
        for number, ending in enumerate(entry.endings):
            yield from dead(("endings", number, "article"), ending.article, "article")
            yield from dead(("endings", number, "routine"), ending.routine, "routine")
            for position, id in enumerate(ending.exercises):
                yield from dead(("endings", number, "exercises", position), id, "exercise")


def _template(entry: Faq, place: Place) -> Iterator[Found]:
    links: list[tuple[positions.Path, str]] = [(("links", n, "url"), link.url) for n, link in enumerate(entry.links)]
    for path, text in ((("answer",), entry.answer), *links):
        template = Template(text)
        if not template.is_valid():
            message = f"{path[0]}: a `$` must begin a value's name; write `$$` for the sign itself"
            yield Found(place.file, place.line(*path), message, "dollar", path)
            continue
        unknown = [name for name in template.get_identifiers() if name not in PRACTICE_VALUES]
        for name in unknown:
            known = ", ".join(sorted(PRACTICE_VALUES))
            message = f"{path[0]}: ${name} is no value of the practice; use one of {known}"
            yield Found(place.file, place.line(*path), message, "unknown-value", path, f"${name}")
        if (path, text) in links and not unknown and not (opens(text) or _FACT_THAT_OPENS.fullmatch(text)):
            message = "links: url must be an address (https://…, tel:…), $booking_url or $homepage_url, without spaces"
            yield Found(place.file, place.line(*path), message, "address", path)


def _check(entry: Check, place: Place, words: Container[str]) -> Iterator[Found]:
    known = {question.slug: {choice.slug for choice in question.choices} for question in entry.questions}
    for path, message in questions.problems(entry.questions, words, ()):
        yield Found(place.file, place.line(*path), message)
    for number, ending in enumerate(entry.endings):
        line = place.line("endings", number)
        for slug, choices in ending.when.items():
            if slug not in known:
                yield Found(place.file, line, f"endings: there is no question {slug!r}; mend the slug")
                continue
            for choice in choices:
                if choice not in known[slug]:
                    message = f"endings: question {slug!r} has no choice {choice!r}; mend the slug"
                    yield Found(place.file, line, message)
    if entry.endings[-1].when:
        line = place.line("endings", len(entry.endings) - 1)
        yield Found(place.file, line, "endings: the last one must hold always; drop its `when`")


def _twice(slugs: list[str], place: Place, name: str) -> Iterator[Found]:
    for position, slug in enumerate(slugs):
        if slugs.index(slug) != position:
            message = f"{name}: the slug {slug!r} stands twice; name them apart"
            yield Found(place.file, place.line(name, position), message, "twice", (name, position), slug)


def _messages(messages: Mapping[str, tuple[str, Place]], said: Mapping[str, str]) -> Iterator[Found]:
    for key, (text, place) in messages.items():
        template = Template(text)
        if not template.is_valid():
            message = f"{key}: a `$` must begin a value's name; write `$$` for the sign itself"
            yield Found(place.file, place.line(), message, "dollar", ("text",))
            continue
        if key not in said:
            yield Found(
                place.file, place.line(), f"{key}: is no message of the program; remove it or mend its spelling"
            )
            continue
        most = MOST_OF_BUTTON if key.startswith("button_") else MOST_OF_MESSAGE
        if graphemes(text) > most:
            message = f"{key}: has {graphemes(text)} characters; shorten it to {most}"
            yield Found(place.file, place.line(), message, "too-long", ("text",), str(most))
        known = Template(said[key]).get_identifiers()
        for name in template.get_identifiers():
            if name not in known:
                use = ", ".join(f"${one}" for one in known) or "none"
                message = f"{key}: ${name} is not filled in here; the values are: {use}"
                yield Found(place.file, place.line(), message, "unknown-value", ("text",), f"${name}")
