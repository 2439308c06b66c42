"""Which choice of a question an answer in one's own words means; shared by the self-checks and the welcome."""

from collections.abc import Sequence

from bot.conversation import Turn
from bot.library.library import Library
from bot.library.questions import Answer, CheckQuestion, WelcomeQuestion
from bot.understanding import choices

Question = CheckQuestion | WelcomeQuestion


def meant(turn: Turn, question: Question, *, only_if_known: bool = False) -> str | None:
    """The slug of the choice that the message means: by number, or by what it says; None when it means none.

    A message that asks or wants something of its own must say nothing else, and with *only_if_known* any that could be
    understood by itself, or that seems to mean none of the choices in particular.
    """
    number = choices.number(turn.text)
    if number is not None and number <= len(question.choices):
        return question.choices[number - 1].slug
    if asks(turn):
        return plain(turn, question)
    wish = turn.library.language.words.get("wish", ())
    is_wish = turn.meaning.score == 1.0 or turn.text.strip().endswith(wish)
    if turn.meaning.outcome in ("answer", "command") and (is_wish or only_if_known):
        return known(turn, question)
    answers, today = options(turn.library, question.choices), turn.local_now.date()
    chosen = choices.choose(turn.text, answers, turn.library.language.synonyms, today)
    if only_if_known and any(choice.slug == chosen and choice.like for choice in question.choices):
        # Many a ない is no 特にない: 「全然治らない」 complains, and 「人間出せ」 wants something.
        return known(turn, question)
    return chosen


def plain(turn: Turn, question: Question) -> str | None:
    """The slug of the choice of which the message says the very words, or a length of time that means it."""
    return choices.plain(turn.text, options(turn.library, question.choices), turn.local_now.date())


def known(turn: Turn, question: Question) -> str | None:
    """The slug of the choice that the message means, when every word of it is the choice's own."""
    answers, today = options(turn.library, question.choices), turn.local_now.date()
    return choices.known(turn.text, answers, turn.library.language.synonyms, today, about=question.ask)


def asks(turn: Turn) -> bool:
    """Whether the message asks something: 「夜かな」 only hesitates."""
    text, words = turn.text.strip(), turn.library.language.words
    is_question = text.endswith(words.get("question", ())) and not text.endswith(words.get("hesitant", ()))
    return is_question or text.endswith(("?", "？"))


def options(library: Library, answers: Sequence[Answer]) -> tuple[choices.Option, ...]:
    """The choices with all that is said for them; what leads to safety wins where another is about as near."""
    words = library.language.words
    return tuple(
        choices.Option(
            answer.slug,
            (answer.label, *answer.words, *(word for key in answer.like for word in words.get(key, ()))),
            days=answer.days,
            minutes=answer.minutes,
            is_grave=getattr(answer, "safety", None) is not None,
        )
        for answer in answers
    )
