"""Guests' views: the link in the address says who comes, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from controlroom.desk.accounts.rights import with_methods
from controlroom.desk.guests import actions
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.guests.tokens import link_of

View = Callable[..., HttpResponseBase]


def guest_needs(right: str, *methods: str, known: bool = True) -> Callable[[View], View]:
    """The view is for guests whose link allows `right` ("": any link), by `methods` (GET when none is named).

    The view is called with `request.guest` (the `GuestLink`) and `request.actor`. An unknown link is 404, one that is
    revoked or has expired 410, a missing right 403. `known`: the password has been given and the name is known;
    otherwise the guest is sent to the link's first page.
    """
    allowed = with_methods(methods or ("GET",))

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            link = link_of(token)
            if link is None:
                return render(request, "guests/no_link.html", status=404)
            if link.state != "open":
                return render(request, "guests/closed.html", {"link": link, "studio": link.studio}, status=410)
            if known and missing(request, link):
                return redirect("guest", token=token)
            request.guest, request.actor, request.token = link, link.actor, token
            if right and right not in link.rights:
                return render(request, "guests/not_allowed.html", {"link": link, "studio": link.studio}, status=403)
            answer = view(request, *args, **kwargs)
            if answer.status_code < 400 and not missing(request, link):
                actions.opened(link)
            return _unlisted(answer)

        guarded.right = f"guest:{right}" if right else "guest"  # type: ignore[attr-defined]
        guarded.methods = allowed  # type: ignore[attr-defined]
        return guarded

    return guard


def missing(request: HttpRequest, link: GuestLink) -> str:
    """What the guest has to say first: "password", "name" or nothing."""
    if link.password and request.session.get(f"guest-{link.pk}") != link.password:
        return "password"
    return "" if link.guest_name else "name"


def _unlisted(answer: HttpResponseBase) -> HttpResponseBase:
    """No search engine keeps a guest's page. That no other site learns its address is the policy of every page
    ("same-origin"; with "no-referrer" browsers send forms as from nowhere, and the check against forgeries fails)."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
