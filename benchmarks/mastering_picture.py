"""The picture of docs/mastering.md: what fills a gap in the spectrum at -9 LUFS, ours beside a limiter and a clipper.

.venv/bin/python benchmarks/mastering_picture.py MIX.wav START LENGTH OUT.png
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import scipy.signal
from mastering_parts.ways import by_our_limiter, driven

from controlroom.rooms.mastering import master
from controlroom.rooms.mastering.plan import Clip, Limit, MasterPlan
from controlroom.sound.damage import notched
from controlroom.sound.drawing import Curve, Frame, png_of, svg
from controlroom.sound.files import AudioFile
from controlroom.sound.signal import Audio, Signal, in_memory

GAP_HZ, TARGET_LUFS, CEILING_DBTP = 3000.0, -9.0, -1.0
WIDTH, HEIGHT, LOW_DB, HIGH_DB = 860, 300, -60, 6
SHOWN_HZ = (500, 1000, 2000, 3000, 4000, 8000)


def density_db(signal: Signal) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (log2 Hz) from 500 Hz to 8 kHz, and the power density there, its shoulders of the gap at 0 dB."""
    samples = in_memory(signal).samples
    freqs_hz, power = scipy.signal.welch(samples, signal.rate_hz, "blackmanharris", 8192)
    octaves = np.log2(np.maximum(freqs_hz, 1.0))
    places = np.arange(math.log2(500), math.log2(8000), 1 / 48)
    level = np.array([power.sum(axis=0)[np.abs(octaves - place) < 1 / 48].mean() for place in places])
    off = np.abs(places - math.log2(GAP_HZ))
    return places, 10 * np.log10(level / level[(off > 0.2) & (off < 0.45)].mean())


def main(path: Path, start_s: float, length_s: float, out: Path) -> None:
    with AudioFile(path) as file:
        rate_hz = file.rate_hz
        mix = Audio(np.array(file.read(round(start_s * rate_hz), round(length_s * rate_hz))), rate_hz)
    cut = in_memory(notched(mix, (GAP_HZ,)))
    clipped = MasterPlan(
        rate_hz=rate_hz, target_lufs=TARGET_LUFS, clip=Clip(above_db=0.5), limit=Limit(release_ms=30.0)
    )
    rows = {
        "Mix": ("before", cut),
        "Clipper": ("third", master(cut, plan=clipped).signal),
        "Limiter": ("before dashed", driven(cut, TARGET_LUFS, by_our_limiter(CEILING_DBTP)).signal),
        "Controlroom": ("after", master(cut, target_lufs=TARGET_LUFS).signal),
    }
    curves = [Curve(name, tone, *density_db(signal)) for name, (tone, signal) in rows.items()]
    frame = Frame(WIDTH, HEIGHT, (math.log2(500), math.log2(8000)), (LOW_DB, HIGH_DB))
    names = {math.log2(hz): f"{hz / 1000:g}k" if hz >= 1000 else str(hz) for hz in SHOWN_HZ}
    grid = frame.rows(range(LOW_DB, HIGH_DB + 1, 12), "{:+.0f}") + frame.columns(list(names), names.__getitem__)
    says = f"Power density around a gap of a third of an octave, everything at {TARGET_LUFS:g} LUFS."
    picture = svg(WIDTH, HEIGHT, grid + frame.lines(curves) + frame.legend(curves), says)
    out.write_bytes(png_of(picture, 2 * WIDTH))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
