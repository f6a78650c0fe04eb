"""From a seed to a score."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Unpack

import msgspec
import numpy as np

from controlroom.base.errors import UsageError
from controlroom.sample.composition import arrangement
from controlroom.sample.composition.arrangement import Play
from controlroom.sample.composition.clock import beats_played
from controlroom.sample.composition.form import (
    LEAD_IN_S,
    RING_S,
    Grid,
    Section,
    even_tempo,
    form_for,
    grid_for,
    refuse_unplayable,
)
from controlroom.sample.composition.grooves import groove_part, shuffles
from controlroom.sample.composition.harmony import Chord, Key, draw_key, harmonise, parse_key
from controlroom.sample.composition.melody import VOICES, Tone, Voice, harmony, tune
from controlroom.sample.composition.meter import FOUR, SIX, Meter, parse_meter
from controlroom.sample.composition.pop_form import pop_form
from controlroom.sample.composition.progressions import harmonise_freely
from controlroom.sample.composition.rhythm import drum_part
from controlroom.sample.composition.score import ChordSpan, Hit, Note, Phrase, Score, Sung
from controlroom.sample.composition.wishes import HIGHEST_A4_HZ, LOWEST_A4_HZ, STYLES, Wishes
from controlroom.sample.composition.words import Word, hook_line, line, spoken, sung_syllables, title_words
from controlroom.sample.randomness import chance

_SUNG = ("verse", "pre-chorus", "chorus", "bridge")
_EFFORT = {"verse": 0.62, "pre-chorus": 0.72, "chorus": 0.88, "bridge": 0.7, "outro": 0.55}
_HUSH_S = 0.5
_SLUR_S = 0.02  # a note ends that long before the next one begins
_STRAIN = 3  # semitones that a singer goes beyond the range for a last chorus; a tune lies an octave lower beyond that


def compose(
    seed: int,
    tempo_bpm: float | None = None,
    key: str | None = None,
    seconds: float = 75.0,
    **wishes: Unpack[Wishes],
) -> Score:
    """The song of that seed; tempo and key are drawn when not given. Raises `UsageError` for what cannot be played.

    `wishes`: see `Wishes`; without any of them the song is as plain as can be.
    """
    meters = parse_meter(wishes.get("meter", "4/4"))
    style, tuning_hz = wishes.get("style", "plain"), wishes.get("tuning_hz", 440.0)
    _refuse_unknown(style, tuning_hz)
    varied = style == "varied" or meters[0] is not meters[1]
    draw = chance(seed, "song")
    drawn_tempo, drawn_key = float(draw.integers(84, 127)), draw_key(draw)
    swing = float(draw.uniform(0.5, 0.57))
    voice = VOICES[int(draw.integers(len(VOICES)))]
    if varied:
        grid, sections = _varied_form(seed, tempo_bpm, swing, seconds, meters)
        duration_s = grid.at(grid.beats) + RING_S
    else:
        grid, sections = _plain_form(drawn_tempo, tempo_bpm, swing, seconds, meters[0])
        duration_s = float(seconds)
    grid = _played(grid, sections, wishes.get("feel", "click"), seed)
    chosen = parse_key(key) if key else drawn_key
    keys = _keys(sections, chosen, wishes.get("modulate", 0))
    harmonised = harmonise_freely if varied else harmonise
    chords = harmonised(keys, sections, chance(seed, "chords"))
    tunes = _tunes(seed, sections, chords, chosen, voice)
    title = title_words(len(tunes["chorus"][0]), chance(seed, "title"))
    lead, high, low = _voices(seed, grid, sections, chords, keys, voice, tunes, title)
    band = _band(seed, grid, sections, chords, keys, tunes)
    strokes = (groove_part if varied or grid.meter is not FOUR else drum_part)(
        grid, sections, chance(seed, "drum part")
    )
    return Score(
        seed=seed,
        title=" ".join(word.text.capitalize() for word in title),
        key=chosen,
        section_keys=tuple(keys),
        tuning_hz=tuning_hz,
        grid=grid,
        duration_s=duration_s,
        sections=sections,
        chords=_spans(grid, chords, keys[-1], duration_s),
        voice=voice.name,
        lead=lead,
        high=high,
        low=low,
        drums=tuple(Hit(grid.swung(stroke.beat), stroke.drum, stroke.velocity) for stroke in strokes),
        **band,
    )


def _refuse_unknown(style: str, tuning_hz: float) -> None:
    if style not in STYLES:
        raise UsageError(f"style {style!r}", "there is no such style", f"Choose one of {', '.join(STYLES)}.")
    if not LOWEST_A4_HZ <= tuning_hz <= HIGHEST_A4_HZ:
        raise UsageError(f"A4 at {tuning_hz:g} Hz", f"the band tunes to {LOWEST_A4_HZ:g} to {HIGHEST_A4_HZ:g} Hz")


def _plain_form(
    drawn_tempo: float, tempo_bpm: float | None, swing: float, seconds: float, meter: Meter
) -> tuple[Grid, tuple[Section, ...]]:
    if tempo_bpm is None:
        tempo_bpm = even_tempo(round(0.6 * drawn_tempo) if meter is SIX else drawn_tempo, seconds, meter)
    grid = grid_for(tempo_bpm, seconds, swing, meter)
    return grid, form_for(grid)


def _varied_form(
    seed: int, tempo_bpm: float | None, swing: float, seconds: float, meters: tuple[Meter, Meter]
) -> tuple[Grid, tuple[Section, ...]]:
    tempo_bpm = _varied_tempo(*meters, chance(seed, "tempo")) if tempo_bpm is None else tempo_bpm
    for meter in meters:
        refuse_unplayable(tempo_bpm, seconds, meter)
    draw = chance(seed, "form")
    if meters[0] is FOUR and shuffles(tempo_bpm, draw):
        swing = float(draw.uniform(0.63, 0.67))
    return pop_form(tempo_bpm, swing, seconds, meters, draw)


def _varied_tempo(home: Meter, other: Meter, draw: np.random.Generator) -> float:
    """From ballads to fast songs, most of them between."""
    middle, spread = (66.0, 0.2) if home is SIX else (108.0, 0.27)
    drawn = middle * float(np.exp(spread * draw.standard_normal()))
    slowest_bpm, fastest_bpm = max(home.slowest_bpm, other.slowest_bpm), min(home.fastest_bpm, other.fastest_bpm)
    return float(round(min(max(drawn, slowest_bpm), fastest_bpm)))


def _played(grid: Grid, sections: Sequence[Section], feel: str, seed: int) -> Grid:
    """The grid with beats as they are felt; the last one comes when the click would have brought it."""
    changes = [grid.first_beat(section.begin) for section in sections[1:-1]]
    beats = beats_played(feel, grid.beats, changes, chance(seed, "feel"))
    if beats is None:
        return grid
    return msgspec.structs.replace(grid, played_s=tuple((LEAD_IN_S + grid.beat_s * beats).tolist()))


def _keys(sections: Sequence[Section], home: Key, modulate: int) -> list[Key]:
    """The key of every section: the last chorus and what follows is `modulate` semitones up."""
    last = max(at for at, section in enumerate(sections) if section.label == "chorus")
    return [home.up(modulate if at >= last else 0) for at in range(len(sections))]


def _tunes(
    seed: int, sections: Sequence[Section], chords: Sequence[Chord], key: Key, voice: Voice
) -> dict[str, list[list[Tone]]]:
    """One tune for each kind of section that is sung: it comes back with the section."""
    tunes: dict[str, list[list[Tone]]] = {}
    for section in sections:
        if section.label in _SUNG and section.label not in tunes:
            own = chords[section.begin : section.begin + section.length]
            tunes[section.label] = tune(
                section.label, section.length, own, key, voice, chance(seed, "tune", section.label), section.meter
            )
    return tunes


def _voices(
    seed: int,
    grid: Grid,
    sections: Sequence[Section],
    chords: Sequence[Chord],
    keys: Sequence[Key],
    voice: Voice,
    tunes: dict[str, list[list[Tone]]],
    title: list[Word],
) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...], tuple[Phrase, ...]]:
    """Lead, high and low voice. Choruses keep their words; the outro sings the hook once more where it fits."""
    chorus_words = _chorus_words(tunes["chorus"], title, chance(seed, "words", "chorus"))
    draw = chance(seed, "words", "pre-chorus")
    before_words = [line(len(phrase), draw) for phrase in tunes.get("pre-chorus", [])]
    lead: list[Phrase] = []
    high: list[Phrase] = []
    low: list[Phrase] = []
    for key, section in zip(keys, sections, strict=True):
        tones = tunes.get(section.label, [])
        if section.label == "outro" and section.length >= 4:
            tones = tunes["chorus"][:1]
        tones = _transposed(tones, (key.tonic - keys[0].tonic) % 12, voice)
        words = before_words if section.label == "pre-chorus" else chorus_words
        if section.label in ("verse", "bridge"):
            draw = chance(seed, "words", section.label, section.turn)
            words = [line(len(phrase), draw) for phrase in tones]
        for phrase, text in zip(tones, words, strict=False):
            lead.append(_phrase(grid, section, phrase, [tone.midi for tone in phrase], text))
            if section.label == "chorus":
                own = chords[section.begin : section.begin + section.length]
                for part, above in ((high, True), (low, False)):
                    part.append(
                        _phrase(grid, section, phrase, harmony(phrase, own, key, voice, above, section.meter), text)
                    )
    return tuple(lead), tuple(high), tuple(low)


def _transposed(phrases: list[list[Tone]], semitones: int, voice: Voice) -> list[list[Tone]]:
    """The phrases in a higher key, an octave lower where nobody could sing them."""
    top = max((tone.midi for phrase in phrases for tone in phrase), default=0)
    shift = semitones - 12 if semitones and top + semitones > voice.highest + _STRAIN else semitones
    return [[msgspec.structs.replace(tone, midi=tone.midi + shift) for tone in phrase] for phrase in phrases]


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
        accent = 1.0 if tone.slot % section.meter.pulse == 0 or tone.slots >= 3 else 0.9
        notes.append(Sung(start_s, end_s, pitch, effort * accent, syllable))
    return Phrase(section.label, spoken(words), tuple(notes))


def _band(
    seed: int,
    grid: Grid,
    sections: Sequence[Section],
    chords: Sequence[Chord],
    keys: Sequence[Key],
    tunes: dict[str, list[list[Tone]]],
) -> dict[str, tuple[Note, ...]]:
    habits = {grid.meter: arrangement.draw_habits(grid.meter, chance(seed, "habits"))}
    if grid.other not in habits:
        habits[grid.other] = arrangement.draw_habits(grid.other, chance(seed, "other habits"))
    draw = chance(seed, "band")
    parts: dict[str, list[Note]] = {"bass": [], "arpeggio": [], "strum": [], "keys": []}
    voicing: tuple[int, ...] | None = None
    for key, section in zip(keys, sections, strict=True):
        own, habit = chords[section.begin : section.begin + section.length], habits[section.meter]
        plays = {
            "bass": arrangement.bass_part(section, own, key, habit, draw),
            "arpeggio": arrangement.arpeggio_part(section, own, habit, draw),
            "strum": arrangement.strum_part(section, own, habit),
            "keys": arrangement.keys_part(section, own, habit, voicing),
        }
        if section.label == "intro" and section.length >= 2:
            plays["keys"] += _hook_on_keys(tunes["chorus"][:1], section)
        if section.label == "instrumental":
            plays["keys"] += _hook_on_keys(tunes["chorus"], section)
        voicing = arrangement.close_voicing(own[-1], voicing or ())
        for name, played in plays.items():
            parts[name] += [_placed(grid, section.begin, play) for play in played]
    for name, played in _last_chord(grid, keys[-1].home, voicing or ()).items():
        parts[name] += [_placed(grid, grid.measures, play) for play in played]
    return {name: tuple(sorted(notes, key=lambda note: (note.start_s, note.midi))) for name, notes in parts.items()}


def _hook_on_keys(phrases: list[list[Tone]], section: Section) -> list[Play]:
    """The hook without a singer, an octave up."""
    tones = [tone for phrase in phrases for tone in phrase]
    shift = 12 if max(tone.midi for tone in tones) <= 69 else 0
    return [
        Play(tone.slot, tone.slots, tone.midi + shift, 0.5 if tone.slot % section.meter.pulse else 0.58)
        for tone in tones
        if tone.slot < section.length * section.meter.slots
    ]


def _last_chord(grid: Grid, home: Chord, voicing: tuple[int, ...]) -> dict[str, list[Play]]:
    """What rings at the end, on the first beat after the last measure; hands damp it before the tape stops."""
    ring = grid.meter.slots * (RING_S - _HUSH_S) / (grid.beat_s * grid.beats_per_measure)
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
    begins_s = [grid.at(grid.first_beat(measure)) for measure in range(len(chords) + 1)]
    spans = [
        ChordSpan(begin_s, end_s, chord) for (begin_s, end_s), chord in zip(pairwise(begins_s), chords, strict=True)
    ]
    return (*spans, ChordSpan(begins_s[-1], seconds, key.home))
