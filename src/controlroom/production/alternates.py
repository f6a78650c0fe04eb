"""Other versions of the song: instrumental, a cappella, TV mix, clean.

One that was supplied beside the mix is taken; else the song's own mix is played again without the tracks that the
version leaves out. It goes through the master's plan with the master's gain, and a limiter of its own: laid over the
master it is in time and at level with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from controlroom.base.canonical import identity
from controlroom.base.errors import UsageError
from controlroom.base.files import safe_name
from controlroom.base.progress import Progress, scaled
from controlroom.production.mixing import opened
from controlroom.production.results import Story
from controlroom.production.workshop import Workshop
from controlroom.rooms import mastering, mixing
from controlroom.rooms.delivery import VERSIONS, Version
from controlroom.rooms.mixing import MixPlan
from controlroom.song.roles import family_of
from controlroom.song.whole import version_of
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.signal import Signal

FLOAT_WAV = Format("wav", 32)
LEAD, VOICES = ("lead vocal",), ("lead vocal", "backing vocal")


def supplied(story: Story) -> dict[Version, Path]:
    """The versions that came with the mix, by the path that the song knows them by; the last of each counts."""
    found = {version_of(path.stem): path for path in story.material.song.alternates}
    return {version: found[version] for version in VERSIONS if version in found}


def alternate_masters(
    story: Story, shop: Workshop, rates_hz: Mapping[Version, Sequence[int]], progress: Progress
) -> dict[Version, dict[int, Path]]:
    """A float master of each version at each of its rates. Raises `UsageError` for one that cannot be had."""
    sent, folder = supplied(story), shop.out / "alternates"
    made: dict[Version, dict[int, Path]] = {}
    for k, (version, wanted) in enumerate(rates_hz.items()):
        part = scaled(progress, k / len(rates_hz), (k + 1) / len(rates_hz), version)
        key = identity("alternate", version, mixing.ENGINE, mastering.ENGINE, _key(story, sent.get(version)))
        name = f"{safe_name(story.title)} ({version})"
        paths = {rate_hz: folder / f"{name} {rate_hz} Hz.wav" for rate_hz in wanted}
        if not all(shop.keeps("mastering", path, key) for path in paths.values()):
            with _mix(story, sent.get(version), version) as mix:
                _master(story, shop, mix, paths, part)
            for path in paths.values():
                shop.ledger.record(path, key)
        made[version] = paths
    shop.tidy(folder, keep=[path for paths in made.values() for path in paths.values()])
    return made


def _key(story: Story, path: Path | None) -> str:
    source = story.material.sources[path].sha256 if path else story.the_mix.key
    return identity(source, story.the_master.facts.key)


@contextmanager
def _mix(story: Story, path: Path | None, version: Version) -> Iterator[Signal]:
    """The version's mix: the file that was supplied, or the song's own with tracks muted."""
    if path:
        with AudioFile(story.material.sources[path].at) as signal:
            yield signal
        return
    plan = without(story.the_mix.plan, version)
    with opened(story.the_edits.tracks) as signals, mixing.render(signals, plan) as mix:
        yield mix


def without(plan: MixPlan | None, version: Version) -> MixPlan:
    """The mix plan of a version: the voices (or only the lead, or all else) muted. Raises `UsageError` where there is
    nothing to mute, or no plan: then the mix was supplied, and its version has to be too."""
    if plan is None or version == "clean":
        why = (
            "the mix was supplied, and only its engineer can make one"
            if plan is None
            else "words are not taken out here"
        )
        raise UsageError(f"There is no {version}", why, f"Put it into mixes/, with {version!r} in its name.")
    families = {track.name: family_of(track.role) for track in plan.tracks}
    sung = {name for name, family in families.items() if family in (LEAD if version == "tv mix" else VOICES)}
    muted = set(families) - sung if version == "a cappella" else sung
    if not sung:
        raise UsageError(
            f"There is no {version}", "no track is a voice", "Name the tracks, or their roles in song.toml."
        )
    tracks = (msgspec.structs.replace(track, mute=track.mute or track.name in muted) for track in plan.tracks)
    return msgspec.structs.replace(plan, tracks=tuple(tracks))


def _master(story: Story, shop: Workshop, mix: Signal, paths: Mapping[int, Path], progress: Progress) -> None:
    """Master a version as the song was mastered, by its plan and with its gain."""
    settled = story.the_master
    plan = msgspec.structs.replace(settled.plan, target_lufs=None, gain_db=settled.facts.gain_db)
    for k, (rate_hz, path) in enumerate(paths.items()):
        part = scaled(progress, k / len(paths), (k + 1) / len(paths))
        made = mastering.master(
            mix,
            plan=msgspec.structs.replace(plan, rate_hz=rate_hz),
            progress=scaled(part, 0.0, 0.9),
            folder=shop.scratch,
        )
        write(path, made.signal, FLOAT_WAV, progress=scaled(part, 0.9, 1.0))
