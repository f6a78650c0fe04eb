"""The truth of a session, from its score and its mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import PurePosixPath

import msgspec

from controlroom.sample.composition import Note, Phrase, Score
from controlroom.sample.composition.form import LEAD_IN_S, Grid
from controlroom.sample.instruments.singer import Delivery
from controlroom.sample.instruments.tone import RATE_HZ
from controlroom.sample.mistakes import Mistakes
from controlroom.sample.schedule import PUNCH
from controlroom.sample.truth import (
    Fault,
    TempoMark,
    TrueChord,
    TrueFile,
    TrueKey,
    TrueMeter,
    TrueNote,
    TruePhrase,
    TrueSection,
    Truth,
)

_MIDI = {
    "kick": 36, "side stick": 37, "snare": 38, "ghost": 38, "floor tom": 43, "rack tom": 48, "hat": 42, "open hat": 46,
    "crash": 49, "ride": 51,
}  # fmt: skip
_STROKE_S = 0.1
_SAME_BEAT_S = 1e-9


def truth_of(score: Score, mistakes: Mistakes, artist: str, files: Sequence[TrueFile]) -> Truth:
    """Everything that is known of a session."""
    return msgspec.structs.replace(
        truth_on_paper(score),
        artist=artist,
        phrases=tuple(_phrases(score, mistakes, files)),
        faults=tuple(_faults(score, mistakes, {PurePosixPath(file.file).stem: file.file for file in files})),
        files=tuple(files),
    )


def truth_on_paper(score: Score) -> Truth:
    """What is known of a song that everybody plays as it is written: no faults, phrases without a file."""
    grid = score.grid
    beats = tuple(grid.at(beat) for beat in range(grid.beats + 1))
    return Truth(
        seed=score.seed,
        rate_hz=RATE_HZ,
        duration_s=score.duration_s,
        title=score.title,
        artist="",
        key=score.key.name,
        keys=tuple(_keys(score)),
        tuning_hz=score.tuning_hz,
        meter=grid.meter.name,
        meters=tuple(_meters(score)),
        tempo_map=tuple(_tempo_map(grid)),
        beats_s=beats,
        downbeats_s=tuple(beats[beat] for beat in grid.downbeats),
        sections=tuple(_sections(score)),
        chords=tuple(TrueChord(span.start_s, span.end_s, span.chord.name) for span in score.chords),
        notes=tuple(_notes(score)),
        phrases=tuple(TruePhrase("", phrase.start_s, phrase.end_s, phrase.words) for phrase in score.lead),
        faults=(),
        files=(),
    )


def _sections(score: Score) -> Iterator[TrueSection]:
    begins_s = [score.grid.at(score.grid.first_beat(section.begin)) for section in score.sections]
    for section, (begin_s, end_s) in zip(score.sections, pairwise([*begins_s, score.duration_s]), strict=True):
        yield TrueSection(begin_s, end_s, section.label)


def _keys(score: Score) -> Iterator[TrueKey]:
    """Stretches in one key."""
    spans = list(zip(score.section_keys, _sections(score), strict=True))
    for key, group in groupby(spans, key=lambda span: span[0].name):
        own = [section for _, section in group]
        yield TrueKey(own[0].start_s, own[-1].end_s, key)


def _meters(score: Score) -> Iterator[TrueMeter]:
    for begin, end, meter in score.grid.stretches:
        end_s = score.duration_s if end == score.grid.beats else score.grid.at(end)
        yield TrueMeter(score.grid.at(begin), end_s, meter.name)


def _tempo_map(grid: Grid) -> Iterator[TempoMark]:
    """A mark wherever the beat becomes longer or shorter."""
    if not grid.played_s:
        yield TempoMark(LEAD_IN_S, grid.tempo_bpm)
        return
    before_s = 0.0
    for begin_s, end_s in pairwise(grid.played_s):
        if abs(end_s - begin_s - before_s) > _SAME_BEAT_S:
            before_s = end_s - begin_s
            yield TempoMark(begin_s, 60.0 / before_s)


def _notes(score: Score) -> Iterator[TrueNote]:
    for hit in score.drums:
        yield TrueNote("drums", hit.at_s, hit.at_s + _STROKE_S, _MIDI[hit.drum])
    played: dict[str, Sequence[Note]] = {
        "bass": score.bass,
        "guitar 1": score.arpeggio,
        "guitar 2": score.strum,
        "keys": score.keys,
    }
    for part, notes in played.items():
        for note in notes:
            yield TrueNote(part, note.start_s, min(note.end_s, score.duration_s), note.midi)
    sung = {"lead vocal": score.lead, "backing vocal high": score.high, "backing vocal low": score.low}
    for part, phrases in sung.items():
        for phrase in phrases:
            for tone in phrase.notes:
                yield TrueNote(part, tone.start_s, tone.end_s, tone.midi)


def _phrases(score: Score, mistakes: Mistakes, files: Sequence[TrueFile]) -> Iterator[TruePhrase]:
    """Lead and backing phrases, file by file."""
    lead = [file.file for file in files if file.part == "lead vocal" and file.pass_name != PUNCH]
    for file, weak, deliveries in zip(lead, mistakes.weak, mistakes.deliveries, strict=True):
        for phrase, kind, delivery in zip(score.lead, weak, deliveries, strict=True):
            late = delivery.late_s
            yield TruePhrase(file, phrase.start_s + late, phrase.end_s + late, phrase.words, kind)
    punch = score.lead[mistakes.punch]
    for file in (file.file for file in files if file.pass_name == PUNCH):
        yield TruePhrase(file, punch.start_s, punch.end_s, punch.words)
    backing = [file.file for file in files if file.part == "backing vocal"]
    for file, phrases in zip(backing, (score.high, score.low), strict=True):
        for phrase in phrases:
            yield TruePhrase(file, phrase.start_s, phrase.end_s, phrase.words)


Names = dict[str, str]  # file by its name without folder and suffix


def _faults(score: Score, mistakes: Mistakes, names: Names) -> Iterator[Fault]:
    end_s = score.duration_s
    for at, slips in enumerate(mistakes.slips):
        snare = names[f"Snare Top_{at + 1:02d}"]
        for slip in slips:
            start_s = slip.at_s + min(slip.shift_s, 0.0)
            says = "one stroke of the drummer, in all microphones of the pass"
            yield Fault(snare, "timing", start_s, start_s + _STROKE_S, 1000 * slip.shift_s, "ms", says)
        says = "cross-wired: the polarity is inverted"
        yield Fault(names[f"Tom_{at + 1:02d}"], "polarity", 0.0, end_s, None, "", says)
    delay_ms = 1000 * round(mistakes.overhead_delay_s * RATE_HZ) / RATE_HZ
    right = names["OH R_01"]
    yield Fault(right, "delay", 0.0, end_s, delay_ms, "ms", "later than the left overhead by that, beyond nature")
    direct = names["Bass DI_01"]
    late = score.bass[mistakes.late_bass]
    says = "one bass note, on DI and amplifier"
    yield Fault(direct, "timing", late.start_s, late.end_s, 1000 * mistakes.late_bass_s, "ms", says)
    says = f"mains hum at {mistakes.hum_hz:.0f} Hz and its harmonics"
    yield Fault(direct, "hum", 0.0, end_s, mistakes.hum_dbfs, "dBFS", says)
    guitar = names["Electric Gtr 1_01"]
    yield Fault(guitar, "click", mistakes.click_s, mistakes.click_s + 2 / RATE_HZ, -4.0, "dBFS", "a digital click")
    yield from _lead_faults(score, mistakes, names)
    phrase, note = mistakes.sharp_backing
    sung = score.high[phrase].notes[note]
    high = names["BV High_01"]
    yield Fault(high, "pitch", sung.start_s, sung.end_s, mistakes.sharp_backing_cents, "cents", "one note")


def _lead_faults(score: Score, mistakes: Mistakes, names: Names) -> Iterator[Fault]:
    for at, deliveries in enumerate(mistakes.deliveries):
        file = names[f"Lead Vox_{at + 1:02d}"]
        for phrase, delivery in zip(score.lead, deliveries, strict=True):
            yield from _phrase_faults(file, phrase, delivery)
        if at == mistakes.clipped_pass:
            word = mistakes.clipped
            yield Fault(file, "clipped", word.start_s, word.end_s, word.over_db, "dB", f'the word "{word.word}"')


def _phrase_faults(file: str, phrase: Phrase, delivery: Delivery) -> Iterator[Fault]:
    if delivery.late_s:
        start_s, end_s = phrase.start_s + delivery.late_s, phrase.end_s + delivery.late_s
        yield Fault(file, "timing", start_s, end_s, 1000 * delivery.late_s, "ms", "the whole phrase")
    if delivery.thin:
        yield Fault(file, "thin", phrase.start_s, phrase.end_s, -9.0, "dB", "sung off the microphone, with noise")
    for note, cents in zip(phrase.notes, delivery.cents, strict=False):
        if cents:
            yield Fault(file, "pitch", note.start_s, note.end_s, cents, "cents", "one note")
