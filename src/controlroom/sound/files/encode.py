"""The encoders: libsndfile for FLAC, MP3 and Vorbis, FFmpeg (PyAV) for ALAC, AAC and Opus.

libsndfile's MP3 is exact to the frame at every length; FFmpeg's is not for some.
"""

# mypy: allow-untyped-calls
# (mutagen says its types for some of its functions only)

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, cast

import av
import numpy as np
import numpy.typing as npt
import soundfile
from mutagen.ogg import OggPage

from controlroom.base.errors import UsageError
from controlroom.sound.files.info import Format, Kind
from controlroom.sound.files.pcm import Integers
from controlroom.sound.files.tags import write_itunes_gapless
from controlroom.sound.signal import Samples, Signal


class Encoder(Protocol):
    """Writes the blocks of one signal in order; `finish` completes the file, `close` lets go of it in any case."""

    def add_integers(self, values: Integers) -> None: ...
    def add_floats(self, block: Samples) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...


class _Holds(NamedTuple):
    """What a format has room for."""

    channels: int
    rates_hz: tuple[int, ...] | range
    says: str


_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_HOLDS: dict[Kind, _Holds] = {
    "wav": _Holds(1024, range(1, 1 << 31), "WAV"),
    "flac": _Holds(8, range(1, 655351), "FLAC"),
    "alac": _Holds(8, range(1, 384001), "ALAC"),
    "mp3": _Holds(2, _MP3_RATES, "MP3"),
    "aac": _Holds(8, _AAC_RATES, "AAC"),
    "opus": _Holds(8, (48000,), "Opus"),
    "vorbis": _Holds(2, range(8000, 192001), "Vorbis"),
}
SHAPED_RATES_HZ = (44100, 48000)
# Noise in place of coefficients, one channel made of the other, prediction in frequency: what FFmpeg's encoder saves by
# them costs peaks 4 to 7 dB above the original's now and then, and at 256 kbit/s 1 to 2 dB of accuracy.
AAC_PLAIN = {"aac_pns": "0", "aac_is": "0", "aac_tns": "0"}
_AAC_PLAIN_FROM_KBPS = 64  # for each channel; below, the tools are needed
_KBPS: dict[Kind, int] = {"mp3": 320, "aac": 256, "opus": 160, "vorbis": 192}


def rate_held_hz(kind: Kind, rate_hz: int) -> int:
    """The rate of a file of this kind for sound at `rate_hz`: that rate; where it has no room for it 44.1 kHz for its
    multiples, else 48."""
    rates_hz = _HOLDS[kind].rates_hz
    if rate_hz in rates_hz:
        return rate_hz
    return next(rate for rate in (44100, 48000) if rate in rates_hz and (rate == 48000 or rate_hz % rate == 0))


def check_fits(path: Path, signal: Signal, format: Format) -> None:
    """Raises `UsageError` where the format has no room for such a signal."""
    holds = _HOLDS[format.kind]
    if not signal.frames:
        raise UsageError(str(path), "there is nothing to write, not one sample")
    if signal.channels > holds.channels:
        why = f"{holds.says} holds at most {holds.channels} channels, not {signal.channels}"
        raise UsageError(str(path), why, "Write WAV, or mix it down first.")
    if signal.rate_hz not in holds.rates_hz:
        raise UsageError(str(path), f"{holds.says} does not hold {signal.rate_hz} Hz", "Resample it to 48000 Hz first.")
    if format.dither == "shaped" and signal.rate_hz not in SHAPED_RATES_HZ:
        why = f"dither is not shaped at {signal.rate_hz} Hz"
        raise UsageError(str(path), why, "Resample it to 44100 Hz first, or take plain dither.")


class SndfileEncoder:
    """FLAC, MP3 and Vorbis."""

    def __init__(self, part: Path, signal: Signal, format: Format) -> None:
        container = {"flac": "FLAC", "mp3": "MP3", "vorbis": "OGG"}[format.kind]
        subtype = {"mp3": "MPEG_LAYER_III", "vorbis": "VORBIS"}.get(format.kind, f"PCM_{format.bits}")
        self._part, self._kind = part, format.kind
        self._shift = 32 - format.bits
        self._file = soundfile.SoundFile(
            os.fsencode(part),
            "w",
            signal.rate_hz,
            signal.channels,
            format=container,
            subtype=subtype,
            bitrate_mode=_bitrate_mode(format),
            compression_level=_compression_level(format, signal),
        )

    def add_integers(self, values: Integers) -> None:
        self._file.write(np.ascontiguousarray(values.T) << self._shift)

    def add_floats(self, block: Samples) -> None:
        self._file.write(block.T)

    def finish(self) -> None:
        self._file.close()
        if self._kind == "vorbis":
            _name_stream(self._part)

    def close(self) -> None:
        self._file.close()


