"""Finished stems are known from raw tracks."""

from __future__ import annotations

from pathlib import Path

import pytest

from controlroom.song.folder import find_audio
from controlroom.song.grouping import group
from controlroom.song.model import FileFacts, Sheet
from controlroom.song.printed import looks_printed


def files(names: list[str], channels: int = 2, seconds: float = 200.0, codec: str = "pcm_s24") -> list[FileFacts]:
    frames = round(seconds * 48000)
    return [FileFacts(path=Path(n), rate_hz=48000, channels=channels, frames=frames, codec=codec) for n in names]


STEMS = ["Drums.wav", "Bass.wav", "Music.wav", "Vocals.wav"]
RAW = ["01_KickIn.wav", "02_KickOut.wav", "03_SnareUp.wav", "08_OverheadsL.wav", "11_BassDI.wav", "16_LeadVox.wav"]


def test_stereo_stems_of_one_length_are_printed():
    assert looks_printed(files(STEMS))


def test_raw_mono_microphones_are_not():
    assert not looks_printed(files(RAW, channels=1))
    assert not looks_printed(files(RAW))


def test_mono_tracks_of_one_length_are_not():
    assert not looks_printed(files(["Kick.wav", "Bass.wav", "Vox.wav"], channels=1))


def test_stereo_files_of_different_lengths_are_not_unless_lossy():
    mixed = [*files(["Drums.wav", "Bass.wav"]), *files(["Vox.wav"], seconds=180)]
    assert not looks_printed(mixed)
    lossy = [*files(["Drums.mp3", "Bass.mp3"], codec="mp3float"), *files(["Vox.mp3"], seconds=180, codec="mp3float")]
    assert looks_printed(lossy)


def test_several_takes_of_a_part_are_not():
    assert not looks_printed(files(["takes/keys/take 1.wav", "takes/keys/take 2.wav", "takes/bass/Bass.wav"]))
    assert not looks_printed(files(["Keys_01.wav", "Keys_02.wav", "Bass_01.wav"]))


def test_numbered_stems_are():
    assert looks_printed(files(["Synth 1.wav", "Synth 2.wav", "Guitar_01.wav", "Guitar_02.wav", "Drums.wav"]))


def test_no_files_are_not():
    assert not looks_printed([])


def test_the_sheet_overrules():
    assert all(part.printed for part in group(files(RAW, channels=1), Sheet(stems=True)))
    assert not any(part.printed for part in group(files(STEMS), Sheet(stems=False)))


def test_said_to_be_stems_a_kit_stays_apart_but_halves_come_together():
    named = group(files(["Kick In.wav", "Snare Top.wav", "OH.L.wav", "OH.R.wav"], channels=1), Sheet(stems=True))
    assert [(part.name, len(part.passes[0].mics)) for part in named] == [("Kick In", 1), ("OH", 2), ("Snare Top", 1)]


def test_printed_parts_keep_their_families_and_their_names():
    named = {part.name: part.role for part in group(files(["VOX LEAD.wav", "DRUMS BREAK 1.wav", "KEYS.wav"]), Sheet())}
    assert named == {"VOX LEAD": "lead vocal", "DRUMS BREAK 1": "drums", "KEYS": "keys"}


def test_a_submix_among_raw_tracks_is_printed_alone():
    printed = {part.name: part.printed for part in group(files([*RAW, "Strings Stem.wav"], channels=1), Sheet())}
    assert printed["Strings Stem"]
    assert sum(printed.values()) == 1


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("song", "parts"), [("songs/hydrogen", 12), ("songs/potassium", 19), ("songs/caesium", 16), ("band", 5)]
)
def test_the_recordings_are_printed_stems(recordings, song, parts):
    found = find_audio(recordings / song)
    assert len(found.takes) == parts
    assert found.mixes == ()
    assert [path.name for path in found.masters] == (["Master.m4a"] if song.endswith("caesium") else [])
    band = song == "band"
    known = [
        *files(
            [str(path) for path in found.takes], seconds=83.25 if band else 236.35, codec="mp3float" if band else "aac"
        ),
    ]
    known[0] = files([str(found.takes[0])], seconds=80.3 if band else 236.4, codec=known[0].codec)[0]
    assert looks_printed(known)
    grouped = group(known, Sheet())
    assert len(grouped) == parts
    assert all(part.printed and len(part.passes) == 1 for part in grouped)
    assert all(part.role != "other" for part in grouped)
