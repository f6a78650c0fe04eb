"""Forms of sessions and of what they need."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.calendar import dates, hours
from controlroom.desk.calendar.models import KINDS, Availability, Busy, Gear, Rules, Session, StudioRoom
from controlroom.desk.people.models import Person

_MINUTES = {"min_value": 0, "max_value": 24 * 60, "required": False}


class Typed(forms.CharField):
    """Text that `read` turns into values; what it refuses is said at the field."""

    def __init__(self, read: Any, **more: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **more)
        self._read = read

    def clean(self, value: Any) -> Any:
        try:
            return self._read(super().clean(value))
        except UsageError as error:
            raise forms.ValidationError(str(error)) from error


class Money(forms.DecimalField):
    """An amount in units of the currency; kept in minor units (two decimals)."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, min_value=0, max_value=10_000_000, decimal_places=2, **more)

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)


class SessionForm(forms.Form):
    title = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=KINDS, label="What is done")
    length_min = forms.IntegerField(min_value=15, max_value=24 * 60, initial=240, label="Length")
    break_min = forms.IntegerField(initial=30, label="Breaks", **_MINUTES)
    setup_min = forms.IntegerField(initial=30, label="Setup", **_MINUTES)
    teardown_min = forms.IntegerField(initial=15, label="Teardown", **_MINUTES)
    windows = Typed(
        dates.read_windows, label="Possible dates", help_text="One on a line: 2026-12-03 – 2026-12-08. Empty: any."
    )
    rooms = forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=forms.CheckboxSelectMultiple, label="Rooms that fit"
    )
    gear = forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=forms.CheckboxSelectMultiple, label="Gear it takes"
    )
    after = forms.ModelMultipleChoiceField(queryset=None, required=False, label="Only after")
    notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}), label="For the call sheet")

    def __init__(self, *args: Any, studio_id: int, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rooms"].queryset = StudioRoom.objects.filter(studio_id=studio_id, archived_at=None)
        self.fields["gear"].queryset = Gear.objects.filter(studio_id=studio_id, archived_at=None)
        others = Session.objects.filter(studio_id=studio_id, state__in=("wanted", "booked"))
        self.fields["after"].queryset = others.exclude(pk=session.pk) if session else others
        for name in ("length_min", "break_min", "setup_min", "teardown_min"):
            self.fields[name].unit = "min"

    @classmethod
    def of(cls, session: Session) -> SessionForm:
        names = ("title", "kind", "length_min", "break_min", "setup_min", "teardown_min", "notes")
        spans = [dates_of(each) for each in session.windows]
        known = {name: getattr(session, name) for name in names} | {
            "windows": dates.written(spans),
            "rooms": list(session.fits.all()),
            "gear": list(session.gear.all()),
            "after": list(session.after.all()),
        }
        return cls(initial=known, studio_id=session.studio_id, session=session)

    def facts(self) -> dict[str, Any]:
        """What `change_session` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("rooms", "gear", "after")}

    def needs(self) -> dict[str, Any]:
        """What `needs_of` takes."""
        return {name: list(self.cleaned_data[name]) for name in ("rooms", "gear", "after")}


def dates_of(window: list[str]) -> tuple[datetime, datetime]:
    """A window as it is kept, as instants."""
    start, end = window
    return datetime.fromisoformat(start), datetime.fromisoformat(end)


class SeatForm(forms.Form):
    person = forms.CharField(max_length=160, label="Who", widget=forms.TextInput(attrs={"list": "names"}))
    does = forms.CharField(max_length=80, required=False, label="What they do")
    needed = forms.ChoiceField(choices=[("1", "Needed"), ("", "Would be good")], required=False, initial="1")


class _SongField(forms.ModelChoiceField):
    def label_from_instance(self, song: Any) -> str:
        """With whose it is: many demos are called Untitled."""
        return f"{song.title}, {song.artist_name}" if song.artist_name else song.title


class SongForm(forms.Form):
    song = _SongField(queryset=None)
    parts = forms.CharField(max_length=300, required=False, label="Parts to record", help_text="lead vocal, doubles")

    def __init__(self, *args: Any, songs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["song"].queryset = songs


class PlaceForm(forms.Form):
    start = forms.DateTimeField(
        label="Begins", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    room = forms.ModelChoiceField(queryset=None, required=False, empty_label="No room")

    def __init__(self, *args: Any, studio_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = StudioRoom.objects.filter(studio_id=studio_id, archived_at=None)


class PollForm(forms.Form):
    starts = Typed(dates.read_starts, label="Times to ask about", help_text="One on a line: 2026-12-03 14:00")

    def clean_starts(self) -> list[datetime]:
        starts: list[datetime] = self.cleaned_data["starts"]
        if over := next((each for each in starts if each <= timezone.now()), None):
            raise forms.ValidationError(f"{over:%Y-%m-%d %H:%M} is over. Ask about times that come.")
        return starts


class ProposeForm(forms.Form):
    sessions = forms.ModelMultipleChoiceField(queryset=None, widget=forms.CheckboxSelectMultiple, label="Sessions")
    first = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="Until", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, sessions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sessions"].queryset = sessions

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and not 0 <= (last - first).days <= 92:
            self.add_error("last", "Choose a day after the first, at most three months later.")
        elif last and last < timezone.localdate():
            self.add_error("last", "These days are over. Choose some that come.")
        for session in self.cleaned_data.get("sessions", ()):
            if session.windows and all(dates_of(each)[1] <= timezone.now() for each in session.windows):
                self.add_error("sessions", f"The possible dates of {session.title} are over. Give it others.")
        return self.cleaned_data


class RoomForm(forms.Form):
    name = forms.CharField(max_length=120)
    address = forms.CharField(max_length=300, required=False)
    hours = Typed(hours.read_hours, label="Open", help_text="One on a line: Mon-Fri 10:00-22:00. Empty: always.")
    rate_minor = Money(label="Costs an hour")

    @classmethod
    def of(cls, row: StudioRoom) -> RoomForm:
        known = {"name": row.name, "address": row.address, "hours": hours.written(row.hours)}
        return cls(initial=known | {"rate_minor": row.rate_minor / 100})


class GearForm(forms.Form):
    name = forms.CharField(max_length=120)
    count = forms.IntegerField(min_value=1, max_value=1000, initial=1, label="How many")


class RulesForm(forms.Form):
    slot_min = forms.TypedChoiceField(choices=[(15, "15 min"), (30, "30 min"), (60, "1 h")], coerce=int, label="Raster")
    rest_h = forms.FloatField(min_value=0, max_value=24, label="Rest between two days")
    voice_rest_h = forms.FloatField(min_value=0, max_value=96, label="Rest of a voice")
    most_h = forms.FloatField(min_value=1, max_value=24, label="At most on one day")
    budget_minor = Money(label="Budget for a day", help_text="Rooms and people. Empty: no limit.")
    currency = forms.RegexField(r"^[A-Za-z]{3}$", max_length=3, help_text="As EUR, USD, GBP.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("rest_h", "voice_rest_h", "most_h"):
            self.fields[name].unit = "h"

    @classmethod
    def of(cls, rules: Rules) -> RulesForm:
        names = ("slot_min", "rest_h", "voice_rest_h", "most_h", "currency")
        budget = None if rules.budget_minor is None else rules.budget_minor / 100
        return cls(initial={name: getattr(rules, name) for name in names} | {"budget_minor": budget})

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class CaldavForm(forms.Form):
    caldav_url = forms.URLField(
        required=False, max_length=400, label="The calendar, or its server", assume_scheme="https"
    )
    caldav_user = forms.CharField(required=False, max_length=200, label="User")
    password = forms.CharField(
        required=False, widget=forms.PasswordInput, help_text="Left empty, the one that is kept stays."
    )
    caldav_person = forms.ModelChoiceField(
        queryset=None, required=False, label="Whose it is", help_text="What else stands there is when they are busy."
    )

    def __init__(self, *args: Any, studio_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["caldav_person"].queryset = Person.objects.filter(studio_id=studio_id, archived_at=None)

    @classmethod
    def of(cls, rules: Rules) -> CaldavForm:
        names = ("caldav_url", "caldav_user", "caldav_person")
        return cls(initial={name: getattr(rules, name) for name in names}, studio_id=rules.studio_id)


class AvailabilityForm(forms.Form):
    hours = Typed(hours.read_hours, label="Working hours", help_text="In their own time zone: Mon-Fri 10:00-18:00.")
    travel_min = forms.IntegerField(label="Way to the studio", **_MINUTES)
    sings = forms.BooleanField(required=False, label="Sings: the voice needs rest")
    rate_minor = Money(label="Costs an hour")
    ics_url = forms.CharField(
        required=False, max_length=600, label="Address of their calendar", help_text="An .ics address they gave you."
    )
    cannot = Typed(dates.read_windows, label="When they cannot", help_text="One on a line: 2026-12-03 14:00 – 20:00.")

    @classmethod
    def of(cls, row: Availability) -> AvailabilityForm:
        names = ("travel_min", "sings", "ics_url")
        said = Busy.objects.filter(person=row.person, source="said")
        known = {name: getattr(row, name) for name in names}
        known["cannot"] = dates.written([(each.start, each.end) for each in said])
        return cls(initial=known | {"hours": hours.written(row.hours), "rate_minor": row.rate_minor / 100})

    def facts(self) -> dict[str, Any]:
        """What `change_availability` takes."""
        kept = {name: value for name, value in self.cleaned_data.items() if name != "cannot"}
        return kept | {
            "travel_min": self.cleaned_data["travel_min"] or 0,
            "rate_minor": self.cleaned_data["rate_minor"] or 0,
        }


class WorkedForm(forms.Form):
    start = forms.DateTimeField(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    end = forms.DateTimeField(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    break_min = forms.IntegerField(label="Breaks", **_MINUTES)
