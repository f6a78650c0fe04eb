"""The CUE sheet: which track begins where, for programs that burn, play or split a disc (CDRWIN's commands).

UTF-8, lines that end with CR LF. Times count from the beginning of a file; the two seconds before track 1 are not in
it: whoever burns the sheet puts them there.
"""

from __future__ import annotations

from collections.abc import Sequence

from controlroom.rooms.delivery.disc.disc import Disc, DiscTrack, msf


def cue_sheet(disc: Disc, files: Sequence[str]) -> str:
    """The sheet of a disc whose sound lies in one WAV, or in one for each track (each ends where the next begins).

    With a file for each track the pause before a track stands at the end of the file before it.
    """
    lines = [f"CATALOG {disc.upc}"] if disc.upc else []
    lines += _named("", disc.performer, disc.title)
    begin, first = 0, disc.pregap  # the first sector of the programme in the file
    together = len(files) == 1
    for number, track in enumerate(disc.tracks, 1):
        opened = [_file(files[0] if together else files[number - 1])] if number == 1 or not together else []
        pause = track.pause_at if number > 1 else None
        if together:
            lines += [*opened, *_track(number, track, disc)]
            lines += [] if pause is None else [_index(0, pause - first)]
        elif pause is None:
            lines += [*opened, *_track(number, track, disc)]
        else:
            lines += [*_track(number, track, disc), _index(0, pause - begin), *opened]
        lines.append(_index(1, track.start_at - first if together else 0))
        begin = track.start_at
    return "".join(line + "\r\n" for line in lines)


def _track(number: int, track: DiscTrack, disc: Disc) -> list[str]:
    said = [f"  TRACK {number:02} AUDIO", *_named("    ", track.performer or disc.performer, track.title)]
    if track.songwriter:
        said.append(f"    SONGWRITER {_quoted(track.songwriter)}")
    if track.isrc:
        said.append(f"    ISRC {track.isrc}")
    return said


def _named(indent: str, performer: str, title: str) -> list[str]:
    pairs = (("PERFORMER", performer), ("TITLE", title))
    return [f"{indent}{command} {_quoted(said)}" for command, said in pairs if said]


def _file(name: str) -> str:
    return f"FILE {_quoted(name)} WAVE"


def _quoted(text: str) -> str:
    """In quotes; the sheet has no way to write a quote inside them, nor a line end."""
    return '"' + " ".join(text.replace('"', "'").split()) + '"'


def _index(index: int, sectors: int) -> str:
    minutes, seconds, frames = msf(sectors)
    return f"    INDEX {index:02} {minutes:02}:{seconds:02}:{frames:02}"
