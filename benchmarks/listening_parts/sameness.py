"""Has this been here before? Known changes of real songs, new demos of sample songs, and songs that are others.

Peer in the same run: Chromaprint (`fpcalc`), where it is installed; two of its fingerprints are one recording from 0.7
of equal bits on, which no unrelated pair of these reaches.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pedalboard import time_stretch

from controlroom.rooms.listening.changes import changes_between
from controlroom.rooms.listening.told import key_moved, told
from controlroom.sample.composition import Score, compose
from controlroom.sample.demo import telephone_demo
from controlroom.sample.rough import rough_mix
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Audio, blocks
from controlroom.sound.versions import Library, acoustid, agreement, fingerprint, recognised
from listening_parts import Row

SONGS = ("songs/hydrogen", "songs/potassium", "songs/caesium", "band")
SEEDS, ANEW, MIXED = range(1, 17), range(1, 9), range(1, 5)
RATE_HZ, SECONDS, BPM = 48000, 60.0, 96.0
HEARD_S, TRIMMED_S, CUT_BARS = (10, 110), 30.0, 2
AGREE = 0.7


class Case(NamedTuple):
    """A changed recording, what was done to it, and the song it is."""

    song: str
    what: str
    audio: Audio


def figures(recordings: Path) -> list[Row]:
    real = {Path(name).name: _summed(recordings / name) for name in SONGS}
    sampled = {f"sample {seed}": _demo(compose(seed, BPM, None, SECONDS)) for seed in SEEDS}
    library = Library((name, fingerprint(audio)) for name, audio in (real | sampled).items())
    return [
        *_recordings(real, library),
        *_anew(library),
        _false_alarms(library),
        _cuts(),
        *_speed(real["hydrogen"], library),
    ]


def _summed(folder: Path) -> Audio:
    """The plain sum of a song's stems, ten seconds to 110."""
    total = np.zeros((2, 0), np.float32)
    for path in sorted(each for each in folder.iterdir() if each.suffix in (".m4a", ".mp3") and each.stem != "Master"):
        with AudioFile(path) as file:
            samples = np.concatenate(list(blocks(Resampled(file, RATE_HZ))), axis=1)
        total = np.pad(total, ((0, 0), (0, max(samples.shape[1] - total.shape[1], 0))))
        total[:, : samples.shape[1]] += samples
    total = total[:, HEARD_S[0] * RATE_HZ : HEARD_S[1] * RATE_HZ]
    return Audio(0.7 * total / max(float(np.abs(total).max()), 1e-9), RATE_HZ)


def _demo(score: Score) -> Audio:
    return Audio(telephone_demo(score), RATE_HZ)


def _changed(song: str, audio: Audio) -> Iterator[Case]:
    samples, middle = audio.samples, audio.frames * 2 // 5
    edged = samples + 2 * np.diff(samples, axis=1, prepend=0.0)
    mastered = Audio((0.9 * np.tanh(5 * edged / np.abs(edged).max())).astype(np.float32), RATE_HZ)
    with tempfile.TemporaryDirectory() as place:
        write(Path(place, "small.mp3"), audio, Format("mp3", bitrate_kbps=64))
        with AudioFile(Path(place, "small.mp3")) as file:
            yield Case(song, "MP3 64", Audio(np.array(file.read(0, file.frames)), file.rate_hz))
    yield Case(song, "another master", mastered)
    yield Case(song, "30 s of it", Audio(samples[:, middle : middle + round(TRIMMED_S * RATE_HZ)], RATE_HZ))
    yield Case(song, "4 % faster", Audio(samples, round(1.04 * RATE_HZ)))
    yield Case(song, "4 % slower, master", Audio(mastered.samples, round(0.96 * RATE_HZ)))
    yield Case(song, "2 semitones up", Audio(time_stretch(samples, RATE_HZ, 1.0, 2.0, high_quality=False), RATE_HZ))


def _recordings(real: dict[str, Audio], library: Library) -> Iterator[Row]:
    """Every changed recording must be found, as this recording; Chromaprint must agree with the unchanged one."""
    found, by_peer = [], []
    for song, audio in real.items():
        own = _id(audio)
        for case in _changed(song, audio):
            first = next(iter(library.versions_of(fingerprint(case.audio))), None)
            found.append(first is not None and (first.name, first.kind) == (song, "same recording"))
            by_peer.append((agreement(own, _id(case.audio)) or 0.0) >= AGREE)
    yield Row("changed recordings found as such (24 of 4 songs)", _share(found), _share(by_peer), 0.95, True)


