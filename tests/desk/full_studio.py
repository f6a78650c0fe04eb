"""A studio as full as one asks, made in bulk: what the pages' queries and times are measured on.

Its first song has everything: versions, takes, notes carried from version to version, answers, links, jobs, events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from desk.full_calendar import Calendar
from desk.full_mail import Mail
from desk.full_mastering import masters_of
from desk.full_rooms import PARTS, rooms_of
from django.utils import timezone

from controlroom.desk.accounts.models import User
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.jobs.models import Job
from controlroom.desk.people.models import Person
from controlroom.desk.review.models import Approval, ApprovalRequest, CarriedNote, Heard, Lineup, Note
from controlroom.desk.songs import blobs
from controlroom.desk.songs.models import (
    DEMO_STATES,
    STAGES,
    Blob,
    Credit,
    DemoStep,
    Event,
    Part,
    Recording,
    Rendition,
    Song,
    Upload,
)
from controlroom.desk.today.models import Notice
from controlroom.rooms.review import ENGINE
from controlroom.sound.versions.alignment import same_time

RATE_HZ = 48000
MOST_AT_A_SESSION = 12
SECONDS = 214.0
ROLES = ("songwriter", "lead vocal", "guitar", "bass", "drums", "mixing engineer")

SAID = (
    "The vocal is too quiet here", "I love this turn, keep it", "Kick up 1 dB in the chorus", "Vocal down a little",
    "There is a click", "Less reverb on the snare", "Could the guitar come later?", "Great bass sound",
    "The fade is too short", "S is sharp on the word sun",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How many of each: in the studio, and of the first song (`versions`, `takes`, `own_notes`, `links`, `jobs`)."""

    songs: int
    people: int
    recordings: int
    notes: int
    events: int
    links: int
    jobs: int
    versions: int
    takes: int
    own_notes: int
    tracks: int
    full_songs: int = 1


def rows(number: int) -> Size:
    """`number` of everything."""
    return Size(
        songs=number,
        people=number,
        recordings=4 * number,
        notes=4 * number,
        events=4 * number,
        links=number,
        jobs=number,
        versions=number,
        takes=number,
        own_notes=number,
        tracks=number,
    )


