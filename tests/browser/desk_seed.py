"""Fills an empty desk for the browser tests, in a process of its own: `python desk_seed.py FOLDER`, prints ids as JSON.

What a worker would do is done here at once, so that no test waits for it.
"""

from __future__ import annotations

import json
import sys
from inspect import signature
from pathlib import Path

import desk_sounds as sounds

from controlroom.desk.setup import setup

setup()

from desk_calendar_seed import calendar  # noqa: E402  (it needs the desk set up)
from desk_mail_seed import mail  # noqa: E402  (it needs the desk set up)

from controlroom.base.progress import SILENT  # noqa: E402
from controlroom.desk.accounts.actions import invite_user  # noqa: E402
from controlroom.desk.accounts.actor import Actor  # noqa: E402
from controlroom.desk.accounts.models import User  # noqa: E402
from controlroom.desk.first import prepare  # noqa: E402
from controlroom.desk.guests.actions import make_link, revoke  # noqa: E402
from controlroom.desk.jobs.models import Job  # noqa: E402
from controlroom.desk.jobs.rows import claim  # noqa: E402
from controlroom.desk.mastering.actions import make_master  # noqa: E402
from controlroom.desk.mastering.wishes import Chosen, Wishes  # noqa: E402
from controlroom.desk.people.models import Person  # noqa: E402
from controlroom.desk.review.actions import add_note, ask_approval, resolve  # noqa: E402
from controlroom.desk.songs.actions import add_credit, arrive, create_song  # noqa: E402
from controlroom.desk.songs.models import Recording, Song  # noqa: E402
from controlroom.desk.songs.room_actions import start_room  # noqa: E402
from controlroom.desk.works import WORKS  # noqa: E402


def work_off() -> None:
    """Do every job that waits, and those that come of it."""
    while job := Job.objects.filter(state="waiting").order_by("pk").first():
        attempt = claim(job.pk, "seed")
        assert attempt is not None
        run = WORKS[job.work].run
        song = {"song": job.song_id} if "song" in signature(run).parameters else {}
        attempt.done(run(SILENT, **job.arguments, **song))


def versions(actor: Actor, song: Song, folder: Path) -> dict[str, int]:
    """A demo, two mixes (the second without the intro and louder), a master and a reference."""
    made = sounds.song()
    files = {
        "demo": ("demo", "Paper Lanterns demo.wav", sounds.gained(made, -6.0)),
        "mix_1": ("mix", "Paper Lanterns mix 1.wav", made),
        "mix_2": ("mix", "Paper Lanterns mix 2.wav", sounds.gained(sounds.without_intro(made), sounds.LOUDER_DB)),
        "master": ("master", "Paper Lanterns master.wav", sounds.gained(made, 6.0)),
        "reference": ("reference", "Another Song.wav", sounds.song(16.0, seed=7)),
    }
    ids = {}
    for name, (kind, file, samples) in files.items():
        path = sounds.save(folder / file, samples)
        ids[name] = arrive(actor, song, path, kind=kind, name=file, says="The intro is gone." * (name == "mix_2")).pk
        work_off()
    return ids


def notes(actor: Actor, guest: Actor, ids: dict[str, int]) -> None:
    mix_1, mix_2 = (Recording.objects.get(pk=ids[name]) for name in ("mix_1", "mix_2"))
    add_note(guest, mix_1, text="Love the melody here.", at_s=8.0)
    dry = add_note(actor, mix_1, text="Could the bass be a touch drier?", at_s=12.0, until_s=14.0)
    add_note(actor, mix_2, text="More air in the last bars.", at_s=17.2)
    add_note(guest, mix_2, text="The ending may fade longer.")
    resolve(actor, dry, mix_2)


