import json
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    MessagingApi,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
)

from bot.clock import system_clock
from bot.delivery.messenger import Accepted, DeliveryError, Messenger
from bot.delivery.month import JAPAN
from bot.line.messenger import LineMessenger
from bot.simulator.answers import Fault
from bot.simulator.platform import Platform
from tests.fakes import FakeMessenger

TOKEN = "the channel's access token"
HELLO = [{"type": "text", "text": "こんにちは"}]
ANNA, BEN = "U" + "a" * 32, "U" + "b" * 32


@dataclass
class Answer:
    """What the local LINE says: whole, or only its head, or late."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: {"X-Line-Request-Id": "request-1"})
    keeps_body: bool = False
    is_last: bool = False


@dataclass
class Asked:
    path: str
    headers: Mapping[str, str]
    body: Any


class LocalLine:
    """An HTTP server that answers every request with *answer*, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[str, str, Mapping[str, str], bytes], Answer] = lambda *_: Answer()
        self.asked: list[Asked] = []
        self.connections = 0
        self.hung_up = threading.Semaphore(0)
        self.is_over = threading.Event()
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                line.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                line.asked.append(Asked(self.path, dict(self.headers), json.loads(body or "null")))
                answer = line.answer(self.command, self.path, dict(self.headers), body)
                if answer.status <= 0:  # Says nothing, or hangs up at once.
                    line.is_over.wait(10 if answer.status == 0 else 0)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if answer.keeps_body:
                    line.is_over.wait(10)
                    self.close_connection = True
                    return
                self.wfile.write(answer.body)
                self.close_connection = answer.is_last

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A client that hung up is what some tests are about."""

            def shutdown_request(self, request: Any) -> None:
                super().shutdown_request(request)
                line.hung_up.release()

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def line() -> Iterator[LocalLine]:
    made = LocalLine()
    yield made
    made.stop()


@pytest.fixture
def real(line: LocalLine) -> LineMessenger:
    return LineMessenger(TOKEN, line.url, timeout=(0.5, 1.0))


def push(messenger: Messenger) -> Accepted:
    return messenger.push(ANNA, HELLO, retry_key=uuid4())


def error_of(send: Callable[[], object]) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send()
    return caught.value


# What both the fake and the real one promise.


class Stage:
    """A Messenger with a way to make its LINE misbehave, whichever it is."""

    def __init__(self, messenger: Messenger, platform: Platform | None) -> None:
        self.messenger = messenger
        self._platform = platform

    def breaks(self) -> None:
        if isinstance(self.messenger, FakeMessenger):
            self.messenger.breaks()
        elif self._platform is not None:
            self._platform.faults["push"].append(Fault(500))

    def loses_the_answer(self) -> None:
        if isinstance(self.messenger, FakeMessenger):
            self.messenger.loses_the_answer()
        elif self._platform is not None:
            self._platform.faults["push"].append(Fault("silence", taken=True))

    def is_hurried(self) -> None:
        if isinstance(self.messenger, FakeMessenger):
            self.messenger.is_hurried()
        elif self._platform is not None:
            self._platform.faults["push"].append(Fault(429))

    def runs_out_of_quota(self) -> None:
        if isinstance(self.messenger, FakeMessenger):
            self.messenger.runs_out_of_quota()
        elif self._platform is not None:
            self._platform.monthly_limit = 0

    def has(self, limit: int | None) -> None:
        if isinstance(self.messenger, FakeMessenger):
            self.messenger.month_limit = limit
        elif self._platform is not None:
            self._platform.monthly_limit = limit

    def calls(self, user_id: str, name: str) -> None:
        if isinstance(self.messenger, FakeMessenger):
            self.messenger.names[user_id] = name
        elif self._platform is not None:
            self._platform.phone(user_id).rename(name)

    def has_friends(self, *names: str) -> None:
        """These follow, and the account is a verified one."""
        if isinstance(self.messenger, FakeMessenger):
            self.messenger.friends = list(names)
        elif self._platform is not None:
            self._platform.verified = True

    def new_token(self) -> str:
        if self._platform is None:
            return f"token-{uuid4()}"
        chat = self._platform.chat(ANNA)
        return str(self._platform.build("message", chat, system_clock())["replyToken"])


@pytest.fixture(params=["fake", "real"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "fake":
        return Stage(FakeMessenger(), None)
    line: LocalLine = request.getfixturevalue("line")
    platform = Platform("secret", TOKEN, system_clock)
    platform.phone(ANNA).follow()
    platform.phone(BEN).follow()

    def answer(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        said = platform.answer(method, path, headers, body)
        return Answer(0 if said.broken else said.status, said.content, said.headers)

    line.answer = answer
    return Stage(request.getfixturevalue("real"), platform)


def test_a_push_is_taken(stage: Stage) -> None:
    accepted = push(stage.messenger)

    assert accepted.request_id
    assert not accepted.was_before


def test_a_push_sent_again_with_its_key_was_taken_before(stage: Stage) -> None:
    key = uuid4()
    first = stage.messenger.push(ANNA, HELLO, retry_key=key)
    again = stage.messenger.push(ANNA, HELLO, retry_key=key)

    assert again.was_before
    assert again.request_id == first.request_id


def test_a_multicast_is_taken_once_for_its_key(stage: Stage) -> None:
    key = uuid4()

    assert not stage.messenger.multicast([ANNA, BEN], HELLO, retry_key=key).was_before
    assert stage.messenger.multicast([ANNA, BEN], HELLO, retry_key=key).was_before


def test_a_reply_token_works_once(stage: Stage) -> None:
    token = stage.new_token()
    assert stage.messenger.reply(token, HELLO).request_id

    error = error_of(lambda: stage.messenger.reply(token, HELLO))

    assert (error.reason, error.permanent, error.status) == ("token", True, 400)


def test_a_fault_of_lines_own_may_pass(stage: Stage) -> None:
    stage.breaks()

    error = error_of(lambda: push(stage.messenger))

    assert (error.reason, error.permanent, error.status) == ("server", False, 500)


def test_a_push_whose_answer_was_lost_has_been_taken_when_it_is_tried_again(stage: Stage) -> None:
    key = uuid4()
    stage.loses_the_answer()

    error = error_of(lambda: stage.messenger.push(ANNA, HELLO, retry_key=key))

    assert (error.reason, error.permanent, error.status) == ("silence", False, None)
    assert stage.messenger.push(ANNA, HELLO, retry_key=key).was_before


def test_too_much_at_once_may_pass(stage: Stage) -> None:
    stage.is_hurried()

    error = error_of(lambda: push(stage.messenger))

    assert (error.reason, error.permanent, error.status) == ("rate", False, 429)


def test_a_month_used_up_does_not_pass(stage: Stage) -> None:
    stage.runs_out_of_quota()

    error = error_of(lambda: push(stage.messenger))

    assert (error.reason, error.permanent, error.status) == ("quota", True, 429)


def test_a_message_to_everybody_is_taken_once_for_its_key(stage: Stage) -> None:
    key = uuid4()

    assert not stage.messenger.broadcast(HELLO, retry_key=key).was_before
    assert stage.messenger.broadcast(HELLO, retry_key=key).was_before


def test_followers_are_counted_by_day_and_those_of_today_not_yet(stage: Stage) -> None:
    stage.has_friends(ANNA, BEN)
    today = system_clock().astimezone(JAPAN).date()

    assert stage.messenger.followers_count(today - timedelta(days=1)) == 2


def test_the_list_of_followers_is_for_verified_accounts(stage: Stage) -> None:
    error = error_of(lambda: stage.messenger.followers())

    assert (error.reason, error.status, error.permanent) == ("refused", 403, True)

    stage.has_friends(ANNA, BEN)
    assert stage.messenger.followers() == ([ANNA, BEN], None)


@pytest.mark.parametrize("limit", [200, None])
def test_the_month_is_told(stage: Stage, limit: int | None) -> None:
    stage.has(limit)
    before = stage.messenger.consumption()
    stage.messenger.multicast([ANNA, BEN], HELLO, retry_key=uuid4())
    stage.messenger.reply(stage.new_token(), HELLO)

    assert (before, stage.messenger.consumption(), stage.messenger.quota()) == (0, 2, limit)


def test_a_name_is_told_of_those_whom_line_knows(stage: Stage) -> None:
    stage.calls(ANNA, "アンナ 🌸")

    assert stage.messenger.profile(ANNA) == "アンナ 🌸"
    error = error_of(lambda: stage.messenger.profile("U" + "c" * 32))
    assert (error.permanent, error.status) == (True, 404)


# What only the real one has to deal with.


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>"),
        Answer(200, b"[]"),
        Answer(200, b"{}"),
        Answer(200, b"\xff"),
        Answer(200, b'{"type": "limited", "value": "many", "totalUsage": -1}'),
        Answer(200, b'{"type": "none", "totalUsage": 1, "userIds": [], "displayName": "\xe3\x81\x82"}' + b" " * 2**21),
        Answer(302, b"", {"Location": "/elsewhere"}),
        Answer(409, b"{}"),
        Answer(500, b"\xff"),
        Answer(0),
    ],
    ids=["a page", "a list", "nothing in it", "no text", "no numbers", "no end", "a redirect", "409", "500", "silence"],
)
def test_a_count_that_line_does_not_tell_is_no_count(line: LocalLine, real: LineMessenger, answer: Answer) -> None:
    line.answer = lambda *_: answer

    for ask in (real.quota, real.consumption, real.followers, lambda: real.profile(ANNA)):
        assert not error_of(ask).permanent or answer.status == 302


def test_lines_api_is_asked_as_it_wants_to_be(line: LocalLine, real: LineMessenger) -> None:
    key = UUID(int=7)
    flex = [{"type": "flex", "altText": "a", "contents": {"type": "bubble", "brandNew": {"kept": True}}}]
    real.reply("token", HELLO)
    real.push(ANNA, flex, retry_key=key)
    real.multicast((ANNA, BEN), HELLO, retry_key=key)
    real.broadcast(HELLO, retry_key=key)
    real.show_loading(ANNA, seconds=20)

    assert [(asked.path, asked.body) for asked in line.asked] == [
        ("/v2/bot/message/reply", {"replyToken": "token", "messages": HELLO}),
        ("/v2/bot/message/push", {"to": ANNA, "messages": flex}),
        ("/v2/bot/message/multicast", {"to": [ANNA, BEN], "messages": HELLO}),
        ("/v2/bot/message/broadcast", {"messages": HELLO}),
        ("/v2/bot/chat/loading/start", {"chatId": ANNA, "loadingSeconds": 20}),
    ]
    assert [asked.headers.get("X-Line-Retry-Key") for asked in line.asked] == [None, *[str(key)] * 3, None]
    assert {asked.headers["Authorization"] for asked in line.asked} == {f"Bearer {TOKEN}"}
    assert {asked.headers["Content-Type"] for asked in line.asked} == {"application/json"}
    assert line.connections == 1


def test_line_sees_what_the_sdks_own_call_would_send(line: LocalLine, real: LineMessenger) -> None:
    key = UUID(int=7)
    line.answer = lambda *_: Answer(200, b'{"sentMessages": [{"id": "1"}]}')
    typed = MessagingApi(ApiClient(Configuration(host=line.url, access_token=TOKEN)))
    typed.push_message(PushMessageRequest.from_dict({"to": ANNA, "messages": HELLO}), str(key))
    typed.multicast(MulticastRequest.from_dict({"to": [ANNA, BEN], "messages": HELLO}), str(key))
    typed.reply_message(ReplyMessageRequest.from_dict({"replyToken": "token", "messages": HELLO}))
    real.push(ANNA, HELLO, retry_key=key)
    real.multicast([ANNA, BEN], HELLO, retry_key=key)
    real.reply("token", HELLO)

    def seen(asked: Asked) -> tuple[str, dict[str, str], Any]:
        of_no_matter = ("Content-Length", "Accept", "User-Agent")  # LINE answers in JSON anyway, and to everybody.
        headers = {name: value for name, value in asked.headers.items() if name not in of_no_matter}
        said = {name: value for name, value in asked.body.items() if name != "notificationDisabled" or value}
        return asked.path, headers, said

    assert [seen(asked) for asked in line.asked[:3]] == [seen(asked) for asked in line.asked[3:]]


def test_followers_are_asked_for_page_by_page(line: LocalLine, real: LineMessenger) -> None:
    line.answer = lambda *_: Answer(200, b'{"userIds": ["U1"], "next": "a b&c"}')
    names, start = real.followers()
    real.followers(start)
    line.answer = lambda *_: Answer(200, b'{"status": "ready", "followers": 12, "targetedReaches": 9, "blocks": 5}')

    assert (names, start) == (["U1"], "a b&c")
    assert real.followers_count(date(2026, 4, 1)) == 7
    assert [asked.path for asked in line.asked] == [
        "/v2/bot/followers/ids?limit=1000",
        "/v2/bot/followers/ids?limit=1000&start=a%20b%26c",
        "/v2/bot/insight/followers?date=20260401",
    ]


@pytest.mark.parametrize("status", ["unready", "out_of_service"])
def test_a_day_that_line_has_not_counted_has_no_followers(line: LocalLine, real: LineMessenger, status: str) -> None:
    line.answer = lambda *_: Answer(200, json.dumps({"status": status}).encode())

    assert real.followers_count(date(2026, 4, 1)) is None


def test_line_is_not_waited_for_longer_than_agreed(line: LocalLine, real: LineMessenger) -> None:
    line.answer = lambda *_: Answer(status=0)
    start = time.monotonic()

    error = error_of(lambda: push(real))

    assert time.monotonic() - start < 3
    assert (error.reason, error.permanent, error.status) == ("silence", False, None)
    assert len(line.asked) == 1


@pytest.mark.parametrize("what", ["reply", "push"])
def test_a_kept_connection_that_breaks_under_a_request_is_silence_and_nothing_is_sent_twice(
    line: LocalLine, real: LineMessenger, what: str
) -> None:
    push(real)
    line.answer = lambda *_: Answer(status=-1)

    error = error_of(lambda: push(real) if what == "push" else real.reply("token", HELLO))

    assert (error.reason, error.status) == ("silence", None)
    assert [asked.path.rpartition("/")[2] for asked in line.asked] == ["push", what]


def test_a_connection_that_line_has_closed_meanwhile_is_replaced(line: LocalLine) -> None:
    line.answer = lambda *_: Answer(is_last=True)
    patient = LineMessenger(TOKEN, line.url)

    for _ in range(3):
        assert push(patient)
        assert line.hung_up.acquire(timeout=10)

    assert (len(line.asked), line.connections) == (3, 3)


def test_a_connection_that_line_has_closed_is_never_used_again(line: LocalLine) -> None:
    patient = LineMessenger(TOKEN, line.url)
    line.answer = lambda *_: Answer(is_last=True)
    assert push(patient)
    assert line.hung_up.acquire(timeout=10)
    line.answer = lambda *_: Answer()

    for _ in range(3):
        assert patient.reply("token", HELLO)

    assert (len(line.asked), line.connections) == (4, 2)


def test_a_line_that_is_not_there_is_silence(line: LocalLine) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = LineMessenger(TOKEN, f"http://127.0.0.1:{unused.getsockname()[1]}", timeout=(0.5, 0.5))

    assert error_of(lambda: push(nobody)).reason == "silence"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b""),
        Answer(200, b"\xff\xfe"),
        Answer(200, b"<html>"),
        Answer(200, b'{"sentMessages": 5}', {"Content-Type": "text/html; charset=nonsense"}),
        Answer(202, b"{}"),
        Answer(200, b"{}" * 50, keeps_body=True),
    ],
)
def test_the_status_alone_says_that_line_took_it(line: LocalLine, real: LineMessenger, answer: Answer) -> None:
    line.answer = lambda *_: answer

    assert not push(real).was_before


@pytest.mark.parametrize(
    ("status", "body", "reason", "permanent"),
    [
        (400, {"message": "Invalid reply token"}, "token", True),
        (400, {"message": "The property, 'to', in the request body is invalid"}, "refused", True),
        (400, {"message": "x", "details": [{"message": "long", "property": "messages[0].text"}]}, "payload", True),
        (400, {"message": "x", "details": [{"property": "to[3]"}, 5]}, "refused", True),
        (400, {"message": None, "details": 5}, "refused", True),
        (400, ["odd"], "refused", True),
        (401, {"message": "Authentication failed"}, "unauthorised", False),
        (403, {"message": "Not available"}, "refused", True),
        (404, {"message": "Not found"}, "refused", True),
        (408, {}, "server", False),
        (413, {}, "payload", True),
        (429, {"message": "You have reached your monthly limit."}, "quota", True),
        (429, {"message": "The API rate limit has been exceeded. Try again later."}, "rate", False),
        (429, {}, "rate", False),
        (500, {}, "server", False),
        (503, {}, "server", False),
    ],
)
def test_a_refusal_says_whether_asking_again_is_any_use(
    line: LocalLine, real: LineMessenger, status: int, body: object, reason: str, permanent: bool
) -> None:
    line.answer = lambda *_: Answer(status, json.dumps(body).encode())

    error = error_of(lambda: push(real))

    assert (error.reason, error.permanent, error.status) == (reason, permanent, status)
    assert error.request_id == "request-1"
    assert len(line.asked) == 1


@pytest.mark.parametrize("body", [b"\xff\xfe", b"<html>", b""])
def test_a_refusal_with_a_body_that_says_nothing_is_still_one(
    line: LocalLine, real: LineMessenger, body: bytes
) -> None:
    line.answer = lambda *_: Answer(400, body)

    error = error_of(lambda: push(real))

    assert (error.reason, error.status, error.request_id) == ("refused", 400, "request-1")


def test_a_key_taken_before_means_success_whatever_the_body(line: LocalLine, real: LineMessenger) -> None:
    line.answer = lambda *_: Answer(
        409, b"\xff", {"x-line-accepted-request-id": "first", "x-line-request-id": "second"}
    )

    assert push(real) == Accepted("first", was_before=True)


def test_our_token_is_not_carried_elsewhere(line: LocalLine, real: LineMessenger) -> None:
    line.answer = lambda *_: Answer(307, b"", {"Location": f"{line.url}/elsewhere"})

    error = error_of(lambda: push(real))

    assert (error.reason, error.permanent) == ("server", False)
    assert [asked.path for asked in line.asked] == ["/v2/bot/message/push"]


@pytest.mark.parametrize("answer", [Answer(), Answer(400, b'{"message":"no"}'), Answer(status=0)])
def test_nothing_private_is_logged_or_raised(
    line: LocalLine, real: LineMessenger, caplog: pytest.LogCaptureFixture, answer: Answer
) -> None:
    caplog.set_level(logging.INFO)
    line.answer = lambda *_: answer
    said, token = "", f"reply-{uuid4()}"
    try:
        real.reply(token, HELLO)
    except DeliveryError:
        said = traceback.format_exc()

    assert not [word for word in (TOKEN, token, "こんにちは", "Bearer") if word in caplog.text + said]
    assert "During handling" not in said


def test_threads_share_one_messenger(line: LocalLine) -> None:
    patient = LineMessenger(TOKEN, line.url)
    results: list[Accepted] = []
    threads = [threading.Thread(target=lambda: results.extend(push(patient) for _ in range(10))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(results) == len(line.asked) == 40
    assert line.connections <= 8
