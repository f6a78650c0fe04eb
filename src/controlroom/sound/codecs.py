"""What a lossy codec makes of a signal: through the real encoder and the real decoder, aligned to the sample.

AAC (FFmpeg's encoder), MP3 (LAME), Opus (libopus) and Vorbis (libvorbis) go through files as the house writes and
reads them. What it does not write goes through FFmpeg packet by packet: SBC, which Bluetooth's A2DP carries, and AAC
as FFmpeg makes it by default, which many sites do with what is uploaded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple, cast

import av
import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.base.errors import UsageError, surroundings
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.meter import true_peak_dbtp
from controlroom.sound.resample import Resampled
from controlroom.sound.scratch import Scratch
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, blocks, frozen

COMMON_RATES_HZ = (44100, 48000)
SBC_LATE, AAC_LATE = 73, 1024  # frames: two filter banks of eight subbands; the overlap of a transform
SIXTEEN_BITS = 32768.0
SHARE_OF_ENCODING = 0.8  # of the progress of a round trip
_ENDS: tuple[Literal["w"], Literal["r"]] = ("w", "r")
_LAYOUTS = {1: "mono", 2: "stereo"}


class Codec(msgspec.Struct, frozen=True):
    """A codec at a bit rate; `kbps` None: MP3's V0, the best of its variable rates.

    Opus's and Vorbis's rates are targets. "aac-ffmpeg" is AAC with all of FFmpeg's tools on: noise put in place of
    coefficients throws single peaks by up to 5 dB, elsewhere after the slightest change of the input. SBC at 328 is
    A2DP's "high quality" at 44.1 kHz (joint stereo, bitpool 53; A2DP specification 1.3.2, table 4.7), in 16 bits and
    always in stereo.
    """

    name: str
    kind: Literal["aac", "aac-ffmpeg", "mp3", "opus", "vorbis", "sbc"]
    kbps: int | None = None

    @property
    def format(self) -> Format | None:
        """The file of ours that carries it, where there is one."""
        if self.kind == "sbc" or self.kind == "aac-ffmpeg":
            return None
        return Format(self.kind, bitrate_kbps=self.kbps, vbr_quality=0 if self.kbps is None else None)

    def rate_hz(self, rate_hz: int) -> int:
        """The rate it works at for a signal at `rate_hz`: Opus at 48 kHz, all others at 44.1 or 48."""
        if self.kind == "opus" or rate_hz % COMMON_RATES_HZ[0]:
            return COMMON_RATES_HZ[1]
        return COMMON_RATES_HZ[0]


CODECS: dict[str, Codec] = {
    codec.name: codec
    for codec in (
        Codec("aac-256", "aac", 256),
        Codec("aac-128", "aac", 128),
        Codec("aac-256-ffmpeg", "aac-ffmpeg", 256),
        Codec("mp3-320", "mp3", 320),
        Codec("mp3-192", "mp3", 192),
        Codec("mp3-v0", "mp3"),
        Codec("opus-160", "opus", 160),
        Codec("opus-128", "opus", 128),
        Codec("vorbis-320", "vorbis", 320),
        Codec("vorbis-160", "vorbis", 160),
        Codec("sbc-328", "sbc", 328),
    )
}


def round_trip(signal: Signal, codec: Codec, folder: Path | None = None, progress: Progress = SILENT) -> Signal:
    """`signal` (one or two channels) after encoding and decoding: as long, at the same rate, aligned to the sample.

    Where the codec does not work at the signal's rate, it is converted before and back after. What is over full scale
    is clipped before encoding, as in any file that is delivered; the decoded samples are not clipped. Kept in a
    nameless temporary file in `folder` (None: the temporary one).
    Raises `UsageError` for more than two channels or no samples, `SurroundingsFailed` when the disk is full.
    """
    with decoded(signal, codec, folder, scaled(progress, 0.0, SHARE_OF_ENCODING, codec.name)) as heard:
        back = heard if heard.rate_hz == signal.rate_hz else Resampled(heard, signal.rate_hz)
        kept = Scratch(signal.rate_hz, signal.channels, signal.frames, folder)
        rest = scaled(progress, SHARE_OF_ENCODING, 1.0, codec.name)
        done = 0
        for block in blocks(back, stop=signal.frames):
            kept.append(block)
            done += block.shape[1]
            rest(done, signal.frames)
    return kept


def decoded_peak_dbtp(signal: Signal, codec: Codec, folder: Path | None = None) -> float | None:
    """The true peak of the decoded stream, at the codec's own rate; None for silence. Raises as `round_trip`."""
    with decoded(signal, codec, folder) as heard:
        return true_peak_dbtp(heard)


