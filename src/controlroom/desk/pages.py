"""The pages of refusal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "desk/403.html", status=403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "desk/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/500.html", status=500)
