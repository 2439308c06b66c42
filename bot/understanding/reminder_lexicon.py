"""The words of sentences about reminders, by kind: regular expressions over spelled text.

Kinds of slots: ``routine clock minutes span date days holiday part noun thing``; ``noun`` is what is sent (通知), ``thing``
what is set (設定, 時間). Kinds of what is wanted: ``change make shift set suru do notify again mata later after wait now
stop rest resume when list ask``. The rest: ``state`` (入ってる), ``others`` (それ以外), ``all``, ``mou``, ``while`` (しばらく), ``fill``
(politeness and adverbs), ``shop``, ``visit`` and ``block`` (other business), ``because``, ``stop_here`` (。), ``comma``,
``question``, ``particle``.

Words of what is wanted carry their ending (変え|てほしい), because it says whether they ask, tell or report.
"""

from bot.understanding import dates, times
from bot.understanding.reminder_courtesy import FILL
from bot.understanding.reminder_endings import BECAUSE, joined
from bot.understanding.reminder_verbs import VERBS
from bot.understanding.routine_names import MARK

SHOP = joined(r"""
    予約|よやく|営業|空い|空き|開い|開店|閉店|お店|店(?!員)|(?<![退入病容])医?院(?!長)|枠|施術|駐車|料金|値段
    |でた(?=が|を|のこ|は|も|全|消|け)|個人情報|定休|来店|会員|支払|れっすん|回数|来院|[2二]人で
""")
"""Words of the practice's own business: a booking is no reminder."""

_VISIT = joined(r"""
    (?<!落ち)着[きくい](?!たら|てから)|到着(?!したら|してから)|伺|通え|通い|遅刻|電話(?=し|を|く|したい|でき|番号|で)
    |来れば|行け|行って|行きた|先生|受付|診察|診[てる]|担当
""")
"""Words of a visit: they say what a time is for, unless they only give a reason."""

_BLOCK = joined(r"""
    (?<![めえ]る)(?<![除止更定]の)(?:やり方|やりかた|方法|仕方|しかた)|どうやっ|[めえり]方(?!が|は早|は遅)|こつ(?=[をはが教])
    |効果|何回|何秒|痛[いく]|動画|説明|最初から|詳しく
""")
"""Words of what an exercise is like. 止める方法 asks to stop."""

_NO_HOLIDAYS = r"(?![^、。0-9]{0,8}(?:連休|盆|gw|ごるでん|正月|年末|年始|[夏冬春秋](?:休み|季)))"
"""Holidays of many days end by themselves, at dates `holidays` knows: no open pause."""

_WHILE = joined(rf"""
    しばらく(?:の?(?:あいだ|間))?|当分(?:の?間)?|とうぶん|当面(?:の?間)?|一旦|いったん|ちょい|少し(?:の?間|だけ)?
    |ちょっと(?!お願い|相談|すみ|すい|聞)(?:の?間|だけ)?
    |(?:^|(?<=[、。])){_NO_HOLIDAYS}[^、。0-9]{{2,10}}(?<!背)中(?=は|だけ|[止休停通お、])
    |(?:^|(?<=[、。])){_NO_HOLIDAYS}[^、。0-9]{{1,10}}(?:の|[るうくむぶすつ])(?:間|あいだ)(?:は|だけ)?
""")

_BECAUSE = joined(rf"""
    {BECAUSE}(?:ね|さ)?|(?<=[いだたるんす])し(?=、|[^ぁ-ん]|$)|(?<=[いすだんた])が(?=、|$|[^ぁ-ん]|どう)
    |ですが(?=[^ぁ-ん、]|どう)
""")

_PARTICLE = joined(r"""
    から|まで(?:に)?|より|には|とは|とか|なら|って|ては?|(?:じゃ|では|や|で)なく(?:て)?|[じや]ゃ?のうて
    |(?:と)?(?:ちゃうくて|ちごて|違って)|では|です(?:ね|が)?|でした?|だった(?=$|[。、])|ます|ねん|やん|っす
    |[はがをにでともへやねよなわさのんだー・]
""")

KINDS: tuple[tuple[str, str], ...] = (
    ("routine", MARK),
    ("stop_here", r"[。!]"),
    ("question", r"[?]|(?<!よ)か(?:な|ね|しら)?(?=$|[。、?!])"),
    ("comma", r"[、【】「」『』]|(?<!\d):|:(?!\d)"),
    # The first look at one letter spares most places the long patterns.
    ("clock", "(?=[0-9早明朝毎今午お昼夕晩夜真深寝就眠正らap])" + times.CLOCK),
    ("span", "(?=[0-9半数])" + times.SPAN),
    ("minutes", "(?=[0-9半小])" + times.MINUTES),
    (
        "date",
        "(?=[0-9今明来再次つこ年月火水木金土日週お正大元くg三四五六七八九十連旧盆ごしs夏冬春秋成建天昭憲み子海山敬す文勤])"
        + dates.DATE,
    ),
    ("days", "(?=[毎連平週休月火水木金土日])" + dates.DAYS),
    ("holiday", r"祝祭?日?(?!い)"),
    ("because", _BECAUSE),
    ("shop", SHOP),
    ("visit", _VISIT),
    ("block", _BLOCK),
    *VERBS,
    (
        "others",
        r"(?:それ|これ)以外(?:の日|の曜日)?|(?:その)?(?:他|ほか)(?:の日|の曜日)?(?=[はもを、])|残り(?=は)|あと(?=は)",
    ),
    ("all", r"[2二]度と|全体的に|全体|全部|ぜんぶ|全て|すべて|一切|いっさい|今後(?:は|の)?"),
    ("mou", r"もう(?![少ちすたて])"),
    ("while", _WHILE),
    (
        "thing",
        r"設定|せってい|時間帯?|じかん|時刻|曜日|予定|内容|中身|受信|画面|るてぃん|るちん|めにゅ|やつ|(?<=の)分(?=[はをもだ、]|$)",
    ),
    ("fill", FILL),
    ("part", times.PART),
    ("particle", _PARTICLE),
)
"""Kind -> pattern, in the order in which they are tried."""
