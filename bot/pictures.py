"""Pictures that staff upload: looked at, made anew so that nothing but the picture is left, kept by what is in them."""

import hashlib
import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import Picture

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 10 * 1024 * 1024
"""What LINE takes as a picture, and so what we take from staff."""
MOST_PIXELS = 64_000_000
"""More than any telephone's camera makes; a small file with more in it is made to fill the memory."""
LONGEST_SIDE = 2048
"""Pixels; LINE takes 4096, but no phone shows them and everybody pays for the bytes."""
PREVIEW_SIDE = 1024
"""What LINE wants in cards and shows in a talk before the picture is opened."""
SHORTEST_SIDE = 100
MOST_PNG_BYTES = 2 * 1024 * 1024
"""A PNG that is larger is a photograph, which is a fifth as large as a JPEG."""
_ONE_AT_A_TIME = threading.Lock()
"""The largest takes some hundred megabytes while it is read; several at once could be more than the machine has."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_OF_BENT_FILES = (OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, ArithmeticError, struct.error)
"""What decoders raise for pictures that are cut, and for notes of cameras that are none."""
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


class PictureError(Exception):
    """A file that cannot be sent as a picture; *problem* names the words that tell why.

    ``picture-missing``, ``picture-bytes``, ``picture-kind``, ``picture-broken``, ``picture-huge``, ``picture-tiny``.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Anew:
    """A picture of which nothing but the picture is left, in its *kind*, with a smaller one and its width and height."""

    kind: str
    content: bytes
    preview: bytes
    size: tuple[int, int]


def made_anew(data: bytes) -> Anew:
    """The picture in the file *data*, whatever its name says. PictureError.

    It is turned upright, made smaller where it is large and encoded anew: where and by what it was taken does not go out.
    Takes seconds for the largest, so never inside a transaction.
    """
    with _ONE_AT_A_TIME:
        return _made_anew(data)


def keep(session: Session, made: Anew, *, by: int | None, now: datetime) -> Picture:
    """The picture in the database; the one that is there already when it is the same."""
    digest = hashlib.sha256(made.content).hexdigest()
    known = find(session, digest)
    if known is not None:
        return known
    picture = Picture(
        digest=digest,
        kind=made.kind,
        content=made.content,
        preview=made.preview,
        width=made.size[0],
        height=made.size[1],
        made_by=by,
        made_at=now,
    )
    session.add(picture)
    session.flush()
    return picture


def find(session: Session, digest: str) -> Picture | None:
    """The picture that goes by *digest*."""
    return session.scalars(sa.select(Picture).where(Picture.digest == digest)).one_or_none()


def newest(session: Session, most: int) -> list[Picture]:
    """The pictures uploaded last, without what is in them."""
    bare = sa.orm.defer(Picture.content), sa.orm.defer(Picture.preview)
    return list(session.scalars(sa.select(Picture).options(*bare).order_by(Picture.id.desc()).limit(most)))


def path(picture: Picture, *, is_preview: bool = False) -> str:
    """Where the public door shows it."""
    if is_preview:
        return f"/pictures/u/{picture.digest}-small.jpg"
    return f"/pictures/u/{picture.digest}.{_ENDINGS[picture.kind]}"


def shown(session: Session, name: str) -> tuple[bytes, str] | None:
    """What is behind the last part of such a path, and its kind."""
    stem, _, ending = name.partition(".")
    digest, _, size = stem.partition("-")
    picture = find(session, digest)
    if picture is None or name not in {path(picture).split("/")[-1], path(picture, is_preview=True).split("/")[-1]}:
        return None
    return (picture.preview, "image/jpeg") if size else (picture.content, picture.kind)


def _made_anew(data: bytes) -> Anew:
    from PIL import ImageOps  # Only here and below: who takes no picture from staff need not carry Pillow.

    if not data:
        raise PictureError("picture-missing")
    if len(data) > MOST_BYTES:
        raise PictureError("picture-bytes")
    with _opened(data) as image:
        is_png = image.format == "PNG"
        if min(image.size) < SHORTEST_SIDE:
            raise PictureError("picture-tiny")
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # A JPEG is then read no larger than it is needed.
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = _on_white(upright)
        kind, content = ("image/png", _encoded(plain, "PNG")) if is_png else ("image/jpeg", _encoded(plain, "JPEG"))
        if is_png and len(content) > MOST_PNG_BYTES:
            kind, content = "image/jpeg", _encoded(plain, "JPEG")
        small = plain.copy()
        small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
        return Anew(kind, content, _encoded(small, "JPEG"), plain.size)


@contextmanager
def _opened(data: bytes) -> "Iterator[Image.Image]":
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Its own limit is another than ours, which is asked below, before a single pixel is read; nor does anybody
            # need to know what it thinks of a camera's notes.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise PictureError("picture-huge")
                yield image
    except UnidentifiedImageError:
        raise PictureError("picture-kind") from None
    except Image.DecompressionBombError:
        raise PictureError("picture-huge") from None
    except _OF_BENT_FILES as error:
        raise PictureError("picture-broken") from error


def _on_white(image: "Image.Image") -> "Image.Image":
    """The bare pixels, nothing transparent: LINE shows black or white behind it, as the phone is set."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        whole = image.convert("RGBA")
        white = Image.new("RGB", whole.size, "white")
        white.paste(whole, mask=whole.getchannel("A"))
        return white
    bare = Image.new("RGB", image.size)
    bare.paste(image.convert("RGB"))
    return bare


def _encoded(image: "Image.Image", form: str) -> bytes:
    written = io.BytesIO()
    if form == "PNG":
        image.save(written, "PNG", optimize=True)
    else:
        image.save(written, "JPEG", quality=86, optimize=True, progressive=True)
    return written.getvalue()
