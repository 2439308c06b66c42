"""Whether a web page opens: asked once from here, by a visitor who cannot be led into our own network.

On urllib3 alone, which LINE's SDK brings: it keeps no cookies, follows no redirect and knows no proxy or password unless it is
told to. Of the small libraries for this, advocate is not kept any more, drawbridge and safehttpx come with another HTTP stack;
requests-hardened is kept, but would leave us to write all of this but `_connect` (ports, redirects, what is certain), and judges
by a list of what is forbidden.
"""

import ipaddress
import logging
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

import urllib3
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Timeout, Url, parse_url

log = logging.getLogger(__name__)

Answer = Literal["opens", "dead", "unsure"]
"""``dead`` only for what is certain: there is no such page, or no such name."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MOST_LINKS = 20
"""How many pages are asked at once; an announcement with more is not read by anybody."""
MOST_REDIRECTS = 5
PATIENCE = Timeout(connect=2, read=3)
LONGEST_WAIT_SECONDS = 8.0
"""For all pages together: whoever pressed a button waits for it."""
SURELY_THERE = "api.line.me"
"""A name that we live by: where it cannot be found either, it is the network that is away."""
_HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; Senaka; checks whether a link opens)", "Accept": "*/*"}
_GONE = (404, 410)
_PORTS = {"http": 80, "https": 443}
_PLAIN_IPV6 = ipaddress.IPv6Network("2000::/3")


def is_public(address: Address) -> bool:
    """Whether *address* is out in the world, and nothing in it leads elsewhere."""
    if isinstance(address, ipaddress.IPv6Address):
        # Other blocks, and these two, may hold an IPv4 address of anybody's own network.
        is_plain = address in _PLAIN_IPV6 and address.sixtofour is None and address.teredo is None
        return is_plain and address.is_global
    return address.is_global and not address.is_multicast


def _resolve(name: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]


@dataclass(frozen=True)
class Visitor:
    """One who opens pages: at which addresses and ports, and whom it asks for the address of a name (OSError: nobody knows)."""

    may_visit: Callable[[Address], bool] = is_public
    ports: frozenset[int] = frozenset(_PORTS.values())
    resolve: Callable[[str, int], list[Address]] = _resolve

    def open(self, urls: Iterable[str]) -> Mapping[str, Answer]:
        """Each of *urls* with what came of opening it; takes at most `LONGEST_WAIT_SECONDS`."""
        wanted = list(dict.fromkeys(urls))
        told: dict[str, Answer] = dict.fromkeys(wanted, "unsure")
        answers: queue.Queue[tuple[str, Answer]] = queue.Queue()
        for url in wanted[:MOST_LINKS]:
            # Not a pool: a server that lets a byte drop every two seconds must not keep the process from ending.
            threading.Thread(target=lambda url=url: answers.put((url, self.visit(url))), daemon=True).start()
        end = time.monotonic() + LONGEST_WAIT_SECONDS
        for _ in wanted[:MOST_LINKS]:
            try:
                url, answer = answers.get(timeout=max(end - time.monotonic(), 0))
            except queue.Empty:
                break
            told[url] = answer
        return told

    def visit(self, url: str) -> Answer:
        """What comes of opening *url*, wherever it leads."""
        for _ in range(MOST_REDIRECTS + 1):
            try:
                place = parse_url(url)
                # Some answer a HEAD with anything but the truth.
                status, leads_to = self._ask("HEAD", place)
                if status >= 400:
                    status, leads_to = self._ask("GET", place)
            except _NobodyError:
                return self._of_no_name()
            except (HTTPError, LocationParseError, OSError, ValueError) as error:
                log.info("a link could not be opened: %s", type(error).__name__)
                return "unsure"
            if leads_to is None:
                return "opens" if 200 <= status < 300 else "dead" if status in _GONE else "unsure"
            url = urljoin(url, leads_to)
        return "unsure"

    def _ask(self, method: str, place: Url) -> tuple[int, str | None]:
        """The status of the page, and where it leads on to; of what stands in it nothing is read."""
        port = place.port or _PORTS.get(place.scheme or "", 0)
        if place.scheme not in _PORTS or not place.host or port not in self.ports or place.auth is not None:
            raise ValueError("no page that anybody may open")
        pool = self._connect(place.scheme == "https", place.host.strip("[]"), port)
        headers = _HEADERS | {"Host": place.netloc or ""}
        try:
            answer = pool.urlopen(
                method, place.request_uri, headers=headers, redirect=False, retries=False, preload_content=False
            )
            answer.close()
            leads_on = answer.get_redirect_location()
            return answer.status, leads_on or None
        finally:
            pool.close()

    def _connect(self, is_secure: bool, host: str, port: int) -> urllib3.HTTPConnectionPool:
        """A way to the very address that was judged: a name may mean another one a moment later."""
        try:
            addresses = self.resolve(host, port)
        except socket.gaierror as error:
            raise (_NobodyError(host) if error.errno in _NO_SUCH_NAME else error) from None
        address = next((str(one) for one in addresses if self.may_visit(one)), None)
        if address is None:
            raise ValueError("an address that is none of the world's")
        if not is_secure:
            return urllib3.HTTPConnectionPool(address, port, timeout=PATIENCE)
        return urllib3.HTTPSConnectionPool(address, port, timeout=PATIENCE, server_hostname=host, assert_hostname=host)

    def _of_no_name(self) -> Answer:
        try:
            self.resolve(SURELY_THERE, _PORTS["https"])
        except OSError:
            return "unsure"
        return "dead"


class _NobodyError(Exception):
    """Nobody has this name."""


_NO_SUCH_NAME = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)}
