"""Whole sentences about reminders: the command and every slot, and what is none."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.schema import PartOfDay, Routine
from bot.understanding.reminder_sentences import ReminderReader

DATA = Path(__file__).parents[2] / "data"
SLOTS = ("routine", "time", "days", "until", "minutes")
REMARKS = ("bare", "from")
SINCE = ("starts", "only", "dateless")
"""What the older labelled sentences say nothing of."""
NOW = datetime.fromisoformat("2026-11-20T10:15:00+09:00")


def routine(slug: str, title: str, part: PartOfDay, *nicknames: str) -> Routine:
    return Routine(
        id=f"routine/{slug}",
        title=title,
        label=title,
        phrasings=tuple(f"{title}{number}" for number in range(5)),
        origin="a",
        default_time="07:00",
        part_of_day=part,
        minutes=5,
        intro=title,
        steps=("exercise/one",),
        prompts=("1", "2", "3"),
        praise=("1", "2"),
        nicknames=nicknames,
    )


READER = ReminderReader(
    [
        routine(
            "morning-stretch", "朝のストレッチと深呼吸", PartOfDay.MORNING, "朝のストレッチ", "朝スト", "ストレッチ"
        ),
        routine("lunch-shoulder-circles", "昼の肩甲骨回し", PartOfDay.NOON, "肩甲骨回し", "肩回し", "昼のやつ"),
        routine("evening-training", "夕方の10分筋トレ", PartOfDay.EVENING, "10分筋トレ", "筋トレ"),
        routine(
            "night-release", "夜の入浴とタオルリリース", PartOfDay.NIGHT, "お風呂のやつ", "風呂のやつ", "お風呂", "入浴"
        ),
        routine("bedtime-breathing", "就寝前の深呼吸", PartOfDay.BEDTIME, "寝る前の深呼吸", "深呼吸"),
    ],
)


def labelled(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def read(text: str, now: datetime = NOW) -> dict[str, Any]:
    found = READER.read(text, now)
    return {"command": found.command, **found.slots} if found else {"command": None} | dict.fromkeys(SLOTS)


def remarks(text: str, now: datetime = NOW) -> dict[str, Any]:
    """What is said of the slots beside them."""
    return {key: value for key, value in read(text, now).items() if key in REMARKS}


def is_read(case: dict[str, Any]) -> bool:
    found = read(case["text"], datetime.fromisoformat(case["now"]))
    said = {key: found.pop(key) for key in REMARKS if key in found}
    for key in SINCE:
        found.pop(key, None)
    return bool(found == case["want"] and said == case.get("extra", said))


@pytest.mark.parametrize("name", ["reminders-dev.jsonl", "reminders.jsonl"])
def test_nearly_all_labelled_sentences_are_read_exactly(name: str) -> None:
    cases = labelled(name)
    wrong = [case["text"] for case in cases if not is_read(case)]

    assert len(wrong) <= 0.01 * len(cases), wrong


def test_hardly_any_look_alike_becomes_a_command() -> None:
    texts = [
        case["text"]
        for name in ("reminders-dev.jsonl", "reminders.jsonl")
        for case in labelled(name)
        if case["want"]["command"] is None
    ]
    taken = [text for text in texts if READER.read(text, NOW)]

    assert len(texts) >= 500
    assert len(taken) <= 0.01 * len(texts), taken


@pytest.mark.parametrize(
    ("text", "now", "until"),
    [
        ("明日まで休む", "2026-11-21T00:10:00+09:00", "2026-11-23"),
        ("明日まで休む", "2026-11-20T10:10:00-05:00", "2026-11-22"),
        ("今日だけ休ませて", "2026-11-20T23:59:00+09:00", "2026-11-21"),
    ],
)
def test_the_day_is_that_of_the_clock_it_is_given_not_of_utc(text: str, now: str, until: str) -> None:
    assert read(text, datetime.fromisoformat(now))["until"] == until


def test_a_part_of_the_day_inside_a_time_names_no_routine() -> None:
    assert read("月水金の朝6時に通知して")["routine"] is None
    assert read("朝のやつ6時にして")["routine"] == "routine/morning-stretch"


def test_a_wrong_conversion_is_read_by_its_sound() -> None:
    assert read("夕方の金トレ7時にして")["routine"] == "routine/evening-training"
    assert read("夜9時半に買えて")["time"] == "21:30"


def test_holidays_appear_only_when_they_are_named() -> None:
    assert read("祝日は止めて")["holidays"] is False
    assert read("祝日も通知して")["holidays"] is True
    assert "holidays" not in read("土日はなしで")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("明日から朝7時にして", {"time": "07:00", "starts": "2026-11-21"}),
        ("来月から仕事が変わるので筋トレは20時にして", {"time": "20:00", "starts": "2026-12-01"}),
        ("連休明けから毎朝6時にストレッチ", {"time": "06:00", "starts": "2026-11-24"}),
        ("来週の水曜からストレッチ始めます。朝6時でお願い", {"time": "06:00", "starts": "2026-11-25"}),
        ("木曜から月水金だけに変えて", {"days": ["mon", "wed", "fri"], "starts": "2026-11-26"}),
        ("来週からは土日なしで", {"days": ["mon", "tue", "wed", "thu", "fri"], "starts": "2026-11-23"}),
        ("明日から筋トレもやりたい", {"routine": "routine/evening-training", "starts": "2026-11-21"}),
        ("二日後から毎朝6時にストレッチ", {"time": "06:00", "starts": "2026-11-22"}),
        ("一週間後からストレッチを7時にして", {"starts": "2026-11-27"}),
        ("週末からストレッチを8時にして", {"starts": "2026-11-21", "days": None}),
        ("来年から毎日7時にストレッチ", {"starts": "2027-01-01"}),
        ("連休明けからまた筋トレの通知、20時でお願いします", {"time": "20:00", "starts": "2026-11-24"}),
        ("12月になったら7時に通知して", {"time": "07:00", "starts": "2026-12-01"}),
        ("今日から筋トレは20時で", {"time": "20:00", "starts": None}),
        ("明日からじゃなくて今日から7時にして", {"starts": None}),
        ("月曜から金曜まで朝7時にして", {"days": ["mon", "tue", "wed", "thu", "fri"], "starts": None}),
        ("明日だけストレッチを8時にして", {"only": True, "starts": None}),
        ("12/1から12/5まで朝7時にして", {"only": True}),
    ],
)
def test_a_setting_says_from_when_it_shall_hold_or_that_it_shall_for_some_days(text: str, said: dict[str, Any]) -> None:
    found = read(text)

    assert found["command"] == "command/reminder-set"
    assert {key: found.get(key) for key in said} == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("明日また7時に鳴らして", {"command": "command/reminder-set", "time": "07:00", "only": True}),
        ("明日の夜8時にまた知らせて", {"command": "command/reminder-set", "time": "20:00", "only": True}),
        ("明日の朝6時半にまたストレッチ教えて", {"command": "command/reminder-set", "time": "06:30", "only": True}),
        ("明日もう一回お願い", {"command": "command/reminder-pause", "until": "2026-11-21"}),
        ("今日は無理なので明日また教えて", {"command": "command/reminder-pause", "until": "2026-11-21"}),
        ("今日の20時にまた教えて", {"command": "command/snooze", "time": "20:00"}),
        ("今夜9時にもう一回", {"command": "command/snooze", "time": "21:00"}),
        ("明日早いからあとで", {"command": "command/snooze", "time": None}),
    ],
)
def test_once_more_on_another_day_is_no_second_ring_of_today(text: str, said: dict[str, Any]) -> None:
    found = read(text)

    assert {key: found.get(key) for key in said} == said


def test_a_pause_that_begins_with_a_month_lasts_longer_than_that() -> None:
    assert read("12月に入ったら通知止めてほしい")["until"] is None
    assert remarks("12月に入ったら通知止めてほしい") == {"from": "2026-12-01"}


@pytest.mark.parametrize(
    "text", ["お盆は休みですか", "三連休は休み？", "盆は休みかいの", "GWはお休みになりますか", "年末年始は休みかな"]
)
def test_whether_days_off_are_off_is_the_practices_matter(text: str) -> None:
    assert read(text)["command"] is None


@pytest.mark.parametrize(
    "text",
    [
        "明日からストレッチ頑張ります",
        "来週から入院します",
        "明日から出張です",
        "連休は混みますか",
        "お盆の予約は取れますか",
    ],
)
def test_a_plan_is_no_wish_for_a_reminder(text: str) -> None:
    assert read(text)["command"] is None


def test_days_off_that_fall_differently_for_everybody_are_told_apart() -> None:
    for text in (
        "夏休みは通知いらない",
        "なつやすみはつうちいらないです",
        "子どもの冬休み中は通知なしで",
        "春休みのあいだ止めて",
    ):
        found = read(text)
        assert (found["command"], found["until"], found["dateless"]) == ("command/reminder-pause", None, True)
    assert "dateless" not in read("来週は夏休みをとるので筋トレは休みで")
    assert "dateless" not in read("8/1から8/20まで夏休みなので通知は休みで")


def test_slots_for_a_command_decided_elsewhere() -> None:
    def slots(text: str, command: str) -> dict[str, Any]:
        return {key: value for key, value in READER.slots(text, NOW, command).items() if value is not None}

    assert slots("6時半", "command/reminder-set") == {"time": "06:30", "bare": True}
    assert slots("筋トレ 19時", "command/reminder-set") == {"time": "19:00", "routine": "routine/evening-training"}
    assert slots("明日まで", "command/reminder-pause") == {"until": "2026-11-22"}
    assert slots("20分", "command/snooze") == {"minutes": 20}
    assert slots("9時", "command/snooze") == {"time": "21:00"}
    assert slots("全部", "command/reminder-stop") == {}


@pytest.mark.parametrize(
    "text",
    [
        "7時にして",
        "朝のやつ6時にして",
        "筋トレを10時にして",
        "18時を7時に変えて",
        "肩回しは12:30に変更",
        "7時15分前に鳴らして",
        "昼休みが短いので7時半に変えてください",
    ],
)
def test_an_hour_said_as_on_a_clock_face_is_bare(text: str) -> None:
    assert remarks(text) == {"bare": True}


@pytest.mark.parametrize(
    "text",
    [
        "18時にして",
        "朝8時にして",
        "毎朝8時に教えて",
        "夜は9時にして",
        "PM8:00にして",
        "07:00に変更して",
        "0時にして",
        "正午に知らせて",
        "通知を30分早くして",
        "土日は朝ゆっくりしたいので9時にしてほしい",
        "8時にもう一回",
    ],
)
def test_an_hour_that_something_settles_is_not_bare(text: str) -> None:
    assert remarks(text) == {}


@pytest.mark.parametrize(
    ("text", "first", "until"),
    [
        ("明日だけ休む", "2026-11-21", "2026-11-22"),
        ("来週は休む", "2026-11-23", "2026-11-30"),
        ("12/30から1/3まで休み", "2026-12-30", "2027-01-04"),
        ("土曜は休む", "2026-11-21", "2026-11-22"),
        ("月曜から水曜まで休みます", "2026-11-23", "2026-11-26"),
        ("明日から3日間通知を止めて", "2026-11-21", "2026-11-24"),
        ("来週の火曜と水曜は休みたい", "2026-11-24", "2026-11-26"),
        ("明日から休みます", "2026-11-21", None),
    ],
)
def test_a_pause_that_begins_later_says_from_when(text: str, first: str, until: str | None) -> None:
    found = read(text)

    assert (found["command"], found["from"], found["until"]) == ("command/reminder-pause", first, until)


@pytest.mark.parametrize(
    "text",
    [
        "今日は休む",
        "明日まで休む",
        "今週は休む",
        "来週いっぱい休む",
        "しばらく休む",
        "月曜から再開して",
        "15時まで止めて",
    ],
)
def test_a_pause_that_begins_now_does_not(text: str) -> None:
    assert remarks(text) == {}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("筋トレの時間を変えて。18時半から19時半へ", {"command": "command/reminder-set", "time": "19:30"}),
        ("毎日ありがとうございます。通知を7時に変えて", {"time": "07:00", "days": None}),
        ("月曜から土曜の19時に知らせてください、水曜はいりません", {"days": ["mon", "tue", "thu", "fri", "sat"]}),
        ("来週だけお休み、再来週からまた再開で", {"command": "command/reminder-pause", "until": "2026-11-30"}),
        ("木曜から日曜まで旅行です。通知を止めて", {"command": "command/reminder-pause", "until": "2026-11-30"}),
        ("肩回しの通知だけ切ってください、他はそのままで", {"command": "command/reminder-stop"}),
        ("19時にしてくれへん？すぐ忘れるので", {"command": "command/reminder-set", "time": "19:00"}),
        ("予約していた佐藤です。7時に変えてください", {"command": None}),
        ("ちょっと待って、それどういう意味？", {"command": None}),
    ],
)
def test_a_message_of_several_parts_is_read_part_by_part(text: str, want: dict[str, Any]) -> None:
    found = read(text)

    assert {key: found[key] for key in want} == want


WEEKDAYS, WITHOUT_SUNDAY = ["mon", "tue", "wed", "thu", "fri"], ["mon", "tue", "wed", "thu", "fri", "sat"]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("土日はなしで平日だけ", {"days": WEEKDAYS}),
        ("平日だけにして、土日はいらない", {"days": WEEKDAYS}),
        ("月水金だけで、あとはなし", {"days": ["mon", "wed", "fri"]}),
        ("土曜もお願い、日曜はなし", {"days": WITHOUT_SUNDAY}),
        ("土曜は休みたい。日曜は鳴らして", {"days": ["mon", "tue", "wed", "thu", "fri", "sun"]}),
        ("お休みの日は鳴らさないでほしいです、土日", {"days": WEEKDAYS}),
        ("土日はゆっくりしたいのでなしで", {"days": WEEKDAYS}),
        ("深呼吸は22時半のままで、土日はなしにして", {"time": None, "days": WEEKDAYS}),
        ("土日は朝の7時の通知いらない", {"time": None, "days": WEEKDAYS}),
        ("毎朝6時半にストレッチ、土日はなし", {"time": "06:30", "days": WEEKDAYS}),
        ("毎朝6時半にストレッチ\n土日はなし", {"time": "06:30", "days": WEEKDAYS}),
        ("毎朝6時半にストレッチ鳴らして土日はいらんで", {"time": "06:30", "days": WEEKDAYS}),
        ("毎朝6時半にストレッチ。日曜は休みます", {"time": "06:30", "days": WITHOUT_SUNDAY}),
        ("日曜は休みで、他の日は7時にストレッチ", {"time": "07:00", "days": WITHOUT_SUNDAY}),
        ("金曜は飲み会なのでお休みで！それ以外は20時に", {"time": "20:00", "until": None}),
        ("平日の7時にストレッチ、祝日はお休みで", {"time": "07:00", "days": WEEKDAYS, "holidays": False}),
        ("毎晩10時に深呼吸。祝日は鳴らさないで", {"time": "22:00", "holidays": False}),
        ("夜9時、ただし水曜以外", {"time": "21:00", "days": ["mon", "tue", "thu", "fri", "sat", "sun"]}),
    ],
)
def test_what_is_wanted_and_what_is_left_out_make_one_setting(text: str, want: dict[str, Any]) -> None:
    found = read(text)

    assert found["command"] == "command/reminder-set"
    assert {key: found[key] for key in want} == want


@pytest.mark.parametrize("text", ["元に戻して", "一時停止を解除", "お休み解除して", "休み終わり！", "また鳴らして"])
def test_the_end_of_a_rest_is_a_setting_that_says_nothing_else(text: str) -> None:
    assert read(text) == {"command": "command/reminder-set"} | dict.fromkeys(SLOTS)


@pytest.mark.parametrize(
    "text",
    [
        "画面が元に戻らない",
        "ストレッチを再開しても大丈夫ですか",
        "呼吸はいつ止めるの",
        "平日は19時まで仕事、土日は休みなんです",
    ],
)
def test_what_only_sounds_like_a_rest_is_none(text: str) -> None:
    assert read(text)["command"] is None


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("7時じゃなくて6時半にして", {"time": "06:30"}),
        ("火木じゃなくて月木にして", {"days": ["mon", "thu"]}),
        ("さっき7時って言ったけど7時半にして", {"time": "07:30"}),
        ("平日だけじゃなくて毎日にして", {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}),
        ("月曜と木曜の筋トレを火曜と金曜に変更したい", {"days": ["tue", "fri"]}),
    ],
)
def test_what_is_taken_back_does_not_count(text: str, want: dict[str, Any]) -> None:
    found = read(text)

    assert {key: found[key] for key in want} == want


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("毎朝6時に起きています", "command/reminder-set"),
        ("10時半に着く予定です", "command/reminder-set"),
        ("通知音を変えたい", "command/reminder-set"),
        ("リマインドってなに？", "command/reminder-list"),
        ("お知らせ見ました", "command/reminder-list"),
        ("来週はお休みですか？", "command/reminder-pause"),
        ("通知が届きません", "command/reminder-stop"),
        ("30分後にごはん食べます", "command/snooze"),
        ("もう一度やり方を説明して", "command/snooze"),
    ],
)
def test_what_only_resembles_a_command_may_not_be_one(text: str, command: str) -> None:
    assert not READER.may_be(text, command)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("22時で", "command/reminder-set"),
        ("お知らせの刻限を、もう少し早めに改めていただきとうございます", "command/reminder-set"),
        ("リマインドの登録を見せて", "command/reminder-list"),
        ("法事があるので土日は休み", "command/reminder-pause"),
        ("毎日しつこいからやめて", "command/reminder-stop"),
        ("後にして", "command/snooze"),
    ],
)
def test_what_speaks_of_a_command_may_be_one(text: str, command: str) -> None:
    assert READER.may_be(text, command)


def test_two_routines_are_none_by_themselves() -> None:
    assert read("筋トレとストレッチの通知を止めて")["routine"] is None
    assert read("朝と夜の通知を止めて")["routine"] is None


def test_says_which_words_decided() -> None:
    found = READER.read("毎朝7時に通知して", NOW)

    assert found is not None
    assert "毎朝7時" in found.why
    assert "通知" in found.why


def test_a_reader_without_routines_reads_times() -> None:
    assert ReminderReader([]).slots("7時", NOW, "command/reminder-set")["time"] == "07:00"


PIECES = st.sampled_from(
    re.split(
        " ",
        "毎朝 7時 半 に 明日 まで 休む 止めて 通知 リマインド 30分 後 もう一回 あとで 土日 以外 月〜木 12/1 筋トレ 深呼吸 変えて"
        " にして 教えて から ので けど 、 。 ? 😅 25時 99時 13/45 3日間 一ヶ月 いらない 何時 来る 再開 夜の やつ 祝日 くじはん",
    )
)
MOMENTS = st.integers(min_value=946_684_800, max_value=4_102_444_800).map(
    lambda second: datetime.fromtimestamp(second, ZoneInfo("Asia/Tokyo"))
)


@given(text=st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join)), now=MOMENTS)
def test_any_text_is_read_without_error_into_well_formed_slots(text: str, now: datetime) -> None:
    found = READER.read(text, now)
    commands = ("command/reminder-pause", "command/reminder-set", "command/snooze")
    for slots in [READER.slots(text, now, command) for command in commands] + ([found.slots] if found else []):
        assert set(SLOTS) <= set(slots) <= {*SLOTS, *REMARKS, *SINCE, "holidays", "impossible"}
        assert "bare" not in slots or (slots["bare"] is True and slots["time"] is not None)
        assert "from" not in slots or slots["from"] > f"{now:%Y-%m-%d}"
        assert slots["time"] is None or re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", slots["time"])
        assert slots["days"] is None or slots["days"]
        assert slots["until"] is None or re.fullmatch(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?", slots["until"])
