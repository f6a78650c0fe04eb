"""Names and folders tell what a dropped file is."""

from __future__ import annotations

import pytest

from controlroom.desk.songs.guess import meant, number_said, song_named


@pytest.mark.parametrize(
    ("name", "folder", "kind", "part"),
    [
        ("Paper Lanterns demo.mp3", "", "demo", ""),
        ("Paper Lanterns mix 4.wav", "", "mix", ""),
        ("Rough Mix 3.wav", "", "rough", ""),
        ("Paper Lanterns MASTER 24-96.wav", "", "master", ""),
        ("premaster.wav", "", "mix", ""),
        ("ref - Blue in Green.flac", "", "reference", ""),
        ("Kick In_03.wav", "", "take", "Drums"),
        ("LV take 2.wav", "", "take", "LV"),
        ("Bass DI_01.wav", "takes/Bass", "take", "Bass"),
        ("Audio 1.wav", "Lead Vocal", "take", "Lead Vocal"),
        ("Audio 1.wav", "", "take", ""),
        ("whatever.wav", "demo", "demo", ""),
        ("Lanterns 02.wav", "mixes", "mix", ""),
        ("Lanterns rough.wav", "mixes", "rough", ""),
        ("Song.wav", "references", "reference", ""),
        ("read me.txt", "", "take", ""),
        ("Drum Mix.wav", "", "take", "Drums"),
    ],
)
def test_a_name_tells_kind_and_part(name: str, folder: str, kind: str, part: str) -> None:
    assert meant(name, folder) == (kind, part)


@pytest.mark.parametrize(
    ("name", "title", "artist"),
    [
        ("Mara Lind - Paper Lanterns (demo).mp3", "Paper Lanterns", "Mara Lind"),
        ("paper_lanterns_demo_v2.wav", "paper lanterns", ""),
        ("Undertow rough mix 3.m4a", "Undertow", ""),
        ("demo.mp3", "demo", ""),
        ("Master of Puppets.wav", "Master of Puppets", ""),
        ("99 Luftballons.flac", "99 Luftballons", ""),
        (".wav", "wav", ""),
    ],
)
def test_a_name_tells_title_and_artist(name: str, title: str, artist: str) -> None:
    assert song_named(name) == (title, artist)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Potassium mix 3 quiet.wav", 3),
        ("Lanterns_v04.wav", 4),
        ("Lanterns (Demo 2).mp3", 2),
        ("mix44100.wav", None),
        ("Lanterns mix 24bit.wav", None),
        ("Lanterns mix 48 kHz.wav", None),
        ("Lanterns mix 96k.wav", None),
        ("Remix.wav", None),
        ("mix.wav", None),
    ],
)
def test_a_version_keeps_the_number_of_its_name(name: str, number: int | None) -> None:
    assert number_said(name) == number
