"""The rules of an album: how loud each song is beside the others, and how far its tone goes toward theirs.

Loudness. A streaming service that plays an album keeps the songs' distances (AES TD1008, 2021), so they are set here.
The song that is heaviest is the anchor: it gets the album's loudness. Of another song it is asked how far its loud
sections lie under the anchor's. Half of that is kept, 3 LU at most; so a ballad stays softer than a rock song, but
nobody reaches for the knob. The level of a mix is partly chance (how much headroom its engineer left), so the distance
is the mean of two: as the mixes stand, and at equal peaks. A song's loudness is set by its loud sections: quiet verses
do not lift its choruses over the others'.

Tone. Each octave of each song, as it will be after its own mastering, is compared to the album's median. Songs may
differ; what lies more than 1.5 dB off comes back halfway, by 2 dB at most.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from controlroom.rooms.mastering.album.report import OCTAVES_HZ, SongReport
from controlroom.rooms.mastering.plan import ToneMove
from controlroom.sound.filters import response_db

KEPT, MOST_KEPT_LU = 0.5, 3.0
SOFTEST_LU = -6.0  # below the anchor, integrated
OVER_OWN_LU = 1.0  # no song is pushed further over what it would carry by itself
FREE_DB, TONE_SHARE, MOST_TONE_DB, LEAST_TONE_DB = 1.5, 0.5, 2.0, 0.5
MOST_MOVES = 3
HOLLOW_DB = 10.0  # further under: there is nothing to lift
OCTAVE_Q = 1.0
MIDDLE = slice(2, 7)  # 250 Hz to 4 kHz: by these the levels are matched


def as_mastered(songs: Sequence[SongReport], segues: Sequence[bool]) -> tuple[list[SongReport], list[int]]:
    """The songs, those that go on into one another as one; and for each song which of these it belongs to."""
    chains: list[list[SongReport]] = []
    one_of = []
    for song, segue in zip(songs, segues, strict=True):
        if segue and chains:
            chains[-1].append(song)
        else:
            chains.append([song])
        one_of.append(len(chains) - 1)
    return [_as_one(chain) for chain in chains], one_of


def _as_one(chain: Sequence[SongReport]) -> SongReport:
    """What hearing them end to end would tell, near enough to decide by."""
    longest = max(chain, key=lambda song: song.master.duration_s)
    if len(chain) == 1:
        return longest
    lengths = [song.master.duration_s for song in chain]
    peaks = [song.master.loudness.true_peak_dbtp for song in chain]
    loudness = replace(
        longest.master.loudness,
        integrated_lufs=mean_db([song.master.loudness.integrated_lufs for song in chain], lengths),
        true_peak_dbtp=max((peak for peak in peaks if peak is not None), default=None),
    )
    return replace(
        longest,
        master=replace(longest.master, loudness=loudness, duration_s=sum(lengths)),
        loud_lufs=max((song.loud_lufs for song in chain if song.loud_lufs is not None), default=None),
        octaves_db=tuple(mean_db(levels, lengths) for levels in zip(*(song.octaves_db for song in chain), strict=True)),
    )


def mean_db(levels: Sequence[float | None], lengths: Sequence[float]) -> float | None:
    """The power mean of those that exist."""
    known = [(level, length) for level, length in zip(levels, lengths, strict=True) if level is not None]
    if not known:
        return None
    power = sum(10 ** (level / 10) * length for level, length in known) / sum(length for _, length in known)
    return float(10 * np.log10(power))


def weight(song: SongReport) -> float | None:
    """How heavy a song is, LUFS: the mean of its loud sections as they stand and at equal peaks."""
    peak = song.master.loudness.true_peak_dbtp
    return None if song.loud_lufs is None or peak is None else song.loud_lufs - peak / 2


def anchor_of(songs: Sequence[SongReport]) -> int | None:
    """The heaviest song; None when all are silent."""
    weights = [weight(song) for song in songs]
    known = [(value, -k) for k, value in enumerate(weights) if value is not None]
    return -max(known)[1] if known else None


def loudness_lu(song: SongReport, anchor: SongReport) -> float | None:
    """How far the song's integrated loudness lies under the anchor's, 0 or less; None for silence."""
    own, heaviest = weight(song), weight(anchor)
    if own is None or heaviest is None:
        return None
    distance = min(KEPT * (heaviest - own), MOST_KEPT_LU)
    offset = spread_lu(anchor) - distance - spread_lu(song)
    return round(min(max(offset, SOFTEST_LU), 0.0), 1)


def spread_lu(song: SongReport) -> float:
    """How far the loud sections stand over the integrated loudness."""
    integrated = song.master.loudness.integrated_lufs
    return 0.0 if integrated is None or song.loud_lufs is None else song.loud_lufs - integrated


def tone_moves(songs: Sequence[SongReport]) -> list[tuple[ToneMove, ...]]:
    """For each song what brings it toward the album's median; nothing for finished masters."""
    shapes = [_shape(song) for song in songs]
    together = np.array([shape for shape in shapes if shape is not None])
    if len(together) < 2:
        return [()] * len(songs)
    sure = np.isfinite(together).sum(axis=0) >= 2
    median = np.full(len(OCTAVES_HZ), np.nan)
    median[sure] = np.nanmedian(together[:, sure], axis=0)
    return [
        () if shape is None or song.master.finished else _moves(shape - median)
        for song, shape in zip(songs, shapes, strict=True)
    ]


def _shape(song: SongReport) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """The octaves after the song's own mastering, less the mean of the middle; None where the middle has holes."""
    levels = np.array([np.nan if level is None else level for level in song.octaves_db])
    bands = [move.band for move in song.own.tone]
    levels = levels + (response_db(bands, song.master.rate_hz, OCTAVES_HZ) if bands else 0.0)
    middle = levels[MIDDLE]
    if not np.isfinite(middle).all() or np.ptp(middle) > 40:
        return None
    shape: np.ndarray[tuple[int], np.dtype[np.float64]] = levels - middle.mean()
    return shape


def _moves(off_db: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[ToneMove, ...]:
    found = []
    for centre_hz, off in zip(OCTAVES_HZ, off_db, strict=True):
        if not np.isfinite(off) or abs(off) <= FREE_DB or off < -HOLLOW_DB:
            continue
        gain_db = round(float(np.clip(-TONE_SHARE * (off - np.copysign(FREE_DB, off)), -MOST_TONE_DB, MOST_TONE_DB)), 1)
        if abs(gain_db) >= LEAST_TONE_DB:
            side = "over" if off > 0 else "under"
            reason = f"Around {_said(centre_hz)} it lies {abs(off):.1f} dB {side} the album's median."
            found.append(ToneMove(kind="bell", freq_hz=centre_hz, gain_db=gain_db, q=OCTAVE_Q, reason=reason))
    furthest = sorted(found, key=lambda move: -abs(move.gain_db))[:MOST_MOVES]
    return tuple(sorted(furthest, key=lambda move: move.freq_hz))


def _said(freq_hz: float) -> str:
    return f"{freq_hz / 1000:g} kHz" if freq_hz >= 1000 else f"{freq_hz:g} Hz"
