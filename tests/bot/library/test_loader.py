import dataclasses
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.app import learn
from bot.library.fields import graphemes
from bot.library.library import Library
from bot.library.loader import ContentError, load
from bot.library.schema import Article, Check, Command, Faq, Language, Routine, Safety
from bot.settings import DEFAULT_CONTENT
from bot.talk import House, WoundClock
from tests.conftest import FRIDAY_MORNING

DENTAL = Path(__file__).resolve().parents[2] / "data" / "packs" / "dental"
FAMILY = "👨‍👩‍👧‍👦"
ENTRY = "- {{id: {id}, title: a, label: a, origin: a, answer: a, phrasings: [x1, x2, x3, x4, x5]}}"
FROM_SIXTH_PHRASING = r"(^( *)phrasings:\n(?:\2 +- [^\n]*\n){5})(?:\2 +- [^\n]*\n)+"
HERE = "¶"
"""In a replacement: the problem is to be told with the line that this stands in."""


@dataclass
class Pack:
    """A copy of the shipped pack to be spoiled."""

    folder: Path

    def write(self, file: str, text: str | bytes) -> None:
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def change(self, file: str, pattern: str, replacement: str) -> int:
        """Replace the first match of *pattern*; the line in which the replacement's pilcrow stood, else begins."""
        text = (self.folder / file).read_text(encoding="utf-8")
        found = re.search(pattern, text, re.MULTILINE | re.DOTALL)
        assert found, f"{file} has no {pattern}"
        changed = text[: found.start()] + found.expand(replacement) + text[found.end() :]
        place = changed.find(HERE) if HERE in replacement else found.start()
        self.write(file, changed.replace(HERE, ""))
        return changed.count("\n", 0, place) + 1

    def problems(self) -> list[str]:
        """What the loader says about it."""
        with pytest.raises(ContentError) as caught:
            load(self.folder)
        assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
        return str(caught.value).splitlines()


