"""What the assistant says, for staff: the list, and one entry with its draft, its way into force and its history."""

from collections.abc import Mapping
from string import Template
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.library.library import Library
from bot.library.loader import MESSAGE
from bot.library.problems import Problem
from bot.library.writing import plain
from bot.models import ContentEdit, StaffAccount
from bot.teaching import edits, phrasings
from bot.web.console import door, files, practice_form, publishing
from bot.web.console.entry_forms import BodyForm, form_of
from bot.web.console.practice_form import PracticeForm
from bot.web.console.tools import row_number, tools

SHOWN = ("faq", "article", "term", "routine", "exercise", "check", "command", "safety")
ADDABLE = ("faq", "term", "article")


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/content", "content", show_all, methods=["GET"])
    blueprint.add_url_rule("/content", "content_new", new, methods=["POST"])
    blueprint.add_url_rule("/content/entry/<path:id>", "content_entry", show, methods=["GET"])
    blueprint.add_url_rule("/content/entry/<path:id>", "content_save", save, methods=["POST"])


def show_all() -> str:
    """Every entry of a kind, or those in which the words stand that are looked for."""
    kind, wanted = request.args.get("kind", "faq"), request.args.get("q", "").strip()
    laid = tools().laid()
    today = tools().clock().astimezone(laid.library.timezone).date()
    overdue = set(laid.library.overdue(today)) | set(laid.hidden)
    with tools().reading() as database:
        edited = dict(edits.in_force(database))
        # A draft may have begun as a client's very words.
        may_read = "texts" in door.me().may
        drafts = {row.entry_id: row.body for row in reversed(edits.drafts(database))} if may_read else {}
    rows = {id: (entry.title, entry.kind, plain(entry)) for id, entry in laid.library.entries.items()}
    for id, body in (*edited.items(), *drafts.items()):
        # What is taken away, hidden or not published yet is in no library, and staff still want to find it.
        if id not in rows and "/" in id and not id.startswith(MESSAGE):
            rows[id] = (str(body.get("title") or _title(id)), id.partition("/")[0], dict(body))
    if kind == "message":
        rows = {
            MESSAGE + key: (text, "message", {"text": text, "key": key}) for key, text in laid.library.messages.items()
        }
    found = [
        (id, title)
        for id, (title, of, body) in rows.items()
        if (wanted and wanted in f"{id} {_told(body)}") or (not wanted and of == kind)
    ]
    only = request.args.get("only")
    if only is not None:
        chosen = overdue if only == "overdue" else edited.keys() | drafts.keys()
        found = [(id, title) for id, (title, _, _) in rows.items() if id in chosen]
    return render_template(
        "console/content.html",
        found=found,
        kind=kind,
        wanted=wanted,
        only=only,
        kinds=SHOWN,
        addable=ADDABLE,
        overdue=overdue,
        edited=edited,
        drafts=drafts,
        broken=laid.broken,
    )


def new() -> Response:
    """An empty draft under an id of its own."""
    kind = request.form.get("kind", "faq")
    if kind not in ADDABLE:
        abort(400)
    return redirect(url_for("console.content_entry", id=begin(kind, request.form.getlist("phrasing"))))


def begin(kind: str, wordings: list[str]) -> str:
    """A draft of a new entry that *wordings* ask for; its id."""
    body: dict[str, Any] = {"origin": "practice", "phrasings": wordings}
    if wordings:
        body |= {"title": wordings[0][:40], "label": wordings[0][:20]}
    now, me = tools().clock(), door.me().account
    with tools().sessions.begin() as database:
        # Nobody has to think of an id; the number is one that no edit has ever had.
        row = edits.save(database, entry_id=f"{kind}/new", body=body, based_on=None, by=me.id, now=now)
        row.entry_id = f"{kind}/added-{row.id}"
    return row.entry_id


def show(id: str) -> str:
    """One entry."""
    with tools().reading() as database:
        return _page(database, id)


def save(id: str) -> Response | tuple[str, int]:
    """Keeps what was typed as the draft of whoever typed it, finished or not."""
    _known(id)
    if not edits.is_editable(id):
        abort(404)
    with tools().reading() as database:
        draft, current = _mine(database, id), edits.current(database, id)
        before = _body(id, draft or current)
        form = _form(id)
        if isinstance(form, PracticeForm) and "own" not in door.me().may:
            # Not as the draft has it, which may be older than what an owner has decided.
            before = practice_form.with_owners_part(before, of=_body(id, current))
        if not form.validate_on_submit():
            return _page(database, id, form), 400
        if "parts" in request.form:
            form.arrange(request.form["parts"])
            return _page(database, id, form), 200
    body: Mapping[str, Any] = form.body(before)
    if isinstance(form, PracticeForm):
        body = {**body, **practice_form.rows(request.form.getlist)}
    if "remove" in request.form:
        body = {}
    based_on = request.form.get("based_on", type=row_number)
    now, me = tools().clock(), door.me().account
    with tools().sessions.begin() as database:
        row = edits.save(database, entry_id=id, body=body, based_on=based_on, by=me.id, now=now)
    if "publish" in request.form or "remove" in request.form:
        return publishing.publish(row.id)
    flash("draft-saved", "success")
    return redirect(url_for("console.content_entry", id=id))


