"""Questions with choices, answered by button or in one's own words: of a self-check, and of the welcome."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from bot.library.body_book import BodyNote
from bot.library.fields import Frozen, Id, Label, Line, Slug


class Answer(Frozen):
    """One way to answer a question."""

    slug: Slug
    label: Label
    words: Annotated[tuple[Line, ...], Field(min_length=1)]
    like: tuple[Slug, ...] = ()
    """Keys of ``language/words.yaml`` whose words mean this answer, too."""
    days: tuple[int, int] | None = None
    """How long ago something began that means this answer (「3日前から」), both ends in."""
    minutes: tuple[int, int] | None = None
    """How long a time means this answer (「5分なら」), both ends in."""


class CheckChoice(Answer):
    """One way to answer a check's question; *safety* ends the check there."""

    notes: tuple[BodyNote, ...] = ()
    """What it tells about the body: known as long as the talk lasts."""
    safety: Id | None = None


class CheckQuestion(Frozen):
    """One question of a check."""

    slug: Slug
    ask: Line
    choices: Annotated[tuple[CheckChoice, ...], Field(min_length=2, max_length=10)]


class WelcomeChoice(Answer):
    """One way to answer a question of the welcome; *routines* are those that it speaks for, the likeliest first."""

    routines: Annotated[tuple[Id, ...], Field(min_length=1)]


class WelcomeQuestion(Frozen):
    """One question of the welcome."""

    slug: Slug
    ask: Line
    choices: Annotated[tuple[WelcomeChoice, ...], Field(min_length=2, max_length=10)]


class Welcome(Frozen):
    """``welcome.yaml``: what somebody new is asked, so that one or two routines that fit can be offered."""

    questions: Annotated[tuple[WelcomeQuestion, ...], Field(min_length=1, max_length=3)]

    def fitting(self, answers: Mapping[str, str]) -> list[str]:
        """The routines that *answers* (question slug -> choice slug) speak for: those named most often, then last, first."""
        named = [
            choice.routines
            for question in self.questions
            for choice in question.choices
            if answers.get(question.slug) == choice.slug
        ]
        order = [id for routines in reversed(named) for id in routines]
        return sorted(dict.fromkeys(order), key=lambda routine: -order.count(routine))


Problem = tuple[tuple[str | int, ...], str]
"""Where in the questions something is wrong, and what."""


def problems(
    questions: Sequence[CheckQuestion | WelcomeQuestion], words: Container[str], ids: Container[str]
) -> Iterator[Problem]:
    """Every problem that no single question shows; *words* are the keys of ``words.yaml``, *ids* those of the pack."""
    slugs = [question.slug for question in questions]
    for number, question in enumerate(questions):
        if slugs.index(question.slug) != number:
            yield ("questions", number), f"questions: the slug {question.slug!r} stands twice; name them apart"
        choices = [choice.slug for choice in question.choices]
        if len(set(choices)) < len(choices):
            yield ("questions", number), "questions: two choices have one slug; name them apart"
        for position, choice in enumerate(question.choices):
            place = ("questions", number, "choices", position)
            for key in choice.like:
                if key not in words:
                    yield (*place, "like"), f"like: {key!r} is no key of language/words.yaml; mend it"
            for id in choice.routines if isinstance(choice, WelcomeChoice) else ():
                if id not in ids or not id.startswith("routine/"):
                    yield (*place, "routines"), f"routines: {id} is no routine of the pack; mend the id or remove it"
