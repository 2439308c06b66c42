"""The proxies that we recommend, run as their files say it: what it holds off, what it lets through, what it writes down."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from email.message import Message
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.test_processes import PATIENCE, ROOT, SECRET, TOKEN, free_port, of_procfile, started, surroundings, wait_for
from tests.tls import certified

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CADDY = shutil.which("caddy") or "/usr/bin/caddy"
NAME = "line.example.com"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", params=[NGINX, CADDY], ids=lambda path: Path(path).name)
def proxy(request: pytest.FixtureRequest) -> str:
    if not Path(request.param).exists():
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture(scope="module")
def folder(proxy: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(Path(proxy).name)


@pytest.fixture(scope="module")
def port(proxy: str, folder: Path) -> Iterator[int]:
    """Where the proxy listens, before a web process of ours."""
    outside, inside = free_port(), free_port()
    channel = {"LINE_CHANNEL_SECRET": SECRET, "LINE_CHANNEL_ACCESS_TOKEN": TOKEN, "METRICS_TOKEN": "f" * 16}
    environment = surroundings(
        folder, HOST="127.0.0.1", PORT=str(inside), PUBLIC_URL=f"https://{NAME}:{outside}", **channel
    )
    environment["TRUSTED_PROXIES"] = "1"
    release = of_procfile("release")
    subprocess.run(release, cwd=ROOT, env=environment, capture_output=True, timeout=PATIENCE, check=True)
    configured = of_nginx if proxy == NGINX else of_caddy
    with (
        started(of_procfile("web"), folder, environment),
        started(configured(folder, outside, inside), folder, environment | {"HOME": str(folder)}),
    ):
        wait_for(lambda: ask(outside, "/healthz") == 200, "a healthy web server behind the proxy")
        yield outside


def changed(path: str, changes: dict[str, str]) -> str:
    """What our file says, with nothing changed but ports and certificate."""
    ours = (ROOT / path).read_text(encoding="utf-8")
    for theirs, here in changes.items():
        assert theirs in ours
        ours = ours.replace(theirs, here)
    return ours


def of_caddy(folder: Path, outside: int, inside: int) -> list[str]:
    """How Caddy is started; nobody must be asked for a certificate, and no port be opened beside ours."""
    key = certified(NAME, folder)
    ours = changed(
        "deploy/caddy/Caddyfile",
        {
            "{\n\tservers": f"{{\n\tadmin off\n\tauto_https disable_redirects\n\thttps_port {outside}\n\tservers",
            "\nline.example.com {\n": f"\n{NAME} {{\n\tbind 127.0.0.1\n\ttls {key} {key}\n",
            "127.0.0.1:8000 {": f"127.0.0.1:{inside} {{",
        },
    )
    (folder / "Caddyfile").write_text(ours, encoding="utf-8")
    return [CADDY, "run", "--config", "Caddyfile"]


def of_nginx(folder: Path, outside: int, inside: int) -> list[str]:
    """How nginx is started, with all that it needs around our file in a folder of its own."""
    key = str(certified(NAME, folder))
    ours = changed(
        "deploy/nginx/senaka.conf",
        {
            "listen 443 ssl": f"listen 127.0.0.1:{outside} ssl",
            "/etc/letsencrypt/live/line.example.com/fullchain.pem": key,
            "/etc/letsencrypt/live/line.example.com/privkey.pem": key,
            "127.0.0.1:8000;": f"127.0.0.1:{inside};",
        },
    )
    places = "".join(f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""  # Else its workers could not enter the folder.
    around = f"{user} daemon off; pid nginx.pid; events {{}} http {{ access_log access.log; {places}\n{ours}\n}}"
    (folder / "nginx.conf").write_text(around, encoding="utf-8")
    return [NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]


def connected(port: int) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=5), server_hostname=NAME)


def asked(port: int, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Message, str]:
    """Status, headers and page that come of asking *path*."""
    made = HTTPConnection(NAME, port)
    with closing(made):
        made.sock = connected(port)
        made.request("GET" if body is None else "POST", path, body, headers)
        answer = made.getresponse()
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")


def ask(port: int, path: str, body: bytes | None = None) -> int:
    """The status that comes of asking *path*; 0 for no answer within five seconds."""
    try:
        return asked(port, path, body)[0]
    except (OSError, HTTPException):
        return 0


def begun(port: int, path: str, length: int) -> ssl.SSLSocket:
    """A request whose body is to be so long, of which the first letter has come."""
    made = connected(port)
    made.sendall(f"POST {path} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {length}\r\n\r\nx".encode())
    return made


def test_those_who_send_their_bodies_slowly_keep_nobody_waiting(port: int) -> None:
    with ExitStack() as slow:
        for path in ["/line/webhook"] * 50 + ["/staff/sign-in"] * 40:
            slow.enter_context(begun(port, path, 1000))

        # All of this one is there at once; its signature is wrong.
        assert ask(port, "/line/webhook", b"{}") == 400
        assert ask(port, "/healthz") == 200


def test_a_form_is_taken_at_whatever_port_the_pages_are(port: int) -> None:
    _, headers, page = asked(port, "/staff/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    typed = urlencode({"csrf_token": token[1], "account": "nobody", "password": "of nobody's"}).encode()

    def sent(referer: str) -> int:
        more = {"Cookie": headers["Set-Cookie"].partition(";")[0], "Referer": referer}
        return asked(port, "/staff/sign-in", typed, **more, **{"Content-Type": "application/x-www-form-urlencoded"})[0]

    assert sent(f"https://{NAME}:{port}/staff/sign-in") == 401
    assert sent("https://elsewhere.example.com/") == 400


def test_the_figures_are_not_for_the_world(port: int) -> None:
    assert {ask(port, path) for path in ("/metrics", "//metrics", "/%6detrics", "/./metrics")} == {404}


def test_no_log_holds_an_invitation(proxy: str, port: int, folder: Path) -> None:
    assert ask(port, "/staff/invitation/a-token-of-somebody") == 410
    assert ask(port, "/privacy") == 200

    if proxy == NGINX:  # By itself Caddy writes nothing down of requests.
        wait_for(lambda: "/privacy" in (folder / "access.log").read_text(encoding="utf-8"), "a line of the log")
    logs = [*folder.glob("*.log"), *folder.glob("*.said")]
    assert len(logs) >= 2
    assert not [log for log in logs if b"a-token-of-somebody" in log.read_bytes()]


@pytest.mark.parametrize(("path", "most"), [("/line/webhook", 1024 * 1024), ("/staff/sign-in", 13 * 1000 * 1000)])
def test_longer_bodies_than_the_program_takes_come_no_further(proxy: str, port: int, path: str, most: int) -> None:
    if proxy == NGINX:
        # It goes by what is announced.
        with begun(port, path, most * 2) as big:
            assert big.recv(100).startswith(b"HTTP/1.1 413 ")
    else:
        # It counts what comes, and mostly hangs up before all of it was sent (0).
        assert ask(port, path, bytes(most * 2)) in (0, 400, 413)
        assert ask(port, "/healthz") == 200
