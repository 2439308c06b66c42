import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from bot import app as composition
from bot import db, pictures
from bot.app import App, Knowledge
from bot.broadcasts import drafts
from bot.broadcasts.content import ImageContent
from bot.models import Broadcast, Picture
from bot.settings import Settings
from tests.bot.test_pictures import bomb, photo
from tests.fakes import FakeClock, FakeMessenger


def send(desk: Any, data: bytes, name: str) -> Any:
    """Upload a file as the page does while it stays open."""
    return put(desk, "/announcements/pictures", {"picture": (io.BytesIO(data), name)})


def put(desk: Any, path: str, form: dict[str, Any]) -> Any:
    """Send a form with a file; the test client leaves the file in which it lays down a large one open."""
    answer = desk.post(path, form)
    answer.request.environ["wsgi.input"].close()
    return answer


def test_a_picture_is_uploaded_chosen_again_and_shown_to_everybody(
    app: App, staff: Callable[..., Any], stranger: Any
) -> None:
    editor = staff("editor")
    answer = send(editor, photo("PNG"), "summer.jpg")
    assert answer.status_code == 200
    id = answer.json["id"]
    assert f'value="{id}" checked' in answer.json["picture"]

    made = editor.post(
        "/announcements/new", {"kind": "image", "picture_id": str(id), "alt": "夏の営業時間", "do": "save"}
    )

    assert made.status_code == 302
    with app.sessions() as session:
        digest = session.scalars(sa.select(Picture.digest)).one()
        assert session.scalars(sa.select(Broadcast.content)).one()["picture_id"] == id
    shown = stranger.client.get(f"/pictures/u/{digest}.png")
    assert shown.content_type == "image/png"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in shown.headers["Cache-Control"]
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Content-Disposition"] == "inline"
    assert stranger.client.get(f"/pictures/u/{digest}-small.jpg").content_type == "image/jpeg"
    assert stranger.client.get(f"/pictures/u/{digest}.html").status_code == 404
    assert f"/pictures/u/{digest}.png" in editor.get(f"{made.location.removeprefix('/staff')}/preview").text
    assert "写真はまだ送れません" in editor.get(made.location.removeprefix("/staff")).text


def test_without_a_script_the_picture_comes_with_the_form_and_what_was_typed_stays(staff: Callable[..., Any]) -> None:
    page = staff("editor").post(
        "/announcements/new",
        {"kind": "card", "title": "夏", "do": "picture", "picture": (io.BytesIO(photo()), "a.jpg")},
    )

    assert page.status_code == 200
    assert 'value="1" checked' in page.text
    assert 'value="夏"' in page.text


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"hello", "note.png", "このファイルは写真として使えません"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a.svg", "JPEGかPNG"),
        (bomb(), "bomb.png", "写真の縦横が大きすぎます"),
        (photo()[:900], "cut.jpg", "壊れている"),
        (b"", "", "写真を選んでください"),
        (b"\xff\xd8" + b"\0" * (10 * 1024 * 1024), "large.jpg", "10MBまで"),
    ],
    ids=["text", "svg", "bomb", "cut", "nothing", "large"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bad_file_is_refused_in_words_and_what_was_typed_stays(
    app: App, staff: Callable[..., Any], data: bytes, name: str, said: str
) -> None:
    editor = staff("editor")

    answer = send(editor, data, name)
    assert answer.status_code == 400
    assert said in answer.json["problem"]
    if name:
        form = {"kind": "card", "title": "夏", "do": "save", "picture": (io.BytesIO(data), name)}
        page = put(editor, "/announcements/new", form)
        assert page.status_code == 400
        assert said in page.text
        assert 'value="夏"' in page.text
    with app.sessions() as session:
        assert session.scalars(sa.select(Picture)).all() == []
        assert session.scalars(sa.select(Broadcast)).all() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_more_than_any_picture_is_turned_away_at_the_door(staff: Callable[..., Any]) -> None:
    told = {"CONTENT_LENGTH": str(13 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = staff("editor").client.post("/staff/announcements/pictures", environ_overrides=told)

    assert answer.status_code == 413
    assert "大きすぎて送信できません" in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_kept_is_not_what_was_sent(app: App, staff: Callable[..., Any]) -> None:
    tail = photo() + b"<script>alert(1)</script>"

    assert send(staff("editor"), tail, "a.jpg").status_code == 200
    with app.sessions() as session:
        picture = session.scalars(sa.select(Picture)).one()
    assert b"script" not in picture.content + picture.preview
    assert Image.open(io.BytesIO(picture.content)).format == "JPEG"


@pytest.mark.parametrize("public_url", [None, "https://senaka.jp"])
def test_pictures_are_served_by_the_simulator_s_own_address_unless_there_is_a_public_one(
    knowledge: Knowledge, database_url: str, clock: FakeClock, messenger: FakeMessenger, public_url: str | None
) -> None:
    own = "https://127.0.0.1:8000"
    settings = Settings(_env_file=None, database_url=database_url, public_url=public_url)  # type: ignore[call-arg]
    app = composition.build(settings, clock, messenger, knowledge, base=own)
    with app.sessions.begin() as session:
        kept = pictures.keep(session, pictures.made_anew(photo("PNG")), by=None, now=clock())
        said = ImageContent(picture_id=kept.id, alt="夏")
        made = drafts.create(session, by=None, now=clock(), content=said)
        [message] = app.draw(said, made)

    assert message["contents"]["hero"]["url"] == f"{public_url or own}{pictures.path(kept, is_preview=True)}"
    assert app.console(settings, lambda: None).base == (public_url or own)
    app.lessons.stop()
    db.engine_of(app.sessions).dispose()
