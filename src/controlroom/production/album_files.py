"""The files of an album: each track for shops, and the disc for a plant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from controlroom.base.files import safe_name, sha256_of, write_text
from controlroom.base.progress import Progress, scaled
from controlroom.rooms.delivery.disc import (
    PREGAP_SECTORS,
    SECTORS_PER_S,
    Disc,
    DiscTrack,
    cue_sheet,
    findings,
    write_ddp,
)
from controlroom.rooms.mastering.album import AlbumPlan, AlbumRender, TrackMade
from controlroom.rooms.mastering.media import medium
from controlroom.sound.files import AudioFile, Cue, Format, Metadata, write
from controlroom.sound.files.gapless import Part, write_gapless_aac
from controlroom.sound.signal import Shifted

AlbumFormat = Literal["flac", "alac", "wav", "aac", "cue", "ddp"]
PartKind = Literal["flac", "alac", "wav", "aac"]
PART_KINDS: tuple[PartKind, ...] = ("flac", "alac", "wav", "aac")


class AlbumFile(msgspec.Struct, frozen=True):
    """A file as the album's folder names it."""

    path: str
    sha256: str
    kind: str


def write_parts(
    place: Path, made: AlbumRender, plan: AlbumPlan, formats: Sequence[AlbumFormat], progress: Progress
) -> list[AlbumFile]:
    """Each track as a file of each format, one after the other the programme: lossless to the sample, AAC seamless."""
    written: list[AlbumFile] = []
    asked: list[PartKind] = [form for form in PART_KINDS if form in formats]
    for k, kind in enumerate(asked):
        part = scaled(progress, k / len(asked), (k + 1) / len(asked), f"writing {kind}")
        bits: Literal[16, 24] = 16 if plan.medium and medium(plan.medium).bits == 16 else 24
        format = Format(kind, 24 if kind == "aac" else bits)
        parts = [
            Part(
                path=place / kind / _file_name(number, one, format.suffix),
                start=one.start if number > 1 else 0,
                frames=one.frames + (one.start if number == 1 else 0),
                metadata=_metadata(number, one, plan),
            )
            for number, one in enumerate(made.tracks, 1)
        ]
        if kind == "aac":
            write_gapless_aac(parts, made.signal, format, progress=part)
        else:
            for number, one in enumerate(parts):
                piece = Shifted(made.signal, -one.start, one.frames)
                each = scaled(part, number / len(parts), (number + 1) / len(parts))
                write(one.path, piece, format, metadata=one.metadata, dither_seed=number, progress=each)
        written += [_listed(place, one.path, kind) for one in parts]
        if kind != "aac" and "cue" in formats:
            sheet = place / kind / f"{_album_name(plan)}.cue"
            write_text(sheet, cue_sheet(disc_of(made, plan), [one.path.name for one in parts]))
            written.append(_listed(place, sheet, "cue"))
    return written


def write_cd(
    place: Path,
    made: AlbumRender,
    plan: AlbumPlan,
    disc: Disc,
    formats: Sequence[AlbumFormat],
    progress: Progress,
) -> list[AlbumFile]:
    """One WAV of 16 bits with its CUE sheet, and a DDP fileset of the same samples; nothing that no plant takes."""
    if any(finding.severity == "blocking" for finding in findings(disc)):
        return []
    folder, name = place / "cd", _album_name(plan)
    wav = folder / f"{name}.wav"
    cues = tuple(Cue(one.start, one.track.title) for one in made.tracks)
    metadata = Metadata(title=plan.title, artist=plan.artist, cues=cues)
    write(wav, made.signal, Format("wav", 16), metadata=metadata, progress=scaled(progress, 0.0, 0.5))
    written = []
    if "cue" in formats:
        write_text(folder / f"{name}.cue", cue_sheet(disc, [wav.name]))
        written += [_listed(place, wav, "wav"), _listed(place, folder / f"{name}.cue", "cue")]
    if "ddp" in formats:
        with AudioFile(wav) as dithered:
            names = write_ddp(
                place / "ddp", disc, dithered, master_id=_master_id(plan), progress=scaled(progress, 0.5, 1.0)
            )
        written += [_listed(place, place / "ddp" / one, "ddp") for one in names]
    if "cue" not in formats:
        wav.unlink()
        folder.rmdir()
    return written


def disc_of(made: AlbumRender, plan: AlbumPlan) -> Disc:
    """The disc of a programme: two seconds, then the programme. Tracks begin on sectors at every rate."""
    sector = made.signal.rate_hz // SECTORS_PER_S
    tracks: list[DiscTrack] = []
    for one in made.tracks:
        pause_at, start_at = (PREGAP_SECTORS + frame // sector for frame in (one.pause_at, one.start))
        tracks.append(
            DiscTrack(
                start_at=start_at,
                pause_at=pause_at if tracks and pause_at < start_at else None,
                title=one.track.title,
                performer=one.track.artist or plan.artist,
                songwriter=one.track.songwriter,
                isrc=one.track.isrc,
            )
        )
    end_at = PREGAP_SECTORS - (-made.signal.frames // sector)
    return Disc(tracks=tuple(tracks), end_at=end_at, title=plan.title, performer=plan.artist, upc=plan.upc)


def _metadata(number: int, one: TrackMade, plan: AlbumPlan) -> Metadata:
    return Metadata(
        title=one.track.title,
        artist=one.track.artist or plan.artist,
        album=plan.title,
        album_artist=plan.artist,
        composer=one.track.songwriter,
        track_number=number,
        date=plan.date,
        isrc=one.track.isrc,
        integrated_lufs=one.loudness.integrated_lufs,
        range_lu=one.loudness.range_lu,
        true_peak_dbtp=one.loudness.true_peak_dbtp,
        max_momentary_lufs=one.loudness.max_momentary_lufs,
        max_short_term_lufs=one.loudness.max_short_term_lufs,
    )


def _album_name(plan: AlbumPlan) -> str:
    return safe_name(plan.title, fallback="album")


def _master_id(plan: AlbumPlan) -> str:
    return safe_name(f"{plan.artist} {plan.title}".strip()).encode("ascii", "replace").decode()[:48]


def _file_name(number: int, one: TrackMade, suffix: str) -> str:
    return safe_name(f"{number:02} {one.track.title or Path(one.track.file).stem}") + suffix


def _listed(place: Path, path: Path, kind: str) -> AlbumFile:
    return AlbumFile(path.relative_to(place).as_posix(), sha256_of(path), kind)
