"""The pages of refusal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

UNREADABLE = "What was sent cannot be read, or is more than the desk takes at once. Go back and make it shorter."
STALE = "It was not sent from a page of this desk, or that page is too old. Load the page again, with cookies allowed."


def unreadable(request: HttpRequest, exception: Exception | None = None, status: int = 400) -> HttpResponse:
    return render(request, "desk/refusal.html", {"says": UNREADABLE}, status=status)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Something was sent without the token that our own pages have (CSRF)."""
    return render(request, "desk/403.html", {"says": STALE}, status=403)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "desk/403.html", status=403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "desk/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("desk/500.html"), status=500)  # asks nothing: the database may be what broke
