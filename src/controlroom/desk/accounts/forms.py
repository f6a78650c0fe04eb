"""Forms of accounts."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from controlroom.desk.accounts.models import User

ONE_LINE = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", "Type it on one line, in plain letters.", inverse_match=True
)


class LongSelect(forms.Select):
    """A select among hundreds: its options are written at once, where Django renders a template for each."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = ((key, mark_safe(" selected") if str(key) == chosen else "", label) for key, label in self.choices)
        return format_html(
            "<select{}>{}</select>",
            flatatt(self.build_attrs(self.attrs, {"name": name} | (attrs or {}))),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )


@cache
def _zones() -> tuple[tuple[str, str], ...]:
    """Every time zone and how it is written; the machine's list is read once."""
    return tuple((name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name)


def zone_choices(empty: str) -> list[tuple[str, str]]:
    return [("", empty), *_zones()]


class ProfileForm(forms.Form):
    name = forms.CharField(validators=[ONE_LINE], max_length=120)
    time_zone = forms.ChoiceField(required=False, widget=LongSelect)
    wants_mail = forms.BooleanField(required=False, label="Mail me what I missed, grouped")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices("The studio's")


class PasswordForm(forms.Form):
    old = forms.CharField(label="Old password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(label="New password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))


class StudioForm(forms.Form):
    name = forms.CharField(validators=[ONE_LINE], max_length=120, label="Studio")
    time_zone = forms.ChoiceField(widget=LongSelect)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [("UTC", "UTC"), *zone_choices("")[1:]]


class ColleagueForm(forms.Form):
    email = forms.EmailField()
    name = forms.CharField(validators=[ONE_LINE], max_length=120)
    role = forms.ChoiceField(choices=User.ROLES)
