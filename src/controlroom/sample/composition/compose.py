"""From a seed to a score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from controlroom.sample.composition import arrangement
from controlroom.sample.composition.arrangement import Play
from controlroom.sample.composition.form import RING_S, SLOTS, Grid, Section, even_tempo, form_for, grid_for
from controlroom.sample.composition.harmony import Chord, Key, draw_key, harmonise, parse_key
from controlroom.sample.composition.melody import VOICES, Tone, Voice, harmony, tune
from controlroom.sample.composition.rhythm import drum_part
from controlroom.sample.composition.score import ChordSpan, Hit, Note, Phrase, Score, Sung
from controlroom.sample.composition.words import Word, hook_line, line, spoken, sung_syllables, title_words
from controlroom.sample.randomness import chance

_SUNG = ("verse", "chorus", "bridge")
_EFFORT = {"verse": 0.62, "chorus": 0.88, "bridge": 0.7, "outro": 0.55}
_HUSH_S = 0.5
_SLUR_S = 0.02  # a note ends that long before the next one begins


def compose(seed: int, tempo_bpm: float | None = None, key: str | None = None, seconds: float = 75.0) -> Score:
    """The song of that seed; tempo and key are drawn when not given. Raises `UsageError` for what cannot be played."""
    draw = chance(seed, "song")
    drawn_tempo, drawn_key = float(draw.integers(84, 127)), draw_key(draw)
    swing = float(draw.uniform(0.5, 0.57))
    grid = grid_for(even_tempo(drawn_tempo, seconds) if tempo_bpm is None else tempo_bpm, seconds, swing)
    chosen = parse_key(key) if key else drawn_key
    voice = VOICES[int(draw.integers(len(VOICES)))]
    sections = form_for(grid)
    chords = harmonise(chosen, sections, chance(seed, "chords"))
    tunes = _tunes(seed, sections, chords, chosen, voice)
    title = title_words(len(tunes["chorus"][0]), chance(seed, "title"))
    lead, high, low = _voices(seed, grid, sections, chords, chosen, voice, tunes, title)
    band = _band(seed, grid, sections, chords, chosen, tunes)
    return Score(
        seed=seed,
        title=" ".join(word.text.capitalize() for word in title),
        key=chosen,
        grid=grid,
        duration_s=float(seconds),
        sections=sections,
        chords=_spans(grid, chords, chosen, seconds),
        voice=voice.name,
        lead=lead,
        high=high,
        low=low,
        drums=tuple(
            Hit(grid.swung(stroke.beat), stroke.drum, stroke.velocity)
            for stroke in drum_part(grid, sections, chance(seed, "drum part"))
        ),
        **band,
    )


def _tunes(
    seed: int, sections: Sequence[Section], chords: Sequence[Chord], key: Key, voice: Voice
) -> dict[str, list[list[Tone]]]:
    """One tune for each kind of section that is sung: it comes back with the section."""
    tunes: dict[str, list[list[Tone]]] = {}
    for section in sections:
        if section.label in _SUNG and section.label not in tunes:
            own = chords[section.begin : section.begin + section.length]
            tunes[section.label] = tune(
                section.label, section.length, own, key, voice, chance(seed, "tune", section.label)
            )
    return tunes


def _voices(
    seed: int,
    grid: Grid,
    sections: Sequence[Section],
    chords: Sequence[Chord],
    key: Key,
    voice: Voice,
    tunes: dict[str, list[list[Tone]]],
    title: list[Word],
) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...], tuple[Phrase, ...]]:
    """Lead, high and low voice. Choruses keep their words; the outro sings the hook once more where it fits."""
    chorus_words = _chorus_words(tunes["chorus"], title, chance(seed, "words", "chorus"))
    lead: list[Phrase] = []
    high: list[Phrase] = []
    low: list[Phrase] = []
    for section in sections:
        tones = tunes.get(section.label, [])
        if section.label == "outro" and section.length >= 4:
            tones = tunes["chorus"][:1]
        words = chorus_words
        if section.label in ("verse", "bridge"):
            draw = chance(seed, "words", section.label, section.turn)
            words = [line(len(phrase), draw) for phrase in tones]
        for phrase, text in zip(tones, words, strict=False):
            lead.append(_phrase(grid, section, phrase, [tone.midi for tone in phrase], text))
            if section.label == "chorus":
                own = chords[section.begin : section.begin + section.length]
                for part, above in ((high, True), (low, False)):
                    part.append(_phrase(grid, section, phrase, harmony(phrase, own, key, voice, above), text))
    return tuple(lead), tuple(high), tuple(low)


def _chorus_words(phrases: list[list[Tone]], title: list[Word], draw: np.random.Generator) -> list[list[Word]]:
    """Hook, answer, hook, another answer."""
    hook = hook_line(title, len(phrases[0]), draw)
    same = [[tone.slots for tone in phrase] == [tone.slots for tone in phrases[0]] for phrase in phrases]
    return [hook if at % 2 == 0 and same[at] else line(len(phrase), draw) for at, phrase in enumerate(phrases)]


def _phrase(grid: Grid, section: Section, tones: Sequence[Tone], midi: Sequence[int], words: list[Word]) -> Phrase:
    effort = _EFFORT[section.label]
    notes = []
    for tone, pitch, syllable in zip(tones, midi, sung_syllables(words), strict=True):
        start_s = grid.slot(section.begin, tone.slot)
        end_s = grid.slot(section.begin, tone.slot + tone.slots) - _SLUR_S
        accent = 1.0 if tone.slot % 4 == 0 or tone.slots >= 3 else 0.9
        notes.append(Sung(start_s, end_s, pitch, effort * accent, syllable))
    return Phrase(section.label, spoken(words), tuple(notes))


def _band(
    seed: int,
    grid: Grid,
    sections: Sequence[Section],
    chords: Sequence[Chord],
    key: Key,
    tunes: dict[str, list[list[Tone]]],
) -> dict[str, tuple[Note, ...]]:
    habits = arrangement.draw_habits(chance(seed, "habits"))
    draw = chance(seed, "band")
    parts: dict[str, list[Note]] = {"bass": [], "arpeggio": [], "strum": [], "keys": []}
    voicing: tuple[int, ...] | None = None
    for section in sections:
        own = chords[section.begin : section.begin + section.length]
        plays = {
            "bass": arrangement.bass_part(section.label, own, key, habits, draw),
            "arpeggio": arrangement.arpeggio_part(section.label, own, habits, draw),
            "strum": arrangement.strum_part(section.label, own, habits, section.turn),
            "keys": arrangement.keys_part(section.label, own, habits, voicing),
        }
        if section.label == "intro" and section.length >= 2:
            plays["keys"] += _hook_on_keys(tunes["chorus"][0], section.length)
        voicing = arrangement.close_voicing(own[-1], voicing or ())
        for name, played in plays.items():
            parts[name] += [_placed(grid, section.begin, play) for play in played]
    for name, played in _last_chord(grid, key.home, voicing or ()).items():
        parts[name] += [_placed(grid, grid.measures, play) for play in played]
    return {name: tuple(sorted(notes, key=lambda note: (note.start_s, note.midi))) for name, notes in parts.items()}


def _hook_on_keys(hook: list[Tone], measures: int) -> list[Play]:
    """The hook before it is sung, an octave up."""
    shift = 12 if max(tone.midi for tone in hook) <= 69 else 0
    return [
        Play(tone.slot, tone.slots, tone.midi + shift, 0.5 if tone.slot % 4 else 0.58)
        for tone in hook
        if tone.slot < measures * SLOTS
    ]


def _last_chord(grid: Grid, home: Chord, voicing: tuple[int, ...]) -> dict[str, list[Play]]:
    """What rings at the end, on the first beat after the last measure; hands damp it before the tape stops."""
    ring = SLOTS * (RING_S - _HUSH_S) / (grid.beat_s * grid.beats_per_measure)
    shape = [(string, midi) for string, midi in enumerate(arrangement.guitar_shape(home)) if midi is not None]
    strings = [Play(0, ring, midi, 0.7, string, spread_ms=14.0 * at) for at, (string, midi) in enumerate(shape)]
    close = arrangement.close_voicing(home, voicing)
    return {
        "bass": [Play(0, ring, arrangement.bass_note(home.root), 0.7)],
        "arpeggio": strings,
        "strum": strings,
        "keys": [Play(0, ring, midi, 0.55, spread_ms=6.0 * at) for at, midi in enumerate(close)],
    }


def _placed(grid: Grid, measure: int, play: Play) -> Note:
    start_s = grid.slot(measure, play.slot) + play.spread_ms / 1000
    return Note(start_s, grid.slot(measure, play.slot + play.slots), play.midi, play.velocity, play.string, play.muted)


def _spans(grid: Grid, chords: Sequence[Chord], key: Key, seconds: float) -> tuple[ChordSpan, ...]:
    """The chords on the time line; the last one rings to the end."""
    per = grid.beats_per_measure
    spans = [ChordSpan(grid.at(at * per), grid.at((at + 1) * per), chord) for at, chord in enumerate(chords)]
    return (*spans, ChordSpan(grid.at(grid.beats), float(seconds), key.home))
