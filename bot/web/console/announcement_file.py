"""What came of an announcement, person by person, as a file for a spreadsheet."""

import csv
import io
from typing import Any

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from bot import sealed
from bot.broadcasts import report
from bot.staff import audit
from bot.web.console import door
from bot.web.console.announcements import found
from bot.web.console.cells import harmless
from bot.web.console.tools import tools


def add(blueprint: Blueprint) -> None:
    """Hang the file in."""
    blueprint.add_url_rule("/announcements/<int:id>/report.csv", "announcement_file", show, methods=["GET"])


@sealed.blank_where_unreadable()
def show(id: int) -> Response:
    """The file: UTF-8 with the mark by which Excel knows it, and nothing in it that Excel would reckon; that it was taken is written down."""
    words: Any = current_app.jinja_env.get_template("console/announcement_words.html").module
    written = io.StringIO()
    table = csv.writer(written)
    with tools().reading() as database:
        broadcast = found(database, id)
        rows = report.rows(database, broadcast, zone=tools().library().timezone)
        table.writerow([words.columns.get(name, name) for name in next(rows)])
        for row in rows:
            person, name, outcome, reason, *rest = row
            why = str(words.reason(reason, broadcast.state)) if reason else ""
            table.writerow([harmless(cell) for cell in (person, name, words.in_file.get(outcome, outcome), why, *rest)])
    with tools().sessions.begin() as database:
        me, now = door.me().account.id, tools().clock()
        audit.note(database, by=me, action="broadcast.file", subject=f"broadcast {id}", now=now)
    name = f"announcement-{id}.csv"
    return Response(
        written.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
