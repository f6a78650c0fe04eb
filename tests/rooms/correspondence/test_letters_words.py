"""Every sentence of every language: the same keys, all codes of the listening room, and nothing broken when filled."""

from __future__ import annotations

import ast
import re
import string
from itertools import product
from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2 import meta
from rooms.correspondence.letter_facts import full, kind_of, sparse

import controlroom.rooms.listening as listening
from controlroom.base.finding import sentences
from controlroom.rooms.correspondence.letters import LANGUAGES, TONES, draft
from controlroom.rooms.correspondence.letters.catalogue import catalogue
from controlroom.rooms.listening.advice.sound import STEPS

SOURCES = sorted(Path(listening.__file__).parent.rglob("*.py"))
PLACE = {"at_s", "end_s"}
KEYS = [
    f"{note} {mode}"
    for note in ("C", "C#", "Db", "Eb", "F#", "Gb", "G#", "Ab", "A#", "Bb", "B")
    for mode in ("major", "minor")
]
ARGS: dict[str, list[dict[str, Any]]] = {
    "chorus_lifts": [{"lift_lu": 3.14}],
    "chorus_early": [{"comes_back": 0}, {"comes_back": 2}],
    "turn": [{"kind": kind} for kind in ("borrowed", "secondary dominant", "cadence", "modulation")],
    "holds_tempo": [{"tempo_bpm": 120.2}],
    "breathes": [{"tempo_bpm": 91.6}],
    "in_tune": [{"notes": 31, "cents": 12.0}],
    "changes_key": [{"key": "C major", "then": "Eb major"}],
    "clear_key": [{"key": key} for key in KEYS],
    "moves_in_level": [{"range_lu": 7.4}],
    "headroom": [{"peak_dbtp": -1.2}],
    "late_chorus": [{"chorus_s": 72.0, "bars": bars, "cut_s": 40.0, "then_s": 40.0} for bars in (1, 16)],
    "long_intro": [{"voice_s": 24.0, "bars": 8, "then_bars": bars} for bars in (1, 4)],
    "flat_chorus": [{"chorus_s": 60.0, "verse_s": 10.0, "louder": louder} for louder in (True, False)],
    "same_choruses": [{"last_s": 150.0, "choruses": 3}],
    "flat_song": [{"middle_s": 90.0, "sections": 6}],
    "long_outro": [{"length_s": 31.7, "bars": bars, "then_s": 170.0} for bars in (1, 8)],
    "one_loop": [{"first": "I", "second": "vi", "verse_s": 10.0, "chorus_s": 40.0}],
    "tuning": [{"tuning_hz": 443.25, "cents": cents} for cents in (12.7, -1.0)],
    "tempo_moves": [
        {"from_bpm": 100.0, "to_bpm": to_bpm, "from_s": 5.0, "to_s": 90.0, "tempo_bpm": 104.0}
        for to_bpm in (108.0, 95.0)
    ],
    "chorus_drags": [{"verse_bpm": 120.04, "chorus_bpm": 117.96, "chorus_s": 60.0}],
    "other_tempo": [{"bpm": 98.4, "wanted_bpm": 104.0, "percent": percent} for percent in (5.7, -5.7)],
    "out_of_reach": [{"semitones": 1}, {"semitones": -2, "key": "F# minor"}],
    "scattered_pitch": [{"notes": 40, "cents": 41.0}],
    "steady_offset": [{"notes": 40, "cents": cents} for cents in (18.0, -1.0)],
    "truncated_file": [{"seconds": 42.5}],
    "out_of_phase": [{"correlation": -0.6}],
    "clipped": [{"count": 3, "longest_ms": 1.5}],
    "dropout": [{"length_ms": 22.0}],
    "hum": [{"mains_hz": 50, "level_db": -60.0, "below_db": 31}],
    "dead_channel": [{"channel": 1}],
    "lossy_ancestry": [{"codec": "MP3", "low_kbps": 96, "high_kbps": 160}],
    "narrow_bandwidth": [{"bandwidth_khz": 11.03}],
    "low_end_out_of_phase": [{"correlation": -0.4}],
    "true_peak_over": [{"peak_dbtp": 0.8}],
    "crushed": [{"integrated_lufs": -6.1, "plr_db": 6.0}],
    "delayed_copy": [{"side": "right", "delay_ms": 14.2}],
    "dc_offset": [{"percent": 0.4}],
    "click": [{"size_db": -20.0}],
    "tone": [
        {"band": band, "low_hz": 125.0, "high_hz": 400.0, "off_db": off, "move_db": -off, "to_references": refs}
        for band, off, refs in product(
            ("sub", "bass", "low mids", "mids", "presence", "air"), (4.6, -1.0), (True, False)
        )
    ],
}


def _calls(name: str) -> list[ast.Call]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]


def _codes(name: str) -> dict[str, set[str]]:
    """The codes with which the listening room makes a Praise or a Point, and the names of their args."""
    found = {}
    for call in _calls(name):
        given = {word.arg: word.value for word in call.keywords}
        if isinstance(given["code"], ast.Constant):
            args = given.get("args")
            names = {key.value for key in args.keys} if isinstance(args, ast.Dict) else set()  # type: ignore[union-attr]
            found[given["code"].value] = names
    return found  # type: ignore[return-value]


