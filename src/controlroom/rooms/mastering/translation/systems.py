"""The systems a record is played on, as a table: what each one does to the sound, and what surrounds it.

The responses are our own designs after what published measurements have in common, each made of the bands of an
equaliser so that it can be read, drawn and tested; none is one product. Small loudspeakers fall off at 24 dB an octave
below their resonance (sealed box and the filter that protects it); larger ones have a port or a room to help them.
`listen_db` is how loud the music is played (SPL of its middle, 200 Hz to 5.3 kHz, K-weighted), `noise_db` what else is
heard there, in each third octave.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.base.errors import UsageError
from controlroom.sound.codecs import CODECS, Codec
from controlroom.sound.filters import Band

Mono = Literal["no", "low end", "all"]


class Protection(msgspec.Struct, frozen=True, kw_only=True):
    """The compressor that keeps a small loudspeaker whole: `threshold_db` (dBFS) with the music at -14 LUFS."""

    threshold_db: float
    ratio: float
    attack_ms: float = 5.0
    release_ms: float = 150.0


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One system. With a `codec` and no bands it is the codec alone."""

    name: str
    title: str
    bands: tuple[Band, ...] = ()
    mono: Mono = "no"
    mono_below_hz: float = 0.0
    protection: Protection | None = None
    listen_db: float = 76.0
    noise_db: tuple[tuple[float, float], ...] = ()  # (Hz, dB SPL per third octave)
    codec: Codec | None = None


def _steep(freq_hz: float) -> tuple[Band, Band]:
    """A Butterworth high-pass of 24 dB an octave."""
    return Band("highpass", freq_hz, q=0.5412), Band("highpass", freq_hz, q=1.3066)


# Inside a car at 100 km/h: 64 dB(A), most of it tyres and wind below 100 Hz. A kitchen with its extractor on: 55 dB(A).
ROAD_DB = ((20.0, 82.0), (63.0, 76.0), (125.0, 70.0), (500.0, 61.0), (1000.0, 58.0), (4000.0, 45.0), (16000.0, 25.0))
KITCHEN_DB = ((20.0, 50.0), (125.0, 48.0), (1000.0, 46.0), (4000.0, 42.0), (16000.0, 30.0))

PLACES: tuple[Place, ...] = (
    Place(name="hi-fi", title="Hi-fi", bands=(Band("highpass", 32.0),)),
    Place(
        name="phone",
        title="Phone speaker",
        bands=(
            *_steep(330.0),
            Band("bell", 900.0, 4.0, 1.0),
            Band("bell", 3200.0, 4.0, 1.2),
            Band("highshelf", 9000.0, -6.0),
            Band("lowpass", 16000.0),
        ),
        mono="all",
        protection=Protection(threshold_db=-16.0, ratio=4.0),
        listen_db=66.0,
    ),
    Place(
        name="laptop",
        title="Laptop",
        bands=(
            *_steep(170.0),
            Band("bell", 1100.0, 3.0, 1.0),
            Band("bell", 5000.0, -3.0),
            Band("highshelf", 10000.0, -3.0),
        ),
        protection=Protection(threshold_db=-14.0, ratio=3.0),
        listen_db=66.0,
    ),
    Place(
        name="earbuds",
        title="Earbuds",
        bands=(
            Band("highpass", 18.0),
            Band("lowshelf", 105.0, 5.0),
            Band("bell", 1500.0, -2.0, 0.8),
            Band("bell", 7000.0, 3.0, 2.0),
        ),
    ),
    Place(
        name="kitchen-radio",
        title="Kitchen radio",
        bands=(
            *_steep(110.0),
            Band("bell", 170.0, 3.0, 1.2),
            Band("bell", 2200.0, -3.0, 0.8),
            Band("highshelf", 7500.0, -6.0),
            Band("lowpass", 13000.0),
        ),
        mono="all",
        protection=Protection(threshold_db=-14.0, ratio=3.0),
        listen_db=70.0,
        noise_db=KITCHEN_DB,
    ),
    Place(
        name="car",
        title="Car",
        bands=(
            Band("highpass", 35.0),
            Band("lowshelf", 90.0, 6.0),
            Band("bell", 260.0, -4.0, 1.0),
            Band("bell", 2000.0, -3.0, 1.0),
            Band("highshelf", 9000.0, -3.0),
        ),
        listen_db=82.0,
        noise_db=ROAD_DB,
    ),
    Place(
        name="club",
        title="Club, mono sub",
        bands=(*_steep(32.0), Band("lowshelf", 95.0, 8.0), Band("highshelf", 10000.0, -2.0)),
        mono="low end",
        mono_below_hz=120.0,
        listen_db=98.0,
    ),
    Place(name="bluetooth", title="Bluetooth (SBC 328)", codec=CODECS["sbc-328"]),
    Place(name="aac-256", title="AAC 256", codec=CODECS["aac-256"]),
    Place(name="mp3-320", title="MP3 320", codec=CODECS["mp3-320"]),
    Place(name="opus-128", title="Opus 128", codec=CODECS["opus-128"]),
    Place(name="vorbis-160", title="Vorbis 160", codec=CODECS["vorbis-160"]),
)


def place_of(name: str) -> Place:
    """The system of that name; raises `UsageError`."""
    for place in PLACES:
        if place.name == name:
            return place
    names = ", ".join(place.name for place in PLACES)
    raise UsageError(name, "there is no such playback system", f"There are: {names}.")


def noise_spl_db(place: Place, centres_hz: npt.ArrayLike, widths_hz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The noise of a place in bands of other widths than a third octave, dB SPL; -inf where it is quiet."""
    centres, widths = np.asarray(centres_hz, float), np.asarray(widths_hz, float)
    if not place.noise_db:
        return np.full(centres.shape, -np.inf)
    at_hz, level_db = np.array(place.noise_db).T
    third_octave = np.interp(np.log(centres), np.log(at_hz), level_db)
    result: npt.NDArray[np.float64] = third_octave + 10 * np.log10(widths / (0.2316 * centres))
    return result
