"""What becomes of a draft of the content: into force, back again, or thrown away."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.library.writing import plain
from bot.models import ContentEdit, Phrasing
from bot.staff import audit
from bot.teaching import edits, phrasings
from bot.web.console import door, files, practice_form
from bot.web.console.tools import tools

TRIES = 3


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/content/edits/<int:edit>/publish", "content_publish", publish, methods=["POST"])
    blueprint.add_url_rule("/content/edits/<int:edit>/discard", "content_discard", discard, methods=["POST"])
    blueprint.add_url_rule("/content/edits/<int:edit>/rebase", "content_rebase", rebase, methods=["POST"])
    blueprint.add_url_rule("/content/edits/<int:edit>/undo", "content_undo", undo, methods=["POST"])
    blueprint.add_url_rule("/content/phrasings/<int:id>/forget", "content_forget", forget, methods=["POST"])


def publish(edit: int) -> Response:
    """Puts one's own draft in force, when it fits and nobody was faster."""

    def mine(row: ContentEdit, _: Session) -> Mapping[str, Any]:
        return _own(row).body

    def work(database: Session, row: ContentEdit, checked: phrasings.Version) -> None:
        edits.publish(database, row, checked=checked, by=door.me().account.id, now=tools().clock())

    return _settle(edit, mine, work, "published")


def undo(edit: int) -> Response:
    """Brings back what was before the edit in force, or the file."""
    to_file = "to_file" in request.form

    def back(row: ContentEdit, database: Session) -> Mapping[str, Any] | None:
        before = None if to_file else edits.earlier(database, row)
        return None if before is None else before.body

    def work(database: Session, row: ContentEdit, checked: phrasings.Version) -> None:
        me, now = door.me().account.id, tools().clock()
        edits.undo(database, row, checked=checked, to_file=to_file, by=me, now=now)

    return _settle(edit, back, work, "undone")


def discard(edit: int) -> Response:
    """Throws one's own draft away."""
    with tools().sessions.begin() as database:
        row = _own(_edit(database, edit))
        edits.discard(database, row, by=door.me().account.id, now=tools().clock())
    flash("draft-discarded", "success")
    is_nowhere = row.based_on is None and row.entry_id.partition("/")[2].startswith("added-")
    if is_nowhere:
        return redirect(url_for("console.content"))
    return redirect(url_for("console.content_entry", id=row.entry_id))


def rebase(edit: int) -> Response:
    """After a conflict: one's own draft is to take the place of what is in force now."""
    with tools().sessions.begin() as database:
        row = _own(_edit(database, edit))
        now = edits.current(database, row.entry_id)
        if row.published_at is None:
            row.based_on = now.id if now is not None else None
    return redirect(url_for("console.content_entry", id=row.entry_id))


def forget(id: int) -> Response:
    """A wording that was taught stands for its entry no more."""
    with tools().sessions.begin() as database:
        row = database.get(Phrasing, id)
        if row is None or row.removed_at is not None:
            abort(404)
        row.removed_at = now = tools().clock()
        me = door.me().account.id
        audit.note(database, by=me, action="phrasing.forget", subject=row.entry_id or "none", now=now)
    flash("phrasing-forgotten", "success")
    return redirect(url_for("console.content_entry", id=row.entry_id) if row.entry_id else url_for("console.content"))


def _settle(
    edit: int,
    wanted: Callable[[ContentEdit, Session], Mapping[str, Any] | None],
    work: Callable[[Session, ContentEdit, phrasings.Version], None],
    said: str,
) -> Response:
    """Check outside of the transaction, because that takes long; and again when something else has changed meanwhile."""
    entry_id = ""
    try:
        for attempt in range(TRIES):
            with tools().reading() as database:
                row = _edit(database, edit)
                entry_id, body = row.entry_id, wanted(row, database)
                if _is_for_owners(database, entry_id, body):
                    raise edits.EditError("edit-for-owners")
                checked = edits.check(database, tools().shelf(), entry_id, body)
            try:
                with tools().sessions.begin() as database:
                    work(database, _edit(database, edit), checked)
                break
            except edits.EditError as error:
                if error.problem != "edit-again" or attempt == TRIES - 1:
                    raise
    except edits.EditError as error:
        flash(error.problem, "danger")
    else:
        flash(said, "success")
    return redirect(url_for("console.content_entry", id=entry_id))


def _is_for_owners(database: Session, entry_id: str, body: Mapping[str, Any] | None) -> bool:
    """Whether *body* (None: the file) in force would change what only an owner may, and no owner asks for it."""
    if entry_id != "practice" or "own" in door.me().may:
        return False
    now = edits.current(database, entry_id)
    in_file = plain(files.library().practice)
    before, after = in_file if now is None else now.body, in_file if body is None else body
    return practice_form.owners_part(before) != practice_form.owners_part(after)


def _own(row: ContentEdit) -> ContentEdit:
    """*row* when it is a draft of whoever asks; others finish theirs by themselves."""
    if row.made_by != door.me().account.id:
        abort(404)
    return row


def _edit(database: Session, edit: int) -> ContentEdit:
    row = database.get(ContentEdit, edit)
    if row is None:
        abort(404)
    return row
