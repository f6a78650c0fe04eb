"""What stands in the addresses that need no account: a seat's own page, the private feed. Signed, not stored."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from controlroom.desk.calendar.models import Rules, Seat

_SEATS, _FEEDS = "controlroom.calendar.seats", "controlroom.calendar.feeds"


def seat_address(seat: Seat) -> str:
    """The whole address of somebody's page about a session: its poll, its invitation, its sheet."""
    return settings.SITE_URL + reverse("seat", args=[Signer(salt=_SEATS, sep=".").sign(str(seat.pk))])


def seat_of(token: str) -> Seat | None:
    """The seat of a token; None for one that we did not sign, or whose row is gone."""
    pk = _unsigned(token, _SEATS)
    rows = Seat.objects.select_related("session__studio", "session__room", "person")
    return rows.filter(pk=pk).first() if pk.isdecimal() else None


def feed_address(rules: Rules) -> str:
    """The whole address of the private feed; "" while it is closed."""
    if not rules.feed_nonce:
        return ""
    token = Signer(salt=_FEEDS, sep=".").sign(f"{rules.studio_id}-{rules.feed_nonce}")
    return settings.SITE_URL + reverse("feed", args=[token])


def feed_of(token: str) -> Rules | None:
    """The studio whose feed it is; None for an address that was closed."""
    studio, _, nonce = _unsigned(token, _FEEDS).partition("-")
    rows = Rules.objects.select_related("studio").exclude(feed_nonce="")
    return rows.filter(studio_id=studio, feed_nonce=nonce).first() if studio.isdecimal() else None


def _unsigned(token: str, salt: str) -> str:
    try:
        return Signer(salt=salt, sep=".").unsign(token)
    except BadSignature:
        return ""
