"""What the report plays: small Opus streams of mix and master inside the page, so that it can be mailed as it is."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import NamedTuple

from controlroom.base.progress import Progress
from controlroom.production.results import Story
from controlroom.production.shares import shared_out
from controlroom.production.workshop import Workshop
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Signal
from controlroom.sound.survey import Survey

PREVIEW = Format("opus", bitrate_kbps=128)
PREVIEW_RATE_HZ = 48000


class Player(NamedTuple):
    """One sound of the page; `gain_db` turns it down to the quietest of them."""

    label: str
    src: str
    gain_db: float


class Played(NamedTuple):
    label: str
    path: Path
    key: str
    survey: Survey


def players(story: Story, shop: Workshop, progress: Progress) -> list[Player]:
    """Mix and master, the master first in the ear; empty when there is neither."""
    found = [made for made in (_mix(story), _master(story)) if made and made.survey.channels <= 2]
    sources = shared_out(lambda made, share: _embedded(made, shop, share), found, progress)
    levels = [made.survey.loudness.integrated_lufs for made in found]
    quietest = min((level for level in levels if level is not None), default=0.0)
    return [
        Player(made.label, source, 0.0 if level is None else round(quietest - level, 2))
        for made, source, level in zip(found, sources, levels, strict=True)
    ]


def _mix(story: Story) -> Played | None:
    if (mix := story.mix) is None:
        return None
    return Played("Mix", mix.path, mix.key, mix.survey)


def _master(story: Story) -> Played | None:
    if (master := story.master) is None:
        return None
    return Played("Master", master.paths[master.plan.rate_hz], master.facts.key, master.survey)


def _embedded(made: Played, shop: Workshop, progress: Progress) -> str:
    preview = shop.ledger.home / "previews" / f"{made.label.lower()}.opus"
    if not shop.ledger.fresh(preview, made.key):
        with AudioFile(made.path) as sound:
            signal: Signal = sound if sound.rate_hz == PREVIEW_RATE_HZ else Resampled(sound, PREVIEW_RATE_HZ)
            write(preview, signal, PREVIEW, progress=progress)
        shop.ledger.record(preview, made.key)
    return "data:audio/ogg;base64," + base64.b64encode(preview.read_bytes()).decode()
