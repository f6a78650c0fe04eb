"""What a lossy codec makes of a signal: through the real encoder and the real decoder, aligned to the sample.

AAC (FFmpeg's encoder), MP3 (LAME), Opus (libopus) and Vorbis (libvorbis) go through files as the house writes and reads
them; SBC, which Bluetooth's A2DP carries, through FFmpeg's encoder and decoder packet by packet.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import msgspec
import numpy as np

from controlroom.base.errors import UsageError, surroundings
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.meter import true_peak_dbtp
from controlroom.sound.resample import Resampled
from controlroom.sound.scratch import Scratch
from controlroom.sound.signal import BLOCK_FRAMES, Signal, blocks, frozen

COMMON_RATES_HZ = (44100, 48000)
SBC_DELAY_FRAMES = 73  # of its two filter banks, eight subbands
SIXTEEN_BITS = 32768.0
SHARE_OF_ENCODING = 0.8  # of the progress of a round trip
_LAYOUTS = {1: "mono", 2: "stereo"}


class Codec(msgspec.Struct, frozen=True):
    """A codec at a bit rate; `kbps` None: MP3's V0, the best of its variable rates.

    Opus's and Vorbis's rates are targets. SBC at 328 is A2DP's "high quality" at 44.1 kHz (joint stereo, bitpool 53;
    A2DP specification 1.3.2, table 4.7); it is worked in 16 bits, as a telephone does.
    """

    name: str
    kind: Literal["aac", "mp3", "opus", "vorbis", "sbc"]
    kbps: int | None = None

    @property
    def format(self) -> Format:
        """The file that carries it; raises ValueError for SBC, which no file carries."""
        if self.kind == "sbc":
            raise ValueError("SBC is carried by radio, not by files")
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
    if codec.kind == "sbc":
        yield _through_sbc(source, codec, folder, progress)
        return
    with surroundings(folder or tempfile.gettempdir()):
        holder = tempfile.TemporaryDirectory(dir=folder)
    with holder as name:
        format = codec.format
        path = Path(name) / f"coded{format.suffix}"
        write(path, source, format, progress=progress)
        with AudioFile(path) as file:
            yield file


def _through_sbc(signal: Signal, codec: Codec, folder: Path | None, progress: Progress) -> Scratch:
    """Both ends of a Bluetooth link."""
    encoder, decoder = (_sbc(mode, signal, codec) for mode in ("w", "r"))
    kept = Scratch(signal.rate_hz, signal.channels, signal.frames, folder)
    late, done = SBC_DELAY_FRAMES, 0
    for at in range(0, signal.frames + SBC_DELAY_FRAMES, BLOCK_FRAMES):
        frame = _sixteen_bits(signal, at)
        pieces = [piece.to_ndarray() for packet in encoder.encode(frame) for piece in decoder.decode(packet)]
        heard = np.concatenate(pieces, axis=1)[:, late:].astype(np.float32) / SIXTEEN_BITS
        late = 0
        kept.append(frozen(heard[:, : signal.frames - done]))
        done = min(done + heard.shape[1], signal.frames)
        progress(done, signal.frames)
    return kept


def _sbc(mode: Literal["r", "w"], signal: Signal, codec: Codec) -> av.AudioCodecContext:
    context = av.CodecContext.create("sbc", mode)
    context.sample_rate, context.layout = signal.rate_hz, _LAYOUTS[signal.channels]
    if mode == "w":
        context.format, context.time_base = av.AudioFormat("s16"), Fraction(1, signal.rate_hz)
        context.bit_rate = 1000 * (codec.kbps or 0)
    return context


def _sixteen_bits(signal: Signal, at: int) -> av.AudioFrame:
    """The block from frame `at`, filled up with silence: the encoder takes whole frames."""
    block = signal.read(at, BLOCK_FRAMES)
    whole = np.zeros((BLOCK_FRAMES, signal.channels), np.int16)
    whole[: block.shape[1]] = np.clip(np.round(block.T * SIXTEEN_BITS), -SIXTEEN_BITS, SIXTEEN_BITS - 1)
    frame = av.AudioFrame.from_ndarray(whole.reshape(1, -1), "s16", _LAYOUTS[signal.channels])
    frame.sample_rate, frame.pts, frame.time_base = signal.rate_hz, at, Fraction(1, signal.rate_hz)
    return frame
