"""Gain staging: what every fader should be, from loudness over the passages where each track plays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from controlroom.rooms.mixing.manners import CYMBAL_SPOTS_LU, SHARES_LU, manner_of
from controlroom.rooms.mixing.report import MixReport, TrackHeard
from controlroom.sound.filters import Band, response_db
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ

Floats = npt.NDArray[np.float64]

LEAD_LUFS = -26.0  # where the lead vocal stands before the mix is trimmed to its headroom
GATE_LU = 10.0  # a second counts as played when it is within this of the track's loudness (as in BS.1770)
CROWD = 0.5  # how much of their power several alike give up when they play at once
BASS_HZ = 150.0
BASS_ALLOWED = 0.75  # how much of the loudness below that is forgiven to parts not expected to carry it
BASS_ALLOWED_MOST_LU = 6.0
MID_HZ = (300.0, 4000.0)
VOICE_OVER_BAND_LU = (1.5, 3.0)  # lead vocal over the band's middle range while it sings
BAND_MOVES_MOST_LU = 5.0
DOUBLES = frozenset({"acoustic guitar", "electric guitar", "guitar", "backing vocal", "lead vocal"})
BAND_BUSES = ("music", "drums")

_K_WEIGHTING_DB = response_db(
    [Band("highpass", 38.1, q=0.5), Band("highshelf", 1682.0, 4.0)], 96000, THIRD_OCTAVES_HZ
)  # BS.1770-5, tables 1 and 2, as close as two bands come


class Fader(NamedTuple):
    """A fader's setting and the sentence that explains it."""

    gain_db: float
    reason: str


def faders(report: MixReport, fixed: Iterable[str] = ()) -> dict[str, Fader]:
    """The fader of every sounding track that is not in `fixed` (those stay at 0 dB and anchor the rest).

    The loudness of a processed track is taken to be that of its file: equaliser and compressor make up what they take.
    """
    sounding = [track for track in report.tracks if track.sounding]
    held = {track.name for track in sounding} & set(fixed)
    targets = target_levels_lu(sounding)
    anchor = _anchor_lufs(sounding, targets, held)
    gains = {}
    for unit in _units([track for track in sounding if track.name not in held]):
        together = 10 * math.log10(sum(10 ** (_lufs(track) / 10) for track in unit))
        level = anchor + 10 * math.log10(sum(10 ** (targets[track.name] / 10) for track in unit) / len(unit))
        gains.update({track.name: level - together for track in unit})
    shift = _band_shift_lu(sounding, {**gains, **dict.fromkeys(held, 0.0)})
    band = {track.name for track in sounding if _in_band(track) and track.name not in held}
    return {
        track.name: Fader(
            round(gains[track.name] + (shift if track.name in band else 0.0), 1),
            _reason(track, targets[track.name] + (shift if track.name in band else 0.0)),
        )
        for track in sounding
        if track.name not in held
    }


def _reason(track: TrackHeard, level_lu: float) -> str:
    where = "as the lead vocal" if abs(level_lu) < 0.05 else f"{level_lu:+.1f} LU against the lead vocal"
    return f"{track.role[:1].upper()}{track.role[1:]} at {_lufs(track):.1f} LUFS while it plays: set to stand {where}."


def _lufs(track: TrackHeard) -> float:
    return -120.0 if track.loudness_lufs is None else track.loudness_lufs


def _mates(one: TrackHeard, other: TrackHeard) -> bool:
    """Left and right of one source: they move together, so that its image stays."""
    sides = {one.side, other.side} == {"L", "R"}
    return sides and one.role == other.role and one.part == other.part and one.role not in DOUBLES


def _units(tracks: Sequence[TrackHeard]) -> list[list[TrackHeard]]:
    """What one fader moves: left and right of one source together, everything else by itself."""
    units: list[list[TrackHeard]] = []
    for track in tracks:
        mated = next((unit for unit in units if len(unit) == 1 and _mates(unit[0], track)), None)
        if mated:
            mated.append(track)
        else:
            units.append([track])
    return units


def target_levels_lu(tracks: Sequence[TrackHeard]) -> dict[str, float]:
    """Where each track should stand relative to the lead vocal: its role, its company, its low end."""
    roles = {track.role for track in tracks}
    return {track.name: manner_of(track.role).level_lu + _company_lu(track, tracks, roles) for track in tracks}