def _id(audio: Audio) -> str:
    with tempfile.TemporaryDirectory() as place:
        write(Path(place, "song.wav"), audio, Format("wav", bits=16))
        made = acoustid(Path(place, "song.wav"))
    return made if isinstance(made, str) else ""


def _anew(library: Library) -> Iterator[Row]:
    """New demos in another key, 8 % faster or slower; then a demo and the whole band's mix of the same song."""
    right, by_percent, mixes = [], [], []
    for seed in ANEW:
        bpm, semitones = (104.0, 2) if seed % 2 else (88.0, -3)
        key = key_moved(compose(seed, BPM, None, SECONDS).key.name, semitones)
        new = fingerprint(_demo(compose(seed, bpm, key, SECONDS * BPM / bpm)))
        first = next(iter(library.versions_of(new)), None)
        hit = first is not None and (first.name, first.kind) == (f"sample {seed}", "same song")
        right.append(hit)
        by_percent += [abs(first.faster_percent - 100 * (bpm / BPM - 1))] if hit and first is not None else []
    for seed in MIXED:
        mix, _ = rough_mix(seed, BPM, None, SECONDS)
        mixes.append(any(each.name == f"sample {seed}" for each in library.versions_of(fingerprint(mix))))
    yield Row("new demos of a song in another key and tempo found", _share(right), None, 0.9, True)
    yield Row("their speed, error (median, %)", float(np.median(by_percent)), None, 0.3, False)
    yield Row("the band's mix found by its telephone demo", _share(mixes), None, None, True)


def _false_alarms(library: Library) -> Row:
    """All pairs of other songs, sample songs of one maker and tempo among them."""
    names = list(library.known)
    pairs = [(one, other) for k, one in enumerate(names) for other in names[:k]]
    wrong = [recognised(one, library.known[one], library.known[other]) is not None for one, other in pairs]
    return Row(f"unrelated songs taken for one ({len(pairs)} pairs)", float(np.mean(wrong)), None, 0.0, False)


def _cuts() -> Row:
    """Two bars cut out of each sample song's longest section: told with the section's name and the bars."""
    said = []
    for seed in ANEW:
        score = compose(seed, BPM, None, SECONDS)
        sections = [
            {
                "start_s": score.grid.at(4 * each.begin),
                "end_s": score.grid.at(4 * (each.begin + each.length)),
                "label": each.label,
                "bars": each.length,
            }
            for each in score.sections
        ]
        longest = max(sections, key=lambda each: each["bars"])
        begin_s = longest["start_s"]
        by_s = CUT_BARS * (longest["end_s"] - begin_s) / longest["bars"]
        heard, first, last = _demo(score), round(begin_s * RATE_HZ), round((begin_s + by_s) * RATE_HZ)
        cut = Audio(np.concatenate([heard.samples[:, :first], heard.samples[:, last:]], axis=1), RATE_HZ)
        old, new = fingerprint(heard), fingerprint(cut)
        report = told({"file": {"duration_s": old.duration_s}, "form": {"sections": sections}})
        found = changes_between(report, told({"file": {"duration_s": new.duration_s}}), recognised("old", old, new))
        said.append(
            any(each.says.endswith(f"{longest['label']} is {CUT_BARS} bars shorter.") for each in found.changes)
        )
    return Row("cuts of 2 bars said with section and bars", _share(said), None, 0.9, True)


def _speed(audio: Audio, library: Library) -> Iterator[Row]:
    wanted = fingerprint(audio)
    library.likely(wanted)
    begun = time.process_time()
    library.likely(wanted)
    each_ms = 1000 * (time.process_time() - begun) / len(library)
    begun = time.process_time()
    fingerprint(audio)
    times = audio.frames / audio.rate_hz / (time.process_time() - begun)
    yield Row("search, a kept demo (ms)", each_ms, None, 5.0, False)
    yield Row("fingerprint (times real time)", times, None, 400.0, True)


def _share(right: list[bool]) -> float:
    return float(np.mean(right))
