"""The forms of entries: what an entry's fields look like in a browser, and what comes back as a body; one form a kind."""

import re
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from bot.library.loader import MESSAGE
from bot.library.schema import PartOfDay
from bot.library.writing import section_text
from bot.web.console.parts_field import Choices, PartsField

Body = dict[str, Any]
_TIME = re.compile(r"^(\d{1,2})[:：](\d{2})")
_HEADING = re.compile(r"^##[ 　]+(.+?)\s*(?:\{#([^}]*)\})?\s*$")


class LinesField(TextAreaField):
    """Texts, one a line."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [line.strip() for line in (valuelist[0] if valuelist else "").splitlines() if line.strip()]

    def _value(self) -> str:
        return "\n".join(self.data or ())


class RowsField(LinesField):
    """Groups of words: one group a line, the words between commas."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = [[word for word in re.split(r"\s*[,、，]\s*", line) if word] for line in self.data]

    def _value(self) -> str:
        return "\n".join("、".join(row) for row in self.data or ())


class SectionsField(TextAreaField):
    """Parts of an article in Markdown, each under a heading ``## Title {#slug}``; a slug that is missing is made up."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        sections: list[dict[str, str]] = []
        for line in (valuelist[0] if valuelist else "").splitlines():
            heading = _HEADING.match(line)
            if heading is not None:
                sections.append({"slug": heading[2] or f"part-{len(sections) + 1}", "title": heading[1], "text": ""})
            elif sections:
                sections[-1]["text"] += f"{line}\n"
            elif line.strip():
                # What stands before the first heading is not lost: it becomes a part that still wants a title.
                sections.append({"slug": "part-1", "title": "", "text": f"{line}\n"})
        self.data = [{**section, "text": section["text"].strip()} for section in sections]

    def _value(self) -> str:
        return section_text(self.data or ())


class TimeField(StringField):
    """A time of day; 7:00 is 07:00."""

    data: str | None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = time_of(self.data or "")


def time_of(text: str) -> str:
    """A time as people write it in the form of the pack; anything else as it is."""
    found = _TIME.match(text.strip())
    return f"{int(found[1]):02}:{int(found[2]):02}" if found else text.strip()


def _kept(value: Any) -> Any:
    """What a field says as a body holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


class BodyForm(FlaskForm):  # type: ignore[misc]
    """What every form of an entry has: on which edit it was begun."""

    based_on = HiddenField()

    def show(self, body: Body) -> None:
        """Fill the fields from *body*."""
        for name in self.parts:
            if name in body:
                field = self[name]
                if isinstance(field, PartsField):
                    field.show(body[name])
                else:
                    field.data = body[name]

    def body(self, before: Body) -> Body:
        """*before* with what the fields say; what has no field stays, and what is empty is left out."""
        told = {name: _kept(self[name].data) for name in self.parts}
        kept = {name: value for name, value in before.items() if name not in told}
        return kept | {name: value for name, value in told.items() if value not in (None, "", [], False)}

    def arrange(self, asked: str) -> None:
        """What the button of a row *asked* for, as ``field what place``."""
        name, what, place = (*asked.split(), "", "", "")[:3]
        if isinstance(self._fields.get(name), PartsField):
            self[name].arrange(what, int(place) if re.fullmatch("[0-9]{1,3}", place) else 0)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the fields that are parts of the body."""
        return tuple(name for name in self._fields if name not in ("based_on", "csrf_token"))


class _EntryForm(BodyForm):
    title = StringField()
    label = StringField()

    def offer(self, origins: list[tuple[str, str]], near: Choices) -> None:
        """What can be chosen for whose view it is, and of the other entries for each field that names some."""
        if "origin" in self:
            self.origin.choices = origins
        if "related" in self:
            self.related.choices = near


class _TextForm(_EntryForm):
    phrasings = LinesField()
    keywords = LinesField()
    related = PartsField(most=6)
    origin = SelectField(validate_choice=False)
    source = StringField()
    reviewed_by = StringField()
    reviewed_on = DateField(validators=[Optional()])
    review_by = DateField(validators=[Optional()])

    def show(self, body: Body) -> None:
        days = {name: date.fromisoformat(body[name]) for name in ("reviewed_on", "review_by") if body.get(name)}
        super().show(body | days)


class FaqForm(_TextForm):
    """A question with its answer, and buttons that lead out of LINE."""

    answer = TextAreaField()
    links = PartsField(columns=("label", "url"), most=3)
    staff = BooleanField()


class TermForm(_TextForm):
    """A word with what it means."""

    answer = TextAreaField()


class ArticleForm(_TextForm):
    """A text with its parts."""

    view = TextAreaField()
    summary = TextAreaField()
    sections = SectionsField()


class ExerciseForm(_TextForm):
    """A movement. For whom it is not offered stays as it is: that is a matter of safety."""

    purpose = TextAreaField()
    steps = PartsField(most=8)
    count = StringField()
    hold_seconds = SelectField(validate_choice=False)
    tips = LinesField()
    cautions = LinesField()

    def offer(self, origins: list[tuple[str, str]], near: Choices) -> None:
        super().offer(origins, near)
        self.hold_seconds.choices = [("", ""), *((str(seconds), str(seconds)) for seconds in range(5, 61, 5))]

    def show(self, body: Body) -> None:
        super().show(body)
        self.hold_seconds.data = str(body.get("hold_seconds", ""))


class RoutineForm(_EntryForm):
    """Exercises in an order, when they are done, and what is said around them."""

    default_time = TimeField()
    part_of_day = SelectField(validate_choice=False)
    minutes = StringField()
    steps = PartsField(most=8)
    intro = TextAreaField()
    prompts = LinesField()
    praise = LinesField()
    nicknames = LinesField()
    phrasings = LinesField()

    def offer(self, origins: list[tuple[str, str]], near: Choices) -> None:
        super().offer(origins, near)
        self.part_of_day.choices = [(part.value, part.value) for part in PartOfDay]
        self.steps.choices = {kind: ids for kind, ids in near.items() if kind == "exercise"}


class MessageForm(BodyForm):
    """The wording of one message."""

    text = TextAreaField()


class SynonymsForm(BodyForm):
    """Words that mean about the same."""

    synonyms = RowsField()


FORMS: dict[str, type[BodyForm]] = {
    "faq": FaqForm,
    "term": TermForm,
    "article": ArticleForm,
    "exercise": ExerciseForm,
    "routine": RoutineForm,
    "message": MessageForm,
    "synonyms": SynonymsForm,
}


def form_of(entry_id: str, origins: list[tuple[str, str]], near: Choices) -> BodyForm:
    """The form for what is called so; *near* are the other entries, by kind."""
    kind = "message" if entry_id.startswith(MESSAGE) else entry_id.partition("/")[0]
    form = FORMS[kind]()
    if isinstance(form, _EntryForm):
        form.offer(origins, near)
    return form
