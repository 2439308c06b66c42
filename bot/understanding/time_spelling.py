"""One spelling for time words and numerals: digits and kanji, whether typed in kana, katakana or kanji numerals."""

import re

_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヴ") + 1)} | {ord(" "): None}

_DAYS = ("ふつか", "みっか", "よっか", "いつか", "むいか", "なのか", "ようか", "ここのか", "とおか")
# A word and what it becomes; a lookahead keeps a short word out of longer ones.
_WORDS = (
    ("まいにち", "毎日"),
    ("まいあさ", "毎朝"),
    ("まいばん", "毎晩"),
    ("まいよ(?=の|に|[0-9])", "毎晩"),
    ("まいゆう", "毎夕"),
    ("まいしゅう", "毎週"),
    ("まい日", "毎日"),
    ("まい朝", "毎朝"),
    ("まい晩", "毎晩"),
    ("毎あさ", "毎朝"),
    ("毎ばん", "毎晩"),
    ("へいじつ|(?<!るば)(?<!でん)うぃくで", "平日"),
    ("しゅうまつ", "週末"),
    ("どにち|土にち", "土日"),
    ("しゅくじつ", "祝日"),
    ("さいじつ", "祝日"),
    ("祭日", "祝日"),
    ("げつようび?", "月曜"),
    ("かようび|かよう(?=と|の|は|だけ|まで)", "火曜"),
    ("すいようび?", "水曜"),
    ("もくようび?", "木曜"),
    ("きんようび?", "金曜"),
    ("どようび?", "土曜"),
    ("にちようび?", "日曜"),
    ("げつすいきん", "月水金"),
    ("げつもく(?=の|に|は|だけ|[0-9])", "月木"),
    ("かきん(?=の|に|は|だけ|[0-9])", "火金"),
    ("かもくど(?=の|に|は|だけ|[0-9])", "火木土"),
    ("すいもく(?=の|に|は|だけ|[0-9])", "水木"),
    ("すいきん(?=の|に|は|だけ|[0-9])", "水金"),
    ("きんど(?=の|に|は|だけ|[0-9])", "金土"),
    ("かもく(?=の|に|は|だけ|[0-9])", "火木"),
    ("あした", "明日"),
    ("あす(?=は|まで|の|から|も|だけ)", "明日"),
    ("みょうにち", "明日"),
    ("あさって", "明後日"),
    ("しあさって", "明々後日"),
    ("きょう(?=は|も|だけ|の|まで|から|い|[0-9]|と(?:あした|あす|明日))", "今日"),
    ("本日", "今日"),
    ("こんや", "今夜"),
    ("こんばん(?!は|わ)", "今晩"),
    ("こんしゅう", "今週"),
    ("今周", "今週"),
    ("さらいしゅう", "再来週"),
    ("らいしゅう", "来週"),
    ("来周", "来週"),
    ("こんげつ", "今月"),
    ("らいげつ", "来月"),
    ("ねんない", "年内"),
    ("ねんまつねんし", "年末年始"),
    ("なつやすみ", "夏休み"),
    ("ふゆやすみ", "冬休み"),
    ("はるやすみ", "春休み"),
    ("さんれんきゅう", "3連休"),
    ("れんきゅう", "連休"),
    ("おおみそか|大みそか", "大晦日"),
    ("ねんまつ", "年末"),
    ("しゅうあけ", "週明け"),
    ("ねんあけ", "年明け"),
    ("ゆうがた", "夕方"),
    ("よなか", "夜中"),
    ("しんや", "深夜"),
    ("そうちょう", "早朝"),
    ("ごぜん(?:ちゅう)?", "午前"),
    ("ごご", "午後"),
    ("しょうご(?!う)", "正午"),
    ("ねるまえ", "寝る前"),
    ("寝るまえ", "寝る前"),
    ("しゅうしんまえ", "就寝前"),
    ("終身前", "就寝前"),
    ("ひるやすみ", "昼休み"),
    ("ひるすぎ", "昼過ぎ"),
    ("(?:(?<![あ-ん])|(?<=の))あさ(?=の|に|は|[0-9]|、|だけ)", "朝"),
    ("あさ(?=[0-9])", "朝"),
    ("(?<![に])よる(?=の|に|は|[0-9]|だけ|だと)", "夜"),
    ("(?<![あ-おか-こ])ひる(?=の|に|は|[0-9]|だけ)", "昼"),
    ("おひる", "お昼"),
    ("ばん(?=の[0-9]|[0-9])", "晩"),
    ("ひと(?:つき|月)", "1ヶ月"),
    ("ふた(?:つき|月)", "2ヶ月"),
    *(
        row
        for number, kana in enumerate(_DAYS, 2)
        for row in (
            (f"{kana}(?:かん|間)", f"{number}日間"),
            (f"{kana}(?=だけ|ほど|くらい|ぐらい|お?やす|お?休|後)|(?<=つの){kana}|(?<=月の){kana}", f"{number}日"),
        )
    ),
    ("a\\.m\\.?", "am"),
    ("p\\.m\\.?", "pm"),
    ("つぎ(?=の|は|、|いつ|に)", "次"),
    ("ひづけ", "日付"),
    ("つきあけ", "月明け"),
    ("(?<=[0-9])h(?=に|で)|(?<=[0-9])[字寺](?=半|に|で|から|$)", "時"),
)
_KANJI_DIGITS = {
    digit: number
    for number, digits in enumerate(("〇零", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
_KANA_DIGITS = {
    "れい": 0,
    "ぜろ": 0,
    "いち": 1,
    "いっ": 1,
    "に": 2,
    "さん": 3,
    "よん": 4,
    "よ": 4,
    "ご": 5,
    "ろく": 6,
    "ろっ": 6,
    "しち": 7,
    "ひち": 7,
    "なな": 7,
    "はち": 8,
    "はっ": 8,
    "きゅう": 9,
    "く": 9,
}
_DIGIT = "れい|ぜろ|いち|いっ|にゅ|さん|よん|よ|ご|ろく|ろっ|しち|ひち|なな|はち|はっ|きゅう|く|に"
_TEN = "じゅう|じゅっ|じっ"
_KANA_NUMBER = rf"(?:(?:{_DIGIT})?(?:{_TEN})(?:{_DIGIT})?|{_DIGIT})"
_NUMERALS = re.compile(
    rf"(?<!宝)(?<![ゃゅょ])(?P<kana>{_KANA_NUMBER})(?P<unit>じかん|じ(?!ゃ|ゅ|ょ|ぶん|てい|てき|む|み|まん)|ふんかん"
    r"|ぷんかん|ふん|ぷん|にちかん|しゅうかん|かげつ)(?P<half>はん(?![いか]))?"
    r"|(?P<kanji>[〇零一二三四五六七八九十]+)(?=時(?!停|的|休|中|保|解|す)|分(?![かの野け])(?<!もう十分)(?!習慣|休)"
    r"|日(?!坊|中)|月|週|[かヶゖヵ箇ケカ]月|時間|回|度|遍)"
    r"|(?P<digits>\d+)(?P<unit2>じかん|じ(?!ゃ|ゅ|ょ)|ふんかん|ぷんかん|ふん|ぷん|にちかん"
    r"|しゅうかん|かげつ|[かゖヵ箇ケカ]月|時|時間)(?P<half2>はん(?![いか]))?"
)
_UNITS = {
    "じかん": "時間",
    "じ": "時",
    "ふんかん": "分間",
    "ぷんかん": "分間",
    "ふん": "分",
    "ぷん": "分",
    "にちかん": "日間",
    "しゅうかん": "週間",
    "かげつ": "ヶ月",
    "時": "時",
    "時間": "時間",
}
_LONG = re.compile(r"(?<=[ぁ-ん])ー")


# One flat alternation is ten times as fast as one with a group for each word; matches are few.
_ANY_WORD = re.compile("|".join(pattern for pattern, _ in _WORDS))
_EACH_WORD = tuple((re.compile(pattern), word) for pattern, word in _WORDS)


def fold(text: str) -> str:
    """Normalised *text* in hiragana instead of katakana, without spaces and long vowels."""
    return _LONG.sub("", text.translate(_HIRAGANA))


def spell(folded: str) -> str:
    """*folded* text with numerals before a time unit as digits and time words in kanji."""
    return _ANY_WORD.sub(_word, _NUMERALS.sub(_number, folded))


def _word(found: "re.Match[str]") -> str:
    return next(word for pattern, word in _EACH_WORD if pattern.match(found.string, found.start()))


def _number(found: "re.Match[str]") -> str:
    if found["kanji"]:
        return str(_from_kanji(found["kanji"]))
    unit = found["unit"] or found["unit2"]
    number = found["digits"] or str(_from_kana(found["kana"]))
    return number + _UNITS.get(unit, "ヶ月") + ("半" if found["half"] or found["half2"] else "")


def _from_kanji(word: str) -> int:
    tens, ten, ones = word.partition("十")
    value = 0
    for digit in ones if ten else word:
        value = value * 10 + _KANJI_DIGITS.get(digit, 0)
    return value + (_KANJI_DIGITS.get(tens[-1:], 1) * 10 if ten else 0)


def _from_kana(word: str) -> int:
    tens, ones = re.fullmatch(rf"(?:({_DIGIT})?(?:{_TEN}))?({_DIGIT})?", word).groups()  # type: ignore[union-attr]
    ten = 10 * _KANA_DIGITS.get(tens or "", 1) if len(word) > len(ones or "") else 0
    return ten + _KANA_DIGITS.get(ones or "", 0)
