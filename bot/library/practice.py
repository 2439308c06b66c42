"""The business itself, as `practice.yaml` tells it: hours, prices, where it is, how much it sends, how staff talk."""

from datetime import date, timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field

from bot.library.colours import Accent
from bot.library.fields import Frozen, Line, LineId, Opening, Phone, Speaker, Title, WallTime, Weekday, Zone, dialled

Trade = Literal["seitai", "licensed", "gym"]


def _as_list(given: object) -> object:
    return [given] if isinstance(given, str) else given


class Hours(Frozen):
    """Opening times of some weekdays, local wall time."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    open: WallTime
    close: WallTime


class Price(Frozen):
    """One line of the price list; *yen* with tax."""

    name: Line
    yen: Annotated[int, Field(ge=0)]
    minutes: Annotated[int, Field(ge=1)] | None = None


class Pushes(Frozen):
    """How much the practice may send, and when: the quiet hours, and how many announcements a person gets."""

    quiet_from: WallTime = "22:45"
    quiet_until: WallTime = "06:00"
    most_a_day: Annotated[int, Field(ge=1)] = 2
    most_a_week: Annotated[int, Field(ge=1)] = 5
    monthly_limit: Annotated[int, Field(ge=1)] | None = None
    reserve: Annotated[int, Field(ge=0)] = 0


class Staffing(Frozen):
    """How staff talk with people in the assistant's place.

    After *quiet_minutes* without a word the assistant answers again. *calls* are the reasons for which staff are told in LINE
    that somebody waits for them, *quick_texts* what they often write. *names* are what people are shown over what an account
    writes; the account's own name is for signing in, and goes to nobody.
    """

    quiet_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 30
    calls: tuple[Literal["asked", "not-understood", "safety"], ...] = ()
    quick_texts: Annotated[tuple[Line, ...], Field(max_length=30)] = ()
    names: dict[Title, Speaker] = {}

    @property
    def quiet(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(minutes=self.quiet_minutes)


class Announcements(Frozen):
    """How announcements are sent: whether somebody else must approve of each, and how late one may still begin."""

    approval: bool = False
    late_after_minutes: Annotated[int, Field(ge=5, le=1440)] = 120


class ContentRules(Frozen):
    """What becomes of texts about health that nobody has looked over in time."""

    hide_overdue: bool = False


class Closing(NamedTuple):
    """A day on which the practice is closed out of turn, and what is said of it besides."""

    day: date
    note: str = ""


class Practice(Frozen):
    """The business itself; *sample* marks invented data, *trade* is all that it is: one word or a list.

    *accent* colours its cards, *assistant* is what the assistant is called over its messages (None: nothing), *line_id* the
    account's basic id, by which people can recommend it.
    """

    sample: bool
    name: Title
    trade: Annotated[tuple[Trade, ...], BeforeValidator(_as_list), Field(min_length=1)]
    timezone: Zone
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    closed: Line
    address: Line
    access: Line
    parking: Line
    phone: Phone
    booking_url: Opening
    homepage_url: Opening
    prices: Annotated[tuple[Price, ...], Field(min_length=1)]
    trial: Line
    staff_hours: Line
    accent: Accent = "#1B6B5A"
    assistant: Speaker | None = None
    line_id: LineId | None = None
    pushes: Pushes = Pushes()
    staff: Staffing = Staffing()
    announcements: Announcements = Announcements()
    content: ContentRules = ContentRules()

    @property
    def number(self) -> str:
        """The telephone number as a button dials it."""
        return dialled(self.phone)
