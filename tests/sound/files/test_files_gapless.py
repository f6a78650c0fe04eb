"""Parts of a programme as AAC: decoded and trimmed they are the programme again, without a seam."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import mutagen.mp4
import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.sound.files import AudioFile, Format, Metadata, write
from controlroom.sound.files.gapless import Part, write_gapless_aac
from controlroom.sound.signal import Audio, Samples

RATE = 44100


def _programme(channels: int, seconds: float = 1.5) -> Audio:
    times_s = np.arange(round(seconds * RATE)) / RATE
    return Audio(np.stack([0.4 * np.sin(2 * np.pi * (330 + 7 * k) * times_s) for k in range(channels)]), RATE)


def _parts(folder: Path, cuts: list[int]) -> list[Part]:
    return [Part(path=folder / f"{k}.m4a", start=a, frames=b - a) for k, (a, b) in enumerate(pairwise(cuts))]


def _decoded(path: Path) -> Samples:
    with AudioFile(path) as file:
        return file.read(0, file.frames)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("cut", [1, 1023, 1024, 44100, 66149])
def test_the_parts_decode_to_what_the_whole_decodes_to(tmp_path: Path, channels: int, cut: int) -> None:
    programme = _programme(channels)
    parts = _parts(tmp_path, [0, cut, programme.frames])
    write_gapless_aac(parts, programme)
    whole = Part(path=tmp_path / "whole.m4a", start=0, frames=programme.frames)
    write_gapless_aac([whole], programme)
    joined = np.concatenate([_decoded(part.path) for part in parts], axis=1)
    assert [_decoded(part.path).shape[1] for part in parts] == [part.frames for part in parts]
    np.testing.assert_allclose(joined, _decoded(whole.path), atol=1e-4)  # decoders add noise of their own


def test_the_sound_lines_up_with_the_programme(tmp_path: Path) -> None:
    programme = _programme(2)
    (part,) = _parts(tmp_path, [30000, 60000])
    write_gapless_aac([part], programme)
    error = (_decoded(part.path) - programme.read(30000, 30000)).astype(float)
    assert 10 * np.log10(np.mean(error**2)) < -60


def test_players_that_read_the_edit_list_alone_trim_alike(tmp_path: Path) -> None:
    programme = _programme(2)
    parts = _parts(tmp_path, [0, 50001, programme.frames])
    write_gapless_aac(parts, programme)
    before = [_decoded(part.path) for part in parts]
    for part, sound in zip(parts, before, strict=True):
        tags = mutagen.mp4.MP4(part.path)
        del tags["----:com.apple.iTunes:iTunSMPB"]
        tags.save()
        np.testing.assert_array_equal(_decoded(part.path), sound)


def test_a_seam_is_nothing_against_files_encoded_each_for_itself(tmp_path: Path) -> None:
    programme = _programme(2)
    parts = _parts(tmp_path, [0, 41234, programme.frames])
    near = slice(41234 - 256, 41234 + 256)

    def error_db() -> float:
        sound = np.concatenate([_decoded(part.path) for part in parts], axis=1)
        return float(10 * np.log10(np.mean((sound - programme.samples)[:, near] ** 2)))

    write_gapless_aac(parts, programme)
    joined_db = error_db()
    for part in parts:
        write(part.path, Audio(programme.read(part.start, part.frames), RATE), Format("aac"))
    assert joined_db < error_db() - 15


def test_tags_stand_in_each_part_and_equal_sound_gives_equal_bytes(tmp_path: Path) -> None:
    programme = _programme(2, 1.0)
    part = Part(path=tmp_path / "a.m4a", start=0, frames=RATE, metadata=Metadata(title="Ä", track_number=3))
    write_gapless_aac([part], programme)
    first = part.path.read_bytes()
    assert mutagen.mp4.MP4(part.path)["\xa9nam"] == ["Ä"]
    write_gapless_aac([part], programme)
    assert part.path.read_bytes() == first


@pytest.mark.parametrize(("start", "frames"), [(-1, 10), (0, 0), (RATE, 1)])
def test_a_part_outside_of_the_programme_is_refused_and_nothing_is_left(
    tmp_path: Path, start: int, frames: int
) -> None:
    good = Part(path=tmp_path / "good.m4a", start=0, frames=100)
    with pytest.raises(UsageError):
        write_gapless_aac([good, Part(path=tmp_path / "bad.m4a", start=start, frames=frames)], _programme(2, 1.0))
    assert not list(tmp_path.iterdir())