@contextmanager
def decoded(signal: Signal, codec: Codec, folder: Path | None = None, progress: Progress = SILENT) -> Iterator[Signal]:
    """The decoded stream at the codec's own rate, as long as the signal; read it while the context lasts."""
    if not 1 <= signal.channels <= 2:
        raise UsageError(codec.name, f"it takes one or two channels, not {signal.channels}", "Mix it down first.")
    if not signal.frames:
        raise UsageError(codec.name, "there is nothing to encode, not one sample")
    rate_hz = codec.rate_hz(signal.rate_hz)
    source: Signal = signal if rate_hz == signal.rate_hz else Resampled(signal, rate_hz)
    format = codec.format
    if format is None:
        yield _by_packets(source, codec, folder, progress)
        return
    with surroundings(folder or tempfile.gettempdir()):
        holder = tempfile.TemporaryDirectory(dir=folder)
    with holder as name:
        path = Path(name) / f"coded{format.suffix}"
        write(path, source, format, progress=progress)
        with AudioFile(path) as file:
            yield file


class _Link(NamedTuple):
    """Both ends of a codec, and how many frames the second is behind the first."""

    encoder: av.AudioCodecContext
    decoder: av.AudioCodecContext
    late: int


def _link(rate_hz: int, channels: int, codec: Codec) -> _Link:
    name, sample_format, late = ("sbc", "s16", SBC_LATE) if codec.kind == "sbc" else ("aac", "fltp", AAC_LATE)
    encoder, decoder = (cast(av.AudioCodecContext, av.CodecContext.create(name, mode)) for mode in _ENDS)
    for context in (encoder, decoder):
        context.sample_rate, context.layout = rate_hz, _LAYOUTS[channels]
    encoder.format, encoder.time_base = av.AudioFormat(sample_format), Fraction(1, rate_hz)
    encoder.bit_rate = 1000 * (codec.kbps or 0)
    encoder.open()
    decoder.extradata = encoder.extradata
    return _Link(encoder, decoder, late)


def _by_packets(signal: Signal, codec: Codec, folder: Path | None, progress: Progress) -> Scratch:
    channels = 2 if codec.kind == "sbc" else signal.channels
    link = _link(signal.rate_hz, channels, codec)
    kept = Scratch(signal.rate_hz, signal.channels, signal.frames, folder)
    late, done = link.late, 0
    for at in range(0, signal.frames + link.late + BLOCK_FRAMES, BLOCK_FRAMES):  # silence at the end pushes all out
        packets = link.encoder.encode(_frame(signal, at, channels, link.encoder.format.name))
        pieces = [_floats(piece) for packet in packets for piece in link.decoder.decode(packet)]
        heard = np.concatenate(pieces, axis=1)[: signal.channels, late:]
        late = 0
        kept.append(frozen(heard[:, : signal.frames - done]))
        done = min(done + heard.shape[1], signal.frames)
        progress(done, signal.frames)
    return kept


def _frame(signal: Signal, at: int, channels: int, sample_format: str) -> av.AudioFrame:
    """The block from frame `at`, filled up with silence: encoders take whole frames."""
    block = np.zeros((channels, BLOCK_FRAMES), np.float32)
    there = signal.read(at, BLOCK_FRAMES)
    block[:, : there.shape[1]] = np.clip(there, -1.0, 1.0)
    values: Samples | npt.NDArray[np.int16] = block
    if sample_format == "s16":
        sixteen = np.minimum(np.round(block.T * SIXTEEN_BITS), SIXTEEN_BITS - 1)
        values = sixteen.astype(np.int16).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(values, sample_format, _LAYOUTS[channels])
    frame.sample_rate, frame.pts, frame.time_base = signal.rate_hz, at, Fraction(1, signal.rate_hz)
    return frame


def _floats(frame: av.AudioFrame) -> Samples:
    samples = frame.to_ndarray().astype(np.float32)
    return samples / np.float32(SIXTEEN_BITS) if frame.format.name == "s16p" else samples
