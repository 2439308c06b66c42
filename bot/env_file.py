"""The file ``.env``: settings are put into it line by line, all others stay as they are, and only its owner may read it."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.settings import ENV_ENCODING

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")


class EnvFileError(Exception):
    """The file cannot be read or written; the message says what to do."""


def put(path: Path, values: Mapping[str, str]) -> bool:
    """Set *values* in the file at *path*, which is made if need be; whether anything had to be changed.

    The file is replaced whole or not at all, and readable by its owner alone.
    """
    path = path.resolve()  # A link stays a link.
    before = _read(path)
    lines = before.splitlines()
    for name, value in values.items():
        wanted = f"{name}={value}"
        places = [place for place, line in enumerate(lines) if _name(line) == name]
        for place in places:
            lines[place] = wanted
        if not places:
            lines.append(wanted)
    after = "\n".join(lines) + "\n"
    is_private = path.exists() and not path.stat().st_mode & 0o077
    if after == before and is_private:
        return False
    _write(path, after)
    return after != before


def _name(line: str) -> str | None:
    found = _LINE.match(line)
    return None if found is None else found[1]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding=ENV_ENCODING) if path.exists() else ""
    except UnicodeDecodeError:
        raise EnvFileError(f"{path} is not UTF-8; save it with the encoding UTF-8") from None
    except OSError as error:
        raise EnvFileError(f"{path} cannot be read ({error.strerror})") from None


def _write(path: Path, text: str) -> None:
    unfinished = ""
    try:
        # Made with mode 0600: nobody else can look in between.
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".env-")
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if os.geteuid() == 0:
            # Root sets up what another user runs.
            whose = (path if path.exists() else path.parent).stat()
            os.chown(unfinished, whose.st_uid, whose.st_gid)
        os.replace(unfinished, path)
    except OSError as error:
        raise EnvFileError(f"{path} cannot be written ({error.strerror})") from None
    finally:
        if unfinished:  # Gone, when all went well; else the secrets in it go, also by Ctrl-C.
            Path(unfinished).unlink(missing_ok=True)
