"""The shape of ``language/body_notes.yaml``: what people tell about their body, and how it is heard that they mean themselves."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

BodyNote = Literal["pregnant", "surgery", "acute", "knee", "shoulder", "wrist", "back", "neck"]
NOTES: tuple[BodyNote, ...] = ("pregnant", "surgery", "acute", "knee", "shoulder", "wrist", "back", "neck")

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
ShortLabel = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8)]
"""Short enough for a button that says more than the label."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BodyNoteWords(_Part):
    """One note: how it is shown, whether it *bars* every exercise, and how people tell it.

    *parts* are names of a part of the body, which tell it together with a complaint; *words* tell it by themselves. By its
    *names*, parts and label a person speaks of it when it is to be kept or forgotten.
    """

    note: BodyNote
    label: ShortLabel
    bars: bool = False
    parts: tuple[Word, ...] = ()
    words: tuple[Word, ...] = ()
    names: tuple[Word, ...] = ()


class BodyBook(_Part):
    """The whole of ``language/body_notes.yaml``.

    *between* are words that may stand between a part and its *complaints*. A note is not the person's own after one of
    *others*, unless *mine* follows; it is gone after one of *past* or before one of *over*, unless *still* is said there;
    and one of *asks* behind it, or of *ifs* before it, speaks of it in general. What lies on one of *unlike* only looks so.
    One of *keep* or *forget* right behind a name asks us to do so with the note.
    """

    notes: Annotated[tuple[BodyNoteWords, ...], Field(min_length=1)] = ()
    complaints: tuple[Word, ...] = ()
    between: tuple[Word, ...] = ()
    others: tuple[Word, ...] = ()
    mine: tuple[Word, ...] = ()
    past: tuple[Word, ...] = ()
    over: tuple[Word, ...] = ()
    still: tuple[Word, ...] = ()
    asks: tuple[Word, ...] = ()
    ifs: tuple[Word, ...] = ()
    unlike: tuple[Word, ...] = ()
    keep: tuple[Word, ...] = ()
    forget: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _each_note_once(self) -> "BodyBook":
        listed = [words.note for words in self.notes]
        for note in NOTES if self.model_fields_set else ():
            if listed.count(note) != 1:
                raise ValueError(f"notes: {note} must be listed once, and is listed {listed.count(note)} times")
        return self

    def label(self, note: str) -> str:
        """How *note* is called on buttons and in lists."""
        return next((words.label for words in self.notes if words.note == note), note)

    @property
    def barring(self) -> frozenset[str]:
        """The notes with which a doctor must be asked before any exercise."""
        return frozenset(words.note for words in self.notes if words.bars)
