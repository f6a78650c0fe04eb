"""Around every request: refusals become sentences, times are shown in the studio's zone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from controlroom.base.errors import Cancelled, ControlroomError, SurroundingsFailed
from controlroom.desk import pages
from controlroom.desk.accounts.actor import NotAllowed

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
FORM_BYTES = 1024**2
"""What may stand around the files in a form."""


class Refusals:
    """A `ControlroomError` that no view caught is answered with its sentence.

    422 in general, 403 where a right is lacking, 503 where the surroundings failed. What no view could mean is refused
    before one is asked: NUL in an address (400), a body larger than any file may be (413).
    """

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return pages.unreadable(request)
        if _length(request) > settings.MOST_UPLOAD_BYTES + FORM_BYTES:
            return pages.unreadable(request, status=413)
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError):
            log.exception("the database refused %s", request.method)
            error = SurroundingsFailed("The database", str(error), "Look at its disk, then try again.")
        if not isinstance(error, ControlroomError) or isinstance(error, Cancelled):
            return None
        status = 503 if isinstance(error, SurroundingsFailed) else 403 if isinstance(error, NotAllowed) else 422
        template = "desk/parts/refusal.html" if getattr(request, "htmx", False) else "desk/refusal.html"
        return render(request, template, {"says": _without_places(str(error))}, status=status)


def _length(request: HttpRequest) -> int:
    """How many bytes are announced to follow."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said[:19]) if said.isascii() and said.isdecimal() else 0


def _without_places(sentence: str) -> str:
    """Where the desk keeps its files is nobody's business but its keeper's, whom the log tells."""
    return sentence.replace(f"{settings.HOME}/", "")


class StudioTime:
    """Times on a page are the user's own, else the studio's."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            timezone.activate(zone_named(request.user.time_zone or request.user.studio.time_zone))
        else:
            timezone.deactivate()
        return self._answer(request)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