@pytest.fixture(scope="module")
def short_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped pack with five phrasings for each entry and few rules, which is read in a fraction of the time."""
    folder = tmp_path_factory.mktemp("packs") / "short"
    shutil.copytree(DEFAULT_CONTENT, folder)
    for path in (folder / "language").iterdir():
        path.unlink()
    shutil.copy(DENTAL / "language" / "safety.yaml", folder / "language")
    for path in folder.glob("*/*.*"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(FROM_SIXTH_PHRASING, r"\1", text, flags=re.MULTILINE), encoding="utf-8")
    return folder


@pytest.fixture
def pack(short_pack: Path, tmp_path: Path) -> Pack:
    shutil.copytree(short_pack, tmp_path / "pack")
    return Pack(tmp_path / "pack")


@pytest.fixture
def whole_pack(tmp_path: Path) -> Pack:
    shutil.copytree(DEFAULT_CONTENT, tmp_path / "whole")
    return Pack(tmp_path / "whole")


@pytest.fixture(scope="module")
def shipped() -> Library:
    return load(DEFAULT_CONTENT)


def test_the_shipped_pack_loads_whole(shipped: Library) -> None:
    assert all(shipped.of(kind) for kind in (Article, Faq, Routine, Check, Command, Safety))
    assert shipped.entry("command/menu").kind == "command"
    assert set(shipped.values()) >= {"name", "hours", "prices", "booking_url"}


def test_a_label_has_twenty_characters_as_people_see_them(pack: Pack) -> None:
    assert graphemes(FAMILY) == 1

    pack.change("faqs/clinic.yaml", r"^  label: [^\n]*$", f"  label: {FAMILY * 20}")

    assert load(pack.folder).of(Faq)


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "told"),
    [
        pytest.param(
            "faqs/clinic.yaml", r"^  origin: b$", "  origin: b\n  ¶colour: red",
            r"colour: is not a key of this kind of entry; remove it or mend its spelling",
            id="unknown key",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^- id: (\S+)\n  title: [^\n]*\n", r"¶- id: \1\n", r"title: is missing; add it", id="missing key",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^  related: \[[^\n]*$", "  related: [faq/nowhere]",
            r"related: faq/nowhere does not exist; mend the id or remove it",
            id="dead reference",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^  related: \[[^\n]*$", "  related:\n    - faq/pelvis\n    - ¶faq/nowhere",
            r"related: faq/nowhere does not exist; mend the id or remove it",
            id="dead reference in a list of lines",
        ),
        pytest.param(
            "routines/routines.yaml", r"^  steps: \[[^\n]*$", "  steps: [exercise/nowhere]",
            r"steps: exercise/nowhere does not exist; mend the id or remove it",
            id="dead step of a routine",
        ),
        pytest.param(
            "routines/routines.yaml", r"^  steps: \[[^\n]*$", "  steps: [faq/pelvis]",
            r"steps: faq/pelvis must be of the kind exercise",
            id="a step of the wrong kind",
        ),
        pytest.param(
            "checks/back-slimming.yaml", r"^      routine: [^\n]*$", "      routine: routine/nowhere",
            r"endings: routine/nowhere does not exist; mend the id or remove it",
            id="dead ending of a check",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^  label: [^\n]*$", f"  label: {FAMILY * 21}",
            r"label: has 21 characters; shorten it to 20",
            id="label too long",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^  title: [^\n]*$", "  title: " + "歯" * 41,
            r"title: has 41 characters; shorten it to 40",
            id="title too long",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^  answer: \|\n", "  ¶answer: |\n    " + "歯" * 1000 + "\n",
            r"answer: has 1\d\d\d characters; shorten it to 1000",
            id="answer too long",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"\A", f"{ENTRY.format(id='command/x')}\n",
            r"id: must begin with faq/ in this folder",
            id="an id of another kind",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"\A", f"{ENTRY.format(id='faq/X')}\n",
            r"id: 'faq/X' is not of the right form .*; mend it",
            id="an id of the wrong form",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^- id: faq/pelvis\n", "- id: faq/pelvis\n  label: [a\n¶- id: b\n",
            r"is not valid YAML: .*; check quotes and indentation",
            id="bad YAML",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^  origin: b$", "  origin: b\n  ¶origin: c",
            r"has the key 'origin' twice; keep one",
            id="a key twice",
        ),
        pytest.param(
            "articles/back-slimming.md", r"\A---\n", "", r"must begin with front matter between two lines of ---",
            id="no front matter",
        ),
        pytest.param(
            "articles/back-slimming.md", r"\A---\n.*?\n---\n", "---\n¶- a list\n---\n", r"must hold lines of .*",
            id="front matter of the wrong form",
        ),
        pytest.param(
            "articles/back-slimming.md", r"^id: (\S+)\n(.*?)^reviewed_on: [^\n]*\n", r"id: \1\n\2", r"reviewed_on: is missing; add it",
            id="an article that nobody reviewed",
        ),
        pytest.param(
            "articles/back-slimming.md", r"^reviewed_on: [^\n]*$", "reviewed_on: 2026-02-31",
            r"holds the value '2026-02-31', which cannot be read; .*",
            id="a day that there is not",
        ),
        pytest.param(
            "articles/back-slimming.md", r"^## [^\n]*$", "## 見出しだけ", r"is no section heading; write `## Title \{#slug\}`",
            id="a heading without a slug",
        ),
        pytest.param(
            "articles/back-slimming.md", r"\n---\n", "\n---\n¶前置きの文。\n\n",
            r"stands before the first section; put it under a `## Title \{#slug\}`",
            id="text before the first section",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^  origin: b$", "  origin: nobody",
            r"origin: 'nobody' is not in origins.yaml; add it there or choose another",
            id="unknown origin",
        ),
        pytest.param(
            "faqs/practice.yaml", r"\$booking_url", "$bookingurl",
            r"(answer|links): \$bookingurl is no value of the practice; use one of access, address, .*",
            id="unknown value",
        ),
        pytest.param(
            "faqs/clinic.yaml", r"^  answer: \|\n", "  ¶answer: |\n    料金は$ 5です。\n",
            r"answer: a `\$` must begin a value's name; write `\$\$` for the sign itself",
            id="a lone dollar sign in an answer",
        ),
        pytest.param(
            "practice.yaml", r'open: "10:00"', 'open: "25:00"', r"hours.0.open: '25:00' is not of the right form .*; mend it",
            id="a time that there is not",
        ),
        pytest.param(
            "practice.yaml", r"\[tue,", "[tuesday,", r"hours.0.days.0: 'tuesday' is not one of .*'mon'.*",
            id="unknown weekday",
        ),
        pytest.param(
            "practice.yaml", r"^timezone: \S+$", "timezone: Asia/Atlantis", r"timezone: is no time zone; write one such as .*",
            id="unknown time zone",
        ),
        pytest.param(
            "origins.yaml", r"\A.*\Z", "- a\n", r"must hold lines of the form .*", id="origins of the wrong form",
        ),
        pytest.param(
            "messages/conversation.yaml", r"^welcome_again: ", "welcome_again: $ ",
            r"welcome_again: a `\$` must begin a value's name; write `\$\$` for the sign itself",
            id="a lone dollar sign in a message",
        ),
        pytest.param(
            "messages/conversation.yaml", r"^date_line: [^\n]*$", "date_line: $month月$dya日",
            r"date_line: \$dya is not filled in here; the values are: .*\$day.*",
            id="a value that the message does not get",
        ),
        pytest.param(
            "messages/conversation.yaml", r"^welcome_again: ", "¶welcome_twice: またどうぞ\nwelcome_again: ",
            r"welcome_twice: is no message of the program; remove it or mend its spelling",
            id="a message that nobody says",
        ),
        pytest.param(
            "messages/conversation.yaml", r"^welcome_again: ", "¶yes: はい\nwelcome_again: ",
            r"has the key 'yes', which is no text to YAML; put it in quotes",
            id="a message whose key is no word",
        ),
        pytest.param(
            "language/safety.yaml", r"^( +)- id: safety/crisis$", r"\1- id: safety/nowhere",
            r"kinds: safety/nowhere does not exist; add the entry to safety/ or mend the id",
            id="safety rules that lead nowhere",
        ),
    ],
)  # fmt: skip
def test_a_broken_place_is_told_with_its_line_and_how_to_mend_it(
    pack: Pack, file: str, pattern: str, replacement: str, told: str
) -> None:
    line = pack.change(file, pattern, replacement)

    problems = pack.problems()

    assert len(problems) == 1, problems
    assert re.fullmatch(f"{re.escape(file)}: {line}: (?:{told})", problems[0]), problems


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(
            lambda pack: pack.change("commands/commands.yaml", r"^- id: command/snooze\n.*?(?=^- id: )", ""),
            "commands: 1: command/snooze is missing; every pack must have an entry with this id",
            id="a required command",
        ),
        pytest.param(
            lambda pack: (pack.folder / "practice.yaml").unlink(),
            "practice.yaml: 1: is missing; copy it from the shipped pack and fill it in",
            id="practice.yaml",
        ),
        pytest.param(
            lambda pack: (pack.folder / "origins.yaml").unlink(),
            "origins.yaml: 1: is missing; it names the origins of the answers",
            id="origins.yaml",
        ),
        pytest.param(
            lambda pack: pack.write("practice.yaml", "# nothing yet\n"),
            "practice.yaml: 1: must hold lines of the form `key: value`",
            id="an empty practice.yaml",
        ),
        pytest.param(
            lambda pack: pack.write("faqs/latin.yaml", "# Umlaut:\n# \xfc\n[]\n".encode("latin-1")),
            "faqs/latin.yaml: 2: is not UTF-8; save it with the encoding UTF-8",
            id="UTF-8",
        ),
        pytest.param(
            lambda pack: pack.write("faqs/bell.yaml", "# a\n# \x07\n[]\n"),
            "faqs/bell.yaml: 2: holds a character that YAML does not allow; remove it",
            id="a character that can be read",
        ),
        pytest.param(
            lambda pack: pack.write("faqs/quote.yaml", "- id: faq/quote\n  title: 'open\n  label: open\n"),
            "faqs/quote.yaml: 2: is not valid YAML: a quote opened here is never closed",
            id="a closing quote",
        ),
        pytest.param(
            lambda pack: pack.write("faqs/more.yml", "[]\n"),
            "faqs/more.yml: 1: is not read: files of faqs/ end in .yaml; rename it or move it away",
            id="the right ending",
        ),
        pytest.param(
            lambda pack: pack.write("faqs/one.yaml", "id: faq/one\n"),
            "faqs/one.yaml: 1: must hold a list of entries, each beginning with `- id:`",
            id="a list",
        ),
        pytest.param(
            lambda pack: pack.write("language/slang.yaml", "[]\n"),
            "language/slang.yaml: 1: is not a file of language/; it may hold "
            + ", ".join(sorted(f"{name}.yaml" for name in Language.model_fields)),
            id="a known name in language/",
        ),
        pytest.param(
            lambda pack: pack.write("faqs/knot.yaml", "- &a [*a]\n"),
            "faqs/knot.yaml: 1: is nested without end; write it without `&` and `*`",
            id="an end",
        ),
    ],
)
def test_what_is_missing_is_named(pack: Pack, spoil: Callable[[Pack], object], told: str) -> None:
    spoil(pack)

    assert pack.problems() == [told]


def test_an_id_is_used_once_and_both_places_are_told(pack: Pack) -> None:
    first = pack.change("faqs/clinic.yaml", r"^- id: faq/pelvis$", "- id: faq/pelvis")
    pack.write("faqs/zz.yaml", f"# one more\n{ENTRY.format(id='faq/pelvis')}\n")

    assert pack.problems() == [
        f"faqs/zz.yaml: 2: id: faq/pelvis stands already in faqs/clinic.yaml:{first}; ids are unique"
    ]


def test_a_phrasing_stands_once_in_the_whole_pack(pack: Pack) -> None:
    phrasing = load(pack.folder).entry("command/menu").phrasings[0]
    twin = pack.change("faqs/clinic.yaml", r"^  phrasings:\n", f"  phrasings:\n    ¶- {phrasing}\n")
    twice = pack.change("terms/terms.yaml", r"^  phrasings:\n", "  phrasings:\n    - ぜんぜん別\n    ¶- ぜんぜん別\n")

    assert pack.problems() == [
        f"faqs/clinic.yaml: {twin}: phrasings: {phrasing!r} stands already under command/menu; keep it at one of them",
        f"terms/terms.yaml: {twice}: phrasings: 'ぜんぜん別' stands twice; keep one",
    ] or pack.problems() == [
        # Whichever of the two is read first keeps it.
        f"commands/commands.yaml: {_line(pack, 'commands/commands.yaml', phrasing)}: phrasings: {phrasing!r} stands "
        f"already under {_first_id(pack, 'faqs/clinic.yaml')}; keep it at one of them",
        f"terms/terms.yaml: {twice}: phrasings: 'ぜんぜん別' stands twice; keep one",
    ]


def test_several_problems_are_told_at_once_in_order_of_files_and_lines(pack: Pack) -> None:
    bad_time = pack.change("practice.yaml", r'open: "10:00"', 'open: "noon"')
    dead = pack.change("faqs/clinic.yaml", r"^  related: \[[^\n]*$", "  related: [faq/nowhere]")
    extra = pack.change("terms/terms.yaml", r"^  origin: \w+$", "\\g<0>\n  ¶colour: red")
    (pack.folder / "origins.yaml").unlink()

    places = [problem.split(": ")[:2] for problem in pack.problems()]

    assert places == [
        ["faqs/clinic.yaml", str(dead)],
        ["origins.yaml", "1"],
        ["practice.yaml", str(bad_time)],
        ["terms/terms.yaml", str(extra)],
    ]


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="is no folder; name one that holds a content pack"):
        load(tmp_path / "nowhere")


def test_the_rules_must_lead_every_phrasing_of_a_safety_entry_to_it(pack: Pack) -> None:
    line = pack.change(
        "safety/safety.yaml", r"^  phrasings:\n", "  phrasings:\n    - 助けを呼んで\n    ¶- 今日はいい天気\n"
    )
    other = pack.change(
        "safety/safety.yaml", r"^  phrasings:\n.*?^  phrasings:\n", "\\g<0>    ¶- いい天気なので救急車\n"
    )

    def judge(text: str) -> str | None:
        if "いい天気" in text:
            return "safety/crisis" if "救急車" in text else None
        return owners[text]

    owners = {phrasing: entry.id for entry in load(pack.folder).of(Safety) for phrasing in entry.phrasings}
    with pytest.raises(ContentError) as caught:
        load(pack.folder, judged_by=lambda book: judge)

    first, second = str(caught.value).splitlines()
    assert first.startswith(
        f"safety/safety.yaml: {line}: phrasings: '今日はいい天気' is not caught; add its words to a rule of "
    )
    assert second.startswith(
        f"safety/safety.yaml: {other}: phrasings: 'いい天気なので救急車' is caught for safety/crisis; add "
    )


def test_a_pack_saved_by_windows_reads_the_same(whole_pack: Pack, shipped: Library) -> None:
    for path in whole_pack.folder.rglob("*.*"):
        if path.suffix in (".yaml", ".md"):
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    library = load(whole_pack.folder)

    assert library.entries == shipped.entries
    assert library.messages == shipped.messages
    assert library.language == shipped.language
    assert library.practice == shipped.practice


def test_the_library_cannot_be_changed(shipped: Library) -> None:
    entry = shipped.entry("command/menu")

    with pytest.raises(dataclasses.FrozenInstanceError):
        shipped.digest = ""  # type: ignore[misc]
    with pytest.raises(TypeError):
        shipped.entries["command/menu"] = entry  # type: ignore[index]
    with pytest.raises(TypeError):
        shipped.messages["welcome"] = ""  # type: ignore[index]
    with pytest.raises(ValidationError):
        entry.title = ""
    assert isinstance(entry.phrasings, tuple)


def test_the_digest_names_the_exact_content(whole_pack: Pack, shipped: Library) -> None:
    assert load(whole_pack.folder).digest == shipped.digest

    whole_pack.change("faqs/clinic.yaml", r"\A", "# a comment\n")

    assert load(whole_pack.folder).digest != shipped.digest


def test_a_wholly_different_pack_loads_and_answers(tmp_path: Path) -> None:
    folder = tmp_path / "dental"
    shutil.copytree(DENTAL, folder)
    knowledge = learn(folder)
    visitor = House(knowledge, WoundClock(FRIDAY_MORNING)).person()

    assert {entry.kind for entry in knowledge.library.entries.values()} == {"faq", "command", "safety"}
    assert any("まっしろ歯科" in text for text in visitor.follow().texts)
    for said, id, part in [
        ("ホワイトニングっていくら?", "faq/whitening", "19,800円"),
        ("子どもも診てもらえますか", "faq/children", "3歳から"),
        ("歯ぐきの血が止まらない", "safety/emergency", "救急"),
    ]:
        heard = visitor.say(said)
        assert heard.reply is not None
        assert heard.reply.about == id
        assert any(part in text for text in heard.texts), heard.texts
    for command in knowledge.library.of(Command):
        assert visitor.say(command.phrasings[0]).messages, command.id


def _line(pack: Pack, file: str, phrasing: str) -> int:
    text = (pack.folder / file).read_text(encoding="utf-8")
    return text[: text.index(f"- {phrasing}\n")].count("\n") + 1


def _first_id(pack: Pack, file: str) -> str:
    found = re.search(r"^- id: (\S+)$", (pack.folder / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


def test_a_pack_without_language_still_hears_danger_and_a_yes(tmp_path: Path) -> None:
    folder = tmp_path / "dental"
    shutil.copytree(DENTAL, folder)
    shutil.rmtree(folder / "language")
    library = load(folder)

    assert library.language.safety.kinds
    assert library.language.words["yes"]
    assert not library.language.synonyms
    assert library.messages["welcome"]


def test_messages_to_judge_by_may_want_only_what_there_is_and_what_staff_took_away_is_wanted_no_more(
    pack: Pack,
) -> None:
    pack.write("evaluation/own.jsonl", '{"text": "どこ？", "want": ["faq/access"], "style": "short"}\n\n')
    assert load(pack.folder).evaluation[-1].want == ("faq/access",)
    assert load(pack.folder, edits={"faq/access": {}}).evaluation[-1].want == ()

    pack.write("evaluation/own.jsonl", '{"text": "え"}\n{\n{"text": "え", "want": ["faq/none"]}\n')

    assert pack.problems() == [
        "evaluation/own.jsonl: 1: want: is missing; add it",
        'evaluation/own.jsonl: 2: is not of the form {"text": "…", "want": ["id", …]}; mend it',
        "evaluation/own.jsonl: 3: want: faq/none does not exist; mend the id or remove it",
    ]


@pytest.mark.parametrize(
    "url", ["地図", "www.example.jp", "https://example.jp/a b", "https://example.jp/予約", "$phone"]
)
def test_pages_of_the_practice_must_open(pack: Pack, url: str) -> None:
    line = pack.change("practice.yaml", r"^booking_url: \S+$", f'booking_url: "{url}"')

    assert pack.problems() == [
        f"practice.yaml: {line}: booking_url: must be an address (https://…, tel:…) without spaces"
    ]


@pytest.mark.parametrize(
    "url", ["地図", "www.example.jp", "https://example.jp/a b", "https://example.jp/予約", "$phone"]
)
def test_a_button_must_open_something(pack: Pack, url: str) -> None:
    line = pack.change("faqs/practice.yaml", r'url: "tel:\$phone"', f'url: "{url}"')

    assert pack.problems() == [
        f"faqs/practice.yaml: {line}: links: url must be an address (https://…, tel:…), $booking_url or $homepage_url, without spaces"
    ]
