"""Messages made of their words: names filled in, one of several wordings taken, what the desk would know put beside."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from controlroom.rooms.correspondence.triage import Circumstances, Kind, Letter, Person, Song, TodaySession
from controlroom.sample.inbox.dress import Envelope, dressed

Part = Literal["train", "held_out", "hard"]
Who = Literal["stranger", "artist", "player", "client", "friend", "firm"]
PARTS: tuple[Part, ...] = ("train", "held_out", "hard")
_CAST: dict[Part, str] = {"train": "train", "held_out": "held_out", "hard": "train"}  # whose names stand in it
NOW = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)  # a Tuesday
OWN = "studio@vale.example.com"

_PLACE = re.compile(r"\{([^{}]*)\}")


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """A raw message, what it is, and what the desk knows when it comes. `source`: which words it was made of."""

    raw: bytes
    kind: Kind
    urgent: bool
    language: str
    part: Part
    source: str
    circumstances: Circumstances

    @property
    def label(self) -> str:
        """ "urgent" where it is urgent, else the kind."""
        return "urgent" if self.urgent else self.kind


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """One entry of the word files. `{a|b}` takes one of several wordings, `{song}` is filled in.

    `times`: how many messages are made of it. `answers`: the kind of our letter that it answers. `calendar`:
    METHOD:PARTSTAT. `today`: the sender comes today. `waits`: for so many days. `due`, `release`: in so many days.
    """

    kind: Kind
    who: Who
    subject: str
    text: str
    language: str = ""
    from_: str = ""
    urgent: bool = False
    audio: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    calendar: str = ""
    answers: str = ""
    bulk: bool = False
    auto: bool = False
    today: bool = False
    waits: int = 0
    due: int | None = None
    release: int | None = None
    dress: str = ""
    times: int = 1


def letters(seed: int = 1) -> list[Labelled]:
    """The whole inbox, the same for the same seed: both parts, all languages."""
    return [
        one
        for part in PARTS
        for source, language, words in _written(part)
        for one in _made(source, language, words, part, seed)
    ]


@cache
def _names() -> dict[str, Any]:
    return tomllib.loads(files("controlroom.sample.inbox").joinpath("names.toml").read_text(encoding="utf-8"))


def _written(part: Part) -> Iterator[tuple[str, str, Words]]:
    """(source, language, words) of every entry of a part."""
    folder = files("controlroom.sample.inbox").joinpath(part)
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        stem = file.name.removesuffix(".toml")
        spoken = stem.partition("-")[0]
        for number, entry in enumerate(tomllib.loads(file.read_text(encoding="utf-8"))["letter"], 1):
            words = msgspec.convert(entry, Words)
            yield f"{part}/{stem}/{number}", words.language or spoken, words


def _made(source: str, language: str, words: Words, part: Part, seed: int) -> Iterator[Labelled]:
    for time in range(words.times):
        chance = random.Random(f"{seed} {source} {time}")
        filled = _fillings(language, part, chance, time)
        sender = _sender(words, filled, chance)
        sent_at = NOW - timedelta(minutes=chance.randrange(5, 45 if words.today else 700))
        ours = f"{chance.randrange(16**10):010x}@vale.example.com" if words.answers else ""
        envelope = Envelope(
            id=f"{chance.randrange(16**12):012x}@{sender[1].rpartition('@')[2]}",
            sender=sender,
            to=(filled["our"], OWN),
            sent_at=sent_at,
            subject=_filled(words.subject, filled, chance),
            text=_filled(words.text, filled, chance).strip() + "\n",
            language=language,
            answers=ours,
            audio=tuple(_filled(name, filled, chance) for name in words.audio),
            files=tuple(_filled(name, filled, chance) for name in words.files),
            calendar=words.calendar,
            bulk=words.bulk,
            auto=words.auto,
        )
        yield Labelled(
            raw=dressed(envelope, words.dress, chance),
            kind=words.kind,
            urgent=words.urgent,
            language=language,
            part=part,
            source=source,
            circumstances=_circumstances(words, sender, filled["song"], ours, _names()[_CAST[part]]["songs"]),
        )


def _fillings(language: str, part: Part, chance: random.Random, time: int) -> dict[str, str]:
    names = _names()[_CAST[part]]
    here = names[language]
    full: str = here["people"][(chance.randrange(99) + time) % len(here["people"])]
    band = chance.choice(here["bands"])
    number = chance.randrange(1001, 9899)
    money = f"{chance.randrange(90, 2400)}"
    amounts = {"en": f"£{money}.00", "ja": f"{money}0円", "sv": f"{money} kr"}
    return {
        "full": full,
        "me": full.split()[-1 if language == "ja" else 0],
        "our": names["our"] if language in ("de", "ja") and chance.random() < 0.5 else names["our"].split()[0],
        "song": chance.choice(names["songs"]),
        "band": band,
        "city": chance.choice(here["cities"]),
        "day": chance.choice(here["days"]),
        "n": str(number),
        "amount": amounts.get(language, f"{money},00 €"),
        "slug": re.sub(r"[^a-z]", "", band.lower()) or f"tr{number}",
        "hour": f"{chance.randrange(10, 18)}",
    }


def _filled(text: str, names: dict[str, str], chance: random.Random) -> str:
    """Choices first, from the inside out, then names."""

    def one(found: re.Match[str]) -> str:
        inside = found[1]
        return names[inside] if inside in names else chance.choice(inside.split("|"))

    while _PLACE.search(text):
        text = _PLACE.sub(one, text)
    return text


def _sender(words: Words, names: dict[str, str], chance: random.Random) -> tuple[str, str]:
    """(name, address) of the sender."""
    if words.from_:
        name, _, address = _filled(words.from_, names, chance).rstrip(">").rpartition(" <")
        return name, address
    plain = re.sub(r"[^a-z]", "", names["full"].lower()) or f"artist{names['n']}"
    hosts = {"client": "label.example.org", "player": "players.example.net"}
    return names["full"], f"{plain}@{hosts.get(words.who, 'mail.example.org')}"


def _circumstances(words: Words, sender: tuple[str, str], song: str, ours: str, songs: list[str]) -> Circumstances:
    """What the desk knows: strangers and firms are not in it; artists and clients have the song in work."""
    people: dict[str, Person] = {}
    if words.who not in ("stranger", "firm"):
        waiting = NOW - timedelta(days=words.waits, hours=1) if words.waits else None
        theirs = (song,) if words.who in ("artist", "client") else ()
        people[sender[1]] = Person(name=sender[0], songs=theirs, waiting_since=waiting, we_wrote=words.who != "friend")
    session = TodaySession(
        title=song,
        start=NOW.replace(hour=11, minute=0),
        end=NOW.replace(hour=18, minute=0),
        people=frozenset({sender[1]} if words.today else {"somebody@players.example.net"}),
    )
    return Circumstances(
        now=NOW,
        own=frozenset({OWN}),
        people=people,
        sessions=(session,),
        songs=tuple(Song(title=title, **(_due(words) if title == song else {})) for title in songs),
        letters={ours: Letter(kind=words.answers, song="" if words.answers in _OF_DEMOS else song)} if ours else {},
    )


_OF_DEMOS = frozenset({"feedback", "encouragement", "decline", "follow_up"})


def _due(words: Words) -> dict[str, Any]:
    def on(days: int) -> date:
        return NOW.date() + timedelta(days=days)

    if words.release is not None:
        return {"due_on": on(words.release), "due": "release"}
    return {"due_on": on(words.due if words.due is not None else 40), "due": "deadline"}
