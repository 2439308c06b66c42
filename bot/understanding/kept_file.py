"""Files that several processes may read and make at the same time."""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray


def replace(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Put what *write* writes at *path*, whole or not at all; OSError when there is no room.

    Two processes may start at once: each writes its own file, and the last to finish wins with the same content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def packed(value: object) -> NDArray[np.uint8]:
    """*value* as numbers to stand beside others in one file; a text would take four bytes a letter there."""
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode(), np.uint8)


def unpacked(numbers: NDArray[np.uint8]) -> Any:
    """The value that was packed so; ValueError when it is none."""
    return json.loads(numbers.tobytes())
