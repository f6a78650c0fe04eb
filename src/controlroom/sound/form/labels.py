"""What sections are called: by what comes back, how loud it is, whether somebody sings, and where it stands.

The chorus is the part that comes back and has most energy and voice (after M. Goto, "A chorus section detection method
for musical audio signals", IEEE TASLP 14, 2006); everything else is named by how it stands to the chorus.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

SILENT_VOICE, SINGING = 0.15, 0.3  # shares of a section sung below which it is instrumental, from which it is sung
QUIETER_DB = 2.5  # below the song's own level: a way in, a way out, a break
LONG_SHARE = 0.4  # of the song, that no intro or outro has; half of it where nobody listened for a voice
BREAK_S = 12.0  # a longer quiet part is a bridge
SUREST, UNSUNG = 0.92, 0.8  # the highest chance of a chorus, and how far nobody singing lowers it
# What makes a chorus: odds, as logarithms, for each dB louder and wider than the rest, each time it comes back, being
# sung throughout; against it, being the first part, and filling little of the song.
PER_DB, PER_DB_WIDER, PER_TURN, PER_VOICE, FOR_FIRST = 0.8, 0.15, 0.7, 2.0, 1.0
LITTLE, FOR_LITTLE = 0.25, 6.0
ONCE, REPEATED = 0.6, 0.6  # how sure names are where nothing else comes back; the share that comes back in most songs
CHORUS_FLOOR = 0.5  # the chance below which no chorus is named


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A section as it is heard: `repeats`, how sure it is that others with its letter are the same music; `level_db`,
    its loudness against the song's; `width_db`, its side against its middle; `voice`, the share sung (None: not known).
    """

    letter: str
    repeats: float
    length_s: float
    level_db: float
    width_db: float
    voice: float | None


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A name, and the chance that it is right."""

    name: str
    confidence: float


def labels_of(parts: Sequence[Part]) -> tuple[Label, ...]:
    """A name for each part, "section" where none fits."""
    sung = [part.voice for part in parts if part.voice is not None]
    heard = bool(sung) and max(sung) >= SINGING
    first, last = _opening(parts, heard), len(parts) - _opening(parts[::-1], heard)
    chorus, chance = _chorus(parts, first, last)
    chance *= UNSUNG if sung and not heard else 1.0
    labels = [Label(name="intro", confidence=_edge_chance(part, heard)) for part in parts[:first]]
    for at in range(first, last):
        if chorus is None:
            labels.append(Label(name="section", confidence=0.0))
        elif parts[at].letter == chorus and not (heard and _silent(parts[at])):
            labels.append(Label(name="chorus", confidence=chance))
        else:
            name, sure = _beside(parts, at, (first, last), chorus, heard)
            labels.append(Label(name=name, confidence=sure * chance))
    labels += [Label(name="outro", confidence=_edge_chance(part, heard)) for part in parts[last:]]
    return tuple(labels)


def _total_s(parts: Sequence[Part]) -> float:
    return sum(part.length_s for part in parts)


def _silent(part: Part) -> bool:
    return part.voice is not None and part.voice < SILENT_VOICE


def _opening(parts: Sequence[Part], heard: bool) -> int:
    """How many of the first parts are a way in (of the last, reversed: a way out): nobody sings, or they are quieter
    than the song, and by far than whatever repeats them inside."""
    total_s, taken_s = _total_s(parts), 0.0
    for count, part in enumerate(parts[:-1]):
        taken_s += part.length_s
        again = [other.level_db - QUIETER_DB for other in parts[count + 1 : -1] if other.letter == part.letter]
        quiet = part.level_db < max(again, default=0.0) - QUIETER_DB
        longest_s = (1.0 if heard else 0.5) * LONG_SHARE * total_s
        if taken_s > longest_s or not (quiet or (heard and _silent(part))):
            return count
    return max(len(parts) - 1, 0)


def _edge_chance(part: Part, heard: bool) -> float:
    quieter = float(np.clip(-part.level_db / (4 * QUIETER_DB), 0.0, 1.0))
    return 0.75 + 0.2 * quieter if heard and _silent(part) else 0.6 + 0.3 * quieter


def _blocks(parts: Sequence[Part], first: int, last: int) -> dict[str, list[list[int]]]:
    """For each letter its occurrences, each a run of parts with that letter."""
    blocks: dict[str, list[list[int]]] = {}
    for at in range(first, last):
        letter = parts[at].letter
        if at > first and parts[at - 1].letter == letter:
            blocks[letter][-1].append(at)
        else:
            blocks.setdefault(letter, []).append([at])
    return blocks


def _chorus(parts: Sequence[Part], first: int, last: int) -> tuple[str | None, float]:
    """The letter of the chorus and its chance; None where nothing that comes back stands out."""
    blocks = _blocks(parts, first, last)
    repeated = [letter for letter, runs in blocks.items() if len(runs) > 1]
    if not repeated or len(blocks) < 2:
        return None, 0.0
    scores = np.array([_chorus_score(parts, blocks[letter], (first, last)) for letter in repeated])
    weights = np.exp(np.append(scores, 0.0))  # the last: that none of them is
    best = int(np.argmax(scores))
    repeats = np.mean([parts[at].repeats for run in blocks[repeated[best]] for at in run])
    again_s = sum(part.length_s for part in parts[first:last] if part.letter in repeated)
    songlike = min(ONCE + (1 - ONCE) * again_s / (REPEATED * _total_s(parts[first:last])), 1.0)
    chance = min(float(songlike * repeats * weights[best] / weights.sum()), SUREST)
    return (repeated[best], chance) if chance >= CHORUS_FLOOR else (None, chance)


def _chorus_score(parts: Sequence[Part], runs: list[list[int]], inside: tuple[int, int]) -> float:
    """The logarithm of how much likelier it is that these parts are the chorus than that none is."""
    own = [at for run in runs for at in run]
    others = [at for at in range(*inside) if at not in own]

    def louder(at: Sequence[int]) -> float:
        return float(np.average([parts[i].level_db for i in at], weights=[parts[i].length_s for i in at]))

    share = sum(parts[at].length_s for at in own) / sum(parts[at].length_s for at in range(*inside))
    score = PER_DB * (louder(own) - louder(others)) + PER_TURN * (len(runs) - 2)
    score += PER_DB_WIDER * float(
        np.mean([parts[i].width_db for i in own]) - np.mean([parts[i].width_db for i in others])
    )
    score -= FOR_LITTLE * max(LITTLE - share, 0.0)
    voices = [parts[i].voice for i in own]
    if None not in voices:
        score += PER_VOICE * float(np.mean([voice for voice in voices if voice is not None]) - SINGING)
    return score - (FOR_FIRST if own[0] == inside[0] else 0.0)


def _beside(parts: Sequence[Part], at: int, inside: tuple[int, int], chorus: str, heard: bool) -> tuple[str, float]:
    """The name of a part that is no chorus, and how sure it is if the chorus is right."""
    part, blocks = parts[at], _blocks(parts, *inside)
    before = sum(run[-1] < at for run in blocks[chorus])
    after = len(blocks[chorus]) - before
    once = len(blocks[part.letter]) == 1
    if once and not after and sum(part.length_s for part in parts[at:]) < LONG_SHARE / 2 * _total_s(parts):
        return "outro", 0.7
    if heard and _silent(part):
        return ("break", 0.7) if part.level_db < -QUIETER_DB else ("instrumental", 0.8)
    if _leads(parts, blocks[part.letter], inside, chorus):
        return "pre-chorus", 0.75
    if not once:
        return "verse", 0.9
    if not before or (before == 1 and after > 1):
        return "verse", 0.7
    if not heard and part.level_db < -2 * QUIETER_DB and part.length_s < BREAK_S:
        return "break", 0.5
    return "bridge", 0.8 if before > 1 else 0.6


def _leads(parts: Sequence[Part], runs: list[list[int]], inside: tuple[int, int], chorus: str) -> bool:
    """Whether these runs always come just before the chorus and after something else that is not it."""
    ends = [run[-1] + 1 for run in runs]
    if len(runs) < 2 or any(end >= inside[1] or parts[end].letter != chorus for end in ends):
        return False
    before = [run[0] - 1 for run in runs]
    shortest = min(part.length_s for part in parts[inside[0] : inside[1]] if part.letter == chorus)
    after_verse = sum(at >= inside[0] and parts[at].letter != chorus for at in before)
    return after_verse >= 2 and all(sum(parts[i].length_s for i in run) < 1.1 * shortest for run in runs)
