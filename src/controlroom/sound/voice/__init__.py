"""The voice in a recording: where somebody sings, alone or among instruments, and what a voice alone tells."""

from controlroom.sound.voice.features import VoiceAccumulator, VoiceFeatures, features_of
from controlroom.sound.voice.report import Voice, is_solo, voice_of

__all__ = ["Voice", "VoiceAccumulator", "VoiceFeatures", "features_of", "is_solo", "voice_of"]
