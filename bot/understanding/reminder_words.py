"""The words of sentences about reminders: cuts a spelled text into words of known kinds, and what lies between them.

Kinds of slots: ``routine clock minutes span date days holiday part``. Kinds of what is wanted: ``change make shift set suru do notify
again mata later after wait now stop rest resume when list ask``. The rest: ``noun`` (what is sent), ``thing`` (設定, 時間), ``all``, ``mou``,
``while`` (しばらく), ``fill`` (politeness and adverbs), ``block`` (the practice's own business), ``because``, ``stop_here`` (。), ``comma``,
``question``, ``particle``; and ``unknown`` for everything between.

Words of what is wanted carry their ending (変え|てほしい), because it says whether they ask, tell or report.
"""

import re
from dataclasses import dataclass, replace

from bot.understanding import dates, times
from bot.understanding.routine_names import MARK

_BECAUSE = r"(?:(?<=[ぁ-ん])(?<!これ)(?<!それ)(?<!いま)から(?!に|の|再)|ので(?!す)|(?<=[なるいたうくすつむぬ])んで(?!す)|のに(?!して)|けど|けれども?|ため(?=に|、)|さかい|もんで|もので)"
_STOPPERS = (
    rf"{_BECAUSE}|りまいん|つうち|お知らせ|おしらせ|おねがい|もうい|もっかい|あとで|まって|やめて|とめて|(?:です|ます|ない|たい|だ)が(?:、|$)|(?<!よ)か(?:$|[。、?])|おんに|(?:い|だ|た|る|ん|す)し(?=、|[^ぁ-ん])"
)
_TAIL = rf"(?:(?!{_STOPPERS})[ぁ-んー])*"

