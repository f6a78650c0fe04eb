"""Codec overs: how far a decoded stream goes over full scale, and the ceiling that keeps it below.

A codec adds an error to the waveform, and at a peak that was limited flat the error has only one way to go: up. A
louder master has more such peaks and a larger error, so there is no one ceiling for all; it is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.translation.work import side_by_side
from controlroom.sound.codecs import CODECS, Codec, decoded
from controlroom.sound.meter import true_peak_dbtp
from controlroom.sound.scratch import Scratch
from controlroom.sound.signal import Audio, Signal, blocks

SAFE_FOR = tuple(CODECS[name] for name in ("aac-256", "aac-256-ffmpeg", "mp3-320", "mp3-v0", "opus-160", "opus-128"))
MARGIN_DB = 0.2  # another sample rate, other dither, another version of the encoder
MOST_TRIES = 6


class Over(msgspec.Struct, frozen=True, kw_only=True):
    """What one codec makes of a signal's peaks; no figures for silence.

    `over_db`: by how much the decoded stream goes over 0 dBTP (0: it does not). `safe_ceiling_dbtp`: the true-peak
    ceiling that would have kept it below, by a margin of 0.2 dB; the signal's own where it is safe already.
    """

    codec: str
    decoded_dbtp: float | None
    over_db: float
    safe_ceiling_dbtp: float | None


class CodecSafe(msgspec.Struct, frozen=True, kw_only=True):
    """A master whose decoded streams stay below 0 dBTP (`safe`), or came nearest: itself, its ceiling, the proof."""

    signal: Signal
    ceiling_dbtp: float
    overs: tuple[Over, ...]

    @property
    def safe(self) -> bool:
        return not any(over.over_db for over in self.overs)


def overs(
    signal: Signal, codecs: Sequence[Codec] = SAFE_FOR, progress: Progress = SILENT, *, folder: Path | None = None
) -> tuple[Over, ...]:
    """Encode and decode the whole signal by each codec (as many at once as there are cores), in the order given.

    `folder` is where temporary files lie. Raises as `sound.codecs.decoded_peak_dbtp`.
    """
    own_dbtp = true_peak_dbtp(signal)
    heard = shared(signal, folder)
    jobs = [partial(_peak, heard, codec, folder) for codec in codecs]
    peaks = side_by_side(jobs, progress, "codecs")
    return tuple(over_of(codec, own_dbtp, peak) for codec, peak in zip(codecs, peaks, strict=True))


def _peak(signal: Signal, codec: Codec, folder: Path | None, progress: Progress) -> float | None:
    with decoded(signal, codec, folder, progress) as heard:
        return true_peak_dbtp(heard)


def codec_safe(
    make: Callable[[float], Signal],
    ceiling_dbtp: float,
    codecs: Sequence[Codec] = SAFE_FOR,
    progress: Progress = SILENT,
    *,
    folder: Path | None = None,
) -> CodecSafe:
    """A ceiling, `ceiling_dbtp` or lower, under which no codec goes over 0 dBTP; proven on the whole master.

    `make(ceiling)` renders the master under a true-peak ceiling. A lower ceiling at the same loudness means more
    limiting, hence more growth: so each ceiling is tried, and lowered by what is still over, six times at most.
    """
    for attempt in range(MOST_TRIES):
        part = scaled(progress, attempt / MOST_TRIES, (attempt + 1) / MOST_TRIES, "codecs")
        signal = make(ceiling_dbtp)
        made = CodecSafe(signal=signal, ceiling_dbtp=ceiling_dbtp, overs=overs(signal, codecs, part, folder=folder))
        if made.safe:
            break
        ceiling_dbtp -= max(over.over_db for over in made.overs) + MARGIN_DB
    return made


def over_of(codec: Codec, own_dbtp: float | None, peak_dbtp: float | None) -> Over:
    """What a decoded peak means for a signal whose own true peak is `own_dbtp`."""
    if own_dbtp is None or peak_dbtp is None:
        return Over(codec=codec.name, decoded_dbtp=peak_dbtp, over_db=0.0, safe_ceiling_dbtp=own_dbtp)
    over_db = max(peak_dbtp, 0.0)
    safe_dbtp = own_dbtp - over_db - MARGIN_DB if over_db else own_dbtp
    return Over(codec=codec.name, decoded_dbtp=peak_dbtp, over_db=over_db, safe_ceiling_dbtp=safe_dbtp)


def shared(signal: Signal, folder: Path | None) -> Signal:
    """The signal where several threads may read it at once."""
    if isinstance(signal, Audio | Scratch):
        return signal
    kept = Scratch(signal.rate_hz, signal.channels, signal.frames, folder)
    for block in blocks(signal):
        kept.append(block)
    return kept