PRAISE, ADVICE = _codes("Praise"), _codes("Point")
ADVICE["out_of_reach"] |= {"semitones", "key"}  # made by a function
ADVICE |= {code: {name for _, name, _, _ in string.Formatter().parse(sentences()[code]) if name} for code in STEPS}


def test_the_listening_room_gives_every_praise_and_point_a_code():
    assert all("code" in {word.arg for word in call.keywords} for name in ("Praise", "Point") for call in _calls(name))
    assert len(PRAISE) >= 10
    assert len(ADVICE) >= 29
    assert PRAISE.keys() | ADVICE.keys() == ARGS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentences_and_they_ask_for_nothing_that_is_not_given(language):
    table = catalogue(language).table
    environment = jinja2.Environment()
    environment.filters.update(catalogue(language).tongue.filters)
    for what, codes in (("praise", PRAISE), ("advice", ADVICE)):
        assert table[what].keys() == codes.keys()
        for code, args in codes.items():
            assert table[what][code].keys() == ({"says"} if what == "praise" else {"says", "why", "next"})
            for text in table[what][code].values():
                assert meta.find_undeclared_variables(environment.parse(text)) <= args | PLACE, (code, text)


def _shape(value: Any) -> Any:
    return {name: _shape(each) for name, each in value.items()} if isinstance(value, dict) else type(value)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_all_languages_have_the_same_keys(language):
    ours, english = dict(catalogue(language).table), dict(catalogue("en").table)
    for table in (ours, english):
        table["form"] = {
            name: each for name, each in table["form"].items() if name not in ("currencies", "zones", "and_before")
        }
        table["form"]["keys"] = {name: each for name, each in table["form"]["keys"].items() if name != "minor_notes"}
        table["check"] = {name: each for name, each in table["check"].items() if name not in ("numbers", "polar")}
    assert _shape(ours) == _shape(english)


def sound(text: str, language: str) -> None:
    """Nothing in a text shows that it was made from a template."""
    assert not re.search(r"[{}\t]|None|  |\bnan\b", text), text
    assert not re.search(
        r"(?m)^(?:[-・]|\d+\.)\s*$|[:：] *[:：]|\(\)|（）|“”|„“|«\s*»|「」|[,、] *[.。]|\.\.(?!\.)", text
    ), text
    assert not re.search(r"\n{3,}|(?m:[ \u00a0]$)| [,.]", text), text
    assert not re.search(r"[:：]\n\n", text) or language == "es" or "\n- " in text or "\n・" in text, text
    if language == "fr":
        assert not re.search(r"(?<![\d/h])[^\s\u00a0/\d][;!?](?!\S)|[^\u00a0\s\d][:](?=\s)| [;:!?»]|« ", text), text
        assert "'" not in text
    if language == "ja":
        assert not re.search(r"[、。] |[,.][ぁ-んァ-ヶ一-龠]|[ぁ-んァ-ヶ一-龠][,.?!:;]", text), text
    if language == "en":
        assert not re.search(r"(?<=\w)'(?=\w)", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_on_a_demo_is_whole_for_all_values(language):
    words = catalogue(language)
    for what in ("praise", "advice"):
        for code, templates in words.table[what].items():
            for args, at_s in product(ARGS[code], (0.0, 83.0, 3723.0) if what == "praise" else (None, 0.0, 83.0)):
                for name, template in templates.items():
                    text = words.fill(template, {"at_s": at_s, "end_s": None} | args).text
                    sound(text, language)
                    assert re.search(r"[.?。]$", text), (code, name, text)
                    assert "\n" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", TONES)
def test_every_letter_is_whole_with_all_facts_and_with_hardly_any(language, tone):
    for name, facts in [*full(language).items(), *sparse()]:
        made = draft(kind_of(name), facts, tone=tone, language=language)
        sound(made.subject, language)
        sound(made.body, language)
        assert made.subject == made.subject.strip()
        assert "\n" not in made.subject
        assert made.body == made.body.strip() + "\n"


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "1 bar ", "16 bars "),
        ("de", "1 Takt ", "16 Takte "),
        ("es", "1 compás ", "16 compases "),
        ("fr", "1\u00a0mesure ", "16\u00a0mesures "),
        ("ja", "1小節", "16小節"),
    ],
)
def test_one_and_many_are_told_apart(language, one, many):
    words = catalogue(language)
    says = [words.fill(words.table["advice"]["late_chorus"]["says"], args).text for args in ARGS["late_chorus"]]
    assert one in says[0]
    assert many in says[1]


@pytest.mark.parametrize(
    ("language", "minor", "major"),
    [
        ("en", "F sharp minor", "B flat major"),
        ("de", "fis-Moll", "B-Dur"),
        ("es", "fa sostenido menor", "si bemol mayor"),
        ("fr", "fa dièse mineur", "si bémol majeur"),
        ("ja", "F♯マイナー", "B♭メジャー"),
    ],
)
def test_keys_are_named_as_musicians_name_them(language, minor, major):
    tongue = catalogue(language).tongue
    assert (tongue.key("F# minor"), tongue.key("Bb major")) == (minor, major)


def test_the_german_b_is_an_h():
    assert catalogue("de").tongue.key("B minor") == "h-Moll"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_has_a_name_here(language):
    for key in KEYS:
        assert catalogue(language).tongue.key(key)
