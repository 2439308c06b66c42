"""Days that begin at 04:00, and wall times where clocks are put on and back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot import calendar

NEW_YORK, BERLIN, LORD_HOWE = (ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe"))
TOKYO, HELSINKI = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Helsinki")


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    assert moment is not None
    return f"{moment.astimezone(zone):%a %d %H:%M %Z}"


@pytest.mark.parametrize(
    ("day", "wall", "zone", "expected"),
    [
        # The clock is put on from 02:00 to 03:00: as much later.
        (date(2026, 3, 7), "02:30", NEW_YORK, "Sun 08 03:30 EDT"),
        (date(2026, 3, 8), "02:30", NEW_YORK, "Mon 09 02:30 EDT"),
        (date(2026, 3, 28), "02:30", BERLIN, "Sun 29 03:30 CEST"),
        (date(2026, 10, 3), "02:15", LORD_HOWE, "Sun 04 02:45 +11"),
        # The clock is put back and shows it twice: the first time.
        (date(2026, 10, 31), "01:30", NEW_YORK, "Sun 01 01:30 EDT"),
        (date(2026, 10, 24), "02:30", BERLIN, "Sun 25 02:30 CEST"),
        (date(2026, 4, 4), "01:45", LORD_HOWE, "Sun 05 01:45 +11"),
        # From 03:00 to 04:00: later would be the next day, so as much earlier.
        (date(2026, 3, 28), "03:30", HELSINKI, "Sun 29 02:30 EET"),
        (date(2026, 3, 29), "03:30", HELSINKI, "Mon 30 03:30 EEST"),
        # In the day nothing moves.
        (date(2026, 3, 29), "07:00", BERLIN, "Sun 29 07:00 CEST"),
    ],
)
def test_a_wall_time_that_is_missing_or_double_still_means_one_moment(
    day: date, wall: str, zone: ZoneInfo, expected: str
) -> None:
    moment = calendar.instant(day, wall, zone)

    assert local(moment, zone) == expected
    assert calendar.day_of(moment, zone) == day


def test_every_wall_time_lies_in_its_day_wherever_clocks_are_put_on_or_back_in_2026() -> None:
    walls = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)]
    wrong = [
        (name, day, wall)
        for name in sorted(available_timezones() - {"localtime"})
        for zone in [ZoneInfo(name)]
        for change in changes(zone)
        for day in (change - timedelta(days=1), change)
        for wall in walls
        if calendar.day_of(calendar.instant(day, wall, zone), zone) != day
    ]

    assert not wrong


def changes(zone: ZoneInfo) -> list[date]:
    """The days of the year on which the clocks of *zone* are put on or back."""
    noons = [datetime.combine(date(2026, 1, 1) + timedelta(days=number), time(12), zone) for number in range(366)]
    return [
        after.date() for before, after in zip(noons, noons[1:], strict=False) if before.utcoffset() != after.utcoffset()
    ]


@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN, LORD_HOWE, HELSINKI, TOKYO], ids=str)
@pytest.mark.parametrize("wall", ["00:30", "01:30", "02:15", "02:30", "03:30", "04:00", "07:00", "23:59"])
def test_a_daily_reminder_rings_once_for_each_day_of_the_year(zone: ZoneInfo, wall: str) -> None:
    moment, days = datetime(2026, 1, 1, tzinfo=UTC), []
    for _ in range(365):
        found = calendar.next_due(moment, wall=wall, days=calendar.WEEKDAYS, zone=zone)
        assert found is not None
        moment = found
        days.append(calendar.day_of(moment, zone))

    assert days == [days[0] + timedelta(days=number) for number in range(365)]


def test_a_bedtime_after_midnight_belongs_to_the_day_before() -> None:
    friday = date(2026, 11, 20)

    moment = calendar.next_due(datetime(2026, 11, 20, 3, tzinfo=UTC), wall="01:00", days=["fri"], zone=TOKYO)

    assert local(moment, TOKYO) == "Sat 21 01:00 JST"
    assert moment == calendar.instant(friday, "01:00", TOKYO)


def test_the_leap_day_is_a_day_like_others() -> None:
    evening = datetime(2028, 2, 28, 12, tzinfo=UTC)

    assert (
        local(calendar.next_due(evening, wall="07:00", days=calendar.WEEKDAYS, zone=TOKYO), TOKYO) == "Tue 29 07:00 JST"
    )
    assert local(calendar.next_due(evening, wall="07:00", days=["wed"], zone=TOKYO), TOKYO) == "Wed 01 07:00 JST"


def test_holidays_are_passed_over_also_several_in_a_row() -> None:
    # 2026-05-03 to 06 are holidays, Sunday to Wednesday.
    before = datetime(2026, 5, 2, 12, tzinfo=UTC)
    every_day = calendar.WEEKDAYS

    assert local(calendar.next_due(before, wall="07:00", days=every_day, zone=TOKYO, on_holidays=False), TOKYO) == (
        "Thu 07 07:00 JST"
    )
    assert local(calendar.next_due(before, wall="07:00", days=["mon"], zone=TOKYO, on_holidays=False), TOKYO) == (
        "Mon 11 07:00 JST"
    )
    # New Year's Day 2027, 01:00: the holiday begins at 04:00, the night belongs to New Year's Eve.
    eve = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert local(calendar.next_due(eve, wall="01:00", days=every_day, zone=TOKYO, on_holidays=False), TOKYO) == (
        "Fri 01 01:00 JST"
    )


def test_without_a_weekday_it_never_rings() -> None:
    assert calendar.next_due(datetime(2026, 1, 1, tzinfo=UTC), wall="07:00", days=[], zone=TOKYO) is None


def test_a_span_names_every_day_of_which_it_holds_something() -> None:
    begins = datetime(2026, 11, 20, 15, 30, tzinfo=TOKYO)

    assert calendar.days_of(begins, datetime(2026, 11, 22, 4, tzinfo=TOKYO), TOKYO) == [
        date(2026, 11, 20),
        date(2026, 11, 21),
    ]
