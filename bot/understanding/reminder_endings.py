"""What may follow the stem of a word in a sentence about reminders, and where the next word begins."""

import re


def joined(rows: str) -> str:
    """A pattern from its *rows*: spelled text has no spaces, so the layout of a long pattern is free."""
    return "".join(rows.split())


_NO_COPULA = "(?!す(?:$|[がけよねかのしわ。、?]))"
"""After ので and んで: のです is no reason."""

def alternatives(pattern: str) -> list[str]:
    """What the bars at the top of *pattern* part."""
    found, depth, in_class = [""], 0, False
    for sign in re.findall(r"\\.|.", pattern):
        in_class = sign == "[" or in_class and sign != "]"
        depth += 0 if in_class else (sign == "(") - (sign == ")")
        if sign == "|" and not depth and not in_class:
            found.append("")
        else:
            found[-1] += sign
    return found


BECAUSE = joined(rf"""
    (?:(?<=[ぁ-ん])(?<![てで])(?<!これ)(?<!それ)(?<!いま)(?<!明け)から(?!に|の|再)|ので{_NO_COPULA}|(?<=[なるいたうくすつむぬ])んで{_NO_COPULA}(?!も?え|も?い)
    |のに(?!して)|けど|けれども?|(?<=[いるたうの])ため(?=に|、|[^ぁ-ん]|$)|さかい(?:に)?|もんで|もので
    |(?:早|遅|はや|おそ)(?:すぎて|くて)(?!も?[いえ])
    |(?<=[いるただやすんう])(?:けん|け[えぇ]|きに|はんで)(?!のう?$))
""")
"""What makes a clause a reason."""

_NEXT_WORD = joined(rf"""
    {BECAUSE}|でた(?:[をが全])|りまいん|あらむ|あらと|はいしん|すけじゅる|つうち|お知らせ|おしらせ|おねがい|もう[1一い]|もっかい|あとで|また(?:始|はじめ|開始)|まって|まで
    |やめて|とめて|(?:です|ます|ない|たい|だ)が(?:、|$|[^ぁ-ん]|どう)|どう(?:した|すれ|やっ|やれ|する|やる)|(?<!よ)か(?:$|[。、?])|(?:(?<=いい)|(?<=ええ))か(?:な|ね|しら)(?:$|[。、?])|おんに|こつ[をはが]|(?:い|だ|た|る|ん|す)し(?=、|[^ぁ-ん])
""")

TAIL = rf"(?:(?!{_NEXT_WORD})[ぁ-んー])*"
"""The rest of a word in kana, up to where another begins."""
