"""A guest link's address: the row's key and nonce, signed with the desk's secret."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from controlroom.desk.guests.models import GuestLink

_SALT = "controlroom.guests"


def token_of(link: GuestLink) -> str:
    """What stands in the link's address."""
    return Signer(salt=_SALT, sep=".").sign(f"{link.pk}-{link.nonce}")


def link_of(token: str) -> GuestLink | None:
    """The link of a token; None for one that we did not sign, or whose row is gone."""
    try:
        pk, _, nonce = Signer(salt=_SALT, sep=".").unsign(token).partition("-")
    except BadSignature:
        return None
    rows = GuestLink.objects.select_related("studio", "song", "song__artist", "recording", "person")
    return rows.filter(pk=pk, nonce=nonce).first() if pk.isdecimal() else None


def address_of(link: GuestLink) -> str:
    """The whole address, to copy or to mail."""
    return settings.SITE_URL + reverse("guest", args=[token_of(link)])
