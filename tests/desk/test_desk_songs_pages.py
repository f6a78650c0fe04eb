"""Pages of songs: who may see them, what they show, and what is said where there is nothing yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from controlroom.desk.accounts.models import User
from controlroom.desk.songs import actions, blobs
from controlroom.desk.songs.models import Recording, Song

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", ["songs", "board", "demos", "song-new"])
def test_a_room_without_songs_invites(client_of: Client, name: str) -> None:
    assert "<h1>" in page(client_of, name)


def test_the_list_shows_songs_and_finds_them(client_of: Client, producer: User, heard: Recording) -> None:
    actions.create_song(producer.actor, title="Undertow", artist="Jo", lyrics="Salt on the window")
    assert "Paper Lanterns" in page(client_of, "songs")
    assert "Mix 1" in page(client_of, "songs")
    for words in ("undertow", "JO", "salt window"):
        shown = page(client_of, "songs", q=words)
        assert "Undertow" in shown
        assert "Paper Lanterns" not in shown
    assert "No song has that" in page(client_of, "songs", q="zzz")
    assert "Undertow" not in page(client_of, "songs", stage="mixing")


def test_a_part_finds_its_song(client_of: Client, producer: User, song: Song, wav: Callable[..., object]) -> None:
    actions.part_named(song, "Pedal steel")
    assert "Paper Lanterns" in page(client_of, "songs", q="steel")


def test_the_song_page_shows_what_is_known(client_of: Client, heard: Recording) -> None:
    shown = page(client_of, "song", heard.song_id)
    for words in ("Paper Lanterns", "Mara Lind", "Mix 1", "LUFS", "Waveform of Mix 1", "Mix 1 arrived from Producer"):
        assert words in shown
    assert "style=" not in shown


def test_a_file_gone_from_the_disk_is_said(client_of: Client, heard: Recording) -> None:
    blobs.path_of(heard.blob).unlink()
    assert "gone from the disk" in page(client_of, "song", heard.song_id)
    assert client_of.get(reverse("recording-download", args=[heard.pk])).status_code == 410


def test_what_is_refused_says_why(client_of: Client, mix: Recording) -> None:
    Recording.objects.filter(pk=mix.pk).update(state="refused", refusal="mix.wav: it is empty. Ask again.")
    assert "it is empty" in page(client_of, "song", mix.song_id)
    assert "a file is unusable" in page(client_of, "board")


SONG_PAGES = ["song", "song-edit", "song-timeline"]
WRITES = ["song-stage", "song-archive", "song-restore", "song-demo-state", "song-credits", "song-files"]


@pytest.mark.parametrize("name", SONG_PAGES)
def test_another_studios_song_is_not_here(as_user: AsUser, stranger: User, song: Song, name: str) -> None:
    assert as_user(stranger).get(reverse(name, args=[song.pk])).status_code == 404


@pytest.mark.parametrize("name", WRITES)
def test_nobody_writes_to_another_studios_song(as_user: AsUser, stranger: User, song: Song, name: str) -> None:
    assert as_user(stranger).post(reverse(name, args=[song.pk]), {"stage": "mixing"}).status_code == 404


@pytest.mark.parametrize("name", WRITES)
def test_a_reader_changes_nothing(as_user: AsUser, reader: User, song: Song, name: str) -> None:
    assert as_user(reader).post(reverse(name, args=[song.pk])).status_code == 403


@pytest.mark.parametrize("name", ["song", "songs", "board", "demos", "song-timeline"])
def test_a_reader_sees_everything_and_no_form(as_user: AsUser, reader: User, heard: Recording, name: str) -> None:
    shown = page(as_user(reader), name, *([heard.song_id] if name.startswith("song-") or name == "song" else []))
    assert 'enctype="multipart/form-data"' not in shown
    assert reverse("song-stage", args=[heard.song_id]) not in shown


@pytest.mark.parametrize("name", ["recording-edit", "recording-again", "recording-archive", "recording-restore"])
def test_a_recording_is_changed_by_those_who_may(
    as_user: AsUser, reader: User, stranger: User, mix: Recording, name: str
) -> None:
    url = reverse(name, args=[mix.pk])
    assert as_user(reader).post(url).status_code == 403
    assert as_user(stranger).post(url).status_code == 404
    assert Client().post(url).status_code == 302
    assert as_user(reader).get(url).status_code == 405


def test_a_song_is_begun(client_of: Client, producer: User) -> None:
    url = reverse("song-new")
    sent = {"title": "Undertow", "artist": "Jo", "stage": "recording", "tempo_bpm": "92,5", "key": "fis-Moll"}
    answer = client_of.post(url, sent)
    made = Song.objects.get(title="Undertow")
    assert answer["Location"] == reverse("song", args=[made.pk])
    assert (made.stage, made.tempo_bpm, made.key, made.artist_name) == ("recording", 92.5, "F# minor", "Jo")
    wrong = client_of.post(url, {"title": "", "tempo_bpm": "fast", "isrc": "12"})
    assert wrong.status_code == 422
    assert b"fast is not between 20 and 400 BPM" in wrong.content
    assert Song.objects.count() == 1


def test_facts_are_changed_and_nothing_is_told_twice(client_of: Client, song: Song) -> None:
    url = reverse("song-edit", args=[song.pk])
    sent = {"title": song.title, "artist": "Mara Lind", "tempo_bpm": "96", "target_lufs": ""}
    assert client_of.post(url, sent).status_code == 302
    assert song.events.first().says == "Tempo set to 96 BPM"
    before = song.events.count()
    assert client_of.post(url, sent).status_code == 302
    assert song.events.count() == before


def test_a_card_is_moved_without_a_mouse_or_a_script(client_of: Client, song: Song) -> None:
    answer = client_of.post(reverse("board-move"), {"song": song.pk, f"to-{song.pk}": "mastering"})
    assert answer["Location"] == reverse("board")
    assert client_of.post(reverse("board-move"), {"song": "x"}).status_code == 404
    song.refresh_from_db()
    assert song.stage == "mastering"
    assert client_of.post(reverse("song-stage", args=[song.pk]), {"stage": "lunch"}).status_code == 422


def test_only_those_who_may_write_move_a_card(as_user: AsUser, reader: User, stranger: User, song: Song) -> None:
    sent = {"song": song.pk, f"to-{song.pk}": "mastering"}
    assert as_user(reader).post(reverse("board-move"), sent).status_code == 403
    assert as_user(stranger).post(reverse("board-move"), sent).status_code == 404
    song.refresh_from_db()
    assert song.stage == "mixing"


def test_putting_away_offers_the_way_back(client_of: Client, song: Song) -> None:
    shown = client_of.post(reverse("song-archive", args=[song.pk]), follow=True).content.decode()
    assert "Paper Lanterns is put away." in shown
    assert f'hx-post="{reverse("song-restore", args=[song.pk])}"' in shown
    assert "Paper Lanterns" not in page(client_of, "songs")
    assert "Paper Lanterns" in page(client_of, "songs", away="1")
    client_of.post(reverse("song-restore", args=[song.pk]))
    assert "Paper Lanterns" in page(client_of, "songs")


def test_words_are_edited_in_place(client_of: Client, song: Song) -> None:
    url = reverse("song-words", args=[song.pk, "lyrics"])
    form = client_of.get(url, {"edit": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "<textarea" in form
    assert "<html" not in form
    part = client_of.post(url, {"words": "Salt\r\non the window"}, headers={"HX-Request": "true"}).content.decode()
    assert "Salt<br>on the window" in part
    assert client_of.post(url, {"words": "Salt"}).status_code == 302
    assert client_of.get(reverse("song-words", args=[song.pk, "title"])).status_code == 404


def test_somebody_is_credited_and_taken_off(client_of: Client, song: Song) -> None:
    url = reverse("song-credits", args=[song.pk])
    part = client_of.post(url, {"person": "Tom", "role": "drums"}, headers={"HX-Request": "true"}).content.decode()
    assert "Tom" in part
    credit = song.credits.get()
    client_of.post(url, {"person": "tom", "role": "drums"})
    assert song.credits.count() == 1
    assert client_of.post(url, {"person": "", "role": ""}, headers={"HX-Request": "true"}).status_code == 422
    client_of.post(reverse("song-credit-remove", args=[credit.pk]))
    assert song.credits.count() == 0


def test_a_recording_line_says_that_it_is_being_heard(client_of: Client, mix: Recording) -> None:
    url = reverse("recording", args=[mix.pk])
    assert "being heard" in client_of.get(url, headers={"HX-Request": "true"}).content.decode()
    Recording.objects.filter(pk=mix.pk).update(state="heard")
    assert "being heard" not in client_of.get(url, headers={"HX-Request": "true"}).content.decode()
    assert client_of.get(url)["Location"] == f"/songs/{mix.song_id}/#recording-{mix.pk}"


def test_another_kind_gets_that_kinds_next_number(client_of: Client, mix: Recording) -> None:
    client_of.post(reverse("recording-edit", args=[mix.pk]), {"kind": "master", "part": "", "says": "Louder"})
    mix.refresh_from_db()
    assert (mix.label, mix.says) == ("Master 1", "Louder")
    assert mix.song.events.first().says == "Mix 1 is now Master 1"
    assert client_of.post(reverse("recording-edit", args=[mix.pk]), {"kind": "hum"}).status_code in (302, 422)


def test_demos_wait_until_they_are_answered(client_of: Client, producer: User) -> None:
    demo = actions.create_song(producer.actor, title="Undertow")
    assert "Undertow" in page(client_of, "demos")
    client_of.post(reverse("song-demo-state", args=[demo.pk]), {"state": "answered"})
    assert "No demo waits" in page(client_of, "demos")


def test_a_thousand_songs_take_as_many_questions_as_one(
    client_of: Client, producer: User, heard: Recording, django_assert_max_num_queries: Callable[..., object]
) -> None:
    studio = producer.studio
    Song.objects.bulk_create(
        [Song(studio=studio, title=f"Song {at}", artist=heard.song.artist, stage="mixing") for at in range(1000)]
    )
    for name in ("songs", "board", "demos"):
        with django_assert_max_num_queries(24):
            page(client_of, name)
    with django_assert_max_num_queries(30):
        page(client_of, "song", heard.song_id)
