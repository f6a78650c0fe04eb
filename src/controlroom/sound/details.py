"""What whole songs are heard by, in one more pass: pulses, pitch classes, timbre, the signs of a voice, traits."""

from __future__ import annotations

from typing import NamedTuple

from controlroom.base.progress import SILENT, Progress
from controlroom.sound.chroma import Chroma, ChromaAccumulator
from controlroom.sound.rhythm import Pulses, RhythmAccumulator
from controlroom.sound.signal import Signal, blocks
from controlroom.sound.timbre import Timbre, TimbreAccumulator
from controlroom.sound.traits import Traits, TraitsAccumulator
from controlroom.sound.voice import VoiceAccumulator, VoiceFeatures


class Details(NamedTuple):
    pulses: Pulses
    chroma: Chroma
    timbre: Timbre
    voice: VoiceFeatures
    traits: Traits


def details_of(signal: Signal, progress: Progress = SILENT) -> Details:
    """One pass over the signal; some 10 kB a second are kept."""
    rate_hz, channels = signal.rate_hz, signal.channels
    pulses, chroma = RhythmAccumulator(rate_hz, channels), ChromaAccumulator(rate_hz, channels)
    timbre, voice = TimbreAccumulator(rate_hz, channels), VoiceAccumulator(rate_hz, channels)
    traits = TraitsAccumulator(rate_hz, channels)
    done = 0
    for block in blocks(signal):
        for accumulator in (pulses, chroma, timbre, voice, traits):
            accumulator.add(block)
        done += block.shape[1]
        progress(done, signal.frames, "rhythm, harmony, voice")
    return Details(pulses.result(), chroma.result(), timbre.result(), voice.result(), traits.result())
