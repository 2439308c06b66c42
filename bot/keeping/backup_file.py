"""A backup as a file: a line that tells what it is, then its pieces, sealed where there is a key, then a sum that shows it whole."""

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from bot.sealed import Keys, SealError

MAGIC = b"senaka-backup 1\n"
PIECE = 1 << 20
"""Bytes that are packed and sealed at a time: memory holds no more, however big the whole is."""
_MOST = 4 * PIECE
_DATA, _END = b"d", b"e"


class BackupError(Exception):
    """A backup that cannot be made, read or put in; the message says which and what to do."""


@dataclass(frozen=True)
class About:
    """What a backup is of: *kind* of database, when, at which *migration*, how many *rows* each table had, and the name of the
    *key* that sealed it (None: none did)."""

    kind: Literal["sqlite", "postgresql"]
    made_at: datetime
    migration: str
    rows: Mapping[str, int]
    key: str | None


def write(path: Path, about: About, pieces: Iterable[bytes], keys: Keys | None) -> None:
    """Write *pieces* to *path*, whole and on the disk or not at all; only its owner may read it."""
    head = json.dumps({**asdict(about), "made_at": about.made_at.isoformat()}).encode()
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(MAGIC + head + b"\n")
            total = hashlib.sha256(head)
            number = 0
            for piece in _cut(pieces):
                total.update(piece)
                _put(file, _DATA + piece, head, number, keys if about.key else None)
                number += 1
            _put(file, _END + total.digest(), head, number, keys if about.key else None)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise BackupError(f"{path} cannot be written ({error.strerror})") from error
    finally:
        unfinished.unlink(missing_ok=True)


def about(path: Path) -> About:
    """What the file at *path* says of itself; BackupError when it is no backup of ours."""
    try:
        with path.open("rb") as file:
            return _read_head(path, file)[0]
    except OSError as error:
        raise BackupError(f"{path} cannot be read ({error.strerror})") from error


def read(path: Path, keys: Keys | None) -> Iterator[bytes]:
    """The pieces of the backup at *path*; BackupError as soon as something is amiss, at the latest behind the last one."""
    try:
        with path.open("rb") as file:
            about, head = _read_head(path, file)
            if about.key is not None and keys is None:
                raise BackupError(f"{path} is sealed with the key {about.key}, and DATA_KEY is not set")
            if about.key is None and keys is not None and keys.name is not None:
                # Else whoever can write into the folder could have anything put in, commands for the server among it.
                raise BackupError(
                    f"{path} is not sealed, so anybody can have made it; if you know that you did, put it in with "
                    "`plain,` before DATA_KEY"
                )
            total, number = hashlib.sha256(head), 0
            while True:
                content = _take(path, file, head, number, about, keys)
                if content[:1] == _END:
                    break
                total.update(content[1:])
                yield content[1:]
                number += 1
            if content[1:] != total.digest() or file.read(1):
                raise BackupError(f"{path} is damaged: its sum is another")
    except OSError as error:
        raise BackupError(f"{path} cannot be read ({error.strerror})") from error


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    kept = bytearray()
    for piece in pieces:
        kept += piece
        while len(kept) >= PIECE:
            yield bytes(kept[:PIECE])
            del kept[:PIECE]
    if kept:
        yield bytes(kept)


def _put(file: BinaryIO, content: bytes, head: bytes, number: int, keys: Keys | None) -> None:
    packed = _place(head, number) + zlib.compress(content)
    frame = packed if keys is None else keys.seal_bytes(packed)
    file.write(len(frame).to_bytes(4, "big") + frame)


def _take(path: Path, file: BinaryIO, head: bytes, number: int, about: About, keys: Keys | None) -> bytes:
    size = int.from_bytes(file.read(4), "big")
    frame = file.read(size) if 0 < size <= _MOST else b""
    if not frame or len(frame) < size:
        raise BackupError(f"{path} is damaged: it ends before its time")
    try:
        packed = frame if about.key is None or keys is None else keys.open_bytes(about.key, frame)
        place = _place(head, number)
        if not packed.startswith(place):
            raise BackupError(f"{path} is damaged: a piece of it does not belong there")
        return zlib.decompress(packed[len(place) :])
    except SealError as error:
        raise BackupError(f"{path}: {error}") from None
    except zlib.error:
        raise BackupError(f"{path} is damaged: a piece of it cannot be unpacked") from None


def _place(head: bytes, number: int) -> bytes:
    """Sealed with its piece, it ties that to this backup and this place in it."""
    return hashlib.sha256(head).digest()[:16] + number.to_bytes(8, "big")


def _read_head(path: Path, file: BinaryIO) -> tuple[About, bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupError(f"{path} is no backup of this version of Senaka")
    head = file.readline(_MOST).rstrip(b"\n")
    try:
        told = json.loads(head)
        return About(**{**told, "made_at": datetime.fromisoformat(told["made_at"])}), head
    except (ValueError, TypeError, KeyError):
        raise BackupError(f"{path} is damaged: it does not say what it is") from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
