"""Masters toward references: how near the tone comes, and at what price; matchering beside it on the same pairs.

    .venv/bin/python benchmarks/mastering_reference.py MIX ... --reference FILE ... [--equalized] [--matchering PYTHON]

Every MIX goes toward every reference (all of its tone, its loudness); with --equalized also toward itself through a
known equaliser. Distances are measured here, apart from what the room measures by: Welch spectra, power in the octave
around twelve places an octave, where both have sound (within 45 dB of the loudest octave, below the end of the
narrower), levels matched by their median; of the octaves wholly above 160 Hz, and of those that reach below it, where
one bass note or another decides.
matchering runs by the Python given (pip install matchering into a venv of its own). Each run is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mastering import by_ffmpeg

CEILING_DBTP = -1.0
BASS_HZ, LOWEST_HZ = 160.0 * 2**0.5, 40.0
PEER = """
import json, resource, sys, time
import matchering
began = time.monotonic()
matchering.process(target=sys.argv[1], reference=sys.argv[2], results=[matchering.pcm24(sys.argv[3])])
print(json.dumps({"seconds": time.monotonic() - began,
                  "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def ours(mix: Path, reference: Path, made: Path) -> dict[str, float]:
    """Master `mix` toward `reference`; the kernels are compiled before the clock starts."""
    import resource

    import numpy as np

    from controlroom.rooms.mastering import master
    from controlroom.rooms.mastering.reference import Amounts, Guide, profile
    from controlroom.sound.files import AudioFile, Format, write
    from controlroom.sound.signal import Audio

    amounts = Amounts(loudness=1.0)
    noise = Audio(np.random.default_rng(0).standard_normal((2, 300000)) * 0.1, 48000)
    master(noise, reference=Guide(profile=profile([noise]), amounts=amounts))
    began = time.monotonic()
    with AudioFile(mix) as signal, AudioFile(reference) as liked:
        guide = Guide(profile=profile([liked]), amounts=amounts)
        result = master(signal, reference=guide, ceiling_dbtp=CEILING_DBTP)
        seconds = time.monotonic() - began
        write(made, result.signal, Format("wav", 24))
    return {
        "seconds": seconds,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "most_db": max((max(map(abs, curve.gain_db)) for curve in result.plan.match), default=0.0),
    }


def equalized(mix: Path, made: Path) -> None:
    """`mix` through a smile: what a match toward it has to draw."""
    from controlroom.sound.files import AudioFile, Format, write
    from controlroom.sound.filters import Band, Equalizer
    from controlroom.sound.stream import Chain

    smile = [Band("lowshelf", 120.0, 4.0), Band("bell", 700.0, -3.0, 0.7), Band("highshelf", 5000.0, 4.0)]
    with AudioFile(mix) as signal:
        write(made, Chain(signal, lambda: [Equalizer(signal.rate_hz, signal.channels, smile)]), Format("wav", 32))


def octaves_db(path: Path):
    """Places (Hz), the level of the octave around each, and where the sound ends."""
    import numpy as np

    from controlroom.sound.bandwidth import bandwidth_hz
    from controlroom.sound.files import AudioFile
    from controlroom.sound.spectrum import spectrum_of

    with AudioFile(path) as signal:
        spectrum = spectrum_of(signal)
    return spectrum, bandwidth_hz(spectrum) or spectrum.rate_hz / 2, np.geomspace(LOWEST_HZ, 20480.0, 109)


def distances(path: Path, reference: Path) -> dict[str, float]:
    """Worst and mean distance in tone of two files, decibels."""
    import numpy as np

    from controlroom.sound.spectrum import band_levels_db

    (mine, my_end_hz, places), (theirs, their_end_hz, _) = octaves_db(path), octaves_db(reference)
    end_hz = 0.94 * min(my_end_hz, their_end_hz)
    lows, highs = places / 2**0.5, np.minimum(places * 2**0.5, end_hz)
    there = places < end_hz
    levels = []
    for spectrum in (mine, theirs):
        rows = [
            float(band_levels_db(spectrum, [low, high])[0]) for low, high in zip(lows[there], highs[there], strict=True)
        ]
        levels.append(np.array(rows))
    heard = np.all([row > row.max() - 45 for row in levels], axis=0)
    off = (levels[0] - levels[1])[heard]
    off = np.abs(off - np.median(off))
    low = places[there][heard] < BASS_HZ
    return {"worst": off[~low].max(), "mean": off[~low].mean(), "low": off[low].max(initial=0.0)}


def row(name: str, way: str, made: Path, reference: Path, told: dict[str, float]) -> None:
    from controlroom.sound.files import AudioFile
    from controlroom.sound.meter import measure_loudness

    tone = distances(made, reference)
    with AudioFile(reference) as liked:
        wanted_lufs = measure_loudness(liked).integrated_lufs or 0.0
    lufs, dbtp = by_ffmpeg(made)
    price = f"{told['seconds']:6.1f} s {told['rss_mb']:6.0f} MB" if told else ""
    most = f"{told['most_db']:5.2f}" if "most_db" in told else "    –"
    print(
        f"{name:34} {way:11} worst {tone['worst']:5.2f}  mean {tone['mean']:5.2f}  low end {tone['low']:5.2f} dB  "
        f"correction {most} dB  {lufs - wanted_lufs:+6.2f} LU  {dbtp:+6.2f} dBTP  {price}",
        flush=True,
    )


def compare(mix: Path, reference: Path, peer: Path | None, folder: Path) -> None:
    name = f"{mix.stem} > {reference.stem}"
    row(name, "before", mix, reference, {})
    made = folder / "made.wav"
    command = [sys.executable, __file__, "--child", str(mix), "--reference", str(reference), "--made", str(made)]
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    row(name, "controlroom", made, reference, told)
    if peer is None:
        return
    sources = [as_wav(path, folder / f"{role}.wav") for role, path in (("target", mix), ("reference", reference))]
    command = [str(peer), "-c", PEER, *map(str, sources), str(made)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    if ran.returncode:
        return print(f"{name:34} matchering  refused: {ran.stderr.strip().splitlines()[-1]}", flush=True)
    row(name, "matchering", made, reference, json.loads(ran.stdout.strip().splitlines()[-1]))


def as_wav(path: Path, to: Path) -> Path:
    """A file as float WAV, which the peer reads."""
    from controlroom.sound.files import AudioFile, Format, write

    with AudioFile(path) as signal:
        write(to, signal, Format("wav", 32))
    return to


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mixes", nargs="*", type=Path)
    parser.add_argument("--reference", type=Path, action="append", default=[])
    parser.add_argument("--equalized", action="store_true")
    parser.add_argument("--matchering", type=Path, metavar="PYTHON")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--made", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        return print(json.dumps(ours(asked.child, asked.reference[0], asked.made)))
    if not asked.matchering:
        print("matchering: no --matchering PYTHON given, left out", file=sys.stderr)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for mix in asked.mixes:
            references = [reference for reference in asked.reference if reference.resolve() != mix.resolve()]
            if asked.equalized:
                references.append(folder / f"{mix.stem} smiling.wav")
                equalized(mix, references[-1])
            for reference in references:
                compare(mix, reference, asked.matchering, folder)


if __name__ == "__main__":
    main()
