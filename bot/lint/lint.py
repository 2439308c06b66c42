"""Check a draft: every rule and every fact over every part, in the order of the text."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bot.library.lint_book import LintBook
from bot.library.lint_files import shipped
from bot.library.practice import Practice
from bot.lint import dates, hours, links, privacy, spelling
from bot.lint.draft import Draft, Finding, Part
from bot.lint.facts import Fact, Look, Page, Signs
from bot.lint.letters import Text
from bot.lint.rules import Rules
from bot.lint.words import Lexicon

Opens = Callable[[str], bool]
"""Whether a page answers at this address; asks the network, so it is never part of the check by default."""

LOOKS: tuple[Look, ...] = (dates.look, hours.look, links.look, privacy.look, spelling.look)
LONGEST_TEXT, LONGEST_ALT = 5000, 400


def check(
    draft: Draft,
    *,
    practice: Practice,
    today: date,
    book: LintBook | None = None,
    opens: Opens | None = None,
) -> tuple[Finding, ...]:
    """What to look at before *draft* goes out, in the order of its fields and letters; never raises, whatever was typed.

    *today* is the practice's day; *book* are the rules of its pack (``library.lint``), the shipped ones when None. *opens* is
    asked about each address that looks right.
    """
    book = shipped() if book is None else book
    ready = _ready(book)
    found: list[Finding] = []
    for part in (*draft.texts, *((draft.alt,) if draft.alt is not None else ())):
        limit = part.limit or (LONGEST_ALT if part is draft.alt else LONGEST_TEXT)
        page = Page(Text.of(part.text, ready.lexicon), practice, today, ready.signs)
        found += sorted({*_law(part, page, ready.rules), *_facts(part, page, book, limit, opens)}, key=_place)
    for link in draft.links:
        id = links.of_button(link.url, opens)
        if id is not None:
            found.append(Fact(id, 0, len(link.url)).told(Part(link.field, link.url), book))
    if draft.alt is not None and not draft.alt.text.strip():
        found.append(Fact("alt-missing", 0, 0).told(draft.alt, book))
    if draft.alt is None and not any(part.text.strip() for part in draft.texts):
        found.append(Fact("empty", 0, 0).told(draft.texts[0] if draft.texts else Part("text", ""), book))
    return tuple(found)


def addresses(draft: Draft) -> tuple[str, ...]:
    """The pages that *draft* leads to, each once: those that ``opens`` is asked about."""
    texts = (part.text for part in (*draft.texts, *((draft.alt,) if draft.alt is not None else ())))
    found = [url for text in texts for _, url in links.addresses(text)]
    return tuple(dict.fromkeys(found + [link.url for link in draft.links if links.can_open(link.url)]))


class _Ready(NamedTuple):
    lexicon: Lexicon
    rules: Rules
    signs: Signs


@lru_cache(maxsize=8)
def _ready(book: LintBook) -> _Ready:
    """*book* made ready to be searched for; once for each book."""
    lexicon = Lexicon(book.words)
    return _Ready(lexicon, Rules(book, lexicon), Signs(book, lexicon))


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.start, finding.end, finding.id


def _law(part: Part, page: Page, rules: Rules) -> Iterator[Finding]:
    for match in rules.find(page.text, page.practice):
        rule = match.rule
        start, end = page.text.typed_span(match.start, match.end)
        better = rule.rewrite.get(page.text.letters[match.start : match.end])
        quote = part.text[start:end]
        yield Finding(rule.id, rule.level, part.field, start, end, quote, rule.law, rule.why, rule.fix, better)


def _facts(part: Part, page: Page, book: LintBook, limit: int, opens: Opens | None) -> Iterator[Finding]:
    for look in LOOKS:
        for fact in look(page):
            yield fact.told(part, book)
    long = spelling.too_long(part.text, limit)
    if long is not None:
        yield long.told(part, book)
    if opens is not None:
        for start, url in links.addresses(part.text):
            if not opens(url):
                yield Fact("link-dead", start, start + len(url)).told(part, book)
