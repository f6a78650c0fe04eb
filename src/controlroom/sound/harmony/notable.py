"""What a musician would point out: borrowed chords, secondary dominants, changes of key, how the piece ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from controlroom.sound.harmony.chords import ChordSpan
from controlroom.sound.harmony.keys import KeySpan
from controlroom.sound.harmony.names import Chord, Key, parsed_chord, parsed_key

SURE = 0.6  # the confidence a chord, and the key it stands in, need to be remarked on
SURE_MODE = 0.75  # of a key, where what is said rests on its being major or minor
LEAST_CHORD_S = 0.8  # a shorter one may be passing
ONCE = 2  # a deceptive turn heard more often is the loop itself
SEMITONES = {1: "a semitone", 2: "a tone", 3: "a minor third", 4: "a major third", 5: "a fourth", 6: "a tritone"}


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """`kind`: "borrowed", "secondary dominant", "modulation" or "cadence"; `says`: a clause without a full stop."""

    at_s: float
    kind: str
    says: str


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A sure chord in its key."""

    at_s: float
    end_s: float
    chord: Chord
    key: Key
    roman: str
    mode_sure: bool

    @property
    def degree(self) -> int:
        return (self.chord.root - self.key.tonic) % 12


def heard_chords(chords: Iterable[ChordSpan], keys: Sequence[KeySpan]) -> list[Heard]:
    """The chords that are sure and long enough to be spoken of, in keys that are."""
    found: list[Heard] = []
    for span in chords:
        chord = parsed_chord(span.chord)
        if chord and span.roman and span.confidence >= SURE and span.end_s - span.start_s >= LEAST_CHORD_S:
            key = next((key for key in keys if key.start_s <= span.start_s < key.end_s), None)
            if key and key.confidence >= SURE:
                found.append(
                    Heard(
                        at_s=span.start_s,
                        end_s=span.end_s,
                        chord=chord,
                        key=parsed_key(key.key),
                        roman=span.roman,
                        mode_sure=key.confidence >= SURE_MODE,
                    )
                )
    return found


def remarks(chords: Sequence[ChordSpan], keys: Sequence[KeySpan], downbeats_s: Sequence[float]) -> tuple[Remark, ...]:
    """All that is worth pointing out, in order; the same thing is said once, where it is first heard."""
    heard = heard_chords(chords, keys)
    found = [*_modulations(keys), *_secondary_dominants(heard), *_borrowed(heard, downbeats_s), *_deceptive(heard)]
    ending = _ending(heard, chords)
    return tuple(sorted([*found, *ending], key=lambda remark: remark.at_s))


def _modulations(keys: Sequence[KeySpan]) -> Iterator[Remark]:
    for before, after in pairwise(keys):
        if min(before.confidence, after.confidence) < SURE:
            continue
        old, new = parsed_key(before.key), parsed_key(after.key)
        up = (new.tonic - old.tonic) % 12
        if up == 0:
            says = f"the mode changes: {before.key} becomes {after.key}"
        elif old.minor == new.minor:
            distance = f"up {SEMITONES[up]}" if up <= 6 else f"down {SEMITONES[12 - up]}"
            says = f"the key goes {distance}, from {before.key} to {after.key}"
        else:
            says = f"the key changes from {before.key} to {after.key}"
        yield Remark(at_s=after.start_s, kind="modulation", says=says)


def is_secondary_dominant(here: Heard, following: Heard) -> bool:
    """A major chord or seventh that is not the key's own, and falls a fifth to the next chord."""
    falls = (here.chord.root - following.chord.root) % 12 == 7
    own = here.degree == 7 or (here.chord.quality == "maj" and in_scale(here.chord, here.key))
    return (
        falls and not own and here.chord.quality in ("maj", "7") and following.degree != 0 and here.key == following.key
    )


def in_scale(chord: Chord, key: Key) -> bool:
    """Whether all its tones are the key's own (in minor, with either seventh degree)."""
    return chord.tones <= key.scale