def _page(database: Session, id: str, form: BodyForm | None = None) -> str:
    laid = tools().laid()
    current, draft = edits.current(database, id), _mine(database, id)
    others = [row for row in edits.drafts(database, id) if row is not draft]
    if not (_is_in_files(id) or current or draft or others or edits.history(database, id)):
        abort(404)
    body = _body(id, draft or current)
    can_edit = "edit" in door.me().may and edits.is_editable(id)
    problems: tuple[Problem, ...] = laid.broken.get(id, ())
    is_typed = form is not None
    if is_typed:
        problems = ()  # What is being typed is checked when it is kept.
    elif draft is not None:
        try:
            edits.check(database, tools().shelf(), id, draft.body)
            problems = ()
        except edits.UnfitError as error:
            problems = error.problems
    in_force_id = current.id if current is not None else None
    if form is None and can_edit:
        form = _form(id)
        form.show(body)
        form.based_on.data = str(draft.based_on if draft is not None else in_force_id)
    names = {account.id: account.name for account in database.query(StaffAccount)}
    return render_template(
        "console/entry.html",
        id=id,
        title=_title(id, body),
        kind="message" if id.startswith(MESSAGE) else id.partition("/")[0],
        body=body,
        live=_body(id, current),
        form=form,
        can_edit=can_edit,
        current=current,
        draft=draft,
        others=others,
        is_conflict=draft is not None and draft.based_on != in_force_id,
        is_removed=current is not None and not current.body,
        is_in_files=_is_in_files(id),
        is_broken=id in laid.broken,
        is_hidden=id in laid.hidden,
        problems=problems,
        is_typed=is_typed,
        avoided={note.note: note.label for note in laid.library.language.body_notes.notes},
        facts=_facts(body, laid.library) if id.startswith("faq/") else {},
        history=edits.history(database, id),
        names=names,
        taught=[row for row in phrasings.all_of(database) if row.entry_id == id],
        hours=practice_form.shown_hours(body) if id == "practice" else (),
        prices=practice_form.shown_prices(body) if id == "practice" else (),
        default=files.library().messages.get(id.removeprefix(MESSAGE), ""),
        review=laid.library.review(id) if id in laid.library.entries else None,
    )


def _form(id: str) -> BodyForm:
    if id == "practice":
        form = PracticeForm()
        if "own" not in door.me().may:
            form.leave_to_owners()
        return form
    library = tools().laid().library
    near: dict[str, list[tuple[str, str]]] = {}
    for other, entry in library.entries.items():
        if other != id and entry.kind != "safety":
            near.setdefault(entry.kind, []).append((other, entry.title))
    return form_of(id, [(key, origin.word) for key, origin in library.origins.items()], near)


def _facts(body: Mapping[str, Any], library: Library) -> dict[str, str]:
    """What the practice's facts say that the texts of *body* name, by their names."""
    named = Template(_told(body)).get_identifiers()
    return {name: text for name, text in library.values().items() if name in named}


def _known(id: str) -> None:
    with tools().reading() as database:
        if not _is_in_files(id) and not edits.drafts(database, id) and not edits.history(database, id):
            abort(404)


def _mine(database: Session, id: str) -> ContentEdit | None:
    me = door.me().account.id
    return next((row for row in edits.drafts(database, id) if row.made_by == me), None)


def _body(id: str, row: ContentEdit | None) -> dict[str, Any]:
    """What the fields begin with: the edit, else the file."""
    if row is not None and row.body:
        return dict(row.body)
    pack = files.library()
    if id == "practice":
        return plain(pack.practice)
    if id == "synonyms":
        return {"synonyms": [list(group) for group in pack.language.synonyms]}
    if id.startswith(MESSAGE):
        return {"text": pack.messages.get(id.removeprefix(MESSAGE), "")}
    if id in pack.entries:
        return {key: value for key, value in plain(pack.entries[id]).items() if key != "id"}
    return {}


def _is_in_files(id: str) -> bool:
    pack = files.library()
    return id in pack.entries or id in edits.FACTS or id.removeprefix(MESSAGE) in pack.messages


def _title(id: str, body: Mapping[str, Any] | None = None) -> str:
    entries = files.library().entries
    own = str((body or {}).get("title") or "")
    return own or (entries[id].title if id in entries else id)


def _told(body: Mapping[str, Any]) -> str:
    """All texts of a body, for the search."""
    return " ".join(str(value) for value in body.values())
