"""A demo beside records that it should stand next to ("like this record"): what lies how far outside of what they do.

One reference is taken as it is; several give their median and spread (1.48 times the median absolute deviation, the
standard deviation where they are normal: P. Rousseeuw and C. Croux, "Alternatives to the Median Absolute Deviation",
1993). Tone is compared with levels matched; everything else as it was measured, each file by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from typing import NamedTuple, TypeAlias

import msgspec

from controlroom.rooms.listening.told import Told, midi_of, note_of
from controlroom.song.remarks import clock

Reading: TypeAlias = Callable[[Told], float | None]

DEVIATION = 1.4826
TONE_DB = 1.5


class Measure(NamedTuple):
    """A figure of a report: `step` is how much of it is worth a word, `more` and `less` what it then is."""

    name: str
    read: Reading
    step: float
    more: str
    less: str
    amount: Callable[[float], str]
    shown: Callable[[float], str]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """`value` of the demo against the references' median and `spread` (0 for one reference), in the unit of `figure`.

    `outside`: how far beyond the spread it lies, in steps that are worth a word; 0 within. `references`: how many tell
    this figure.
    """

    figure: str
    value: float
    reference: float
    spread: float
    references: int
    outside: float
    says: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """`differences` that are worth a word come first, the largest before the smaller; then all else both tell.

    `key` and `keys` are named, not judged: a song stands in the key that its singer needs.
    """

    references: tuple[str, ...]
    differences: tuple[Difference, ...] = ()
    key: str | None = None
    keys: tuple[str, ...] = ()

    @property
    def outside(self) -> tuple[Difference, ...]:
        """Those worth a word."""
        return tuple(each for each in self.differences if each.outside >= 1)


def compare(demo: Told, references: Mapping[str, Told]) -> Comparison:
    """The demo against one or more references, by name."""
    told = list(references.values())
    found = sorted(_differences(demo, told), key=lambda each: -each.outside)
    keys = tuple(each.harmony.key for each in told if each.harmony.key)
    return Comparison(references=tuple(references), differences=tuple(found), key=demo.harmony.key, keys=keys)


def _differences(demo: Told, references: Sequence[Told]) -> Iterator[Difference]:
    for measure in (*MEASURES, *_tones(demo, references)):
        value = measure.read(demo)
        others = [other for other in map(measure.read, references) if other is not None]
        if value is None or not others:
            continue
        if measure.name == "tempo_bpm":
            others = [_octave(other, value) for other in others]
        middle = median(others)
        spread = DEVIATION * median(abs(other - middle) for other in others)
        step = measure.step * middle if measure.name == "tempo_bpm" else measure.step
        yield Difference(
            figure=measure.name,
            value=round(value, 2),
            reference=round(middle, 2),
            spread=round(spread, 2),
            references=len(others),
            outside=round(max(abs(value - middle) - spread, 0.0) / step, 2),
            says=_sentence(measure, value, middle, len(others)),
        )


def _octave(tempo_bpm: float, like_bpm: float) -> float:
    """The same beat counted twice or half as fast, where that lies nearer: no difference that is heard."""
    return min((tempo_bpm, 2 * tempo_bpm, tempo_bpm / 2), key=lambda each: abs(each - like_bpm))


def _sentence(measure: Measure, value: float, middle: float, count: int) -> str:
    word = measure.more if value >= middle else measure.less
    against = "the reference has" if count == 1 else f"the {count} references have"
    return f"{measure.amount(abs(value - middle))} {word} ({measure.shown(value)}; {against} {measure.shown(middle)})."


def _tones(demo: Told, references: Sequence[Told]) -> list[Measure]:
    """The regions of the spectrum, where all were held against the same curve."""
    if any(each.sound.balance.against != demo.sound.balance.against for each in references):
        return []
    return [_tone(name) for name in demo.bands]


def _tone(name: str) -> Measure:
    return Measure(
        name, lambda told: told.bands.get(name), TONE_DB, f"more {name}", f"less {name}", _plain("dB"), _signed("dB")
    )


def _plain(unit: str) -> Callable[[float], str]:
    return lambda value: f"{value:.1f} {unit}"


def _signed(unit: str) -> Callable[[float], str]:
    return lambda value: f"{value:+.1f} {unit}"


def _seconds(value: float) -> str:
    return f"{value:.0f} s"


def _bpm(value: float) -> str:
    return f"{value:.4g} BPM"


def _semitones(value: float) -> str:
    return "1 semitone" if value == 1 else f"{value:.0f} semitones"


def _note(value: float) -> str:
    return note_of(round(value))


def _intro_s(told: Told) -> float | None:
    """How long it takes until something other than the intro comes; None without sections."""
    sections = told.form.sections
    if not sections:
        return None
    return sections[0].length_s if sections[0].label == "intro" else 0.0


def _contrast_lu(told: Told) -> float | None:
    """How much louder choruses are than verses."""
    levels = {
        label: [
            each.loudness_lufs for each in told.form.sections if each.label == label and each.loudness_lufs is not None
        ]
        for label in ("chorus", "verse")
    }
    return median(levels["chorus"]) - median(levels["verse"]) if all(levels.values()) else None


MEASURES = (
    Measure("tempo_bpm", lambda told: told.rhythm.tempo_bpm, 0.05, "faster", "slower", _bpm, _bpm),
    Measure(
        "time_to_chorus_s",
        lambda told: told.form.time_to_chorus_s,
        8.0,
        "later to the chorus",
        "earlier to the chorus",
        _seconds,
        clock,
    ),
    Measure(
        "time_to_voice_s",
        lambda told: told.form.time_to_voice_s,
        5.0,
        "later to the voice",
        "earlier to the voice",
        _seconds,
        clock,
    ),
    Measure("intro_s", _intro_s, 5.0, "more intro", "less intro", _seconds, _seconds),
    Measure("duration_s", lambda told: told.file.duration_s or None, 25.0, "longer", "shorter", _seconds, clock),
    Measure(
        "range_lu",
        lambda told: told.loudness.range_lu,
        2.5,
        "more between soft and loud",
        "less between soft and loud",
        _plain("LU"),
        _plain("LU"),
    ),
    Measure(
        "plr_db",
        lambda told: told.loudness.plr_db,
        2.0,
        "more peak above the average",
        "less peak above the average",
        _plain("dB"),
        _plain("dB"),
    ),
    Measure(
        "contrast_lu",
        _contrast_lu,
        1.5,
        "more lift from verse to chorus",
        "less lift from verse to chorus",
        _plain("LU"),
        _signed("LU"),
    ),
    Measure(
        "integrated_lufs",
        lambda told: told.loudness.integrated_lufs,
        2.0,
        "louder",
        "quieter",
        _plain("LU"),
        _plain("LUFS"),
    ),
    Measure("width_db", lambda told: told.sound.width_db, 3.0, "wider", "narrower", _plain("dB"), _signed("dB")),
    Measure(
        "highest_note",
        lambda told: midi_of(told.voice.highest_note),
        3.0,
        "higher at the top",
        "lower at the top",
        _semitones,
        _note,
    ),
)
"""What is compared, beside tone."""
