"""The form of the practice's facts: opening hours by weekday, prices by line; and what comes back as a body."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from wtforms import BooleanField, StringField, TextAreaField

from bot.calendar import WEEKDAYS
from bot.web.console.entry_forms import Body, BodyForm, LinesField, time_of

STRETCHES = 2
"""How many times a day the practice may open: the hours before and after a break."""
MORE_PRICES = 2

PLACES: Mapping[str, tuple[str, str]] = {
    "quick_texts": ("staff", "quick_texts"),
    "quiet_from": ("pushes", "quiet_from"),
    "quiet_until": ("pushes", "quiet_until"),
    "monthly_limit": ("pushes", "monthly_limit"),
    "reserve": ("pushes", "reserve"),
    "approval": ("announcements", "approval"),
    "hide_overdue": ("content", "hide_overdue"),
}
"""Facts that lie in a section of ``practice.yaml``: the field's name -> section and key."""
FOR_OWNERS = ("monthly_limit", "reserve", "approval")
"""What costs, and who must agree: whoever it binds shall not loosen it."""
_SECTIONS = frozenset(section for section, _ in PLACES.values())
_TIMES = ("quiet_from", "quiet_until")
_NUMBERS = ("monthly_limit", "reserve")


class PracticeForm(BodyForm):
    """Facts with one field each; hours and prices are rows of plain inputs beside them."""

    name = StringField()
    phone = StringField()
    address = StringField()
    access = TextAreaField()
    parking = TextAreaField()
    closed = StringField()
    booking_url = StringField()
    homepage_url = StringField()
    trial = TextAreaField()
    staff_hours = StringField()
    quick_texts = LinesField()
    quiet_from = StringField()
    quiet_until = StringField()
    monthly_limit = StringField()
    reserve = StringField()
    approval = BooleanField()
    hide_overdue = BooleanField()

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(name for name in super().parts if name not in PLACES)

    def show(self, body: dict[str, Any]) -> None:
        super().show(body)
        for name in self._placed:
            section, key = PLACES[name]
            value = body.get(section, {}).get(key)
            self[name].data = value if value is None or isinstance(value, list | bool) else str(value)

    def body(self, before: Body) -> Body:
        """*before* with what the fields say, each fact in its section."""
        found = super().body(before)
        for name in self._placed:
            section, key = PLACES[name]
            value = time_of(self[name].data or "") if name in _TIMES else self[name].data
            value = _number(value or "") if name in _NUMBERS else value
            rest = {one: kept for one, kept in found.get(section, {}).items() if one != key}
            found[section] = rest | ({key: value} if value not in (None, "", [], False) else {})
        return {name: value for name, value in found.items() if value != {} or name not in _SECTIONS}

    def leave_to_owners(self) -> None:
        """Take away what only an owner may change; it stays as it is."""
        for name in FOR_OWNERS:
            del self[name]

    @property
    def _placed(self) -> tuple[str, ...]:
        return tuple(name for name in PLACES if name in self)


def owners_part(body: Mapping[str, Any]) -> dict[str, str]:
    """What of *body* only an owner may change, in letters: files write numbers, forms their digits."""
    found = {name: body.get(PLACES[name][0], {}).get(PLACES[name][1]) for name in FOR_OWNERS}
    return {name: str(value) for name, value in found.items() if value is not None and value is not False}


def with_owners_part(body: Body, *, of: Mapping[str, Any]) -> Body:
    """*body*, but what only an owner may change is as in *of*."""
    found = dict(body)
    for section, key in (PLACES[name] for name in FOR_OWNERS):
        rest = {one: kept for one, kept in found.get(section, {}).items() if one != key}
        theirs = of.get(section, {}).get(key)
        found[section] = rest | ({key: theirs} if theirs is not None else {})
    return found


def shown_hours(body: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """For each weekday the times at which it opens and closes, as the inputs show them."""
    found = []
    for day in WEEKDAYS:
        stretches = [(row["open"], row["close"]) for row in body.get("hours", ()) if day in row["days"]]
        blank = [("", "")] * max(0, STRETCHES - len(stretches))
        found.append((day, [*stretches, *blank]))
    return found


def shown_prices(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The price list with room for more."""
    return [*body.get("prices", ()), *[{}] * MORE_PRICES]


def rows(lists: Callable[[str], list[str]]) -> dict[str, Any]:
    """Hours and prices out of the inputs; *lists* gives all values of a name, in order."""
    hours: dict[tuple[str, str], list[str]] = {}
    for day in WEEKDAYS:
        pairs = zip(lists(f"open-{day}"), lists(f"close-{day}"), strict=False)
        for opens, closes in pairs:
            if opens.strip() or closes.strip():
                hours.setdefault((time_of(opens), time_of(closes)), []).append(day)
    named = zip(lists("price-name"), lists("price-yen"), lists("price-minutes"), strict=False)
    prices = [
        {"name": name.strip(), "yen": _number(yen)} | ({"minutes": _number(minutes)} if minutes.strip() else {})
        for name, yen, minutes in named
        if name.strip() or yen.strip()
    ]
    return {
        "hours": [{"days": days, "open": opens, "close": closes} for (opens, closes), days in hours.items()],
        "prices": prices,
    }


def _number(text: str) -> str:
    """The digits of a number as people write it: 5,500円."""
    return re.sub(r"[^0-9]", "", text)
