"""What changed in the whole: speed, key, length, loudness, dynamics, tone, faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from controlroom.rooms.listening.changes.change import Change, Kind
from controlroom.rooms.listening.told import Told, key_moved
from controlroom.song.remarks import clock
from controlroom.sound.versions import Recognition

Figures: TypeAlias = dict[str, float | str | None]
Sentence: TypeAlias = Callable[[float, float], tuple[str, str]]

FASTER_PERCENT, LONGER_S = 0.4, 2.0
SAME_TEMPO = 0.02  # two reports' tempos that agree so closely with the alignment are said in BPM
LOUDER_LU, RANGE_LU, PLR_DB, TONE_DB = 0.5, 1.5, 1.5, 1.5
NEARLY_ALL = 0.95
WIDER = 1.25  # times the highest frequency
MEASURED, MATCHED = 0.95, 0.85
FAULTS = {"clipped": "clipping", "out_of_phase": "the phase fault", "truncated_file": "the break at the end"}
"""What a finding is called where its code is no noun."""
HIDDEN = ("lossy_ancestry", "click")  # not to be found any more is not to be gone: any processing hides them


def changes_of_whole(old: Told, new: Told, known: Recognition) -> Iterator[Change]:
    yield from _tempo(old, new, known)
    yield from _key(old, known)
    yield from _figure("length", old.file.duration_s, new.file.duration_s, LONGER_S, _length)
    was, now, times = old.loudness, new.loudness, _caution(known)
    yield from _figure("loudness", was.integrated_lufs, now.integrated_lufs, LOUDER_LU * times, _loudness)
    yield from _figure("dynamics", was.range_lu, now.range_lu, RANGE_LU * times, _range)
    yield from _figure("dynamics", was.plr_db, now.plr_db, PLR_DB * times, _peaks)
    yield from _tone(old, new, TONE_DB * times)
    yield from _faults(old, new)


def _tempo(old: Told, new: Told, known: Recognition) -> Iterator[Change]:
    """The alignment knows by how much; the reports only lend their tempos where they say the same."""
    if abs(known.faster_percent) < FASTER_PERCENT:
        return
    was, now = old.rhythm.tempo_bpm, new.rhythm.tempo_bpm
    word = "faster" if known.faster_percent > 0 else "slower"
    says = f"{abs(known.faster_percent):.1f} % {word}."
    if was and now and abs(now / was / (1 + known.faster_percent / 100) - 1) <= SAME_TEMPO:
        says = f"{abs(now - was):.3g} BPM {word} ({now:.4g} instead of {was:.4g})."
    figures: dict[str, float | str | None] = {
        "faster_percent": known.faster_percent,
        "tempo_bpm": now,
        "old_tempo_bpm": was,
    }
    yield Change(kind="tempo", says=says, confidence=known.confidence, figures=figures)


def _key(old: Told, known: Recognition) -> Iterator[Change]:
    if not known.semitones:
        return
    by, word = abs(known.semitones), "higher" if known.semitones > 0 else "lower"
    says, whole = f"{by:g} {'semitone' if by == 1 else 'semitones'} {word}", round(known.semitones)
    key = None
    if old.harmony.key and abs(known.semitones - whole) < 0.2:
        key = key_moved(old.harmony.key, whole)
        says += f" ({key} instead of {old.harmony.key})"
    figures: Figures = {"semitones": known.semitones, "key": key, "old_key": old.harmony.key}
    yield Change(kind="key", says=f"{says}.", confidence=known.confidence, figures=figures)


def _figure(kind: Kind, was: float | None, now: float | None, least: float, sentence: Sentence) -> Iterator[Change]:
    """A change of one measured figure by at least `least`."""
    if was is None or now is None or abs(now - was) < least:
        return
    name, says = sentence(was, now)
    yield Change(kind=kind, says=says, confidence=MEASURED, figures={name: round(now, 2), f"old_{name}": round(was, 2)})


def _length(was: float, now: float) -> tuple[str, str]:
    word = "longer" if now > was else "shorter"
    return "duration_s", f"{abs(now - was):.0f} s {word} ({clock(now)} instead of {clock(was)})."


def _loudness(was: float, now: float) -> tuple[str, str]:
    word = "louder" if now > was else "quieter"
    return "integrated_lufs", f"The whole is {abs(now - was):.1f} LU {word} ({now:.1f} instead of {was:.1f} LUFS)."


def _range(was: float, now: float) -> tuple[str, str]:
    word = "wider" if now > was else "narrower"
    return "range_lu", f"Loud and soft lie {abs(now - was):.1f} LU {word} apart ({now:.1f} instead of {was:.1f} LU)."


def _peaks(was: float, now: float) -> tuple[str, str]:
    word = "higher above" if now > was else "closer to"
    return "plr_db", f"Peaks stand {abs(now - was):.1f} dB {word} the average ({now:.1f} instead of {was:.1f} dB)."


def _caution(known: Recognition) -> float:
    """Where bars went or came, averages over the whole move by themselves: more is asked of them."""
    longer_s = max(known.alignment.old_duration_s, known.alignment.new_duration_s)
    return 1.0 if known.shared_s >= NEARLY_ALL * longer_s else 2.0


def _tone(old: Told, new: Told, least_db: float) -> Iterator[Change]:
    """Regions against the whole, so that level does not count."""
    was, now = old.bands, new.bands
    alike = old.sound.balance.against == new.sound.balance.against
    for name in (name for name in was if name in now and alike):
        by_db = now[name] - was[name]
        if abs(by_db) >= least_db:
            yield Change(
                kind="tone",
                says=f"{name[0].upper()}{name[1:]} {by_db:+.1f} dB.",
                confidence=MATCHED,
                figures={"region": name, "by_db": round(by_db, 1)},
            )
    reached, reaches = old.file.bandwidth_hz, new.file.bandwidth_hz
    if reached and reaches and not 1 / WIDER < reaches / reached < WIDER:
        yield Change(
            kind="tone",
            says=f"The sound reaches up to {reaches / 1000:.1f} kHz ({reached / 1000:.1f} kHz before).",
            confidence=MATCHED,
            figures={"bandwidth_hz": reaches, "old_bandwidth_hz": reached},
        )


def _faults(old: Told, new: Told) -> Iterator[Change]:
    """Tone is compared by figures, not by whether it is worth a finding."""
    was, now = (
        {finding.code: finding.says for finding in each.findings if not finding.code.startswith("tone_")}
        for each in (old, new)
    )
    for code in (*was, *(code for code in now if code not in was)):
        if (code in was) == (code in now) or (code in was and code in HIDDEN):
            continue
        name = FAULTS.get(code, code.replace("_", " "))
        says = f"{name[0].upper()}{name[1:]} is {'gone' if code in was else 'new'}."
        yield Change(
            kind="fault", says=says, confidence=MATCHED, figures={"code": code, "said": was.get(code, now.get(code))}
        )
