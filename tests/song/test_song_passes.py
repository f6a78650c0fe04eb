"""Where passes sit in time, what a punch-in is, and which microphone is which."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.song.grouping import group
from controlroom.song.model import FileFacts, Part, Sheet

RATE_HZ = 48000


def file(path: str, seconds: float = 200.0, stamp: float | None = None, channels: int = 1) -> FileFacts:
    frames = round(seconds * RATE_HZ)
    return FileFacts(path=Path(path), rate_hz=RATE_HZ, channels=channels, frames=frames, time_reference_s=stamp)


def parts(files: list[FileFacts], sheet: Sheet | None = None) -> dict[str, Part]:
    return {part.name: part for part in group(files, sheet or Sheet())}


def starts(part: Part) -> dict[str, float]:
    return {each.name: round(each.start_s, 6) for each in part.passes}


def punches(part: Part) -> list[str]:
    return [each.name for each in part.passes if each.punch_in]


def test_starts_count_from_the_earliest_time_stamp_of_the_song():
    found = parts([file("Kick_01.wav", 200, 3600.0), file("Solo_01.wav", 20, 3700.25), file("Pad_01.wav", 200)])
    assert starts(found["Kick"]) == {"take 1": 0.0}
    assert starts(found["Solo"]) == {"take 1": 100.25}
    assert starts(found["Pad"]) == {"take 1": 0.0}


def test_a_short_take_stamped_inside_the_others_is_a_punch_in():
    vocal = parts(
        [
            file("takes/lead vocal/LV_01.wav", 190, 3600.0),
            file("takes/lead vocal/LV_02.wav", 192, 3600.0),
            file("takes/lead vocal/LV_03.wav", 8, 3661.5),
        ]
    )["lead vocal"]
    assert punches(vocal) == ["take 3"]
    assert starts(vocal) == {"take 1": 0.0, "take 2": 0.0, "take 3": 61.5}


def test_a_false_start_is_no_punch_in():
    files = [file("LV_01.wav", 190, 3600.0), file("LV_02.wav", 9, 3600.1), file("LV_03.wav", 188, 3600.0)]
    assert punches(parts(files)["LV"]) == []


def test_a_short_take_without_a_time_stamp_is_no_punch_in_unless_it_says_so():
    files = [file("takes/vox/Vox_01.wav", 190), file("takes/vox/Vox_02.wav", 8)]
    assert punches(parts(files)["vox"]) == []
    assert punches(parts([*files, file("takes/vox/drop-in.wav", 8)])["vox"]) == ["punch-in"]


def test_a_lone_file_called_punch_is_the_take():
    assert punches(parts([file("takes/vox/punch.wav")])["vox"]) == []


def test_one_whole_take_and_many_punches():
    files = [file("LV_01.wav", 190, 0.0), *(file(f"LV_0{n}.wav", 8, 20.0 * n) for n in range(2, 6))]
    vocal = parts(files)["LV"]
    assert punches(vocal) == ["take 2", "take 3", "take 4", "take 5"]
    assert starts(vocal)["take 5"] == 100.0


def test_takes_stamped_by_the_time_of_day_all_begin_at_the_beginning():
    files = [
        file(f"takes/{part}/0{n}.wav", 200, 36000.0 + 260 * n) for n in (1, 2, 3) for part in ("bass", "lead vocal")
    ]
    found = parts(files)
    for part in ("bass", "lead vocal"):
        assert set(starts(found[part]).values()) == {0.0}
        assert punches(found[part]) == []


def test_vocals_recorded_hours_later_by_the_clock_begin_with_the_song():
    found = parts([file("Kick.wav", 200, 36000.0), file("Vox.wav", 190, 43000.0)])
    assert starts(found["Vox"]) == {"take 1": 0.0}


def test_verse_and_chorus_one_after_the_other_stay_where_they_are():
    files = [file("Bass.wav", 200, 3600.0), file("LV_01.wav", 50, 3610.0), file("LV_02.wav", 55, 3670.0)]
    assert starts(parts(files)["LV"]) == {"take 1": 10.0, "take 2": 70.0}


def test_a_file_stamped_zero_by_a_tool_does_not_push_the_song_away():
    found = parts([file("Synth.wav", 200, 0.0), file("Kick.wav", 200, 3600.0), file("Solo.wav", 20, 3650.0)])
    assert starts(found["Kick"]) == {"take 1": 0.0}
    assert starts(found["Solo"]) == {"take 1": 50.0}


def test_microphones_of_a_kit_have_their_roles_and_sides():
    names = ["Kick In", "Kick Out", "SN Top", "SN Bot", "HH", "Rack", "Floor Tom", "OH L", "OH R", "Rm"]
    drums = parts([file(f"{name}_01.wav") for name in names])["Drums"]
    mics = {mic.path.stem.removesuffix("_01"): (mic.role, mic.side) for mic in drums.passes[0].mics}
    assert mics == {
        "Kick In": ("kick in", None),
        "Kick Out": ("kick out", None),
        "SN Top": ("snare top", None),
        "SN Bot": ("snare bottom", None),
        "HH": ("hi-hat", None),
        "Rack": ("tom", None),
        "Floor Tom": ("tom", None),
        "OH L": ("overhead", "L"),
        "OH R": ("overhead", "R"),
        "Rm": ("room", None),
    }
    assert drums.role == "drums"


def test_a_part_folder_says_what_its_files_are():
    found = parts(
        [file("takes/bass/DI.wav"), file("takes/bass/amp.wav"), file("takes/snare/top.wav"), file("takes/Anna/1.wav")]
    )
    assert [mic.role for mic in found["bass"].passes[0].mics] == ["bass amp", "bass DI"]
    assert found["snare"].passes[0].mics[0].role == "snare top"
    assert found["Anna"].role == "other"
    assert parts([file("takes/lead vocal/1.wav")])["lead vocal"].passes[0].mics[0].role == "lead vocal"


def test_the_sheet_may_name_a_file_with_brackets():
    found = parts([file("Take [2].wav"), file("Bass.wav")], Sheet(roles={"Take [2].wav": "keys"}))
    assert [part.role for part in found.values()] == ["bass", "keys"]


@pytest.mark.parametrize("said", ["Audio 1", "audio 1.wav", "Audio*", "AUDIO 1"])
def test_the_sheet_overrules_names(said):
    found = parts([file("Audio 1.wav"), file("Bass.wav")], Sheet(roles={said: "lead vocal"}))
    assert found["Audio 1"].role == "lead vocal"
    assert found["Audio 1"].passes[0].mics[0].role == "lead vocal"
    assert found["Bass"].role == "bass"


def test_the_sheet_may_name_a_part_folder():
    found = parts([file("takes/Anna/1.wav"), file("takes/Anna/2.wav")], Sheet(roles={"Anna": "lead vocal"}))
    assert found["Anna"].role == "lead vocal"
    assert len(found["Anna"].passes) == 2


def test_the_title_says_nothing_of_the_part():
    found = parts([file("Bass Invaders - Vox.wav"), file("Bass Invaders - Piano.wav")], Sheet(title="Bass Invaders"))
    assert {name: part.role for name, part in found.items()} == {"Vox": "lead vocal", "Piano": "keys"}


def test_a_copy_of_a_snare_microphone_is_a_microphone_of_the_same_pass():
    drums = parts([file(f"{name}.wav") for name in ("01 Kick In", "04 Snare Top", "05 Snare Top.dup2", "06 OH")])[
        "Drums"
    ]
    assert len(drums.passes) == 1
    assert len(drums.passes[0].mics) == 4


def test_no_files_no_parts():
    assert group([], Sheet()) == ()


def test_a_file_of_one_sample_and_one_without_any():
    files = [FileFacts(path=Path(f"{n}.wav"), rate_hz=44100, channels=1, frames=n) for n in (0, 1)]
    assert len(group(files, Sheet())) == 2


PIECES = [
    "Kick", "In", "Snare", "Top", "OH", "L", "R", ".L", "_01", "_02", " 1", " 2", "take", "#03", "(2)",
    "punch", "Vox", "stem", "T3", "Gtr", "DI", "amp", ".dup1", "[2024-01-05 120031]", "-240105_1200", "0001 ",
    "01-", "é", "🎸", "comp", "%L", ".", " ",
]  # fmt: skip
pieces = st.sampled_from(PIECES)
folders = st.sampled_from(
    ["", "takes/", "takes/drums/", "takes/lead vocal/", "takes/guitars/pass 2/", "Audio Files/", "Drums/"]
)
lists = st.lists(
    st.builds(
        lambda folder, words, frames, stamp, channels: FileFacts(
            path=Path(f"{folder}{''.join(words)}.wav"),
            rate_hz=RATE_HZ,
            channels=channels,
            frames=frames,
            time_reference_s=stamp,
        ),
        folders,
        st.lists(pieces, min_size=1, max_size=5),
        st.sampled_from([0, 1, 48000, 9600000, 9600001]),
        st.none() | st.sampled_from([0.0, 3600.0, 3650.0, 80000.0]),
        st.integers(1, 24),
    ),
    max_size=12,
    unique_by=lambda facts: facts.path,
)


@settings(deadline=None)
@given(lists)
def test_whatever_files_are_called_each_lands_in_one_pass(files):
    found = group(files, Sheet())
    grouped = [mic.path for part in found for each in part.passes for mic in each.mics]
    assert sorted(grouped) == sorted(facts.path for facts in files)
    assert len({part.name.casefold() for part in found}) == len(found)
    for part in found:
        assert part.name.strip()
        assert len({each.name for each in part.passes}) == len(part.passes)
        assert all(each.mics and each.start_s >= 0 for each in part.passes)
