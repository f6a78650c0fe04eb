"""Takes become finished tracks: the best passages of several passes, topped and tailed, all mics together."""

from __future__ import annotations

from pathlib import Path

from controlroom.base.progress import Progress
from controlroom.production.results import Edited, Story, Track
from controlroom.production.workshop import Workshop


def edit_parts(story: Story, shop: Workshop, outputs: list[Path], progress: Progress) -> Story:
    material, surveys = story.material, story.checked.surveys
    tracks = []
    for part in material.song.parts:
        for mic in part.passes[0].mics:
            tracks.append(
                Track(
                    name=mic.path.stem,
                    path=shop.folder / mic.path,
                    key=material.sources[mic.path].sha256,
                    role=mic.role,
                    part=part.name,
                    side=mic.side,
                    printed=part.printed,
                    survey=surveys[mic.path],
                )
            )
    return story.with_(edited=Edited(tracks=tuple(tracks), plans=()))
