"""The business itself, as `practice.yaml` tells it: hours, prices, where it is, and how much it sends."""

from typing import Annotated, Literal

from pydantic import Field

from bot.library.fields import Frozen, Label, Line, Title, Url, WallTime, Weekday, Zone


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


class Practice(Frozen):
    """The business itself; *sample* marks invented data."""

    sample: bool
    name: Title
    trade: Literal["seitai", "licensed", "gym"]
    timezone: Zone
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    closed: Line
    address: Line
    access: Line
    parking: Line
    phone: Label
    booking_url: Url
    homepage_url: Url
    prices: Annotated[tuple[Price, ...], Field(min_length=1)]
    trial: Line
    staff_hours: Line
    pushes: Pushes = Pushes()
