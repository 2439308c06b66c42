"""What LINE could bring, and what nobody but an attacker would: every webhook is answered, and every event comes to its end."""

import base64
import binascii
import contextlib
import copy
import json
import string
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from bot import db
from bot.app import Knowledge
from bot.library.loader import load
from bot.library.problems import ContentError
from bot.library.schema import Article
from bot.models import InboxEvent
from bot.settings import DEFAULT_CONTENT
from bot.talk import House, Visitor, WoundClock
from bot.understanding import dates, lengths, times
from bot.web import create
from tests.bot.conftest import DENTAL, dental  # noqa: F401 - a fixture
from tests.bot.line.test_webhook import sign
from tests.fuzz.conftest import FEW

SECRET = "the channel's secret"
MORNING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
WHO = "U" + "a" * 32
HARMLESS = b'{"destination":"U0","events":[]}'
BASE64 = string.ascii_letters + string.digits + "+/="

words = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            "\x00",
            "\ud800",
            "明日の朝7時に教えて",
            "止めて",
            "胸が痛い",
            "25時",
            "リマインド",
            "😀" * 100,
            "あ" * 5000,
        ]
    ),
    st.lists(
        st.sampled_from(
            [
                "open",
                "done",
                "snooze",
                "day",
                "pause",
                "settle",
                "stop",
                "routine/x",
                "faq/1",
                ":",
                " ",
                "1",
                "-1",
                "99999999999",
                "2026-13-40",
            ]
        ),
        max_size=6,
    ).map(" ".join),
)
leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8
)


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "mode": "active",
        "timestamp": 1_795_136_400_000,
        "source": {"type": "user", "userId": WHO},
        "webhookEventId": "01",
        "replyToken": "token",
        "deliveryContext": {"isRedelivery": False},
        **more,
    }


USUAL = [
    event("message", message={"type": "text", "id": "1", "text": "こんにちは", "quoteToken": "q"}),
    event("message", message={"type": "sticker", "id": "1", "packageId": "1", "stickerId": "1"}),
    event("message", message={"type": "image", "id": "1", "contentProvider": {"type": "line"}}),
    event("postback", postback={"data": "open faq/1", "params": {"datetime": "2026-11-20T10:00"}}),
    event("follow", follow={"isUnblocked": False}),
    event("unsend", unsend={"messageId": "1"}),
    event("accountLink", link={"result": "ok", "nonce": "n"}),
    event("videoPlayComplete", videoPlayComplete={"trackingId": "t"}),
    event("memberJoined", joined={"members": [{"type": "user", "userId": WHO}]}),
]


@st.composite
def events(draw: st.DrawFn) -> Any:
    """An event as LINE brings it, with some of it put in another's place, taken away, or replaced by anything."""
    made = copy.deepcopy(draw(st.sampled_from(USUAL)))
    for _ in range(draw(st.integers(0, 4))):
        place = made
        while True:
            key = draw(st.sampled_from(sorted(place)))
            if not (isinstance(place[key], dict) and place[key] and draw(st.booleans())):
                break
            place = place[key]
        if draw(st.booleans()):
            place[key] = draw(trees)
        elif len(place) > 1:
            del place[key]
    return made


def test_no_webhook_is_an_error_of_ours_and_no_signed_event_fails(
    dental: Knowledge, tmp_path: Path, rounds: Callable[[], Iterator[int]]
) -> None:
    for number in rounds():
        with House(dental, WoundClock(MORNING), f"sqlite:///{tmp_path}/{number}.db") as house:
            pages = create(
                channel_secret=SECRET,
                sessions=house.app.sessions,
                clock=house.clock,
                pictures=tmp_path,
                wake=lambda: None,
            )
            pages.config["PROPAGATE_EXCEPTIONS"] = True
            bring_unsigned(pages.test_client())
            bring_signed(pages.test_client(), house)


def bring_unsigned(client: FlaskClient) -> None:
    @FEW
    @given(body=st.binary(max_size=200), signature=st.none() | st.text(max_size=60).filter(str.isprintable))
    def bring(body: bytes, signature: str | None) -> None:
        headers = {} if signature is None else {"x-line-signature": signature.encode().decode("latin-1")}
        assert client.post("/line/webhook", data=body, headers=headers).status_code == 400

    right, other = sign(HARMLESS), sign(HARMLESS + b" ")
    assert client.post("/line/webhook", data=HARMLESS, headers={"x-line-signature": right}).status_code == 200

    @FEW
    @given(place=st.integers(0, len(right) - 1), letter=st.sampled_from(BASE64), cut=st.booleans())
    def bring_nearly_signed(place: int, letter: str, cut: bool) -> None:
        spoiled = right[:place] + ("" if cut else letter) + right[place + 1 :]
        for nearly in (spoiled, other, right.lower(), right + right, right.rstrip("="), right[:place]):
            if decoded(nearly) == decoded(right):
                continue  # The last letter has two bits that mean nothing.
            answer = client.post("/line/webhook", data=HARMLESS, headers={"x-line-signature": nearly})
            assert answer.status_code == 400, nearly

    bring()
    bring_nearly_signed()


