"""The whole content pack as one immutable value, with the questions the rest of the program asks it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from string import Template
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.library.evaluation import Expected
from bot.library.lint_book import LintBook
from bot.library.menu import RichMenu
from bot.library.practice import Closing, Practice
from bot.library.privacy import Privacy
from bot.library.questions import Welcome
from bot.library.schema import Article, Entry, Faq, Language, Origin, Review, Term

Kind = TypeVar("Kind", bound=Entry)
TEXTS = (Article, Faq, Term)


@dataclass(frozen=True)
class Library:
    """All that the assistant can say.

    *entries* maps each id to its entry, in the order of the pack; *messages* are the templates of what handlers say;
    *welcome* are the questions for somebody new, None in a pack without any; *richmenu* and *privacy* the same; *lint* says what
    announcements may not say; *evaluation* are messages by which a change is judged, and from which nothing learns; *digest*
    names the exact content, so that anything built from it can be cached.
    """

    entries: Mapping[str, Entry]
    origins: Mapping[str, Origin]
    practice: Practice
    messages: Mapping[str, str]
    language: Language
    welcome: Welcome | None
    lint: LintBook
    evaluation: tuple[Expected, ...]
    digest: str
    richmenu: RichMenu | None = None
    privacy: Privacy | None = None
    closings: tuple[Closing, ...] = ()
    """Days on which the practice is closed out of turn, in order; they change no entry and not the digest."""

    def entry(self, id: str) -> Entry:
        """The entry called *id*; KeyError when there is none."""
        return self.entries[id]

    def of(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """All entries of one kind, in the order of the pack."""
        return tuple(entry for entry in self.entries.values() if isinstance(entry, kind))

    def review(self, id: str) -> Review | None:
        """Who looked over what *id* says about health, and until when that holds; None for what is no matter of health."""
        entry = self.entries[id]
        origin = self.origins.get(getattr(entry, "origin", ""))
        if origin is None or origin.review is None:
            return None
        own = {name: getattr(entry, name) for name in Review.model_fields}
        return origin.review.model_copy(update={name: value for name, value in own.items() if value is not None})

    def overdue(self, today: date) -> tuple[str, ...]:
        """The texts about health that should have been looked over before *today*."""
        reviews = ((id, self.review(id)) for id, entry in self.entries.items() if isinstance(entry, TEXTS))
        return tuple(id for id, review in reviews if review is not None and review.review_by < today)

    def having_closed(self, closings: Iterable[Closing]) -> "Library":
        """The same library, closed on these days."""
        return replace(self, closings=tuple(closings))

    def closed_from(self, today: date) -> list[str]:
        """The days from *today* on at which the practice is closed out of turn, in words, one line for each stretch."""
        stretches: list[list[Closing]] = []
        for closing in self.closings:
            if closing.day < today:
                continue
            last = stretches[-1][-1] if stretches else None
            if last is not None and closing == (last.day + timedelta(days=1), last.note):
                stretches[-1].append(closing)
            else:
                stretches.append([closing])
        return [self._closed(stretch) for stretch in stretches]

    def closed_notice(self, today: date) -> str | None:
        """Words with which to announce the closed days from *today* on; None when there are none."""
        lines = self.closed_from(today)
        return Template(self.messages["closed_notice"]).substitute(days="\n".join(lines)) if lines else None

    def _closed(self, stretch: list[Closing]) -> str:
        weekdays = self.messages["weekdays"].split()
        ends = [f"{one.day.month}/{one.day.day}({weekdays[one.day.weekday()]})" for one in (stretch[0], stretch[-1])]
        between = Template(self.messages["days_from_to"])
        days = ends[0] if len(stretch) == 1 else between.substitute(first=ends[0], last=ends[1])
        key = "closed_line_note" if stretch[0].note else "closed_line"
        return Template(self.messages[key]).substitute(days=days, note=stretch[0].note)

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

    def privacy_text(self) -> Privacy | None:
        """What the practice says about people's data, its own facts filled in; None when it says nothing."""
        return None if self.privacy is None else self.privacy.filled(self.values())

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
