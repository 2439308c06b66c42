import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bot import db
from bot.library.library import Library
from bot.teaching import phrasings
from bot.teaching.knowledge import Knowledge
from bot.teaching.phrasings import PhrasingError
from tests.fakes import NOON
from tests.lengths import settings

WHITENING, CHILDREN = "faq/whitening", "faq/children"


@pytest.fixture
def pack(dental: Knowledge) -> Library:
    return dental.pack


def refusal(session: Session, pack: Library, entry_id: str | None, text: str) -> str:
    with pytest.raises(PhrasingError) as caught:
        phrasings.add(session, pack, entry_id=entry_id, text=text, now=NOON)
    return str(caught.value)


def test_what_is_taught_is_in_force_until_it_is_removed(sessions: db.Sessions, pack: Library) -> None:
    with sessions.begin() as session:
        phrasings.add(session, pack, entry_id=WHITENING, text=" 歯を\nピカピカに ", by="Aya", now=NOON)
        phrasings.add(session, pack, entry_id=None, text="明日の天気は", now=NOON)
    with sessions() as session:
        before = phrasings.taught(session)
        [first, _] = phrasings.all_of(session)

    assert before.phrasings == ((WHITENING, "歯を ピカピカに"), (None, "明日の天気は"))
    assert (first.added_by, first.added_at) == ("Aya", NOON)

    with sessions.begin() as session:
        assert phrasings.remove(session, "歯を　ピカピカに", now=NOON).entry_id == WHITENING
    with sessions() as session:
        after = phrasings.taught(session)

    assert after.phrasings == ((None, "明日の天気は"),)
    assert after.version != before.version


def test_the_version_is_another_one_after_every_change(sessions: db.Sessions, pack: Library) -> None:
    seen = []
    for text in ("歯がいたい", "歯がぐらぐら", "歯がいたい"):
        with sessions.begin() as session:
            phrasings.add(session, pack, entry_id=CHILDREN, text=text, now=NOON)
        with sessions() as session:
            seen.append(phrasings.version(session))
        with sessions.begin() as session:
            phrasings.remove(session, text, now=NOON)
        with sessions() as session:
            seen.append(phrasings.version(session))

    assert len(set(seen)) == len(seen)


def test_what_cannot_be_taught_is_refused_with_what_to_do(sessions: db.Sessions, pack: Library) -> None:
    with sessions.begin() as session:
        phrasings.add(session, pack, entry_id=WHITENING, text="ピカピカの歯", now=NOON)

        assert "'faq/nothing' is no id of the content pack" in refusal(session, pack, "faq/nothing", "歯")
        assert "safety is decided by rules only" in refusal(session, pack, "safety/crisis", "歯")
        assert "holds no words" in refusal(session, pack, WHITENING, "　。！ ")
        assert "has 201 characters; shorten it to 200" in refusal(session, pack, WHITENING, "歯" * 201)
        assert "control characters" in refusal(session, pack, WHITENING, "歯\x00")
        assert "not UTF-8" in refusal(session, pack, WHITENING, "歯\udce3")
        assert f"stands already under {WHITENING}; forget it there" in refusal(session, pack, CHILDREN, "ﾋﾟｶﾋﾟｶの歯")
        assert f"stands already under {WHITENING}; there is nothing" in refusal(
            session, pack, WHITENING, "ピカピカの歯"
        )
        assert f"stands already under {CHILDREN}; a text of the pack" in refusal(session, pack, None, "子供の虫歯")
        with pytest.raises(PhrasingError, match="the name has 81 characters"):
            phrasings.add(session, pack, entry_id=WHITENING, text="白", by="A" * 81, now=NOON)


def test_only_what_staff_have_taught_can_be_forgotten(sessions: db.Sessions) -> None:
    with sessions.begin() as session, pytest.raises(PhrasingError, match="'子供の虫歯' is not taught"):
        phrasings.remove(session, "子供の虫歯", now=NOON)


def test_there_is_an_end_to_what_can_be_taught(
    sessions: db.Sessions, pack: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phrasings, "MOST", 1)
    with sessions.begin() as session:
        phrasings.add(session, pack, entry_id=WHITENING, text="白い歯", now=NOON)

        assert "which is the most" in refusal(session, pack, WHITENING, "もっと白い歯")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=220))
def test_any_text_is_either_kept_as_it_is_or_refused(
    sqlite_template: Path, tmp_path: Path, pack: Library, text: str
) -> None:
    shutil.copy(sqlite_template, tmp_path / "any.db")
    sessions = db.connect(f"sqlite:///{tmp_path}/any.db")
    try:
        with sessions.begin() as session:
            phrasings.add(session, pack, entry_id=CHILDREN, text=text, now=NOON)
    except PhrasingError:
        kept: tuple[str, ...] = ()
    else:
        kept = (" ".join(text.split()),)
    with sessions() as session:
        assert tuple(row.text for row in phrasings.all_of(session)) == kept
    db.engine_of(sessions).dispose()
