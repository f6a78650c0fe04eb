"""Which files a song leaves the house as."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict, Unpack

from controlroom.base.files import safe_name
from controlroom.rooms.delivery.destinations import destination_names
from controlroom.rooms.delivery.destinations import destinations as known_destinations
from controlroom.rooms.delivery.formats import ALTERNATE, RELEASE, items
from controlroom.rooms.delivery.plan import DeliveryPlan, Marker, Version
from controlroom.sound.files import Credit


class Names(TypedDict, total=False):
    """What a plan says beside its files, as `DeliveryPlan` has it."""

    title: str
    artist: str
    album: str
    composer: str
    copyright: str
    date: str
    isrc: str | None
    upc: str | None
    label: str
    language: str
    explicit: bool | None
    lyrics: str
    credits: tuple[Credit, ...]
    markers: tuple[Marker, ...]


def decide(
    *,
    rate_hz: int,
    channels: int = 2,
    formats: Iterable[str] = (),
    alternates: Iterable[Version] = (),
    destinations: Iterable[str] = (),
    **names: Unpack[Names],
) -> DeliveryPlan:
    """The files of `formats` (see `formats.STANDARD`), and of each alternate version a 24-bit WAV.

    Where no format is asked for: the release set, and what the destinations want. `rate_hz` is the session's. What has
    no place in a format (more than two channels in an MP3) is left out. Title and artist as `song.toml` has them; what
    a file system cannot take is replaced in the file name only. Raises `UsageError` for a format or a destination that
    is none.
    """
    places = destination_names(destinations)
    wanted = tuple(formats) or (*RELEASE, *(name for key in places for name in known_destinations()[key].deliver))
    title, artist = names.get("title", ""), names.get("artist", "")
    said = {**names, "isrc": _bare(names.get("isrc")), "upc": _bare(names.get("upc"))}
    others = [item for version in alternates for item in items(ALTERNATE, rate_hz=rate_hz, version=version)]
    return DeliveryPlan(
        name=safe_name(" - ".join(part for part in (artist.strip(), title.strip()) if part)),
        items=(*items(wanted, rate_hz=rate_hz, channels=channels), *others),
        destinations=places,
        **said,  # type: ignore[arg-type]
    )


def _bare(number: str | None) -> str:
    """A number without hyphens and blanks."""
    return (number or "").replace("-", "").replace(" ", "").upper()
