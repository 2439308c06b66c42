"""Rules that hold across the whole program, each with a message that says what to do."""

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

import handlers
from bot import db
from bot.app import Knowledge
from bot.clock import system_clock
from bot.delivery import outbox
from bot.delivery.sender import Sender
from bot.models.outbox import Purpose
from bot.settings import Settings
from bot.understanding.match import documents_of
from bot.web import create
from tests.fakes import NOON, FakeClock, FakeMessenger

ROOT = Path(__file__).resolve().parents[1]
SILENT = ("handlers", "bot/line", "bot/delivery", "bot/staff", "bot/web", "bot/web/console")
SOURCES = sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/*.py"), *ROOT.glob("migrations/*.py")])
LONGEST_MODULE = 300
DAY = timedelta(days=1)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for_and_can_be_read_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(text)), f"{path}: begin with one sentence that says what it is for"
    assert text.count("\n") <= LONGEST_MODULE, f"{path}: split it"


def test_every_handler_module_is_in_the_table_of_contents() -> None:
    text = (ROOT / "handlers" / "__init__.py").read_text(encoding="utf-8")
    shared = {"__init__", "cards", "desk_announcement", "desk_closure", "staff_tie", "own_words", "reminder_words"}

    missing = [
        path.stem for path in ROOT.glob("handlers/*.py") if path.stem not in shared and f" {path.stem}," not in text
    ]

    assert not missing, f"register in handlers/__init__.py: {missing}"


def test_every_message_that_is_said_is_written_and_every_written_one_is_said(knowledge: Knowledge) -> None:
    speakers = [
        *ROOT.glob("handlers/*.py"),
        *ROOT.glob("bot/library/*.py"),
        *ROOT.glob("bot/*.py"),
        *ROOT.glob("bot/cli/*.py"),
        *ROOT.glob("bot/talks/*.py"),
    ]
    code = "\n".join(path.read_text(encoding="utf-8") for path in speakers)
    written = set(knowledge.library.messages)
    said = set(re.findall(r'(?:say|words|button|said)\(\s*(?:turn,\s*)?(?:library\.messages,\s*)?"([a-z_]+)"', code))

    assert not said - written, f"write in content/messages: {sorted(said - written)}"
    unsaid = {key for key in written if f'"{key}"' not in code and f'"{re.sub(r"[0-9]+$", "", key)}' not in code}
    # Said by a name that is put together, such as f"reminder_stands_{state}".
    beginnings = tuple(re.findall(r'f"([a-z_]+_)\{', code))
    unsaid = {key for key in unsaid if not key.startswith(beginnings)}
    assert not unsaid, f"nobody says these, remove them from content/messages: {sorted(unsaid)}"


def test_every_command_of_the_pack_has_a_handler_and_every_kind_an_answer(knowledge: Knowledge) -> None:
    for id, entry in knowledge.library.entries.items():
        assert id in handlers.BY_COMMAND or entry.kind in handlers.BY_KIND, f"{id}: add a handler"


def test_nothing_is_learnt_from_the_messages_by_which_learning_is_judged(knowledge: Knowledge) -> None:
    library = knowledge.library
    examples = library.language.safety_examples
    learnt = {text for entry in library.entries.values() for text in entry.phrasings}
    learnt.update(library.language.out_of_scope, examples.harmless, *examples.dangers.values())
    # One word is typed the same by everybody.
    both = [one.text for one in library.evaluation if one.text in learnt and len(one.text) > len("交感神経とは")]

    assert library.evaluation
    assert both == [], "word them otherwise in content/evaluation: what was learnt by heart measures nothing"
    assert documents_of(library) == documents_of(replace(library, evaluation=()))


def test_every_verb_of_a_button_is_understood() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("handlers/*.py"))
    verbs = set(re.findall(r'(?:button\("[a-z_]+", f?|Choice\([^()]*(?:\([^()]*\))?[^()]*, f?)"([a-z-]+)', code))

    understood = {*handlers.BY_TAP, *handlers.desk.BY_TAP, "open", "continue"}

    assert verbs <= understood, verbs - understood


def test_every_setting_has_its_line_in_the_example_and_in_the_readme() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for name in Settings.model_fields:
        assert f"{name.upper()}=" in example, f".env.example: add {name.upper()}"
        assert name.upper() in readme, f"README.md: explain {name.upper()}"


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    asking = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"datetime\.(now|utcnow|today)\(|date\.today\(", path.read_text(encoding="utf-8"))
    ]

    assert asking == ["bot/clock.py"]


def test_nothing_but_the_sender_pushes() -> None:
    def found(wanted: Callable[[ast.AST], bool]) -> set[str]:
        return {
            str(path.relative_to(ROOT))
            for path in SOURCES
            if any(wanted(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        }

    # However it is named there, and also when it is only handed on.
    pushing = found(lambda node: isinstance(node, ast.Attribute) and node.attr in ("push", "multicast", "broadcast"))
    assert pushing == {"bot/delivery/sender.py"}, "write it into the outbox: the sender asks the gate, then sends"
    addressing = found(
        lambda node: isinstance(node, ast.Constant) and bool(re.search("message/(push|multi|broad)", str(node.value)))
    )
    assert addressing == {"bot/line/messenger.py", "bot/in_process.py"}, "LINE is spoken to by a Messenger alone"


@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_nothing_but_answers_and_what_staff_get_goes_past_a_gate_that_drops_all(
    sessions: db.Sessions, clock: FakeClock, messenger: FakeMessenger, purpose: Purpose
) -> None:
    with sessions.begin() as session:
        # The gate lets nothing but answers and what staff get pass to people whom it does not know.
        for days in (0, 1):
            due = {"purpose": purpose, "payload": [{"type": "text"}], "now": NOON, "not_before": NOON + DAY * days}
            outbox.add_push(session, to="nobody", **due)
            outbox.add_multicast(session, to=["stranger", "strangest"], **due)
    sender = Sender(sessions, clock, messenger, pause=lambda _seconds: None)
    messenger.refuses()  # Which a batch would be split for, and each half tried anew.
    for _ in range(100):
        while sender.send_one():
            pass
        clock.advance(hours=1)

    reached = {name for sent in messenger.asked for name in sent.to}
    assert reached == ({"nobody", "stranger", "strangest"} if purpose in ("answer", "alert", "test") else set())


def test_japanese_that_people_read_is_content_not_code() -> None:
    speaking = []
    for path in [path for folder in SILENT for path in ROOT.glob(f"{folder}/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.search(r"[ぁ-んァ-ヶ一-龠]", node.value)
            ):
                speaking.append((path.name, node.lineno, node.value))
    # Docstrings quote what people say; they are the first thing of their module or function.
    spoken = [
        (name, line) for name, line, value in speaking if "\n" not in value and not value.rstrip().endswith((".", "?"))
    ]
    spoken = [(name, line) for name, line in spoken if not _is_docstring(ROOT, name, line)]

    assert spoken == [], "move these words to content/messages"


def _is_docstring(root: Path, name: str, line: int) -> bool:
    path = next(path for folder in SILENT for path in (root / folder).glob(name))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            for statement in body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    first, last = statement.lineno, statement.end_lineno or statement.lineno
                    if first <= line <= last:
                        return True
    return False


def test_a_stranger_is_turned_away_everywhere_but_at_the_public_doors(tmp_path: Path) -> None:
    public = {
        ("GET", "/"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),  # A load balancer asks it; it tells no more than that something is down.
        ("GET", "/static/<path:filename>"),
        ("GET", "/static/line/<path:name>"),
        ("GET", "/pictures/<name>"),  # As those below, and of the pack: its name holds the digest of what is in it.
        ("GET", "/pictures/u/<name>"),  # LINE and clients' phones fetch them; the name is the digest of what is in it.
        (
            "GET",
            "/go/<token>",
        ),  # Opened from LINE, which names nobody; the token is signed and leads to stored pages only.
        ("GET", "/privacy"),  # Who thinks of adding the account may read it first; it tells nothing of anybody.
        ("GET", "/privacy.css"),  # And how it looks.
    }
    app = create(
        channel_secret="x" * 32,
        sessions=db.connect("sqlite://"),
        clock=system_clock,
        pictures=tmp_path,
        wake=lambda: None,
        library=lambda: pytest.fail("no library needed"),
    )

    doors = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert doors == public, "a new door: protect it, or add it here with the reason"
    assert app.test_client().post("/line/webhook", data=b"{}").status_code == 400, (
        "LINE's door lets in what is not signed"
    )
