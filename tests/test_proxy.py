"""The proxy that we recommend, run as its file says it: what it holds off, what it lets through, what it writes down."""

import os
import shutil
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.test_processes import PATIENCE, ROOT, SECRET, TOKEN, free_port, of_procfile, started, surroundings, wait_for
from tests.tls import certified

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
NAME = "line.example.com"

pytestmark = [
    pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed"),
    pytest.mark.long,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("proxy")


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """Where nginx listens, before a web process of ours."""
    outside, inside = free_port(), free_port()
    channel = {"LINE_CHANNEL_SECRET": SECRET, "LINE_CHANNEL_ACCESS_TOKEN": TOKEN, "METRICS_TOKEN": "f" * 16}
    environment = surroundings(folder, HOST="127.0.0.1", PORT=str(inside), PUBLIC_URL=f"https://{NAME}", **channel)
    release = of_procfile("release")
    subprocess.run(release, cwd=ROOT, env=environment, capture_output=True, timeout=PATIENCE, check=True)
    (folder / "nginx.conf").write_text(configuration(folder, outside, inside), encoding="utf-8")
    with (
        started(of_procfile("web"), folder, environment),
        started([NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"], folder, environment),
    ):
        wait_for(lambda: ask(outside, "/healthz") == 200, "a healthy web server behind nginx")
        yield outside


def configuration(folder: Path, outside: int, inside: int) -> str:
    """All that nginx needs around our file, in a folder of its own; in our file nothing but ports and certificate is another."""
    ours = (ROOT / "deploy/nginx/senaka.conf").read_text(encoding="utf-8")
    key = str(certified(NAME, folder))
    for theirs, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{outside} ssl",
        "/etc/letsencrypt/live/line.example.com/fullchain.pem": key,
        "/etc/letsencrypt/live/line.example.com/privkey.pem": key,
        "127.0.0.1:8000;": f"127.0.0.1:{inside};",
    }.items():
        assert theirs in ours
        ours = ours.replace(theirs, here)
    places = "".join(f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""  # Else its workers could not enter the folder.
    return f"{user} daemon off; pid nginx.pid; events {{}} http {{ access_log access.log; {places}\n{ours}\n}}"


def connected(port: int) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=5), server_hostname=NAME)


def ask(port: int, path: str, body: bytes | None = None) -> int:
    """The status that comes of asking *path*; 0 for no answer within five seconds."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    asked = urllib.request.Request(f"https://127.0.0.1:{port}{path}", body, {"Host": NAME})
    try:
        with urllib.request.urlopen(asked, timeout=5, context=context) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
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


def test_the_figures_are_not_for_the_world(port: int) -> None:
    assert {ask(port, path) for path in ("/metrics", "//metrics", "/%6detrics", "/./metrics")} == {404}


def test_no_log_holds_an_invitation(port: int, folder: Path) -> None:
    assert ask(port, "/staff/invitation/a-token-of-somebody") == 410
    assert ask(port, "/privacy") == 200

    log = wait_for(lambda: (folder / "access.log").read_text(encoding="utf-8"), "a line of the log")
    assert "a-token-of-somebody" not in log
    assert "a-token-of-somebody" not in (folder / "error.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "most"), [("/line/webhook", 1024 * 1024), ("/staff/sign-in", 13 * 1024 * 1024)])
def test_longer_bodies_than_the_program_takes_come_no_further(port: int, path: str, most: int) -> None:
    with begun(port, path, most + 1) as asked:
        assert asked.recv(100).startswith(b"HTTP/1.1 413 ")
