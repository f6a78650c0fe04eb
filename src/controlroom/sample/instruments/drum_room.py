"""The kit in its room, heard by six microphones.

Every microphone hears every drum: later by its distance, weaker by distance and by the angle to its axis (a cardioid),
with the first reflections of floor, ceiling and walls (image sources: Allen and Berkley, JASA 65, 1979) and the room's
tail. The snare's lower head moves away from its microphone when the upper one is struck towards its own: natural
opposite phase. Overheads stand at the same distance from kick and from snare.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sample.instruments.kit import DRUMS, VARIANTS, strike
from controlroom.sample.instruments.tone import RATE_HZ, frame
from controlroom.sample.randomness import chance
from controlroom.sound.filters import Band, coefficients
from controlroom.sound.parallel import side_by_side
from controlroom.sound.signal import Samples

SPEED_OF_SOUND = 343.0  # m/s
Point = tuple[float, float, float]
Floats = npt.NDArray[np.float64]

_ROOM: Point = (5.6, 6.4, 3.1)  # metres; the kit's origin is on the floor, at half the width and a third of the depth
_ORIGIN: Point = (2.8, 2.1, 0.0)
_REFLECTED = 0.55
_TAIL_S, _TAIL_DECAY_S, _TAIL = 0.32, 0.42, 0.035
_PATH_S = _TAIL_S + 0.02
_NEAREST = 0.05  # metres

PLACES: dict[str, Point] = {
    "kick": (0.0, 0.1, 0.32),
    "snare": (0.0, -0.35, 0.66),
    "rack tom": (0.2, 0.08, 0.82),
    "floor tom": (0.5, -0.3, 0.62),
    "hat": (-0.45, -0.3, 0.9),
    "ride": (0.6, 0.1, 1.02),
    "crash": (-0.42, 0.2, 1.25),
}
_LIKE = {"ghost": "snare", "side stick": "snare", "open hat": "hat"}
# How loud one metre away, against a snare.
_LOUDNESS = {
    "kick": 0.5, "snare": 0.9, "ghost": 0.8, "side stick": 0.6, "rack tom": 0.65, "floor tom": 0.65,
    "hat": 0.6, "open hat": 0.65, "ride": 0.65, "crash": 0.6,
}  # fmt: skip


class Mic(msgspec.Struct, frozen=True, kw_only=True):
    """A microphone: the drums it is there for (it points at their middle), its tone, how much it hears of others."""

    name: str
    role: str
    place: Point
    drums: tuple[str, ...]
    peak_db: float  # what the engineer set its preamplifier to, for the loudest stroke it is there for
    bands: tuple[Band, ...] = (Band("highpass", 35.0),)
    spill: float = 1.0
    side: str = ""


_BEATER = Band("bell", 3800.0, 4.0, 0.8)
MICS = (
    Mic(
        name="Kick In", role="kick in", place=(0.0, 0.2, 0.32), drums=("kick",), peak_db=-8.0, spill=0.35,
        bands=(Band("highpass", 28.0), Band("bell", 60.0, 3.0, 1.1), Band("bell", 350.0, -5.0, 0.9), _BEATER),
    ),
    Mic(
        name="Snare Top", role="snare top", place=(-0.04, -0.26, 0.72), drums=("snare",), peak_db=-9.0,
        bands=(Band("highpass", 55.0), Band("bell", 200.0, 2.0, 1.0), Band("bell", 5200.0, 3.0, 0.8)),
    ),
    Mic(
        name="Snare Bottom", role="snare bottom", place=(0.0, -0.33, 0.5), drums=("snare",), peak_db=-10.0,
        bands=(Band("highpass", 90.0), Band("highshelf", 5000.0, 2.0)),
    ),
    Mic(
        name="Tom", role="tom", place=(0.33, -0.1, 0.86), drums=("rack tom", "floor tom"), peak_db=-10.0, spill=0.55,
        bands=(Band("highpass", 45.0), Band("bell", 110.0, 2.5, 1.0), Band("bell", 420.0, -3.0, 1.0)),
    ),
    Mic(name="OH L", role="overhead", place=(-0.72, -0.125, 1.5), drums=("snare",), peak_db=-12.0, side="L"),
    Mic(name="OH R", role="overhead", place=(0.72, -0.125, 1.5), drums=("snare",), peak_db=-12.0, side="R"),
)  # fmt: skip


def delay_s(drum: str, mic: Mic) -> float:
    """How long sound travels from a drum to a microphone."""
    return _distance(_place(drum), mic.place) / SPEED_OF_SOUND


class _Struck(NamedTuple):
    """Spectra of a drum's variants, shape (variants, bins), from transforms of `frames`."""

    frames: int
    sounds: npt.NDArray[np.complex64]
    wires: npt.NDArray[np.complex64] | None


