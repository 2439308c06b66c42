"""The headers of every answer: what a browser may do with it, and that nobody else frames, keeps or guesses about it."""

from typing import TypeVar

from werkzeug.wrappers import Response

Answer = TypeVar("Answer", bound=Response)

_MINE = "default-src 'self'; object-src 'none'; base-uri 'none'"
PAGE = f"{_MINE}; img-src 'self' data: blob:; form-action 'self'; frame-ancestors 'none'"
"""For a page of ours: scripts, styles and pictures are files of ours, none of them is written into the page."""
FRAMED = PAGE.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""For a page that a page of ours frames."""
CHAT = f"{_MINE}; img-src 'self' https: data:; media-src 'self' https:; form-action 'none'; frame-ancestors 'self'"
"""For the simulator's page, which shows what a bot sends and frames itself."""
NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""For everything that is no page."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_A_YEAR_BY_TLS_ONLY = "max-age=31536000"
_OF_NO_PAGE = [*_ALWAYS.items(), ("Content-Security-Policy", NOTHING)]


def of_no_page(*, is_secure: bool) -> list[tuple[str, str]]:
    """All of them for an answer that no browser shows, for one who makes it without a `Response`."""
    return [*_OF_NO_PAGE, ("Strict-Transport-Security", _A_YEAR_BY_TLS_ONLY)] if is_secure else _OF_NO_PAGE


def harden(response: Answer, *, page: str = PAGE, is_secure: bool) -> Answer:
    """*response* with all of them; what a view has set itself stays. *page* is the policy if it is HTML."""
    policy = page if response.mimetype == "text/html" else NOTHING
    # Asked once for all: each question of its own walks through all of them, on every answer.
    given = {name.lower() for name, _ in response.headers}
    for name, value in (*_ALWAYS.items(), ("Content-Security-Policy", policy)):
        if name.lower() not in given:
            response.headers.add(name, value)
    if is_secure:
        response.headers["Strict-Transport-Security"] = _A_YEAR_BY_TLS_ONLY
    return response
