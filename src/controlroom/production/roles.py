"""What plays in a file whose name says nothing ("Audio 1"): a few figures of its sound, and a modest guess."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.song.model import Mic
from controlroom.song.roles import guess_role
from controlroom.song.traits import SoundTraits
from controlroom.sound.pitch import track_pitch
from controlroom.sound.signal import Audio, Signal
from controlroom.sound.spectrum import band_levels_db
from controlroom.sound.survey import Survey

EDGES_HZ = (0.0, 120.0, 500.0, 2000.0, 8000.0, 1e6)
EXCERPT_S = 12.0


def named_or_heard(mic: Mic, survey: Survey, signal: Signal) -> Mic:
    """The mic with a role: the one its name gives, else what it sounds like; silence stays unknown."""
    if mic.role != "unknown" or not survey.levels.active:
        return mic
    guess = guess_role(mic.path.stem, traits_of(survey, signal))
    return msgspec.structs.replace(mic, role=guess.role, side=mic.side or guess.side)


def traits_of(survey: Survey, signal: Signal) -> SoundTraits:
    """The figures that tell one instrument from another; reads a few seconds for the pitch."""
    spectrum, levels = survey.spectrum, survey.levels
    edges = [edge for edge in EDGES_HZ if edge < survey.rate_hz / 2] + [survey.rate_hz / 2]
    powers = 10 ** (band_levels_db(spectrum, edges) / 10)
    shares = np.pad(powers / max(float(powers.sum()), 1e-20), (0, len(EDGES_HZ) - 1 - len(powers)))
    active_s = sum(end - start for start, end in levels.active)
    crests = [crest for crest in levels.crest_db if crest is not None]
    return SoundTraits(
        centroid_hz=float(spectrum.freqs_hz @ spectrum.power / max(float(spectrum.power.sum()), 1e-20)),
        share_below_120=float(shares[0]),
        share_120_500=float(shares[1]),
        share_500_2k=float(shares[2]),
        share_2k_8k=float(shares[3]),
        share_above_8k=float(shares[4]),
        crest_db=max(crests, default=0.0),
        onsets_per_s=len(survey.onsets.times_s) / max(active_s, 1.0),
        pitched_share=_pitched_share(signal, levels.active[0][0]),
        active_share=active_s * survey.rate_hz / survey.frames,
        channels=survey.channels,
    )


def _pitched_share(signal: Signal, start_s: float) -> float:
    start = round(start_s * signal.rate_hz)
    excerpt = signal.read(start, round(EXCERPT_S * signal.rate_hz)).mean(axis=0)
    track = track_pitch(Audio(excerpt, signal.rate_hz))
    return float(np.mean(track.f0_hz > 0)) if len(track.f0_hz) else 0.0
