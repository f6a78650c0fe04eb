"""The rooms as background work. Only the process that takes a song through them loads them: 160 MB, some seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from controlroom.base.progress import Progress
from controlroom.desk.works import work

if TYPE_CHECKING:
    from controlroom.production.options import Stage


@work("songs.produce", queue="heavy")
def produce(progress: Progress, *, song: int, until: Stage, anew: bool = False, mix: str = "") -> dict[str, Any]:
    """As `production.produce`."""
    from controlroom.desk.songs import production

    return production.produce(progress, song=song, until=until, anew=anew, mix=mix)
