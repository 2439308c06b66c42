"""Clock times, lengths, weekdays and dates, as people write them."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.schema import PartOfDay
from bot.understanding import dates, times
from bot.understanding.normalise import normalise
from bot.understanding.time_spelling import fold, spell

TOKYO = ZoneInfo("Asia/Tokyo")
FRIDAY = date(2026, 11, 20)


def clock_in(text: str) -> times.Clock:
    found = re.search(times.CLOCK, spell(fold(normalise(text))))
    assert found is not None
    clock = times.read_clock(found[0])
    assert clock is not None
    return clock


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("7時", "07:00"),
        ("６時半", "06:30"),
        ("18：45", "18:45"),
        ("六時四十五分", "06:45"),
        ("ろくじはん", "06:30"),
        ("にじゅういちじじゅうごふん", "21:15"),
        ("7時15分前", "06:45"),
        ("7時半の10分前", "07:20"),
        ("25時", "01:00"),
        ("午後1時", "13:00"),
        ("午後12時半", "12:30"),
        ("午前0時", "00:00"),
        ("正午", "12:00"),
        ("夜9時半", "21:30"),
        ("夜の12時", "00:00"),
        ("深夜1時", "01:00"),
        ("深夜11時", "23:00"),
        ("お昼の1時", "13:00"),
        ("夕方の5時半", "17:30"),
        ("朝の五時五十分", "05:50"),
        ("就寝前12時", "00:00"),
        ("PM9:30", "21:30"),
        ("7am", "07:00"),
        ("12:00 am", "00:00"),
        ("ひちじ", "07:00"),
        ("07:30", "07:30"),
    ],
)
def test_a_clock_time_is_read_however_it_is_written(text: str, time: str) -> None:
    assert times.wall_time(clock_in(text)) == time


@pytest.mark.parametrize(
    ("part", "hour", "time"),
    [
        (PartOfDay.MORNING, 7, "07:00"),
        (PartOfDay.NOON, 1, "13:00"),
        (PartOfDay.NOON, 11, "11:00"),
        (PartOfDay.EVENING, 7, "19:00"),
        (PartOfDay.NIGHT, 10, "22:00"),
        (PartOfDay.BEDTIME, 10, "22:00"),
        (PartOfDay.BEDTIME, 12, "00:00"),
        (PartOfDay.BEDTIME, 1, "01:00"),
        (PartOfDay.EVENING, 20, "20:00"),
    ],
)
def test_a_bare_hour_is_taken_in_the_part_of_day_of_the_routine(part: PartOfDay, hour: int, time: str) -> None:
    assert times.wall_time(times.Clock(hour), routine=part) == time


@pytest.mark.parametrize(
    ("part", "time", "expected"),
    [
        (PartOfDay.MORNING, "07:00", ("07:00",)),
        (PartOfDay.EVENING, "08:00", ("20:00",)),
        (PartOfDay.BEDTIME, "11:00", ("23:00",)),
        (PartOfDay.BEDTIME, "12:00", ("00:00",)),
        (PartOfDay.BEDTIME, "12:30", ("00:30",)),
        (PartOfDay.NOON, "01:00", ("13:00",)),
        (PartOfDay.NOON, "12:00", ("12:00",)),
        (PartOfDay.NIGHT, "09:30", ("21:30",)),
        (PartOfDay.EVENING, "10:00", ("22:00", "10:00")),
        (PartOfDay.NOON, "08:00", ("08:00", "20:00")),
        (PartOfDay.MORNING, "12:00", ("12:00", "00:00")),
    ],
)
def test_a_bare_hour_means_what_fits_the_routine_or_either(
    part: PartOfDay, time: str, expected: tuple[str, ...]
) -> None:
    assert times.readings(time, part) == expected


@given(minutes=st.integers(0, 1439), part=st.sampled_from(PartOfDay))
def test_readings_show_the_same_clock_face_whichever_half_was_given(minutes: int, part: PartOfDay) -> None:
    time = f"{minutes // 60:02}:{minutes % 60:02}"
    found = times.readings(time, part)

    assert 1 <= len(set(found)) == len(found) <= 2
    assert all(int(one[:2]) % 12 == minutes // 60 % 12 and one[3:] == time[3:] for one in found)
    assert all(times.readings(one, part) == found for one in found)


@given(hour=st.integers(1, 12), minute=st.integers(0, 59), part=st.sampled_from(PartOfDay))
def test_the_reader_takes_the_likelier_reading(hour: int, minute: int, part: PartOfDay) -> None:
    clock = times.Clock(hour, minute)

    assert times.wall_time(clock, routine=part) == times.readings(f"{hour:02}:{minute:02}", part)[0]


@pytest.mark.parametrize("text", ["07:00", "0730に", "正午", "0時", "18時", "25時", "午後7時", "夜7時"])
def test_a_form_of_24_hours_or_a_part_of_the_day_leaves_no_hour_bare(text: str) -> None:
    clock = clock_in(text)

    assert not clock.is_bare
    assert times.wall_time(clock, routine=PartOfDay.EVENING) == times.wall_time(clock)


def test_a_part_of_the_day_elsewhere_settles_an_hour_that_fits_it() -> None:
    nine, eight = times.Clock(9), times.Clock(8)

    assert times.settles("night", nine)
    assert times.wall_time(nine, nearby="night") == "21:00"
    assert not times.settles("noon", eight)
    assert times.wall_time(eight, nearby="noon") == "08:00"
    assert not times.settles(None, nine)


def test_a_part_of_the_day_at_the_clock_is_stronger_than_the_routine() -> None:
    assert times.wall_time(clock_in("夜8時"), routine=PartOfDay.MORNING) == "20:00"


@pytest.mark.parametrize(("hour", "expected"), [(9, "21:00"), (11, "11:00"), (20, "20:00"), (10, "22:00")])
def test_the_next_instant_is_the_first_such_clock_face_after_now(hour: int, expected: str) -> None:
    now = datetime(2026, 11, 20, 10, 15, tzinfo=TOKYO)

    assert f"{times.next_instant(times.Clock(hour), now):%H:%M}" == expected


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30分", 30),
        ("一時間半", 90),
        ("1時間15分", 75),
        ("半時間", 30),
        ("いちじかん", 60),
        ("さんじゅっぷん", 30),
        ("半日", 720),
    ],
)
def test_a_length_is_read_in_minutes(text: str, minutes: int) -> None:
    assert times.length_in_minutes(spell(fold(normalise(text)))) == minutes


@pytest.mark.parametrize("text", ["一時停止", "宝くじ", "にんじん", "十分です", "三日坊主", "感じ"])
def test_words_that_only_look_like_numerals_stay(text: str) -> None:
    assert not re.search(r"\d+(?:時|日)", spell(fold(normalise(text))))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("毎日", "mon tue wed thu fri sat sun"),
        ("平日", "mon tue wed thu fri"),
        ("週末", "sat sun"),
        ("土日", "sat sun"),
        ("月水金", "mon wed fri"),
        ("月・水・金", "mon wed fri"),
        ("火曜と木曜", "tue thu"),
        ("月〜木", "mon tue wed thu"),
        ("日〜木", "mon tue wed thu sun"),
        ("月曜から金曜", "mon tue wed thu fri"),
        ("日曜以外", "mon tue wed thu fri sat"),
        ("土日を除いて", "mon tue wed thu fri"),
        ("どようび", "sat"),
        ("土曜日曜", "sat sun"),
        ("水曜と日曜以外", "mon tue thu fri sat"),
        ("うぃーくでー", "mon tue wed thu fri"),
        ("げつすいきん", "mon wed fri"),
    ],
)
def test_days_come_in_order_from_monday(text: str, days: str) -> None:
    found = re.search(dates.DAYS, spell(fold(normalise(text))))

    assert found is not None
    assert dates.in_order(dates.weekdays(found[0])) == days.split()


@pytest.mark.parametrize("text", ["今日", "平日頃", "日本", "1月2日", "休日出勤の木", "金属", "土台", "水分"])
def test_kanji_of_other_words_are_no_weekdays(text: str) -> None:
    found = re.search(dates.DAYS, text)

    assert found is None or found[0] in ("平日", "休日")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("今日", FRIDAY, FRIDAY),
        ("明後日", date(2026, 11, 22), date(2026, 11, 22)),
        ("今週", date(2026, 11, 16), date(2026, 11, 22)),
        ("来週", date(2026, 11, 23), date(2026, 11, 29)),
        ("来週の水曜", date(2026, 11, 25), date(2026, 11, 25)),
        ("次の金曜", date(2026, 11, 27), date(2026, 11, 27)),
        ("金曜", FRIDAY, FRIDAY),
        ("今月", date(2026, 11, 1), date(2026, 11, 30)),
        ("年内", FRIDAY, date(2026, 12, 31)),
        ("来月の5日", date(2026, 12, 5), date(2026, 12, 5)),
        ("年末の29日", date(2026, 12, 29), date(2026, 12, 29)),
        ("来週の火曜と水曜", date(2026, 11, 24), date(2026, 11, 25)),
        ("来週の月火", date(2026, 11, 23), date(2026, 11, 24)),
        ("今週の土日", date(2026, 11, 21), date(2026, 11, 22)),
        ("年末年始", date(2026, 12, 29), date(2027, 1, 3)),
        ("12/1", date(2026, 12, 1), date(2026, 12, 1)),
        ("1月3日", date(2027, 1, 3), date(2027, 1, 3)),
        ("2/29", date(2028, 2, 29), date(2028, 2, 29)),
        ("12月", date(2026, 12, 1), date(2026, 12, 31)),
        ("25日", date(2026, 11, 25), date(2026, 11, 25)),
        ("31日", date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_date_is_the_next_such_stretch_of_days(text: str, first: date, last: date) -> None:
    assert dates.stretch(text, FRIDAY) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("土曜", date(2026, 11, 21), date(2026, 11, 21)),
        ("土日", date(2026, 11, 21), date(2026, 11, 22)),
        ("金曜", FRIDAY, FRIDAY),
        ("月から水", date(2026, 11, 23), date(2026, 11, 25)),
        ("木曜から土曜", date(2026, 11, 26), date(2026, 11, 28)),
    ],
)
def test_weekdays_mean_the_next_such_days_in_a_row(text: str, first: date, last: date) -> None:
    assert dates.next_days(text, FRIDAY) == (first, last)
    assert dates.next_days("毎日", FRIDAY) is None


@pytest.mark.parametrize("text", ["13/1", "2/30", "0日", "45日", "何か"])
def test_a_day_that_no_calendar_has_is_none(text: str) -> None:
    assert dates.stretch(text, FRIDAY) is None


@pytest.mark.parametrize(
    ("months", "expected"), [(1, date(2027, 2, 28)), (2, date(2027, 3, 31)), (11, date(2027, 12, 31))]
)
def test_a_month_later_stays_in_that_month(months: int, expected: date) -> None:
    assert dates.months_later(date(2027, 1, 31), months) == expected


@given(hour=st.integers(0, 29), minute=st.integers(0, 59), part=st.sampled_from([None, *PartOfDay]))
def test_every_clock_time_becomes_a_time_of_the_day(hour: int, minute: int, part: PartOfDay | None) -> None:
    time = times.wall_time(times.Clock(hour, minute), routine=part)

    assert re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", time)
    assert time.endswith(f"{minute:02}")


@given(text=st.text(alphabet="月火水木金土日曜〜・と以外から毎平週末祝まで0123456789/次来今の明年", max_size=14))
def test_whatever_looks_like_days_or_a_date_can_be_read(text: str) -> None:
    for found in re.finditer(dates.DAYS, text):
        assert dates.weekdays(found[0]) <= set(dates.WEEK)
        days = dates.next_days(found[0], FRIDAY)
        assert days is None or FRIDAY <= days[0] <= days[1]
    for found in re.finditer(dates.DATE, text):
        stretch = dates.stretch(found[0], FRIDAY)
        assert stretch is None or isinstance(stretch[1], date)
