"""What is known of the voice in a recording, and what is not.

Claims about the singer (range, tuning, vibrato) are made of a voice that sounds alone; in a mix only what an estimator
with a known and small error can say.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec
import numpy as np

from controlroom.sound.doubt import Doubt
from controlroom.sound.intonation import CONCERT_A_HZ, note_name, tuning_cents
from controlroom.sound.pitch import PitchTrack
from controlroom.sound.voice.air import breaths_of, sibilance_of
from controlroom.sound.voice.features import VoiceFeatures
from controlroom.sound.voice.notes import (
    Intonation,
    Passage,
    Tessitura,
    TopNote,
    Vibrato,
    hardest_of,
    held_share,
    intonation_of,
    range_of,
    sung_notes,
    tessitura_of,
    top_of,
    vibrato_of,
)
from controlroom.sound.voice.presence import Presence, presence_of

Kind: TypeAlias = Literal["solo voice", "voice in a mix", "no voice"]

LEAST_S = 1.5  # less singing than this in all is not taken for singing
SURE = 0.6  # of its cells: below, spans are not given
ALONE, ACCOMPANIED = 0.15, 0.3  # share of what sounds in which somebody plays
ONE, MIXED = 0.8, 0.65  # of the energy of loud cells from one source
SINGER_SHARE = 0.25  # of what sounds, that a singer alone sings at the least
CLEAR = 0.4  # of it: below, several voices or much room sound at once, and no note is claimed
FEW_NOTES = 5
LEAST_HELD = 0.12  # of what is voiced, in held notes: speech stays below 0.06, singing above 0.2
RANGE_SURE, RANGE_LIKELY = 0.9, 0.7
RANGE_ERROR_SEMITONES = 0.3  # mean, over ten sung voices whose notes are known, rounded up


class Span(msgspec.Struct, frozen=True, kw_only=True):
    start_s: float
    end_s: float


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """`present`: where there is singing, `share` of the whole time; `presence_confidence`: the share of tenths of a
    second expected to be right. `held_share` (of a voice alone): how much of what is voiced lies in held notes. Notes
    are named against the tuning ("A5"); what is not known is None or empty, and `doubts` says why."""

    present: tuple[Span, ...] = ()
    presence_confidence: float | None = None
    kind: Kind | None = None
    share: float | None = None
    held_share: float | None = None
    lowest_note: str | None = None
    highest_note: str | None = None
    range_confidence: float | None = None
    range_error_semitones: float | None = None
    tessitura: Tessitura | None = None
    hardest: tuple[Passage, ...] = ()
    top: TopNote | None = None
    intonation: Intonation | None = None
    vibrato: Vibrato | None = None
    breaths_s: tuple[float, ...] = ()
    sibilance_db: float | None = None
    doubts: tuple[Doubt, ...] = ()


def is_solo(features: VoiceFeatures) -> bool:
    """Whether a voice sounds alone, so that its pitch can be tracked."""
    presence = presence_of(features)
    return _kind(presence) == "solo voice" and presence.one_source >= CLEAR


def voice_of(features: VoiceFeatures, track: PitchTrack | None, tuning_hz: float | None) -> Voice:
    """The voice in a recording. `track` is its pitch, needed (and looked at) only where `is_solo`; `tuning_hz` is
    the A4 of the song's instruments, None where there are none to follow."""
    presence = presence_of(features)
    if not presence.sounds.any():
        return Voice(doubts=(Doubt(about="voice", because="nothing sounds"),))
    kind, confidence = _kind(presence), _confidence(presence)
    doubts = []
    if presence.doubtful:
        doubts.append(Doubt(about="voice", because="a few places are a little like singing, none of them surely"))
    elif kind is None:
        doubts.append(Doubt(about="kind of voice", because="whether instruments sound beside the voice cannot be told"))
    if confidence < SURE:
        because = f"only {100 * confidence:.0f} % of it is likely to be told rightly"
        return Voice(presence_confidence=confidence, kind=kind, doubts=(Doubt(about="singing", because=because),))
    spans = _spans(presence, features.duration_s)
    sung_s = sum(span.end_s - span.start_s for span in spans)
    voice = Voice(
        present=spans,
        presence_confidence=confidence,
        kind=kind,
        share=round(sung_s / max(features.duration_s, 1e-9), 3),
        doubts=tuple(doubts),
    )
    if kind == "voice in a mix":
        because = "among instruments the voice's own notes cannot be told surely: its separate track is needed"
        return msgspec.structs.replace(voice, doubts=(*doubts, Doubt(about="voice range", because=because)))
    if kind != "solo voice" or track is None:
        return voice
    if presence.one_source < CLEAR:
        because = "several voices, or one and its echoes, sound at once"
        return msgspec.structs.replace(voice, doubts=(*doubts, Doubt(about="voice range", because=because)))
    return _with_notes(voice, presence, features, track, tuning_hz)


def _kind(presence: Presence) -> Kind | None:
    if presence.doubtful:
        return None
    sung = presence.sings & presence.sounds
    if sung.sum() * presence.cell_s < LEAST_S:
        return "no voice"
    if presence.one_source >= MIXED and sung.sum() < SINGER_SHARE * presence.sounds.sum():
        return None  # one instrument, in places like a voice
    playing = float((presence.playing[presence.sounds] > 0.5).mean())
    if playing < ALONE or (presence.one_source >= ONE and playing <= ACCOMPANIED):
        return "solo voice"
    return "voice in a mix" if playing > ACCOMPANIED and presence.one_source < MIXED else None


def _confidence(presence: Presence) -> float:
    right = np.where(presence.sings, presence.singing, 1 - presence.singing)
    return round(float(right[presence.sounds].mean()), 2)


def _spans(presence: Presence, duration_s: float) -> tuple[Span, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], presence.sings, [False]]).astype(np.int8)))
    times = np.minimum(np.round(edges * presence.cell_s, 2), round(duration_s, 2)).reshape(-1, 2)
    return tuple(Span(start_s=float(start_s), end_s=float(end_s)) for start_s, end_s in times)


def _with_notes(
    voice: Voice, presence: Presence, features: VoiceFeatures, track: PitchTrack, tuning_hz: float | None
) -> Voice:
    held = held_share(track)
    voice = msgspec.structs.replace(voice, held_share=round(held, 2))
    if held < LEAST_HELD:
        doubt = Doubt(about="voice range", because="hardly a note is held: it is spoken, or sung as one speaks")
        return msgspec.structs.replace(voice, doubts=(*voice.doubts, doubt))
    notes = sung_notes(track, presence.sings & presence.strong, presence.cell_s)
    tuning = tuning_cents(notes) if tuning_hz is None else float(1200 * np.log2(tuning_hz / CONCERT_A_HZ))
    ends = range_of(notes, tuning)
    if ends is None or len(notes) < FEW_NOTES:
        doubt = Doubt(about="voice range", because="too few notes are held long enough")
        return msgspec.structs.replace(voice, doubts=(*voice.doubts, doubt))
    lowest, highest = ends
    return msgspec.structs.replace(
        voice,
        lowest_note=note_name(lowest),
        highest_note=note_name(highest),
        range_confidence=RANGE_SURE if presence.one_source >= ONE else RANGE_LIKELY,
        range_error_semitones=RANGE_ERROR_SEMITONES,
        tessitura=tessitura_of(notes, tuning),
        hardest=hardest_of(notes, tuning),
        top=top_of(notes, highest, tuning),
        intonation=intonation_of(notes, tuning_hz),
        vibrato=vibrato_of(track, notes),
        breaths_s=breaths_of(features, track),
        sibilance_db=sibilance_of(features, track),
    )
