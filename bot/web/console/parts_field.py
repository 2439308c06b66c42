"""A field for parts in an order: rows with the same inputs, to be moved, added and taken out by buttons that are submitted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value

Row = Any
"""A text; with columns a mapping of them to texts."""
Choices = Mapping[str, list[tuple[str, str]]]
"""What a row can be, by kind: ids and how they are called."""


class PartsField(Field):
    """Rows of one text each or, with *columns*, of one text a column.

    *rows* is what the page shows, empty ones too; the data are those that say something. With *choices* a row is one of
    them. The buttons need no script: they send the whole form, which is shown again with its rows `arranged`.
    """

    def __init__(self, *args: Any, columns: tuple[str, ...] = (), most: int, **options: Any) -> None:
        self.columns = columns
        self.most = most
        self.choices: Choices | None = None
        self.rows: list[Row] = []
        super().__init__(*args, **options)

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Callable[[Any], Any]] | None = None
    ) -> None:
        """Take the rows out of the form; a form without any has none."""
        super().process(None, data, extra_filters)
        if formdata is not None:
            lists = [[text.strip() for text in formdata.getlist(name)] for name in self.names]
            rows = zip(*lists, strict=False)
            self.rows = [dict(zip(self.columns, row, strict=True)) if self.columns else row[0] for row in rows]
            self.data = self._told

    def show(self, parts: Iterable[Row] | None) -> None:
        """Show *parts*, which a draft may hold unfinished."""
        self.rows = [dict(part) if self.columns else part for part in parts or ()]
        self.data = self._told

    def arrange(self, what: str, place: int) -> None:
        """Add a row, or do with the one at *place* what the button says; what cannot be done is left."""
        rows = self.rows
        if what == "add" and len(rows) < self.most:
            rows.append(dict.fromkeys(self.columns, "") if self.columns else "")
        elif what == "remove" and place < len(rows):
            del rows[place]
        elif what == "up" and 0 < place < len(rows):
            rows[place - 1 : place + 1] = reversed(rows[place - 1 : place + 1])
        elif what == "down" and place + 1 < len(rows):
            rows[place : place + 2] = reversed(rows[place : place + 2])
        self.data = self._told

    @property
    def names(self) -> tuple[str, ...]:
        """How the inputs of a row are called in the form."""
        return tuple(f"{self.name}-{column}" for column in self.columns) or (self.name,)

    @property
    def _told(self) -> list[Row]:
        if not self.columns:
            return [row for row in self.rows if row]
        # What is empty is left out, so that it is missed, and not taken for a wrong address.
        filled = ({column: text for column, text in row.items() if text} for row in self.rows)
        return [row for row in filled if row]