def _secondary_dominants(heard: Sequence[Heard]) -> Iterator[Remark]:
    told: set[str] = set()
    for here, following in pairwise(heard):
        if is_secondary_dominant(here, following) and following.at_s - here.end_s < LEAST_CHORD_S:
            seventh = "7" if here.chord.quality == "7" else ""
            name = f"V{seventh}/{following.roman.removesuffix('7').removesuffix('maj')}"
            if name not in told:
                told.add(name)
                says = f"{here.chord.symbol(here.key)} is {name}: it leads to {following.chord.symbol(here.key)}"
                yield Remark(at_s=here.at_s, kind="secondary dominant", says=says)


def _borrowed(heard: Sequence[Heard], downbeats_s: Sequence[float]) -> Iterator[Remark]:
    """Chords that belong to the parallel key. Its tonic is none of them: it changes the mode, or closes the piece, or
    leaves the mode in doubt."""
    dominants = {id(here) for here, following in pairwise(heard) if is_secondary_dominant(here, following)}
    told: set[tuple[str, str]] = set()
    for here in heard:
        parallel = Key(here.key.tonic, not here.key.minor)
        own = in_scale(here.chord, here.key) or id(here) in dominants or here.degree == 0
        if own or not here.mode_sure or (here.roman, here.key.name) in told:
            continue
        place = _place(here.at_s, downbeats_s)
        name = f"the {here.roman} ({here.chord.symbol(here.key)}) {place}"
        if here.degree == 1 and here.chord.quality == "maj":
            told.add((here.roman, here.key.name))
            yield Remark(at_s=here.at_s, kind="borrowed", says=f"{name} is the Neapolitan of {here.key.name}")
        elif in_scale(here.chord, parallel) and here.chord.quality not in ("sus2", "sus4"):
            told.add((here.roman, here.key.name))
            yield Remark(at_s=here.at_s, kind="borrowed", says=f"{name} is borrowed from {here.key.parallel_name}")


def _deceptive(heard: Sequence[Heard]) -> Iterator[Remark]:
    """A dominant that goes to the sixth degree, in a piece where it usually goes home."""
    dominants = [
        (here, after) for here, after in pairwise(heard) if here.degree == 7 and here.chord.quality in ("maj", "7")
    ]
    home = [after for _, after in dominants if after.degree == 0]
    turned = [after for _, after in dominants if after.degree == (8 if after.key.minor else 9)]
    if len(turned) <= ONCE and len(home) > 2 * len(turned):
        for after in turned:
            chord = after.chord.symbol(after.key)
            yield Remark(at_s=after.at_s, kind="cadence", says=f"deceptive cadence: the dominant goes to {chord}")


def _ending(heard: Sequence[Heard], chords: Sequence[ChordSpan]) -> list[Remark]:
    """How the last two chords close the piece; nothing where others follow them that are less sure."""
    last = next((span for span in reversed(chords) if span.roman), None)
    if len(heard) < 2 or last is None or heard[-1].at_s != last.start_s:
        return []
    name = cadence(heard[-2], heard[-1])
    return [Remark(at_s=heard[-1].at_s, kind="cadence", says=f"{name} at the end")] if name else []


def cadence(before: Heard, after: Heard) -> str | None:
    """What two chords are called where a phrase ends with the second, or a new one begins with it."""
    dominant = before.degree == 7 and before.chord.quality in ("maj", "7", "sus4")
    if after.degree == 0:
        if after.key.minor and after.chord.quality == "maj":
            return "Picardy third"
        if dominant:
            return "authentic cadence"
        if before.degree == 5 and before.chord.quality != "7":
            return "minor plagal cadence" if before.chord.minor and not after.key.minor else "plagal cadence"
        return "cadence from the flat seventh" if before.degree == 10 and not before.chord.minor else None
    return "deceptive cadence" if dominant and after.degree == (8 if after.key.minor else 9) else None


def _place(at_s: float, downbeats_s: Sequence[float]) -> str:
    """ "of bar 12", or the time where no bars are known."""
    bar = sum(downbeat_s <= at_s + 0.1 for downbeat_s in downbeats_s)
    return f"of bar {bar}" if bar else f"at {clock(at_s)}"


def clock(at_s: float) -> str:
    """A place as it is read on a player: "1:02"."""
    return f"{int(at_s) // 60}:{int(at_s) % 60:02d}"
