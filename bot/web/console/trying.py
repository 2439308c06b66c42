"""Trying a draft of the content before it is in force: what a message would be answered, and what else would change."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.models import ContentEdit
from bot.teaching import overlay, tryout
from bot.teaching.knowledge import Knowledge
from bot.teaching.phrasings import Taught
from bot.web.console import background
from bot.web.console.tools import tools

LONGEST = 500


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/content/edits/<int:edit>/try", "content_try", show, methods=["GET"])
    blueprint.add_url_rule("/content/edits/<int:edit>/card", "content_card", card, methods=["GET"])
    blueprint.add_url_rule("/content/edits/<int:edit>/effect", "content_effect", compare, methods=["POST"])


def show(edit: int) -> str:
    """A side chat with the draft in force."""
    row, text = _draft(edit), _text()
    known = tools().mind().current
    then = known.hearing(_with(known, row))
    state, run = background.found(name_of(row))
    return render_template(
        "console/try.html",
        row=row,
        text=text,
        has_to_learn=then.has_to_learn,
        state=state,
        run=run,
        entries={**then.library.entries, **known.library.entries},
        is_broken=row.entry_id in then.broken,
    )


def card(edit: int) -> str:
    """The answer of now, or the one with the draft in force (``which=then``), as a client's phone shows it."""
    row, text = _draft(edit), _text()
    known = tools().mind().current
    knowledge = known.hearing(_with(known, row)) if request.args.get("which") == "then" else known
    messages = tools().ask(knowledge, text) if text else []
    return render_template("console/announcement_preview.html", messages=messages)


def compare(edit: int) -> Response:
    """Begins to find out what else would be answered otherwise; it takes a minute or two, and nobody waits for it."""
    row = _draft(edit)

    def task() -> tryout.Told:
        now = tools().clock()
        with tools().reading() as database:
            taught = overlay.in_force(database, now.astimezone(tools().library().timezone).date())
        return tryout.task(tools().shelf().folder, taught, now, edit=row.entry_id, body=row.body)

    background.begin(name_of(row), task)
    return redirect(url_for("console.content_try", edit=edit, _anchor="effect"))


def _text() -> str:
    return request.args.get("text", "").strip()[:LONGEST]


def _with(known: Knowledge, row: ContentEdit) -> Taught:
    beside = tuple((id, body) for id, body in known.taught.edits if id != row.entry_id)
    return known.taught._replace(version=(-1,), edits=(*beside, (row.entry_id, row.body)))


def name_of(row: ContentEdit) -> str:
    """Another one whenever the draft is saved anew: what was found out is about what it said before."""
    return f"draft {row.id} {row.made_at.isoformat()}"


def _draft(edit: int) -> ContentEdit:
    with tools().reading() as database:
        row = database.get(ContentEdit, edit)
    if row is None or row.published_at is not None:
        abort(404)
    return row
