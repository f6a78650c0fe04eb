"""Forms of review. A note keeps its place while its words are put right."""

from __future__ import annotations

from django import forms

from controlroom.desk.review.actions import MOST_CHARACTERS

_WORDS = forms.Textarea(attrs={"rows": 3, "maxlength": MOST_CHARACTERS})
_ODD = "That is no place in time. Put the playhead where you mean."


class NoteForm(forms.Form):
    """A new note; what may stand in it is checked by `actions.add_note`, which says why not."""

    text = forms.CharField(label="Note", max_length=2 * MOST_CHARACTERS, strip=False, required=False)
    at_s = forms.FloatField(required=False, widget=forms.HiddenInput, error_messages={"invalid": _ODD})
    until_s = forms.FloatField(required=False, widget=forms.HiddenInput, error_messages={"invalid": _ODD})
    recording = forms.IntegerField(required=False, widget=forms.HiddenInput)
    internal = forms.BooleanField(required=False, label="Only for the studio")


class WordsForm(forms.Form):
    """An answer, or other words for a note."""

    text = forms.CharField(label="Words", max_length=2 * MOST_CHARACTERS, strip=False, required=False, widget=_WORDS)


class RewriteForm(forms.Form):
    """How the artist reads a note, beside what was said in the room."""

    text = forms.CharField(
        label="How the artist reads it",
        help_text="Leave it empty, and they read it as it was said.",
        max_length=2 * MOST_CHARACTERS,
        strip=False,
        required=False,
        widget=_WORDS,
    )
    internal = forms.BooleanField(required=False, label="Hold it back: only the studio sees it")


class ApprovalForm(forms.Form):
    says = forms.CharField(
        label="A word with it",
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": MOST_CHARACTERS}),
    )


class AskForm(forms.Form):
    """Whom to ask; `whom` are (key, name)."""

    of = forms.ChoiceField(label="Ask somebody to approve it")

    def __init__(self, whom: list[tuple[str, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"].choices = whom


class DoneForm(forms.Form):
    """Notes of the revision list that are done, and in which version."""

    note = forms.TypedMultipleChoiceField(coerce=int)
    done_in = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    def __init__(self, notes: list[int], versions: list[tuple[int, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].choices = [(pk, pk) for pk in notes]
        self.fields["done_in"].choices = [("", "the next version"), *versions]
