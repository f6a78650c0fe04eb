"""The character of a recording's sound: noise, room, image, balance and lossy ancestry, each with what is not sure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log2

import msgspec

from controlroom.sound.ambience import Decay, Noise, decay_of, noise_of
from controlroom.sound.balance import Balance, balance_of
from controlroom.sound.doubt import Doubt
from controlroom.sound.files import AudioInfo
from controlroom.sound.hearing import Hearing
from controlroom.sound.image import Kind, image_of
from controlroom.sound.intonation import CONCERT_A_HZ
from controlroom.sound.lossy import Lossy, lossy_of
from controlroom.sound.spectrum import Spectrum
from controlroom.sound.traits import Traits
from controlroom.sound.wow import Wow, wow_of

LEAST_CONFIDENCE = 0.6  # of a decay time that is said


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """What a recording sounds like. None where it cannot be known; `doubts` say why.

    `noise_floor_dbfs`: the steady noise from 63 Hz to 16 kHz, `hiss_db` its part above 4 kHz against the loudest
    channel's RMS. `reverberation_s`: how long sounds take to die away by 60 dB where they are left to themselves (the
    room's time, or the strings' where these ring longer). The image (`Image`): `correlation`, `low_correlation` below
    150 Hz, `width_db`, `delay_ms` between the sides of a delayed copy, `mono_share` of the sounding time.
    `wow_cents` to each side, `wow_hz` times a second; `tape_cents`: how far from concert pitch a wowing machine runs.
    """

    noise_floor_dbfs: float | None = None
    hiss_db: float | None = None
    reverberation_s: float | None = None
    reverberation_confidence: float = 0.0
    stereo: Kind | None = None
    correlation: float | None = None
    low_correlation: float | None = None
    width_db: float | None = None
    delay_ms: float | None = None
    mono_share: float | None = None
    balance: Balance = Balance()
    lossy: Lossy = Lossy()
    wow_cents: float | None = None
    wow_hz: float | None = None
    wow_confidence: float = 0.0
    tape_cents: float | None = None
    doubts: tuple[Doubt, ...] = ()


def sound_of(
    hearing: Hearing,
    traits: Traits,
    info: AudioInfo,
    end_hz: float | None,
    *,
    tuning_hz: float | None = None,
    references: Sequence[Spectrum] = (),
) -> Sound:
    """The character of what is heard.

    `traits` as `TraitsAccumulator` gives them; `info`: the file it comes from, whose own codec is no ancestor;
    `end_hz`: where its sound ends (`bandwidth_hz`); `tuning_hz`: where its A4 lies, if that is known; `references`: the
    spectra of records it should be like (else it is compared with finished records).
    """
    if not hearing.levels.active:
        return Sound()
    noise, decay = noise_of(traits.bands), decay_of(traits.bands)
    image = image_of(hearing.spectrum, traits.bands, traits.excerpts)
    lossy = lossy_of(traits.excerpts, end_hz, info.codec if info.lossy else "")
    wow, loud_db = Wow() if traits.steps is None else wow_of(traits.steps), hearing.levels.loud_db
    said = decay.seconds is not None and decay.confidence >= LEAST_CONFIDENCE
    return Sound(
        noise_floor_dbfs=None if noise.floor_dbfs is None else round(noise.floor_dbfs, 1),
        hiss_db=None if noise.hiss_dbfs is None or loud_db is None else round(noise.hiss_dbfs - loud_db, 1),
        reverberation_s=round(decay.seconds, 2) if decay.seconds is not None and said else None,
        reverberation_confidence=round(decay.confidence, 2),
        stereo=image.stereo,
        correlation=image.correlation,
        low_correlation=image.low_correlation,
        width_db=image.width_db,
        delay_ms=image.delay_ms,
        mono_share=image.mono_share,
        balance=balance_of(hearing.spectrum, end_hz, references),
        lossy=lossy,
        wow_cents=None if wow.cents is None else round(wow.cents),
        wow_hz=None if wow.rate_hz is None else round(wow.rate_hz, 2),
        wow_confidence=round(wow.confidence, 2),
        tape_cents=None if wow.cents is None or tuning_hz is None else round(1200 * log2(tuning_hz / CONCERT_A_HZ)),
        doubts=tuple(_doubts(noise, decay, lossy)),
    )


def _doubts(noise: Noise, decay: Decay, lossy: Lossy) -> Iterator[Doubt]:
    if noise.floor_dbfs is None:
        yield Doubt(about="noise floor", because="it never rests long enough to hear the noise alone")
    if decay.seconds is None:
        yield Doubt(about="reverberation", because="no sound in it is left to die away")
    elif decay.confidence < LEAST_CONFIDENCE:
        yield Doubt(about="reverberation", because="its sounds die away in very different times")
    if lossy.unsure_because is not None:
        yield Doubt(about="lossy ancestry", because=lossy.unsure_because)
