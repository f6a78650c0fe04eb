"""What surrounds the music in a recording: its noise, and how long sounds take to die away."""

from controlroom.sound.ambience.bands import BandAccumulator, BandLevels
from controlroom.sound.ambience.decay import Decay, decay_of
from controlroom.sound.ambience.noise import Noise, noise_of

__all__ = ["BandAccumulator", "BandLevels", "Decay", "Noise", "decay_of", "noise_of"]
