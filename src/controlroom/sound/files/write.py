"""Writing sound files, whole or not at all."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np
import soundfile
from av.error import FFmpegError

from controlroom.base.errors import InputRefused, SurroundingsFailed
from controlroom.base.files import whole_or_nothing
from controlroom.base.progress import SILENT, Progress
from controlroom.sound.dither import Shaped, quantised
from controlroom.sound.files.encode import Encoder, check_fits, encoder
from controlroom.sound.files.info import Format, Metadata
from controlroom.sound.files.open import probe
from controlroom.sound.files.pcm import silence_nonfinite
from controlroom.sound.files.tags import speakable, write_tags
from controlroom.sound.files.wav_write import WavEncoder
from controlroom.sound.signal import BLOCK_FRAMES, Samples, Signal, blocks


class Written(msgspec.Struct, frozen=True):
    """What writing did to the samples: how many were over full scale, dithered, or not a number."""

    clipped_samples: int
    dithered_samples: int
    nonfinite_samples: int


def write(
    path: str | os.PathLike[str],
    signal: Signal,
    format: Format,
    *,
    metadata: Metadata | None = None,
    dither_seed: int = 0,
    progress: Progress = SILENT,
    force: bool = True,
) -> Written:
    """Write `signal` to `path`; the file appears whole or not at all, and equal sound gives equal bytes.

    Where bits are dropped (16 and 24 bits), the format's dither is added once, of `dither_seed`; what lies on the
    target's grid already stays bit for bit. Samples over full scale are clipped except in floating point, NaN and
    infinities become 0. Lossy formats are encoded from the floating-point samples. Metadata goes where the container
    has a place: bext, iXML, axml, INFO and cue in WAV, tags elsewhere.

    Raises `UsageError` where the format has no room for the signal (or `path` exists and `force` is False),
    `SurroundingsFailed` where the disk refuses.
    """
    target = Path(path)
    metadata = speakable(metadata) if metadata else None
    check_fits(target, signal, format)
    with whole_or_nothing(target, force=force) as part:
        try:
            made: Encoder
            if format.kind == "wav":
                made = WavEncoder(part, signal, format.bits, metadata)
            else:
                made = encoder(part, signal, format)
            with closing(made):
                written = _encode(made, signal, format, dither_seed, progress)
                made.finish()
            if metadata is not None:
                write_tags(part, format.kind, metadata)
        except (soundfile.LibsndfileError, FFmpegError) as error:
            raise _not_written(target, error) from error
        _check_whole(part, target, signal.frames)
    return written


def _check_whole(part: Path, target: Path, frames: int) -> None:
    """Encoders do not always tell that the disk was full."""
    try:
        whole = probe(part).frames == frames
    except InputRefused as error:
        raise _not_written(target, error) from error
    if not whole:
        raise _not_written(target)


def _not_written(target: Path, error: Exception | None = None) -> Exception:
    """What an encoder's failure means; the operating system's own words where it has some."""
    if isinstance(error, OSError):
        return OSError(error.errno, error.strerror)
    return SurroundingsFailed(str(target), "it could not be written to its end", "Check the free space and try again.")


def _encode(made: Encoder, signal: Signal, format: Format, seed: int, progress: Progress) -> Written:
    clipped = dithered = nonfinite = done = 0
    keeps_floats = format.kind == "wav" and format.bits == 32
    shaped = Shaped(format.bits, signal.channels, seed=seed) if format.dither == "shaped" else None
    for block in blocks(signal, BLOCK_FRAMES):
        samples: Samples = np.array(block, np.float32, order="C")
        nonfinite += silence_nonfinite(samples, 0)
        if format.lossy or keeps_floats:
            if not keeps_floats:
                clipped += int(np.count_nonzero(np.abs(samples) > 1.0))
                np.clip(samples, -1.0, 1.0, out=samples)
            made.add_floats(samples)
        else:
            if shaped:
                made_of = shaped.quantised(samples, at_frame=done)
            else:
                made_of = quantised(samples, format.bits, at_frame=done, seed=seed)
            clipped, dithered = clipped + made_of.clipped_samples, dithered + made_of.dithered_samples
            made.add_integers(made_of.values)
        done += block.shape[1]
        progress(done, signal.frames)
    return Written(clipped, dithered, nonfinite)
