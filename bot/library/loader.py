"""Read a content pack from its folder, or say everything that is wrong with it."""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from bot.library import checks, evaluation, gallery, lint_files, menu, positions, privacy, questions
from bot.library.library import Library
from bot.library.practice import Practice
from bot.library.problems import ContentError, Problem
from bot.library.questions import Welcome
from bot.library.reader import EDIT, Body, Reader
from bot.library.safety_book import SafetyBook
from bot.library.schema import KINDS, Article, Language, Origin
from bot.library.shelf import Shelf
from bot.library.visible import visible
from bot.settings import DEFAULT_CONTENT

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n(.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^##\s+(.+?)\s*\{#([^}]*)\}\s*$")

__all__ = ["ContentError", "load"]

GENERAL = ("body_notes", "follow_ups", "safety", "safety_examples", "why", "words")
"""The files of ``language/`` that tell how people write whatever the practice; a pack without them gets the shipped ones."""

_GONE = "spaces, pictures, dots and marks in a row are gone when one is read"

MESSAGE = "message/"
"""Before the key, the id of an edit of a message."""

Judge = Callable[[str], str | None]
"""Says which safety entry answers a text; None for none."""

Unheard = Callable[[SafetyBook], Iterable[tuple[positions.Path, str]]]
"""Finds the words of the rules of danger that no message can hold, each with its path in their file."""


def load(
    source: Path | Shelf,
    *,
    judged_by: Callable[[Language], Judge] | None = None,
    unheard: Unheard | None = None,
    edits: Mapping[str, Body] | None = None,
) -> Library:
    """The pack in the folder *source*, or on a shelf that keeps its files; ContentError with every problem when there is any.

    *judged_by* makes a judge of the pack's rules and examples of danger, to prove that they catch what the safety entries promise;
    *unheard* finds words in those rules that can never match.
    *edits* lie over the files: an entry whole by its id, ``practice`` and ``synonyms`` in the place of their files,
    ``message/KEY`` for a message; an empty one takes the entry away.
    """
    shelf = source if isinstance(source, Shelf) else Shelf(source)
    if not shelf.folder.is_dir():
        raise ContentError([Problem(str(shelf.folder), 1, "is no folder; name one that holds a content pack")])
    reader = Reader(shelf, edits)
    practice = _one(reader, "practice.yaml", Practice)
    origins = _origins(reader)
    messages = _messages(reader)
    for name, kind in KINDS.items():
        if kind is Article:
            for path in reader.files(name, "md"):
                _article(reader, path)
            reader.new(kind)
            continue
        for path in reader.files(name, "yaml"):
            data, lines = reader.yaml(path, list, "a list of entries, each beginning with `- id:`")
            for position, item in enumerate(data or ()):
                reader.entry(kind, item, path, lines, (position,))
        reader.new(kind)
    language = _language(reader, unheard)
    words = language.words if language is not None else {}
    welcome = _welcome(reader, words)
    richmenu = _richmenu(reader)
    about_data = _privacy(reader)
    lint = lint_files.read(reader)
    expected = evaluation.read(reader)
    shipped = _messages(Reader(shelf.sibling(DEFAULT_CONTENT)))
    said = {key: text for key, (text, _) in shipped.items()}
    for id in reader.unused():
        reader.add(f"{EDIT}{id}", 1, "is nothing that edits can change", "not-here")
    for found in checks.lost_pictures(
        reader.entries, reader.places, lambda name: any(shelf.exists(path) for path in _pictures(shelf, name))
    ):
        reader.problems.append(Problem(*found))
    for found in checks.problems(
        reader.entries,
        reader.places,
        origins,
        messages,
        said,
        words,
        reader.unread,
    ):
        reader.problems.append(Problem(*found))
    if judged_by is not None and language is not None:
        for found in checks.uncaught(reader.entries, reader.places, judged_by(language)):
            reader.problems.append(Problem(*found))
    if reader.problems or practice is None or language is None or lint is None:
        raise ContentError(reader.problems)
    return Library(
        entries=MappingProxyType(reader.entries),
        origins=MappingProxyType(origins),
        practice=practice,
        # What a pack leaves unsaid is said in the shipped pack's words.
        messages=MappingProxyType(said | {key: text for key, (text, _) in messages.items()}),
        language=language,
        welcome=welcome,
        richmenu=richmenu,
        privacy=about_data,
        lint=lint,
        evaluation=expected,
        digest=reader.digest.hexdigest(),
    )


def _pictures(shelf: Shelf, name: str) -> tuple[Path, ...]:
    return tuple(shelf.folder / "pictures" / f"{name}{ending}" for ending in gallery.ENDINGS)


def _one(reader: Reader, name: str, kind: type[BaseModel]) -> Any:
    path = reader.folder / name
    if not reader.shelf.exists(path):
        reader.add(path, 1, "is missing; copy it from the shipped pack and fill it in")
        return None
    data, lines = reader.yaml(path, dict, "lines of the form `key: value`")
    body = reader.edit(path.stem)
    if body is not None:
        return reader.model(kind, body, f"{EDIT}{path.stem}", {(): 1})
    return None if data is None else reader.model(kind, data, path, lines)


def _welcome(reader: Reader, words: Container[str]) -> Welcome | None:
    """The questions for somebody new; a pack need not have any."""
    path = reader.folder / "welcome.yaml"
    if not reader.shelf.exists(path):
        return None
    data, lines = reader.yaml(path, dict, "lines of the form `key: value`")
    welcome: Welcome | None = None if data is None else reader.model(Welcome, data, path, lines)
    if welcome is not None:
        for where, message in questions.problems(welcome.questions, words, reader.entries):
            reader.add(path, positions.line_of(lines, where), message)
    return welcome


def _richmenu(reader: Reader) -> menu.RichMenu | None:
    """The rich menu; a pack need not have one."""
    path = reader.folder / "richmenu.yaml"
    if not reader.shelf.exists(path):
        return None
    data, lines = reader.yaml(path, dict, "lines of the form `key: value`")
    found: menu.RichMenu | None = None if data is None else reader.model(menu.RichMenu, data, path, lines)
    if found is not None:
        for where, message in menu.problems(
            found,
            reader.entries,
            edited=reader.edits,
            is_missing=lambda one: checks.is_missing(one, reader.places, reader.unread),
            is_drawn=lambda name: reader.shelf.exists(menu.icon(reader.folder, name)),
        ):
            reader.add(path, positions.line_of(lines, where), message)
    return found


def _privacy(reader: Reader) -> privacy.Privacy | None:
    """What is said about people's data; a pack need not have it."""
    path = reader.folder / "privacy.yaml"
    if not reader.shelf.exists(path):
        return None
    data, lines = reader.yaml(path, dict, "lines of the form `key: value`")
    found: privacy.Privacy | None = None if data is None else reader.model(privacy.Privacy, data, path, lines)
    if found is not None:
        for where, message in privacy.problems(found):
            reader.add(path, positions.line_of(lines, where), message)
    return found


def _origins(reader: Reader) -> dict[str, Origin]:
    path = reader.folder / "origins.yaml"
    if not reader.shelf.exists(path):
        reader.add(path, 1, "is missing; it names the origins of the answers")
        return {}
    data, lines = reader.yaml(path, dict, "lines of the form `key: {word: …, note: …}`")
    found = {}
    for key, value in (data or {}).items():
        origin = reader.model(Origin, value, path, lines, (key,))
        if origin is not None:
            found[str(key)] = origin
    return found


def _messages(reader: Reader) -> dict[str, tuple[str, checks.Place]]:
    found: dict[str, tuple[str, checks.Place]] = {}
    for path in reader.files("messages", "yaml"):
        data, lines = reader.yaml(path, dict, "lines of the form `key: text`")
        for key, text in (data or {}).items():
            place = checks.Place(reader.name(path), lines, (key,))
            if not isinstance(text, str) or not text.strip():
                reader.add(path, place.line(), f"{key}: must be a text; put it in quotes")
            elif key in found:
                reader.add(path, place.line(), f"{key}: stands already in {found[key][1].file}; keep one")
            else:
                found[key] = (visible(text.strip("\n")), place)
    for id in reader.unused(MESSAGE):
        text = (reader.edit(id) or {}).get("text")
        if isinstance(text, str) and text.strip():
            found[id.removeprefix(MESSAGE)] = (visible(text.strip("\n")), checks.Place(f"{EDIT}{id}", {(): 1}, ()))
        else:
            reader.add(f"{EDIT}{id}", 1, "text: is missing; add it", "missing", ("text",))
    return found


def _language(reader: Reader, unheard: Unheard | None) -> Language | None:
    """The files of ``language/``: each fills the field of its own name; those about people in general may be left out."""
    data: dict[str, Any] = {}
    failed = False
    for field in GENERAL:
        if not reader.shelf.exists(reader.folder / "language" / f"{field}.yaml"):
            path = DEFAULT_CONTENT / "language" / f"{field}.yaml"
            raw = reader.shelf.raw(path)
            reader.digest.update(raw)
            data[field] = reader.shelf.parsed(path, raw.decode("utf-8"), 1)[0]
    for path in reader.files("language", "yaml"):
        field = path.stem
        if field not in Language.model_fields:
            known = ", ".join(sorted(f"{name}.yaml" for name in Language.model_fields))
            reader.add(path, 1, f"is not a file of language/; it may hold {known}")
            continue
        value, lines = reader.yaml(path, (list, dict), "a list or lines of the form `key: …`")
        if value is None:
            failed = True
            continue
        body = reader.edit(field) if field == "synonyms" else None
        where: Path | str = path
        if body is not None:
            value, lines, where = body.get(field), {(): 1}, f"{EDIT}{field}"
        # Checked file by file, so that a problem is told with its own line.
        probe = reader.model(
            Language, {field: value}, where, {(field, *key): line for key, line in lines.items()} | {(): 1}
        )
        if probe is None:
            failed = True
            continue
        data[field] = getattr(probe, field)
        for number, kind in enumerate(probe.safety.kinds):
            if kind.id not in reader.places:
                line = positions.line_of(lines, ("kinds", number, "id"))
                reader.add(path, line, f"kinds: {kind.id} does not exist; add the entry to safety/ or mend the id")
        for at, word in () if unheard is None else unheard(probe.safety):
            message = f"{word!r} can match no message: {_GONE}; mend it or take it out"
            reader.add(path, positions.line_of(lines, at), f"{'.'.join(map(str, at[:-1]))}: {message}")
        for id in probe.safety_examples.dangers:
            if id not in reader.places:
                line = positions.line_of(lines, ("dangers", id))
                reader.add(path, line, f"dangers: {id} does not exist; add the entry to safety/ or mend the id")
    return None if failed else Language.model_validate(data)


def _article(reader: Reader, path: Path) -> None:
    text = reader.text(path)
    if text is None:
        return
    parts = _FRONT_MATTER.match(text)
    if parts is None:
        reader.lose(path, 1, "must begin with front matter between two lines of ---")
        return
    data, lines = reader.yaml(path, dict, "lines of the form `key: value`", parts[1], first_line=2)
    if data is None:
        return
    first = parts[1].count("\n") + 3
    sections: list[dict[str, Any]] = []
    for number, line in enumerate(parts[2].split("\n"), start=first):
        if line.startswith("#"):
            heading = _HEADING.match(line)
            if heading is None:
                reader.lose(path, number, "is no section heading; write `## Title {#slug}`")
                return
            lines[("sections", len(sections))] = number
            sections.append({"title": heading[1], "slug": heading[2], "text": ""})
        elif sections:
            sections[-1]["text"] += line + "\n"
        elif line.strip():
            reader.lose(path, number, "stands before the first section; put it under a `## Title {#slug}`")
            return
    reader.entry(Article, {**data, "sections": sections}, path, lines)