def decoded(signature: str) -> bytes | None:
    try:
        return base64.b64decode(signature, validate=True)
    except binascii.Error:
        return None


def bring_signed(client: FlaskClient, house: House) -> None:
    @FEW
    @given(brought=st.lists(events() | trees, max_size=4) | trees)
    @example(brought=[event("message", message={"type": "text", "id": "1", "text": "\ud800"})])
    @example(brought=[event("message", message={"type": "text", "id": "1", "text": "\x00"})])
    def bring(brought: Any) -> None:
        if isinstance(brought, list):
            for place, one in enumerate(brought):
                if isinstance(one, dict) and one.get("webhookEventId") == "01":
                    one["webhookEventId"] = f"{house.clock.now.timestamp()}-{place}"
        body = json.dumps({"destination": "U0", "events": brought}).encode()
        answer = client.post("/line/webhook", data=body, headers={"x-line-signature": sign(body)})
        assert answer.status_code == (200 if isinstance(brought, list) else 400)
        house.work()
        house.clock.advance(seconds=61)
        assert failing(house.app.sessions) == []

    bring()


def failing(sessions: db.Sessions) -> list[str]:
    """The events over which an attempt failed."""
    with sessions() as session:
        return list(session.scalars(sa.select(InboxEvent.raw).where(InboxEvent.done_at.is_(None))))


def test_nothing_that_is_said_or_tapped_fails(dental: Knowledge, rounds: Callable[[], Iterator[int]]) -> None:
    for _ in rounds():
        with House(dental, WoundClock(MORNING)) as house:
            speak_with(house, house.person())


def speak_with(house: House, visitor: Visitor) -> None:
    @FEW
    @given(said=words, is_tapped=st.booleans())
    @example(said="pause 99999999999", is_tapped=True)
    def speak(said: str, is_tapped: bool) -> None:
        house.clock.advance(seconds=7)
        if is_tapped:
            visitor.do({"type": "postback", "label": "x", "data": said[:300] or "x"})
        elif said.strip():
            visitor.say(said)
        assert failing(house.app.sessions) == []

    speak()


MOMENTS = st.lists(
    st.sampled_from(
        [
            "明日",
            "来週",
            "月曜",
            "午後",
            "夜",
            "朝",
            "時",
            "分",
            "半",
            "日",
            "月",
            "間",
            "後",
            "前",
            "から",
            "まで",
            "毎",
            "2",
            "１３",
            "三十",
            "〇",
            "99",
            "０",
            ":",
            "：",
            "・",
            "/",
            " ",
        ]
    ),
    max_size=9,
).map("".join)


def test_no_time_and_no_date_is_more_than_can_be_read(rounds: Callable[[], Iterator[int]]) -> None:
    @FEW
    @given(text=MOMENTS | words, today=st.dates(date(2020, 1, 1), date(2100, 12, 31)))
    def read(text: str, today: date) -> None:
        now = datetime(today.year, today.month, today.day, 3, tzinfo=UTC)
        clock = times.read_clock(text)
        if clock is not None:
            assert times.next_instant(clock, now) > now
            assert len(times.wall_time(clock)) == 5
        for made in (times.length_in_minutes, times.span_in_days, times.is_impossible, lengths.minutes, dates.weekdays):
            made(text)
        for dated in (dates.next_days, dates.stretch, lengths.days):
            dated(text, today)

    for _ in rounds():
        read()


def an_article() -> str:
    """One of the shipped pack, without what leads to its other files."""
    lines = (DEFAULT_CONTENT / "articles" / "back-slimming.md").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("other_view:", "related:"))]
    return "".join("origin: dentist\n" if line.startswith("origin:") else line for line in kept)


def test_no_file_of_a_pack_is_more_than_a_list_of_problems(tmp_path: Path, rounds: Callable[[], Iterator[int]]) -> None:
    files = {path.relative_to(DENTAL): path.read_text(encoding="utf-8") for path in DENTAL.rglob("*.yaml")}
    files[Path("articles/back-slimming.md")] = an_article()
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(load(tmp_path).of(Article)) == 1
    odd = st.sampled_from(
        ["- ", ": ", "&a *a", "!!python/object:os.system x", "\t", "{", "[[[[", "? ", "%", "\ufeff", "2026-13-40"]
    )

    @FEW
    @given(name=st.sampled_from(sorted(files)), data=st.data())
    def spoil(name: Path, data: st.DataObject) -> None:
        lines = files[name].splitlines(keepends=True)
        at = data.draw(st.integers(0, len(lines)))
        until = min(at + data.draw(st.integers(0, 3)), len(lines))
        put = data.draw(st.lists(odd | st.text(max_size=20) | st.sampled_from(lines or [""]), max_size=3))
        text = "".join([*lines[:at], *put, *lines[until:]])
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            with contextlib.suppress(ContentError):
                load(tmp_path)
        finally:
            (tmp_path / name).write_text(files[name], encoding="utf-8")

    for _ in rounds():
        spoil()
