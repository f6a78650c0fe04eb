"""Verbs about files: `check`, `comp`, `mix`, `master`, `deliver`. They need no database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from controlroom.cli.output import (
    clock,
    console,
    figure,
    print_checks,
    print_findings,
    print_json,
    progress_bar,
    sparkline,
)
from controlroom.cli.refusals import one_line

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Audio files.")]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="Where the result goes.")]
Force = Annotated[bool, typer.Option("--force", help="Replace OUT when it is there.")]
Strict = Annotated[bool, typer.Option("--strict", help="Leave with 4 when something blocking was found.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def check(
    files: Files,
    tempo: Annotated[float | None, typer.Option(help="The song's tempo in BPM, to judge timing by.")] = None,
    strict: Strict = False,
    json: Json = False,
) -> None:
    """Say whether each take is captured correctly: keeper, usable or retake."""
    from controlroom.base.errors import BlockingFindings
    from controlroom.production.verbs import check_files

    with progress_bar(quiet=json) as progress:
        takes, refused = check_files(files, tempo_bpm=tempo, progress=progress)
    for refusal in refused:
        _say_error(one_line(refusal))
    if json and not (refused and len(files) == 1):
        print_json({"takes": takes})
    elif not json:
        _show_takes(takes)
    if refused:
        raise typer.Exit(3)
    if strict and any(take["verdict"] == "retake" for take in takes):
        raise BlockingFindings("Some takes have to be played again")


def _show_takes(takes: list[dict[str, Any]]) -> None:
    styles = {"keeper": "green", "usable": "yellow", "retake": "bold red"}
    out = console()
    for take in takes:
        if verdict := take.get("verdict"):
            out.print(f"[{styles[verdict]}]{verdict:7}[/] {_plain(take['path'])}")
            print_findings(out, take["findings"])


def comp(
    takes: Annotated[list[Path], typer.Argument(metavar="TAKE...", help="Takes of one part, all from the same start.")],
    out: Out,
    tempo: Annotated[float | None, typer.Option(help="The song's tempo in BPM, to judge timing by.")] = None,
    plan: Annotated[Path | None, typer.Option(help="A comp plan to render as it stands.")] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Put the best phrases of several takes together."""
    from controlroom.production.verbs import comp_files

    _spare(takes, [out], force)
    with progress_bar(quiet=json) as progress:
        made = comp_files(takes, out, tempo_bpm=tempo, plan=plan, progress=progress)
    if json:
        print_json(made)
        return
    for segment in made["segments"]:
        console().print(
            f"  {clock(segment['start_s'])} – {clock(segment['end_s'])}  {segment['take']}"
            + ("" if segment["score"] is None else f"  (score {segment['score']:.2f})"),
            markup=False,
        )
    console().print(f"Wrote {out}", markup=False)


