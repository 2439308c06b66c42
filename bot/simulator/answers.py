"""What the platform answers to an API request, in LINE's shapes, and the faults that tests may put in its way."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from .complaints import Json

Broken = Literal["silence", "close", "hangup"]
Outcome = Literal["silence", "close", "hangup", "rubbish"]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer before it becomes HTTP.

    *broken* says that the answer never arrives whole: LINE stays silent, closes in the middle, or hangs up before the
    first word. *rubbish* are bytes that are sent in place of *body*, and so
    is a *file*: its type and its bytes.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Json | None = None
    broken: Broken | None = None
    rubbish: bytes | None = None
    file: tuple[str, bytes] | None = None

    @property
    def content_type(self) -> str:
        """What the bytes are announced as."""
        return "application/json" if self.file is None else self.file[0]

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        if self.rubbish is not None:
            return self.rubbish
        if self.file is not None:
            return self.file[1]
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode("utf-8", "replace")


@dataclass(frozen=True)
class Fault:
    """One answer gone wrong: a status such as 500 or 429, silence, a closed connection (``close``: in the middle,
    ``hangup``: before the first word), or a rubbish body.

    *taken* says whether LINE had accepted the request before its answer went wrong.
    """

    outcome: int | Outcome
    taken: bool = False
    message: str = ""
    """What LINE says with a status, when it is not what it mostly says."""

    def spoil(self, answer: Answer) -> Answer:
        """*answer* as it arrives through this fault."""
        headers = answer.headers
        match self.outcome:
            case int(status):
                return Answer(
                    status, headers, {"message": self.message or _FAULT_MESSAGES.get(status, "The request failed")}
                )
            case "rubbish":
                return Answer(200, headers, rubbish=b"<html>\xff\xfe not JSON")
            case broken:
                return replace(answer, broken=broken)


_FAULT_MESSAGES = {
    429: "The API rate limit has been exceeded. Try again later.",
    500: "Internal server error",
}


class RefusalError(Exception):
    """A request that LINE does not take, with the answer that says so."""

    def __init__(
        self, status: int, message: str, details: Sequence[Json] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body: Json = {"message": message} | ({"details": list(details)} if details else {})
