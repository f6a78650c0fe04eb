"""A record on every system: played, measured against itself, and scored.

The score is the share of the record's loudness that survives, summed over all bands and all frames that are not pauses:

    kept = min(N, 1.25 N') * h        N: loudness of the band on the record, N': on the system, as loud in its middle
    score = 100 * sum(kept) / sum(N)

A band counts whole down to four fifths of its loudness on the record (4 dB: loudspeakers and rooms colour, and ears
get used to it), and in proportion below. h is how much of it is heard over the noise of the place, or over the codec's
error: 0 at -4 dB in the band, 1 from 6 dB on. Of what is lost below 150 Hz one half counts as kept where harmonics
carry its note: the note is there, its weight is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.translation.bass import BassNotes, Carried
from controlroom.rooms.mastering.translation.hearing import (
    CENTRES_HZ,
    LOW_END_BANDS,
    WIDTHS_HZ,
    Floats,
    Sound,
    SoundAccumulator,
    heard_over,
    level_db,
    loudness,
    sounding,
    spectra,
    weighted_power,
)
from controlroom.rooms.mastering.translation.judge import Played, findings_of
from controlroom.rooms.mastering.translation.overs import over_of, shared
from controlroom.rooms.mastering.translation.play import place_gain_db, played_on
from controlroom.rooms.mastering.translation.report import Figures, Section, SectionScore, System, Translation
from controlroom.rooms.mastering.translation.systems import PLACES, Place, noise_spl_db, place_of
from controlroom.rooms.mastering.translation.voice import Voice, VoiceAccumulator, understood
from controlroom.rooms.mastering.translation.work import side_by_side
from controlroom.sound.codecs import decoded
from controlroom.sound.filters import response_db
from controlroom.sound.meter import Loudness, metered, true_peak_dbtp
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Samples, Signal
from controlroom.sound.tone import curve_db

WHOLE_FROM = 0.8  # of its loudness on the record
CARRIED_COUNTS = 0.5
TURNED_UP_DB = 6.0  # people turn up a record that plays quieter than others, but no further
SHARE_OF_LISTENING = 0.15  # of the progress


class _Record(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The record itself, and all that is compared with it."""

    signal: Signal
    loudness: Loudness
    sound: Sound
    counts: npt.NDArray[np.bool_]
    notes_hz: Samples
    voice: Voice | None


