"""Audio files: read as signals with their exact length, and written whole or not at all."""

from controlroom.sound.files.info import AudioInfo, Credit, Cue, Dither, Format, Metadata
from controlroom.sound.files.open import AudioFile, probe
from controlroom.sound.files.write import Written, write

__all__ = ["AudioFile", "AudioInfo", "Credit", "Cue", "Dither", "Format", "Metadata", "Written", "probe", "write"]
