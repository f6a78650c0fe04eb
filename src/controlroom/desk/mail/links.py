"""Fetching what a link in a message leads to, when somebody asks: through the one guarded door, never on its own."""

from __future__ import annotations

from controlroom.base.errors import ControlroomError, UsageError
from controlroom.base.progress import Progress
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mail import demos
from controlroom.desk.mail.models import LinkFetch, MailMessage
from controlroom.desk.people.text import file_name, one_line
from controlroom.desk.songs import renditions

FETCHED = ("audio", "dropbox", "drive", "wetransfer")
"""Kinds of links behind which sound may be had."""


def ask(actor: Actor, message: MailMessage, number: int) -> works.Asked:
    """Have the `number`-th link (from 0) of a message fetched."""
    actor.must("manage")
    if not 0 <= number < len(message.links):
        raise UsageError("The link", "it is not in this message", "Load the page again.")
    chosen = message.links[number]
    if chosen["kind"] not in FETCHED:
        raise UsageError(chosen["host"], "no sound is fetched from there", "Open it in a browser of yours.")
    return works.ask(actor, "mail.link", says=f"Fetching from {chosen['host']}", message=message.pk, url=chosen["url"])


def fetch_now(message: MailMessage, url: str, progress: Progress) -> str:
    """Bring in what is behind `url` as a demo; gives a sentence. What cannot be had is said beside the link."""
    from controlroom.outside import door

    row, _ = LinkFetch.objects.get_or_create(message=message, url=url)
    if row.recording_id is not None:
        return "It is here already."
    try:
        with renditions.scratch() as folder:
            fetched = door.fetch(url, folder / "fetched", progress=progress)
            recording = demos.arrived(message, fetched.path, file_name(fetched.name))
    except ControlroomError as error:
        if error.exit_code == 130:
            raise
        LinkFetch.objects.filter(pk=row.pk).update(says=one_line(str(error), 400))
        raise
    LinkFetch.objects.filter(pk=row.pk).update(recording=recording, says="")
    return f"{recording.label} of {recording.song.title} is here."
