"""Which files a song leaves the house as."""

from __future__ import annotations

from controlroom.base.files import safe_name
from controlroom.rooms.delivery.plan import DeliveryPlan, Item

MP3_KBPS = 320
MP3_CHANNELS = 2
FLAC_CHANNELS = 8
CD_FAMILY_HZ, VIDEO_FAMILY_HZ = 44100, 48000


def decide(
    *,
    rate_hz: int,
    channels: int = 2,
    title: str = "",
    artist: str = "",
    album: str = "",
    composer: str = "",
    copyright: str = "",
    date: str = "",
    isrc: str | None = None,
) -> DeliveryPlan:
    """A 24-bit WAV and FLAC at the session's own rate, and an MP3 at 44.1 or 48 kHz of the same family.

    More than two channels have no place in an MP3: there is none then. Title and artist as `song.toml` has them; what
    a file system cannot take is replaced in the file name only.
    """
    items = [Item(kind="wav", rate_hz=rate_hz, bits=24)]
    if channels <= FLAC_CHANNELS:
        items.append(Item(kind="flac", rate_hz=rate_hz, bits=24))
    if channels <= MP3_CHANNELS:
        items.append(Item(kind="mp3", rate_hz=lossy_rate_hz(rate_hz), bitrate_kbps=MP3_KBPS))
    return DeliveryPlan(
        name=safe_name(" - ".join(part for part in (artist.strip(), title.strip()) if part)),
        title=title,
        artist=artist,
        album=album,
        composer=composer,
        copyright=copyright,
        date=date,
        isrc=(isrc or "").replace("-", "").replace(" ", "").upper(),
        items=tuple(items),
    )


def lossy_rate_hz(rate_hz: int) -> int:
    """44.1 kHz for its multiples, 48 kHz for every other rate: what all players take."""
    return CD_FAMILY_HZ if rate_hz % CD_FAMILY_HZ == 0 else VIDEO_FAMILY_HZ