class Studio:
    """What was made, for those who visit it: `song` is the one that has everything, `version` its newest mix."""

    def __init__(self, user: User, size: Size, made_of: dict[str, Path] | None = None) -> None:
        """`made_of`: files that stand for every version's renditions, by kind."""
        self.user, self.size, self.studio_id = user, size, user.studio_id
        self._now, self._numbers, self._made_of = timezone.now(), count(), made_of or {}
        self.people = self._people()
        self.songs = self._songs()
        self.song = self.songs[0]
        self.recordings = self._recordings()
        self.versions = [each for each in self.recordings if each.song_id == self.song.pk and each.kind == "mix"]
        self.version = self.versions[-1]
        self._heard_of()
        self.notes = self._notes()
        self.note = next(each for each in self.notes if each.recording_id == self.version.pk)
        self._carried()
        self._said_of()
        self.links = self._links()
        self.jobs = self._jobs()
        rooms_of(self.song, size.versions, size.takes, size.tracks)
        self.masterings = masters_of(self.version, self._blobs(size.versions))
        Song.objects.filter(pk=self.song.pk).update(cover=self._blobs(1)[0])
        self.mail = Mail(self.studio_id, self.people, self.songs, size.people)
        self.calendar = Calendar(self.user, self.people, self.songs, min(size.people, MOST_AT_A_SESSION))

    def _at(self, number: int) -> Any:
        return self._now - timedelta(minutes=13 * number % 500_000)

    def _people(self) -> list[Person]:
        kinds = [kind for kind, _ in Person.KINDS]
        return Person.objects.bulk_create(
            Person(
                studio_id=self.studio_id,
                name=f"Mara Lind {number}",
                kind=kinds[number % len(kinds)],
                email=f"mara{number}@example.org",
                time_zone="Europe/Berlin",
            )
            for number in range(self.size.people)
        )

    def _songs(self) -> list[Song]:
        made = [
            Song(
                studio_id=self.studio_id,
                title=f"Paper Lanterns {number}",
                artist=self.people[number % 7 % len(self.people)],
                stage="mixing" if number < self.size.full_songs else STAGES[number % len(STAGES)][0],
                key="F# minor",
                tempo_bpm=92.0,
                lyrics="Paper lanterns over the water\n" * 40,
                notes="Ask for the second verse again.",
                due_on=self._at(number).date() if number % 20 == 0 else None,
                touched_at=self._at(number),
                created_at=self._at(2 * number),
            )
            for number in range(self.size.songs)
        ]
        for number, song in enumerate(made):
            song.demo_state = DEMO_STATES[number % len(DEMO_STATES)][0] if song.stage == "demo" else "signed"
        rows = Song.objects.bulk_create(made, batch_size=500)
        self._decided(rows)
        return rows

    def _decided(self, songs: list[Song]) -> None:
        """How the demos came to what they are, and as many reasons as there are songs."""
        DemoStep.objects.bulk_create(
            (
                DemoStep(
                    studio_id=self.studio_id,
                    song=song,
                    state=song.demo_state if k else "listening",
                    before="listening" if k else "new",
                    reason=f"{SAID[number % len(SAID)]} {number}" if k else "",
                    who="Jo",
                    who_key="user:1",
                    at=self._at(number) + timedelta(minutes=k),
                )
                for number, song in enumerate(songs)
                for k in range(2)
            ),
            batch_size=500,
        )

    def _blobs(self, number: int) -> list[Blob]:
        """Blobs with a file each: nothing is missing from the disk."""
        made = []
        for each in range(number):
            sha256 = hashlib.sha256(f"{self.studio_id} {each} {next(self._numbers)}".encode()).hexdigest()
            made.append(Blob(studio_id=self.studio_id, sha256=sha256, size=1))
            place = blobs.place_of(sha256)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"x")
        return Blob.objects.bulk_create(made, batch_size=500)

    def _recordings(self) -> list[Recording]:
        plan = list(self._planned())
        made = [
            self._recording(song, kind, number, part, blob)
            for (song, kind, number, part), blob in zip(plan, self._blobs(len(plan)), strict=True)
        ]
        return Recording.objects.bulk_create(made, batch_size=200)

    def _planned(self) -> Iterator[tuple[Song, str, int, Part | None]]:
        """Song, kind, number and part: the full songs first, then a dozen files for each until there are enough."""
        left = self.size.recordings
        for song in self.songs[: self.size.full_songs]:
            names = PARTS[: max(self.size.takes, 1)]
            parts = Part.objects.bulk_create(Part(studio_id=self.studio_id, song=song, name=name) for name in names)
            yield song, "demo", 1, None
            for number in range(self.size.versions):
                yield song, "mix", number + 1, None
            for number in range(self.size.takes):
                yield song, "take", number + 1, parts[number % len(parts)]
            yield song, "reference", 1, None
            left -= self.size.versions + self.size.takes + 2
        for song in self.songs[self.size.full_songs :]:
            for number in range(min(max(left, 1), 12)):
                yield song, ("demo", "mix", "take", "take")[number % 4], number // 4 * 2 + 1 + number % 2, None
            left -= 12

    def _recording(self, song: Song, kind: str, number: int, part: Part | None, blob: Blob) -> Recording:
        count_of = next(self._numbers)
        refused = kind == "take" and count_of % 50 == 0
        return Recording(
            studio_id=self.studio_id,
            song=song,
            kind=kind,
            number=number,
            part=part,
            name=f"{song.title} {kind} {number} {count_of}.wav",
            says="Vocal up, new bridge",
            blob=blob,
            state="refused" if refused else "heard",
            refusal="This is a text file. Send the sound itself." if refused else "",
            rate_hz=RATE_HZ,
            channels=2,
            frames=round(SECONDS * RATE_HZ),
            codec="pcm_s24le",
            samples_sha256=blob.sha256,
            integrated_lufs=-14.0 - number % 5,
            true_peak_dbtp=-1.1,
            range_lu=6.2,
            findings=[{"code": "clipping", "severity": "warning", "says": "It clips."}] * 3,
            made_by="Jo",
            made_by_key="user:1",
            created_at=self._now - timedelta(days=300) + timedelta(minutes=count_of),
        )

    def _heard_of(self) -> None:
        """What was made of the full songs' versions, and how each lies beside every other."""
        full = {song.pk for song in self.songs[: self.size.full_songs]}
        played = [each for each in self.recordings if each.song_id in full and each.kind != "take"]
        facts = {"pcm-48000": {"offset": 44, "frames": round(SECONDS * RATE_HZ), "sample": "s24", "channels": 2}}
        kept = dict(zip(("pcm-48000", "light", "peaks"), self._blobs(3), strict=True))
        kept["asis-x"] = kept["light"]
        kept |= {kind: blobs.keep(self.studio_id, path) for kind, path in self._made_of.items()}
        Rendition.objects.bulk_create(
            (
                Rendition(studio_id=self.studio_id, recording=each, kind=kind, blob=blob, facts=facts.get(kind, {}))
                for each in played
                for kind, blob in kept.items()
            ),
            batch_size=500,
        )
        same = msgspec.to_builtins(same_time(SECONDS))
        Lineup.objects.bulk_create(
            (
                Lineup(
                    studio_id=self.studio_id,
                    old=old,
                    new=new,
                    alignment=same,
                    old_lufs=-14.0,
                    new_lufs=-13.2,
                    engine=ENGINE,
                )
                for k, new in enumerate(played)
                for old in played[:k]
                if old.song_id == new.song_id
            ),
            batch_size=500,
        )

    def _notes(self) -> list[Note]:
        mixes = [each for each in self.recordings if each.kind in ("mix", "demo")]
        others = [each for each in mixes if each.song_id != self.song.pk] or mixes
        own = self.size.own_notes
        made = [
            self._note(self.versions[number % len(self.versions)] if number < own else others[number % len(others)])
            for number in range(max(self.size.notes, own))
        ]
        notes = Note.objects.bulk_create(made, batch_size=500)
        Note.objects.bulk_create(
            (self._note(note.recording, note, at_s=None) for note in notes[: max(own // 4, 1)]), batch_size=500
        )
        return notes

    def _note(self, recording: Recording, parent: Note | None = None, **fields: Any) -> Note:
        number = next(self._numbers)
        by_guest = number % 3 == 0
        return Note(
            **{
                "studio_id": self.studio_id,
                "song_id": recording.song_id,
                "recording": recording,
                "parent": parent,
                "at_s": round(number * 7.31 % SECONDS, 2),
                "text": f"{SAID[number % len(SAID)]}.",
                "who": "Mara Lind" if by_guest else f"Jo {number % 4}",
                "who_key": "guest:1" if by_guest else f"user:{900 + number % 4}",
                "created_at": self._at(number) - timedelta(days=3),
                "resolved_at": self._now if number % 5 == 0 else None,
            }
            | fields
        )

    def _carried(self) -> None:
        """Every open note of the first song stands in all its later versions."""
        later = {old.pk: self.versions[k + 1 :] for k, old in enumerate(self.versions)}
        CarriedNote.objects.bulk_create(
            (
                CarriedNote(studio_id=self.studio_id, note=note, recording=new, at_s=note.at_s, moved_s=0.0)
                for note in self.notes[: self.size.own_notes]
                if note.resolved_at is None
                for new in later[note.recording_id]
            ),
            batch_size=500,
        )

    def _said_of(self) -> None:
        """Timeline, credits, approvals, questions, listens, news, uploads."""
        spread = [self.song] * (self.size.versions * 5) + self.songs
        kinds = [kind for kind, _ in Event.KINDS]
        Event.objects.bulk_create(
            (
                Event(
                    studio_id=self.studio_id,
                    song=spread[number % len(spread)],
                    kind=kinds[number % 4],
                    says=f"Mix {number} arrived",
                    who="Jo",
                    who_key="user:1",
                    recording=self.version if number % len(spread) < self.size.versions else None,
                    at=self._at(number),
                )
                for number in range(self.size.events)
            ),
            batch_size=1000,
        )
        Credit.objects.bulk_create(
            Credit(studio_id=self.studio_id, song=song, person=person, role=role)
            for number, person in enumerate(self.people[: 3 * self.size.versions])
            for song, role in {(self.song, ROLES[number % 6]), (self.songs[number % len(self.songs)], "choir")}
        )
        for number, version in enumerate(self.versions):
            of = {"studio_id": self.studio_id, "song": self.song, "recording": version}
            key, when = f"guest:{number}", self._at(number)
            words = {"who": f"Mara {number}", "who_key": key}
            Approval.objects.create(**of, **words, samples_sha256=version.samples_sha256, what=version.label, at=when)
            ApprovalRequest.objects.create(**of, of="Jo", of_key=self.user.actor.key if number % 2 else key)
            Heard.objects.create(studio_id=self.studio_id, recording=self.version, **words, at=when)
            Upload.objects.create(
                studio_id=self.studio_id, song=self.song, name="take.wav", size=10, who="Jo", who_key="user:1"
            )
            Notice.objects.create(
                studio_id=self.studio_id, user=self.user, song=self.song, group=f"song-{number}", says="Mix 4 arrived"
            )

    def _links(self) -> list[GuestLink]:
        """The first is to the first song, the second to one version of it, every fifth to the demo box."""
        rights = ["listen", "comment", "approve", "upload", "download"]

        def link(number: int) -> GuestLink:
            song = None if number % 5 == 4 else self.song if number < self.size.versions else self.songs[number]
            return GuestLink(
                studio_id=self.studio_id,
                song=song,
                recording=self.version if number == 1 else None,
                person=self.people[number % len(self.people)],
                nonce=f"{number}",
                rights=rights if song else ["upload"],
                made_by="Jo",
                made_by_key="user:1",
                created_at=self._at(number),
            )

        return GuestLink.objects.bulk_create(link(number) for number in range(self.size.links))

    def _jobs(self) -> list[Job]:
        states = ("waiting", "running", "done", "failed", "cancelled", "done", "done", "done")

        def job(number: int) -> Job:
            state, at = states[number % len(states)], self._now - timedelta(minutes=number)
            live = state in ("waiting", "running")
            return Job(
                studio_id=self.studio_id,
                song=self.song if number % 2 else self.songs[number % len(self.songs)],
                work="songs.produce",
                effect=f"{number}",
                queue="heavy" if number % 3 else "quick",
                says=f"Mixing Paper Lanterns {number}",
                who="Jo",
                who_key="user:1",
                state=state,
                progress=0.4,
                step="mixing",
                created_at=at,
                started_at=None if state == "waiting" else at,
                ended_at=None if live else at,
                error="The disk is full. Make room, then try again." if state == "failed" else "",
            )

        return Job.objects.bulk_create(job(number) for number in range(self.size.jobs))
