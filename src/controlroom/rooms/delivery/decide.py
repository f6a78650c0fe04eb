"""Which files a song leaves the house as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypedDict, Unpack

import msgspec

from controlroom.base.errors import UsageError
from controlroom.base.files import safe_name
from controlroom.rooms.delivery.destinations import Destination, destination_names
from controlroom.rooms.delivery.destinations import destinations as known_destinations
from controlroom.rooms.delivery.formats import ALTERNATE, RELEASE, STANDARD, format_names, in_order, items
from controlroom.rooms.delivery.plan import DeliveryPlan, Item, Marker, Version
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

    Where no format is asked for: the release set, and what the destinations want, at a rate that they take. `rate_hz`
    is the session's. What has no place in a format (more than two channels in an MP3) is left out. Title and artist as
    `song.toml` has them; what a file system cannot take is replaced in the file name only. Raises `UsageError` for a
    format or a destination that is none, and where no format that is asked for holds so many channels.
    """
    places = destination_names(destinations)
    named = tuple(formats)
    _held_by_some(named, channels)
    main = [*items(named or RELEASE, rate_hz=rate_hz, channels=channels)]
    if not named:
        main += [item for key in places for item in _for_place(known_destinations()[key], rate_hz, channels)]
    title, artist = names.get("title", ""), names.get("artist", "")
    said = {**names, "isrc": _bare(names.get("isrc")), "upc": _bare(names.get("upc"))}
    others = [item for version in alternates for item in items(ALTERNATE, rate_hz=rate_hz, version=version)]
    return DeliveryPlan(
        name=safe_name(" - ".join(part for part in (artist.strip(), title.strip()) if part)),
        items=(*in_order(main), *others),
        destinations=places,
        **said,  # type: ignore[arg-type]
    )


def _held_by_some(named: Sequence[str], channels: int) -> None:
    """Refuse formats that were asked for and of which none holds so many channels."""
    most = [STANDARD[name].channels for name in format_names(named)]
    if most and max(most) < channels:
        why = f"{', '.join(named)}: none holds more than {max(most)} channels, and the master has {channels}"
        raise UsageError("There is nothing to deliver", why, "Ask for wav24 or flac.")


def _for_place(place: Destination, rate_hz: int, channels: int) -> Iterator[Item]:
    """The files that one place wants: at the session's rate where it takes that, else at the next that it does."""
    for item in items(place.deliver, rate_hz=rate_hz, channels=channels):
        rates_hz = place.rates_hz(item.kind, item.bits)
        fits = not rates_hz or item.rate_hz in rates_hz
        yield item if fits else msgspec.structs.replace(item, rate_hz=_next_rate_hz(item.rate_hz, rates_hz))


def _next_rate_hz(rate_hz: int, taken_hz: Sequence[int]) -> int:
    """The highest of `taken_hz` that divides the rate, else the highest below it, else the lowest."""
    below = [taken for taken in taken_hz if taken <= rate_hz]
    whole = [taken for taken in below if rate_hz % taken == 0]
    return max(whole or below) if below else min(taken_hz)


def _bare(number: str | None) -> str:
    """A number without hyphens and blanks."""
    return (number or "").replace("-", "").replace(" ", "").upper()
