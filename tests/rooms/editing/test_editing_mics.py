"""Which mic of one pass is which of the next, and what the finished track is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from controlroom.rooms.editing.mics import matched_mics
from controlroom.song.model import Mic, Part, Pass


def part(*passes: list[tuple[str, str]]) -> Part:
    return Part(
        name="part",
        role="drums",
        passes=tuple(
            Pass(name=f"{at + 1}", mics=tuple(Mic(path=Path(path), role=role) for path, role in mics))
            for at, mics in enumerate(passes)
        ),
    )


@pytest.mark.parametrize(
    ("passes", "name"),
    [
        ([["Lead Vocal_01.wav"], ["Lead Vocal_02.wav"], ["Lead Vocal_03 punch.wav"]], "Lead Vocal"),
        ([["t1/Kick In.wav"], ["t2/Kick In.wav"]], "Kick In"),
        ([["vox take 1.wav"], ["vox take 2.wav"]], "vox"),
        ([["Take 1 Vox.wav"], ["Take 2 Vox.wav"]], "snare top"),  # nothing is left: the role
        ([["Tom 1.wav"]], "Tom 1"),
    ],
)
def test_a_track_is_called_what_its_takes_share(passes: list[list[str]], name: str) -> None:
    (track,) = matched_mics(part(*[[(path, "snare top") for path in mics] for mics in passes]))
    assert track.name == name
    assert len(track.files) == len(passes)


def test_toms_are_told_apart_by_name_whatever_their_order() -> None:
    tracks = matched_mics(
        part(
            [("1/Tom 1.wav", "tom"), ("1/Tom 2.wav", "tom"), ("1/Kick.wav", "kick")],
            [("2/Kick.wav", "kick"), ("2/Tom 2.wav", "tom"), ("2/Tom 1.wav", "tom")],
        )
    )
    assert {track.name: track.files["2"].name for track in tracks} == {
        "Tom 1": "Tom 1.wav",
        "Tom 2": "Tom 2.wav",
        "Kick": "Kick.wav",
    }


def test_a_mic_that_one_pass_lacks_is_kept() -> None:
    tracks = matched_mics(part([("1/Kick.wav", "kick")], [("2/Kick.wav", "kick"), ("2/Room.wav", "room")]))
    assert [(track.name, sorted(track.files)) for track in tracks] == [("Kick", ["1", "2"]), ("Room", ["2"])]


def test_a_mic_with_another_role_is_still_the_same_mic() -> None:
    (track,) = matched_mics(part([("vox good.wav", "lead vocal")], [("vox idea.wav", "unknown")]))
    assert sorted(track.files) == ["1", "2"]


def test_names_are_unique() -> None:
    tracks = matched_mics(part([("a/1.wav", "tom"), ("b/1.wav", "tom")]))
    assert [track.name for track in tracks] == ["1", "1 2"]
