"""Every view says which right it needs, and which methods it takes. A test walks all URLs and looks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render, resolve_url

View = Callable[..., HttpResponse]


class Asking(HttpRequest):
    """A request whose actor is known: what views behind `needs` are given."""

    actor: Any
    htmx: Any


def _marked(view: View, right: str, methods: tuple[str, ...]) -> View:
    view.right = right  # type: ignore[attr-defined]
    view.methods = methods  # type: ignore[attr-defined]
    return view


def with_methods(methods: tuple[str, ...]) -> tuple[str, ...]:
    """HEAD goes wherever GET goes."""
    return (*methods, "HEAD") if "GET" in methods else methods


def needs(right: str, *methods: str) -> Callable[[View], View]:
    """The view is for users with `right`, by `methods` (GET when none is named).

    Nobody signed in: to the login page (401 with HX-Redirect for htmx). Signed in without the right: 403.
    """
    allowed = with_methods(methods or ("GET",))

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            if not request.user.is_authenticated:
                return _to_login(request)
            request.actor = request.user.actor
            if not request.actor.may(right):
                return render(request, "desk/403.html", status=403)
            return view(request, *args, **kwargs)

        return _marked(guarded, right, allowed)

    return guard


def open_to_all(*methods: str) -> Callable[[View], View]:
    """The view is for anybody: signing in, and what a guest's link opens (the link itself is checked inside)."""
    allowed = with_methods(methods or ("GET",))

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            return view(request, *args, **kwargs)

        return _marked(guarded, "anyone", allowed)

    return guard


def _to_login(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = resolve_url("login")
        return answer
    return redirect_to_login(request.get_full_path())
