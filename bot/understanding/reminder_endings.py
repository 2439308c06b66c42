"""What may follow the stem of a word in a sentence about reminders, and where the next word begins."""

import re
from collections.abc import Iterator


def joined(rows: str) -> str:
    """A pattern from its *rows*: spelled text has no spaces, so the layout of a long pattern is free."""
    return "".join(rows.split())


_NO_COPULA = "(?!す(?:$|[がけよねかのしわ。、?]))"
"""After ので and んで: のです is no reason."""

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

_BEHIND = re.compile(r"((?:\(\?<[=!][^()]*\))+)([ぁ-ん一-龥])(?![?*+{])")

TAIL = rf"(?:(?!{_NEXT_WORD})[ぁ-んー])*"
"""The rest of a word in kana, up to where another begins."""


def stems(pattern: str) -> Iterator[tuple[str, bool]]:
    """The alternatives of *pattern*, those of a group that opens it too, each with whether a ``TAIL`` follows."""
    for alternative in _alternatives(pattern):
        stem = alternative.removesuffix(TAIL)
        group = _opening_group(stem)
        rest = stem[len(group) :]
        inner = _alternatives(group[3:-1]) if group and rest[:1] not in ("?", "*", "+", "{") else [group]
        yield from ((_letter_first(begin + rest), stem != alternative) for begin in inner)


def _letter_first(stem: str) -> str:
    """*stem* with its first letter before what is asked of the letters behind it: most places fail at the letter."""
    found = _BEHIND.match(stem)
    if found is None:
        return stem
    looks = re.sub(r"\)(?=\(\?<|$)", f"){found[2]})", found[1].replace("(?<=", "(?<=(?:").replace("(?<!", "(?<!(?:"))
    return found[2] + looks + stem[found.end() :]


def _alternatives(pattern: str) -> list[str]:
    """What the bars at the top of *pattern* part."""
    parts = [""]
    for sign, depth in _signs(pattern):
        if sign == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _opening_group(pattern: str) -> str:
    """The group ``(?:…)`` with which *pattern* begins, or nothing."""
    group = ""
    if pattern.startswith("(?:"):
        for sign, depth in _signs(pattern):
            group += sign
            if depth == 0:
                break
    return group


def _signs(pattern: str) -> Iterator[tuple[str, int]]:
    """Each sign of *pattern* with how deep in groups it leaves off; a class of characters is one sign."""
    depth = 0
    for sign in re.findall(r"\\.|\[(?:\\.|[^\]])*\]|.", pattern):
        depth += (sign == "(") - (sign == ")")
        yield sign, depth