class _Heard(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A system's sound, its error against the record (codecs), how its bass is carried, its decoded peak."""

    power: Samples
    error: Samples | None
    carried: Samples
    peak_dbtp: float | None = None


def translate(
    signal: Signal,
    progress: Progress = SILENT,
    *,
    vocal: Signal | None = None,
    sections: Sequence[Section] = (),
    systems: Sequence[str] | None = None,
    folder: Path | None = None,
) -> Translation:
    """What survives of a record (one or two channels) on each system; `systems` names some of them (None: all).

    `vocal` is the voice's own track at the same rate, from the same start; without it nothing is said of the voice.
    `sections` get scores of their own. Temporary files lie in `folder`. Reads the signal several times, each block once
    at a time; raises `UsageError` for more than two channels or a system that is not there.
    """
    places = PLACES if systems is None else tuple(place_of(name) for name in systems)
    record = _listen(shared(signal, folder), vocal, scaled(progress, 0.0, SHARE_OF_LISTENING, "listening"))
    jobs = [partial(_system, place, record, sections, folder) for place in places]
    made = side_by_side(jobs, scaled(progress, SHARE_OF_LISTENING, 1.0, "translation"), "translation")
    return Translation(systems=tuple(made), voice_judged=record.voice is not None)


def _listen(signal: Signal, vocal: Signal | None, progress: Progress) -> _Record:
    measured = metered(signal, scaled(progress, 0.0, 0.4)).result()
    sound, notes = SoundAccumulator(signal.rate_hz, signal.channels), BassNotes(signal.rate_hz)
    singing = None if vocal is None else VoiceAccumulator(signal.rate_hz, vocal.channels)
    track = spectra(vocal) if vocal is not None else None
    for bins in spectra(signal, scaled(progress, 0.4, 1.0)):
        sound.add(bins)
        notes.add(bins)
        if singing and track:
            singing.add(bins, _as_many(next(track, None), bins))
    heard = sound.result()
    return _Record(
        signal=signal,
        loudness=measured,
        sound=heard,
        counts=sounding(heard.power),
        notes_hz=notes.result(),
        voice=singing.result() if singing else None,
    )


def _as_many(track: npt.NDArray[np.complex64] | None, bins: npt.NDArray[np.complex64]) -> npt.NDArray[np.complex64]:
    """The track's frames, as many as the record's: it may end sooner or later."""
    if track is None:
        return np.zeros((1, *bins.shape[1:]), np.complex64)
    short = max(bins.shape[1] - track.shape[1], 0)
    return np.pad(track, ((0, 0), (0, short), (0, 0)))[:, : bins.shape[1]]


def _system(
    place: Place, record: _Record, sections: Sequence[Section], folder: Path | None, progress: Progress
) -> System:
    heard = (_through_codec if place.codec else _through_air)(place, record, folder, progress)
    if not record.counts.any():
        return System(name=place.name, title=place.title, score=None, findings=(), figures=Figures())
    played = _compared(place, record, heard)
    return System(
        name=place.name,
        title=place.title,
        score=_score(played, record.counts),
        findings=findings_of(played),
        figures=played.figures,
        sections=tuple(_of_section(section, played, record) for section in sections),
    )


def _through_air(place: Place, record: _Record, folder: Path | None, progress: Progress) -> _Heard:
    signal = played_on(record.signal, place.name, loudness_lufs=record.loudness.integrated_lufs)
    sound = SoundAccumulator(signal.rate_hz, signal.channels)
    carried = Carried(signal.rate_hz, record.notes_hz)
    for bins in spectra(signal, progress):
        sound.add(bins)
        carried.add(bins)
    return _Heard(power=sound.result().power, error=None, carried=carried.result())


def _through_codec(place: Place, record: _Record, folder: Path | None, progress: Progress) -> _Heard:
    assert place.codec
    original = record.signal
    sound, error = (SoundAccumulator(original.rate_hz, original.channels) for _ in range(2))
    carried = Carried(original.rate_hz, record.notes_hz)
    with decoded(original, place.codec, folder, scaled(progress, 0.0, 0.7)) as stream:
        peak = true_peak_dbtp(stream)
        back = stream if stream.rate_hz == original.rate_hz else Resampled(stream, original.rate_hz)
        for bins, own in zip(spectra(back, scaled(progress, 0.7, 1.0)), spectra(original), strict=True):
            sound.add(bins)
            error.add(bins - own)
            carried.add(bins)
    return _Heard(power=sound.result().power, error=error.result().power, carried=carried.result(), peak_dbtp=peak)


def _compared(place: Place, record: _Record, heard: _Heard) -> Played:
    counts, own = record.counts, record.sound
    own_db, played_db = level_db(own.power[counts]), level_db(heard.power[counts])
    gain_db = place.listen_db - own_db
    at_db = gain_db + min(own_db - played_db, _loss_db(place, record.signal.rate_hz) + TURNED_UP_DB)
    whole = loudness(own.power, gain_db)
    noise = 10 ** (noise_spl_db(place, CENTRES_HZ, WIDTHS_HZ) / 10)
    over_noise = heard_over(heard.power * np.float32(10 ** (at_db / 10)), noise.astype(np.float32))
    system = np.minimum(whole, loudness(heard.power, at_db) / np.float32(WHOLE_FROM))
    if heard.error is not None:
        system = system * heard_over(heard.power, heard.error)
    kept = system * over_noise
    low = slice(0, LOW_END_BANDS)
    lost = whole[:, low] - kept[:, low]
    credited = kept.copy()
    credited[:, low] += np.float32(CARRIED_COUNTS) * lost * heard.carried[:, None]
    return Played(
        place=place,
        sound=own,
        counts=counts,
        whole=whole,
        kept=credited,
        over_noise=_shares(kept, system),
        figures=_figures(place, record, heard, _Parts(whole, system, kept, noise / 10 ** (at_db / 10))),
    )


class _Parts(msgspec.Struct, frozen=True, eq=False):
    """Loudness (frames, bands) of the record, of the system, of what is heard of it; the noise in the system's unit."""

    whole: Samples
    system: Samples
    kept: Samples
    noise: Floats


def _figures(place: Place, record: _Record, heard: _Heard, parts: _Parts) -> Figures:
    counts, low = record.counts, slice(0, LOW_END_BANDS)
    whole, kept = parts.whole[counts, low], parts.kept[counts, low]
    lost = whole - kept
    voice = record.voice
    over = None if place.codec is None else over_of(place.codec, record.loudness.true_peak_dbtp, heard.peak_dbtp)
    return Figures(
        low_end_kept_percent=_percent(kept.sum(), whole.sum()),
        low_end_carried_percent=_percent((lost * heard.carried[counts, None]).sum(), lost.sum()),
        over_noise_percent=_percent(parts.kept[counts].sum(), parts.system[counts].sum()) if place.noise_db else None,
        fold_loss_lu=_fold_loss_lu(record) if place.mono == "all" else None,
        voice_index=None
        if voice is None
        else understood(voice, _voice_gain(place, record, heard, voice), heard.power, parts.noise),
        decoded_dbtp=over.decoded_dbtp if over else None,
        over_db=over.over_db if over else None,
        safe_ceiling_dbtp=over.safe_ceiling_dbtp if over else None,
    )


def _voice_gain(place: Place, record: _Record, heard: _Heard, voice: Voice) -> Floats:
    """What a system does to the voice's power in each frame and band: its filter, its folding, its protection."""
    response: Floats = 10 ** (response_db(place.bands, record.signal.rate_hz, CENTRES_HZ) / 10)
    folded = response * voice.fold if place.mono == "all" else response
    own = record.sound
    before = own.power if place.mono != "all" or own.cross is None else (own.power + own.cross) / 2
    protected = weighted_power(heard.power) / np.maximum(weighted_power(before * response), 1e-30)
    result: Floats = np.clip(protected, 0.0, 1.0)[:, None] * folded
    return result


def _fold_loss_lu(record: _Record) -> float | None:
    own, counts = record.sound, record.counts
    if own.cross is None:
        return None
    stereo = weighted_power(own.power[counts]).sum()
    folded = weighted_power((own.power[counts] + own.cross[counts]) / 2).sum()
    return float(10 * np.log10(stereo / max(folded, 1e-12 * stereo)))


def _loss_db(place: Place, rate_hz: int) -> float:
    """How much quieter the system plays a record like most: what its volume makes good before anything is heard."""
    record = 10 ** (curve_db(CENTRES_HZ) / 10) * WIDTHS_HZ / CENTRES_HZ
    played = record * 10 ** ((response_db(place.bands, rate_hz, CENTRES_HZ) + place_gain_db(place, rate_hz)) / 10)
    return level_db(record[None, :]) - level_db(played[None, :])


def _percent(part: float, whole: float) -> float | None:
    return 100.0 * float(part) / float(whole) if whole > 0 else None


def _shares(part: Samples, whole: Samples) -> Floats:
    result: Floats = part.sum(axis=1, dtype=np.float64) / np.maximum(whole.sum(axis=1, dtype=np.float64), 1e-30)
    return result


def _score(played: Played, frames: npt.NDArray[np.bool_]) -> float | None:
    return _percent(played.kept[frames].sum(), played.whole[frames].sum())


def _of_section(section: Section, played: Played, record: _Record) -> SectionScore:
    times_s = np.arange(len(record.counts)) * record.sound.frame_s
    inside = record.counts & (times_s >= section.start_s) & (times_s < section.end_s)
    return SectionScore(label=section.label, start_s=section.start_s, end_s=section.end_s, score=_score(played, inside))
