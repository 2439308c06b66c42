"""The page on which an announcement is written: new, changed, copied, thrown away."""

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot import pictures, sealed
from bot.broadcasts import content, drafts, opened, segments, states
from bot.broadcasts.terms import RefusedError
from bot.library.schema import Routine
from bot.models import Broadcast, Person, PersonTag, Picture, Segment, StaffAccount
from bot.web.console import announcement_look, door
from bot.web.console.announcement_form import Filled, Meeting, meet, unpacked
from bot.web.console.tools import row_number, tools

PICTURES_SHOWN = 12


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/announcements/new", "announcement_new", new, methods=["GET"])
    blueprint.add_url_rule("/announcements/new", "announcement_create", create, methods=["POST"])
    blueprint.add_url_rule("/announcements/look", "announcement_look", look, methods=["POST"])
    blueprint.add_url_rule("/announcements/pictures", "announcement_picture", upload, methods=["POST"])
    blueprint.add_url_rule("/announcements/<int:id>/edit", "announcement_edit", edit, methods=["GET"])
    blueprint.add_url_rule("/announcements/<int:id>/edit", "announcement_save", save, methods=["POST"])
    blueprint.add_url_rule("/announcements/<int:id>/copy", "announcement_copy", copy, methods=["POST"])
    blueprint.add_url_rule("/announcements/<int:id>/delete", "announcement_delete", delete, methods=["POST"])


def new() -> Response | str:
    """An empty page with an address of its own, so that Back leads to what was saved; nothing is kept of one that nobody saves."""
    key = _form_key()
    if key is None:
        return redirect(url_for("console.announcement_new", form=uuid4().hex))
    made = _of_form(key)
    return _page(Filled()) if made is None else redirect(url_for("console.announcement_edit", id=made.id))


def create() -> Response | tuple[str, int] | str:
    """Keeps the first version, or another one when the same form was kept before."""
    key = _form_key()
    made = None if key is None else _of_form(key)
    if made is not None:
        # The form knows no version yet; what its writer alone has changed since is no conflict.
        is_mine = made.changed_by == door.me().account.id
        return _save(made.id, version=made.version if is_mine else 0)
    filled, again = _typed()
    if again is not None:
        return again
    if content.is_empty(filled.content):
        flash("empty-announcement", "danger")
        return _page(filled), 400
    me, now = door.me(), tools().clock()
    try:
        with tools().sessions.begin() as database:
            made = drafts.create(database, by=me.account.id, now=now, content=filled.content, form_key=key)
            _keep(database, made, filled, version=made.version)
            id = made.id
    except sa.exc.IntegrityError:  # Sent twice at once: the other one has made it.
        return redirect(url_for("console.announcement_new", form=key))
    return redirect(url_for("console.announcement", id=id))


def edit(id: int) -> str | Response:
    """The page of one that may still be changed."""
    with tools().reading() as database:
        broadcast = found(database, id)
        if not states.may(broadcast, "change"):
            return redirect(url_for("console.announcement", id=id))
        filled = Filled.of(broadcast)
    return _page(filled, broadcast)


def save(id: int) -> Response | tuple[str, int] | str:
    """Keeps another version; two who wrote at once are both heard."""
    return _save(id, version=request.form.get("version", 0, type=row_number))


def _save(id: int, *, version: int) -> Response | tuple[str, int] | str:
    with tools().reading() as database:
        broadcast = found(database, id)
    filled, again = _typed(broadcast)
    if again is not None:
        return again
    try:
        with tools().sessions.begin() as database:
            _keep(database, found(database, id), filled, version=version)
    except drafts.ConflictError as conflict:
        return _both(id, filled, conflict), 409
    except RefusedError:
        flash("announcement-moved-on", "danger")
        return redirect(url_for("console.announcement", id=id))
    flash("saved", "success")
    return redirect(url_for("console.announcement", id=id))


def copy(id: int) -> Response:
    """The same once more, to be changed."""
    with tools().sessions.begin() as database:
        made = drafts.copy(database, found(database, id), by=door.me().account.id, now=tools().clock())
        id = made.id
    flash("announcement-copied", "success")
    return redirect(url_for("console.announcement_edit", id=id))


def delete(id: int) -> Response:
    """Throws a draft away."""
    try:
        with tools().sessions.begin() as database:
            drafts.delete(database, found(database, id), by=door.me().account.id, now=tools().clock())
    except RefusedError:
        flash("announcement-moved-on", "danger")
        return redirect(url_for("console.announcement", id=id))
    flash("announcement-deleted", "success")
    return redirect(url_for("console.announcements"))


def look() -> Response:
    """What is typed at this moment, as it stands: for the page that asks while somebody types."""
    filled, now = Filled.read(request.form), tools().clock()
    with tools().reading() as database:
        seen = announcement_look.look(
            database,
            filled.content,
            filled.conditions,
            way=filled.way,
            now=now,
            broadcast=drafts.find(database, request.form.get("id", 0, type=row_number)),
        )
    warnings = render_template("console/announcement_warnings.html", look=seen, can_take=True)
    return jsonify(people=seen.people, warnings=warnings, messages=list(seen.messages))


def upload() -> tuple[Response, int]:
    """Keeps a picture while the page stays open."""
    try:
        sent = _uploaded()
        if sent is None:
            raise pictures.PictureError("picture-missing")
        with tools().sessions.begin() as database:
            picture = _kept(database, sent)
            drawn = render_template("console/announcement_picture.html", picture=picture, chosen=picture.id)
    except pictures.PictureError as error:
        said = render_template("console/announcement_said.html", problem=error.problem)
        return jsonify(problem=said), 400
    return jsonify(id=picture.id, picture=drawn), 200


