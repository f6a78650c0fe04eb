"""A message as the rules see it: who speaks, in answer to what, about which song, with which sound."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cached_property

from controlroom.rooms.correspondence.message import Attachment, Link, Message
from controlroom.rooms.correspondence.triage.circumstances import Circumstances, Letter, Person
from controlroom.rooms.correspondence.triage.rules import Rules
from controlroom.rooms.correspondence.triage.words import Hit, tokens
from controlroom.song.words import plain

_AUDIO_NAME = re.compile(r"\.(wav|mp3|m4a|aac|flac|aiff?|ogg|opus|wma|caf|alac|amr)$", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(zip|rar|7z|tar|gz)$", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>]+")
_AUDIO_LINKS = frozenset({"audio", "dropbox", "drive", "wetransfer", "streaming"})
_OF_DEMOS = frozenset({"feedback", "encouragement", "decline"})  # letters about what is not in work
_CJK_TITLE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class Scene:
    """One message with its circumstances; everything is worked out when first asked for."""

    def __init__(self, message: Message, circumstances: Circumstances, rules: Rules) -> None:
        self.message, self.circumstances, self.rules = message, circumstances, rules
        self.sender = message.from_.email if message.from_ else ""
        self.sender_name = message.from_.name if message.from_ else ""
        self.local, _, self.domain = self.sender.rpartition("@")
        self.own = self.sender in circumstances.own

    @cached_property
    def hits(self) -> list[Hit]:
        """Phrases of the rules in subject and text; an address on the web says nothing."""
        return self.rules.phrasebook.find(f"{self.message.subject}\n\n{_URL.sub(' ', self.message.text)}")

    @cached_property
    def person(self) -> Person | None:
        """Who speaks, where we know them."""
        return self.circumstances.people.get(self.sender)

    @cached_property
    def letter(self) -> Letter | None:
        """Our letter that this answers: the newest one in its thread."""
        thread = (self.message.in_reply_to, *reversed(self.message.references))
        return next((self.circumstances.letters[one] for one in thread if one in self.circumstances.letters), None)

    @property
    def of_demo(self) -> bool:
        """It answers what we wrote about a demo."""
        return self.letter is not None and self.letter.kind in _OF_DEMOS

    @property
    def stranger(self) -> bool:
        """Neither known, nor in a thread of ours, nor ourselves."""
        return self.person is None and self.letter is None and not self.own

    @property
    def many(self) -> bool:
        """Sent to a list, or by a machine."""
        return self.message.bulk or self.message.automatic

    @property
    def wrote_first(self) -> bool:
        """We wrote to them before."""
        return self.letter is not None or (self.person is not None and self.person.we_wrote)

    @cached_property
    def audio(self) -> list[Attachment]:
        """Sound that is attached, by its bytes or its name."""
        return [one for one in self.message.attachments if one.is_audio or _AUDIO_NAME.search(one.name)]

    @cached_property
    def audio_links(self) -> list[Link]:
        """Links to where sound lives."""
        hosts = self.rules.settings.senders["audio_hosts"]
        return [one for one in self.message.links if one.kind in _AUDIO_LINKS or one.host.endswith(hosts)]

    @property
    def may_lead_to_sound(self) -> bool:
        """A link to anywhere, or an archive."""
        return bool(self.message.links) or any(_ARCHIVE.search(one.name) for one in self.message.attachments)

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Songs in work that this is about: recognised before, named here, or those of its thread."""
        known = {song.title for song in self.circumstances.songs}
        known.update(*(person.songs for person in self.circumstances.people.values()))
        said = [title for title in sorted(known) if self._names(title)]
        thread = (self.letter.song,) if self.letter and self.letter.song and not self.of_demo else ()
        return tuple(dict.fromkeys((*self.circumstances.about, *said, *thread)))

    @cached_property
    def _where_titles_stand(self) -> str:
        names = " ".join(one.name for one in self.message.attachments)
        return f"{self.message.subject}\n{self.message.text[:20_000]}\n{names}".replace("_", " ")

    @cached_property
    def _plain_words(self) -> str:
        return f" {' '.join(token.word for token in tokens(self._where_titles_stand))} "

    def _names(self, title: str) -> bool:
        """Whether the title stands there in whole words; a single word only as it is spelt, or by whose song it is."""
        words = [token.word for token in tokens(title)]
        if not words:
            return False
        if _CJK_TITLE.search(title):
            return plain(title).replace(" ", "") in self._plain_words.replace(" ", "")
        theirs = self.person is not None and title in self.person.songs
        if len(words) == 1 and not theirs:
            return re.search(rf"(?<!\w){re.escape(title)}(?!\w)", self._where_titles_stand) is not None
        return f" {' '.join(words)} " in self._plain_words

    @cached_property
    def sent_at(self) -> datetime:
        """When it was sent, aware; now, where it does not say."""
        sent = self.message.sent_at
        if sent is None:
            return self.circumstances.now
        return sent if sent.tzinfo else sent.replace(tzinfo=UTC)
