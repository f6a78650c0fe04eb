"""Several songs become an album: measured, decided, mastered as one programme, and written for shops and for plants."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, get_args

import msgspec

from controlroom.base.canonical import to_toml
from controlroom.base.check import Check
from controlroom.base.errors import InputRefused, UsageError, surroundings
from controlroom.base.files import safe_name, write_text
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.production.album_files import (
    AlbumFile,
    AlbumFormat,
    disc_of,
    write_cd,
    write_parts,
)
from controlroom.rooms.delivery.disc import CD_RATE_HZ
from controlroom.rooms.delivery.disc import findings as disc_findings
from controlroom.rooms.mastering import album, media
from controlroom.rooms.mastering.album import AlbumPlan, AlbumRender, AlbumTrack, SongReport
from controlroom.song.folder import AUDIO_SUFFIXES, find_audio, read_sheet
from controlroom.song.sheet import SHEET_NAME
from controlroom.song.words import natural
from controlroom.sound.files import AudioFile
from controlroom.sound.signal import Channels, Signal
from controlroom.store.plans import read_plan

PLAN_NAME = "album.toml"
FORMATS: tuple[AlbumFormat, ...] = ("flac", "aac", "cue", "ddp")
SUMS = "SHA256SUMS"
SHARE_HEARING, SHARE_WRITING = 0.15, 0.15


class Song(msgspec.Struct, frozen=True):
    """A file of the album, and what is known of it beside its sound. `file` is its path below the album's folder."""

    file: str
    path: Path
    title: str = ""
    artist: str = ""
    isrc: str = ""


