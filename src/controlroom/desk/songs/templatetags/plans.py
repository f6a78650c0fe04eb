"""A plan's tree of fields as fieldsets."""

from __future__ import annotations

from html import escape
from typing import Any

from django import template
from django.template.defaultfilters import capfirst
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from controlroom.base.errors import UsageError
from controlroom.desk.songs.room_views import shown_value
from controlroom.production.plan_fields import Field, Group, Value

register = template.Library()


@register.simple_tag
def plan_group(group: Group, sent: Any, refused: UsageError | None, depth: int = 0) -> SafeString:
    """A group and all below it; `sent` is what somebody typed, where it was refused."""
    below = mark_safe("".join(plan_group(each, sent, refused, depth + 1) for each in group.groups))
    context = {
        "group": group,
        "depth": depth,
        "below": below,
        "fields": mark_safe("".join(_field(each, sent, refused) for each in group.fields)),
        "adds": mark_safe("".join(_field(each, sent, refused, is_new=True) for each in group.adds)),
    }
    return get_template("songs/rooms/plan_group.html").render(context)


def _field(field: Field, sent: Any, refused: UsageError | None, *, is_new: bool = False) -> str:
    """One field, as HTML. The plan of a mix has two thousand: templates, or `format_html`, would take too long."""
    name, typed = escape(field.path), field.path in sent
    value: Value = str(sent.get(field.path)) if typed else None if is_new else field.value
    error = escape(refused.why) if refused and refused.what == field.path else ""
    marks = " disabled" * field.fixed
    if field.kind == "flag":
        control = _flag(field, name, f"{' checked' * bool(value)}{marks}")
    else:
        marks += f' aria-invalid="true" aria-describedby="f-{name}-error"' if error else ""
        unit = f' <span class="faint">{escape(field.unit)}</span>' if field.unit else ""
        control = f'<label for="f-{name}">{escape(capfirst(field.label))}{unit}</label>'
        written = _choice if field.kind == "choice" else _line
        control += written(field, name, value, marks, is_new)
    below = f'<p class="help faint num">{escape(said)}</p>' if (said := _bounds(field)) else ""
    below = f'<p class="error" id="f-{name}-error">{error}</p>' if error else below
    return f'<div class="field{" wrong" if error else ""}">{control}{below}</div>\n'


def _flag(field: Field, name: str, marks: str) -> str:
    box = f'<input type="checkbox" id="f-{name}" name="{name}"{marks}> {escape(capfirst(field.label))}'
    return f'<label class="row" for="f-{name}">{box}</label><input type="hidden" name="flag:{name}" value="1">'


def _line(field: Field, name: str, value: Value, marks: str, is_new: bool) -> str:
    shown = "" if value is None else value if isinstance(value, str) else shown_value(value)
    marks += ' inputmode="decimal" class="num"' if field.kind == "number" else ""
    return f'<input id="f-{name}" name="{name}" value="{escape(shown)}"{marks}>'


def _choice(field: Field, name: str, value: Value, marks: str, is_new: bool) -> str:
    empty = '<option value=""></option>' if field.optional or is_new else ""
    chosen = str(value)
    options = "".join(
        f"<option{' selected' * (each == chosen)}>{escape(each)}</option>" for each in map(str, field.choices)
    )
    return f'<select id="f-{name}" name="{name}"{marks}>{empty}{options}</select>'


def _bounds(field: Field) -> str:
    if field.at_least is None and field.at_most is None:
        return ""
    if field.at_least is None:
        return f"at most {field.at_most:g}"
    return f"at least {field.at_least:g}" if field.at_most is None else f"{field.at_least:g} to {field.at_most:g}"
