"""The list of announcements, and of the conditions that staff gave a name."""

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bot.broadcasts import drafts, segments
from bot.models import BroadcastMove, Segment, StaffAccount
from bot.web.console import door
from bot.web.console.tools import tools


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/announcements", "announcements", show, methods=["GET"])
    blueprint.add_url_rule("/announcements/segments/<int:id>/remove", "segment_remove", forget, methods=["POST"])


def show() -> str:
    """All of them, those that want somebody first."""
    with tools().reading() as database:
        found = drafts.everything(database)
        newest = sa.select(sa.func.max(BroadcastMove.id)).group_by(BroadcastMove.broadcast_id)
        asked = sa.select(BroadcastMove, StaffAccount.name).outerjoin(StaffAccount)
        moves = {
            move.broadcast_id: (move, name)
            for move, name in database.execute(asked.where(BroadcastMove.id.in_(newest)))
        }
        saved = segments.saved(database)
    return render_template("console/announcements.html", found=found, moves=moves, saved_segments=saved)


def forget(id: int) -> Response:
    """Forgets a saved segment."""
    with tools().sessions.begin() as database:
        segment = database.get(Segment, id)
        if segment is None:
            abort(404)
        segments.remove(database, segment, by=door.me().account.id, now=tools().clock())
    flash("segment-removed", "success")
    return redirect(url_for("console.announcements"))
