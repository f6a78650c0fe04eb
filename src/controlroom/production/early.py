"""What a command line asks for, held against what can be meant before anything heavy is imported: a typing error is
answered at once."""

from __future__ import annotations

from pathlib import Path

from controlroom.base.errors import InputRefused, UsageError

MEDIA = ("vinyl", "club", "cd", "r128", "a85")  # as `rooms.mastering.media` has them; a test holds that
RATES_HZ = (44100, 48000, 88200, 96000, 176400, 192000)
SUFFIXES = (".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus")
QUIETEST_LUFS, LOWEST_CEILING_DBTP = -70.0, -20.0


def asked_of_master(
    file: Path, out: Path, target: str, ceiling_dbtp: float | None, rate_hz: int | None
) -> tuple[float | None, str]:
    """All that is asked of one master; returns its target as `asked_target` does."""
    asked_file(file)
    asked_suffix(out)
    asked_ceiling(ceiling_dbtp)
    asked_rate(rate_hz)
    return asked_target(target)


def asked_target(said: str) -> tuple[float | None, str]:
    """A target in words: loudness in LUFS and no medium, or a medium; "auto" is neither. Raises `UsageError`."""
    word = said.strip().lower()
    if word in ("auto", ""):
        return None, ""
    if word in MEDIA:
        return None, word
    try:
        lufs = float(word)
    except ValueError:
        lufs = 1.0
    if not QUIETEST_LUFS <= lufs <= 0.0:
        known = ", ".join(MEDIA)
        raise UsageError(f"--target {said}", "it is no loudness that could be meant", f"Try -14, auto, or {known}.")
    return lufs, ""


def asked_ceiling(dbtp: float | None) -> float | None:
    """A ceiling that a master can have (dBTP), or None; raises `UsageError`."""
    if dbtp is not None and not LOWEST_CEILING_DBTP <= dbtp <= 0.0:
        raise UsageError(f"A ceiling of {dbtp:g} dBTP", f"it lies outside {LOWEST_CEILING_DBTP:g} to 0", "Try -1.")
    return dbtp


def asked_rate(rate_hz: int | None) -> int | None:
    """A sample rate that masters are made at (Hz), or None; raises `UsageError`."""
    if rate_hz is not None and rate_hz not in RATES_HZ:
        raise UsageError(f"--rate {rate_hz}", "no master is made at it", f"Use {', '.join(map(str, RATES_HZ))}.")
    return rate_hz


def asked_file(path: Path) -> Path:
    """A file that is there; raises `InputRefused`."""
    if not path.exists():
        raise InputRefused(path, "it is not there", "Check the name.")
    return path


def asked_suffix(path: Path) -> str:
    """The suffix of a file that can be written, in small letters; raises `UsageError`."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        why = f"no format goes with {path.suffix or 'no suffix'}"
        raise UsageError(str(path), why, f"Use one of {', '.join(SUFFIXES)}.")
    return suffix
