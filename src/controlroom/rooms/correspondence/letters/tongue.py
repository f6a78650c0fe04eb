"""How a language writes dates, times, figures, money, keys and lists; the forms stand in its catalogue's [form]."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from controlroom.money.amount import Amount, format_number
from controlroom.money.currencies import SYMBOLS
from controlroom.song.remarks import clock

NO_BREAK = "\u00a0"
_SIGN_OF = {code: sign for sign, code in SYMBOLS.items()}


class Tongue:
    """The filters that templates use; `form` is the [form] table of a catalogue, `words` its [words]."""

    def __init__(self, form: Mapping[str, Any], words: Mapping[str, str]) -> None:
        self.form, self.words = form, words

    @property
    def filters(self) -> dict[str, Callable[..., Any]]:
        names = ("day", "time", "zone", "place", "at", "num", "n", "money", "key", "listed", "q", "word", "words_of")
        return {name: getattr(self, name) for name in names}

    def day(self, when: date) -> str:
        """ "Friday, 6 November 2026"."""
        form = self.form
        return str(form["date"]).format(
            weekday=form["weekdays"][when.weekday()],
            day=form["first_day"] if when.day == 1 else when.day,
            month=form["months"][when.month - 1],
            year=when.year,
        )

    def time(self, when: datetime) -> str:
        """ "2:30 pm", and shorter on the full hour."""
        pattern: str = self.form["time"] if when.minute else self.form["full_hour"]
        half = "am" if when.hour < 12 else "pm"
        return pattern.format(hour=when.hour, hour12=(when.hour - 1) % 12 + 1, minute=f"{when.minute:02}", half=half)

    def zone(self, when: datetime) -> str:
        """ "CET", or "UTC+05:30" where the zone has no letters of its own."""
        name = when.tzname() or ""
        if name in self.form["zones"]:
            return str(self.form["zones"][name])
        return name if name.isalpha() else f"UTC{when:%z}"[:6] + ":" + f"{when:%z}"[3:5]

    def place(self, at_s: float) -> str:
        """A place in a song, as every player shows it."""
        return clock(at_s)

    def at(self, at_s: float | None) -> str:
        """ " at 1:12", with its blank; "" for the whole song."""
        return "" if at_s is None else str(self.form["at"]).format(place=clock(at_s))

    def num(self, value: float, digits: int = 0) -> str:
        text = f"{abs(value):.{digits}f}"
        return ("−" if value < 0 and float(text) else "") + text.replace(".", self.form["decimal"])

    def n(self, count: float, one: str, many: str) -> str:
        """ "1 bar", "16 bars"."""
        return f"{count:.0f}{NO_BREAK if self.form['no_break'] else ' '}{one if abs(count) == 1 else many}"

    def money(self, minor: int, currency: str) -> str:
        number = format_number(Amount(minor, currency), decimal=self.form["decimal"], group=self.form["group"])
        sign = self.form["currencies"].get(currency) or _SIGN_OF.get(currency)
        return str(self.form["money" if sign else "money_code"]).format(number=number, sign=sign or currency)

    def key(self, name: str) -> str:
        """A key of the report ("F# minor") as musicians write it here; a note alone ("F#") likewise."""
        tonic, _, mode = name.partition(" ")
        keys = self.form["keys"]
        notes = keys.get("minor_notes", keys["notes"]) if mode == "minor" else keys["notes"]
        return str(keys["minor" if mode == "minor" else "major"]).format(tonic=notes[tonic])

    def listed(self, items: Sequence[str]) -> str:
        """ "a", "a and b", "a, b and c"."""
        items = [str(item) for item in items]
        if len(items) < 2:
            return "".join(items)
        last = items[-1]
        special: dict[str, str] = self.form["and_before"]
        joint = next((word for start, word in special.items() if last.lower().startswith(start)), self.form["and"])
        return f"{self.form['comma'].join(items[:-1])}{joint}{last}"

    def q(self, text: str) -> str:
        """In the quotation marks of a title."""
        return str(self.form["quoted"]).format(text=text)

    def word(self, name: str) -> str:
        """A part or a section in this language; what the catalogue does not know stays as it is."""
        return self.words.get(name.lower(), name)

    def words_of(self, names: Sequence[str]) -> list[str]:
        return [self.word(name) for name in names]
