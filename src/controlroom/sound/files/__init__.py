"""Audio files: read as signals with their exact length, and written whole or not at all."""

from controlroom.sound.files.encode import check_fits, rate_held_hz
from controlroom.sound.files.info import AudioInfo, Credit, Cue, Dither, Format, Metadata
from controlroom.sound.files.open import AudioFile, probe
from controlroom.sound.files.write import Written, write

__all__ = [
    "AudioFile",
    "AudioInfo",
    "Credit",
    "Cue",
    "Dither",
    "Format",
    "Metadata",
    "Written",
    "check_fits",
    "probe",
    "rate_held_hz",
    "write",
]
