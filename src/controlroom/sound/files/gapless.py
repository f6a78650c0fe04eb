"""The parts of one programme as AAC files that join again without a gap and without a seam.

The programme is encoded once and its packets are dealt out: each file gets those that its part needs, and one before
them, since a packet of AAC is only whole together with the one before it. What a player decodes and trims is thus the
same as if it had decoded the programme in one piece. How much to trim stands in Apple's iTunSMPB comment and in the
edit list, for players that read the one or the other.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import ExitStack, closing
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
import msgspec
from av.error import FFmpegError

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.base.files import whole_or_nothing
from controlroom.base.progress import SILENT, Progress
from controlroom.sound.files.encode import check_fits
from controlroom.sound.files.info import Format, Metadata
from controlroom.sound.files.tags import write_itunes_gapless, write_tags
from controlroom.sound.signal import Samples, Signal, blocks

Packet: TypeAlias = "av.Packet[av.AudioStream]"

PACKET_FRAMES = 1024
DEFAULT_KBPS = 256
MOST_CHANNELS = 2


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The `frames` of a programme from `start` on, and the file they become."""

    path: Path
    start: int
    frames: int
    metadata: Metadata | None = None


def write_gapless_aac(
    parts: Sequence[Part],
    programme: Signal,
    format: Format | None = None,
    *,
    progress: Progress = SILENT,
    force: bool = True,
) -> None:
    """Write the parts of `programme` as M4A of kind "aac" (None: at 256 kbps); all of them appear, or none.

    Raises `UsageError` where AAC has no room for the signal or a part lies outside of it, `SurroundingsFailed` where
    the disk refuses.
    """
    form = format or Format("aac")
    for part in parts:
        check_fits(part.path, programme, form)
        inside = part.frames > 0 and part.start >= 0 and part.start + part.frames <= programme.frames
        if form.kind != "aac" or not inside or programme.channels > MOST_CHANNELS:
            raise UsageError(str(part.path), "this is no part of the programme that AAC could hold")
    with ExitStack() as files:
        paths = [files.enter_context(whole_or_nothing(part.path, force=force)) for part in parts]
        try:
            _deal_out(parts, paths, programme, form, progress)
        except FFmpegError as error:
            if isinstance(error, OSError):
                raise OSError(error.errno, error.strerror) from error
            raise SurroundingsFailed(str(parts[0].path.parent), "the AAC files could not be written") from error
        for part, path in zip(parts, paths, strict=True):
            if part.metadata is not None:
                write_tags(path, form.kind, part.metadata)


def _deal_out(
    parts: Sequence[Part], paths: Sequence[Path], programme: Signal, form: Format, progress: Progress
) -> None:
    with ExitStack() as opened:
        encoder = opened.enter_context(closing(_Encoder(programme, form)))
        pairs = zip(parts, paths, strict=True)
        writers = [opened.enter_context(closing(_Writer(part, path, encoder))) for part, path in pairs]
        done = 0
        for block in blocks(programme):
            for packet in encoder.encode(block):
                _deal(packet, writers)
            done += block.shape[1]
            progress(done, programme.frames, "AAC")
        for packet in encoder.encode(None):
            _deal(packet, writers)
        for writer in writers:
            writer.finish()


def _deal(packet: Packet, writers: Sequence[_Writer]) -> None:
    for writer in writers:
        writer.take(packet)


class _Encoder:
    """Blocks in, packets out; their time stamps are the frame of the programme with which each begins to be whole."""

    def __init__(self, programme: Signal, form: Format) -> None:
        self.rate_hz = programme.rate_hz
        self._layout = "mono" if programme.channels == 1 else "stereo"
        self._home = av.open(io.BytesIO(), "w", format="adts")  # nothing is ever written to it
        self.stream = self._home.add_stream("aac", rate=self.rate_hz, layout=self._layout)
        context: Any = self.stream.codec_context
        context.format, context.bit_rate = "fltp", 1000 * (form.bitrate_kbps or DEFAULT_KBPS)
        self._home.start_encoding()  # opens the encoder: only then does the stream know what its packets are
        self._done = 0

    def encode(self, block: Samples | None) -> list[Packet]:
        """The packets that `block` completes; None: those that are left."""
        if block is None:
            return self.stream.encode(None)
        frame = av.AudioFrame.from_ndarray(block, "fltp", self._layout)
        frame.sample_rate, frame.time_base = self.rate_hz, Fraction(1, self.rate_hz)
        frame.pts = self._done
        self._done += frame.samples
        return self.stream.encode(frame)

    def close(self) -> None:
        self._home.close()


class _Writer:
    """One file; of all packets it takes those that its part needs."""

    def __init__(self, part: Part, path: Path, encoder: _Encoder) -> None:
        self._part, self._path, self._encoder = part, path, encoder
        self._container: Any = None
        self._stream: Any = None
        self._packets = self._priming = 0

    def take(self, packet: Packet) -> None:
        at = (packet.pts or 0) - self._part.start
        if not -2 * PACKET_FRAMES < at < self._part.frames:
            return
        if not self._packets:
            self._open(-at)
        own: Any = av.Packet(bytes(packet))
        own.stream, own.time_base = self._stream, Fraction(1, self._encoder.rate_hz)
        own.pts = own.dts = at
        own.duration = min(PACKET_FRAMES, self._part.frames - at)
        own.is_keyframe = True
        self._packets += 1
        self._container.mux(own)
        if at + PACKET_FRAMES >= self._part.frames:
            self.finish()

    def _open(self, priming: int) -> None:
        options = {
            "fflags": "+bitexact",
            "movie_timescale": str(self._encoder.rate_hz),  # so that the edit list is exact to the frame
            "movflags": "+faststart",
        }
        self._container = av.open(str(self._path.absolute()), "w", format="ipod", options=options)
        self._stream = self._container.add_stream_from_template(self._encoder.stream)
        self._priming = priming

    def finish(self) -> None:
        if self._container is None:
            return
        self.close()
        rest = self._packets * PACKET_FRAMES - self._priming - self._part.frames
        counts = f" 00000000 {self._priming:08X} {rest:08X} {self._part.frames:016X}" + " 00000000" * 8
        write_itunes_gapless(self._path, counts)

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None
