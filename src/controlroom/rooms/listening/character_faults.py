"""What is wrong with the character of a demo's sound, as findings: from where on it is worth a word."""

from __future__ import annotations

from collections.abc import Iterator

from controlroom.base.finding import Finding
from controlroom.sound.character import Sound
from controlroom.sound.findings import (
    crushed,
    delayed_copy,
    hissy,
    lossy_ancestry,
    low_end_out_of_phase,
    roomy,
    wow,
)
from controlroom.sound.meter import Loudness

HISSY_DB = -45.0  # a good cassette's hiss lies lower
ROOMY_S, ROOMY_CONFIDENCE = 1.2, 0.7  # strings ring as long as a smaller room
LOW_END_CORRELATION, WHOLE_CORRELATION = -0.2, -0.2  # where everything is out of phase, that is said instead
CRUSHED_LUFS, CRUSHED_PLR_DB = -9.0, 7.5


def findings_of_character(sound: Sound, loudness: Loudness) -> Iterator[Finding]:
    """Codec, hiss, room, image, wow and a limiter that worked too hard."""
    yield from lossy_ancestry(sound.lossy)
    if sound.hiss_db is not None and sound.hiss_db > HISSY_DB:
        yield hissy(sound.hiss_db)
    said_s, sure = sound.reverberation_s, sound.reverberation_confidence
    if said_s is not None and said_s >= ROOMY_S and sure >= ROOMY_CONFIDENCE:
        yield roomy(said_s)
    whole, low = sound.correlation, sound.low_correlation
    if low is not None and low < LOW_END_CORRELATION and whole is not None and whole >= WHOLE_CORRELATION:
        yield low_end_out_of_phase(low)
    if sound.delay_ms is not None:
        yield delayed_copy(sound.delay_ms)
    if sound.wow_cents is not None and sound.wow_hz is not None:
        yield wow(sound.wow_cents, sound.wow_hz)
    integrated, plr_db = loudness.integrated_lufs, loudness.plr_db
    if integrated is not None and plr_db is not None and integrated > CRUSHED_LUFS and plr_db < CRUSHED_PLR_DB:
        yield crushed(integrated, plr_db)
