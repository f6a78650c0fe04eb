"""A plan's tree of fields as fieldsets."""

from __future__ import annotations

from typing import Any

import msgspec
from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from controlroom.base.errors import UsageError
from controlroom.desk.songs.room_views import shown_value
from controlroom.production.plan_fields import Field, Group

register = template.Library()


@register.simple_tag
def plan_group(group: Group, sent: Any, refused: UsageError | None, depth: int = 0) -> SafeString:
    """A group and all below it; `sent` is what somebody typed, where it was refused."""
    below = mark_safe("".join(plan_group(each, sent, refused, depth + 1) for each in group.groups))
    context = {
        "group": group,
        "depth": depth,
        "below": below,
        "fields": [_field(each, sent, refused) for each in group.fields],
        "adds": [_field(each, sent, refused, is_new=True) for each in group.adds],
    }
    return render_to_string("songs/rooms/plan_group.html", context)


def _field(field: Field, sent: Any, refused: UsageError | None, *, is_new: bool = False) -> dict[str, Any]:
    empty = field.value is None or is_new
    shown = sent.get(field.path, "") if field.path in sent else "" if empty else shown_value(field.value)
    value: Any = shown if field.path in sent else None if is_new else field.value
    return {
        **msgspec.structs.asdict(field),
        "value": value,
        "shown": shown,
        "is_new": is_new,
        "bounds": _bounds(field),
        "error": refused.why if refused and refused.what == field.path else "",
    }


def _bounds(field: Field) -> str:
    if field.at_least is None and field.at_most is None:
        return ""
    if field.at_least is None:
        return f"at most {field.at_most:g}"
    return f"at least {field.at_least:g}" if field.at_most is None else f"{field.at_least:g} to {field.at_most:g}"
