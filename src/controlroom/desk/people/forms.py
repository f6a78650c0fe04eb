"""Forms of people."""

from __future__ import annotations

from typing import Any

from django import forms

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.forms import LongSelect, zone_choices
from controlroom.desk.people.actions import CHANGEABLE, IDENTIFIERS, identifier
from controlroom.desk.people.models import Person


class PersonForm(forms.Form):
    name = forms.CharField(max_length=160)
    kind = forms.ChoiceField(choices=Person.KINDS, label="Mostly")
    email = forms.EmailField(required=False, label="Mail")
    phone = forms.CharField(max_length=60, required=False)
    time_zone = forms.ChoiceField(required=False, widget=LongSelect)
    tone = forms.ChoiceField(choices=Person.TONES, required=False, label="Tone of our letters")
    language = forms.ChoiceField(choices=Person.LANGUAGES, required=False, label="Language of our letters")
    ipi = forms.CharField(max_length=20, required=False, label="IPI", help_text="The number of a writer, 11 figures.")
    isni = forms.CharField(max_length=24, required=False, label="ISNI", help_text="16 places, the last may be X.")
    notes = forms.CharField(required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices("Not known")

    def clean(self) -> dict[str, Any]:
        for field in IDENTIFIERS:
            try:
                self.cleaned_data[field] = identifier(field, self.cleaned_data.get(field, ""))
            except UsageError as error:
                self.add_error(field, str(error))
        return self.cleaned_data

    @classmethod
    def of(cls, person: Person) -> PersonForm:
        return cls(initial={name: getattr(person, name) for name in CHANGEABLE})
