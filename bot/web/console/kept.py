"""Forms that were sent after the session had ended: kept, signed, in the page of the sign-in, and shown again after it."""

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from bot.models import StaffAccount
from bot.staff import sign_in
from bot.web.console import sealed
from bot.web.console.forms import SignInForm
from bot.web.console.tools import tools

LIFE = timedelta(hours=12)
MOST_SIGNS = 60_000
"""In all fields together; what is longer is rather copied by its writer than carried twice through the network."""
SECRET_FIELDS = frozenset({"password", "old_password", "new_password", "code", "sealed"})


def ask_to_sign_in() -> Response:
    """The sign-in for a form whose sender's session has ended; a stranger is sent to the plain one.

    Its token was right, so it comes from a page of ours.
    """
    with tools().reading() as database:
        account = sign_in.whose(database, str(session.get("_user_id", "")))
    if account is None:
        return redirect(url_for("console.sign_in"))
    form = SignInForm(formdata=None, data={"account": account.name})
    token, problem = _keep(account)
    return make_response(render_template("console/sign_in.html", form=form, kept=token, lost=problem), 401)


def shown_again(token: str | None, account: StaffAccount) -> Response | None:
    """The page with the form in it, ready to be sent; None when there is none, or it was somebody else's."""
    if not token:
        return None
    found = sealed.opened("kept", token, LIFE)
    if found is None or found["account"] != account.id:
        flash("kept-not-yours", "warning")
        return None
    return make_response(render_template("console/kept.html", path=found["path"], fields=found["fields"]))


def typed() -> list[tuple[str, str]]:
    """What the form of this request holds, for whoever typed it; nothing of one that holds a secret."""
    return [] if SECRET_FIELDS & request.form.keys() else _fields()


def _keep(account: StaffAccount) -> tuple[str | None, str | None]:
    """The form of this request, sealed for *account*; or the name of the words why it cannot be kept."""
    if any(file.filename for file in request.files.values()):
        return None, "lost-upload"
    fields = _fields()
    if SECRET_FIELDS & request.form.keys():
        return None, "lost-secret"
    if sum(len(name) + len(value) for name, value in fields) > MOST_SIGNS:
        return None, "lost-long"
    path = request.full_path.rstrip("?")
    return sealed.seal("kept", {"account": account.id, "path": path, "fields": fields}), None


def _fields() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
