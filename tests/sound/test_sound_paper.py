"""Words on paper: what no font has is printed so that it can be read, and never takes other letters with it."""

from __future__ import annotations

import pytest

from controlroom.sound.drawing import paper

WORDS = {"label": "Sheet", "title": "", "studio": "House", "as_of": "2026", "day": "1", "hours": "1:11", "paper": "a4"}
EMOJI = frozenset("🎹👩👧👍🏽🇩🇪\u200d\ufe0f\u20e3")


def _printed(title: str, letters: frozenset[str] = EMOJI) -> str:
    return str(paper._without({"title": [title]}, letters)["title"][0])


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("Night Train 🎹 (feat. Ben)", "Night Train [musical keyboard] (feat. Ben)"),
        ("👩\u200d👧 👍🏽", "[woman][girl] [thumbs up sign]"),
        ("🇩🇪 1\ufe0f\u20e3", "DE 1"),
        ("夜 is heard", "夜 is heard"),
    ],
)
def test_a_sign_without_a_font_is_printed_by_its_name(title: str, printed: str) -> None:
    assert _printed(title) == printed


def test_a_letter_without_a_font_is_a_question_mark() -> None:
    assert _printed("夜に", frozenset("夜")) == "?に"


def test_what_is_said_to_be_missing_never_takes_ascii_with_it() -> None:
    said = 'error: the text `"1\\u{fe0f}\\u{20e3}"` could not be displayed\n the text `"🎹"` could not be displayed'
    assert paper._missing(said) == frozenset("\ufe0f\u20e3🎹")


@pytest.mark.parametrize("title", ["🎹 1️⃣ 👩‍👧", "x" * 300, "夜に駆ける", "عنوان"])
def test_any_title_is_set_on_any_machine(title: str) -> None:
    made = paper.pdf_of("", {**WORDS, "title": title}, stamp=0)
    assert made.startswith(b"%PDF-")
    assert made == paper.pdf_of("", {**WORDS, "title": title}, stamp=0)
