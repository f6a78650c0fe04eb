"""What the network that hears singing is trained on: voices over instruments, alone, and instruments without voice."""

import zlib
from functools import lru_cache

import msgspec
import numpy as np
import pedalboard
import soxr

from controlroom.sample import VOICES, rough_mix, solo_voice
from controlroom.sound.chroma import chroma_of
from controlroom.sound.files import AudioFile
from controlroom.sound.signal import Audio
from controlroom.sound.voice.features import features_of
from controlroom.sound.voice.network import network_inputs

RATE_HZ = 14700  # of the material: what the features look at
SECONDS, LONGEST_S = 36, 150
SUNG_DB, SILENT_DB, BURIED_DB, FAR_OVER_DB = -40.0, -50.0, -28.0, 25.0  # of the voice's loud parts; over its band
LINES, ACROSS = 16, 60  # sung by each speaker; excerpts of each real voice over other people's instruments
COUNTS = {  # how much each kind counts
    "instrument": 0.5, "excerpt": 0.5, "line": 0.6, "across": 2.0, "alone": 1.0, "mix": 8.0, "without": 8.0,
    "voice": 3.0, "stem": 1.0, "rough": 8.0, "sample": 0.4, "bare": 1.0,
}  # fmt: skip


class Item(msgspec.Struct):
    """A recording: what the network sees of it, and for each cell (sung, played) and how much that counts."""

    name: str
    groups: set
    spectra: np.ndarray
    motion: np.ndarray
    truth: np.ndarray
    weight: np.ndarray
    counts: float


@lru_cache(40)
def stereo(path, seconds=1e4):
    """(2, frames) at `RATE_HZ`; mono in both."""
    with AudioFile(path) as file:
        rows = np.asarray(file.read(0, min(file.frames, int(seconds * file.rate_hz))))
        rows = np.broadcast_to(rows, (2, rows.shape[1])) if len(rows) == 1 else rows[:2]
        return soxr.resample(rows.T, file.rate_hz, RATE_HZ).T.astype(np.float32)


@lru_cache(8)
def stems(folder):
    """(voice, band) of a song."""
    parts = {True: [], False: []}
    for path in sorted(folder.iterdir()):
        if path.stem != "Master":
            parts["VOX" in path.stem].append(stereo(path))
    frames = min(max(rows.shape[1] for rows in each) for each in parts.values())
    return tuple(summed(parts[sung], frames) for sung in (True, False))


def summed(rows, frames):
    return np.sum([np.pad(r[:, :frames], ((0, 0), (0, max(frames - r.shape[1], 0)))) for r in rows], axis=0)


def level_db(rows, count):
    """Mean power around each tenth of a second, over 0.3 s."""
    sums = np.concatenate([[0], np.cumsum((rows.astype(float) ** 2).mean(axis=0))])
    edges = [np.clip(np.round((np.arange(count) + k) * RATE_HZ / 10).astype(int), 0, len(sums) - 1) for k in (-1, 2)]
    return 10 * np.log10((sums[edges[1]] - sums[edges[0]]) / np.maximum(edges[1] - edges[0], 1) + 1e-12)


def item(kind, name, groups, voice, band):
    """Features and truth of voice (or None) plus band (or None)."""
    whole = sum(rows for rows in (voice, band) if rows is not None)
    scale = np.float32(0.3 / max(float(np.abs(whole).max()), 1e-9))
    features = features_of(Audio(np.ascontiguousarray(whole.mean(axis=0)) * scale, RATE_HZ))
    spectra, motion = network_inputs(features)
    count = len(motion)
    heard_db = level_db(whole * scale, count)
    heard_db -= np.percentile(heard_db, 90)
    truth, weight = np.zeros((count, 2), np.float32), np.ones((count, 2), np.float32)
    truth[:, 1], weight[heard_db < -45, 1], weight[heard_db < -45, 0] = band is not None, 0.0, 0.2
    if voice is not None:
        sung_db = level_db(voice * scale, count)
        relative_db = sung_db - np.percentile(sung_db, 95)
        over_db = sung_db - level_db(band * scale, count) if band is not None else np.full(count, 120.0)
        sung = relative_db > SUNG_DB
        truth[:, 0] = sung
        weight[((relative_db > SILENT_DB) & ~sung) | (sung & (over_db < BURIED_DB)), 0] = 0.0
        weight[(over_db > FAR_OVER_DB) & (band is not None), 1] = 0.0
    return Item(f"{kind} {name}", set(groups), spectra.astype(np.float16), motion, truth, weight, COUNTS[kind])


