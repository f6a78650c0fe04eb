"""Forms of accounts."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms

from controlroom.desk.accounts.models import User


def zone_choices(empty: str) -> list[tuple[str, str]]:
    return [("", empty), *((name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name)]


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=120)
    time_zone = forms.ChoiceField(required=False)
    wants_mail = forms.BooleanField(required=False, label="Mail me what I missed, grouped")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices("The studio's")


class PasswordForm(forms.Form):
    old = forms.CharField(label="Old password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(label="New password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))


class StudioForm(forms.Form):
    name = forms.CharField(max_length=120, label="Studio")
    time_zone = forms.ChoiceField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [("UTC", "UTC"), *zone_choices("")[1:]]


class ColleagueForm(forms.Form):
    email = forms.EmailField()
    name = forms.CharField(max_length=120)
    role = forms.ChoiceField(choices=User.ROLES)
