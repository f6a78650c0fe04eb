"""Forms of songs. What a field takes is said in `changes.py`; a form only shows it."""

from __future__ import annotations

from typing import Any

from django import forms

from controlroom.base.errors import UsageError
from controlroom.desk.songs.changes import FIELDS, cleaned
from controlroom.desk.songs.models import KINDS, SAMPLES, STAGES, Song


class SongForm(forms.Form):
    """The facts of a song, as they are typed."""

    title = forms.CharField(max_length=200)
    artist = forms.CharField(max_length=160, required=False, help_text="A new name is added to the people.")
    tempo_bpm = forms.CharField(label="Tempo", required=False, max_length=20)
    key = forms.CharField(required=False, max_length=24, help_text="Like F# minor. Left empty, it is heard.")
    meter = forms.CharField(required=False, max_length=12, help_text="Like 4/4.")
    due_on = forms.DateField(label="Due", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    target_lufs = forms.FloatField(
        label="Loudness of the master", required=False, help_text="Left empty: as loud as the mix carries."
    )
    isrc = forms.CharField(label="ISRC", required=False, max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["artist"].widget.attrs |= {"list": "names", "autocomplete": "off"}
        self.fields["tempo_bpm"].unit = "BPM"
        self.fields["target_lufs"].unit = "LUFS"

    def clean(self) -> dict[str, Any]:
        for field in list(self.cleaned_data):
            if field in FIELDS:
                try:
                    self.cleaned_data[field] = cleaned(field, self.cleaned_data[field])
                except UsageError as error:
                    self.add_error(field, str(error))
        return self.cleaned_data


class FactsForm(SongForm):
    """All that is known of a song: its own facts, and what shops and libraries ask for at the release."""

    album = forms.CharField(max_length=200, required=False)
    label = forms.CharField(max_length=120, required=False)
    upc = forms.CharField(label="UPC or EAN", required=False, max_length=20)
    iswc = forms.CharField(label="ISWC", required=False, max_length=20, help_text="The code of the work.")
    date = forms.CharField(
        label="Release date", required=False, max_length=10, widget=forms.DateInput(attrs={"type": "date"})
    )
    copyright = forms.CharField(required=False, max_length=200, help_text="Like 2026 House Records.")
    language = forms.CharField(
        label="Language of the words", required=False, max_length=12, help_text="By its code, like en or pt-BR."
    )
    explicit = forms.ChoiceField(
        label="Explicit words", required=False, choices=[("", "Nobody has said"), ("no", "No"), ("yes", "Yes")]
    )
    samples = forms.ChoiceField(label="Samples of others", required=False, choices=[("", "Nobody has said"), *SAMPLES])
    cover = forms.FileField(
        required=False,
        help_text="JPEG or PNG, square, 3000 pixels or more.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    without_cover = forms.BooleanField(label="Take the cover off", required=False)

    @property
    def own(self) -> list[Any]:
        return [field for field in self if field.name in SongForm.base_fields]

    @property
    def release(self) -> list[Any]:
        return [field for field in self if field.name not in SongForm.base_fields]

    @classmethod
    def of(cls, song: Song) -> FactsForm:
        known = {name: getattr(song, name) for name in cls.base_fields if hasattr(song, name) and name != "cover"}
        tempo = f"{song.tempo_bpm:g}" if song.tempo_bpm is not None else ""
        explicit = {True: "yes", False: "no", None: ""}[song.explicit]
        made = cls(initial=known | {"artist": song.artist_name, "tempo_bpm": tempo, "explicit": explicit})
        if not song.cover_id:
            del made.fields["without_cover"]
        return made


class NewSongForm(SongForm):
    stage = forms.ChoiceField(choices=STAGES, required=False)
    field_order = ("title", "artist", "stage")


class RecordingForm(forms.Form):
    kind = forms.ChoiceField(choices=KINDS)
    part = forms.CharField(max_length=80, required=False)
    says = forms.CharField(max_length=400, required=False, label="What is new")


class CreditForm(forms.Form):
    person = forms.CharField(max_length=160, label="Who", widget=forms.TextInput(attrs={"list": "names"}))
    role = forms.CharField(max_length=60, label="What they did", widget=forms.TextInput(attrs={"list": "credit-roles"}))


class WordsForm(forms.Form):
    words = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 12}), label="")
