"""What one place asks for and does not get.

What a place says itself, or is said to ask for, keeps a delivery back (blocking); what is only this house's practice
is a warning at most. Each finding names its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.delivery.cover import Cover
from controlroom.rooms.delivery.destinations import Destination, Named
from controlroom.rooms.delivery.flight import Flight
from controlroom.rooms.delivery.plan import FULL_SCALE_DBTP, DeliveryPlan, kind_name
from controlroom.rooms.delivery.report import DeliveredFile
from controlroom.rooms.delivery.rights import Rights
from controlroom.sound.files.tag_names import WRITERS

_TOLD_BY_NAME = {"explicit": "whether it is explicit", "isrc": "an ISRC", "upc": "a UPC", "composer": "a composer"}
_TOLD_BY_NAME |= {"language": "the language of its words", "label": "a label", "date": "a release date"}
_TOLD_BY_NAME |= {"album": "an album", "copyright": "a copyright line"}
METERS_DIFFER_DB = 0.05


def wanting_at(place: Destination, flight: Flight) -> Iterator[Finding]:
    """Everything that `place` asks for and does not get."""
    files = _files_of_the_song(flight)
    taken = [file for file in files if place.takes(file.kind, file.bits, file.rate_hz)]
    yield from _files_at(place, taken, flight.report.channels)
    yield from _levels_at(place, files, taken, flight)
    yield from _lengths_at(place, flight)
    yield from _names_at(place, flight.plan)
    yield from _cover_at(place, flight.cover)
    yield from _rights_at(place, flight.plan, flight.rights)


def _found(place: Destination, rule: str, code: str, severity: Severity = "advice", **args: Value) -> Finding:
    said = place.said[rule]
    if severity == "blocking" and said.basis == "practice":
        severity = "warning"
    return Finding(code=code, severity=severity, args={"destination": place.name, **args, "source": said.by})


def _files_of_the_song(flight: Flight) -> list[DeliveredFile]:
    """Those that hold the song itself, not another version of it."""
    names = {flight.plan.file_name(item) for item in flight.plan.items if not item.version}
    return [file for file in flight.files if file.path in names]


def _files_at(place: Destination, taken: Sequence[DeliveredFile], channels: int) -> Iterator[Finding]:
    if channels not in place.channels:
        takes = " or ".join(str(count) for count in place.channels)
        yield _found(place, "channels", "destination_channels", "blocking", channels=channels, takes=takes)
    if not taken:
        takes = "; ".join(one.says() for one in place.accepts)
        yield _found(place, "accepts", "destination_no_file", "blocking", takes=takes)
    elif place.most_bytes is not None and all(file.bytes > place.most_bytes for file in taken):
        size, most = min(file.bytes for file in taken) / 1e6, place.most_bytes / 1e6
        yield _found(place, "most_bytes", "destination_file_large", "blocking", megabytes=size, most=most)


def _levels_at(
    place: Destination, files: Sequence[DeliveredFile], taken: Sequence[DeliveredFile], flight: Flight
) -> Iterator[Finding]:
    """The best of the files that it takes counts, as it decodes; the master, where none was measured."""
    lufs, peaks = flight.loudness.integrated_lufs, [file.true_peak_dbtp for file in taken]
    measured = [peak for peak in peaks if peak is not None]
    peak, ceiling, rule = min(measured, default=flight.loudness.true_peak_dbtp), place.ceiling_dbtp, "ceiling_dbtp"
    if place.loud_lufs is not None and lufs is not None and lufs > place.loud_lufs + 0.1:
        ceiling, rule = place.loud_ceiling_dbtp, "loud_ceiling_dbtp"
    if ceiling is not None and peak is not None and peak > ceiling + METERS_DIFFER_DB:
        severity: Severity = "blocking" if place.ceiling_holds else "advice"
        yield _found(place, rule, "destination_peak", severity, peak_dbtp=peak, ceiling_dbtp=ceiling)
    for file in files:
        if file.kind in place.clip_free and (file.true_peak_dbtp or 0.0) > FULL_SCALE_DBTP:
            over, codec = file.true_peak_dbtp or 0.0, kind_name(file.kind)
            yield _found(place, "clip_free", "destination_codec_overs", "blocking", over_db=over, codec=codec)
    if place.lufs is not None and lufs is not None and not place.lufs[0] <= lufs <= place.lufs[1]:
        low, high = place.lufs
        yield _found(place, "lufs", "destination_loudness", "blocking", lufs=lufs, low_lufs=low, high_lufs=high)


def _lengths_at(place: Destination, flight: Flight) -> Iterator[Finding]:
    report = flight.report
    if report.duration_s < place.least_s:
        yield _found(place, "least_s", "destination_short", duration_s=report.duration_s, least_s=place.least_s)
    if place.most_s is not None and report.duration_s > place.most_s:
        minutes, most_min = report.duration_s / 60, place.most_s / 60
        yield _found(place, "most_s", "destination_long", "blocking", duration_min=minutes, most_min=most_min)
    for code, silence, most in (
        ("destination_silence_at_start", report.silence_at_start_s, place.silence_at_start_s),
        ("destination_silence_at_end", report.silence_at_end_s, place.silence_at_end_s),
    ):
        if most is not None and silence > most:
            yield _found(place, f"{code.removeprefix('destination_')}_s", code, seconds=silence, most_s=most)


def _names_at(place: Destination, plan: DeliveryPlan) -> Iterator[Finding]:
    wanted: tuple[tuple[str, str, Severity, tuple[Named, ...]], ...] = (
        ("needs", "destination_needs", "blocking", place.needs),
        ("wishes", "destination_wishes", "advice", place.wishes),
    )
    for rule, code, severity, names in wanted:
        missing = [_TOLD_BY_NAME[name] for name in names if not _has(plan, name)]
        if missing:
            yield _found(place, rule, code, severity, what=_listed(missing))


def _has(plan: DeliveryPlan, name: Named) -> bool:
    if name == "explicit":
        return plan.explicit is not None
    if name == "composer":
        return bool(plan.composer.strip()) or any(credit.role.lower() in WRITERS for credit in plan.credits)
    return bool(str(getattr(plan, name)).strip())


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _cover_at(place: Destination, cover: Cover | None) -> Iterator[Finding]:
    if cover is None:
        if place.cover_needed:
            yield _found(place, "cover_needed", "destination_no_cover", "blocking")
        elif place.cover_least_px:
            yield _found(place, "cover_least_px", "destination_no_cover")
        return
    edge = min(cover.width_px, cover.height_px)
    if edge < place.cover_least_px:
        least = place.cover_least_px
        yield _found(place, "cover_least_px", "destination_cover_small", "blocking", edge=edge, least=least)
    elif edge < place.cover_wanted_px:
        yield _found(place, "cover_wanted_px", "destination_cover_small", edge=edge, least=place.cover_wanted_px)
    if place.cover_most_bytes is not None and len(cover.data) > place.cover_most_bytes:
        size, most = len(cover.data) / 1e6, place.cover_most_bytes / 1e6
        yield _found(place, "cover_most_bytes", "destination_cover_heavy", "blocking", megabytes=size, most=most)


def _rights_at(place: Destination, plan: DeliveryPlan, rights: Rights) -> Iterator[Finding]:
    for version in place.versions:
        if version not in plan.versions:
            yield _found(place, "versions", "destination_version_wanted", version=version)
    if place.rights and rights.splits_agreed == "unknown":
        yield _found(place, "rights", "destination_splits_unknown")
    if place.rights and rights.samples_cleared == "unknown":
        yield _found(place, "rights", "destination_samples_unknown")
