"""The forms of signing in, of accounts and of talks; labels are in the templates, problems are names of words there."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

ROLES: Any = ("owner", "editor", "viewer")
"""Of any type, because the stubs know only the form of choices that WTForms has given up."""


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Name and password."""

    account = StringField(validators=[InputRequired("missing"), Length(max=200, message="too-long")])
    password = PasswordField(validators=[InputRequired("missing"), Length(max=200, message="too-long")])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, once: browsers show it, and a second field only teaches people to copy."""

    password = PasswordField(validators=[InputRequired("missing")])


class InviteForm(FlaskForm):  # type: ignore[misc]
    """Somebody new, or somebody who lost the password."""

    account = StringField(validators=[InputRequired("missing"), Length(max=80, message="too-long")])
    role = RadioField(choices=ROLES, default="editor")


class AccountForm(FlaskForm):  # type: ignore[misc]
    """What somebody may do."""

    role = RadioField(choices=ROLES)
    may_send = BooleanField()


class ReplyForm(FlaskForm):  # type: ignore[misc]
    """A word to a person; *once* names this form, so that it is sent once."""

    text = TextAreaField(validators=[InputRequired("empty"), Length(max=5000, message="too-long")])
    once = HiddenField(validators=[InputRequired("missing"), Length(max=40, message="too-long")])


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A note on a person."""

    text = TextAreaField(validators=[InputRequired("empty"), Length(max=2000, message="too-long")])


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The six digits of an authenticator."""

    code = StringField(validators=[InputRequired("missing"), Length(max=20, message="too-long")])
