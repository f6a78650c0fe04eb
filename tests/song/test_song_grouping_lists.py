"""Real-life file lists and the parts and passes they mean; `file_lists.txt` has them, for people to extend."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from controlroom.song.grouping import group
from controlroom.song.model import FileFacts, Sheet

RATE_HZ = 48000
SUFFIXES = {".wav", ".aif", ".m4a", ".flac", ".mp3"}


def facts(line: str) -> FileFacts:
    """A file written as in `file_lists.txt`."""
    name, _, rest = line.replace("\\n", "\n").partition("  ")
    seconds = re.search(r"(?:^|\s)(\d+(?:\.\d+)?)(?:\s|$)", rest)
    stamp = re.search(r"@(\d+(?:\.\d+)?)", rest)
    channels = re.search(r"ch(\d+)", rest)
    codec = re.search(r"\b(aac|mp3|flac)\b", rest)
    return FileFacts(
        path=Path(name if Path(name).suffix in SUFFIXES else f"{name}.wav"),
        rate_hz=RATE_HZ,
        channels=int(channels[1]) if channels else 1,
        frames=round(float(seconds[1] if seconds else 200) * RATE_HZ),
        codec=codec[1] if codec else "pcm_s24",
        time_reference_s=float(stamp[1]) if stamp else None,
        ixml=dict(re.findall(r"([A-Z_0-9]+)=(\S+)", rest)),
    )


def _cases() -> dict[str, tuple[list[str], list[str]]]:
    text = (Path(__file__).parent / "file_lists.txt").read_text(encoding="utf-8")
    cases = {}
    for block in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        name, *lines = block.strip("\n").split("\n")
        middle = lines.index("means")
        cases[name] = (lines[:middle], lines[middle + 1 :])
    return cases


CASES = _cases()


def said(files: list[str]) -> set[str]:
    lines = set()
    for part in group([facts(line) for line in files], Sheet()):
        runs = [sorted(mic.path.with_suffix("").as_posix() for mic in each.mics) for each in part.passes]
        lines.add(f"{part.name}: " + " | ".join(" + ".join(run) for run in runs))
    return lines


def wanted(lines: list[str]) -> set[str]:
    tidy = set()
    for line in lines:
        name, _, passes = line.replace("\\n", "\n").partition(": ")
        tidy.add(f"{name}: " + " | ".join(" + ".join(sorted(run.split(" + "))) for run in passes.split(" | ")))
    return tidy


@pytest.mark.parametrize("name", CASES)
def test_a_list_of_files_means_these_parts_and_passes(name):
    files, expected = CASES[name]
    assert said(files) == wanted(expected)


@pytest.mark.parametrize("name", CASES)
def test_every_file_is_in_exactly_one_pass_whatever_order_they_come_in(name):
    files = [facts(line) for line in CASES[name][0]]
    forward, backward = group(files, Sheet()), group(files[::-1], Sheet())
    assert forward == backward
    grouped = [mic.path for part in forward for each in part.passes for mic in each.mics]
    assert sorted(grouped) == sorted(file.path for file in files)
    names = [part.name.casefold() for part in forward]
    assert len(set(names)) == len(names)
    for part in forward:
        assert len({each.name for each in part.passes}) == len(part.passes)


def test_there_are_enough_lists():
    assert len(CASES) >= 60
