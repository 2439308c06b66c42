"""The simulator's own server keeps connections, and tears or drops what a fault tears or drops."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from bot.simulator.answers import Fault
from bot.simulator.phone import Phone
from bot.simulator.platform import Platform
from tests.bot.simulator.conftest import TOKEN

HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


@pytest.fixture
def connection(url: str) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    yield connection
    connection.close()


def push(connection: http.client.HTTPConnection, person: Phone, **more: object) -> http.client.HTTPResponse:
    body = {"to": person.user_id, "messages": [{"type": "text", "text": "hello"}]}
    connection.request("POST", "/simulator/v2/bot/message/push", json.dumps(body), HEADERS)
    return connection.getresponse()


def test_one_connection_carries_many_requests(connection: http.client.HTTPConnection, person: Phone) -> None:
    sockets = set()
    for _ in range(3):
        answer = push(connection, person)
        assert (answer.status, len(json.loads(answer.read())["sentMessages"])) == (200, 1)
        sockets.add(connection.sock)

    assert len(sockets) == 1


def test_a_body_in_chunks_is_read_whole(connection: http.client.HTTPConnection, person: Phone) -> None:
    body = json.dumps({"to": person.user_id, "messages": [{"type": "text", "text": "hello"}]}).encode()
    connection.request(
        "POST", "/simulator/v2/bot/message/push", iter([body[:10], body[10:]]), HEADERS, encode_chunked=True
    )

    assert connection.getresponse().status == 200
    assert person.received[-1]["text"] == "hello"


def test_a_request_that_is_none_is_refused(url: str) -> None:
    for sent in (
        b"POST /simulator/v2/bot/info HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
        b"POST /simulator/v2/bot/info HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ):
        with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=10) as line:
            line.sendall(sent)
            assert line.recv(100).startswith(b"HTTP/1.1 400 ")


def test_what_is_too_large_is_told_in_lines_words(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/simulator/v2/bot/message/validate/push", b"x" * 9_000_000, HEADERS)
    answer = connection.getresponse()

    assert (answer.status, json.loads(answer.read())) == (413, {"message": "Request body is too large"})


@pytest.mark.parametrize(
    ("outcome", "error"),
    [("close", http.client.IncompleteRead), ("hangup", (http.client.RemoteDisconnected, ConnectionError))],
)
def test_a_broken_answer_breaks_the_connection_and_the_next_one_is_whole(
    connection: http.client.HTTPConnection, platform: Platform, person: Phone, outcome: str, error: type[Exception]
) -> None:
    platform.faults["push"].append(Fault(outcome, taken=True))
    with pytest.raises(error):
        push(connection, person).read()
    connection.close()

    assert push(connection, person).status == 200
    assert len(platform.book) == 2


def test_a_silent_answer_holds_up_nobody_else(url: str, app, platform: Platform, person: Phone) -> None:
    app.config["SIMULATOR_SILENCE_SECONDS"] = 30
    netloc = urlsplit(url).netloc
    silent = [http.client.HTTPConnection(netloc, timeout=0.05) for _ in range(30)]
    platform.faults["push"].extend([Fault("silence")] * len(silent))
    for one in silent:
        with pytest.raises(TimeoutError):
            push(one, person)
    other = http.client.HTTPConnection(netloc, timeout=10)

    assert push(other, person).status == 200
    for one in (*silent, other):
        one.close()


def test_many_threads_are_answered_each_its_own(url: str, person: Phone, platform: Platform) -> None:
    statuses: list[int] = []

    def send() -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        for _ in range(20):
            answer = push(connection, person)
            answer.read()
            statuses.append(answer.status)
        connection.close()

    platform.monthly_limit = None
    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 160
    assert len({message["id"] for send in platform.book for message in send.sent_messages}) == 160
