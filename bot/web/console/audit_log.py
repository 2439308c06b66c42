"""The audit log, for owners: who changed what, newest first, by member and by kind, on pages and as a table to keep."""

import csv
import io
from html import unescape
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, make_response, render_template, request
from sqlalchemy.orm import Session

from bot.models import AuditEntry, StaffAccount
from bot.web.console.cells import harmless
from bot.web.console.tools import row_number, titles, tools

ON_A_PAGE = 50
MOST_LINES = 50_000
BY_COMMAND = "command"


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/audit", "audit_log", show, methods=["GET"])
    blueprint.add_url_rule("/audit.csv", "audit_csv", export, methods=["GET"])


def show() -> str:
    """A page of it."""
    before = request.args.get("before", type=row_number)
    asked = _asked()
    if before is not None:
        asked = asked.where(AuditEntry.id < before)
    with tools().reading() as database:
        found = database.execute(asked.limit(ON_A_PAGE + 1)).all()
        names = _names(database)
        kinds = database.scalars(sa.select(AuditEntry.action).distinct()).all()
    return render_template(
        "console/audit_log.html",
        found=found[:ON_A_PAGE],
        has_more=len(found) > ON_A_PAGE,
        names=names,
        titles=titles(),
        by=request.args.get("by", ""),
        kind=request.args.get("kind", ""),
        found_kinds=sorted({action.partition(".")[0] for action in kinds}),
        is_later=before is not None,
    )


def export() -> Response:
    """The same entries, as many as there are, for a spreadsheet."""
    with tools().reading() as database:
        found = database.execute(_asked().limit(MOST_LINES)).all()
        names = _names(database)
    # The words are those of the page.
    words: Any = current_app.jinja_env.get_template("console/actions.html").module
    known = titles()
    zone = tools().library().timezone
    table = io.StringIO()
    write = csv.writer(table).writerow
    write(words.columns)
    for entry, name in found:
        cells = (
            f"{entry.made_at.astimezone(zone):%Y/%m/%d %H:%M:%S}",
            name or words.nobody.get(entry.action, words.by_command),
            words.actions.get(entry.action, entry.action),
            unescape(words.subject(entry.subject, names, known)),
            unescape(words.spelled(entry.before, known)),
            unescape(words.spelled(entry.after, known)),
        )
        write([harmless(cell) for cell in cells])
    response = make_response(table.getvalue().encode("utf-8-sig"))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _asked() -> sa.Select[AuditEntry, str]:
    """The entries that the address asks for: of one member (``by``), of one kind (``kind``)."""
    asked = sa.select(AuditEntry, StaffAccount.name).outerjoin(StaffAccount, StaffAccount.id == AuditEntry.account_id)
    by, kind = request.args.get("by", ""), request.args.get("kind", "")
    if by == BY_COMMAND:
        asked = asked.where(AuditEntry.account_id.is_(None))
    elif by.isascii() and by.isdecimal() and len(by) < 10:
        # What somebody did, and what was done to them, such as trying their password.
        asked = asked.where(sa.or_(AuditEntry.account_id == int(by), AuditEntry.subject == f"account {int(by)}"))
    if kind:
        asked = asked.where(AuditEntry.action.startswith(f"{kind}.", autoescape=True))
    return asked.order_by(AuditEntry.id.desc())


def _names(database: Session) -> dict[str, str]:
    """The accounts' names by their ids, as subjects write them."""
    rows = database.execute(sa.select(StaffAccount.id, StaffAccount.name).order_by(StaffAccount.name))
    return {str(id): name for id, name in rows}
