"""What people wrote is sealed before it is written down and opened when it is read: the types of such columns, and the keys.

A sealed value tells by which key it was sealed, ``sealed-1:KEY:TOKEN``, so plain and sealed rows live side by side, and
rows of an older key are found by the database itself.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.sql import operators

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

PREFIX = "sealed-1:"
PLAIN = "plain"
"""In the place of the first key: new values are written as they are, what the other keys sealed is still opened."""
BLANK = ("", "{}", "[]", "null")
"""What says nothing is not sealed: SQL may ask for it, and it costs nothing."""

_SEALED = re.compile(rf"{PREFIX}([0-9a-f]{{8}}):([A-Za-z0-9_=-]+)")


class SealError(Exception):
    """A key is malformed, or a value cannot be opened; the message says what to do and quotes neither."""


class Keys:
    """The keys of a database: the first seals, all open."""

    def __init__(self, keys: Iterable[str]) -> None:
        """*keys* as `new_key` makes them, the first of them perhaps ``plain``; SealError when one is none."""
        from cryptography.fernet import Fernet  # 30 ms, which only those with a key pay.

        self._fernets: dict[str, Fernet] = {}
        self.name: str | None = None
        """By which name what is sealed now is known; None: nothing is."""
        for place, key in enumerate(keys):
            if key == PLAIN and place == 0:
                continue
            try:
                made = Fernet(key)
            except ValueError:
                raise SealError("must be keys as `python -m bot data key` prints them, with commas between") from None
            self._fernets[_name(key)] = made
            if place == 0:
                self.name = _name(key)
        if not self._fernets:
            raise SealError("must hold a key; `python -m bot data key` prints a new one")

    def seal(self, text: str) -> str:
        """*text*, to be read by whoever has the key."""
        if self.name is None:
            return _plain(text)
        token = self._fernets[self.name].encrypt(text.encode("utf-8", "surrogatepass"))
        return f"{PREFIX}{self.name}:{token.decode('ascii')}"

    def open(self, sealed: str) -> str:
        """What was sealed; SealError when none of the keys opens it."""
        from cryptography.fernet import InvalidToken  # As above; loaded by now.

        match = _SEALED.fullmatch(sealed)
        fernet = self._fernets.get(match[1]) if match is not None else None
        if match is None or fernet is None:
            raise SealError(f"a value was sealed with the key {sealed[len(PREFIX) :][:8]}, which is not in DATA_KEY")
        try:
            return fernet.decrypt(match[2]).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise SealError("a sealed value is damaged") from None

    def seal_bytes(self, data: bytes) -> bytes:
        """*data* sealed with the first key, for files; without a prefix."""
        return self._newest().encrypt(data)

    def open_bytes(self, name: str, data: bytes) -> bytes:
        """What `seal_bytes` sealed with the key called *name*; SealError when we have not the key, or it is damaged."""
        from cryptography.fernet import InvalidToken  # As above.

        fernet = self._fernets.get(name)
        if fernet is None:
            raise SealError(f"it was sealed with the key {name}, which is not in DATA_KEY")
        try:
            return fernet.decrypt(data)
        except InvalidToken:
            raise SealError("it is damaged, or was put together from several") from None

    def _newest(self) -> "Fernet":
        if self.name is None:
            raise SealError("DATA_KEY says `plain`: nothing is sealed")
        return self._fernets[self.name]


def new_key() -> str:
    """A new key."""
    from cryptography.fernet import Fernet  # As above.

    return Fernet.generate_key().decode("ascii")


def name_of(sealed: str) -> str | None:
    """The name of the key that a stored value was sealed with; None for a plain one."""
    match = _SEALED.fullmatch(sealed)
    return None if match is None else match[1]


_KEYS: "WeakKeyDictionary[sa.Dialect, Keys]" = WeakKeyDictionary()


def give(engine: sa.Engine, keys: Keys | None) -> None:
    """Let what goes through *engine* be sealed and opened with *keys*."""
    if keys is not None:
        _KEYS[engine.dialect] = keys


def keys_of(engine: sa.Engine) -> Keys | None:
    """What was given to *engine*."""
    return _KEYS.get(engine.dialect)


class Unreadable(str):
    """Stands for a text that no key opens, where that is allowed: it reads as blank, and whoever shows it can tell."""

    __slots__ = ()


UNREADABLE = Unreadable()


class UnreadableJson(list[Any]):
    """The same for a JSON value: it reads as an empty list."""

    __slots__ = ()


class Unread:
    """How many values could not be opened."""

    count = 0


_UNREAD: ContextVar[Unread | None] = ContextVar("unread", default=None)


@contextmanager
def blank_where_unreadable() -> Iterator[Unread]:
    """Within it, in this thread, what no key opens reads as blank and is counted.

    For whoever erases, and for lists of people, which one of them must not break; not where anything is decided by what is
    read, as who may enter. `is_unreadable` tells such a value from a blank one. Within another one it is the same one.
    """
    unread = _UNREAD.get() or Unread()
    token = _UNREAD.set(unread)
    try:
        yield unread
    finally:
        _UNREAD.reset(token)


def is_unreadable(value: object) -> bool:
    """Whether *value* stands for one that no key opens."""
    return isinstance(value, Unreadable | UnreadableJson)


class _Comparator(sa.types.TypeDecorator.Comparator[Any]):
    """A sealed column is another one each time it is written: nothing can be found by it."""

    def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> sa.ColumnElement[Any]:
        # With columns SQLAlchemy compares them itself, to find them in its dictionaries.
        is_column = bool(other) and isinstance(other[0], sa.ColumnElement)
        is_blank = op in (operators.eq, operators.ne) and other[0] in BLANK
        if op not in (operators.is_, operators.is_not) and not is_column and not is_blank:
            raise TypeError("what is sealed cannot be looked for in SQL: read the rows and look in Python")
        found: sa.ColumnElement[Any] = super().operate(op, *other, **kwargs)
        return found


class SealedText(sa.TypeDecorator[str]):
    """A text that is sealed where there is a key."""

    impl = sa.Text
    cache_ok = True
    comparator_factory = _Comparator

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """*value* as it is stored."""
        return None if value is None else _sealed(value, dialect)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """What was stored, opened; SealError when it cannot be."""
        if value is None:
            return None
        opened = _opened(value, dialect)
        return UNREADABLE if opened is None else opened


class SealedJson(sa.TypeDecorator[Any]):
    """A JSON value that is sealed where there is a key; in the table it then is a JSON string."""

    impl = sa.JSON
    cache_ok = True
    comparator_factory = _Comparator

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """*value* as it is stored."""
        keys = _KEYS.get(dialect)
        if keys is None or keys.name is None or not value:
            return value
        return keys.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        """What was stored, opened; SealError when it cannot be."""
        if isinstance(value, str) and value.startswith(PREFIX):
            opened = _opened(value, dialect)
            return UnreadableJson() if opened is None else json.loads(opened)
        return value


def _sealed(text: str, dialect: sa.Dialect) -> str:
    if text in BLANK:
        return text
    keys = _KEYS.get(dialect)
    return _plain(text) if keys is None else keys.seal(text)


def _opened(text: str, dialect: sa.Dialect) -> str | None:
    """What was stored; None for what cannot be opened, where that is allowed."""
    if not text.startswith(PREFIX):
        return text
    keys, unread = _KEYS.get(dialect), _UNREAD.get()
    try:
        if keys is None:
            raise SealError("a value is sealed, and DATA_KEY is not set")
        return keys.open(text)
    except SealError:
        if unread is None:
            raise
        unread.count += 1
        return None


def _plain(text: str) -> str:
    # Whoever calls themselves like a sealed value is not taken for one.
    return f" {text}" if text.startswith(PREFIX) else text


def _name(key: str) -> str:
    return hashlib.sha256(f"senaka {key}".encode()).hexdigest()[:8]
