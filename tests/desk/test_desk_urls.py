"""Every address states the right it needs, and keeps to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from controlroom.desk.accounts.actor import GUEST_RIGHTS, RIGHTS

KNOWN = {"anyone", "guest", *RIGHTS["producer"], *(f"guest:{right}" for right in GUEST_RIGHTS)}


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        else:
            yield route, each


ALL = dict(patterns())


def address(route: str) -> str:
    """An address of that route, with something in every place."""
    filled = {"int": "1", "str": "x", "uuid": "6b1d3a54-3d31-4c2b-8a0e-0c8e0f2f7a11", "slug": "x", "path": "x"}
    parts = []
    for piece in route.split("<"):
        kind, closed, rest = piece.partition(">")
        parts.append(filled[kind.partition(":")[0] if ":" in kind else "str"] + rest if closed else piece)
    return "/" + "".join(parts)


@pytest.mark.parametrize("route", ALL, ids=lambda route: route or "/")
def test_a_view_states_its_right(route: str) -> None:
    view = ALL[route].callback
    assert getattr(view, "right", None) in KNOWN, f"/{route} does not state the right it needs"
    assert getattr(view, "methods", None), f"/{route} does not state its methods"


@pytest.mark.django_db
@pytest.mark.parametrize("route", ALL, ids=lambda route: route or "/")
def test_a_method_it_does_not_take_is_refused(route: str) -> None:
    view = ALL[route].callback
    wrong = next(method for method in ("DELETE", "PUT", "GET", "POST") if method not in view.methods)
    assert Client().generic(wrong, address(route)).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("route", [r for r, p in ALL.items() if getattr(p.callback, "right", "") in RIGHTS["producer"]])
def test_nobody_signed_in_is_sent_to_the_login(route: str) -> None:
    method = next(iter(sorted(set(ALL[route].callback.methods) - {"HEAD"})))
    answer = Client().generic(method, address(route))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")
