"""The preflight: is this delivery, with these names, fit to leave the house, and fit for each place it goes to?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.delivery.cover import Cover, cover_findings
from controlroom.rooms.delivery.destinations import Destination, Named, destinations
from controlroom.rooms.delivery.plan import DeliveryPlan
from controlroom.rooms.delivery.report import DeliveredFile, DeliveryReport
from controlroom.rooms.delivery.rights import Rights
from controlroom.song.identifiers import ean
from controlroom.sound.files.tag_names import WRITERS
from controlroom.sound.meter import Loudness

EDGE_DB = -40.0  # a file that begins or ends louder than this begins or ends with a click
LONGEST_SILENCE_AT_START_S, LONGEST_SILENCE_AT_END_S = 2.0, 5.0
SHORTEST_S = 30.0
COMMON_RATES_HZ = (44100, 48000, 88200, 96000, 176400, 192000)
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")  # ISO 3901
_FEATURED = re.compile(r"\b(feat\.?|ft\.?|featuring)\s", re.IGNORECASE)
_FEATURED_AS_SHOPS_WRITE_IT = re.compile(r"[(\[](feat\.|with) [^)\]]+[)\]]")
_TOLD_BY_NAME = {"explicit": "whether it is explicit", "isrc": "an ISRC", "upc": "a UPC", "composer": "a composer"}
_TOLD_BY_NAME |= {"language": "the language of its words", "label": "a label", "date": "a release date"}
_TOLD_BY_NAME |= {"album": "an album", "copyright": "a copyright line"}


class Flight(msgspec.Struct, frozen=True, kw_only=True):
    """All that a preflight looks at; `files` are those that were written."""

    plan: DeliveryPlan
    report: DeliveryReport
    loudness: Loudness = Loudness()
    files: tuple[DeliveredFile, ...] = ()
    cover: Cover | None = None
    rights: Rights = Rights()


def preflight(flight: Flight) -> tuple[Finding, ...]:
    """What keeps this delivery from being released (blocking), and what a label would ask about (advice).

    Beside what holds everywhere, what each of the plan's destinations asks for, with its name.
    """
    if flight.report.silent:
        return (_found("delivery_silent", "blocking"),)
    everywhere = (*_of_the_sound(flight.report), *_of_the_names(flight.plan), *_of_the_rights(flight.rights))
    cover = cover_findings(flight.cover) if flight.cover else ()
    places = destinations()
    there = [finding for key in flight.plan.destinations for finding in _at(places[key], flight)]
    return (*everywhere, *cover, *there)


def _found(code: str, severity: Severity = "advice", **args: Value) -> Finding:
    return Finding(code=code, severity=severity, args=args)


def _of_the_sound(report: DeliveryReport) -> Iterator[Finding]:
    if report.duration_s < SHORTEST_S:
        yield _found("delivery_short", duration_s=report.duration_s)
    if report.rate_hz not in COMMON_RATES_HZ:
        yield _found("delivery_rate", rate_hz=report.rate_hz)
    if report.channels > 2:
        yield _found("delivery_channels", channels=report.channels)
    if report.silence_at_start_s > LONGEST_SILENCE_AT_START_S:
        yield _found("delivery_silence_at_start", seconds=report.silence_at_start_s)
    if report.silence_at_end_s > LONGEST_SILENCE_AT_END_S:
        yield _found("delivery_silence_at_end", seconds=report.silence_at_end_s)
    if report.edge_start_db is not None and report.edge_start_db > EDGE_DB:
        yield _found("delivery_starts_cut", level_db=report.edge_start_db)
    if report.edge_end_db is not None and report.edge_end_db > EDGE_DB:
        yield _found("delivery_ends_cut", level_db=report.edge_end_db)


def _of_the_names(plan: DeliveryPlan) -> Iterator[Finding]:
    if not plan.title.strip():
        yield _found("delivery_no_title", "blocking")
    if not plan.artist.strip():
        yield _found("delivery_no_artist", "blocking")
    if not plan.isrc:
        yield _found("delivery_no_isrc")
    elif not ISRC.fullmatch(plan.isrc):
        yield _found("delivery_isrc_invalid", "blocking", isrc=plan.isrc)
    if plan.upc and not ean(plan.upc):
        yield _found("delivery_upc_invalid", "blocking", upc=plan.upc)
    if _one_case(plan.title):
        yield _found("delivery_title_case", title=plan.title)
    if _FEATURED.search(plan.artist):
        yield _found("delivery_featured_artist", artist=plan.artist)
    if _FEATURED.search(plan.title) and not _FEATURED_AS_SHOPS_WRITE_IT.search(plan.title):
        yield _found("delivery_featured_title", title=plan.title)


def _one_case(title: str) -> bool:
    """All capitals or none in several words: shops write titles in title case, or as their language writes them."""
    letters = [letter for letter in title if letter.lower() != letter.upper()]
    several = len(title.split()) > 1 and len(letters) > 5
    return several and (title == title.lower() or title == title.upper())


def _of_the_rights(rights: Rights) -> Iterator[Finding]:
    if rights.splits_agreed == "no":
        yield _found("delivery_splits_open", "blocking")
    if rights.samples_cleared == "no":
        yield _found("delivery_samples_open", "blocking")


def _at(place: Destination, flight: Flight) -> Iterator[Finding]:
    """What one place asks for and does not get."""
    yield from _files_at(place, flight)
    yield from _levels_at(place, flight.loudness)
    yield from _names_at(place, flight.plan)
    yield from _cover_at(place, flight.cover)
    report, where = flight.report, place.name
    if report.duration_s < place.least_s:
        yield _found("destination_short", destination=where, duration_s=report.duration_s, least_s=place.least_s)
    for code, silence, most in (
        ("destination_silence_at_start", report.silence_at_start_s, place.silence_at_start_s),
        ("destination_silence_at_end", report.silence_at_end_s, place.silence_at_end_s),
    ):
        if most is not None and silence > most:
            yield _found(code, destination=where, seconds=silence, most_s=most)
    for version in place.versions:
        if version not in flight.plan.versions:
            yield _found("destination_version_wanted", destination=where, version=version)
    if place.rights and flight.rights.splits_agreed == "unknown":
        yield _found("destination_splits_unknown", destination=where)
    if place.rights and flight.rights.samples_cleared == "unknown":
        yield _found("destination_samples_unknown", destination=where)


def _files_at(place: Destination, flight: Flight) -> Iterator[Finding]:
    names = {flight.plan.file_name(item) for item in flight.plan.items if not item.version}
    files = [file for file in flight.files if file.path in names]
    taken = [file for file in files if any(one.takes(file.kind, file.bits, file.rate_hz) for one in place.accepts)]
    if not taken:
        takes = "; ".join(one.says() for one in place.accepts)
        yield _found("destination_no_file", "blocking", destination=place.name, takes=takes)
        return
    if all(place.most_bytes is not None and file.bytes > place.most_bytes for file in taken):
        size, most = min(file.bytes for file in taken) / 1e6, (place.most_bytes or 0) / 1e6
        yield _found("destination_file_large", "blocking", destination=place.name, megabytes=size, most=most)
    if flight.report.channels not in place.channels:
        yield _found("destination_channels", "blocking", destination=place.name, channels=flight.report.channels)


def _levels_at(place: Destination, loudness: Loudness) -> Iterator[Finding]:
    lufs, peak, ceiling = loudness.integrated_lufs, loudness.true_peak_dbtp, place.ceiling_dbtp
    if place.loud_lufs is not None and lufs is not None and lufs > place.loud_lufs + 0.1:
        ceiling = place.loud_ceiling_dbtp
    if ceiling is not None and peak is not None and peak > ceiling + 0.05:
        severity: Severity = "blocking" if place.ceiling_holds else "advice"
        yield _found("destination_peak", severity, destination=place.name, peak_dbtp=peak, ceiling_dbtp=ceiling)
    if place.lufs is not None and lufs is not None and not place.lufs[0] <= lufs <= place.lufs[1]:
        low, high = place.lufs
        yield _found(
            "destination_loudness", "blocking", destination=place.name, lufs=lufs, low_lufs=low, high_lufs=high
        )


def _names_at(place: Destination, plan: DeliveryPlan) -> Iterator[Finding]:
    for code, severity, wanted in (
        ("destination_needs", "blocking", place.needs),
        ("destination_wishes", "advice", place.wishes),
    ):
        missing = [_TOLD_BY_NAME[name] for name in wanted if not _has(plan, name)]
        if missing:
            yield Finding(code=code, severity=severity, args={"destination": place.name, "what": _listed(missing)})  # type: ignore[arg-type]


def _has(plan: DeliveryPlan, name: Named) -> bool:
    if name == "explicit":
        return plan.explicit is not None
    if name == "composer":
        return bool(plan.composer.strip()) or any(credit.role.lower() in WRITERS for credit in plan.credits)
    return bool(str(getattr(plan, name)).strip())


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _cover_at(place: Destination, cover: Cover | None) -> Iterable[Finding]:
    rule, where = place.cover, place.name
    if rule is None:
        return
    if cover is None:
        yield _found("destination_no_cover", "blocking" if rule.needed else "advice", destination=where)
        return
    edge = min(cover.width_px, cover.height_px)
    if edge < rule.least_px:
        yield _found("destination_cover_small", "blocking", destination=where, edge=edge, least=rule.least_px)
    elif edge < rule.wanted_px:
        yield _found("destination_cover_small", destination=where, edge=edge, least=rule.wanted_px)
    if rule.most_bytes is not None and len(cover.data) > rule.most_bytes:
        size, most = len(cover.data) / 1e6, rule.most_bytes / 1e6
        yield _found("destination_cover_heavy", "blocking", destination=where, megabytes=size, most=most)
