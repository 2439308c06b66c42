import json
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot import db, people
from bot.delivery import outbox
from bot.models import InboxEvent, OutboxMessage, Person
from bot.talks import thread
from tests.fakes import NOON

HANA, TARO, GROUP = "U" + "a" * 32, "U" + "b" * 32, "C" + "c" * 32
MINUTE = timedelta(minutes=1)


def hear(session: sa.orm.Session, number: int, at: datetime) -> None:
    raw = json.dumps({"message": {"type": "text", "text": f"theirs {number}"}})
    moments = {"received_at": at, "occurred_at": at, "next_try_at": at, "done_at": at}
    session.add(InboxEvent(webhook_event_id=f"e{number}", kind="message", chat=HANA, user_id=HANA, raw=raw, **moments))


def say(session: sa.orm.Session, text: str, at: datetime, *, to: tuple[str, ...] = (HANA,), chat: str | None) -> None:
    payload = [{"type": "text", "text": text}]
    if chat is not None:
        reply = outbox.reply(
            reply_token=text,
            payload=payload,
            reference=None,
            is_worth_a_push=False,
            fallback_to=to[0],
            chat=chat,
            now=at,
            expires_at=at,
        )
        outbox.add_replies(session, [reply])
    else:
        outbox.add_multicast(session, to=to, payload=payload, purpose="reminder", now=at)
    session.execute(
        sa.update(OutboxMessage).where(OutboxMessage.outcome.is_(None)).values(outcome="accepted", settled_at=at)
    )


def test_a_long_thread_is_read_page_by_page_and_each_thing_stands_on_one_of_them(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        people.meet(session, HANA, NOON)
        for number in range(95):
            at = NOON + number * 10 * MINUTE
            hear(session, number, at)
            say(session, f"answer {number}", at + MINUTE, chat=HANA)
            say(session, f"ring {number}", at + 2 * MINUTE, to=(TARO, HANA), chat=None)
            say(session, f"to another {number}", at + 3 * MINUTE, to=(TARO,), chat=None)
            say(session, f"in a group {number}", at + 4 * MINUTE, chat=GROUP)
        outbox.add_push(session, to=HANA, payload=[{"type": "text", "text": "under way"}], purpose="reminder", now=NOON)

    pages, before = [], None
    with sessions() as session:
        person = session.scalars(sa.select(Person)).one()
        while not pages or before is not None:
            page = thread.page(session, person, before=before)
            pages.append([one.text for one in page.said])
            before = page.before

    assert [len(page) for page in pages] == [3 * thread.ON_A_PAGE + 1, 3 * thread.ON_A_PAGE, 3 * 15]
    said = [text for page in reversed(pages) for text in page if text != "under way"]
    assert said == [f"{what} {number}" for number in range(95) for what in ("theirs", "answer", "ring")]
    assert "under way" in pages[0]


def test_somebody_who_only_gets_things_has_pages_too(sessions: db.Sessions) -> None:
    many = 2 * thread.MOST_OF_OURS + 7
    with sessions.begin() as session:
        people.meet(session, HANA, NOON)
        for number in range(many):
            say(session, f"ring {number}", NOON + number * MINUTE, to=(HANA, TARO), chat=None)

    said: list[str | None] = []
    with sessions() as session:
        person, before, count = session.scalars(sa.select(Person)).one(), None, 0
        while count == 0 or before is not None:
            page = thread.page(session, person, before=before)
            said, before, count = [one.text for one in page.said] + said, page.before, count + 1

    assert said == [f"ring {number}" for number in range(many)]
    assert count == 3


def test_the_version_moves_with_each_word_of_either_side(sessions: db.Sessions) -> None:
    seen = []
    with sessions.begin() as session:
        person, _ = people.meet(session, HANA, NOON)
        seen.append(thread.version(session, person))
        hear(session, 1, NOON)
        session.flush()
        seen.append(thread.version(session, person))
        say(session, "answer", NOON + MINUTE, chat=HANA)
        seen.append(thread.version(session, person))
        assert thread.version(session, person) == seen[-1]

    assert len(set(seen)) == 3
