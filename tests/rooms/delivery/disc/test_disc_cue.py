"""The CUE sheet and the Red Book's rules: read again by a small parser, and for many random discs."""

from __future__ import annotations

import re

import numpy as np
import pytest

from controlroom.rooms.delivery.disc import SECTOR_FRAMES, Disc, DiscTrack, cue_sheet, findings, sectors_of
from controlroom.rooms.delivery.disc.disc import msf


def parsed(sheet: str) -> list[tuple[str, int, int, int]]:
    """(file, track, index, sectors) of every INDEX, in the order of the sheet."""
    found, file, track = [], "", 0
    for line in sheet.split("\r\n"):
        if said := re.fullmatch(r'FILE "(.*)" WAVE', line):
            file = said[1]
        elif said := re.fullmatch(r"  TRACK (\d\d) AUDIO", line):
            track = int(said[1])
        elif said := re.fullmatch(r"    INDEX (\d\d) (\d\d):(\d\d):(\d\d)", line):
            index, minutes, seconds, frames = map(int, said.groups())
            assert max(seconds - 59, frames - 74) <= 0
            found.append((file, track, index, (minutes * 60 + seconds) * 75 + frames))
    return found


DISC = Disc(
    tracks=(
        DiscTrack(start_at=150, title='Say "yes"', isrc="DEAB12600001", songwriter="Ana"),
        DiscTrack(start_at=1000, pause_at=850, title="Größe\nzwei", performer="Gäste"),
        DiscTrack(start_at=5000),
    ),
    end_at=9000,
    title="Album",
    performer="Band",
    upc="4006381333931",
)


def test_one_file_counts_from_the_music_of_track_one() -> None:
    assert parsed(cue_sheet(DISC, ["a.wav"])) == [
        ("a.wav", 1, 1, 0),
        ("a.wav", 2, 0, 700),
        ("a.wav", 2, 1, 850),
        ("a.wav", 3, 1, 4850),
    ]


def test_with_a_file_for_each_track_the_pause_stands_at_the_end_of_the_file_before() -> None:
    assert parsed(cue_sheet(DISC, ["1.wav", "2.wav", "3.wav"])) == [
        ("1.wav", 1, 1, 0),
        ("1.wav", 2, 0, 700),
        ("2.wav", 2, 1, 0),
        ("3.wav", 3, 1, 0),
    ]


def test_the_sheet_says_codes_and_names_and_keeps_quotes_and_line_ends_out_of_them() -> None:
    lines = cue_sheet(DISC, ["a.wav"]).split("\r\n")
    assert lines[0] == "CATALOG 4006381333931"
    assert {"    ISRC DEAB12600001", "    TITLE \"Say 'yes'\"", '    SONGWRITER "Ana"'} <= set(lines)
    assert '    TITLE "Größe zwei"' in lines
    assert lines.count('    PERFORMER "Band"') == 2


def test_times_and_sectors_hold_for_any_length() -> None:
    rng = np.random.default_rng(3)
    for frames in rng.integers(1, 80 * 60 * 44100, 300):
        sectors = sectors_of(int(frames))
        assert (sectors - 1) * SECTOR_FRAMES < frames <= sectors * SECTOR_FRAMES
        minutes, seconds, rest = msf(sectors)
        assert (minutes * 60 + seconds) * 75 + rest == sectors


def test_random_discs_read_back_from_their_sheets() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        lengths = rng.integers(300, 20000, rng.integers(1, 20))
        starts = [150, *(150 + np.cumsum(lengths))]
        tracks = tuple(
            DiscTrack(start_at=int(start), pause_at=int(start) - 100 if k and k % 2 else None)
            for k, start in enumerate(starts[:-1])
        )
        disc = Disc(tracks=tracks, end_at=int(starts[-1]))
        ones = [sector + 150 for _, _, index, sector in parsed(cue_sheet(disc, ["a.wav"])) if index == 1]
        assert ones == [track.start_at for track in tracks]
        assert [disc.length_of(k + 1) for k in range(len(tracks))] == list(lengths)


def _codes(disc: Disc) -> set[str]:
    return {f"{finding.code} {finding.severity}" for finding in findings(disc) if finding.says()}


def test_a_whole_disc_has_nothing_to_say() -> None:
    tracks = tuple(DiscTrack(start_at=150 + 400 * k, isrc=f"DEAB1260000{k}") for k in range(3))
    assert not findings(Disc(tracks=tracks, end_at=1350, upc="0012345678905"))


@pytest.mark.parametrize(
    ("disc", "code"),
    [
        (Disc(tracks=(DiscTrack(start_at=150),), end_at=449), "disc_track_short blocking"),
        (Disc(tracks=(DiscTrack(start_at=150),), end_at=79 * 4500 + 57 * 75 + 1), "disc_too_long blocking"),
        (Disc(tracks=(DiscTrack(start_at=150),), end_at=75 * 4500), "disc_long advice"),
        (Disc(tracks=(DiscTrack(start_at=150),), end_at=900, upc="123"), "disc_upc_invalid blocking"),
        (Disc(tracks=(DiscTrack(start_at=150),), end_at=900), "disc_no_upc advice"),
        (Disc(tracks=(DiscTrack(start_at=150),), end_at=900), "disc_no_isrc advice"),
        (Disc(tracks=(DiscTrack(start_at=150, isrc="DE-AB1-26-00001"),), end_at=900), "disc_isrc_invalid blocking"),
        (
            Disc(tracks=tuple(DiscTrack(start_at=s, isrc="DEAB12600001") for s in (150, 600)), end_at=1200),
            "disc_isrc_twice blocking",
        ),
        (
            Disc(tracks=tuple(DiscTrack(start_at=150 + 300 * k) for k in range(100)), end_at=150 + 30000),
            "disc_tracks blocking",
        ),
        (Disc(tracks=(DiscTrack(start_at=150, title="日本"),), end_at=900), "disc_text_changed advice"),
        (Disc(tracks=(DiscTrack(start_at=150, title="x" * 4000),), end_at=900), "disc_text_long advice"),
    ],
)
def test_every_broken_rule_is_said(disc: Disc, code: str) -> None:
    assert code in _codes(disc)


def test_a_title_with_a_question_mark_is_no_lost_letter() -> None:
    tracks = (DiscTrack(start_at=150, title="Why? Oh why?", isrc="DEAB12600001"),)
    assert not findings(Disc(tracks=tracks, end_at=900, upc="4006381333931"))
