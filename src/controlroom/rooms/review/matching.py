"""Versions heard side by side at one loudness: over the passage they share, the louder ones are turned down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.meter import LoudnessSeries
from controlroom.sound.meter.gating import OFFSET_LU, integrated_lufs
from controlroom.sound.versions.alignment import Alignment

Floats: TypeAlias = npt.NDArray[np.float64]

BLOCK_S = 0.4  # of the momentary series; a block is known by the time it ends at (BS.1770-5, annex 1)
LEAST_S = 1.0

SILENT = "It is silent, or too short, in the passage that the versions share."
NOT_ALIGNED = "It does not align with the others, so there is no passage to match it over."
NOTHING_SHARED = "There is no passage that all these versions share."


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """`gain_db`: what to turn the version down by, 0 or less; None where it cannot be matched, and `why`.

    `heard_lufs`: its loudness over the shared passage, `heard_s` how long that is.
    """

    gain_db: float | None = None
    heard_lufs: float | None = None
    heard_s: float = 0.0
    why: str = ""


def match(loudness: Mapping[str, LoudnessSeries], alignments: Mapping[str, Alignment], base: str) -> dict[str, Matched]:
    """What every version is turned down by, so that all sound as loud as the quietest (which stays at 0 dB).

    `loudness`: the momentary series of each (`Survey.loudness_series`); `alignments`: from `base` to each of the
    others. A version without an alignment is matched by all of it: a reference has no passage in common with a song.
    Loudness is integrated with both gates of BS.1770-5 over the blocks of the shared passage.
    """
    joined = {name: one for name, one in alignments.items() if name in loudness and name != base and one.aligned}
    ends_s = _shared(loudness[base], joined)
    found: dict[str, Matched] = {}
    for name, series in loudness.items():
        if name == base or name in joined:
            where_s = _in_version(ends_s, joined.get(name))
            shared = len(ends_s) * series.hop_s >= LEAST_S
            found[name] = _heard(series, where_s) if shared else Matched(why=NOTHING_SHARED)
        elif name in alignments:
            found[name] = Matched(why=NOT_ALIGNED)
        else:
            found[name] = _heard(series, _ends(series))
    return _turned_down(found)


def _shared(base: LoudnessSeries, joined: Mapping[str, Alignment]) -> Floats:
    """The ends (s, in the base) of the whole blocks whose middle every version has."""
    ends_s = _ends(base)
    middles = ends_s - BLOCK_S / 2
    inside = np.ones(len(ends_s), bool)
    for alignment in joined.values():
        inside &= np.array([alignment.new_time(float(middle)) is not None for middle in middles], bool)
    return ends_s[inside]


def _ends(series: LoudnessSeries) -> Floats:
    """When the whole blocks end."""
    hops = np.arange(round(BLOCK_S / series.hop_s), len(series.momentary_lufs) + 1)
    return np.asarray(series.hop_s * hops, np.float64)


def _in_version(ends_s: Floats, alignment: Alignment | None) -> Floats:
    if alignment is None:
        return ends_s
    times = (alignment.new_time(float(end_s) - BLOCK_S / 2) for end_s in ends_s)
    return np.array([time_s for time_s in times if time_s is not None], float) + BLOCK_S / 2


def _heard(series: LoudnessSeries, ends_s: Floats) -> Matched:
    """The gated loudness of the blocks that end nearest to the given times."""
    places = np.round(ends_s / series.hop_s).astype(int) - 1
    whole = (places >= round(BLOCK_S / series.hop_s) - 1) & (places < len(series.momentary_lufs))
    places = places[whole]
    powers = 10 ** ((series.momentary_lufs[places].astype(float) - OFFSET_LU) / 10)  # BS.1770-5, eq. 2
    heard = integrated_lufs(powers)
    if heard is None:
        return Matched(why=SILENT)
    return Matched(heard_lufs=heard, heard_s=round(len(places) * series.hop_s, 1))


def _turned_down(found: Mapping[str, Matched]) -> dict[str, Matched]:
    levels = [one.heard_lufs for one in found.values() if one.heard_lufs is not None]
    quietest = min(levels, default=0.0)
    return {
        name: one if one.heard_lufs is None else msgspec.structs.replace(one, gain_db=quietest - one.heard_lufs)
        for name, one in found.items()
    }