def mix(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A song folder, or a folder of tracks.")],
    out: Out,
    plan: Annotated[Path | None, typer.Option(help="A mix plan to render as it stands.")] = None,
    unity: Annotated[bool, typer.Option("--unity", help="Sum the tracks as they are.")] = False,
    note: Annotated[list[str] | None, typer.Option(help='Such as "vocal up 1 dB from 1:02 to 1:20".')] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Mix the tracks of a folder."""
    from controlroom.production.verbs import mix_folder

    _spare([], [out], force)
    with progress_bar(quiet=json) as progress:
        made = mix_folder(folder, out, plan=plan, unity=unity, notes=note or [], progress=progress)
    if json:
        print_json(made)
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table("Track", "Role", "Level", "Pan", box=None, pad_edge=False)
    for track in made["tracks"]:
        table.add_row(escape(track["path"]), track["role"], figure(track["gain_db"], "LU"), f"{track['pan']:+.2f}")
    console().print(table)
    _show_made(made, out)


def master(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The mix.")],
    out: Out,
    target: Annotated[
        str, typer.Option(help='Loudness in LUFS, "auto" (what the mix carries), or vinyl, club, cd, r128, a85.')
    ] = "auto",
    ceiling: Annotated[
        float | None, typer.Option(help="True-peak ceiling, dBTP (else -1, or the target's own).")
    ] = None,
    codec_safe: Annotated[
        bool, typer.Option("--codec-safe", help="Lower the ceiling until AAC, MP3 and Opus decode below 0 dBTP.")
    ] = False,
    rate: Annotated[int | None, typer.Option(help="Sample rate of the master, Hz (else the mix's own).")] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE[=WEIGHT]", help="A record to sound like, or a kept profile (.toml); repeatable."),
    ] = None,
    amount: Annotated[
        str | None, typer.Option(metavar="NAME=0..1,...", help="How far in tone, dynamics, width, loudness.")
    ] = None,
    save_profile: Annotated[Path | None, typer.Option(help="Keep the references' profile as TOML.")] = None,
    pictures: Annotated[Path | None, typer.Option(metavar="DIR", help="Pictures of what the references did.")] = None,
    plan: Annotated[Path | None, typer.Option(help="A master plan to render as it stands.")] = None,
    audition: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Mix and master at one loudness, and half of each, to compare.")
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Make a master of a mix. The suffix of OUT says which kind of file it becomes."""
    from controlroom.production.early import asked_of_master

    target_lufs, medium = asked_of_master(file, out, target, ceiling, rate)
    results = [out, *([save_profile] if save_profile else [])]
    _spare([file], results, force)

    from controlroom.production.master_file import master_file
    from controlroom.production.reference import toward_of

    toward = toward_of(reference or [], amount, save_profile, pictures)
    _spare([one.path for one in toward.references], results, force)
    with progress_bar(quiet=json) as progress:
        made = master_file(
            file,
            out,
            target_lufs=target_lufs,
            medium=medium,
            ceiling_dbtp=ceiling,
            rate_hz=rate,
            codec_safe=codec_safe,
            toward=toward,
            plan=plan,
            audition=audition,
            progress=progress,
        )
    if json:
        print_json(made)
    else:
        _show_made(made, out)


def deliver(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A song folder that has been produced.")],
    formats: Annotated[str, typer.Option(help="Such as wav24,flac,mp3-v0; release, or all.")] = "",
    destinations: Annotated[
        str, typer.Option("--for", help="Whose list to hold it against: spotify,bandcamp ...")
    ] = "",
    alternates: Annotated[str, typer.Option(help="Other versions: instrumental, a-cappella, tv; or all.")] = "",
    cover: Annotated[Path | None, typer.Option(help="The cover (else cover.jpg or cover.png in DIR).")] = None,
    strict: Strict = False,
    json: Json = False,
) -> None:
    """Write the files that leave the house: every format, tags, cover, master sheet, manifest, checksums."""
    from controlroom.base.errors import BlockingFindings
    from controlroom.production.options import asked_for
    from controlroom.production.verbs import deliver_folder

    asked = asked_for(formats, destinations, alternates, cover)
    with progress_bar(quiet=json) as progress:
        made = deliver_folder(folder, asked, progress=progress)
    if json:
        print_json(made)
    else:
        out = console()
        for file in made["files"]:
            length = clock(file["duration_s"]) if "duration_s" in file else ""
            out.print(f"  {file['kind']:9} {length:>8}  {file['path']}", markup=False, soft_wrap=True)
        print_checks(out, made["checks"])
        print_findings(out, made["findings"])
    blocking = [finding for finding in made["findings"] if finding["severity"] == "blocking"]
    if strict and blocking:
        raise BlockingFindings(str(folder), blocking[0]["says"])


def _spare(sources: list[Path], results: list[Path], force: bool) -> None:
    """Refuse to overwrite: an original never, another file only when forced."""
    from controlroom.base.errors import UsageError

    for out in results:
        if any(out.exists() and source.exists() and out.samefile(source) for source in sources):
            raise UsageError(str(out), "this is the original", "Choose another name for the result.")
        if out.exists() and not force:
            raise UsageError(str(out), "it is there already", "Choose another name, or say --force.")


def _show_made(made: dict[str, Any], path: Path) -> None:
    out, loud = console(), made["loudness"]
    levels = [level for level in made.get("short_term_lufs", []) if level > -60]
    if levels:
        out.print(f"  {sparkline(levels)}")
    out.print(
        f"  {figure(loud['integrated_lufs'], 'LUFS')}, {figure(loud['true_peak_dbtp'], 'dBTP')}, "
        f"range {figure(loud['range_lu'], 'LU')}"
    )
    print_checks(out, made["checks"])
    print_findings(out, made.get("findings", []))
    out.print(f"Wrote {path}", markup=False)


def _say_error(says: str) -> None:
    import sys

    print(f"controlroom: {says}", file=sys.stderr)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text.encode("utf-8", "backslashreplace").decode())
