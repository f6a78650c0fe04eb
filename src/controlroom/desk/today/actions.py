"""What is told, and to whom: a notice for each colleague, grouped into one mail at a time."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Min
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.models import User
from controlroom.desk.songs.models import Event
from controlroom.desk.today.models import Notice

GATHERED = timedelta(minutes=10)
"""A mail waits so long for what else happens: many notes in a row come in one."""
MOST_IN_A_MAIL = 40


def notify(event: Event, actor: Actor) -> None:
    """Tell every colleague of what happened on a song, but for whoever did it. The same again is told once."""
    group = f"song:{event.song_id}:{event.recording_id or 0}:{event.kind}"
    known = set(
        Notice.objects.filter(group=group, says=event.says, seen_at=None, mailed_at=None).values_list(
            "user_id", flat=True
        )
    )
    url = reverse("review", args=[event.recording_id]) if event.recording_id else reverse("song", args=[event.song_id])
    Notice.objects.bulk_create(
        Notice(studio_id=event.studio_id, user_id=user, song_id=event.song_id, group=group, says=event.says, url=url)
        for user in User.objects.filter(studio_id=event.studio_id, is_active=True).values_list("pk", flat=True)
        if f"user:{user}" != actor.key and user not in known
    )


def mark_seen(actor: Actor, song_id: int | None = None) -> int:
    """The user has seen what there is to know (of one song, or of all); says how much that was."""
    unseen = Notice.objects.filter(studio_id=actor.studio_id, user_id=actor.user_id, seen_at=None)
    if song_id is not None:
        unseen = unseen.filter(song_id=song_id)
    return unseen.update(seen_at=timezone.now())


def send_gathered() -> int:
    """Mail what users have not seen, one mail each, once the oldest has waited long enough; says how many mails.

    What could not be sent stays, and is tried again.
    """
    waiting = Notice.objects.filter(seen_at=None, mailed_at=None, user__wants_mail=True, user__is_active=True)
    due = waiting.values("user_id").annotate(oldest=Min("created_at")).filter(oldest__lte=timezone.now() - GATHERED)
    sent = 0
    for row in due:
        user = User.objects.select_related("studio").get(pk=row["user_id"])
        notices = list(waiting.filter(user=user).select_related("song").order_by("song_id", "created_at"))
        if _send(user, notices):
            Notice.objects.filter(pk__in=[each.pk for each in notices]).update(mailed_at=timezone.now())
            sent += 1
    return sent


def _send(user: User, notices: list[Notice]) -> bool:
    songs: dict[str, list[Notice]] = {}
    for notice in notices[:MOST_IN_A_MAIL]:
        songs.setdefault(notice.song.title if notice.song else "The studio", []).append(notice)
    context = {
        "user": user,
        "songs": songs,
        "more": max(len(notices) - MOST_IN_A_MAIL, 0),
        "site": settings.SITE_URL,
        "settings_url": reverse("settings"),
    }
    titles = ", ".join(songs)
    subject = f"{user.studio.name}: news of {titles if len(titles) < 80 else f'{len(songs)} songs'}"
    try:
        send_mail(" ".join(subject.split()), render_to_string("today/mail.txt", context), None, [user.email])
    except OSError:  # smtplib's errors are OSErrors: the server is not there, or refuses
        return False
    return True
