"""The smallest parts of a Flex message, and its colours."""

from typing import Any

Json = dict[str, Any]

# Colours with a contrast of at least 4.5 : 1 on white, for older eyes; on ACCENT stands WHITE.
INK, SOFT, ACCENT, ALERT = "#1F2933", "#5B6770", "#1B6B5A", "#B42318"
WHITE = "#FFFFFF"


def text(text: str, *, size: str = "md", color: str = INK, weight: str = "regular", margin: str | None = None) -> Json:
    """Some words that wrap."""
    component: Json = {"type": "text", "text": text, "wrap": True, "size": size, "color": color, "weight": weight}
    return component | ({"margin": margin} if margin is not None else {})


def heading(text_: str) -> Json:
    """The small heading over a block."""
    return text(text_, color=ACCENT, weight="bold", margin="lg")
