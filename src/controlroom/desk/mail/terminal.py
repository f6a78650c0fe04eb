"""What the verbs of the terminal ask of the mail."""

from __future__ import annotations

from typing import Any

from controlroom.base.errors import UsageError
from controlroom.base.progress import Progress, scaled
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.mail import facts, fetching, sorting
from controlroom.desk.mail.models import KINDS, MailAccount, MailMessage
from controlroom.desk.people.text import whole_number
from controlroom.desk.songs.models import Song
from controlroom.rooms.correspondence import letters as room


def studio_here() -> Studio:
    """The studio of this desk; raises `UsageError` before the desk was started once."""
    studio = Studio.objects.order_by("pk").first()
    if studio is None:
        raise UsageError("The desk", "it was never started here", "Run controlroom start first.")
    return studio


def fetch(name: str, progress: Progress) -> dict[str, Any]:
    """Bring in what is new, of the account of that name (number, or address), or of all."""
    studio = studio_here()
    rows = MailAccount.objects.filter(studio=studio, removed_at=None)
    accounts = [row for row in rows if name in ("", row.name, str(row.pk), row.from_email)]
    if not accounts:
        known = ", ".join(row.name for row in rows) or "none yet; add one in the desk's mail settings"
        raise UsageError(name or "Mail", "there is no such account", f"There are: {known}.")
    told = []
    for number, account in enumerate(accounts):
        part = scaled(progress, number / len(accounts), (number + 1) / len(accounts), account.name)
        brought = fetching.fetch(account, part)
        told.append(
            {
                "account": account.name,
                "new": len(brought.messages),
                "demos": brought.recordings,
                "error": brought.error or None,
                "messages": [summary(row) for row in brought.messages],
            }
        )
    return {"accounts": told}


def summary(row: MailMessage) -> dict[str, Any]:
    """A message as the command prints it."""
    return {
        "message": row.pk,
        "message_id": row.message_id,
        "at": row.at,
        "from": row.from_email,
        "subject": row.subject,
        "label": row.label,
        "kind": row.kind,
        "urgent": row.urgent,
        "confidence": round(row.confidence, 3),
        "reasons": [says for _, says in row.reasons],
        "by": row.sorted_by,
    }


def triage(most: int, progress: Progress) -> dict[str, Any]:
    """Sort the newest messages anew; what somebody sorted by hand stays."""
    studio = studio_here()
    changed = sorting.sort_recent(studio.pk, progress)
    rows = MailMessage.objects.filter(studio=studio, direction="in").order_by("-at", "-pk")[:most]
    numbers = {kind: MailMessage.objects.filter(studio=studio, direction="in", kind=kind).count() for kind, _ in KINDS}
    return {"changed": changed, "numbers": numbers, "messages": [summary(row) for row in rows]}


def draft(of: str, kind: str, tone: str, language: str) -> dict[str, Any]:
    """The draft of a letter that answers a message (its number, or Message-ID), or is about a song ("song:12", or its
    title). Nothing is kept, and nothing is sent."""
    studio = studio_here()
    user = User.objects.filter(studio=studio, role="producer", is_active=True).order_by("pk").first()
    actor = user.actor if user else Actor(studio_id=studio.pk, name=studio.name, key="house")
    message = _message(studio, of)
    song = message.song if message else _song(studio, of)
    person = message.person if message else song.artist if song else None
    tone = tone or (person.tone if person else "") or "warm"
    language = language or (person.language if person else "") or "en"
    about = facts.About(actor, person, song, message, {})
    if kind not in dict(facts.KINDS) or not kind:
        known = ", ".join(each for each, _ in facts.KINDS if each)
        raise UsageError(f"--kind {kind}", "there is no such letter", f"Choose {known}.")
    written = room.draft(kind, facts.facts_of(kind, about), tone=tone, language=language)  # type: ignore[arg-type]
    to = (message.reply_to or message.from_email) if message else person.email if person else ""
    return {
        "kind": kind,
        "to": to,
        "subject": written.subject,
        "body": written.body,
        "tone": tone,
        "language": language,
        "missing": list(written.missing),
        "used": list(written.used),
    }


def _message(studio: Studio, of: str) -> MailMessage | None:
    rows = MailMessage.objects.filter(studio=studio).select_related("song__artist", "person", "thread")
    number = whole_number(of)
    return rows.filter(pk=number).first() if number else rows.filter(message_id=of.strip("<>")).first()


def _song(studio: Studio, of: str) -> Song:
    rows = Song.objects.filter(studio=studio).select_related("artist")
    number = whole_number(of.removeprefix("song:")) if of.startswith("song:") else None
    found = rows.filter(pk=number).first() if number else rows.filter(title__iexact=of, archived_at=None).first()
    if found is None:
        raise UsageError(of, "no message and no song is called that", "Give a message's number, or a song's title.")
    return found
