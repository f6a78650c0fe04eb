"""One revision list, and the same as files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from desk.review_kit import a_song, a_version
from django.test import Client

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.review import actions
from controlroom.desk.review.models import Note
from controlroom.desk.songs.models import Recording
from controlroom.sound.files import probe


@pytest.fixture
def mix(studio: Studio, producer: User, engineer: User) -> Recording:
    """Mix 1 with praise, two that contradict each other, one from Mara, one on all of it."""
    recording = a_version(studio)
    mara = Actor(studio.pk, "Mara", "guest:7", frozenset(["comment"]))
    actions.add_note(producer.actor, recording, text="vocal up 1 dB", at_s=62.1)
    actions.add_note(engineer.actor, recording, text="vocal down", at_s=62.5)
    actions.add_note(mara, recording, text="Great chorus", at_s=80.0, until_s=90.0)
    actions.add_note(mara, recording, text='=HYPERLINK("x")', at_s=100.0)
    actions.add_note(producer.actor, recording, text="Wider\nplease")
    return recording


def export(client: Client, recording: Recording, kind: str) -> Any:
    return client.get(f"/recordings/{recording.pk}/revision/{kind}/")


def test_what_works_stands_first_and_contradictions_are_flagged(mix: Recording, client_of: Client) -> None:
    page = client_of.get(f"/recordings/{mix.pk}/revision/").content.decode()
    assert page.index("What works") < page.index("Great chorus") < page.index("To do") < page.index("vocal up")
    assert "Engineer asks the opposite" in page
    assert "Producer asks the opposite" in page
    review = client_of.get(f"/recordings/{mix.pk}/review/").content.decode()
    assert "Engineer asks the opposite" in review
    assert "Mara: Great chorus" in review


def test_nothing_open_invites(studio: Studio, client_of: Client) -> None:
    page = client_of.get(f"/recordings/{a_version(studio).pk}/revision/").content
    assert b"Nothing is open" in page


def test_notes_are_marked_done_in_a_version(mix: Recording, studio: Studio, client_of: Client) -> None:
    later = a_version(studio)
    chosen = list(Note.objects.filter(text__startswith="vocal").values_list("pk", flat=True))
    answer = client_of.post(f"/recordings/{mix.pk}/revision/done/", {"note": chosen, "done_in": later.pk})
    assert answer.status_code == 302
    assert set(Note.objects.filter(done_in=later).values_list("pk", flat=True)) == set(chosen)
    assert b"vocal up" not in client_of.get(f"/recordings/{mix.pk}/revision/").content


def test_done_in_the_next_version_needs_none(mix: Recording, client_of: Client) -> None:
    note = Note.objects.get(text__startswith="vocal up")
    client_of.post(f"/recordings/{mix.pk}/revision/done/", {"note": [note.pk], "done_in": ""})
    note.refresh_from_db()
    assert note.resolved_at
    assert note.done_in is None


@pytest.mark.parametrize("said", [{}, {"note": ["999999"]}, {"note": ["x"]}])
def test_nothing_chosen_is_said(said: dict[str, Any], mix: Recording, client_of: Client) -> None:
    answer = client_of.post(f"/recordings/{mix.pk}/revision/done/", said)
    assert answer.status_code == 422
    assert b"Choose the notes that are done." in answer.content
    assert not Note.objects.exclude(resolved_at=None).exists()


def test_notes_of_another_song_are_not_marked_here(
    mix: Recording, studio: Studio, producer: User, client_of: Client
) -> None:
    foreign = a_version(studio, of=a_song(studio, "Another"))
    note = actions.add_note(producer.actor, foreign, text="Drier")
    assert client_of.post(f"/recordings/{mix.pk}/revision/done/", {"note": [note.pk]}).status_code == 422
    own = Note.objects.get(text__startswith="vocal up")
    done_in = {"note": [own.pk], "done_in": foreign.pk}
    assert client_of.post(f"/recordings/{mix.pk}/revision/done/", done_in).status_code == 422


def test_a_reader_reads_and_does_not_mark(mix: Recording, reader: User, as_user: Any) -> None:
    client = as_user(reader)
    page = client.get(f"/recordings/{mix.pk}/revision/")
    assert page.status_code == 200
    assert b"checkbox" not in page.content
    assert client.post(f"/recordings/{mix.pk}/revision/done/", {"note": ["1"]}).status_code == 403
    assert client.get(f"/recordings/{mix.pk}/revision/done/").status_code == 405


def test_the_list_as_text(mix: Recording, client_of: Client) -> None:
    answer = export(client_of, mix, "text")
    assert answer["Content-Type"].startswith("text/plain")
    assert 'filename="Paper Lanterns, notes on Mix 1.txt"' in answer["Content-Disposition"]
    text = answer.content.decode()
    assert text.startswith("Mara Lind, Paper Lanterns: notes on Mix 1\n")
    assert text.index("Great chorus") < text.index("1:02  vocal up 1 dB")
    assert text in client_of.get(f"/recordings/{mix.pk}/revision/").content.decode().replace("&quot;", '"')


def test_the_list_as_csv(mix: Recording, client_of: Client) -> None:
    data = export(client_of, mix, "csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(data)))
    assert len(rows) == 5
    assert [row["Time"] for row in rows] == ["0:00.000", "1:02.100", "1:02.500", "1:20.000", "1:40.000"]
    assert rows[3]["Length (s)"] == "10.000"
    assert not any(row["Name"].startswith("=") for row in rows)


def test_the_list_for_reaper(mix: Recording, client_of: Client) -> None:
    rows = list(csv.reader(io.StringIO(export(client_of, mix, "reaper").content.decode())))
    assert rows[0] == ["#", "Name", "Start", "End", "Length", "Color"]
    assert [row[0] for row in rows[1:]] == ["M1", "M2", "M3", "R1", "M4"]


def test_the_list_as_midi(mix: Recording, client_of: Client) -> None:
    mix.song.tempo_bpm, mix.song.meter = 96.0, "6/8"
    mix.song.save()
    data = export(client_of, mix, "midi").content
    assert data[:4] == b"MThd"
    assert b"\xff\x51\x03" + (625_000).to_bytes(3, "big") in data
    assert b"\xff\x58\x04\x06\x03" in data
    assert b"vocal up 1 dB" in data


def test_a_tempo_that_midi_cannot_say_is_left_out(mix: Recording, client_of: Client) -> None:
    mix.song.tempo_bpm, mix.song.meter = 0.1, "free"
    mix.song.save()
    assert b"vocal up 1 dB" in export(client_of, mix, "midi").content


def test_the_list_as_cue_points(mix: Recording, client_of: Client, tmp_path: Path) -> None:
    path = tmp_path / "markers.wav"
    path.write_bytes(export(client_of, mix, "wav").content)
    cues = probe(path).cues
    assert [round(cue.at_frame / 48000, 1) for cue in cues] == [0.0, 62.1, 62.5, 80.0, 90.0, 100.0]


@pytest.mark.parametrize("kind", ["text", "csv", "midi", "reaper", "wav"])
def test_an_empty_list_is_a_file_too(kind: str, studio: Studio, client_of: Client) -> None:
    answer = export(client_of, a_version(studio), kind)
    assert answer.status_code == 200
    assert answer.content


def test_there_is_no_other_kind(mix: Recording, client_of: Client) -> None:
    assert export(client_of, mix, "docx").status_code == 404


def test_guests_read_no_internal_notes_in_the_list(mix: Recording, producer: User) -> None:
    from controlroom.desk.review.revision import exported

    actions.add_note(producer.actor, mix, text="He cannot sing", internal=True)
    mara = Actor(mix.studio_id, "Mara", "guest:7", frozenset(["comment"]))
    assert b"cannot sing" not in exported(mara, mix, "text")[0]
    assert b"cannot sing" in exported(producer.actor, mix, "text")[0]