class Kit:
    """The strokes of one kit: the same for every pass of a song. Kept as spectra: each microphone only filters."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._struck = dict(zip(DRUMS, side_by_side(self._variants, DRUMS), strict=True))

    def _variants(self, drum: str) -> _Struck:
        strokes = [strike(drum, chance(self._seed, "kit", drum, variant)) for variant in range(VARIANTS)]
        frames = scipy.fft.next_fast_len(strokes[0].sound.size + frame(_PATH_S), real=True)
        sounds = scipy.fft.rfft(np.stack([stroke.sound for stroke in strokes]), frames)
        wires = [stroke.wires for stroke in strokes if stroke.wires is not None]
        return _Struck(frames, sounds, scipy.fft.rfft(np.stack(wires), frames) if wires else None)

    def heard_by(self, mic: Mic) -> dict[str, Samples]:
        """Every drum as this microphone hears it, in its file's level: shape (variants, frames)."""
        heard = {drum: self._heard(drum, struck, mic) for drum, struck in self._struck.items()}
        level = np.float32(10 ** (mic.peak_db / 20) / np.abs(heard[mic.drums[0]]).max())
        return {drum: rows * level for drum, rows in heard.items()}

    def _heard(self, drum: str, struck: _Struck, mic: Mic) -> Samples:
        own = _LIKE.get(drum, drum)
        path = scipy.fft.rfft(_path(drum, mic, self._seed), struck.frames) * _response(mic.bands, struck.frames)
        path *= _LOUDNESS[drum] * (1.0 if own in mic.drums else mic.spill)
        under = mic.role == "snare bottom" and own == "snare"
        spectrum = struck.sounds * np.complex64(-0.75 if under else 1.0)
        if struck.wires is not None:
            spectrum += struck.wires * np.complex64(1.0 if under else 0.5)
        spectrum *= path.astype(np.complex64)
        return np.asarray(scipy.fft.irfft(spectrum, struck.frames), np.float32)


def _place(drum: str) -> Point:
    return PLACES[_LIKE.get(drum, drum)]


def _distance(one: Point, other: Point) -> float:
    return float(np.linalg.norm(np.subtract(one, other)))


def _path(drum: str, mic: Mic, seed: int) -> Floats:
    """The impulse response from a drum to a microphone: direct sound, six reflections, a tail."""
    response = np.zeros(frame(_PATH_S))
    source = _place(drum)
    _arrive(response, source, mic, 1.0)
    for axis in range(3):
        for wall in (0.0, _ROOM[axis]):
            image = list(source)
            image[axis] = 2 * (wall - _ORIGIN[axis]) - source[axis]
            _arrive(response, (image[0], image[1], image[2]), mic, _REFLECTED)
    tail = chance(seed, "room", mic.name, drum).standard_normal(round(_TAIL_S * RATE_HZ))
    time = np.arange(tail.size) / RATE_HZ
    tail *= (
        np.exp(-6.9078 * time / _TAIL_DECAY_S)
        * np.minimum(time / 0.012, 1.0)
        * np.minimum((_TAIL_S - time) / 0.08, 1.0)
    )
    tail = np.convolve(tail, np.hanning(9) / np.hanning(9).sum(), mode="same")  # walls swallow high frequencies
    begin = round(0.008 * RATE_HZ)
    response[begin : begin + tail.size] += _TAIL * tail
    return response


def _arrive(response: Floats, source: Point, mic: Mic, strength: float) -> None:
    """Add one arrival at its time (to a fraction of a sample), weaker by distance and by angle."""
    away = np.subtract(source, mic.place)
    distance = max(float(np.linalg.norm(away)), _NEAREST)
    axis = np.mean([PLACES[drum] for drum in mic.drums], axis=0) - mic.place
    cosine = float(away @ axis) / (distance * max(float(np.linalg.norm(axis)), 1e-9))
    heard = strength * (0.6 + 0.4 * cosine) / distance
    place = distance / SPEED_OF_SOUND * RATE_HZ
    first = int(place) - 15
    taps = np.arange(first, first + 32)
    kernel = np.sinc(taps - place) * np.hanning(34)[1:-1]
    inside = (taps >= 0) & (taps < response.size)
    response[taps[inside]] += heard * kernel[inside]


def _response(bands: tuple[Band, ...], frames: int) -> npt.NDArray[np.complex128]:
    """The microphone's tone at the bins of a transform of `frames`."""
    z = np.exp(-2j * np.pi * np.arange(frames // 2 + 1) / frames)
    total = np.ones(z.size, complex)
    for band in bands:
        b0, b1, b2, a1, a2 = coefficients(band, RATE_HZ)
        total *= (b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)
    return total