def album_folder(
    folder: Path,
    out: Path,
    *,
    target: tuple[float | None, str] | None = None,
    ceiling_dbtp: float | None = None,
    formats: Sequence[AlbumFormat] = FORMATS,
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Make the album of the songs in `folder`; returns what `album --json` prints.

    `target`: loudness and medium, as `asked_target` tells them; it replaces what `album.toml` says of level, ceiling
    and rate. Where `folder` has no `album.toml`, the proposal is written there, for the next time. `out` appears whole
    or not at all. Raises `InputRefused` where there are no songs or one of them cannot be read, `UsageError` where the
    plan cannot be meant.
    """
    wishes = read_plan(folder / PLAN_NAME, AlbumPlan) if (folder / PLAN_NAME).exists() else None
    songs = songs_of(folder, wishes)
    wishes = wishes or AlbumPlan(title=folder.absolute().name)
    if not wishes.tracks:
        wishes = msgspec.structs.replace(wishes, tracks=tuple(AlbumTrack(file=song.file) for song in songs))
    if target is not None:
        lufs, medium = target
        wishes = msgspec.structs.replace(
            wishes, target_lufs=lufs, medium=medium, ceiling_dbtp=None, rate_hz=None, reasons=()
        )
    with ExitStack() as files, _made_beside(out) as place:
        signals = _on_two_sides({song: files.enter_context(AudioFile(song.path)) for song in songs})
        hearing = scaled(progress, 0.0, SHARE_HEARING, "listening")
        reports = _heard(songs, signals, hearing)
        plan = album.decide(reports, wishes, ceiling_dbtp=ceiling_dbtp)
        rest = scaled(progress, SHARE_HEARING, 1.0)
        made, written, checks, findings = _made(signals, reports, plan, place, formats, rest)
        write_text(place / PLAN_NAME, to_toml(plan))
        sums = "".join(f"{one.sha256}  {one.path}\n" for one in written)
        write_text(place / SUMS, sums)
    if not (folder / PLAN_NAME).exists():
        write_text(folder / PLAN_NAME, to_toml(plan))
    return _told(plan, made, written, checks, findings)


def asked_formats(said: Sequence[str]) -> tuple[AlbumFormat, ...]:
    """The formats that are asked for, all usual ones when none is; raises `UsageError` for one that is not known."""
    known = get_args(AlbumFormat)
    wrong = next((word for word in said if word not in known), None)
    if wrong is not None:
        raise UsageError(f"--format {wrong}", "there is no such format for an album", f"Use {', '.join(known)}.")
    return tuple(form for form in known if form in said) or FORMATS


def songs_of(folder: Path, plan: AlbumPlan | None = None) -> list[Song]:
    """The songs of an album folder: those the plan names, in its order, else all audio files and song folders in it.

    A song folder stands for the mix that was made of it, or that came with it.
    """
    if not folder.is_dir():
        raise InputRefused(folder, "this is not a folder", "Name the folder that holds the songs.")
    if plan is not None and plan.tracks:
        return [_named(folder, track) for track in plan.tracks]
    found = []
    for path in sorted(folder.iterdir(), key=lambda path: natural(path.name)):
        if path.name.startswith("."):
            continue
        if path.is_dir() and (path / SHEET_NAME).exists():
            found.append(_song_folder(folder, path))
        elif path.is_file() and path.suffix.lower() in AUDIO_SUFFIXES:
            found.append(_song(folder, path))
    if not found:
        raise InputRefused(folder, "there are no songs in it", "Put the mixes there, or folders with a song.toml each.")
    return found


def _named(folder: Path, track: AlbumTrack) -> Song:
    path = folder / track.file
    if Path(track.file).is_absolute() or ".." in Path(track.file).parts:
        raise UsageError(f"{PLAN_NAME}: {track.file}", "it lies outside the album's folder", "Put it into the folder.")
    if path.is_dir():
        return msgspec.structs.replace(_song_folder(folder, path), file=track.file)
    if not path.is_file():
        raise InputRefused(path, f"{PLAN_NAME} names it, but there is no such file", "Mend its name there.")
    return _song(folder, path)


def _song(folder: Path, path: Path) -> Song:
    with AudioFile(path) as file:
        tags = file.info.tags
    title = tags.get("title") or re.sub(r"^\d{1,3}\s*[-._ ]\s*(?=\S)", "", path.stem)
    return Song(path.relative_to(folder).as_posix(), path, title, tags.get("artist", ""), tags.get("isrc", ""))


def _song_folder(folder: Path, path: Path) -> Song:
    sheet = read_sheet(path)
    made = sorted((path / "out" / "mix").glob("*.wav"), key=lambda one: natural(one.name))
    supplied = [path / one for one in find_audio(path, title=sheet.title).mixes]
    mixes = supplied or made
    if not mixes:
        raise InputRefused(path, "there is no mix of this song", f"Run: controlroom produce '{path}' --until mixing")
    return Song(
        path.relative_to(folder).as_posix(), mixes[-1], sheet.title or path.name, sheet.artist, sheet.isrc or ""
    )


def _on_two_sides(opened: Mapping[Song, Signal]) -> dict[str, Signal]:
    """The songs by file; mono ones sound from both sides where others are stereo."""
    wide = next((song for song, signal in opened.items() if signal.channels > 2), None)
    if wide is not None:
        why = f"it has {opened[wide].channels} channels; an album is mono or stereo"
        raise InputRefused(wide.path, why, "Mix it down first.")
    stereo = any(signal.channels == 2 for signal in opened.values())
    return {
        song.file: Channels(signal, [0, 0]) if stereo and signal.channels == 1 else signal
        for song, signal in opened.items()
    }


def _heard(songs: Sequence[Song], signals: Mapping[str, Signal], progress: Progress) -> list[SongReport]:
    total, done, reports = sum(signal.frames / signal.rate_hz for signal in signals.values()), 0.0, []
    for song in songs:
        signal = signals[song.file]
        length = signal.frames / signal.rate_hz
        part = scaled(progress, done / total, (done + length) / total)
        reports.append(
            album.hear(signal, song.file, title=song.title, artist=song.artist, isrc=song.isrc, progress=part)
        )
        done += length
    return reports


def _made(
    signals: Mapping[str, Signal],
    reports: Sequence[SongReport],
    plan: AlbumPlan,
    place: Path,
    formats: Sequence[AlbumFormat],
    progress: Progress,
) -> tuple[AlbumRender, list[AlbumFile], list[Check], list[Finding]]:
    """The programme at its own rate, and at that of a CD where one is wanted: each is limited at its rate."""
    wants_cd = any(form in ("cue", "ddp") for form in formats)
    also_cd = wants_cd and plan.rate_hz != CD_RATE_HZ
    half = 0.5 if also_cd else 1.0
    made = album.render(signals, reports, plan, scaled(progress, 0.0, half - SHARE_WRITING, ""), folder=place)
    checks, findings = list(album.checks(made, plan)), list(made.findings)
    written = write_parts(place, made, plan, formats, scaled(progress, half - SHARE_WRITING, half, "writing"))
    if plan.medium:
        medium, heard = media.medium(plan.medium), media.measure(made.signal)
        checks += [_of(medium.name, check) for check in media.checks(medium, heard)]
        findings += [*media.findings(medium, heard), *media.side_findings(medium, _lengths_s(made))]
    if wants_cd:
        at_cd = made
        if also_cd:
            cd_plan = msgspec.structs.replace(plan, rate_hz=CD_RATE_HZ)
            at_cd = album.render(signals, reports, cd_plan, scaled(progress, half, 1.0 - SHARE_WRITING), folder=place)
            checks += [_of("CD", check) for check in album.checks(at_cd, cd_plan)]
        disc = disc_of(at_cd, plan)
        findings += disc_findings(disc)
        written += write_cd(place, at_cd, plan, disc, formats, scaled(progress, 1.0 - SHARE_WRITING, 1.0, "writing"))
    return made, written, checks, findings


def _of(what: str, check: Check) -> Check:
    return msgspec.structs.replace(check, name=f"{what}: {check.name}")


def _lengths_s(made: AlbumRender) -> list[float]:
    return [one.frames / made.signal.rate_hz for one in made.tracks]


@contextmanager
def _made_beside(out: Path) -> Iterator[Path]:
    """A folder on the disk of `out` whose files move there when the block ends well; else nothing is left."""
    where = out.absolute().parent
    if out.exists() and not out.is_dir():
        raise UsageError(str(out), "there is a file of this name", "Choose another name for the folder.")
    if not where.is_dir():
        raise UsageError(str(where), "there is no such folder", "Make it first.")
    with tempfile.TemporaryDirectory(prefix=".controlroom-", dir=where) as made:
        place = Path(made) / safe_name(out.name)
        with surroundings(place):
            place.mkdir()
        yield place
        with surroundings(out):
            for path in sorted(place.rglob("*")):
                target = out / path.relative_to(place)
                if path.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                else:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    path.replace(target)


def _told(
    plan: AlbumPlan,
    made: AlbumRender,
    written: Sequence[AlbumFile],
    checks: Sequence[Check],
    findings: Sequence[Finding],
) -> dict[str, Any]:
    rate_hz = made.signal.rate_hz
    return {
        "plan": msgspec.to_builtins(plan),
        "loudness": msgspec.to_builtins(made.loudness),
        "tracks": [
            {
                "number": number,
                "title": one.track.title,
                "isrc": one.track.isrc,
                "start_s": one.start / rate_hz,
                "duration_s": one.frames / rate_hz,
                "loudness": msgspec.to_builtins(one.loudness),
            }
            for number, one in enumerate(made.tracks, 1)
        ],
        "files": [{"path": one.path, "sha256": one.sha256, "kind": one.kind} for one in written],
        "checks": [check.to_json() for check in checks],
        "findings": [finding.to_json() for finding in findings],
    }
