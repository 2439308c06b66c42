"""Serves a WSGI application to this machine over HTTP/1.1: a thread for each connection, which is kept as LINE keeps it.

Neither server that is at hand does: werkzeug's closes every connection and then waits ten milliseconds for it, and in a
pool of threads such as waitress's a few silent answers would hold up all others.
"""

import socket
import socketserver
import sys
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from .api import HANG_UP

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_MOST_BYTES = 16 * 1024 * 1024
_IDLE_SECONDS = 120


class Server(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1 from when it is made; ``serve_forever`` and ``shutdown`` as all servers have them."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, port: int, app: "WSGIApplication") -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.app = app

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # Whoever hung up is no error of ours.


class _Connection(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _IDLE_SECONDS

    def _answer(self) -> None:
        headers = {name.upper().replace("-", "_"): value for name, value in self.headers.items()}
        body = self._body(headers)
        if body is None:
            return
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {f"HTTP_{name}": value for name, value in headers.items()}
        environ |= {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": headers.get("CONTENT_TYPE", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            HANG_UP: self._hang_up,
        }
        self._send(environ)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = _answer  # noqa: N815

    def _send(self, environ: dict[str, Any]) -> None:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            started.append((status, headers))

        answered = self.server.app(environ, start_response)
        try:
            content = b"".join(answered)
        finally:
            if hasattr(answered, "close"):
                answered.close()
        status, headers = started[-1]
        announced = next((value for name, value in headers if name.lower() == "content-length"), None)
        if announced is None:
            headers = [*headers, ("Content-Length", str(len(content)))]
        elif self.command != "HEAD" and int(announced) != len(content):
            self.close_connection = True  # Which tears the answer.
        if self.close_connection:
            headers = [*headers, ("Connection", "close")]
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        sent = f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1")
        # In one piece: of two the second would wait until the caller has said that it got the first.
        self.wfile.write(sent if self.command == "HEAD" else sent + content)

    def _body(self, headers: dict[str, str]) -> bytes | None:
        """What was sent with the request; ``None`` when it was refused."""
        if "chunked" in headers.get("TRANSFER_ENCODING", "").lower():
            return self._chunks()
        length = headers.get("CONTENT_LENGTH", "0")
        if not length.isdecimal():
            self.send_error(400)
            return None
        if int(length) > _MOST_BYTES:
            self.send_error(413)
            return None
        return self.rfile.read(int(length))

    def _chunks(self) -> bytes | None:
        chunks: list[bytes] = []
        while True:
            try:
                size = int(self.rfile.readline(1024).partition(b";")[0], 16)
            except ValueError:
                self.send_error(400)
                return None
            if size < 0 or size + sum(map(len, chunks)) > _MOST_BYTES:
                self.send_error(413)
                return None
            if size == 0:
                while self.rfile.readline(65_536) not in (b"\r\n", b"\n", b""):
                    pass
                return b"".join(chunks)
            chunks.append(self.rfile.read(size))
            self.rfile.readline(1024)

    def _hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the traffic tells of every request."""