def excerpt(rows, frames, draw):
    """`frames` of it; what is shorter comes again after pauses."""
    if rows.shape[1] > frames:
        start = int(draw.uniform(0, rows.shape[1] - frames))
        return rows[:, start : start + frames]
    out, at = np.zeros((2, frames), np.float32), 0
    while at < frames:
        length = min(rows.shape[1], frames - at)
        out[:, at : at + length] = rows[:, :length]
        at += length + int(draw.uniform(2, 6) * RATE_HZ)
    return out


def produced(voice, draw):
    """A voice as productions treat it: levelled, distorted, doubled, echoing, in a room, thinner."""
    ways = (
        (0.5, lambda: pedalboard.Compressor(threshold_db=draw.uniform(-30, -12), ratio=draw.uniform(2, 8))),
        (0.12, lambda: pedalboard.Distortion(draw.uniform(5, 20))),
        (0.12, lambda: pedalboard.Chorus(rate_hz=draw.uniform(0.3, 2), depth=draw.uniform(0.1, 0.4))),
        (0.35, lambda: pedalboard.Delay(draw.uniform(0.1, 0.6), draw.uniform(0.2, 0.7), draw.uniform(0.1, 0.45))),
        (0.65, lambda: pedalboard.Reverb(room_size=draw.uniform(0.1, 0.95), wet_level=draw.uniform(0.03, 0.5))),
        (0.5, lambda: pedalboard.HighpassFilter(draw.uniform(80, 250))),
        (0.5, lambda: pedalboard.PeakFilter(draw.uniform(500, 5000), draw.uniform(-5, 5), 0.7)),
    )
    board = pedalboard.Pedalboard([make() for chance, make in ways if draw.random() < chance])
    return board(np.ascontiguousarray(voice, np.float32), RATE_HZ)


