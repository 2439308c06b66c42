"""The addresses that a text or a button leads to: whether they can be right, judged by their form alone."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from bot.lint.facts import Fact, Page

_ADDRESS = re.compile(
    r"(?:[a-zA-Z][a-zA-Z0-9+.-]{1,9}:/{1,3}|(?<![\w./@])www\.)[^\s\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef<>\"'「」]*"
)
_SLIP = re.compile(r"(?<![a-zA-Z])(?:h?t{1,3}ps?|https?)(?:[:;：；]?\s*[/／]{1,3}|[:;：；]{1,2})(?=\s?[a-zA-Z0-9])")
_SAMPLES = ("example.com", "example.org", "example.net", "example.jp", "localhost")
_SAMPLE_ENDS = (".example", ".test", ".invalid", ".localhost", ".local")
_SHORTENERS = (
    "bit.ly",
    "t.co",
    "tinyurl.com",
    "goo.gl",
    "ow.ly",
    "is.gd",
    "x.gd",
    "buff.ly",
    "onl.la",
    "onl.tw",
    "onl.bz",
    "urx.blue",
    "cutt.ly",
    "rebrand.ly",
    "00m.in",
    "ux.nu",
    "qr.paps.jp",
)
_LONGEST = 1000


def look(page: Page) -> Iterator[Fact]:
    """Addresses in the text that lead nowhere, warn, or hide where they lead."""
    text = page.text.typed
    seen: list[tuple[int, int]] = []
    for match in _ADDRESS.finditer(text):
        url = match[0].rstrip(").,;:!?]}")
        seen.append(match.span())
        id = judge(url)
        if id is not None:
            yield Fact(id, match.start(), match.start() + max(1, len(url)))
    for match in _SLIP.finditer(text):
        if not any(start <= match.start() < end for start, end in seen):
            yield Fact("link-broken", match.start(), match.end())


def addresses(text: str) -> Iterator[tuple[int, str]]:
    """The addresses in *text* that can be opened, each with where it begins."""
    for match in _ADDRESS.finditer(text):
        url = match[0].rstrip(").,;:!?]}")
        if can_open(url):
            yield match.start(), url


def can_open(url: str) -> bool:
    """Whether *url* leads to a page, as far as its form tells."""
    return url.startswith(("https://", "http://")) and judge(url) in (None, "link-short", "link-form")


def of_button(url: str, opens: Callable[[str], bool] | None) -> str | None:
    """What is wrong with an address behind a button; None when nothing is."""
    if url.startswith("tel:"):
        return None if re.fullmatch(r"tel:\+?[0-9-]{3,20}", url) else "link-broken"
    found = judge(url)
    return "link-dead" if found in (None, "link-short") and opens is not None and not opens(url) else found


def judge(url: str) -> str | None:
    """What is wrong with *url* by its form; None when nothing is."""
    if url.startswith("www."):
        return "link-form"
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        _ = parts.port
    except ValueError:
        return "link-broken"
    if parts.scheme == "line":
        return None
    if re.search(r"\s", url) or len(url) > _LONGEST or "." not in host or ".." in host or not url.isprintable():
        return "link-broken"
    if host in _SAMPLES or host.endswith((*_SAMPLE_ENDS, *(f".{one}" for one in _SAMPLES))) or _is_number(host):
        return "link-broken"
    if parts.scheme != "https":
        return "link-form" if parts.scheme == "http" else "link-broken"
    return "link-short" if host in _SHORTENERS else None


def _is_number(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
