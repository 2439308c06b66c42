"""What is wrong with a pack: where, and in words that say how to mend it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend, and where.

    For pages in another language *kind* names what is wrong, *path* the part of the entry, and *value* what belongs to the
    kind: a limit, an id, a text.
    """

    file: str
    line: int
    message: str
    kind: str = field(default="other", compare=False)
    path: tuple[str | int, ...] = field(default=(), compare=False)
    value: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}: {self.line}: {self.message}"


class ContentError(Exception):
    """A pack that cannot be used; *problems* are all that was found, in the order of files and lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def mend(detail: Any) -> str:
    """A pydantic error in words that say what to do."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return "is not a key of this kind of entry; remove it or mend its spelling"
    if kind == "missing":
        return "is missing; add it"
    if kind in ("too_many_characters", "no_address", "no_number", "too_pale"):
        return str(detail["msg"])
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    if kind == "too_short":
        return f"has {context['actual_length']}; give at least {context['min_length']}"
    if kind == "too_long":
        return f"has more than {context['max_length']}; take some out"
    if kind == "string_pattern_mismatch":
        return f"{detail['input']!r} is not of the right form ({context['pattern']}); mend it"
    if kind == "literal_error":
        return f"{detail['input']!r} is not one of {context['expected']}; choose one of these"
    return f"{detail['msg']} (found {type(detail['input']).__name__}); mend it"


_KINDS = {
    "missing": ("missing", ""),
    "string_too_short": ("missing", ""),
    "too_many_characters": ("too-long", "limit"),
    "no_address": ("address", ""),
    "no_number": ("telephone", ""),
    "too_short": ("too-few", "min_length"),
    "too_long": ("too-many", "max_length"),
    "string_pattern_mismatch": ("form", ""),
    "literal_error": ("choice", ""),
    "extra_forbidden": ("unknown-key", ""),
    "int_parsing": ("number", ""),
    "greater_than_equal": ("at-least", "ge"),
    "less_than_equal": ("at-most", "le"),
    "date_from_datetime_parsing": ("date", ""),
    "date_parsing": ("date", ""),
}


def kind_of(detail: Any) -> tuple[str, str]:
    """What a pydantic error is called on pages, with the value that belongs to it."""
    kind, key = _KINDS.get(detail["type"], ("other", ""))
    return kind, str(detail.get("ctx", {}).get(key, "")) if key else ""
