"""The shape of ``language/safety.yaml``, the rules of danger, and of ``language/safety_examples.yaml``, what they are compared with."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Example = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
SafetyId = Annotated[str, StringConstraints(pattern=r"^safety/[a-z0-9]+(-[a-z0-9]+)*$")]


def _lines(given: object) -> object:
    """The lines of a block of text, each of them one example."""
    return [line for line in given.splitlines() if line.strip()] if isinstance(given, str) else given


Examples = Annotated[tuple[Example, ...], BeforeValidator(_lines)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SafetyContext(_Part):
    """What makes a dangerous word harmless: one of *words* standing *where*, unless one of *but* is in that place too.

    ``before`` and ``after`` look *within* so many letters, as spoken; the others at the whole clause, sentence or message.
    ``occasion`` looks at the sentence too, but only for what brought the complaint on, by the words of a SafetyOccasion.
    """

    where: Literal["before", "after", "clause", "sentence", "message", "occasion"]
    within: Annotated[int, Field(ge=0, le=40)] = 6
    words: tuple[Phrase, ...]
    but: tuple[Phrase, ...] = ()


class SafetyNegation(_Part):
    """How a symptom is denied: *words* deny it, even across *bridges*; *ends* close a clause, *lists* join symptoms.

    Groups in *spares* are never denied: they name a place, a person or a manner, and what follows denies something else.
    After one of *doubles* a second negation takes the first back (ないわけではない).
    A particle of *links* goes on only before *after_links* or a negation (ていない, ではない); *stops* begin something else.
    """

    words: tuple[Phrase, ...]
    bridges: tuple[Phrase, ...]
    ends: tuple[Phrase, ...]
    lists: tuple[Phrase, ...]
    spares: tuple[Phrase, ...] = ()
    doubles: tuple[Phrase, ...] = ()
    links: tuple[Phrase, ...] = ()
    after_links: tuple[Phrase, ...] = ()
    stops: tuple[Phrase, ...] = ()


class SafetyOccasion(_Part):
    """How a message tells what brought a complaint on: it names that first, or last in a clause that one of *closes* ends.

    What one of *asked* follows is wished for, asked for or not begun, and has brought on nothing.
    """

    asked: tuple[Phrase, ...] = ()
    closes: tuple[Phrase, ...] = ()


class SafetyRule(_Part):
    """A danger: a word of every group in *all*, at most *reach* letters from the last one, with none of *unless* true."""

    name: RuleName
    why: Phrase
    all: Annotated[tuple[Phrase | tuple[Phrase, ...], ...], Field(min_length=1)]
    unless: tuple[Phrase, ...] = ()
    reach: Annotated[int, Field(ge=1, le=200)] = 18


class SafetyKind(_Part):
    """The rules that lead to one entry, with the contexts that silence each of them.

    *alike* is what staff are told where a message is answered because it is like the examples.
    """

    id: SafetyId
    unless: tuple[Phrase, ...] = ()
    rules: tuple[SafetyRule, ...]
    alike: str = ""


class SafetyExamples(_Part):
    """Sentences by the entry that answers them, and such as need no answer of this kind, however dangerous they may sound."""

    dangers: dict[SafetyId, Examples] = {}
    harmless: Examples = ()


class SafetyBook(_Part):
    """The whole of ``language/safety.yaml``; of several kinds that fire, the one listed first wins."""

    words: dict[Phrase, tuple[Phrase, ...]] = {}
    contexts: dict[Phrase, SafetyContext] = {}
    negation: SafetyNegation = SafetyNegation(words=(), bridges=(), ends=(), lists=())
    occasion: SafetyOccasion = SafetyOccasion()
    kinds: tuple[SafetyKind, ...] = ()

    @model_validator(mode="after")
    def _names_are_known(self) -> "SafetyBook":
        for name, words in self.words.items():
            for word in words:
                if word.startswith("@") and word[1:] not in self.words:
                    raise ValueError(
                        f"words: {name} names the group {word}, which does not exist; add it or mend the name"
                    )
        for kind in self.kinds:
            self._contexts_are_known(kind.id, kind.unless)
            for rule in kind.rules:
                self._contexts_are_known(rule.name, rule.unless)
                for part in rule.all:
                    for group in (part,) if isinstance(part, str) else part:
                        if group not in self.words:
                            raise ValueError(
                                f"rule {rule.name}: there is no group {group}; add it to words or mend the name"
                            )
        return self

    def _contexts_are_known(self, user: str, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in self.contexts:
                raise ValueError(f"{user}: there is no context {name}; add it to contexts or mend the name")
