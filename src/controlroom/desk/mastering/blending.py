"""How far toward the references: a master and its other end, mixed in any share and heard before one is rendered.

The ends are the master without references and the one that goes all the way that was wished. One of them is the master
on the page; the other is made when somebody asks, and kept beside it. What lies between is mixed as it is sent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from controlroom.base.canonical import identity
from controlroom.base.progress import Progress, scaled
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.mastering.wishes import DIMENSIONS, MOST_REFERENCES, Amounts, Chosen, Wishes, wishes_of
from controlroom.desk.songs import listening, pcm
from controlroom.desk.songs.models import Recording
from controlroom.rooms.mastering.reference import blend
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Signal

OTHER_END = "other-end"
"""The kind of the rendition that holds it."""
STEP = 10
PERCENTS = range(0, 101, STEP)
FORMAT = Format("wav", 24)
LEAST_LEFT = 0.05  # of the energy: two ends that cancel each other further than that are no masters of one mix


class Ends(NamedTuple):
    """`plain`: what is wished without references; `toward`: with them; `own`: how far the master itself goes (0 or 100
    per cent); `names` of the references.
    """

    plain: Wishes
    toward: Wishes
    own: int
    names: str

    @property
    def other(self) -> Wishes:
        return self.plain if self.own else self.toward

    def at(self, percent: int) -> Wishes:
        """What is wished so far toward the references: every dimension by that much less."""
        if percent == 0:
            return self.plain
        amounts = {name: round(getattr(self.toward.amounts, name) * percent / 100, 3) for name in DIMENSIONS}
        return replace(self.toward, amounts=Amounts(**amounts))


def references_of(mix: Recording, wishes: Wishes) -> list[Recording]:
    """The references of its song, and those that are wished."""
    rows = Recording.objects.filter(studio_id=mix.studio_id, archived_at=None).select_related("blob", "song")
    own = rows.filter(song_id=mix.song_id, kind="reference")
    wished = rows.filter(pk__in=[chosen.recording for chosen in wishes.references])
    return sorted({*own, *wished} - {mix}, key=lambda row: row.pk)


def ends_of(made: Mastering, references: Sequence[Recording]) -> Ends | None:
    """The two ends of a master; None where it was made by a hand-written plan, or there is no reference.

    `references` as `references_of` gives them.
    """
    wishes = wishes_of(made.wishes)
    heard = [row for row in references if row.state == "heard"]
    if wishes.references:
        chosen, toward = [each.recording for each in wishes.references], wishes
        heard = [row for row in heard if row.pk in chosen]
        whole = len(heard) == len(chosen)
    else:
        heard = [row for row in heard if row.song_id == made.mix.song_id][:MOST_REFERENCES]
        toward = replace(wishes, references=tuple(Chosen(recording=row.pk) for row in heard))
        whole = bool(heard)
    if wishes.plan or not whole or not any(getattr(toward.amounts, name) for name in DIMENSIONS):
        return None
    plain = replace(wishes, references=(), amounts=Amounts()) if wishes.references else wishes
    return Ends(plain, toward, 100 if wishes.references else 0, " and ".join(row.name for row in heard))


class Levels(NamedTuple):
    """Loudness of the two ends and of half of each (`mixed` at 50 per cent); None where there is none."""

    plain_lufs: float | None
    toward_lufs: float | None
    half_lufs: float | None = None

    def share(self, percent: int) -> float:
        """How much of the end toward the references, so that both count as if they were equally loud."""
        plain, toward = self._parts(percent)
        return toward / (plain + toward)

    def lufs(self, percent: int) -> float | None:
        """How loud the mixture is: what both share adds up as amplitude, the rest as energy."""
        if self.half_lufs is None:
            return None
        left = max(10 ** (self.half_lufs / 10) * sum(self._parts(50)) ** 2, LEAST_LEFT)
        part = percent / 100
        energy = 1 - 4 * part * (1 - part) * (1 - left)
        return 10 * math.log10(energy) - 20 * math.log10(sum(self._parts(percent)))

    def _parts(self, percent: int) -> tuple[float, float]:
        """What brings either end to 0 LUFS, in its part."""
        part = percent / 100
        known = self.plain_lufs is not None and self.toward_lufs is not None
        plain, toward = (self.plain_lufs or 0.0, self.toward_lufs or 0.0) if known else (0.0, 0.0)
        return (1 - part) * 10 ** (-plain / 20), part * 10 ** (-toward / 20)


def mixed(ends: Ends, own: Signal, other: Signal, levels: Levels, percent: int) -> Signal:
    """The mixture, at one rate and of one length with both."""
    plain, toward = (other, own) if ends.own else (own, other)
    return blend(plain, toward, levels.share(percent))


def keep_other(
    ends: Ends, own: Path, other: Path, own_lufs: float | None, clock_hz: int, target: Path, progress: Progress
) -> dict[str, Any]:
    """Write the other end at the song's clock; gives what has to be known of it."""
    with ExitStack() as opened:
        first, second = (_at(opened.enter_context(AudioFile(path)), clock_hz) for path in (own, other))
        write(target, second, FORMAT, progress=scaled(progress, 0.0, 0.4))
        lufs = measure_loudness(second, scaled(progress, 0.4, 0.7)).integrated_lufs
        half = mixed(ends, first, second, levels_of(ends, own_lufs, {"lufs": lufs}), 50)
        half_lufs = measure_loudness(half, scaled(progress, 0.7, 1.0)).integrated_lufs
    return {"rate_hz": clock_hz, "lufs": lufs, "half_lufs": half_lufs}


def _at(signal: Signal, rate_hz: int) -> Signal:
    return signal if signal.rate_hz == rate_hz else Resampled(signal, rate_hz)


def levels_of(ends: Ends, own_lufs: float | None, facts: dict[str, Any]) -> Levels:
    """`facts` as `keep_other` gives them."""
    plain_lufs, toward_lufs = (facts["lufs"], own_lufs) if ends.own else (own_lufs, facts["lufs"])
    return Levels(plain_lufs, toward_lufs, facts.get("half_lufs"))


class Blend(NamedTuple):
    """What is ready to be played: the files of both ends at the song's clock, and what is known of them."""

    ends: Ends
    own: Path
    other: Path
    levels: Levels
    key: str

    @contextmanager
    def at(self, percent: int) -> Iterator[pcm.Wav]:
        with AudioFile(self.own) as own, AudioFile(self.other) as other:
            yield pcm.Wav.of(mixed(self.ends, own, other, self.levels, percent))

    def sent(self, percent: int, start: int, stop: int) -> Iterator[bytes]:
        """Bytes of the WAV of a mixture."""
        with self.at(percent) as wav:
            yield from wav.sent(start, stop)


def blend_of(made: Mastering, ends: Ends) -> Blend | None:
    """The blend of a master, as soon as its other end is there and both have the song's clock."""
    master = made.master
    clock_hz = listening.clock_hz(master.song)
    kept = listening.rendition(master, OTHER_END)
    if kept is None or kept.facts.get("of") != other_key(ends) or kept.facts["rate_hz"] != clock_hz:
        return None
    own, other = listening.path_of(master, f"pcm-{clock_hz}"), listening.path_of(master, OTHER_END)
    if own is None or other is None:
        return None
    levels = levels_of(ends, master.integrated_lufs, kept.facts)
    return Blend(ends, own, other, levels, identity(master.blob.sha256, kept.blob.sha256))


def other_key(ends: Ends) -> str:
    """Names the other end, so that one of other references is not taken for it."""
    return identity("other end", ends.other.to_json())
