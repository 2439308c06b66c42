"""The whole content pack as one immutable value, with the questions the rest of the program asks it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from string import Template
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.library.practice import Practice
from bot.library.questions import Welcome
from bot.library.schema import Entry, Language, Origin

Kind = TypeVar("Kind", bound=Entry)


@dataclass(frozen=True)
class Library:
    """All that the assistant can say.

    *entries* maps each id to its entry, in the order of the pack; *messages* are the templates of what handlers say;
    *welcome* are the questions for somebody new, None in a pack without any;
    *digest* names the exact content, so that anything built from it can be cached.
    """

    entries: Mapping[str, Entry]
    origins: Mapping[str, Origin]
    practice: Practice
    messages: Mapping[str, str]
    language: Language
    welcome: Welcome | None
    digest: str

    def entry(self, id: str) -> Entry:
        """The entry called *id*; KeyError when there is none."""
        return self.entries[id]

    def of(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """All entries of one kind, in the order of the pack."""
        return tuple(entry for entry in self.entries.values() if isinstance(entry, kind))

    def with_phrasings(self, phrasings: Iterable[tuple[str | None, str]]) -> "Library":
        """The same library with more *phrasings*: pairs of an id (None: out of scope) and a text.

        Left out is what `lacks` does not name: phrasings of entries that are no more, and texts that the pack has itself.
        """
        added = tuple((id, text) for id, text in phrasings if self.lacks(id, text))
        if not added:
            return self
        more: dict[str | None, list[str]] = {}
        for id, text in added:
            more.setdefault(id, []).append(text)
        entries = {
            id: entry.model_copy(update={"phrasings": (*entry.phrasings, *more[id])}) if id in more else entry
            for id, entry in self.entries.items()
        }
        out_of_scope = (*self.language.out_of_scope, *more.get(None, ()))
        digest = hashlib.sha256(f"{self.digest} {json.dumps(added)}".encode())
        return replace(
            self,
            entries=MappingProxyType(entries),
            language=self.language.model_copy(update={"out_of_scope": out_of_scope}),
            digest=digest.hexdigest(),
        )

    def lacks(self, id: str | None, text: str) -> bool:
        """Whether *text* can be added for *id*: there is such an entry to teach, and no entry has the text."""
        if id is not None and (id not in self.entries or self.entries[id].kind == "safety"):
            return False
        has_it = any(text in entry.phrasings for entry in self.entries.values())
        return not has_it and text not in self.language.out_of_scope

    def siblings(self, id: str, *, most: int = 4) -> tuple[str, ...]:
        """What else there is near *id*: what it names as related, then its neighbours of the same kind."""
        entry = self.entries[id]
        same = [other.id for other in self.entries.values() if other.kind == entry.kind]
        if id in same:
            place = same.index(id)
            same = same[place + 1 :] + same[:place]
        found = dict.fromkeys((*entry.related, *same))
        found.pop(id, None)
        return tuple(found)[:most]

    @property
    def timezone(self) -> ZoneInfo:
        """Where the practice is."""
        return ZoneInfo(self.practice.timezone)

    def values(self) -> dict[str, str]:
        """The practice's facts as words, by the name under which answers use them."""
        practice = self.practice
        weekday = dict(zip(WEEKDAYS, self.messages["weekdays"].split(), strict=True))
        hours = "\n".join(
            Template(self.messages["hours_line"]).substitute(
                days=self.messages["days_between"].join(weekday[day] for day in line.days),
                open=line.open,
                close=line.close,
            )
            for line in practice.hours
        )
        prices = "\n".join(
            Template(self.messages["price_line" if price.minutes else "price_line_plain"]).substitute(
                name=price.name, yen=f"{price.yen:,}", minutes=price.minutes
            )
            for price in practice.prices
        )
        return {
            "name": practice.name,
            "hours": hours,
            "closed": practice.closed,
            "address": practice.address,
            "access": practice.access,
            "parking": practice.parking,
            "phone": practice.phone,
            "booking_url": practice.booking_url,
            "homepage_url": practice.homepage_url,
            "prices": prices,
            "trial": practice.trial,
            "staff_hours": practice.staff_hours,
        }


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
