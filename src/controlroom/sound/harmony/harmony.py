"""Harmony: tuning, key, chords and what is remarkable about them, from the chroma and the beats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from controlroom.sound.chroma import CONCERT_A_HZ, Chroma
from controlroom.sound.doubt import Doubt
from controlroom.sound.harmony.chords import NONE, ChordSpan, chord_spans, decoded
from controlroom.sound.harmony.emission import CHORDS, is_heard
from controlroom.sound.harmony.keys import KEYS, Floats, Ints, KeySpan, key_spans
from controlroom.sound.harmony.names import Key
from controlroom.sound.harmony.notable import Remark, remarks
from controlroom.sound.harmony.spans import Spans, spans_of

LEAST_PITCHED = 0.2  # the confidence of the tuning below which nothing holds a pitch, as drums and speech do
LEAST_TUNING = 0.3  # below these confidences the figure is not given
LEAST_CHORDS = 0.4
LEAST_KEY = 0.35
LEAST_S = 5.0  # of chords, for a key
RIVAL_SHARE = 0.15
HALF = 0.5  # of what sounds: where chords hold for less of it, they are not the music
LEARNING_S = 2.0  # after so much of chords a key is half as sure as it will be
LEAST_ROOT = 0.05  # of what sounds, for a root to tell of the key
FEW_ROOTS = {1: 0.7, 2: 0.85}  # a chord alone may be the tonic or not: how often it is, on excerpts of known songs
LEAST_MOVEMENT = 0.008  # of the pitch classes: held tones stay below 0.001, music over one chord above 0.017
LEAST_THIRD = 0.195  # of the treble, where one root sounds throughout: a sawtooth reaches 0.19
FAR_CENTS = 30.0  # from 440 Hz: nearer, the other reading is far less likely
SEMITONE = 2 ** (1 / 12)
ROOTS = tuple(chord.root for chord in CHORDS)


class KeyDoubt(msgspec.Struct, frozen=True, kw_only=True):
    """The rival key, how it relates to the first ("its relative minor"), and its share of the probability."""

    key: str
    relation: str
    share: float


class Harmony(msgspec.Struct, frozen=True, kw_only=True):
    """`key` holds for the longest time of all `keys`. `tuning_hz`: where A4 lies, 427 to 453 Hz (a recording further
    off is heard in the next key). `chords` cover the whole recording, N where there is none; empty where nothing could
    be said. What is not known is None, and a doubt says why."""

    key: str | None = None
    key_confidence: float | None = None
    key_doubt: KeyDoubt | None = None
    tuning_hz: float | None = None
    tuning_confidence: float | None = None
    keys: tuple[KeySpan, ...] = ()
    chords: tuple[ChordSpan, ...] = ()
    chords_confidence: float | None = None
    notable: tuple[Remark, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def harmony_of(chroma: Chroma, beats_s: Sequence[float] = (), downbeats_s: Sequence[float] = ()) -> Harmony:
    """The harmony of a recording; chords change on its beats, or every half second where no beats are known."""
    if not len(chroma.treble):
        return Harmony(doubts=(Doubt(about="harmony", because="there is nothing to hear"),))
    tuned = _tuned(chroma)
    spans = spans_of(chroma, beats_s, downbeats_s)
    path, likely = decoded(spans)
    lengths_s = np.diff(spans.edges_s)
    sounding_s = float(lengths_s[path != NONE].sum())
    sure = float((likely[np.arange(len(path)), path] * lengths_s)[path != NONE].sum() / max(sounding_s, 1e-9))
    pitched = chroma.tuning_confidence >= LEAST_PITCHED and sure >= LEAST_CHORDS
    if not pitched or sounding_s < min(LEAST_S, 0.5 * float(lengths_s.sum())):
        return msgspec.structs.replace(tuned, doubts=(*tuned.doubts, *NO_CHORDS))
    stretches, judged = key_spans(spans, likely, path)
    held = [
        KEYS[row.argmax()] for (first, last), row in zip(stretches, judged, strict=True) for _ in range(first, last)
    ]
    chords = chord_spans(spans, path, likely, held)
    found = msgspec.structs.replace(tuned, chords=chords, chords_confidence=round(sure, 2))
    share = sounding_s / max(float(lengths_s[is_heard(spans.features)].sum()), sounding_s)
    most = min(share / HALF, 1.0)
    if most < 1.0:
        because = f"over {100 * (1 - share):.0f} % of it what sounds fits none"
        doubts = (*found.doubts, Doubt(about="chords", because=because))
        found = msgspec.structs.replace(found, chords_confidence=round(sure * most, 2), doubts=doubts)
    roots = _roots(path, lengths_s)
    if sum(roots > 0) == 1 and _third(spans, int(roots.argmax())) < LEAST_THIRD and _movement(spans) < LEAST_MOVEMENT:
        return _without_key(found, "one pitch sounds throughout: a drone has a pitch, hardly a key")
    told = int((roots >= LEAST_ROOT * sounding_s).sum())
    trust = sounding_s / (sounding_s + LEARNING_S) * FEW_ROOTS.get(told, 1.0) * most
    return _with_keys(found, _told_keys(spans, stretches, judged, trust), judged, downbeats_s)


NO_CHORDS = (
    Doubt(about="key", because="it holds no chords"),
    Doubt(about="chords", because="what sounds fits none"),
)


def _roots(path: Ints, lengths_s: Floats) -> Floats:
    """How long (seconds) chords on each root sound (12,)."""
    chords = path[path != NONE]
    return np.bincount(np.array(ROOTS)[chords], lengths_s[path != NONE], 12).astype(np.float64)


def _third(spans: Spans, root: int) -> float:
    """The share of all treble that lies on the thirds of a root."""
    classes = spans.features[:, :12].sum(axis=0)
    return float((classes[(root + 3) % 12] + classes[(root + 4) % 12]) / max(float(classes.sum()), 1e-9))


def _movement(spans: Spans) -> float:
    """How far the pitch classes of spans turn away from their mean: 1 less the mean cosine; a held tone has none."""
    rows = spans.features[:, :12]
    middle = rows.mean(axis=0)
    sizes = np.linalg.norm(rows, axis=1) * np.linalg.norm(middle)
    heard = sizes > 0
    return 1.0 - float((rows[heard] @ middle / sizes[heard]).mean()) if heard.any() else 0.0


def _tuned(chroma: Chroma) -> Harmony:
    """What is known of the tuning alone."""
    confidence = chroma.tuning_confidence
    if chroma.tuning_hz is None or confidence < LEAST_TUNING:
        doubt = Doubt(about="tuning", because="what sounds does not agree on one")
        return Harmony(tuning_confidence=confidence, doubts=(doubt,))
    hz = chroma.tuning_hz
    doubts = []
    if abs(np.log2(hz / CONCERT_A_HZ)) > FAR_CENTS / 1200:
        other, side = (hz / SEMITONE, "higher") if hz > CONCERT_A_HZ else (hz * SEMITONE, "lower")
        because = f"it may as well be {other:.1f} Hz, with all keys and chords a semitone {side}"
        doubts.append(Doubt(about="tuning", because=because))
    return Harmony(tuning_hz=round(hz, 1), tuning_confidence=confidence, doubts=tuple(doubts))


def _told_keys(spans: Spans, stretches: Sequence[tuple[int, int]], judged: Floats, trust: float) -> tuple[KeySpan, ...]:
    """The stretches as spans in seconds, as sure as their evidence and the recording as a whole allow."""
    return tuple(
        KeySpan(
            start_s=round(float(spans.edges_s[first]), 3),
            end_s=round(float(spans.edges_s[last]), 3),
            key=KEYS[int(shares.argmax())].name,
            confidence=round(float(shares.max()) * trust, 2),
        )
        for (first, last), shares in zip(stretches, judged, strict=True)
    )


def _with_keys(found: Harmony, keys: tuple[KeySpan, ...], judged: Floats, downbeats_s: Sequence[float]) -> Harmony:
    """The key of most of the time and what follows from it, or why there is none."""
    held_s: defaultdict[str, float] = defaultdict(float)
    for span in keys:
        held_s[span.key] += span.end_s - span.start_s
    longest = max(range(len(keys)), key=lambda index: (held_s[keys[index].key], keys[index].confidence))
    key, shares = keys[longest], judged[longest]
    if key.confidence < LEAST_KEY:
        return _without_key(found, f"it may be {key.key} or {KEYS[int(shares.argsort()[-2])].name}")
    return msgspec.structs.replace(
        found,
        key=key.key,
        key_confidence=key.confidence,
        key_doubt=_rival(shares, key.confidence),
        keys=keys,
        notable=remarks(found.chords, keys, downbeats_s),
    )


def _without_key(found: Harmony, because: str) -> Harmony:
    """Chords without numerals, and why there is no key."""
    chords = tuple(msgspec.structs.replace(chord, roman=None) for chord in found.chords)
    return msgspec.structs.replace(found, chords=chords, doubts=(*found.doubts, Doubt(about="key", because=because)))


def _rival(shares: Floats, confidence: float) -> KeyDoubt | None:
    """The second key where it is no mere chance, its share in proportion to the confidence in the first."""
    second, first = (KEYS[int(index)] for index in shares.argsort()[-2:])
    share = float(np.sort(shares)[-2])
    if share < RIVAL_SHARE:
        return None
    in_proportion = round(share * confidence / float(shares.max()), 2)
    return KeyDoubt(key=second.name, relation=_relation(first, second), share=in_proportion)


def _relation(first: Key, second: Key) -> str:
    """What the second key is to the first."""
    up = (second.tonic - first.tonic) % 12
    if first.minor == second.minor:
        return {7: "its dominant", 5: "its subdominant"}.get(up, "a distant key")
    if up == 0:
        return f"its parallel {'minor' if second.minor else 'major'}"
    if up == (9 if second.minor else 3):
        return f"its relative {'minor' if second.minor else 'major'}"
    return "a distant key"