def found(database: Session, id: int) -> Broadcast:
    """The announcement of that number, else the page that there is none."""
    broadcast = drafts.find(database, id)
    if broadcast is None:
        abort(404)
    return broadcast


def _form_key() -> str | None:
    """What names the form of a new announcement; None when nothing does."""
    key = request.args.get("form", "")
    return key if re.fullmatch("[0-9a-f]{32}", key) else None


def _of_form(key: str) -> Broadcast | None:
    with tools().reading() as database:
        return drafts.of_form(database, key)


def _typed(broadcast: Broadcast | None = None) -> tuple[Filled, str | tuple[str, int] | None]:
    """What was sent, and the page anew when it was not sent to be kept: a picture, a rewrite, somebody else's text."""
    filled = Filled.read(request.form)
    if "own" not in door.me().may:  # Outside people's hours: an owner's choice.
        filled = replace(filled, is_urgent=broadcast is not None and broadcast.is_urgent)
    verb, _, rest = request.form.get("do", "save").partition(":")
    try:
        sent = _uploaded()
        with tools().sessions.begin() as database:
            if sent is not None:
                filled = replace(filled, picture_id=_kept(database, sent).id)
            if verb == "segment":
                segment = database.get(Segment, request.form.get("segment", 0, type=row_number))
                if segment is not None:
                    filled = filled.asking(segments.Conditions.model_validate(segment.conditions))
    except pictures.PictureError as error:
        flash(error.problem, "danger")
        return filled, (_page(filled, broadcast), 400)
    if verb == "rewrite":
        filled = _rewritten(filled, rest, broadcast)
    if verb in ("theirs", "join") and broadcast is not None:
        theirs = Filled.of(broadcast)
        joined = f"{theirs.text}\n\n{filled.text}"
        filled = replace(filled, text=joined) if verb == "join" else filled.taking(theirs, [rest])
    return filled, None if verb == "save" else _page(filled, broadcast)


def _uploaded() -> pictures.Anew | None:
    file = request.files.get("picture")
    return pictures.made_anew(file.read()) if file is not None and file.filename else None


def _kept(database: Session, sent: pictures.Anew) -> Picture:
    return pictures.keep(database, sent, by=door.me().account.id, now=tools().clock())


def _rewritten(filled: Filled, place: str, broadcast: Broadcast | None) -> Filled:
    """The form with what the check proposes instead of the words at *place* (``field:start:end``)."""
    for finding in announcement_look.check(filled.content, tools().clock(), opened.answers(broadcast)):
        if f"{finding.field}:{finding.start}:{finding.end}" == place and finding.rewrite is not None:
            return filled.rewriting(finding.field, finding.start, finding.end, finding.rewrite)
    return filled


def _keep(database: Session, broadcast: Broadcast, filled: Filled, *, version: int) -> None:
    me, now = door.me(), tools().clock()
    drafts.change(
        database,
        broadcast,
        version=version,
        by=me.account.id,
        now=now,
        content=filled.content,
        segment=filled.conditions,
        way=filled.way,
        is_urgent=filled.is_urgent,
        in_opening_hours=filled.in_opening_hours,
    )
    name = request.form.get("segment_name", "").strip()
    if name and filled.to == "some":
        segments.save(database, name[:80], filled.conditions, by=me.account.id, now=now)


def _both(id: int, mine: Filled, conflict: drafts.ConflictError) -> str:
    """The page with what both typed."""
    with tools().reading() as database:
        broadcast = found(database, id)
        who = database.get(StaffAccount, conflict.by) if conflict.by is not None else None
        meeting = meet(mine, Filled.of(broadcast), unpacked(request.form.get("before", "")))
    return _page(meeting.filled, broadcast, meeting=meeting, who=who, at=conflict.at)


@sealed.blank_where_unreadable()
def _page(filled: Filled, broadcast: Broadcast | None = None, *, meeting: Meeting | None = None, **more: Any) -> str:
    now = tools().clock()
    typing_on = request.form.get("before") if meeting is None and request.method == "POST" else None
    version = request.form.get("version") if typing_on else None
    before = Filled() if broadcast is None else Filled.of(broadcast)
    with tools().reading() as database:
        seen = announcement_look.look(
            database,
            filled.content,
            filled.conditions,
            way=filled.way,
            now=now,
            broadcast=broadcast,
        )
        shown = pictures.newest(database, PICTURES_SHOWN)
        chosen = None if filled.picture_id is None else database.get(Picture, filled.picture_id)
        if chosen is not None and chosen.id not in {one.id for one in shown}:
            shown.insert(0, chosen)
        return render_template(
            "console/announcement_edit.html",
            filled=filled,
            broadcast=broadcast,
            # Whoever goes on typing began with what the page held first, not with what somebody else has kept since.
            version=version or (0 if broadcast is None else broadcast.version),
            before=typing_on or before.packed(),
            look=seen,
            pictures=shown,
            segments=segments.saved(database),
            tags=list(database.scalars(sa.select(PersonTag.tag).distinct().order_by(PersonTag.tag))),
            routines=tools().library().of(Routine),
            people=list(database.scalars(sa.select(Person).where(Person.blocked_at.is_(None)).order_by(Person.id))),
            is_public=announcement_look.terms().is_public,
            form_key=_form_key(),
            meeting=meeting,
            **more,
        )


__all__ = ["add", "found"]
