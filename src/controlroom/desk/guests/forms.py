"""Forms of links."""

from __future__ import annotations

from django import forms

from controlroom.desk.accounts.actor import GUEST_RIGHTS
from controlroom.desk.accounts.forms import LongSelect

RIGHT_WORDS = {
    "listen": "hear every version",
    "comment": "leave notes",
    "approve": "approve a version",
    "upload": "upload files",
    "download": "download files",
}
Choices = list[tuple[int, str]]
ENDS = [("7", "in a week"), ("30", "in a month"), ("90", "in three months"), ("", "never")]


class LinkForm(forms.Form):
    """A new link; `people` are (pk, name), `versions` are (pk, label)."""

    person = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="For", widget=LongSelect)
    name = forms.CharField(
        max_length=160, required=False, label="or somebody new", help_text="Left empty, they are asked."
    )
    recording = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="What they get")
    rights = forms.MultipleChoiceField(
        choices=[(right, RIGHT_WORDS[right]) for right in GUEST_RIGHTS],
        widget=forms.CheckboxSelectMultiple,
        initial=["listen", "comment"],
        label="They may",
    )
    days = forms.TypedChoiceField(
        choices=ENDS, coerce=int, empty_value=None, required=False, label="The link ends", initial="30"
    )
    password = forms.CharField(
        max_length=100, required=False, help_text="Optional. Tell it to them by another way than the link."
    )

    def __init__(self, people: Choices, versions: Choices, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "somebody new"), *people]
        self.fields["recording"].choices = [("", "the whole song, every version"), *versions]


class MailForm(forms.Form):
    words = forms.CharField(label="What you write with it", max_length=5000, widget=forms.Textarea(attrs={"rows": 5}))


class NameForm(forms.Form):
    name = forms.CharField(
        max_length=160, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )


class WordForm(forms.Form):
    password = forms.CharField(
        max_length=100, widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True})
    )
