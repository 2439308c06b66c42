"""What may follow the stem of a word in a sentence about reminders, and where the next word begins."""


def joined(rows: str) -> str:
    """A pattern from its *rows*: spelled text has no spaces, so the layout of a long pattern is free."""
    return "".join(rows.split())


_NO_COPULA = "(?!す(?:$|[がけよねかのしわ。、?]))"
"""After ので and んで: のです is no reason."""

BECAUSE = joined(rf"""
    (?:(?<=[ぁ-ん])(?<![てで])(?<!これ)(?<!それ)(?<!いま)(?<!明け)から(?!に|の|再)|ので{_NO_COPULA}|(?<=[なるいたうくすつむぬ])んで{_NO_COPULA}(?!も?え[えよ]|も?い)
    |のに(?!して)|けど|けれども?|(?<=[いるたうの])ため(?=に|、|お|[^ぁ-ん]|$)|さかい(?:に)?|もんで|もので
    |(?:早|遅|はや|おそ)(?:すぎて|くて)(?!も?[いえ])
    |(?<=[いるただやすんうか])(?:けん|け[えぇ]|きに|はんで)(?!のう?$))
""")
"""What makes a clause a reason."""

_NEXT_WORD = joined(rf"""
    {BECAUSE}|でた(?:[をが全])|りまいん|あらむ|あらと|はいしん|すけじゅる|つうち|お知らせ|おしらせ|おねがい|お願|もう[1一い]|もっかい|あとで|また(?:始|はじめ|開始)|まって|まで
    |やめて|とめて|(?:です|ます|ない|たい|だ|た)が(?:、|$|[^ぁ-ん]|どう)|どう(?:した|すれ|やっ|やれ|する|やる)|(?<!よ)か(?:$|[。、?])|(?:(?<=いい)|(?<=ええ))か(?:な|ね|しら)(?:$|[。、?])|おんに|こつ[をはが]|(?:い|だ|た|る|ん|す)し(?=、|[^ぁ-ん])
""")

TAIL = rf"(?:(?!{_NEXT_WORD})[ぁ-んー])*"
"""The rest of a word in kana, up to where another begins."""