def loud(rows):
    power = (rows[:, : rows.shape[1] // 1470 * 1470].reshape(2, -1, 1470) ** 2).mean(axis=(0, 2))
    return float(np.sqrt(np.percentile(power, 90))) + 1e-9


def mixed(voice, band, draw):
    """(voice, band) at a drawn balance, half of them in another tone or through a telephone."""
    if voice is not None and band is not None:
        frames = min(voice.shape[1], band.shape[1])
        voice, band = voice[:, :frames], band[:, :frames]
        voice = voice * np.float32(loud(band) / loud(voice) * 10 ** (draw.uniform(-9, 6.5) / 20))
    if draw.random() > 0.5:
        return voice, band
    edges_hz = draw.uniform(150, 350), draw.uniform(3000, 5500)
    tilt = [
        pedalboard.LowShelfFilter(draw.uniform(150, 500), draw.uniform(-5, 5)),
        pedalboard.HighShelfFilter(draw.uniform(1500, 4000), draw.uniform(-6, 6)),
    ]
    telephone = [pedalboard.HighpassFilter(edges_hz[0]), pedalboard.LowpassFilter(edges_hz[1])]
    board = pedalboard.Pedalboard(telephone if draw.random() < 0.25 else tilt)
    return tuple(None if rows is None else board(np.ascontiguousarray(rows), RATE_HZ) for rows in (voice, band))


class Instruments:
    """Recordings in which nobody sings, by production: `folder`/PRODUCTION/*."""

    def __init__(self, folder):
        self.paths = {path: f"instruments {path.parent.name}" for path in sorted(folder.glob("*/*")) if path.is_file()}

    def drawn(self, draw, frames=SECONDS * RATE_HZ):
        path = list(self.paths)[int(draw.integers(len(self.paths)))]
        return excerpt(stereo(path, LONGEST_S), frames, draw), self.paths[path]

    def items(self):
        for path, group in self.paths.items():
            draw = drawing(path.name)
            rows = stereo(path, LONGEST_S)
            yield item("instrument", path.stem, {group}, None, rows)
            part = excerpt(rows, min(rows.shape[1], 60 * RATE_HZ), draw)
            yield item("excerpt", path.stem, {group}, *mixed(None, part, draw))


def drawing(name):
    return np.random.default_rng(zlib.crc32(name.encode()))


def songs_items(songs):
    """Songs whole, without their voice, the voice alone, at three balances, and their instruments one by one."""
    for name, folder in songs.items():
        voice, band = stems(folder)
        yield item("without", name, {name}, None, band)
        yield item("voice", name, {name}, voice, None)
        for by_db in (-6, 0, 6):
            yield item("mix", f"{by_db} {name}", {name}, voice * np.float32(10 ** (by_db / 20)), band)
        for path in sorted(folder.iterdir()):
            if path.stem != "Master" and "VOX" not in path.stem:
                yield item("stem", f"{path.stem} {name}", {name}, None, stereo(path))


def across(recordings, songs, instruments):
    """Real voices, faster and slower, over other people's instruments."""
    singers = {name: ({name}, stems(folder)[0]) for name, folder in songs.items()}
    singers |= {path.stem: ({"solo singers"}, stereo(path)) for path in sorted((recordings / "voice").glob("*.wav"))}
    for name, (groups, voice) in singers.items():
        draw = drawing(name)
        for k in range(ACROSS):
            frames, speed = SECONDS * RATE_HZ, draw.uniform(0.82, 1.25) if k % 4 else 1.0
            part = soxr.resample(excerpt(voice, int(frames * speed) + 10, draw).T, RATE_HZ * speed, RATE_HZ).T
            part = produced(part, draw) if k % 2 else part
            if k % 6:
                band, group = instruments.drawn(draw)
            else:
                group = str(draw.choice([each for each in songs if each != name]))
                band = excerpt(stems(songs[group])[1], frames, draw)
            yield item("across", f"{name} {k}", {*groups, group}, *mixed(part, band, draw))
            if k % 5 == 0:
                yield item("alone", f"{name} {k}", groups, part, None)


def sung_speech(speech, instruments):
    """Lines of the speakers of `speech`/SPEAKER/*, sung to the harmony they are laid over, and over others."""
    from sung_speech import RATE_HZ as SPOKEN_HZ
    from sung_speech import line_of, sung, syllables_of

    for folder in sorted(path for path in speech.iterdir() if path.is_dir()):
        heard = [
            syllables_of(soxr.resample(stereo(path).mean(axis=0), RATE_HZ, SPOKEN_HZ))
            for path in sorted(folder.iterdir())
        ]
        syllables = [each for found, _ in heard for each in found]
        speaking_hz = float(np.median(np.concatenate([pitches for _, pitches in heard])))
        for k in range(LINES):
            draw = drawing(f"{folder.name} {k}")
            band, group = instruments.drawn(draw)
            chroma = quarters(band)
            line = sung(line_of(syllables, speaking_hz, chroma, SECONDS, draw), draw)
            row = soxr.resample(line, SPOKEN_HZ, RATE_HZ)
            voice = np.stack(
                [row, row if draw.random() < 0.7 else np.roll(row, int(draw.uniform(0.008, 0.03) * RATE_HZ))]
            )
            for at in range(2):
                over, of = (band, group) if at == 0 else instruments.drawn(draw)
                groups = {f"speaker {folder.name}", of}
                yield item("line", f"{folder.name} {k} {at}", groups, *mixed(produced(voice, draw), over, draw))
            if k % 4 == 0:
                yield item("alone", f"{folder.name} {k}", {f"speaker {folder.name}"}, produced(voice, draw), None)


def quarters(band):
    """(quarters of a second, 12): its chroma."""
    chroma = chroma_of(Audio(np.ascontiguousarray(band.mean(axis=0)), RATE_HZ))
    step = max(round(0.25 / chroma.hop_s), 1)
    rows = chroma.treble[: len(chroma.treble) // step * step].reshape(-1, step, 12).mean(axis=1)
    return rows / (rows.sum(axis=1, keepdims=True) + 1e-9)


def made(instruments):
    """Sample songs, every fourth without voice; the sample's solo voices; and noises, drones and hits."""
    for seed in (*range(31, 61), *range(3001, 3031)):
        style = "varied" if seed > 3000 else "plain"
        audio, truth = rough_mix(seed, seconds=45.0, voice=seed % 4 > 0, style=style)
        whole = soxr.resample(audio.samples.T, audio.rate_hz, RATE_HZ).T
        each = item("rough", str(seed), {"sample"}, None, np.broadcast_to(whole, (2, whole.shape[1])))
        for phrase in truth.phrases:
            each.truth[int(phrase.start_s * 10) : int(phrase.end_s * 10) + 1, 0] = 1.0
        yield each
    for at, name in enumerate(VOICES):
        draw = np.random.default_rng(at)
        row = soxr.resample(solo_voice(200 + at, seconds=24.0, voice=name)[0].samples[0], 48000, RATE_HZ)
        for treated in (False, True):
            voice = produced(np.stack([row, row]), draw) if treated else np.stack([row, row])
            yield item("sample", f"{name} alone", {"sample"}, voice, None)
            band, group = instruments.drawn(draw, voice.shape[1])
            yield item("sample", f"{name} over", {"sample", group}, *mixed(voice, band, draw))
    yield from bare()


def bare():
    """What else a microphone may hear."""
    time_s = np.arange(30 * RATE_HZ) / RATE_HZ
    for at in range(12):
        draw = np.random.default_rng(at)
        hiss = np.fft.rfft(draw.standard_normal(len(time_s)))
        hiss *= np.maximum(np.arange(len(hiss)), 100.0) ** -(at % 3 / 2)  # white, pink, brown
        noise = np.fft.irfft(hiss, len(time_s))
        noise /= np.std(noise)
        roots = draw.uniform(80, 500) * 2 ** (np.array([0, 4, 7, 12]) / 12)[: int(draw.integers(1, 5))]
        slope = draw.uniform(0.5, 2)
        drone = sum(
            np.sin(2 * np.pi * hz * k * time_s + draw.uniform(0, 6)) / k**slope for hz in roots for k in range(1, 9)
        )
        drone /= np.std(drone)
        hits = noise * np.exp(-draw.uniform(5, 30) * (time_s % draw.uniform(0.2, 0.6)))
        for name, row in (("noise", noise), ("drone", drone + 0.003 * noise), ("hits", hits), ("both", hits + drone)):
            yield item("bare", f"{name} {at}", {"bare"}, None, np.stack([row, row]).astype(np.float32))


def material(recordings, instruments, speech):
    """All of it, drawn by name and seed, so that the same files give the same."""
    songs = {folder.name: folder for folder in sorted((recordings / "songs").iterdir()) if folder.is_dir()}
    rows = [stereo(path) for path in sorted((recordings / "band").iterdir())]
    yield item("without", "band", {"band"}, None, summed(rows, min(each.shape[1] for each in rows)))
    for at, each in enumerate(rows):
        yield item("stem", f"{at} band", {"band"}, None, each)
    yield from songs_items(songs)
    yield from across(recordings, songs, Instruments(instruments))
    yield from Instruments(instruments).items()
    yield from sung_speech(speech, Instruments(instruments))
    yield from made(Instruments(instruments))
