"""What holds for any text at all."""

from datetime import date

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot import lint
from bot.library.practice import Practice
from tests.lengths import settings

SUNDAY = date(2026, 11, 22)
PIECES = [
    "治", "る", "ナオ", "ル", "ﾅｵ", "り", "ます", "ません", "ない", "か？", "「", "」",
    "という表現", "肩こり", "必ず", "100%", "No.", "1", "12/30", "(火)", "月", "2月30日", "https://", "example.com",
    "080-1234-5678", "〇〇", "{", "}", "様", "山田", "・", "。", "😀", "㈱", "ｶﾞ", "が",
    "-", "kg", "5", ",", "円", "税抜", "◯", "×", "令和", "元年", "9999", "国家",
    "資格",
    "👨‍👩‍👧", "\n", " ", "\u3000", "\u200b", "\u3099", "\ud800", "\x00",
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=120), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
DRAFTS = st.builds(
    lint.Draft,
    st.lists(st.builds(lint.Part, st.just("text"), TEXTS), max_size=2).map(tuple),
    st.lists(st.builds(lint.Link, st.just("link"), TEXTS), max_size=2).map(tuple),
    st.none() | st.builds(lint.Part, st.just("alt"), TEXTS),
)


@given(draft=DRAFTS, trades=st.sampled_from([("seitai",), ("licensed",), ("gym", "seitai")]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gets_findings_that_lie_in_it_in_a_stable_order(
    practice: Practice, draft: lint.Draft, trades: tuple[str, ...]
) -> None:
    practice = practice.model_copy(update={"trade": trades})

    found = lint.check(draft, practice=practice, today=SUNDAY)

    assert found == lint.check(draft, practice=practice, today=SUNDAY)
    parts = {part.field: part.text for part in draft.texts}
    for part in draft.texts:
        places = [(one.start, one.end, one.id) for one in found if one.field == part.field]
        if len(draft.texts) == 1 and draft.alt is None:
            assert places == sorted(places)
    for one in found:
        assert 0 <= one.start <= one.end
        if len(draft.texts) == 1 and one.field in parts:
            assert one.end <= len(parts[one.field])
            assert one.quote == parts[one.field][one.start : one.end]


@given(text=TEXTS)
@settings(max_examples=60, deadline=None)
def test_what_stands_on_another_line_changes_no_law_finding_of_this_one(practice: Practice, text: str) -> None:
    alone = {one.id for one in lint.check(lint.Draft.of("腰痛が治ります。"), practice=practice, today=SUNDAY)}
    with_more = {
        one.id for one in lint.check(lint.Draft.of(f"{text}\n腰痛が治ります。"), practice=practice, today=SUNDAY)
    }

    assert alone <= with_more
