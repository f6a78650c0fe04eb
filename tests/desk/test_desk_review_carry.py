"""Notes go along to later versions, by what is heard; versions are matched over what they share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from desk.review_kit import a_song, a_version
from django.test import Client

from controlroom.base.progress import SILENT
from controlroom.desk import works
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.review import actions
from controlroom.desk.review.carrying import place
from controlroom.desk.review.models import ApprovalRequest, CarriedNote, Lineup, Note
from controlroom.desk.review.notes import Said
from controlroom.desk.review.sides import sides_of
from controlroom.desk.songs.actions import arrive
from controlroom.desk.songs.models import Recording
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

RATE_HZ = 44100
SECONDS = 24.0
Heard = Callable[..., Recording]


def played(seed: int) -> np.ndarray[Any, Any]:
    """Something like music: four notes and a hit a second, never the same twice."""
    chance = np.random.default_rng(seed)
    time_s = np.arange(round(0.25 * RATE_HZ)) / RATE_HZ
    beats = []
    for _ in range(round(SECONDS / 0.25)):
        pitch_hz = 110 * 2 ** (chance.integers(0, 36) / 12)
        tone = 0.2 * np.sin(2 * np.pi * pitch_hz * time_s) * np.exp(-4 * time_s)
        beats.append(tone + 0.05 * chance.normal(0, 1, len(time_s)) * np.exp(-chance.uniform(10, 60) * time_s))
    return np.concatenate(beats)


def swelling() -> np.ndarray[Any, Any]:
    """Another piece: three tones that come and go."""
    time_s = np.arange(round(SECONDS * RATE_HZ)) / RATE_HZ
    voices = [
        np.sin(2 * np.pi * pitch_hz * time_s) * (1 + np.sin(2 * np.pi * time_s / period_s))
        for pitch_hz, period_s in ((98, 3.1), (147, 4.1), (196, 5.1))
    ]
    return 0.1 * np.sum(voices, axis=0)


@pytest.fixture
def heard(studio: Studio, producer: User, tmp_path: Path) -> Heard:
    """Brings samples in as a version and has it listened to, and its notes brought."""

    def make(samples: np.ndarray[Any, Any], kind: str = "mix") -> Recording:
        path = tmp_path / f"{Recording.objects.count()}.wav"
        write(path, Audio(np.tile(samples, (2, 1)).astype(np.float32), RATE_HZ), Format("wav", 16))
        recording = arrive(producer.actor, a_song(studio), path, kind=kind, name=path.name)
        works.WORKS["songs.analyse"].run(SILENT, recording=recording.pk)
        carry(recording)
        recording.refresh_from_db()
        return recording

    return make


def carry(recording: Recording) -> Any:
    return works.WORKS["review.carry"].run(SILENT, recording=recording.pk)


def test_notes_follow_a_cut_intro(heard: Heard, producer: User, client_of: Client) -> None:
    music = played(1)
    old = heard(music)
    kept = actions.add_note(producer.actor, old, text="Drier lead", at_s=12.0, until_s=14.0)
    cut = actions.add_note(producer.actor, old, text="The first bar drags", at_s=1.0)
    whole = actions.add_note(producer.actor, old, text="Louder")
    new = heard(music[round(4.0 * RATE_HZ) :])
    places = {row.note_id: row for row in CarriedNote.objects.filter(recording=new)}
    assert places[kept.pk].at_s == pytest.approx(8.0, abs=0.005)
    assert places[kept.pk].until_s == pytest.approx(10.0, abs=0.005)
    assert places[kept.pk].moved_s == pytest.approx(-4.0, abs=0.005)
    assert not places[kept.pk].lost
    assert places[cut.pk].lost
    assert places[whole.pk].at_s is None
    page = client_of.get(f"/recordings/{new.pk}/review/").content.decode().partition('id="notes"')[2]
    assert "from Mix 1, moved −4.0 s" in page
    assert page.index("Drier lead") < page.index("The first bar drags"), "what lost its place stands last"
    assert "its place is gone" in page
    assert [each.note for each in Said(producer.actor, [old, new]).on(new)] == [whole, kept, cut]
    assert carry(new) == {"versions": 1, "notes": 3}
    assert CarriedNote.objects.count() == 3, "carried again, it is the same"


def test_the_louder_is_turned_down_over_what_both_share(heard: Heard, client_of: Client) -> None:
    music = played(2)
    quiet = heard(0.7 * music)
    loud_intro = np.concatenate([3.0 * played(3)[: round(5.0 * RATE_HZ)], music])
    loud = heard(loud_intro)
    sides = {side.recording: side for side in sides_of(loud)}
    assert sides[quiet].gain_db == 0.0
    assert sides[loud].gain_db == pytest.approx(20 * np.log10(0.7), abs=0.15), "the new intro counts for nothing"
    assert sides[quiet].map
    assert sides[quiet].map[0][1] - sides[quiet].map[0][0] == pytest.approx(5.0, abs=0.002)
    back = {side.recording: side for side in sides_of(quiet)}
    assert back[loud].map is not None
    assert back[loud].map[0][0] - back[loud].map[0][1] == pytest.approx(5.0, abs=0.002)
    assert back[loud].gain_db == sides[loud].gain_db
    drawn = client_of.get(f"/recordings/{loud.pk}/review/pictures/", headers={"HX-Request": "true"}).content.decode()
    assert drawn.count("<svg") == 2
    assert drawn.count('class="line"') == drawn.count("stroke-dasharray") == 4, "a line and its sample in the legend"
    assert "style=" not in drawn


def test_another_piece_does_not_line_up(heard: Heard, producer: User, client_of: Client) -> None:
    demo = heard(played(4), "demo")
    note = actions.add_note(producer.actor, demo, text="Keep the laugh", at_s=3.0)
    mix = heard(swelling())
    lineup = Lineup.objects.get()
    assert not lineup.aligned
    assert lineup.alignment["why"]
    row = CarriedNote.objects.get(note=note, recording=mix)
    assert row.lost
    assert row.at_s is None
    side = next(side for side in sides_of(mix) if side.recording == demo)
    assert side.map is None
    assert side.gain_db is not None
    assert side.gain_why
    assert client_of.get(f"/recordings/{mix.pk}/review/").status_code == 200


@pytest.fixture
def kept(django_capture_on_commit_callbacks: Any) -> Any:
    """What is done within it is kept, and what waits for that happens."""
    return django_capture_on_commit_callbacks


def lined(studio: Studio, old: Recording, new: Recording, shift_s: float) -> Lineup:
    from controlroom.desk.review.lineups import msgspec
    from controlroom.rooms.review import ENGINE
    from controlroom.sound.versions import Alignment, Stretch

    stretch = Stretch(old_start_s=10, old_end_s=200, new_start_s=10 + shift_s, new_end_s=200 + shift_s, confidence=1)
    alignment = Alignment(kind="same recording", old_duration_s=214, new_duration_s=214, stretches=(stretch,))
    return Lineup.objects.create(
        studio=studio, old=old, new=new, alignment=msgspec.to_builtins(alignment), engine=ENGINE
    )


def test_a_late_note_on_an_early_version_goes_along_at_once(studio: Studio, producer: User, kept: Any) -> None:
    third, fourth = a_version(studio), a_version(studio)
    lined(studio, third, fourth, 0.4)
    with kept(execute=True):
        actions.add_note(producer.actor, third, text="Drier", at_s=62.1)
    assert CarriedNote.objects.get().at_s == pytest.approx(62.5)
    with kept(execute=True):
        actions.add_note(producer.actor, fourth, text="Wetter", at_s=62.1)
    assert CarriedNote.objects.count() == 1, "nothing goes back to an earlier version"


def test_a_version_not_lined_up_yet_is_asked_for(studio: Studio, producer: User, asked: list[Any], kept: Any) -> None:
    third, fourth = a_version(studio), a_version(studio)
    a_version(studio, state="arrived")
    with kept(execute=True):
        actions.add_note(producer.actor, third, text="Drier", at_s=62.1)
    assert [(each.name, each.arguments) for each in asked] == [("review.carry", {"recording": fourth.pk})]


def test_a_version_that_was_heard_asks_for_its_notes(studio: Studio, asked: list[Any]) -> None:
    from controlroom.desk.songs import signals

    mix, take = a_version(studio), a_version(studio, "take")
    for recording in (mix, take):
        signals.heard.send(sender=Recording, recording=recording)
    assert [each.arguments["recording"] for each in asked if each.name == "review.carry"] == [mix.pk]


def test_what_was_done_is_not_carried_until_it_is_open_again(studio: Studio, producer: User, kept: Any) -> None:
    third, fourth, fifth = (a_version(studio) for _ in range(3))
    for new in (fourth, fifth):
        lined(studio, third, new, 0.0)
    with kept(execute=True):
        note = actions.add_note(producer.actor, third, text="Drier", at_s=62.1)
    actions.resolve(producer.actor, note, fourth)
    versions = [third, fourth, fifth]
    said = Said(producer.actor, versions)
    assert [len(said.on(version)) for version in versions] == [1, 1, 0]
    assert said.on(fourth)[0].done_in == "Mix 2"
    CarriedNote.objects.filter(recording=fifth).delete()
    with kept(execute=True):
        actions.reopen(producer.actor, note)
    said = Said(producer.actor, versions)
    assert [len(said.on(version)) for version in versions] == [1, 1, 1]


def test_a_reference_takes_and_gives_no_notes(studio: Studio, producer: User) -> None:
    reference, mix = a_version(studio, "reference"), a_version(studio)
    lined(studio, reference, mix, 0.0)
    note = actions.add_note(producer.actor, reference, text="This snare", at_s=12.0)
    place(note)
    assert not CarriedNote.objects.exists()
    assert Note.objects.count() == 1


def test_an_unanswered_question_moves_to_the_later_version(studio: Studio, producer: User) -> None:
    third = a_version(studio)
    actions.ask_approval(producer.actor, third, of="Mara", of_key="guest:7")
    fourth, master = a_version(studio), a_version(studio, "master")
    carry(master)
    carry(fourth)
    carry(fourth)
    assert list(ApprovalRequest.objects.filter(closed_at=None).values_list("recording", "of")) == [(fourth.pk, "Mara")]
    assert ApprovalRequest.objects.count() == 2


def test_a_deliverable_is_lined_up_when_it_is_asked_for(studio: Studio, client_of: Client, asked: list[Any]) -> None:
    mix, sent = a_version(studio), a_version(studio, "deliverable", name="final.wav")
    client_of.get(f"/recordings/{mix.pk}/review/?with={sent.pk}")
    assert [(each.name, each.arguments) for each in asked] == [("review.lineup", {"old": mix.pk, "new": sent.pk})]
    assert works.WORKS["review.lineup"].run(SILENT, old=mix.pk, new=sent.pk) == {"aligned": None}


def test_a_version_deleted_from_the_disk_still_lines_up(heard: Heard, settings: Any) -> None:
    from controlroom.desk.review.lineups import lined_up
    from controlroom.desk.songs import blobs

    music = played(6)
    old, new = heard(music), heard(music[RATE_HZ:])
    Lineup.objects.all().delete()
    blobs.path_of(old.blob).unlink()
    lineup = lined_up(old, new)
    assert lineup is not None
    assert lineup.aligned