def links(actor: Actor, song: Song, mara: Person, ids: dict[str, int]) -> tuple[dict[str, str], Actor]:
    """An address for each kind of guest, and Mara as one who speaks."""
    everything = ["listen", "comment", "approve", "upload", "download"]
    mix_2 = Recording.objects.get(pk=ids["mix_2"])
    known, known_url = make_link(actor, song=song, person=mara, rights=everything)
    made = {
        "stranger": make_link(actor, song=song, rights=everything),
        "version": make_link(actor, recording=mix_2, name="Jo", rights=["listen", "comment", "approve"]),
        "listener": make_link(actor, song=song, name="Sam", rights=["listen"]),
        "webkit": make_link(actor, recording=mix_2, name="Iris", rights=["listen", "comment", "approve"]),
        "password": make_link(actor, song=song, name="Kim", rights=["listen"], password="lantern"),
        "box": make_link(actor, name="Ada", rights=["upload"]),
        "revoked": make_link(actor, song=song, name="Otto", rights=["listen"]),
    }
    revoke(actor, made["revoked"][0])
    return {"known": known_url} | {name: url for name, (_, url) in made.items()}, known.actor


def produced(actor: Actor, folder: Path) -> Song:
    """A song whose takes went through the rooms until its master."""
    song = create_song(actor, title="Small Hours", artist="Jonas Okafor", stage="mixing", target_lufs=-14.0)
    for part, seed in (("keys", 3), ("bass", 4)):
        path = sounds.save(folder / f"{part} take 1.wav", sounds.song(6.0, seed))
        arrive(actor, song, path, kind="take", name=path.name, part=part)
    work_off()
    start_room(actor, song, "delivery")
    work_off()
    return song


def mastered(actor: Actor, folder: Path) -> dict[str, int]:
    """A song with a mix, its master and a reference."""
    song = create_song(actor, title="Slow Tide", artist="Noor Haddad", stage="mastering")
    rows = {}
    for name, kind, seed in (("tide_mix", "mix", 11), ("tide_reference", "reference", 12)):
        path = sounds.save(folder / f"slow tide {kind}.wav", sounds.gained(sounds.song(12.0, seed), -6.0))
        rows[name] = arrive(actor, song, path, kind=kind, name=path.name)
    work_off()
    wishes = Wishes(target="-14", references=(Chosen(recording=rows["tide_reference"].pk),))
    make_master(actor, Recording.objects.get(pk=rows["tide_mix"].pk), wishes)
    work_off()
    return {name: row.pk for name, row in rows.items()} | {"tide": song.pk}


def fill(folder: Path) -> dict[str, object]:
    prepare(sample=False)
    user = User.objects.get()
    actor = user.actor
    invite_user(actor, email="reader@example.org", name="Rhea", role="reader")
    song = create_song(actor, title="Paper Lanterns", artist="Mara Lindqvist", stage="mixing")
    mara = Person.objects.get(name="Mara Lindqvist")
    Person.objects.filter(pk=mara.pk).update(
        email="mara@example.org", phone="+46 8 123 456", time_zone="Europe/Stockholm"
    )
    add_credit(actor, song, person="Theo Brandt", role="bass")
    song.lyrics = "Paper lanterns over the water,\nhold the evening a little longer."
    song.save(update_fields=["lyrics"])
    ids = versions(actor, song, folder)
    addresses, guest = links(actor, song, mara, ids)
    notes(actor, guest, ids)
    ask_approval(actor, Recording.objects.get(pk=ids["mix_2"]), of="Mara Lindqvist", of_key=f"person:{mara.pk}")
    rooms = produced(actor, folder)
    demo = create_song(actor, title="Nine Windows", artist="Noor Haddad", stage="demo")
    arrive(
        actor, demo, sounds.save(folder / "nine windows.wav", sounds.song(8.0, 9)), kind="demo", name="nine windows.wav"
    )
    work_off()
    tide = mastered(actor, folder)
    bare = create_song(actor, title="Untitled Sketch", stage="pre-production")
    return {
        "email": user.email, "song": song.pk, "rooms": rooms.pk, "demo_song": demo.pk, "bare": bare.pk,
        "person": mara.pk, "links": addresses, **ids, **tide, **mail(actor, folder),
        **calendar(actor, song, work_off),
    }  # fmt: skip


if __name__ == "__main__":
    work_folder = Path(sys.argv[1])
    sys.stdout.write(json.dumps(fill(work_folder)))
