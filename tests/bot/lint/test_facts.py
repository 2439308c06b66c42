from datetime import date

import pytest

from bot import lint
from bot.library.practice import Practice

SUNDAY = date(2026, 11, 22)


def ids(practice: Practice, text: str, today: date = SUNDAY) -> list[str]:
    return [finding.id for finding in lint.check(lint.Draft.of(text), practice=practice, today=today)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12月30日（火）はお休みです", ["date-weekday"]),
        ("１２月３０日（火）はお休みです", ["date-weekday"]),
        ("12/30㈫はお休みです", ["date-weekday", "odd-letters"]),
        ("12/30(水)はお休みです", []),
        ("令和8年12月30日(水)はお休みです", []),
        ("令和8年12月30日(木)はお休みです", ["date-weekday"]),
        ("2027年1月5日(火)から営業します", []),
        ("1月5日(火)から営業します", []),
        ("2月29日(火)に開催します", []),  # In 2028.
        ("2月30日に開催します", ["date-none"]),
        ("10月25日(日)に開催します", ["date-past"]),
        ("10月25日(日)に開催しました", []),
        ("10月25日(月)は創立記念日です", []),  # Next year's.
        ("11月30日(月)に予約の空きがあります", ["clinic-closed"]),
        ("12月5日(土)19時半に予約の空きがあります", ["hours-outside"]),
        ("11/1〜11/30はお休みです", []),
        ("3/4くらいの量です", []),
        ("11月3日(火・祝)は開催しました", []),
        ("11月24日(火・祝)はお休みします", ["holiday-wrong"]),
        ("11月24日の勤労感謝の日はお休みします", ["holiday-wrong"]),
        ("1月11日は成人の日です", []),
    ],
)
def test_dates_weekdays_and_holidays_are_reckoned(practice: Practice, text: str, expected: list[str]) -> None:
    assert sorted(ids(practice, text)) == expected


def test_a_wrong_weekday_comes_with_the_right_one(practice: Practice) -> None:
    text = "次の会は12/30（火）です"
    (finding,) = lint.check(lint.Draft.of(text), practice=practice, today=SUNDAY)

    assert (finding.quote, finding.rewrite) == ("12/30（火）", "12/30（水）")
    assert "水曜日" in finding.why
    assert "$" not in finding.why


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.mhlw.go.jp/index.html", []),
        ("https://line.me/R/ti/p/abc", []),
        ("http://seitai.jp", ["link-form"]),
        ("www.seitai.jp", ["link-form"]),
        ("https://example.com/a", ["link-broken"]),
        ("https://localhost:8000/", ["link-broken"]),
        ("https://192.168.0.1/", ["link-broken"]),
        ("https://seitai", ["link-broken"]),
        ("https:/seitai.jp", ["link-broken"]),
        ("htps://seitai.jp", ["link-broken"]),
        ("https://bit.ly/3abc", ["link-short"]),
        ("https://[", ["link-broken"]),
    ],
)
def test_links_are_judged_by_their_form(practice: Practice, url: str, expected: list[str]) -> None:
    assert ids(practice, f"ご案内 {url} をどうぞ") == expected


def test_a_button_may_call_the_practice_and_a_page_may_be_asked_whether_it_opens(practice: Practice) -> None:
    links = tuple(
        lint.Link(f"link-{n}", url) for n, url in enumerate(["tel:03-1111-1111", "https://a.jp/", "https://a b.jp"])
    )
    draft = lint.Draft((lint.Part("text", "見る https://c.jp/x"),), links)

    offline = lint.check(draft, practice=practice, today=SUNDAY)
    online = lint.check(draft, practice=practice, today=SUNDAY, opens=lambda url: "c.jp" in url)

    assert [(finding.field, finding.id) for finding in offline] == [("link-2", "link-broken")]
    assert [(finding.field, finding.id) for finding in online] == [("link-1", "link-dead"), ("link-2", "link-broken")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("080-1234-5678", ["phone-foreign"]),
        ("０８０１２３４５６７８", ["phone-foreign"]),
        ("00-0000-0000", []),
        ("0120-000-000", []),
        ("a.b@seitai.jp", ["mail-address"]),
        ("123456789018", ["my-number"]),
        ("123456789012", []),
        ("鈴木さんの腰痛", ["name-symptom"]),
        ("鈴木さん、こんにちは", []),
        ("お客様の腰痛", []),
    ],
)
def test_what_would_give_somebody_away_is_found(practice: Practice, text: str, expected: list[str]) -> None:
    assert ids(practice, text) == expected


def test_length_is_counted_as_line_counts_it(practice: Practice) -> None:
    (finding,) = lint.check(
        lint.Draft((lint.Part("text", "あ" * 8 + "😀" * 2, limit=11),)), practice=practice, today=SUNDAY
    )

    assert (finding.id, finding.start, finding.end) == ("too-long", 9, 10)
    assert "12" in finding.why


def test_an_empty_draft_and_a_picture_without_words_are_told(practice: Practice) -> None:
    empty = lint.check(lint.Draft((lint.Part("text", " \n"),)), practice=practice, today=SUNDAY)
    picture = lint.check(lint.Draft((), alt=lint.Part("alt", ""), kind="image"), practice=practice, today=SUNDAY)

    assert [finding.id for finding in empty] == ["empty"]
    assert [finding.id for finding in picture] == ["alt-missing"]
    assert lint.blocks(empty)
    assert not lint.blocks(picture)
    assert lint.worst(()) is None
