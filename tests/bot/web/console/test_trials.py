"""Trials of drafts and of wordings, with a small pack: begun by one request, done aside, shown by another."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.delivery import inbox
from bot.staff import accounts
from bot.teaching import edits, phrasings, trial_runs
from bot.teaching.knowledge import Knowledge, learn
from tests.fakes import FakeClock

WHITENING, CHILDREN = "faq/whitening", "faq/children"
GNASHES = "寝てるあいだギリギリしてるらしいです"
Aside = list[Callable[[], None]]


@pytest.fixture(scope="session")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """A dental practice's pack, with messages to judge a change by."""
    folder = tmp_path_factory.mktemp("packs") / "dental"
    shutil.copytree(Path(__file__).resolve().parents[3] / "data" / "packs" / "dental", folder)
    (folder / "evaluation").mkdir()
    messages = [{"text": GNASHES, "want": [CHILDREN]}, {"text": "円周率を教えて", "want": []}]
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    (folder / "evaluation" / "own.jsonl").write_text(lines, encoding="utf-8")
    return learn(folder, cache=None)


def draft(app: App, **changes: object) -> int:
    """A draft of the entry about whitening."""
    entry = app.library.entry(WHITENING)
    body = entry.model_dump(mode="json", exclude_defaults=True) | changes
    del body["id"]
    with app.sessions.begin() as session:
        editor = accounts.find(session, "editor")
        assert editor is not None
        return edits.save(session, entry_id=WHITENING, body=body, based_on=None, by=editor.id, now=app.clock()).id


def test_a_draft_is_tried_aside_and_every_message_that_changes_is_shown(
    app: App, staff: Callable[..., Any], aside: Aside
) -> None:
    editor = staff("editor")
    number = draft(app, phrasings=[*app.library.entry(WHITENING).phrasings, GNASHES])
    page = f"/content/edits/{number}/try"
    assert "影響を調べる" in editor.get(page).text

    assert editor.post(f"/content/edits/{number}/effect").status_code == 302
    editor.post(f"/content/edits/{number}/effect")

    (work,) = aside  # Whoever asks again does not begin it again.
    waiting = editor.get(page).text
    assert "調べています" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "公開する" in waiting
    work()
    shown = editor.get(page).text
    assert "調べています" not in shown
    assert "の文でためしました" in shown
    row = shown.split(GNASHES)[1].split("</li>")[0]
    assert "「ホワイトニングはいくら？」" in row.split("→")[1]
    assert "公開しました" in editor.post(f"/content/edits/{number}/publish", follow_redirects=True).text


def test_no_more_than_a_few_trials_wait_at_once(
    app: App, staff: Callable[..., Any], aside: Aside, clock: FakeClock
) -> None:
    editor = staff("editor")
    for tried in range(trial_runs.MOST):
        number = draft(app, phrasings=[*app.library.entry(WHITENING).phrasings, f"{GNASHES}{tried}"])
        assert "ほかの変更を調べている最中" not in ask_for_effect(editor, number)
        clock.advance(seconds=1)
    number = draft(app, phrasings=[*app.library.entry(WHITENING).phrasings, GNASHES])

    assert "ほかの変更を調べている最中" in ask_for_effect(editor, number)
    assert len(aside) == trial_runs.MOST

    # Those that are silent have died, and keep nobody waiting.
    clock.advance(seconds=trial_runs.SILENCE.total_seconds())
    assert "ほかの変更を調べている最中" not in ask_for_effect(editor, number)
    assert len(aside) == trial_runs.MOST + 1


def ask_for_effect(editor: Any, number: int) -> str:
    return str(editor.post(f"/content/edits/{number}/effect", follow_redirects=True).text)


def test_what_is_saved_anew_is_tried_anew(app: App, staff: Callable[..., Any], aside: Aside, clock: FakeClock) -> None:
    editor = staff("editor")
    number = draft(app, phrasings=[*app.library.entry(WHITENING).phrasings, GNASHES])
    editor.post(f"/content/edits/{number}/effect")
    clock.advance(seconds=5)

    assert draft(app, phrasings=[*app.library.entry(WHITENING).phrasings, "歯をぴかぴかに"]) == number

    assert "調べています" not in editor.get(f"/content/edits/{number}/try").text
    editor.post(f"/content/edits/{number}/effect")
    assert len(aside) == 2


def test_a_trial_that_died_is_said_and_can_be_repeated(
    app: App, staff: Callable[..., Any], aside: Aside, clock: FakeClock
) -> None:
    editor = staff("editor")
    number = draft(app, phrasings=[*app.library.entry(WHITENING).phrasings, GNASHES])
    editor.post(f"/content/edits/{number}/effect")
    clock.advance(seconds=trial_runs.SILENCE.total_seconds() + 1)

    page = editor.get(f"/content/edits/{number}/try").text

    assert "途中で止まった" in page
    assert "もう一度調べる" in page
    editor.post(f"/content/edits/{number}/effect")
    assert "調べています" in editor.get(f"/content/edits/{number}/try").text
    assert len(aside) == 2


def test_a_wording_is_tried_aside_and_taught_with_or_without_waiting(
    app: App, staff: Callable[..., Any], aside: Aside
) -> None:
    editor = staff("editor")
    message = wrote(app, "なんかキシキシすんの")
    path = f"/talks/1/messages/{message}"

    begun = editor.post(f"{path}/try", {"entry": CHILDREN})

    assert begun.status_code == 302
    where = begun.location.removeprefix("/staff")
    assert "待たずに登録する" in editor.get(where).text
    (work,) = aside
    work()
    shown = editor.get(where).text
    assert "待たずに" not in shown
    after = re.search(r"<dt>登録すると</dt><dd>(.*?)</dd>", shown)
    assert after is not None
    assert "子どもも診てもらえる？" in after[1]
    with app.sessions() as session:
        assert phrasings.all_of(session) == []
    editor.post(f"{path}/teach", {"entry": CHILDREN})
    with app.sessions() as session:
        assert [row.entry_id for row in phrasings.all_of(session)] == [CHILDREN]
    assert editor.get(f"{path}/try?entry=faq/none").status_code == 400
    # It cannot be taught twice, so it is not tried either.
    assert "登録できません" in editor.post(f"{path}/try", {"entry": WHITENING}, follow_redirects=True).text


def wrote(app: App, text: str) -> int:
    """Somebody wrote *text*; the number of the message."""
    event = {
        "type": "message",
        "webhookEventId": "event-1",
        "timestamp": round(app.clock().timestamp() * 1000),
        "source": {"type": "user", "userId": "U" + "a" * 32},
        "replyToken": "token-1",
        "message": {"id": "message-1", "type": "text", "text": text},
    }
    with app.sessions.begin() as session:
        inbox.receive(session, [event], app.clock())
    while app.dispatcher.work_one():
        pass
    return 1
