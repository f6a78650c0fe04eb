"""What stands around every page: the day as navigation, who is signed in, whose desk it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from controlroom.desk.accounts.actor import Actor

Count = Callable[[Actor], int]


@dataclass(frozen=True)
class Place:
    """A link of the navigation.

    `count` says how many things wait there for the producer, `also` how other addresses begin that belong to it.
    """

    group: str
    label: str
    url_name: str
    order: int
    count: Count | None = None
    right: str = "read"
    also: tuple[str, ...] = ()


_places: list[Place] = []
GROUPS = ("", "Morning", "Studio", "Office")


def place(group: str, label: str, url_name: str, *, order: int, **more: Any) -> None:
    """Add a link to the navigation (an app does so when it is ready); `more` as the fields of `Place`."""
    _places.append(Place(group, label, url_name, order, **more))
    _places.sort(key=lambda each: each.order)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor of every page."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.is_guest or getattr(request, "htmx", False):
        return {"actor": actor, "nav": []}
    return {"actor": actor, "studio": request.user.studio, "nav": _nav(actor, request.path)}


def _nav(actor: Actor, path: str) -> list[dict[str, Any]]:
    links = [(each, reverse(each.url_name)) for each in _places if actor.may(each.right)]
    begins = [(begin, url) for each, url in links for begin in (url, *each.also)]
    fits = [(len(begin), url) for begin, url in begins if path.startswith(begin) and (begin != "/" or path == "/")]
    here = max(fits, default=(0, ""))[1]
    groups = []
    for name in GROUPS:
        items = [
            {"label": each.label, "url": url, "count": each.count(actor) if each.count else 0, "here": url == here}
            for each, url in links
            if each.group == name
        ]
        if items:
            groups.append({"label": name, "items": items})
    return groups
