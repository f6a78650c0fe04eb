"""Which rules of the Red Book a disc breaks, and what plants and shops would ask about."""

from __future__ import annotations

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.delivery.disc.cdtext import latin1, packs
from controlroom.rooms.delivery.disc.disc import SECTORS_PER_S, Disc
from controlroom.song.identifiers import ean, isrc

SHORTEST_TRACK_SECTORS = 4 * SECTORS_PER_S
MOST_TRACKS = 99
MOST_SECTORS = (79 * 60 + 57) * SECTORS_PER_S  # what an 80-minute disc holds
LONG_SECTORS = 74 * 60 * SECTORS_PER_S  # what the Red Book had in mind


def findings(disc: Disc) -> tuple[Finding, ...]:
    """Which rules the disc breaks: blocking where no plant would press it, advice where it is unusual."""
    found = [*_of_the_length(disc), *_of_the_codes(disc)]
    if len(disc.tracks) > MOST_TRACKS:
        found.append(_found("disc_tracks", "blocking", count=len(disc.tracks), most=MOST_TRACKS))
    for number in range(1, len(disc.tracks) + 1):
        if (length := disc.length_of(number)) < SHORTEST_TRACK_SECTORS:
            found.append(_found("disc_track_short", "blocking", track=number, length_s=length / SECTORS_PER_S))
    return (*found, *_of_the_texts(disc))


def _of_the_length(disc: Disc) -> list[Finding]:
    if disc.end_at > MOST_SECTORS:
        return [_found("disc_too_long", "blocking", minutes=disc.end_at / SECTORS_PER_S / 60)]
    if disc.end_at > LONG_SECTORS:
        return [_found("disc_long", "advice", minutes=disc.end_at / SECTORS_PER_S / 60)]
    return []


def _of_the_codes(disc: Disc) -> list[Finding]:
    found = []
    if not disc.upc:
        found.append(_found("disc_no_upc", "advice"))
    elif ean(disc.upc) != disc.upc:
        found.append(_found("disc_upc_invalid", "blocking", upc=disc.upc))
    said = [track.isrc for track in disc.tracks]
    for number, code in enumerate(said, 1):
        if code and isrc(code) != code:
            found.append(_found("disc_isrc_invalid", "blocking", track=number, isrc=code))
        elif code and code in said[: number - 1]:
            found.append(_found("disc_isrc_twice", "blocking", track=number, isrc=code))
    if missing := said.count(""):
        found.append(_found("disc_no_isrc", "advice", count=missing))
    return found


def _of_the_texts(disc: Disc) -> list[Finding]:
    titles = [disc.title, *(track.title for track in disc.tracks)]
    found = [
        _found("disc_text_changed", "advice", title=title, shown=shown)
        for title in titles
        if (shown := latin1(title)).count("?") > title.count("?")
    ]
    if any(titles) and not packs(disc):
        found.append(_found("disc_text_long", "advice"))
    return found


def _found(code: str, severity: Severity, **args: Value) -> Finding:
    return Finding(code=code, severity=severity, args=args)
