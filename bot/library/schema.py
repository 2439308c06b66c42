"""The shape of a content pack: one frozen model for each kind of entry."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bot.library.safety_book import SafetyBook, SafetyExamples

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
BodyNote = Literal["pregnant", "surgery", "acute", "knee", "shoulder", "wrist", "back", "neck"]
Url = Annotated[Text, _at_most(1000)]


class PartOfDay(StrEnum):
    """The stretch of the day in which a routine lives, and a bare hour is read."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    NIGHT = "night"
    BEDTIME = "bedtime"


class Frozen(BaseModel):
    """A value that never changes and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(Frozen):
    """What every answerable thing has: an id, names, and how people ask for it."""

    id: Id
    title: Title
    label: Label
    phrasings: Annotated[tuple[Line, ...], Field(min_length=5)]
    keywords: tuple[Label, ...] = ()
    related: Annotated[tuple[Id, ...], Field(max_length=6)] = ()
    reviewed_on: date | None = None

    @property
    def kind(self) -> str:
        """The part of the id before the slash: faq, article, exercise …"""
        return self.id.partition("/")[0]


class Link(Frozen):
    """A button that opens a page or a phone number."""

    label: Label
    url: Url


class Section(Frozen):
    """One part of an article, read by itself."""

    slug: Slug
    title: Title
    text: Body


class Article(Entry):
    """A text by one author, told as summary and sections."""

    origin: Slug
    view: Line
    summary: Body
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    other_view: Id | None = None
    reviewed_on: date


class Faq(Entry):
    """A question people ask, with its answer; *answer* may hold the practice's values as ``$name``."""

    origin: Slug
    answer: Body
    other_view: Id | None = None
    links: Annotated[tuple[Link, ...], Field(max_length=3)] = ()
    staff: bool = False


class Term(Entry):
    """A word of the field, explained in one to three sentences."""

    origin: Slug
    answer: Body


class Exercise(Entry):
    """A movement: what for, how, how often, and what to mind."""

    origin: Slug
    purpose: Line
    steps: Annotated[tuple[Line, ...], Field(min_length=1, max_length=8)]
    count: Line
    tips: tuple[Line, ...] = ()
    cautions: tuple[Line, ...] = ()
    avoid_if: tuple[BodyNote, ...] = ()
    picture: Slug | None = None


class Routine(Entry):
    """An ordered list of exercises with a time of day."""

    origin: Slug
    default_time: WallTime
    part_of_day: PartOfDay
    minutes: Annotated[int, Field(ge=1, le=60)]
    intro: Body
    steps: Annotated[tuple[Id, ...], Field(min_length=1, max_length=8)]
    prompts: Annotated[tuple[Line, ...], Field(min_length=3)]
    praise: Annotated[tuple[Line, ...], Field(min_length=2)]
    nicknames: Annotated[tuple[Label, ...], Field(min_length=1)]


class CheckChoice(Frozen):
    """One way to answer a check's question; *safety* ends the check there."""

    slug: Slug
    label: Label
    words: Annotated[tuple[Line, ...], Field(min_length=1)]
    safety: Id | None = None


class CheckQuestion(Frozen):
    """One question of a check."""

    slug: Slug
    ask: Line
    choices: Annotated[tuple[CheckChoice, ...], Field(min_length=2, max_length=10)]


class CheckEnding(Frozen):
    """Where a check leads when all of *when* hold (question slug -> any of these choice slugs)."""

    when: dict[Slug, tuple[Slug, ...]] = {}
    say: Line
    article: Id
    routine: Id
    exercises: Annotated[tuple[Id, ...], Field(max_length=3)] = ()


class Check(Entry):
    """A short guided questionnaire, answered by buttons or in one's own words."""

    origin: Slug
    intro: Line
    questions: Annotated[tuple[CheckQuestion, ...], Field(min_length=1)]
    endings: Annotated[tuple[CheckEnding, ...], Field(min_length=1)]


class Command(Entry):
    """Something a person asks the assistant to do."""


class Contact(Frozen):
    """A public line of help, with where and when its number was checked."""

    name: Label
    number: Label
    hours: Line
    source: Url
    verified_on: date


class Safety(Entry):
    """What is said when a message sounds dangerous."""

    answer: Body
    contacts: Annotated[tuple[Contact, ...], Field(min_length=1, max_length=8)]


class Origin(Frozen):
    """Whose view an answer is."""

    word: Label
    note: Line


class Hours(Frozen):
    """Opening times of some weekdays, local wall time."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    open: WallTime
    close: WallTime


class Price(Frozen):
    """One line of the price list; *yen* with tax."""

    name: Line
    yen: Annotated[int, Field(ge=0)]
    minutes: Annotated[int, Field(ge=1)] | None = None


class Practice(Frozen):
    """The business itself; *sample* marks invented data."""

    sample: bool
    name: Title
    trade: Literal["seitai", "licensed", "gym"]
    timezone: Zone
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    closed: Line
    address: Line
    access: Line
    parking: Line
    phone: Label
    booking_url: Url
    homepage_url: Url
    prices: Annotated[tuple[Price, ...], Field(min_length=1)]
    trial: Line
    staff_hours: Line


class Language(Frozen):
    """How people write, beside the phrasings: the files of ``language/``."""

    synonyms: tuple[tuple[Line, ...], ...] = ()
    out_of_scope: tuple[Line, ...] = ()
    follow_ups: dict[Slug, tuple[Line, ...]] = {}
    safety: SafetyBook = SafetyBook()
    safety_examples: SafetyExamples = SafetyExamples()
    words: dict[Slug, tuple[Line, ...]] = {}
    why: dict[Slug, Line] = {}


KINDS: dict[str, type[Entry]] = {
    "articles": Article,
    "faqs": Faq,
    "exercises": Exercise,
    "routines": Routine,
    "terms": Term,
    "checks": Check,
    "commands": Command,
    "safety": Safety,
}
"""Folder of the pack -> the model of its entries."""
