"""One request to the Messaging API as its endpoint sees it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from .answers import Answer, RefusalError
from .complaints import Json
from .world import World


@dataclass(frozen=True)
class Call:
    """What an endpoint looks at; header names are in lower case."""

    id: str
    kind: str
    """The endpoint's name: that of the send, else one such as ``loading``."""
    named: dict[str, str]
    """What the path says, such as ``userId``."""
    headers: dict[str, str]
    query: str
    body: bytes

    def json(self) -> Json:
        """The body, which must be a JSON object."""
        if not self.headers.get("content-type", "application/json").startswith("application/json"):
            raise RefusalError(415, "Unsupported Media Type")
        try:
            found: Any = json.loads(self.body or b"{}")
        except ValueError as error:
            raise RefusalError(400, "The request body could not be parsed as JSON") from error
        if not isinstance(found, dict):
            raise RefusalError(400, "The request body must be a JSON object")
        return found

    def asked(self, name: str, default: str = "") -> str:
        """What the query says of *name*."""
        return parse_qs(self.query).get(name, [default])[0]


Endpoint = Callable[[World, Call], Answer]


def invalid(where: str, message: str) -> RefusalError:
    """The refusal of one property."""
    return refuse([{"message": message, "property": where}])


def refuse(details: list[Json]) -> RefusalError:
    """The refusal of a body with all that is wrong in it."""
    placed = [detail | {"property": detail["property"].removeprefix(".")} for detail in details]
    return RefusalError(400, f"The request body has {len(placed)} error(s)", placed)
