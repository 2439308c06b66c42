"""What is wrong with a pack: where, and in words that say how to mend it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend, and where."""

    file: str
    line: int
    message: str

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
