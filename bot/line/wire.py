"""HTTP requests over connections that are kept, by libcurl: a third of the processor that Python's own clients take."""

import io
import select
import ssl
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

import pycurl

_MOST_BYTES = 2**20
"""The longest body that is read: LINE's are of some kilobytes, and memory is not for whoever sends without end."""


class Answer(NamedTuple):
    """What the other side said; *body* is None when it did not come whole. The names of *headers* are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


class Wire:
    """Connections to one server; threads may share it, each request has one to itself."""

    def __init__(self, base: str, headers: Mapping[str, str], *, timeout: tuple[float, float]) -> None:
        """*headers* go with every request; *timeout* are the seconds for connecting, and for the whole request."""
        self._base = base
        self._headers = [f"{name}: {value}" for name, value in headers.items()]
        self._timeout = timeout
        # The last one used is the next one used: LINE closes what lies idle.
        self._idle: deque[pycurl.Curl] = deque()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer | None:
        """What is answered; None when nothing is, and nobody knows whether the request was heard."""
        try:
            curl = self._idle.pop()
        except IndexError:
            curl = self._connection()
        head: list[bytes] = []
        said: list[bytes] = []
        more = [] if headers is None else [f"{name}: {value}" for name, value in headers.items()]
        curl.setopt(pycurl.URL, self._base + path)
        curl.setopt(pycurl.FRESH_CONNECT, int(_is_over(curl)))
        curl.setopt(pycurl.HTTPHEADER, [*self._headers, *more, "Expect:"])  # Not asked beforehand whether it may come.
        curl.setopt(pycurl.HEADERFUNCTION, head.append)
        curl.setopt(pycurl.WRITEFUNCTION, said.append)
        if method == "POST":
            curl.setopt(pycurl.POST, 1)
            curl.setopt(pycurl.POSTFIELDSIZE, len(body or b""))
            # A stream, which libcurl cannot wind back: else it sends a request again by itself when a kept connection
            # breaks under it, and a reply that was heard would look like one that LINE refused.
            curl.setopt(pycurl.READFUNCTION, io.BytesIO(body or b"").read)
        else:
            curl.setopt(pycurl.HTTPGET, 1)
        is_whole = True
        try:
            curl.perform()
        except pycurl.error:
            is_whole = False
        status = curl.getinfo(pycurl.RESPONSE_CODE)
        self._idle.append(curl)
        if status < 200:  # None came, or only that the request may go on.
            return None
        return Answer(status, _headers(head), b"".join(said) if is_whole else None)

    def _connection(self) -> pycurl.Curl:
        curl = pycurl.Curl()
        curl.setopt(pycurl.NOSIGNAL, 1)  # In a process with threads.
        connecting, whole = self._timeout
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, round(connecting * 1000))
        curl.setopt(pycurl.TIMEOUT_MS, round(whole * 1000))
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)  # One request at a time on each connection.
        curl.setopt(pycurl.FOLLOWLOCATION, 0)  # It would carry the access token to a stranger.
        curl.setopt(pycurl.MAXFILESIZE, _MOST_BYTES)
        curl.setopt(pycurl.PROXY, "")  # Whatever the surroundings say.
        # Else one that is over stays beside the new one, and the next request but one may go over it.
        curl.setopt(pycurl.MAXCONNECTS, 1)
        trusted = ssl.get_default_verify_paths()  # Those that Python trusts: libcurl's own list lies elsewhere.
        if trusted.cafile:
            curl.setopt(pycurl.CAINFO, trusted.cafile)
        if trusted.capath:
            curl.setopt(pycurl.CAPATH, trusted.capath)
        return curl


def _is_over(curl: pycurl.Curl) -> bool:
    """Whether the other side has closed the connection that was kept; libcurl looks once a second only."""
    socket = curl.getinfo(pycurl.ACTIVESOCKET)
    if socket < 0:
        return False
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))


def _headers(lines: list[bytes]) -> dict[str, str]:
    pairs = (line.decode("latin-1").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}
