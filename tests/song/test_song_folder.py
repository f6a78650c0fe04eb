"""The song folder on disk: what is made, what is found, what is left aside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from controlroom.base.errors import InputRefused, UsageError
from controlroom.song.folder import create, find_audio, read_sheet
from controlroom.song.whole import kind_of, sums_of_others


def lay(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"RIFF")
    return folder


def posix(paths: tuple[Path, ...]) -> list[str]:
    return [path.as_posix() for path in paths]


def test_a_new_song_folder_has_its_sheet_and_its_folders(tmp_path):
    made = create(tmp_path / "My Song", "My Song", "Ana")
    assert [path.name for path in made] == ["song.toml", "demo", "takes", "mixes"]
    assert all(path.exists() for path in made)
    sheet = read_sheet(tmp_path / "My Song")
    assert (sheet.title, sheet.artist) == ("My Song", "Ana")


@pytest.mark.parametrize("title", ['AC/DC "live" \\ 100%', "line\nbreak", "🎸", "= [x]", ""])
def test_any_title_is_a_title_and_never_a_path(tmp_path, title):
    create(tmp_path / "song", title, title)
    assert read_sheet(tmp_path / "song").title == (" ".join(title.split()) or "song")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["song"]


def test_a_new_folder_refuses_to_overwrite(tmp_path):
    create(tmp_path, "One")
    with pytest.raises(UsageError, match=r"there already"):
        create(tmp_path, "Two")
    assert read_sheet(tmp_path).title == "One"


def test_a_new_folder_may_have_recordings_in_it_already(tmp_path):
    create(lay(tmp_path, "Vox.wav", "Bass.wav"), "Song")
    assert posix(find_audio(tmp_path).takes) == ["Bass.wav", "Vox.wav"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(UsageError, match="file of this name"):
        create(tmp_path / "x", "X")
    with pytest.raises(InputRefused, match="not a folder"):
        find_audio(tmp_path / "x")
    with pytest.raises(InputRefused, match="not a folder"):
        find_audio(tmp_path / "nowhere")


def test_a_song_folder_is_sorted_by_what_files_are_for(tmp_path):
    lay(
        tmp_path,
        "takes/drums/pass 1/Kick.wav",
        "takes/lead vocal/take 10.WAV",
        "takes/lead vocal/take 2.wav",
        "demo/phone.m4a",
        "Mixes/Mix v2.wav",
        "Mixes/Mix v10.wav",
        "references/their song.flac",
        "out/mix/mix.wav",
        "takes/notes.txt",
    )
    found = find_audio(tmp_path)
    assert posix(found.takes) == [
        "takes/drums/pass 1/Kick.wav",
        "takes/lead vocal/take 2.wav",
        "takes/lead vocal/take 10.WAV",
    ]
    assert posix(found.demos) == ["demo/phone.m4a"]
    assert posix(found.mixes) == ["Mixes/Mix v2.wav", "Mixes/Mix v10.wav"]
    assert posix(found.references) == ["references/their song.flac"]
    assert found.findings == ()


def test_without_takes_every_audio_file_is_a_recording(tmp_path):
    lay(
        tmp_path,
        "Kick.wav",
        "sub/Bass.aiff",
        "demo/x.mp3",
        "mixes/y.wav",
        "out/z.wav",
        ".hidden.wav",
        "._Kick.wav",
        "Kick.wav.reapeaks",
    )
    lay(tmp_path, ".git/a.wav", "__MACOSX/._b.wav", "Fade Files/c.wav", "cover.jpg", "Vox.FLAC")
    assert posix(find_audio(tmp_path).takes) == ["Kick.wav", "sub/Bass.aiff", "Vox.FLAC"]


def test_an_empty_folder_has_nothing(tmp_path):
    found = find_audio(tmp_path)
    assert found == type(found)()


def test_links_that_lead_in_circles_end(tmp_path):
    lay(tmp_path, "takes/bass/a.wav")
    (tmp_path / "takes" / "round").symlink_to(tmp_path / "takes", target_is_directory=True)
    (tmp_path / "takes" / "self").symlink_to(tmp_path / "takes" / "self")
    (tmp_path / "takes" / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    assert posix(find_audio(tmp_path).takes) == ["takes/bass/a.wav"]


def test_links_to_another_disk_are_followed(tmp_path):
    lay(tmp_path, "disk/drums/Kick.wav", "song/song.toml")
    (tmp_path / "song" / "takes").symlink_to(tmp_path / "disk", target_is_directory=True)
    assert posix(find_audio(tmp_path / "song").takes) == ["takes/drums/Kick.wav"]


def test_what_is_called_like_sound_but_is_no_file_is_passed_over(tmp_path):
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    assert find_audio(tmp_path).takes == ()


def test_names_with_emoji_and_newlines_are_names(tmp_path):
    lay(tmp_path, "🎤 vóx.wav", "two\nlines.wav")
    assert len(find_audio(tmp_path).takes) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_refused(tmp_path):
    lay(tmp_path, "takes/a.wav")
    (tmp_path / "takes").chmod(0)
    try:
        with pytest.raises(InputRefused, match="may not be opened"):
            find_audio(tmp_path)
    finally:
        (tmp_path / "takes").chmod(0o755)


def test_a_mix_and_a_master_among_stems_are_no_parts(tmp_path):
    lay(
        tmp_path,
        "Drums.wav",
        "Bass.wav",
        "Vox.wav",
        "Drum Mix.wav",
        "Rough Mix 3.wav",
        "Master.m4a",
        "REF - Other Song.wav",
    )
    found = find_audio(tmp_path)
    assert posix(found.takes) == ["Bass.wav", "Drum Mix.wav", "Drums.wav", "Vox.wav"]
    assert posix(found.mixes) == ["Rough Mix 3.wav"]
    assert posix(found.masters) == ["Master.m4a"]
    assert posix(found.references) == ["REF - Other Song.wav"]


def test_the_song_by_its_own_name_is_a_mix(tmp_path):
    lay(tmp_path / "Blue Sky", "Blue Sky.wav", "Drums.wav", "Vox.wav")
    assert posix(find_audio(tmp_path / "Blue Sky").mixes) == ["Blue Sky.wav"]
    assert kind_of("Master Blaster Drums", "Master Blaster") is None
    assert kind_of("Master Blaster Mix 3", "Master Blaster") == "mix"
    assert kind_of("Blue Sky Print v2", "Blue Sky") == "mix"
    assert posix(find_audio(lay(tmp_path / "Drums", "Drums.wav")).takes) == ["Drums.wav"]


def test_a_finished_master_among_mixes_is_not_mastered_again(tmp_path):
    found = find_audio(lay(tmp_path, "mixes/Song Mix.wav", "mixes/Song Mastered.wav", "mixes/Song premaster.wav"))
    assert posix(found.mixes) == ["mixes/Song Mix.wav", "mixes/Song premaster.wav"]
    assert posix(found.masters) == ["mixes/Song Mastered.wav"]


def test_a_mix_in_two_halves_is_no_mix(tmp_path):
    found = find_audio(lay(tmp_path, "Drums.wav", "Vox.wav", "Song Mix_01.L.wav", "Song Mix_01.R.wav", "Old Mix.wav"))
    assert posix(found.mixes) == ["Old Mix.wav"]
    assert posix(found.set_aside) == ["Song Mix_01.L.wav", "Song Mix_01.R.wav"]
    assert [finding.code for finding in found.findings] == ["mix_in_halves"] * 2


def test_what_only_guides_is_left_aside_and_said(tmp_path):
    found = find_audio(lay(tmp_path, "Click.wav", "Talkback.wav", "Guide Vox.wav", "LV.wav", "Bass.wav"))
    assert posix(found.set_aside) == ["Click.wav", "Guide Vox.wav", "Talkback.wav"]
    assert {finding.code for finding in found.findings} == {"guide_set_aside"}
    assert "Click.wav" in found.findings[0].says()


def test_the_only_voice_is_a_part_even_if_it_is_a_guide(tmp_path):
    assert posix(find_audio(lay(tmp_path, "Guide Vox.wav", "Bass.wav")).takes) == ["Bass.wav", "Guide Vox.wav"]


def test_a_click_in_takes_is_left_aside_but_a_scratch_vocal_in_its_part_is_a_take(tmp_path):
    found = find_audio(lay(tmp_path, "takes/click/click.wav", "takes/lead vocal/scratch.wav", "takes/bass/Bass.wav"))
    assert posix(found.takes) == ["takes/bass/Bass.wav", "takes/lead vocal/scratch.wav"]
    assert posix(found.set_aside) == ["takes/click/click.wav"]


def test_sums_of_microphones_that_are_there_too_are_left_aside(tmp_path):
    found = find_audio(
        lay(tmp_path, "Kick In.wav", "Kick Out.wav", "Kick_SUM.wav", "OHL.wav", "OHR.wav", "OH_SUM.wav", "Bass_SUM.wav")
    )
    assert posix(found.set_aside) == ["Kick_SUM.wav", "OH_SUM.wav"]
    assert "Bass_SUM.wav" in posix(found.takes)
    assert {finding.code for finding in found.findings} == {"sum_set_aside"}


def test_an_instrumental_is_a_version_among_many_and_a_stem_beside_one(tmp_path):
    many = lay(tmp_path / "a", "Drums.wav", "Bass.wav", "Keys.wav", "Vox.wav", "Instrumental Mix.wav")
    assert posix(find_audio(many).set_aside) == ["Instrumental Mix.wav"]
    two = lay(tmp_path / "b", "Vocals.wav", "Instrumental.wav")
    assert posix(find_audio(two).takes) == ["Instrumental.wav", "Vocals.wav"]


def test_sound_outside_takes_is_not_used_and_said(tmp_path):
    found = find_audio(lay(tmp_path, "takes/bass/a.wav", "loose.wav", "Stems/Drums.wav", "My Rough Mix.wav"))
    assert posix(found.takes) == ["takes/bass/a.wav"]
    assert posix(found.mixes) == ["My Rough Mix.wav"]
    assert [(finding.code, finding.args["count"]) for finding in found.findings] == [("outside_takes", 2)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Master", "master"),
        ("Song (Master)", "master"),
        ("Song_MIX_1_Master", "master"),
        ("premaster", "mix"),
        ("Mix for mastering", "mix"),
        ("Mixdown(3)", "mix"),
        ("Stereo Out", "mix"),
        ("2-Track", "mix"),
        ("bounce 2024-01-05", "mix"),
        ("vox up mix", "mix"),
        ("MIX DRUMS", None),
        ("Drum Mix", None),
        ("Bass Master", None),
        ("Lead", None),
        ("Mastodon Riff", None),
        ("SCRATCH HATS", None),
        ("FILL SCRATCH", None),
        ("42 intro count.1_03", "guide"),
        ("TV Mix", "alternate"),
        ("Kick_SUM", "sum"),
        ("Reference Song", "reference"),
        ("Kick", None),
        ("", None),
        ("ミックス", "mix"),
    ],
)
def test_what_a_file_is_by_its_name(name, kind):
    assert kind_of(name) == kind


def test_a_sum_needs_two_of_its_own():
    assert sums_of_others(["Kick_SUM", "Kick In"]) == []
    assert sums_of_others(["BGV1_SUM", "BGV1A", "BGV1B", "BGV2A"]) == ["BGV1_SUM"]
    assert sums_of_others(["Ana BGV1_SUM.06_01", "Ana BGV1A.06_01", "Ana BGV1B.06_01"]) == ["Ana BGV1_SUM.06_01"]
