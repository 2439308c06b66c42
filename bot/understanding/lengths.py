"""Lengths of time in an answer: for how many minutes (「5分なら」), since how many days (「3日くらい前から」「夏から」)."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from bot.understanding import times
from bot.understanding.normalise import normalise
from bot.understanding.time_spelling import fold, spell

MONTH, YEAR, LONG_AGO = 30, 365, 1825
_SPELLINGS = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        ("おと[とつ]い|一昨[日夜晩]", "2日"),
        ("さき2日|先2日", "3日"),
        ("きのう|昨日|昨[夜晩]|ゆうべ|夕べ|前日", "1日"),
        ("さっき|先ほど|先程|たったいま|たった今|今日|きょう|本日|今朝|けさ|今[夜晩]|こんや|こんばん|今しがた", "0日"),
        ("ふつか", "2日"),
        ("みっか", "3日"),
        ("よっか", "4日"),
        ("いつか(?=[まほくぐ前程間])", "5日"),
        ("むいか", "6日"),
        ("なのか(?=[まほくぐ前程間])", "7日"),
        ("とおか", "10日"),
        ("ここ数日|数日|何日か", "3日"),
        ("先々週|せんせんしゅう", "14日"),
        ("先週末?|せんしゅう|前の週|最近|さいきん|ここのところ", "8日"),
        ("今週", "6日"),
        ("[数何]週間?", "21日"),
        ("先々月|せんせんげつ", "2ヶ月"),
        ("先月|せんげつ|前の月", "1ヶ月"),
        ("今月", "15日"),
        ("[数何](?:ヶ|か|カ|箇)月", "4ヶ月"),
        ("[数何]十?年", "5年"),
        ("おととし|一昨年", "2年"),
        ("去年|昨年|きょねん|さくねん", "1年"),
        ("ひと月|一月(?=[くぐほ前])", "1ヶ月"),
        ("半月|はんつき", "15日"),
        ("半年|はんとし", "6ヶ月"),
    )
)
"""Words for a time past, as the length that they name."""
_AGO = re.compile(
    r"昔|むかし|(?:子ども|子供|こども|小さい|ちいさい|若い|わかい|学生|\d0代)の?(?:頃|ころ|時|とき)|学生時代|生まれ|うまれ|物心"
    r"|(?:大分|だいぶ|ずいぶん|随分|かなり|けっこう|結構|ずっと|とっくの?|はるか)、?(?:前|まえ)|長年|長らく|長いこと|長い間"
)
_KANJI = str.maketrans("一二三四五六七八九", "123456789")
_SPAN = re.compile(
    r"(?P<n>\d{1,3})(?P<unit>日|週|ヶ月|年)(?P<half>半)?間?(?P<more>以上|いじょう|越え|こえ|超|強|あまり|余り|より)?"
)
_UNITS = {"日": 1, "週": 7, "ヶ月": MONTH, "年": YEAR}
_MONTH_OR_SEASON = re.compile(r"(?<!\d)(?P<month>1[0-2]|[1-9])月|春|夏|秋|冬|梅雨|正月|年明け|お盆")
_BEGINS = {"春": 3, "夏": 6, "秋": 9, "冬": 12, "梅雨": 6, "正月": 1, "年明け": 1, "お盆": 8}
_WEEKDAY = re.compile("([月火水木金土日])曜日?")
_ENOUGH = re.compile("十分(?=に|[あと取有]る?|と?れ)|じゅうぶん")
"""「十分あります」: enough, no ten minutes."""
_MONTHS = re.compile(r"(?<=\d)[かゖヵ箇ケカ]月")
_MINUTES = re.compile(rf"(?:{times.MINUTES})(?![後前お毎ご])|\d{{1,3}}(?=[、・ー~-]\d)|数分")
_AROUND = re.compile(
    r"(?:ほど|くらい|ぐらい|程度?|位|前後?|から|まえ|より|まで|とか|なら|だけ|です|だ|と思い?ます?|とおもう|かな|かも|でしょう|ね|よ|な|や|わ|か"
    r"|もう|ここ|かれこれ|たぶん|多分|だいたい|約|は|が|の|に|で|も|なり|なって|ます|ました|まし|続いて|つづいて|い|る|経ち|たち|経つ|たつ"
    r"|朝|昼|夜|晩|夕方|急に|ずっと|ちょっと|ちょい|せいぜい|\d{1,3}|[、。!?ー・~-])*"
)
"""What may stand around a length without saying anything else."""


class Length(NamedTuple):
    """A length of time, and whether the text says nothing else."""

    number: int
    is_all: bool


def minutes(text: str) -> Length | None:
    """The minutes that *text* names, the most of them; None when it names none."""
    said = _spelled(text)
    matches = list(_MINUTES.finditer(said))
    found = [3 if match[0] == "数分" else times.length_in_minutes(match[0]) for match in matches]
    known = [number for number in found if number is not None]
    return Length(max(known), _is_all(said, matches)) if known else None


def days(text: str, today: date) -> Length | None:
    """How many days before *today* the beginning lies that *text* names, the earliest of them; None when it names none."""
    said = _spelled(text)
    for pattern, word in _SPELLINGS:
        said = pattern.sub(word, said)
    said = re.sub("[一二三四五六七八九](?=年)", lambda match: match[0].translate(_KANJI), said)
    for pattern, length in ((_AGO, lambda _: LONG_AGO), (_SPAN, _span), (_MONTH_OR_SEASON, None), (_WEEKDAY, None)):
        matches = list(pattern.finditer(said))
        if matches:
            number = max(length(match) if length else _since(match, today) for match in matches)
            return Length(number, _is_all(said, matches))
    return None


def _spelled(text: str) -> str:
    said = _ENOUGH.sub("", spell(_ENOUGH.sub("", fold(normalise(text[:200])))))
    return _MONTHS.sub("ヶ月", said)


def _is_all(said: str, matches: Iterable["re.Match[str]"]) -> bool:
    for match in reversed(list(matches)):
        said = said[: match.start()] + said[match.end() :]
    return _AROUND.fullmatch(said) is not None


def _span(match: "re.Match[str]") -> int:
    unit = _UNITS[match["unit"]]
    number = int(match["n"]) * unit + (unit // 2 if match["half"] else 0)
    # 「1か月以上」 is more than a month, however little.
    return number + max(1, number // 5) if match["more"] else number


def _since(match: "re.Match[str]", today: date) -> int:
    """Days since the month, season or weekday last began."""
    if match.re is _WEEKDAY:
        return (today.weekday() - "月火水木金土日".index(match[1]) - 1) % 7 + 1
    month = int(match["month"]) if match["month"] else _BEGINS[match[0]]
    return (today - date(today.year - (month > today.month), month, 1)).days
