"""What was not understood, grouped by likeness: each group is settled with one tap."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.staff import audit
from bot.teaching import evidence, likeness, phrasings
from bot.teaching.evidence import Waiting
from bot.web.console import content, door
from bot.web.console.tools import row_number, tools

ON_A_PAGE = 20
NEAR = 3
NONE, NEW, DROP = "none", "new", "drop"


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/not-understood", "not_understood", show, methods=["GET"])
    blueprint.add_url_rule("/not-understood", "not_understood_settle", settle, methods=["POST"])


def show() -> str:
    """The groups, newest first, each with the entries that it may be about."""
    with tools().reading() as database:
        found = likeness.groups(evidence.waiting(database))
    known = tools().mind().current
    library = known.library
    rows = []
    for group in found[:ON_A_PAGE]:
        ranked = (candidate.id for candidate in known.understanding.matcher.rank(group.texts[0].text)[:NEAR])
        near = [id for id in dict.fromkeys((*group.named, *ranked)) if id in library.entries]
        rows.append((group, [library.entry(id) for id in near if not id.startswith("safety/")][: NEAR + 1]))
    everything = [entry for entry in library.entries.values() if entry.kind != "safety"]
    return render_template("console/not_understood.html", rows=rows, count=len(found), everything=everything)


def settle() -> Response:
    """Teaches the texts for an entry or for none, begins a new one with them, or lets them be."""
    numbers = set(request.form.getlist("number", type=row_number))
    as_what = request.form.get("entry") or request.form.get("as") or ""
    with tools().reading() as database:
        chosen = [one for one in evidence.waiting(database) if one.number in numbers]
    library = tools().mind().current.library
    if not as_what or (as_what not in (NONE, NEW, DROP) and as_what not in library.entries):
        abort(400)
    if as_what == NEW and chosen:
        id = content.begin("faq", [one.text.replace("\n", " ")[:200] for one in chosen])
        _settle(chosen, "taught")
        return redirect(url_for("console.content_entry", id=id))
    left = [] if as_what == DROP else _teach(chosen, None if as_what == NONE else as_what)
    _settle([one for one in chosen if one not in left], "dropped" if as_what == DROP else "taught")
    flash("teach-failed" if left else "wordings-taught", "danger" if left else "success")
    return redirect(url_for("console.not_understood"))


def _teach(chosen: list[Waiting], entry_id: str | None) -> list[Waiting]:
    """Teach the texts; those that cannot be taught come back."""
    me, now = door.me().account, tools().clock()
    known = tools().mind().current
    left = []
    for one in chosen:
        if known.understanding.safety.judge(one.text) is not None:
            left.append(one)  # The rules of danger go before everything that is taught.
            continue
        try:
            with tools().sessions.begin() as database:
                phrasings.add(database, known.pack, entry_id=entry_id, text=one.text, by=me.name, now=now)
                audit.note(database, by=me.id, action="phrasing.teach", subject=entry_id or NONE, now=now)
        except phrasings.PhrasingError:
            left.append(one)
    return left


def _settle(chosen: list[Waiting], how: evidence.Settled) -> None:
    with tools().sessions.begin() as database:
        for one in chosen:
            evidence.settle(database, one.text, how=how, now=tools().clock())
