"""A song's jobs on the pages of other apps, there from the first moment: nothing below them jumps."""

from __future__ import annotations

from typing import Any

from django import template

from controlroom.desk.jobs import shown
from controlroom.desk.jobs.models import Job
from controlroom.desk.songs.models import Song
from controlroom.desk.works import WORKS

register = template.Library()


@register.inclusion_tag("jobs/of_song.html", takes_context=True)
def song_jobs(context: Any, song: Song) -> dict[str, Any]:
    """What is being done for `song`; the page asks for it again when a job begins or ends."""
    return {"actor": context["actor"], **shown.of_song(context["actor"], song)}


@register.simple_tag(takes_context=True)
def job_for(context: Any, song: Song, work: str, **arguments: Any) -> Job | None:
    """The job that is to bring this about for `song`, and has not: it waits, runs, or failed."""
    return shown.job_for(context["actor"], song, WORKS[work].name, arguments)
