"""What is measured of a master: loudness and peaks by others' meters, damage and notches by ours."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import numpy as np
from mastering import by_ffmpeg

from controlroom.sound.damage import Damage, damage, notch_depth_db
from controlroom.sound.files import Format, write
from controlroom.sound.meter import true_peak_16x_dbtp
from controlroom.sound.signal import Audio, Signal

TOLERANCE_LU, OVER_DB = 0.1, 0.02


class Row(msgspec.Struct, kw_only=True):
    song: str
    target_lufs: float
    way: str
    lufs: float
    ffmpeg_dbtp: float
    true_peak_dbtp: float
    damage: Damage
    notches_db: dict[float, float | None] = {}
    seconds: float = 0.0


def figures(signal: Signal) -> tuple[float, float, float]:
    """Integrated loudness and true peak by ffmpeg's ebur128 (of the float file), true peak by the 16x reference."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "master.wav", signal, Format("wav", 32))
        lufs, dbtp = by_ffmpeg(Path(folder) / "master.wav")
    return lufs, dbtp, true_peak_16x_dbtp(signal) or -120.0


def judged(
    song: str, target_lufs: float, way: str, mix: Audio, onsets_s: np.ndarray, made: Signal, seconds: float
) -> Row:
    lufs, ffmpeg_dbtp, dbtp = figures(made)
    found = damage(mix, made, onsets_s=onsets_s)
    return Row(
        song=song,
        target_lufs=target_lufs,
        way=way,
        lufs=lufs,
        ffmpeg_dbtp=ffmpeg_dbtp,
        true_peak_dbtp=dbtp,
        damage=found,
        seconds=seconds,
    )


def depths(made: Signal, freqs_hz: tuple[float, ...], octaves: float) -> dict[float, float | None]:
    return {freq_hz: notch_depth_db(made, freq_hz, octaves) for freq_hz in freqs_hz}


HEAD = (
    f"{'song':10s} {'target':>6s} {'way':14s}{'LUFS':>7s}{'dBTP':>7s}{'16x':>7s}"
    f"{'resid':>7s}{'median':>7s}{'worst':>7s}{'ridden':>7s}{'refit':>7s}"
    f"{'on 5':>6s}{'on 20':>6s}{'p10 5':>6s}{'p10 20':>7s}{'here 5':>7s}{'20':>5s}{'contr':>6s}  "
    f"{'notches, dB':22s}{'s':>6s}"
)


def line(row: Row) -> str:
    found = row.damage
    residuals = (
        found.residual_db,
        found.median_residual_db,
        found.worst_residual_db,
        found.ridden_residual_db,
        found.refitted_residual_db,
    )
    changes: list[float | None] = [None] * 6
    if (whole := found.onsets) and (here := found.onsets_in_place):
        changes[:4] = whole.first_5_ms_db, whole.first_20_ms_db, whole.worst_5_ms_db, whole.worst_20_ms_db
        changes[4:] = here.first_5_ms_db, here.first_20_ms_db
    return (
        f"{row.song:10.10s} {row.target_lufs:6.1f} {row.way:14s}{row.lufs:7.2f}{row.ffmpeg_dbtp:7.2f}"
        f"{row.true_peak_dbtp:7.2f}{''.join(f'{_shown(value):>7s}' for value in residuals)}"
        f"{''.join(f'{_shown(value):>6s}' for value in changes)} {_shown(found.contrast_change_lu):>6s}  "
        f"{' '.join(f'{_shown(value):>5s}' for value in row.notches_db.values()):22s}{row.seconds:6.1f}"
    )


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
