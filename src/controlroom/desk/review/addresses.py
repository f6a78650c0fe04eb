"""Where the links of a review page lead: the same page stands at a user's addresses and at a guest's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse

from controlroom.desk.review.models import Note
from controlroom.desk.songs.models import Recording


@lru_cache(maxsize=2048)
def _address(token: str | None, name: str, *arguments: Any) -> str:
    return reverse(name, args=arguments) if token is None else reverse(f"guest-{name}", args=[token, *arguments])


@lru_cache(maxsize=64)
def _note_pattern(token: str | None) -> str:
    """The address of any note: a page with 200 of them asks a thousand times."""
    return _address(token, "review-note", 0, "verb")


@dataclass(frozen=True)
class Addresses:
    """The addresses of a user (`token` None), or those of a guest: names with "guest-" before them, the token first.

    `alone`: the link opens one version, not its song; pages then show nothing of the others.
    """

    token: str | None = None
    alone: bool = False

    def _at(self, name: str, *arguments: Any) -> str:
        return _address(self.token, name, *arguments)

    def pcm(self, recording: Recording, rate_hz: int) -> str:
        return self._at("recording-pcm", recording.pk, rate_hz)

    def pcm_status(self, recording: Recording, rate_hz: int) -> str:
        return self._at("recording-pcm-status", recording.pk, rate_hz)

    def sound(self, recording: Recording) -> str:
        return self._at("recording-sound", recording.pk)

    def light(self, recording: Recording) -> str:
        return self._at("recording-light", recording.pk)

    def peaks(self, recording: Recording) -> str:
        return self._at("recording-peaks", recording.pk)

    def review(self, recording: Recording) -> str:
        return self._at("review", recording.pk)

    def notes(self, recording: Recording) -> str:
        """GET: the list; POST: a new note."""
        return self._at("review-notes", recording.pk)

    def note(self, note: Note, verb: str) -> str:
        """`verb`: more (GET), reply, edit, rewrite (GET: its form; POST), delete, restore, resolve, reopen (POST)."""
        return _note_pattern(self.token).replace("/0/verb/", f"/{note.pk}/{verb}/")

    def approve(self, recording: Recording) -> str:
        return self._at("review-approve", recording.pk)

    def heard(self, recording: Recording) -> str:
        return self._at("recording-heard", recording.pk)

    def revision(self, recording: Recording) -> str:
        return self._at("revision", recording.pk)

    def pictures(self, recording: Recording) -> str:
        return self._at("review-pictures", recording.pk)

    def done(self, recording: Recording) -> str:
        """POST: notes of the revision list that are done. Users only."""
        return reverse("revision-done", args=[recording.pk])

    def ask(self, recording: Recording) -> str:
        """POST: ask somebody to approve. Users only."""
        return reverse("review-ask", args=[recording.pk])

    def markers(self, recording: Recording, kind: str) -> str:
        """`kind`: text, csv, midi, reaper, wav."""
        return self._at("revision-export", recording.pk, kind)
