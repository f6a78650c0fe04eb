"""The preflight: is this delivery, with these names, fit to leave the house, and fit for each place it goes to?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.delivery.cover import cover_findings
from controlroom.rooms.delivery.destinations import destinations
from controlroom.rooms.delivery.flight import Flight
from controlroom.rooms.delivery.places import wanting_at
from controlroom.rooms.delivery.plan import DeliveryPlan
from controlroom.rooms.delivery.report import DeliveryReport
from controlroom.rooms.delivery.rights import Rights
from controlroom.song.identifiers import ean

EDGE_DB = -40.0  # a file that begins or ends louder than this begins or ends with a click
LONGEST_SILENCE_AT_START_S, LONGEST_SILENCE_AT_END_S = 2.0, 5.0
SHORTEST_S = 30.0
COMMON_RATES_HZ = (44100, 48000, 88200, 96000, 176400, 192000)
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")  # ISO 3901
_FEATURED = re.compile(r"\b(feat\.?|ft\.?|featuring)\s", re.IGNORECASE)
_FEATURED_AS_SHOPS_WRITE_IT = re.compile(r"[(\[](feat\.|with) [^)\]]+[)\]]")


def preflight(flight: Flight) -> tuple[Finding, ...]:
    """What keeps this delivery from being released (blocking), and what a label would ask about (advice).

    Beside what holds everywhere, what each of the plan's destinations asks for, with its name.
    """
    if flight.report.silent:
        return (_found("delivery_silent", "blocking"),)
    everywhere = (*_of_the_sound(flight.report), *_of_the_names(flight.plan), *_of_the_rights(flight.rights))
    cover = cover_findings(flight.cover) if flight.cover else ()
    places = destinations()
    there = [finding for key in flight.plan.destinations for finding in wanting_at(places[key], flight)]
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
