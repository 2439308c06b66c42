"""Every card there is: the whole shipped pack said aloud, by tapping whatever can be tapped and by writing what people write."""

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy.orm import Session

import handlers
from bot import programmes
from bot.app import Knowledge
from bot.calendar import WEEKDAYS
from bot.conversation import Card, Incoming, Reply
from bot.library.gallery import Gallery
from bot.library.schema import Check, Routine
from bot.line.rendering import render
from bot.models import Programme
from bot.record import Record
from bot.settings import DEFAULT_CONTENT
from bot.talk import House, WoundClock

NOW = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
TODAY = NOW.date()
BASE = "https://bot.example"
PICTURES = Gallery(DEFAULT_CONTENT / "pictures").addresses(BASE)
WRITTEN = (
    *(
        "毎朝6時半にストレッチ",
        "30分後",
        "昼の体操を毎日12時",
        "お知らせの確認",
        "今週は休む",
        "再開",
        "ストレッチやめて",
    ),
    *("できた", "記録を見せて", "体操の記録を取り消して", "妊娠中です", "膝が痛い", "腰を手術した", "覚えて"),
    *(
        "はい",
        "わたしのデータ",
        "データを書き出して",
        "データを消して",
        "いいえ",
        "スタッフと話したい",
        "予約したいです",
    ),
    *("他には？", "ちがう", "もっと詳しく", "次", "前", "やめる", "ありがとう"),
    *("こんにちは", "今日の天気は", "プライバシー", "友だちに教える", "消して", "胸が急に苦しい", "死にたい"),
)
EVENTS = ("follow", "sticker", "image", "video", "audio", "file", "location")
MOST_OF_A_VERB = 400
"""Buttons of one kind that are tapped: months lead to months without end."""


@dataclass
class Walk:
    """Somebody who taps everything once; nothing of it is kept."""

    house: House
    session: Session
    replies: list[Reply] = field(default_factory=list)

    def hear(self, kind: Any, user: str = "Uwalker", **what: Any) -> Reply | None:
        """What is answered to this event."""
        incoming = Incoming(
            kind, chat=user, user_id=user, is_group=False, event_id=secrets.token_hex(8), occurred_at=NOW, **what
        )
        reply = self.house.app.assistant.answer(self.session, incoming, NOW)
        self.session.flush()
        if reply is not None:
            self.replies.append(reply)
        return reply

    def tap_everything(self, first: list[str]) -> None:
        """Tap these buttons and all those that come of it, each once."""
        known, verbs, waiting = set(first), Counter[str](), list(first)
        while waiting:
            data = waiting.pop()
            verb = data.partition(" ")[0]
            verbs[verb] += 1
            if verbs[verb] > MOST_OF_A_VERB:
                continue
            reply = self.hear("postback", data=data, params={"time": "07:30"})
            if reply is None:
                continue
            found = {choice.data for choice in choices(reply)} - known - {""}
            known |= found
            waiting += sorted(found)

    def check(self, check: Check) -> None:
        """Answer a check in every way there is."""
        for chosen in product(*(question.choices for question in check.questions)):
            user = f"U{secrets.token_hex(8)}"
            self.hear("postback", user, data=f"open {check.id}")
            for question, choice in zip(check.questions, chosen, strict=True):
                self.hear("postback", user, data=f"check {check.id} {question.slug} {choice.slug}")


def choices(reply: Reply) -> list[Any]:
    """Whatever can be tapped in the answer."""
    return [*reply.quick, *(one for bubble in reply.bubbles if isinstance(bubble, Card) for one in bubble.buttons)]


def everything(knowledge: Knowledge) -> list[Reply]:
    """All that the assistant says of the shipped pack, and all that it sends by itself."""
    library = knowledge.library
    # So that what only some packs have is seen, too.
    library = replace(
        library, practice=library.practice.model_copy(update={"line_id": "@123abcde", "assistant": "せなか"})
    )
    with House(replace(knowledge, library=library), WoundClock(NOW)) as house, house.app.sessions() as session:
        walk = Walk(house, session)
        for kind in EVENTS:
            walk.hear(kind)
        walk.hear("follow", is_returning=True)
        for text in (*WRITTEN, *(one.text for one in library.evaluation)):
            walk.hear("text", f"U{secrets.token_hex(8)}", text=text)
            walk.hear("text", "Uwriter", text=text)
        opening = [f"open {id}" for id in library.entries]
        for data in opening:
            walk.hear("postback", f"U{secrets.token_hex(8)}", data=data)
        # Whoever taps everything soon has knees and a neck that bar much of it.
        walk.tap_everything(opening)
        for check in library.of(Check):
            walk.check(check)
        session.rollback()
    return [*walk.replies, *_sent_unasked(knowledge)]


def _sent_unasked(knowledge: Knowledge) -> Iterator[Reply]:
    library = knowledge.library
    for routine in library.of(Routine):
        for kind in ("ring", "question"):
            for days in range(14):
                rung = handlers.REMINDER(library, routine.id, TODAY + timedelta(days=days), kind=kind)
                assert rung is not None
                yield rung
    ids = [routine.id for routine in library.of(Routine)]
    yield handlers.SUMMARY(
        library, Record.made_of([(id, TODAY - timedelta(days=n)) for id in ids for n in range(5)], TODAY)
    )
    yield handlers.PROGRAMME(library, programme("腰を楽にする4週間のプログラム", ids))


def programme(name: str, routines: list[str]) -> Programme:
    """What staff have put together of all *routines*."""
    parts = [{"routine": id, "time": "07:00", "days": list(WEEKDAYS)} for id in routines[: programmes.MOST_ROUTINES]]
    return Programme(
        id=1, person_id=1, name=name, routines=parts, starts_on=TODAY, ends_on=date(2026, 12, 17), offered_at=NOW
    )


def painted(reply: Reply) -> list[dict[str, Any]]:
    """The answer as LINE gets it, with pictures and pages."""
    return render(reply, PICTURES, base=BASE, speaker="せなか")
