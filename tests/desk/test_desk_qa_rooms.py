"""What a producer meets who mixes finished stems on the page, beside mixes that came from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desk.songs_kit import Asked, tone
from django.test import Client

from controlroom.base.progress import SILENT
from controlroom.desk.accounts.models import User
from controlroom.desk.songs import actions, room_actions
from controlroom.desk.songs.models import Song
from controlroom.desk.songs.production import OURS, produce
from controlroom.production.options import Stage
from controlroom.sound.files import Format, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def stems(producer: User, tmp_path: Path) -> Song:
    """A song of two stems, and a rough mix that somebody sent."""
    song = actions.create_song(producer.actor, title="Stems")
    for name in ("KEYS", "BASS"):
        write(tmp_path / f"{name}.m4a", tone(seconds=4.0), Format("aac"))
        actions.arrive(producer.actor, song, tmp_path / f"{name}.m4a", kind="take", name=f"{name}.m4a", part=name)
    write(tmp_path / "rough.wav", tone(seconds=3.0), Format("wav", 24))
    actions.arrive(producer.actor, song, tmp_path / "rough.wav", kind="rough", name="rough.wav")
    return song


def test_a_plan_of_printed_tracks_is_changed_on_the_form(stems: Song, client_of: Client) -> None:
    produce(SILENT, song=stems.pk, until="mixing", mix=OURS)
    assert all(track.printed for track in room_actions.current_plan(stems, "mix").tracks)
    address = f"/songs/{stems.pk}/plans/mix/"
    form = client_of.get(address).content.decode()
    flags = dict.fromkeys(re.findall(r'name="(flag:[^"]+)"', form), "1")
    sent = client_of.post(address, {**flags, "tracks.0.gain_db": "3", "tracks.1.mute": "on"})
    assert sent.status_code == 302
    first, second = room_actions.current_plan(stems, "mix").tracks
    assert (first.gain_db, first.mute, first.printed) == (3.0, False, True)
    assert (second.gain_db, second.mute, second.printed) == (0.0, True, True)


def test_our_mix_is_mastered_next_where_it_is_the_newest(stems: Song, client_of: Client) -> None:
    chosen = '<option value="ours" selected>'
    assert chosen not in client_of.get(f"/songs/{stems.pk}/rooms/").content.decode()
    produce(SILENT, song=stems.pk, until="mixing", mix=OURS)
    assert chosen in client_of.get(f"/songs/{stems.pk}/rooms/").content.decode()


@pytest.mark.parametrize(("until", "says"), [("tracking", "The takes were checked."), ("mixing", "Made: Mix 1.")])
def test_a_room_says_what_it_did(stems: Song, until: Stage, says: str) -> None:
    assert produce(SILENT, song=stems.pk, until=until, mix=OURS)["says"] == says


def test_a_changed_plan_is_rendered_and_what_was_mastered_is_delivered(
    stems: Song, producer: User, client_of: Client, asked: list[Asked]
) -> None:
    def next_mix(stage: Stage) -> str:
        room_actions.start_room(producer.actor, stems, stage)
        return str(asked[-1].arguments["mix"])

    assert (next_mix("mastering"), next_mix("mixing")) == ("", OURS)
    produce(SILENT, song=stems.pk, until="mixing", mix=OURS)
    client_of.post(f"/songs/{stems.pk}/plans/mix/", {"tracks.0.gain_db": "3", "render": ""})
    assert (asked[-1].name, asked[-1].arguments["mix"]) == ("songs.produce", OURS)
    assert next_mix("delivery") == OURS
    rough = stems.recordings.get(kind="rough")
    produce(SILENT, song=stems.pk, until="mastering", mix=str(rough.pk))
    assert next_mix("delivery") == str(rough.pk)
    actions.archive_recording(producer.actor, rough)
    assert next_mix("delivery") == ""