_KINDS: tuple[tuple[str, str], ...] = (
    ("routine", MARK),
    ("stop_here", r"[。!]"),
    ("question", r"\?|(?<!よ)か(?:な|ね)?(?=$|[。、?!])"),
    ("comma", r"、"),
    ("clock", times.CLOCK),
    ("span", times.SPAN),
    ("minutes", times.MINUTES),
    ("date", dates.DATE),
    ("days", dates.DAYS),
    ("holiday", r"祝日?(?!い)"),
    ("because", rf"{_BECAUSE}(?:ね|さ)?|(?<=[いだたるんす])し(?=、|[^ぁ-ん]|$)|(?<=[いすだん])が(?=、|$)"),
    (
        "block",
        r"予約|よやく|営業|空い|空き|開い|開店|閉店|お店|店(?!員)|医?院(?!長)|枠|施術|先生|受付|駐車|料金|値段|定休|来店|(?<!落ち)着[きくい]|到着|伺|通え|通い|遅刻"
        r"|診察|会員|支払|れっすん|担当|回数|やり方|やりかた|方法|仕方|しかた|どうやっ|効果|何回|何秒|痛[いく]|[めえり]方(?!が|は早|は遅)|来れば|来院|行け|行って|行きた",
    ),
    ("resume", rf"(?:再開|さいかい|再すたと|りすたと|復活|ふっかつ|再び|また(?:始め|はじめ|開始)|(?:元|もと)に?戻|戻|もどし)" + _TAIL
        + rf"|(?:お休み|休み|一時停止|停止|ぽずを?)(?:は|を|も|の)?(?:終わ|終了|おわ|やめ|解除)" + _TAIL),
    ("again", r"もう1[回度遍]|もっかい|もいっかい|もういっかい|もういちど|もういっぺん|もう一遍|もっぺん|再度|(?:再通知|再送|すぬず)(?:し[ぁ-ん]*)?|改めて|あらためて|さいど"),
    ("later", rf"(?:また)?後(?:で(?!す)|ほど|にし|に(?=$|お|、|。)|回し|まわし|から(?=や|$|お|、)|出(?=や|お|し))(?:やり|やる|する|し){{0,2}}{_TAIL}"
        rf"|あと(?:で(?!す)|にし|に(?=$|お|、|。)|回し|まわし|から(?=や|$|お|、))(?:やり|やる|する|し)?{_TAIL}|のちほど"),
    ("after", r"(?<=[分間半])(?:ほど|くらい|ぐらい)?(?:後|ご(?=に|$|、|も|で|お|ま))|(?<=[分間半])(?:ほど|くらい|ぐらい)?(?:あと(?=に|で)|し?たら|経った?ら|たったら|して(?:から)?|経ってから|たってから)"),
    ("mata", r"また(?![はに])"),
    ("wait", rf"(?<![しとたはきつあ期ぁ-ん])(?:待[ちつって]|まって|まっと|まった)" + _TAIL + rf"|待(?:ち|っ){_TAIL}"),
    ("now", rf"(?:今|いま)(?:は|ちょっと|ちょい|すぐは?|すぐには?)*(?:無理|むり|手が?離せ|手が?放せ|忙し|いそがし|でき[なまへ]|だめ|あかん)" + _TAIL),
    ("when", rf"(?:(?:何時|なんじ)(?:ごろ|頃)?(?:に|から)?|いつ|次(?:は|の)?いつ|次(?:は|の)?何時(?:に)?)(?:来る|くる|来ます|きます|来ん|くん|来ると|来てる|鳴る|鳴ん|鳴り|なる(?=ん|の|$|\\?)|届く|届き|送られ|通知(?=さ))" + _TAIL),
    ("list", rf"(?:確認|かくにん|確任|一覧|いちらん|りすと|どうなっ|どないなっ|どうな(?=の|ん)|どんな|何時|なんじ|何曜日?|いつ(?!も|か|でも|まで|の間)|どの(?=時間|曜日|時刻)|どれ|見せ|みせ(?=て)|見たい|みたい(?=$|です|、|。)|見れ|見え|表示|状況|現在|何個|不安|心配|いくつ|すけじゅる)" + _TAIL),
    ("state", r"(?:(?:来る|くる|鳴る|届く|通知する|送る)?(?:こと|よう|設定)に?なっ|入っ|はいっ|おんになっ|(?<=設定)(?:が|は)?(?:あっ|合っ)|設定(?:され|し|になっ|でき)|登録(?:され|し|でき)|せっと(?:され|し))(?:て(?:い?る|い?ます|あ[るり]|まし)|た(?=か|っけ)|とる)" + _TAIL
        + r"|(?:来|届き|鳴り)ますか?(?=$|\?|か)|(?:来る|届く|鳴る)(?:の|ん)?(?:か|かな)?(?=$|\?)"),
    ("shift", rf"(?:早い(?=時|じ|方|ほう)|遅い(?=時|じ|方|ほう)|早く|早め|はやく|はやめ|前倒|まえだおし|繰り上げ|くりあげ|遅く|おそく|遅め|おそめ|遅ら|おくら(?=せ)|後ろ|うしろ|後倒|繰り下げ|くりさげ|延ば|のば(?=し)|(?<=[分間半どい])(?:後|前|あと|まえ)に?(?=ずら|移|動))"
        r"(?:だおし|倒し|の時間|じかん)?" + _TAIL),
    ("change", r"(?:変え|換え|替え|代え|買え|帰え|かえ(?=[てたらるよま])|変更|へんこう|ずら|移し|移動|動か|直し|修正|切り?替え)" + _TAIL),
    ("stop", rf"(?:やめ|止め(?!方)|とめ(?=[てたとるらま])|泊め(?=[てたと])|[停低]止|ていし|すとっぷ|切っ|切り(?!替)|切る|きって|消し|けして|消す|削除|解除|おふ(?!ろ)|off|いら(?=[なんへねっ])|要ら|いりませ|要りませ|不要|無し|取り消し|とりけし|みゅと"
        rf"|(?<!こ)なし(?=[でにと、。だや]|$|お願|がいい)|(?:送|鳴ら|おく|なら)(?:さ|ら)?(?:ない|ん)で|来(?:ない|ん)で(?!す)|来んとい|(?:鳴ら|来|届か|送ら)ない(?=よう)|(?:来|送ら|鳴らさ|し)なくて|なくて(?=も?(?:いい|ええ|よ|大丈夫|結構|かま)))" + _TAIL),
    ("rest", r"(?:お?休(?:ま(?!ら)|[みむもんめ憩止])|お?やす[みむまも](?!なさ)|すきっぷ|(?<![んり])ぱす(?=$|[、。でしすにやっ!])|中断|一?時?停止|一時的に|1?一時(?:停止|休止|中断)|ぽず|保留|(?<!吹き)飛ばし|とばし|見送)" + _TAIL),
    ("noun", r"りまいんど?だ?|通知|つうち|お?知らせ(?!て|と|る)|おしらせ(?!て)|あらむ|あらと|ぷっしゅ通知|配信|はいしん|声[かが]け(?![てるた])|声掛け(?![てるた])|らいん(?=の?(?:通知|お知らせ|配信))|(?:毎日)?(?:来る|くる|鳴る|届く)の(?=[をはが])|呼びかけ|催促|さいそく|めっせじ|line|お便り|広告"),
    ("notify", rf"(?:教え|おしえ|知らせ|しらせ|鳴ら(?!な)|鳴る|鳴り|なら(?=して)|言っ|言う|言わ|言い|いって|いうて|ゆうて|ゆって|声を?(?:かけ|掛け)|こえを?かけ|呼ん|よんで|思い出さ[せし]|おもいださ[せし]|送っ|送り|送る|おくって|届|とどけ|流し|起こし|出し(?=て)|来て|きて(?=[ほく])|つぶやい)" + _TAIL),
    ("set", r"(?:設定(?=し|を?お願|で|に|$)|せってい(?=し|$)|せっと|登録|とうろく|追加|入れ|いれて|つけ(?=[てと])|付け(?=[てと])|(?<=[むど知せ])を?(?:かけ|掛け)(?=[てと])|作っ|組ん|おん(?=に|で|$)|on(?=に|$))" + _TAIL),
    ("ask", rf"(?:お願|おねがい|願い|頼|たの(?=[むみん])|よろしく|よろ(?=$|です|、)|宜しく|希望|きぼう|ほし(?=[いか])|欲し|(?:が|で|の方が)いい|ええ(?=$|わ|ねん|な|で)|助か|嬉し|うれし|ありがたい|幸い|ください|下さい|くれ(?=[るへまんや]|$)|ちょうだい|頂戴|いただ|もらえ)" + _TAIL),
    ("make", r"(?:に|へ)(?:し(?=[てたまよとなゃ]|$)|せ(?=[えん])|する|さし|さて|でき)" + _TAIL + r"|→|⇒|->"),
    ("do", rf"(?:やり(?=[たまょ])|やる|やろ|(?:を|も)?し(?=たい|ます|よう|よ$|よっ)|する|させて|さして|がんば|頑張|続け(?=[またる])|始め|はじめ|開始)" + _TAIL),
    ("suru", rf"(?<=[知せどだちむけん促信ュゅ])(?:を)?(?:し(?=[てたとま])|せ(?=[えよ])|さして|する(?=よう)|しない|せん(?=で|と))" + _TAIL),
    ("all", r"[2二]度と|全体的に|全体|全部|ぜんぶ|全て|すべて|一切|いっさい|今後(?:は|の)?|二度と"),
    ("mou", r"もう(?![少ちすたて])"),
    ("while", r"しばらく|当分|とうぶん|当面|一旦|いったん|ちょっと(?:の?間|だけ)?|少し(?:の?間|だけ)?|ちょい|(?:^|(?<=[、。]))(?:[^、。0-9]{2,10}中(?=は|だけ|[止休停通お、])|[^、。0-9]{1,10}(?:の|てい?る)(?:間|あいだ)(?:は|だけ)?)"),
    ("thing", r"設定|せってい|時間帯?|じかん|時刻|るてぃん|るちん|めにゅ|やつ|曜日|予定"),
    ("fill", r"いっぱい|(?<=の)受け取り|え[っと]+(?:ですね|な)?|あの(?:ですね)?|すみません(?:が)?|すいません(?:が)?|ごめん(?:なさい|ね|な)?|申し訳(?:ない|ありません|ございません)(?:です)?が?|やっぱ(?:り|し)?|じゃあ?(?=、|[0-9一-龥])"
        r"|それでは|では(?=、|[0-9])|ほな|おはよう(?:ございます)?|こんにちは|こんばんは|お疲れ様(?:です)?|了解(?:です)?|(?:^|(?<=、))(?:はい|うん)|ありがとう(?:ございます)?|悪い(?:けど|ん)?|できれば|できたら|可能(?:なら|であれば)|これから(?:は|も)?"
        r"|(?:次|今度)から|なるべく|毎週|(?<![一-龥])(?:今|いま)の?(?=、|$|、|[^ぁ-ん]|はど)|自分(?:に|の)|私(?:に|の)|わたし|うち(?=の|に)|僕|俺|ちょうど|きっかり|ぴったり|ごろ|頃|くらい|ぐらい|ほど|程度?|過ぎ|すぎ(?=に|で)|以降|だけ|のみ|の?方(?=が|で|に)|ほう|件|こと|いつも(?:の)?|ずっと|一応|とりあえず|とりま|ぜひ|是非|必ず"
        r"|忘れず(?:に)?|忘れ(?:ない|ん)よう(?:に)?|忘れそう|ちゃんと|もうちょ(?:っと|い)|もう少し|→|次の|忘れ(?:た|ました|ちゃ[^、。]*)|もうすこし|もっと|ちょっと|あと(?=[0-9]|半|ちょ|少)|なったら|元気|大丈夫|結構(?:です)?|間(?=に)|さん|ほしいな|合図|いちばん|一番|よう(?=に)|とこ(?=に)"),
    ("part", times.PART),
    ("particle", r"から|まで(?:に)?|より|には|とは|とか|なら|って|ては?|じゃなくて|じゃなく|ではなく(?:て)?|では|です(?:ね|が)?|でした?|ます|ねん|やん|っす|[はがをにでともへやねよなわさのんだー・]"),
)
_WORD = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS))

