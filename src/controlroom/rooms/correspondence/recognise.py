"""Whom and which songs a message is about: each with the reason, so that a person can see why and say no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from controlroom.rooms.correspondence.message import Message

_MOST_TEXT = 100_000
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_IN_MARKS = re.compile(r"[\"“”„«»‹›「『'‘‚]([^\"“”„«»‹›「」『』\n]{1,100}?)[\"“”«»‹›」』'’‘]")
_COMMON_LENGTH = 2  # words: a title of fewer is a word that anybody may write


class KnownSong(msgspec.Struct, frozen=True, kw_only=True):
    """A song as far as mail can name it. `emails`: those of its people."""

    id: str
    title: str
    emails: frozenset[str] = frozenset()


class KnownPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A person and every address they write from."""

    id: str
    emails: frozenset[str]


class Recognised(msgspec.Struct, frozen=True, kw_only=True):
    """Whose id, and why: a sentence."""

    id: str
    because: str


def songs_of(message: Message, known: Iterable[KnownSong], in_thread: Iterable[str] = ()) -> tuple[Recognised, ...]:
    """The songs a message is about: those of its thread (ids, from the caller), those in file names, those it names.

    Titles count as whole words, whatever their case and accents. A title of one word counts only in quotation marks,
    or when one of the song's people wrote the message: "Home" is also where somebody drove.
    """
    songs = list(known)
    thread = set(in_thread)
    subject, text = plain(message.subject), plain(message.text[:_MOST_TEXT])
    files = [(one.name, plain(_stem(one.name))) for one in message.attachments]
    found: dict[str, str] = {}
    for song in songs:
        because = _because(song, message, thread, subject, text, files)
        if because:
            found[song.id] = because
    return tuple(Recognised(id=one, because=why) for one, why in found.items())


def _because(
    song: KnownSong,
    message: Message,
    thread: set[str],
    subject: str,
    text: str,
    files: list[tuple[str, str]],
) -> str:
    title = plain(song.title)
    if song.id in thread:
        return "The conversation is about it."
    if not title:
        return ""
    long = len(title.split()) >= _COMMON_LENGTH or (_UNSPACED.search(title) is not None and len(title) >= 3)
    sure = long or _is_theirs(song, message) or _quoted(song.title, message)
    for name, stem in files:
        if _stands_in(title, stem) and (sure or stem.startswith(title)):
            return f"A file is named after it: {name}."
    for place, words in (("subject", subject), ("text", text)):
        if sure and _stands_in(title, words):
            return f'The {place} names it: "{song.title}".'
    return ""


def people_of(message: Message, known: Iterable[KnownPerson]) -> tuple[Recognised, ...]:
    """The known people among those who wrote and are written to, in that order: by address, any case and tag."""
    wrote = [(one.email, "wrote it") for one in (message.from_, message.reply_to) if one]
    named = wrote + [(one.email, "is written to") for one in (*message.to, *message.cc)]
    owners = {bare_email(email): person.id for person in known for email in person.emails}
    found: dict[str, str] = {}
    for email, part in named:
        if owner := owners.get(bare_email(email)):
            found.setdefault(owner, f"{email} {part}.")
    return tuple(Recognised(id=one, because=why) for one, why in found.items())


def bare_email(email: str) -> str:
    """An address in lower case without what stands after a plus: ana+demos@example.org is ana@example.org."""
    local, at, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def plain(text: str) -> str:
    """Words only, folded: no case, no accents, no punctuation; single spaces between."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in folded if not unicodedata.combining(one))
    return " ".join(re.findall(r"[^\W_]+", letters.replace("'", "").replace("\u2019", "")))


def _stem(name: str) -> str:
    """A file's name in words: without extension, `_` and `-` as spaces, words and numbers apart (`LanternsMix3`)."""
    stem = name.rpartition(".")[0] or name
    stem = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", stem)
    return re.sub(r"[_\-.+]+", " ", stem)


def _stands_in(title: str, words: str) -> bool:
    """As whole words; in writing without spaces (Japanese, Chinese) anywhere."""
    if _UNSPACED.search(title):
        return title in words
    return f" {title} " in f" {words} "


def _is_theirs(song: KnownSong, message: Message) -> bool:
    if message.from_ is None:
        return False
    return bare_email(message.from_.email) in {bare_email(one) for one in song.emails}


def _quoted(title: str, message: Message) -> bool:
    """The title stands in quotation marks of some language."""
    wanted = plain(title)
    said = f"{message.subject}\n{message.text[:_MOST_TEXT]}"
    return any(plain(match[1]) == wanted for match in _IN_MARKS.finditer(said))
