"""Why a message was answered as it was, and teaching what it asks for."""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import reasons, sealed
from bot.conversation import Reply
from bot.library.library import Library
from bot.library.schema import Entry
from bot.models import Person
from bot.staff import audit
from bot.talks import thread
from bot.teaching import evidence, overlay, phrasings, tryout
from bot.understanding.normalise import normalise
from bot.web.console import background, door
from bot.web.console.talks import person_of
from bot.web.console.tools import tools

NEAREST = 5
MOST_FOUND = 20
NONE = "none"
"""Instead of an id: nothing of ours answers it."""


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/talks/<int:id>/messages/<int:message>/why", "why", show, methods=["GET"])
    blueprint.add_url_rule("/talks/<int:id>/messages/<int:message>/try", "why_try", try_out, methods=["POST"])
    blueprint.add_url_rule("/talks/<int:id>/messages/<int:message>/try", "why_tried", tried, methods=["GET"])
    blueprint.add_url_rule("/talks/<int:id>/messages/<int:message>/teach", "why_teach", teach, methods=["POST"])


@sealed.blank_where_unreadable()
def show(id: int, message: int) -> str:
    """How the message is read now, and how it was taken then."""
    with tools().reading() as database:
        person, said, text = _asked(database, id, message)
    known, now = tools().mind().current, tools().clock()
    meaning = known.read(text, now)
    words = request.args.get("q", "").strip()
    return render_template(
        "console/why.html",
        person=person,
        said=said,
        notes=reasons.notes(known.library, Reply(bubbles=(), outcome=meaning.outcome, meaning=meaning)),
        nearest=[
            (known.library.entries[one.id], one.score)
            for one in known.understanding.matcher.rank(text)[:NEAREST]
            if one.id in known.library.entries
        ],
        found=_search(known.library, words) if words else [],
        entries=known.library.entries,
        q=words,
        is_teachable=meaning.outcome != "safety",
    )


@sealed.blank_where_unreadable()
def try_out(id: int, message: int) -> AnyResponse:
    """Begins to find out what teaching it would change, before anything is taught; it takes a minute or two, and nobody waits."""
    entry_id, now = _entry_id(request.form), tools().clock()
    library, safety = tools().laid().library, tools().mind().current.understanding.safety
    with tools().reading() as database:
        _, _, text = _asked(database, id, message)
        taught = overlay.in_force(database, now.astimezone(library.timezone).date())
        try:
            text = phrasings.check(database, library, entry_id=entry_id, text=text)
        except phrasings.PhrasingError:
            text = ""
    if not text or safety.judge(text) is not None:
        flash("not-teachable", "danger")
        return redirect(url_for("console.why", id=id, message=message))
    folder = tools().shelf().folder
    background.begin(_name(message, entry_id), lambda: tryout.task(folder, taught, now, entry_id=entry_id, text=text))
    return redirect(url_for("console.why_tried", id=id, message=message, entry=entry_id or NONE))


@sealed.blank_where_unreadable()
def tried(id: int, message: int) -> str:
    """What came of it, as soon as that is known; it can be taught without waiting."""
    entry_id = _entry_id(request.args)
    with tools().reading() as database:
        person, said, text = _asked(database, id, message)
    state, run = background.found(_name(message, entry_id))
    entries = tools().library().entries
    return render_template(
        "console/why_try.html",
        person=person,
        said=said,
        text=text,
        entry_id=entry_id or NONE,
        entry=None if entry_id is None else entries[entry_id],
        state=state,
        run=run,
        entries=entries,
    )


@sealed.blank_where_unreadable()
def teach(id: int, message: int) -> AnyResponse:
    """Teaches it; running processes know it within seconds."""
    entry_id, me, now = _entry_id(request.form), door.me().account, tools().clock()
    pack = tools().mind().current.pack
    try:
        with tools().sessions.begin() as database:
            _, _, text = _asked(database, id, message)
            row = phrasings.add(database, pack, entry_id=entry_id, text=text, by=me.name, now=now)
            evidence.settle(database, text, how="taught", now=now)
            database.flush()
            # The text is a client's: it stands in the phrasing alone.
            audit.note(
                database,
                by=me.id,
                action="phrasing.teach",
                subject=f"phrasing {row.id}",
                now=now,
                after={"entry": entry_id or NONE},
            )
    except phrasings.PhrasingError:
        flash("not-teachable", "danger")
        return redirect(url_for("console.why", id=id, message=message))
    flash("taught", "success")
    return redirect(url_for("console.talk", id=id, _anchor="end"))


def _asked(database: Session, id: int, message: int) -> tuple[Person, thread.Said, str]:
    person = person_of(database, id)
    said = thread.find(database, person, message)
    if said is None or not said.text:
        abort(404)
    return person, said, said.text


def _entry_id(given: Mapping[str, str]) -> str | None:
    wanted = given.get("entry", "")
    if wanted != NONE and wanted not in tools().library().entries:
        abort(400)
    return None if wanted == NONE else wanted


def _name(message: int, entry_id: str | None) -> str:
    return f"message {message} {entry_id or NONE}"


def _search(library: Library, words: str) -> list[Entry]:
    """The entries whose title, label or a phrasing holds all the *words*, those with it in the title first."""
    wanted = normalise(words).split()

    def holds(text: str) -> bool:
        return all(word in normalise(text) for word in wanted)

    open = [entry for entry in library.entries.values() if entry.kind != "safety"]
    by_title = [entry for entry in open if holds(f"{entry.title} {getattr(entry, 'label', '')}")]
    by_phrasing = [entry for entry in open if entry not in by_title and any(map(holds, entry.phrasings))]
    return (by_title + by_phrasing)[:MOST_FOUND]
