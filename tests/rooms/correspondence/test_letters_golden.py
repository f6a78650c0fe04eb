"""Letters to read: one file a language. `CONTROLROOM_GOLDEN=write` writes them anew after a change of words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rooms.correspondence.letter_facts import full, kind_of

from controlroom.rooms.correspondence.letters import LANGUAGES, TONES, draft

GOLDEN = Path(__file__).parent / "golden"


def written(language: str) -> str:
    """Every kind in every tone, as a person would read it; unbreakable blanks as they are."""
    made = []
    for name, facts in full(language).items():
        for tone in TONES:
            letter = draft(kind_of(name), facts, tone=tone, language=language)
            made.append(f"=== {name}, {tone} ===\n{letter.subject}\n\n{letter.body}")
    return "\n".join(made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_are_those_that_were_read(language):
    path = GOLDEN / f"letters.{language}.txt"
    if os.environ.get("CONTROLROOM_GOLDEN") == "write":
        path.write_text(written(language), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == written(language)