def _bitrate_mode(format: Format) -> Literal["CONSTANT", "VARIABLE"] | None:
    if format.kind != "mp3":
        return None
    return "CONSTANT" if format.vbr_quality is None else "VARIABLE"


def _compression_level(format: Format, signal: Signal) -> float | None:
    """libsndfile's 0 (best) to 1 for a bit rate: MP3's range lies on it evenly, Vorbis by its nominal qualities.

    With a variable bit rate it is a tenth of LAME's V.
    """
    if format.vbr_quality is not None:
        return format.vbr_quality / 10
    kbps = format.bitrate_kbps or _KBPS.get(format.kind, 0)
    if format.kind == "mp3":  # below 16 kHz only libsndfile's best keeps the sample rate
        low, high = (32, 320) if signal.rate_hz >= 32000 else (8, 160)
        return (high - min(kbps, high)) / (high - low) if signal.rate_hz >= 16000 else 0.0
    if format.kind == "vorbis":  # stereo at 44.1 kHz; other shapes scale with it
        nominal = (64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500)
        return 1.0 - float(np.interp(kbps, nominal, np.linspace(0, 1, len(nominal))))
    return None


def _name_stream(part: Path) -> None:
    """libsndfile numbers an Ogg stream at random; one number makes equal sound equal bytes."""
    with part.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        while (at := file.tell()) < size:
            page = OggPage(file)
            page.serial = 1
            file.seek(at)
            file.write(page.write())


_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
_ALAC_LAYOUTS = {7: "6.1(back)", 8: "7.1(wide)"}


class PacketEncoder:
    """ALAC and AAC in M4A, Opus in Ogg."""

    def __init__(self, part: Path, signal: Signal, format: Format) -> None:
        self._part, self._signal, self._kind = part, signal, format.kind
        self._shift = 32 - format.bits
        self._done = self._packets = self._priming = 0
        options = {"fflags": "+bitexact"}
        if format.kind != "opus":
            options |= {
                "movie_timescale": str(signal.rate_hz),
                "movflags": "+faststart",
            }  # edit list exact to the frame
        container = "opus" if format.kind == "opus" else "ipod"
        self._container = av.open(str(part.absolute()), "w", format=container, options=options)
        codec = {"alac": "alac", "aac": "aac", "opus": "libopus"}[format.kind]
        layout = _LAYOUTS[signal.channels]
        if format.kind == "alac":
            layout = _ALAC_LAYOUTS.get(signal.channels, layout)
        self._layout = layout
        self._stream = cast(av.AudioStream, self._container.add_stream(codec, rate=signal.rate_hz, layout=layout))
        context: Any = self._stream.codec_context
        if format.kind == "alac":
            context.format = "s16p" if format.bits == 16 else "s32p"
        else:
            context.format = "fltp" if format.kind == "aac" else "flt"
            kbps = format.bitrate_kbps or _KBPS[format.kind]
            context.bit_rate = 1000 * kbps
            if format.kind == "aac" and kbps >= _AAC_PLAIN_FROM_KBPS * signal.channels:
                context.options = AAC_PLAIN
        self._format: str = context.format.name

    def add_integers(self, values: Integers) -> None:
        if self._format == "s16p":
            self._add(values.astype(np.int16))
        else:
            self._add(values << self._shift)

    def add_floats(self, block: Samples) -> None:
        self._add(block if self._format == "fltp" else block.T.reshape(1, -1))

    def _add(self, samples: npt.NDArray[np.generic]) -> None:
        planar = self._format.endswith("p")
        frames = samples.shape[1] if planar else samples.shape[1] // self._signal.channels
        frame = av.AudioFrame(format=self._format, layout=self._layout, samples=frames)
        for row, plane in zip(samples, frame.planes, strict=False):  # PyAV lists more planes than there are from 8 on
            plane.update(np.ascontiguousarray(row).data)  # type: ignore[arg-type]
        frame.sample_rate, frame.time_base = self._signal.rate_hz, Fraction(1, self._signal.rate_hz)
        frame.pts = self._done
        self._done += frame.samples
        self._mux(frame)

    def _mux(self, frame: av.AudioFrame | None) -> None:
        packets = self._stream.encode(frame)
        if packets and not self._packets:
            self._priming = -(packets[0].pts or 0)
        self._packets += len(packets)
        self._container.mux(packets)

    def finish(self) -> None:
        self._mux(None)
        packet_frames = self._stream.codec_context.frame_size
        self._container.close()
        if self._kind == "aac":
            rest = self._packets * packet_frames - self._priming - self._done
            counts = f" 00000000 {self._priming:08X} {rest:08X} {self._done:016X}" + " 00000000" * 8
            write_itunes_gapless(self._part, counts)

    def close(self) -> None:
        self._container.close()


def encoder(part: Path, signal: Signal, format: Format) -> Encoder:
    """The encoder of a compressed format, writing to `part`."""
    made = SndfileEncoder if format.kind in ("flac", "mp3", "vorbis") else PacketEncoder
    return made(part, signal, format)
