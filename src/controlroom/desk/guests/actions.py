"""What is done with links: made, mailed, revoked; and what a guest says of themselves."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.desk.accounts.actor import GUEST_RIGHTS, Actor
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.guests.tokens import address_of
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import many_lines, one_line
from controlroom.desk.songs.actions import tell
from controlroom.desk.songs.models import Recording, Song


@transaction.atomic
def make_link(
    actor: Actor,
    *,
    song: Song | None = None,
    recording: Recording | None = None,
    person: Person | None = None,
    name: str = "",
    rights: list[str],
    expires_at: datetime | None = None,
    password: str = "",
) -> tuple[GuestLink, str]:
    """A link for one person to a song, to one version (`recording`), or to the demo box (neither); and its address.

    `rights` as `GUEST_RIGHTS`; to hear is always among them, but for the demo box. Raises `UsageError`.
    """
    actor.must("invite")
    odd = set(rights) - set(GUEST_RIGHTS)
    if odd:
        raise UsageError(", ".join(sorted(odd)), "a guest has no such right", f"Choose {', '.join(GUEST_RIGHTS)}.")
    if expires_at is not None and expires_at <= timezone.now():
        raise UsageError("The link's end", "it lies in the past", "Choose a later day.")
    song = recording.song if recording else song
    allowed = [right for right in GUEST_RIGHTS if right in rights or right == "listen"] if song else ["upload"]
    link = GuestLink.objects.create(
        studio_id=actor.studio_id,
        song=song,
        recording=recording,
        person=person,
        name="" if person else one_line(name, 160),
        nonce=secrets.token_hex(8),
        rights=allowed,
        password=make_password(password) if password else "",
        expires_at=expires_at,
        made_by=actor.name,
        made_by_key=actor.key,
    )
    if song:
        what = recording.label if recording else song.title
        tell(actor, song, "decided", f"{link.guest_name or 'A guest'} may {_spoken(allowed)} {what}")
    return link, address_of(link)


def _spoken(rights: list[str]) -> str:
    words = {
        "listen": "hear",
        "comment": "comment on",
        "approve": "approve",
        "upload": "add to",
        "download": "download",
    }
    said = [words[right] for right in rights]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def revoke(actor: Actor, link: GuestLink) -> GuestLink:
    """The link opens nothing any more; what its guest said stays."""
    actor.must("invite")
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        if link.song:
            tell(actor, link.song, "decided", f"The link of {link.guest_name or 'a guest'} was revoked")
    return link


def allow_again(actor: Actor, link: GuestLink) -> GuestLink:
    """Undo a revocation: the same address opens again."""
    actor.must("invite")
    if link.revoked_at is not None:
        link.revoked_at = None
        link.save(update_fields=["revoked_at"])
    return link


def mail_link(actor: Actor, link: GuestLink, words: str) -> None:
    """Send the link to its person, with the words somebody wrote. Raises `UsageError`, `SurroundingsFailed`."""
    actor.must("invite")
    if not (link.person and link.person.email):
        raise UsageError(
            link.guest_name or "This guest", "no mail address is known", "Copy the link, or add the address."
        )
    about = (
        link.recording.label + " of " + link.song.title if link.recording and link.song else str(link.song or "demos")
    )
    body = f"{many_lines(words, 5000)}\n\n{address_of(link)}\n"
    try:
        send_mail(one_line(f"{link.studio.name}: {about}", 200), body, None, [link.person.email])
    except OSError as error:  # smtplib's errors are OSErrors
        raise SurroundingsFailed("The mail", f"it could not be sent ({error})", "Copy the link instead.") from error
    if link.song:
        tell(actor, link.song, "said", f"Mailed a link to {link.guest_name}")


def introduce(link: GuestLink, name: str) -> GuestLink:
    """The guest says who they are, once."""
    said = one_line(name, 160)
    if not said:
        raise UsageError("Your name", "it is empty", "Type how you want to be called.")
    if not link.guest_name:
        link.name = said
        link.save(update_fields=["name"])
    return link


def opens_with(link: GuestLink, password: str) -> bool:
    return check_password(password, link.password)


def opened(link: GuestLink) -> None:
    """The guest is here; the first time is kept."""
    if link.opened_at is not None:
        return
    link.opened_at = timezone.now()
    first = GuestLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=link.opened_at)
    if first and link.song:
        tell(link.actor, link.song, "said", f"{link.guest_name or 'A guest'} opened the link")