SLOTS = frozenset({"routine", "clock", "minutes", "span", "date", "days", "holiday", "part", "noun", "thing"})
WANTS = frozenset(
    {"change", "make", "shift", "set", "suru", "do", "notify", "again", "mata", "later", "after", "wait", "now", "stop", "rest", "resume", "when", "list", "ask"}
)
_DECLINED = re.compile(r"(?:ない|ん)で(?!す|も?え)|んと(?:い|っ)|なくて|ないよう")
_CLAUSE_END = re.compile(r"(?:て|で|、|し|り|たら|ても|から)$")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its kind, its text, where it starts, and whether its clause only gives a reason or a setting."""

    kind: str
    text: str
    start: int
    aside: bool = False

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def cut(text: str) -> list[Word]:
    """The words of spelled *text*, in order; clauses that only give a reason are marked as asides."""
    words: list[Word] = []
    at = 0
    for found in _WORD.finditer(text):
        kind = found.lastgroup or "unknown"
        if found.start() > at:
            words.append(Word("unknown", text[at : found.start()], at))
        if kind in ("notify", "suru", "set") and _DECLINED.search(found[0]):
            kind = "stop"
        words.append(Word(kind, found[0], found.start()))
        at = found.end()
    if at < len(text):
        words.append(Word("unknown", text[at:], at))
    return _asides(_joined(words))


def _joined(words: list[Word]) -> list[Word]:
    """A single particle or adverb after an unknown word is part of that word: kana words hold any of them."""
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if last and last.kind == "unknown" and (word.kind == "unknown" or (word.kind == "particle")):
            joined[-1] = replace(last, text=last.text + word.text)
        else:
            joined.append(word)
    return joined


def _asides(words: list[Word]) -> list[Word]:
    marked = list(words)
    start = 0
    for place, word in enumerate(words):
        rest = [later.kind for later in words[place + 1 :]]
        wanted = any(kind in WANTS for kind in rest)
        if word.kind == "because":
            # けど at the very end is politeness, not a reason.
            if wanted or any(kind in SLOTS for kind in rest) or (start > 0 and not word.text.startswith(("けど", "けれど", "が"))):
                _mark(marked, start, place + 1)
            start = place + 1
        elif word.kind in ("stop_here", "comma"):
            clause = {part.kind for part in words[start:place]}
            if word.kind == "stop_here" and wanted and "unknown" in clause and not clause & WANTS:
                _mark(marked, start, place)
            elif place and words[place - 1].kind == "unknown" and rest:
                _mark(marked, place - 1, place)
            start = place + 1
        elif word.kind == "unknown" and wanted and _CLAUSE_END.search(word.text):
            _mark(marked, place, place + 1)
    return marked


def _mark(words: list[Word], start: int, end: int) -> None:
    words[start:end] = [replace(word, aside=True) for word in words[start:end]]
