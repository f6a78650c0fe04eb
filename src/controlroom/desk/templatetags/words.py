"""How figures and times read on a page. Everything a template says of a number goes through one of these."""

from __future__ import annotations

from collections.abc import Sized
from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds as m:ss.t, the way a session clock shows them."""
    if seconds is None:
        return ""
    tenths = round(float(seconds) * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


@register.filter
def duration(seconds: float | None) -> str:
    """A duration as people say it: 3:34, or 1:02:03 beyond an hour."""
    if seconds is None:
        return ""
    whole = round(float(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


@register.filter
def figure(value: float | None, unit: str = "") -> str:
    """A figure with one decimal and its unit, frames whole; a dash where it does not exist."""
    decimals = 0 if unit == "frames" else 1
    return "–" if value is None else f"{value:.{decimals}f} {unit}".strip().replace("-", "−")


@register.filter
def size(octets: int | None) -> str:
    """Bytes as people read them: 48.2 MB."""
    amount = float(octets or 0)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return ""


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago something was: just now, 5 min ago, 2 h ago, yesterday, 3 days ago, then the date."""
    if moment is None:
        return ""
    now = timezone.now()
    past = now - moment
    if past < timedelta(minutes=1):
        return "just now"
    if past < timedelta(hours=1):
        return f"{int(past.total_seconds() // 60)} min ago"
    days = (timezone.localtime(now).date() - timezone.localtime(moment).date()).days
    if days <= 0 or past < timedelta(hours=6):
        return f"{int(past.total_seconds() // 3600)} h ago"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 14 else day(timezone.localtime(moment).date())


@register.filter
def waited(moment: datetime | None) -> str:
    """How long somebody has waited: 40 min, 5 h, 2 d."""
    if moment is None:
        return ""
    seconds = max((timezone.now() - moment).total_seconds(), 0.0)
    if seconds < 3600:
        return f"{int(seconds // 60)} min"
    return f"{int(seconds // 3600)} h" if seconds < 86400 else f"{int(seconds // 86400)} d"


@register.filter
def day(value: date | None) -> str:
    """Monday, 23 November; with the year when it is another one."""
    if value is None:
        return ""
    year = f" {value.year}" if value.year != timezone.localdate().year else ""
    return f"{value:%A}, {value.day} {value:%B}{year}"


@register.filter
def moment(at: datetime | None) -> str:
    """Thursday, 3 December, 14:00, in the zone that is active."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{day(local.date())}, {local:%H:%M}"


@register.filter
def hours(minutes: int | None) -> str:
    """Minutes as people say them: 45 min, 4 h, 4 h 30 min."""
    whole, rest = divmod(minutes or 0, 60)
    return f"{whole} h {rest} min" if whole and rest else f"{whole} h" if whole else f"{rest} min"


@register.filter
def count(counted: int | Sized, words: str) -> str:
    """ "1 note", "3 notes": `words` is "note,notes". A number, or what is to be counted."""
    one, many = words.split(",")
    number = counted if isinstance(counted, int) else len(counted)
    return f"{number} {one if number == 1 else many}"
