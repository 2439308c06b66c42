"""The shape of a content pack: one frozen model for each kind of entry."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.library.body_book import BodyBook, BodyNote
from bot.library.fields import Body, Frozen, Id, Label, Line, Slug, Title, Url, WallTime
from bot.library.questions import CheckQuestion
from bot.library.safety_book import SafetyBook, SafetyExamples


class PartOfDay(StrEnum):
    """The stretch of the day in which a routine lives, and a bare hour is read."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    NIGHT = "night"
    BEDTIME = "bedtime"


class Entry(Frozen):
    """What every answerable thing has: an id, names, and how people ask for it."""

    id: Id
    title: Title
    label: Label
    phrasings: Annotated[tuple[Line, ...], Field(min_length=5)]
    keywords: tuple[Label, ...] = ()
    related: Annotated[tuple[Id, ...], Field(max_length=6)] = ()
    reviewed_on: date | None = None
    reviewed_by: Title | None = None
    review_by: date | None = None
    source: Line | None = None

    @property
    def kind(self) -> str:
        """The part of the id before the slash: faq, article, exercise …"""
        return self.id.partition("/")[0]


class Link(Frozen):
    """A button that opens a page or a phone number."""

    label: Label
    url: Url


class Drawing(Frozen):
    """A drawing in ``pictures/``, by its *name* without an ending, and in words for whoever does not see it."""

    name: Slug
    alt: Title


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
    picture: Drawing | None = None


class Exercise(Entry):
    """A movement: what for, how, how often, and what to mind."""

    origin: Slug
    purpose: Line
    steps: Annotated[tuple[Line, ...], Field(min_length=1, max_length=8)]
    count: Line
    tips: Annotated[tuple[Line, ...], Field(max_length=8)] = ()
    cautions: Annotated[tuple[Line, ...], Field(max_length=8)] = ()
    avoid_if: tuple[BodyNote, ...] = ()
    picture: Drawing | None = None
    hold_seconds: Annotated[int, Field(ge=5, le=60, multiple_of=5)] | None = None
    """The length of one hold or breath, where there is one: LINE's loading sign counts it."""


class Routine(Entry):
    """An ordered list of exercises with a time of day."""

    origin: Slug
    default_time: WallTime
    part_of_day: PartOfDay
    minutes: Annotated[int, Field(ge=1, le=60)]
    intro: Body
    steps: Annotated[tuple[Id, ...], Field(min_length=1, max_length=8)]
    picture: Drawing | None = None
    prompts: Annotated[tuple[Line, ...], Field(min_length=3)]
    praise: Annotated[tuple[Line, ...], Field(min_length=2)]
    nicknames: Annotated[tuple[Label, ...], Field(min_length=1)]


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
    """A public line of help, with where its number was taken from and when.

    *confirmed_on*: when somebody of the practice last made sure of it themselves; None: never.
    """

    name: Label
    number: Label
    hours: Line
    source: Url
    verified_on: date
    confirmed_on: date | None = None


class Safety(Entry):
    """What is said when a message sounds dangerous."""

    answer: Body
    contacts: Annotated[tuple[Contact, ...], Field(min_length=1, max_length=8)]


class Review(Frozen):
    """Where a text about health comes from, who looked it over and when, and by when it is looked over again."""

    source: Line
    reviewed_by: Title
    reviewed_on: date
    review_by: date


class Origin(Frozen):
    """Whose view an answer is; with a *review* its texts are about health, and it holds for all that say nothing else."""

    word: Label
    note: Line
    review: Review | None = None


class Language(Frozen):
    """How people write, beside the phrasings: the files of ``language/``."""

    synonyms: tuple[tuple[Line, ...], ...] = ()
    out_of_scope: tuple[Line, ...] = ()
    follow_ups: dict[Slug, tuple[Line, ...]] = {}
    safety: SafetyBook = SafetyBook()
    safety_examples: SafetyExamples = SafetyExamples()
    body_notes: BodyBook = BodyBook()
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
