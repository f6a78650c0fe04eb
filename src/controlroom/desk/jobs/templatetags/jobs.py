"""A song's jobs on the pages of other apps, there from the first moment: nothing below them jumps."""

from __future__ import annotations

from typing import Any

from django import template

from controlroom.desk.jobs.shown import of_song
from controlroom.desk.songs.models import Song

register = template.Library()


@register.inclusion_tag("jobs/of_song.html", takes_context=True)
def song_jobs(context: Any, song: Song) -> dict[str, Any]:
    """What is being done for `song`; the page asks for it again when a job begins or ends."""
    return {"actor": context["actor"], **of_song(context["actor"], song)}
