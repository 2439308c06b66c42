import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any, ClassVar

import pytest

from bot import dead_links
from bot.dead_links import Visitor, is_public
from tests.tls import certified


class Site(BaseHTTPRequestHandler):
    """Pages that answer with the status in their path: ``/200``, ``/405-200`` (HEAD, then GET), ``/to/…`` leads on."""

    asked: ClassVar[list[tuple[str, str, str | None]]] = []

    def do_HEAD(self) -> None:
        self.asked.append((self.command, self.path, self.headers["Cookie"]))
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        elif self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
        elif self.path == "/silence":
            self.server.hush.wait(20)  # type: ignore[attr-defined]
            return
        else:
            head, _, get = self.path.strip("/").partition("?")[0].partition("-")
            self.send_response(int(get if get and self.command == "GET" else head))
        self.send_header("Set-Cookie", "crumb=1")
        self.send_header("Content-Length", "1000000")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 - http.server's name. What is in the page is never sent: whoever reads it waits in vain.

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """A web site on this machine."""
    with serving() as server:
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def serving(context: SSLContext | None = None) -> Iterator[ThreadingHTTPServer]:
    """A running site, behind TLS where there is a *context*."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # Whoever hangs up does so on purpose.
    server.hush = threading.Event()  # type: ignore[attr-defined]
    Site.asked.clear()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.hush.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def home(site: str) -> Visitor:
    """A visitor to whom this machine, at this port, is out in the world."""
    return Visitor(lambda address: str(address) == "127.0.0.1", frozenset({int(site.rpartition(":")[2])}))


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/200", "opens"),
        ("/404", "dead"),
        ("/410", "dead"),
        ("/405-200", "opens"),
        ("/403-200", "opens"),
        ("/404-200", "opens"),
        ("/403", "unsure"),
        ("/500", "unsure"),
        ("/503", "unsure"),
        ("/to//200", "opens"),
        ("/to//to//404", "dead"),
        ("/loop", "unsure"),
        ("/to/ftp://127.0.0.1/a", "unsure"),
        ("/to/http://", "unsure"),
    ],
)
def test_a_page_opens_is_gone_for_certain_or_nobody_can_say(site: str, path: str, answer: str) -> None:
    assert home(site).open([site + path]) == {site + path: answer}
    assert {cookie for _, _, cookie in Site.asked} == {None}


def test_a_page_that_is_silent_or_drips_is_left_after_a_while(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_links, "LONGEST_WAIT_SECONDS", 0.2)

    assert home(site).open([f"{site}/silence", f"{site}/200"]) == {f"{site}/silence": "unsure", f"{site}/200": "opens"}


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104 - looked at, not bound
            "224.0.0.1",
        ),
        *("255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:7f00:1::1"),
    ],
)
def test_nothing_of_our_own_network_is_visited_whatever_name_it_goes_by(site: str, address: str) -> None:
    visitor = Visitor(resolve=lambda name, port: [ip_address(address)])

    assert not is_public(ip_address(address))
    assert visitor.visit("http://innocent.jp/200") == "unsure"


def test_a_page_does_not_lead_into_our_own_network_either(site: str) -> None:
    named = Visitor(
        lambda address: str(address) == "127.0.0.1",
        home(site).ports,
        lambda name, port: [ip_address("127.0.0.1" if name == "outside.jp" else "127.0.0.2")],
    )
    port = site.rpartition(":")[2]

    assert named.visit(f"http://outside.jp:{port}/to/http://inside.jp:{port}/200") == "unsure"
    assert [path for _, path, _ in Site.asked] == [f"/to/http://inside.jp:{port}/200"]


def test_what_was_judged_is_what_is_visited_though_the_name_moves_on(site: str) -> None:
    addresses = iter(["127.0.0.1", "127.0.0.2"])
    moving = Visitor(
        lambda address: str(address) == "127.0.0.1",
        home(site).ports,
        lambda name, port: [ip_address(next(addresses))],
    )

    assert moving.visit(f"http://moving.jp:{site.rpartition(':')[2]}/200") == "opens"
    assert next(addresses) == "127.0.0.2", "asked once"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:22/", "https://somebody:secret@127.0.0.1/", "tel:0312345678", "http://"]
)
def test_only_pages_that_anybody_may_open_are_opened(url: str) -> None:
    assert Visitor(lambda address: True).visit(url) == "unsure"


@pytest.mark.parametrize(("is_online", "answer"), [(True, "dead"), (False, "unsure")])
def test_a_name_that_nobody_has_is_dead_if_other_names_are_found(is_online: bool, answer: str) -> None:
    def resolve(name: str, port: int) -> list[Any]:
        if is_online and name == dead_links.SURELY_THERE:
            return [ip_address("8.8.8.8")]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert Visitor(resolve=resolve).visit("https://gone.jp/") == answer


def test_a_name_server_that_is_away_says_nothing_of_the_page() -> None:
    def resolve(name: str, port: int) -> list[Any]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure")

    assert Visitor(resolve=resolve).visit("https://gone.jp/") == "unsure"


def test_of_very_many_links_only_the_first_are_opened(site: str) -> None:
    urls = [f"{site}/200?{number}" for number in range(dead_links.MOST_LINKS + 5)]

    answers = list(home(site).open(urls).values())

    assert answers.count("opens") == dead_links.MOST_LINKS
    assert answers[-5:] == ["unsure"] * 5


@pytest.mark.parametrize(("name", "answer"), [("safe.jp", "opens"), ("other.jp", "unsure")])
def test_behind_tls_the_certificate_must_be_of_the_name_in_the_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, answer: str
) -> None:
    certificate = certified("safe.jp", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as server:
        visitor = Visitor(
            lambda address: True,
            frozenset({server.server_port}),
            lambda name, port: [ip_address("127.0.0.1")],
        )

        assert visitor.visit(f"https://{name}:{server.server_port}/200") == answer
