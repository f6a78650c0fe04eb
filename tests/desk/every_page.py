"""Every address that answers GET, filled in for a studio: what the pages' queries and times are measured by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from desk.full_studio import Studio
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from controlroom.desk.calendar.planning import rules_of
from controlroom.desk.calendar.tokens import feed_address, seat_address
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.guests.tokens import token_of
from controlroom.desk.review.revision import EXPORTS
from controlroom.desk.songs.models import Upload


@dataclass(frozen=True)
class Page:
    """An address; `part`: as htmx asks for it."""

    url: str
    part: bool = False

    def __str__(self) -> str:
        return re.sub(r"/g/[^/]+/", "/g/…/", self.url) + (" (part)" if self.part else "")

    def get(self, client: Client) -> object:
        answer = client.get(self.url, headers={"hx-request": "true"} if self.part else {})
        for _ in answer if answer.streaming else ():
            pass
        return answer


def every_page(studio: Studio) -> list[Page]:
    """All addresses that take GET, and those that people reach from them by searching and turning pages."""
    return [*_walked(studio), *_asked(studio)]


def _walked(studio: Studio) -> Iterator[Page]:
    for route, pattern in _patterns():
        if "GET" in pattern.callback.methods and pattern.name not in ("login", "logout"):
            for link in studio.links[:2] if route.startswith("g/") else [None]:
                yield from (Page(url) for url in _filled(route, studio, link))


def _patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _patterns(each, route)
        else:
            yield route, each


def _filled(route: str, studio: Studio, link: GuestLink | None) -> list[str]:
    whose = {
        "songs": studio.song,
        "demos/steps": studio.song.demo_steps.first(),
        "jobs/of-song": studio.song,
        "recordings": studio.version,
        "notes": studio.note,
        "people": studio.people[0],
        "jobs": studio.jobs[0],
        "links": studio.links[0],
        "settings/colleagues": studio.user,
        "mail": studio.mail.message,
        "mail/attachments": studio.mail.attachment,
        "mail/letters": studio.mail.letter,
        "mail/accounts": studio.mail.account,
        "mail/promises": studio.mail.promises[0],
        "sessions": studio.calendar.done,
        "calendar/proposals": studio.calendar.proposal,
        "calendar/rules/rooms": studio.calendar.room,
        "calendar/rules/<slug:kind>": studio.calendar.room,
        "seats": studio.calendar.wanted_seat,
        "session-songs": studio.calendar.session_song,
        "masterings": studio.masterings[0],
    }
    what = route.partition("<int:pk>")[0].removeprefix("g/<str:token>/").strip("/")
    upload = Upload.objects.filter(studio_id=studio.studio_id).first()
    values = {
        "str:token": _token(route, studio, link),
        "int:pk": str(whose[what].pk) if "<int:pk>" in route else "",
        "int:rate_hz": "48000",
        "int:percent": "50",
        "slug:verb": "reply",
        "slug:name": "finish",
        "slug:field": "lyrics",
        "slug:stage": "mixing",
        "slug:key": "x",
        "slug:side": "asis",
        "slug:system": "phone",
        "path:name": "mix",
        "uuid:token": str(upload.pk) if upload else "",
        "uuid:upload": str(upload.pk) if upload else "",
    }
    kinds = [""]
    if "<slug:kind>" in route:
        kinds = ["rooms"] if route.startswith("calendar/") else list(EXPORTS)
    return ["/" + _fill(route, values | {"slug:kind": kind}) for kind in kinds]


def _token(route: str, studio: Studio, link: GuestLink | None) -> str:
    """What stands in an address that needs no account."""
    if route.startswith("s/"):
        seat = studio.calendar.booked.seats.first() if route.endswith("pdf") else studio.calendar.wanted_seat
        return seat_address(seat).rstrip("/").rpartition("/")[2]
    if route.startswith("feeds/"):
        return feed_address(rules_of(studio.studio_id)).rpartition("/")[2].removesuffix(".ics")
    return token_of(link) if link else ""


def _fill(route: str, values: dict[str, str]) -> str:
    return re.sub("<(.*?)>", lambda found: values[found[1]], route)


def _asked(studio: Studio) -> Iterator[Page]:
    song, version, note = studio.song.pk, studio.version.pk, studio.note.pk
    other = next(each for each in studio.recordings if each.kind == "take" and each.song_id == song)
    for url in (
        "/songs/?q=lantern",
        "/songs/?q=choir+water",
        "/songs/?page=3",
        "/songs/?stage=mixing",
        "/songs/?away=1",
        "/demos/?page=2",
        "/demos/?state=listening",
        "/demos/?state=declined",
        "/demos/?state=signed&page=2",
        "/people/?q=mara+1",
        "/people/?page=2",
        "/find/?q=mara",
        "/find/?q=no+such+thing",
        "/mail/?tab=urgent",
        "/mail/?tab=demo&done=1",
        "/mail/?q=bridge+vocal",
        f"/mail/{studio.mail.message.pk}/?as=html",
        f"/mail/letters/{studio.mail.letters[2].pk}/",
        "/mail/letters/?state=bounced",
        "/calendar/?from=2026-12-07",
        f"/calendar/propose/?session={studio.calendar.wanted.pk}",
        f"/sessions/{studio.calendar.wanted.pk}/",
        f"/sessions/{studio.calendar.booked.pk}/",
        f"/sessions/{studio.calendar.booked.pk}/invite/",
        f"/songs/{song}/timeline/?page=2",
        f"/recordings/{version}/review/?with={other.pk}",
        f"/notes/{note}/reply/?on={version}",
        f"/recordings/{studio.versions[0].pk}/review/",
        f"/recordings/{version}/master/?made={studio.masterings[0].pk}",
        f"/g/{token_of(studio.links[4])}/",
    ):
        yield Page(url)
    for url in (
        f"/songs/{song}/words/lyrics/?edit=1",
        f"/songs/{song}/timeline/?page=2",
        f"/recordings/{version}/",
        f"/recordings/{version}/notes/",
        f"/recordings/{version}/master/news/?seen=1",
        f"/notes/{note}/more/?on={version}",
        f"/notes/{note}/rewrite/?on={version}",
        "/today/running/",
    ):
        yield Page(url, part=True)


def visitor(studio: Studio) -> Client:
    """A browser in which the studio's user is signed in."""
    client = Client(SERVER_NAME="localhost" if "*" in settings.ALLOWED_HOSTS else settings.ALLOWED_HOSTS[0])
    client.force_login(studio.user)
    for link in studio.links[:2]:
        client.get(f"/g/{token_of(link)}/")  # the first time is told on the timeline
    return client
