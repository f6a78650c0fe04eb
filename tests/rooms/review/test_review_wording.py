"""What notes ask for, in four languages; and what is better left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.rooms.review import Said, Wish, understood
from controlroom.rooms.review.wording import words
from controlroom.song.roles import known_role


def wish(text: str) -> tuple[str, str, int, bool] | None:
    said = understood(text)
    if len(said.wishes) != 1:
        return None
    one = said.wishes[0]
    return one.subject, one.axis, one.direction, one.leave


UP, DOWN = ("vocal", "level", 1, False), ("vocal", "level", -1, False)
LEAVE = ("vocal", "level", -1, True)


@pytest.mark.parametrize(
    "text",
    [
        "vocal up", "Vocals a bit louder please!", "more vocal", "raise the vocal 1 dB", "could you bring up the voice",
        "vocal not loud enough", "the vocal is too quiet", "the vocal is buried", "I'd love more vocal",
        "Gesang lauter", "Bitte die Stimme etwas lauter", "Stimme nicht laut genug", "mehr Gesang", "Gesang zu leise",
        "la voz más alta", "sube la voz por favor", "más voz", "la voz no suena lo suficientemente alta",
        "la voix plus forte", "monter un peu la voix", "plus de voix", "voix pas assez forte",
    ],
)  # fmt: skip
def test_up(text):
    assert wish(text) == UP


@pytest.mark.parametrize(
    "text",
    [
        "vocal down", "less vocal", "vocal too loud", "not so loud on the vocal", "the vocals are way too loud",
        "Gesang leiser", "Stimme zu laut", "weniger Gesang", "die Stimme nicht so laut",
        "baja la voz", "voz demasiado alta", "menos voz", "la voz menos fuerte", "la voz no tan alta",
        "baisser la voix", "voix trop forte", "moins de voix", "la voix moins forte", "la voix pas si forte",
    ],
)  # fmt: skip
def test_down(text):
    assert wish(text) == DOWN


@pytest.mark.parametrize(
    "text",
    [
        "don't make the vocal louder", "don’t turn up the vocal", "please do not raise the vocal",
        "never raise the vocal", "Gesang bitte nicht lauter", "no subas la voz", "ne monte pas la voix",
        "no more vocal",
    ],
)  # fmt: skip
def test_asked_to_leave_it(text):
    assert wish(text) == LEAVE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("more reverb on the snare", ("snare", "reverb", 1, False)),
        ("snare drier", ("snare", "reverb", -1, False)),
        ("no reverb on the snare", ("snare", "reverb", -1, False)),
        ("too much reverb on the snare", ("snare", "reverb", -1, False)),
        ("reverb down on the snare", ("snare", "reverb", -1, False)),
        ("weniger Hall auf der Snare", ("snare", "reverb", -1, False)),
        ("más reverb en la caja", ("snare", "reverb", 1, False)),
        ("plus de réverbe sur la caisse claire", ("snare", "reverb", 1, False)),
        ("guitars too bright", ("guitar", "tone", -1, False)),
        ("less highs on the hi-hat", ("hi-hat", "tone", -1, False)),
        ("Gitarren heller", ("guitar", "tone", 1, False)),
        ("drums wider", ("drums", "width", 1, False)),
        ("the intro is too long", ("mix", "length", -1, False)),
        ("a little faster", ("mix", "tempo", 1, False)),
        ("el bajo más fuerte", ("bass", "level", 1, False)),
    ],
)
def test_subjects_and_axes(text, wanted):
    assert wish(text) == wanted
    assert understood(text).whole


@pytest.mark.parametrize(
    "text",
    [
        "", "???", "the zither louder", "vocal up sounds wrong", "not too loud on the vocal", "voz más baja",
        "louder or quieter vocal", "if the vocal were louder", "vocal loud", "vocal", "less is more", "1:23",
        "vocal up" + " x" * 2000, "\x00\n\t", "=HYPERLINK()", "🎸🎸🎸",
    ],
)  # fmt: skip
def test_what_is_not_sure_is_not_understood(text):
    assert understood(text).wishes == ()
    assert not understood(text).whole


def test_several_wishes_in_one_note():
    said = understood("Vocal up and drier, kick and snare down 2 dB.")
    assert said.whole
    assert said.wishes == (
        Wish("kick", "level", -1),
        Wish("snare", "level", -1),
        Wish("vocal", "level", 1),
        Wish("vocal", "reverb", -1),
    )


def test_a_known_wish_beside_unknown_words_is_half_understood():
    said = understood("Vocal up. It drowns behind those synth things.")
    assert said.wishes == (Wish("vocal", "level", 1),)
    assert not said.whole


@pytest.mark.parametrize(
    "text",
    [
        "love the doubles", "Great take!", "This is beautiful, goosebumps", "Die Gitarre ist wunderschön",
        "me encanta la voz", "j'adore le refrain", "Love the doubles. They lift the chorus",
    ],
)  # fmt: skip
def test_praise(text):
    assert understood(text).praise


@pytest.mark.parametrize(
    "text",
    [
        "not great", "I don't love it", "would love more reverb", "love it, but the vocal is too loud", "is it great?",
        "great, the snare is weird though", "nice if the vocal were louder", "nicht schön",
        "love the doubles, snare is odd",
    ],
)  # fmt: skip
def test_what_is_no_praise(text):
    assert not understood(text).praise


def test_opposites():
    up, down, leave = Wish("vocal", "level", 1), Wish("vocal", "level", -1), Wish("vocal", "level", -1, True)
    assert up.opposes(down)
    assert up.opposes(leave)
    assert not down.opposes(leave)
    assert not up.opposes(Wish("snare", "level", -1))
    assert not Wish("vocal", "level", 1, True).opposes(leave)


def test_subjects_are_the_house_s_roles():
    known = {subject: known_role(subject) for subject in words().subjects}
    assert [subject for subject, role in known.items() if role is None] == ["mix"]


def test_every_word_can_be_found():
    """Phrases are written as the text is read: lower case, no accents, no punctuation."""
    lexicon = words()
    phrases = [p for row in (*lexicon.subjects.values(), *lexicon.small.values()) for p in row]
    phrases += [
        p
        for axis in lexicon.axes.values()
        for row in (axis.more, axis.less, axis.is_, axis.is_not, axis.of)
        for p in row
    ]
    assert [phrase for phrase in phrases if not re.fullmatch(r"[a-z]+( [a-z]+)*", phrase)] == []


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300))
def test_any_text_is_read(text):
    assert isinstance(understood(text), Said)