def _company_lu(track: TrackHeard, tracks: Sequence[TrackHeard], roles: set[str]) -> float:
    for companions, shares in SHARES_LU.items():
        if track.role in companions and companions <= roles:
            return shares[track.role]
    level = _low_end_lu(track)
    if track.role in ("hi-hat", "ride") and "overhead" in roles:
        level += CYMBAL_SPOTS_LU
    if track.role != "lead vocal":
        level -= CROWD * 10 * math.log10(max(_crowd(track, tracks), 1.0))
    return level


def _crowd(track: TrackHeard, tracks: Sequence[TrackHeard]) -> float:
    """How many of its role play while it plays, on average, itself included."""
    mine = played(track)
    if not mine.any():
        return 1.0
    alike = [played(other) for other in tracks if other.role == track.role and not _mates(track, other)]
    return sum(float((mine[: len(theirs)] & theirs[: len(mine)]).sum()) for theirs in alike) / float(mine.sum())


def played(track: TrackHeard) -> npt.NDArray[np.bool_]:
    """The seconds in which a track plays."""
    return np.asarray(np.array(track.seconds_lufs) > _lufs(track) - GATE_LU, np.bool_)


def _low_end_lu(track: TrackHeard) -> float:
    """What a synth or the like may be louder for carrying the low end too; roles that always do have it counted in."""
    if track.role not in ("synth", "keys", "unknown", "strings", "effects"):
        return 0.0
    share = band_share(track, BASS_HZ, 24000.0)
    return min(-10 * math.log10(max(share, 1e-6)) * BASS_ALLOWED, BASS_ALLOWED_MOST_LU)


def band_share(track: TrackHeard, low_hz: float, high_hz: float) -> float:
    """The part of a track's K-weighted power that lies between two frequencies, 0..1."""
    if not track.bands_db:
        return 1.0
    power = 10 ** ((np.array(track.bands_db) + _K_WEIGHTING_DB) / 10)
    inside = (low_hz <= THIRD_OCTAVES_HZ) & (high_hz >= THIRD_OCTAVES_HZ)
    return float(power[inside].sum() / max(float(power.sum()), 1e-30))


def _anchor_lufs(tracks: Sequence[TrackHeard], targets: Mapping[str, float], held: set[str]) -> float:
    """The loudness that 0 LU stands for: where the fixed tracks put it, else our own."""
    where = [_lufs(track) - targets[track.name] for track in tracks if track.name in held]
    return float(np.median(where)) if where else LEAD_LUFS


def _in_band(track: TrackHeard) -> bool:
    return manner_of(track.role).bus in BAND_BUSES


def voice_over_band_lu(tracks: Sequence[TrackHeard], gains_db: Mapping[str, float]) -> float | None:
    """The lead vocal's middle range over the band's while it sings, with these faders; None without either."""
    leads = [track for track in tracks if track.role == "lead vocal"]
    band = [track for track in tracks if _in_band(track)]
    if not leads or not band:
        return None
    seconds = max(len(track.seconds_lufs) for track in tracks)
    voice, rest = _mid_power(leads, gains_db, seconds), _mid_power(band, gains_db, seconds)
    sung = np.zeros(seconds, bool)
    for track in leads:
        sung[: len(track.seconds_lufs)] |= played(track)
    if not sung.any() or not rest[sung].any():
        return None
    return 10 * math.log10(float(voice[sung].mean()) / float(rest[sung].mean()))


def _mid_power(tracks: Sequence[TrackHeard], gains_db: Mapping[str, float], seconds: int) -> Floats:
    power = np.zeros(seconds)
    for track in tracks:
        heard = 10 ** ((np.array(track.seconds_lufs) + gains_db[track.name]) / 10) * band_share(track, *MID_HZ)
        power[: len(heard)] += heard
    return power


def _band_shift_lu(tracks: Sequence[TrackHeard], gains_db: Mapping[str, float]) -> float:
    """How much the band has to give way, or may come up, for the voice to stand over its middle range as it should."""
    over = voice_over_band_lu(tracks, gains_db)
    if over is None:
        return 0.0
    wanted = min(max(over, VOICE_OVER_BAND_LU[0]), VOICE_OVER_BAND_LU[1])
    return min(max(over - wanted, -BAND_MOVES_MOST_LU), BAND_MOVES_MOST_LU)
