import io
import struct
import zlib
from random import Random

import pytest
from PIL import Image

from bot import db, pictures
from tests.fakes import NOON


def photo(form: str = "JPEG", size: tuple[int, int] = (400, 300), **how: object) -> bytes:
    written = io.BytesIO()
    image = Image.new("RGB", size, "teal")
    image.paste("orange", (0, 0, size[0] // 2, size[1] // 2))
    image.save(written, form, **how)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_a_photo_is_turned_upright_and_loses_where_it_was_taken(sessions: db.Sessions) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Turn right.
    exif[0x010F] = "camera of Sato"
    with sessions.begin() as session:
        picture = pictures.keep(session, pictures.made_anew(photo(exif=exif)), by=None, now=NOON)

        assert (picture.width, picture.height) == (300, 400)
        assert opened(picture.content).size == (300, 400)
        assert not opened(picture.content).getexif()
        assert b"Sato" not in picture.content + picture.preview


def test_a_large_photo_becomes_as_small_as_phones_need_it(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        picture = pictures.keep(session, pictures.made_anew(photo(size=(6000, 4000))), by=None, now=NOON)

        assert (picture.width, picture.height) == (2048, 1365)
        assert max(opened(picture.preview).size) == 1024
        assert len(picture.preview) <= 1024 * 1024


def test_the_same_picture_is_kept_once(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        first = pictures.keep(session, pictures.made_anew(photo()), by=None, now=NOON)

        assert pictures.keep(session, pictures.made_anew(photo()), by=None, now=NOON).id == first.id
        assert [one.id for one in pictures.newest(session, 10)] == [first.id]


def test_a_png_is_a_png_whatever_its_name_and_has_no_holes(sessions: db.Sessions) -> None:
    written = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(written, "PNG")
    with sessions.begin() as session:
        picture = pictures.keep(session, pictures.made_anew(written.getvalue()), by=None, now=NOON)

        assert picture.kind == "image/png"
        assert pictures.path(picture).endswith(".png")
        assert opened(picture.content).getpixel((5, 5)) == (255, 255, 255)


def test_a_photo_that_was_saved_as_png_is_sent_as_jpeg(sessions: db.Sessions) -> None:
    written = io.BytesIO()
    Image.effect_noise((1600, 1600), 90).convert("RGB").save(written, "PNG", compress_level=1)
    with sessions.begin() as session:
        assert pictures.keep(session, pictures.made_anew(written.getvalue()), by=None, now=NOON).kind == "image/jpeg"


def bomb() -> bytes:
    """A PNG of 60000 x 60000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "picture-missing"),
        (b"hello", "picture-kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "picture-kind"),
        (b"GIF89a" + b"\0" * 100, "picture-kind"),
        (bomb(), "picture-huge"),
        (photo()[:900], "picture-broken"),
        (photo("PNG")[:200], "picture-broken"),
        (photo(size=(20, 20)), "picture-tiny"),
        (b"\0" * (10 * 1024 * 1024 + 1), "picture-bytes"),
    ],
    ids=["nothing", "text", "svg", "gif", "bomb", "cut jpeg", "cut png", "tiny", "too many bytes"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_picture_is_refused_with_its_reason(sessions: db.Sessions, data: bytes, problem: str) -> None:
    with sessions.begin() as session, pytest.raises(pictures.PictureError) as refused:
        pictures.keep(session, pictures.made_anew(data), by=None, now=NOON)

    assert refused.value.problem == problem


def test_nothing_but_the_two_names_of_a_picture_leads_to_it(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        picture = pictures.keep(session, pictures.made_anew(photo()), by=None, now=NOON)
        digest = picture.digest

        assert pictures.shown(session, f"{digest}.jpg") == (picture.content, "image/jpeg")
        assert pictures.shown(session, f"{digest}-small.jpg") == (picture.preview, "image/jpeg")
        for name in (digest, f"{digest}.png", f"{digest}.html", f"{digest}-large.jpg", "x.jpg", ".jpg"):
            assert pictures.shown(session, name) is None


def bent(data: bytes, chance: Random) -> bytes:
    """The file with some of its bytes changed, left out or put in."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 2, 4, 8))):
        at = chance.randrange(len(found))
        found[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return bytes(found)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_whatever_is_in_a_file_it_is_a_picture_or_refused(form: str) -> None:
    exif, chance = Image.Exif(), Random(form)
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "camera", {1: "N", 2: (1.0, 2.0, 3.0)}
    whole = photo(form, (120, 110), exif=exif)

    for _ in range(300):
        try:
            made = pictures.made_anew(bent(whole, chance))
        except pictures.PictureError:
            continue
        assert opened(made.content).format in ("JPEG", "PNG")
