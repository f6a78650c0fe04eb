"""Pictures of a demo: what is measured stands where it belongs, in words too, in a page's colours and alone."""

from __future__ import annotations

import os
import re
import zlib
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from controlroom.base.errors import Cancelled
from controlroom.rooms.listening.pictures import Shown, Stretch, SungRange, draw, write_pictures
from controlroom.rooms.listening.pictures.curves import mean_loudness
from controlroom.rooms.listening.pictures.names import chord_symbol, note_name, note_number, with_signs
from controlroom.sample import rough_mix
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.drawing import png_of
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio, Signal
from controlroom.sound.spectrogram import spectrogram_of

RATE_HZ = 44100
ALL = ["song", "chords", "tempo", "energy", "spectrogram", "spectrum", "voice"]
SVG = "{http://www.w3.org/2000/svg}"


def _heard(signal: Signal, name: str = "Hej då & <go>", **known: object) -> Shown:
    hearing = Hearing(signal)
    return Shown(
        name=name,
        duration_s=hearing.duration_s,
        waveform=hearing.waveform,
        loudness=hearing.loudness_series,
        spectrum=hearing.spectrum,
        spectrogram=spectrogram_of(signal),
        **known,
    )


@pytest.fixture(scope="module")
def demo() -> Shown:
    """24 s: a soft verse, then a chorus 12 dB louder, at 120 BPM, over four chords."""
    times_s = np.arange(24 * RATE_HZ) / RATE_HZ
    rows = np.random.default_rng(5).normal(0, 0.02, (2, len(times_s))) + 0.05 * np.sin(2 * np.pi * 440 * times_s)
    rows *= np.where(times_s < 12, 1.0, 4.0)
    beats_s = tuple(np.arange(0, 24, 0.5))
    return _heard(
        Audio(rows, RATE_HZ),
        sections=(Stretch(0, 12, "verse"), Stretch(12, 24, "chorus")),
        chords=tuple(
            Stretch(6 * k, 6 * k + 6, chord) for k, chord in enumerate(("F#:min7/b3", "Bb:maj", "N", "C:sus4"))
        ),
        key="F# minor",
        voice=(Stretch(2, 11), Stretch(13, 23)),
        sung=SungRange(lowest=57, highest=76, tessitura=(60, 69), held_s={57: 1.0, 64: 6.0, 76: 0.4}),
        tempo_bpm=120.0,
        tempo=tuple((at_s, 120.0) for at_s in beats_s[2:-2]),
        tempo_changes_s=(12.0,),
        beats_s=beats_s,
        downbeats_s=beats_s[::4],
    )


def _tree(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(picture).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def _words(picture: str) -> list[str]:
    return [text.text or "" for text in _tree(picture).iter(f"{SVG}text")]


def test_all_of_it_is_drawn_in_classes_and_said_in_a_sentence(demo):
    drawn = draw(demo)
    assert list(drawn) == ALL
    for picture in drawn.values():
        root = _tree(picture)
        assert root.get("role") == "img"
        assert "Hej då & <go>" in root.get("aria-label")
        assert not re.search(r'(fill|stroke)="#', picture)
        assert "style=" not in picture


def test_the_song_shows_sections_voice_chords_bars_and_time(demo):
    picture = draw(demo)["song"]
    words = _words(picture)
    assert {"Verse", "Chorus", "F♯m7/A", "B♭", "N.C.", "Csus4", "voice", "bars", "1", "0:10"} <= set(words)
    edges = [rect for rect in _tree(picture).iter(f"{SVG}rect") if "edge" in rect.get("class")]
    assert [rect.get("class") for rect in edges] == ["edge verse", "edge chorus"]
    assert float(edges[1].get("x")) == pytest.approx((52 + 710) / 2, abs=0.1)
    assert "chorus at 0:12" in picture


def test_names_that_do_not_fit_are_left_out_and_a_lane_without_names_too(demo):
    many = tuple(Stretch(k / 2, k / 2 + 0.5, "F#:min7") for k in range(48))
    words = _words(draw(Shown(**{**_fields(demo), "chords": many}), 400)["song"])
    assert "chords" not in words
    assert "F♯m7" not in words


def test_the_chart_has_a_line_for_each_section_and_eight_bars_to_a_line(demo):
    words = _words(draw(demo)["chords"])
    assert words[0] == "Verse"
    assert {"0:00", "0:12", "Chorus", "F♯m7/A"} <= set(words)
    long = Shown(**{**_fields(demo), "sections": ()})
    starts = [word for word in _words(draw(long)["chords"]) if ":" in word]
    assert starts == ["0:00", "0:16"]
    assert [word for word in _words(draw(long, 400)["chords"]) if ":" in word] == ["0:00", "0:08", "0:16"]


def test_a_steady_tempo_is_a_straight_line_in_the_middle(demo):
    picture = draw(demo)["tempo"]
    line = next(path for path in _tree(picture).iter(f"{SVG}path") if path.get("class").startswith("curve"))
    heights = {point.split()[1] for point in re.split("[ML]", line.get("d"))[1:]}
    assert len(heights) == 1
    assert "120.0 BPM" in _words(picture)
    assert "changed at 0:12" in picture


def test_energy_tells_each_section_its_loudness(demo):
    means = [mean_loudness(demo, one.start_s, one.end_s) for one in demo.sections]
    assert means[1] - means[0] == pytest.approx(12.0, abs=0.1)
    picture = draw(demo)["energy"]
    assert {f"−{abs(mean):.1f}" for mean in means} <= set(_words(picture))
    assert "loudest section is the chorus at 0:12" in picture


def test_the_spectrogram_carries_its_shades_and_has_a_name_of_its_own(demo):
    picture = draw(demo)["spectrogram"]
    assert "data:image/png;base64," in picture
    other = draw(_heard(Audio(np.random.default_rng(1).normal(0, 0.1, 4 * RATE_HZ), RATE_HZ)))["spectrogram"]
    names = [re.search(r'<g id="(\w+)"', one)[1] for one in (picture, other)]
    assert names[0] != names[1]


def test_the_spectrum_says_what_lies_outside_finished_records(demo):
    white = draw(demo)["spectrum"]
    assert "air" in white.split("aria-label")[1].split(":")[1]
    assert "over" in white
    reference = ("Reference <1>", demo.spectrum)
    assert "Reference <1>" in _words(draw(Shown(**{**_fields(demo), "references": (reference,)}))["spectrum"])


def test_the_keyboard_shows_ends_tessitura_and_what_is_held_longest(demo):
    picture = draw(demo)["voice"]
    assert {"lowest A3", "highest E5", "tessitura C4 to A4", "6 s"} <= set(_words(picture))
    assert "E4 is held longest" in picture
    sung = [rect for rect in _tree(picture).iter(f"{SVG}rect") if "sung" in rect.get("class")]
    assert len(sung) == 76 - 57 + 1


def test_what_is_not_known_is_not_drawn():
    noise = np.random.default_rng(2).normal(0, 0.1, (2, 8 * RATE_HZ))
    assert list(draw(_heard(Audio(noise, RATE_HZ)))) == ["song", "energy", "spectrogram", "spectrum"]
    assert list(draw(_heard(Audio(np.zeros((2, RATE_HZ)), RATE_HZ)))) == ["song"]
    assert draw(_heard(Audio(noise[:, :10], 8000)))


def test_three_hours_are_drawn_as_small_as_three_minutes(demo):
    beats_s = tuple(np.arange(0, 3 * 3600, 0.5))
    long = Shown(
        **{
            **_fields(demo),
            "duration_s": 3 * 3600.0,
            "beats_s": beats_s,
            "downbeats_s": beats_s[::4],
            "tempo": tuple((at_s, 120.0) for at_s in beats_s[::4]),
            "voice": tuple(Stretch(at_s, at_s + 1.5) for at_s in beats_s[::4]),
            "chords": tuple(Stretch(at_s, at_s + 2, "C:maj") for at_s in beats_s[::4]),
        }
    )
    for name, picture in draw(long).items():
        if name != "spectrogram":
            assert len(picture) < 120_000, name
    assert "1:00:00" in _words(draw(long)["song"])


@pytest.mark.parametrize("rate_hz", [8000, 192000])
def test_other_rates_are_drawn_too(rate_hz):
    drawn = draw(_heard(Audio(np.random.default_rng(2).normal(0, 0.1, 2 * rate_hz), rate_hz)))
    assert {"spectrogram", "spectrum"} <= set(drawn)


@pytest.mark.parametrize("width", [360, 720, 1080])
def test_nothing_stands_outside_the_picture(demo, width):
    for name, picture in draw(demo, width).items():
        root = _tree(picture)
        assert root.get("viewBox").split()[2] == str(width)
        for rect in root.iter(f"{SVG}rect"):
            assert float(rect.get("x")) >= -0.1, name
            assert float(rect.get("x")) + float(rect.get("width")) <= width + 0.1, name


def test_files_are_whole_alone_and_readable_everywhere(demo, tmp_path: Path):
    seen: list[float] = []
    written = write_pictures(tmp_path, demo, progress=lambda done, total, what="": seen.append(done / total))
    assert {path.name for path in written} == {f"{name}.{kind}" for name in ALL for kind in ("svg", "png")}
    assert seen == sorted(seen)
    for path in written:
        data = path.read_bytes()
        if path.suffix == ".png":
            assert _shades(data) > 20
            assert int.from_bytes(data[16:20]) == 1440
        else:
            assert b"var(" not in data
            assert b":where" not in data
            ElementTree.fromstring(data)


def test_only_what_was_asked_for_is_written_and_nothing_when_cancelled(demo, tmp_path: Path):
    assert {path.suffix for path in write_pictures(tmp_path / "svg", demo, formats=("svg",))} == {".svg"}

    def cancel(done: float, total: float, what: str = "") -> None:
        raise Cancelled()

    with pytest.raises(Cancelled):
        write_pictures(tmp_path / "none", demo, progress=cancel)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("harte", "symbol"),
    [
        ("C:maj", "C"),
        ("F#:min", "F♯m"),
        ("Bb:min7/b3", "B♭m7/D♭"),
        ("B:7/3", "B7/D♯"),
        ("Eb:maj7/5", "E♭maj7/B♭"),
        ("G:sus4", "Gsus4"),
        ("F#:hdim7", "F♯m7♭5"),
        ("A", "A"),
        ("N", "N.C."),
    ],
)
def test_chords_are_written_as_on_a_chart(harte, symbol):
    assert chord_symbol(harte) == symbol


def test_notes_and_keys_have_their_signs():
    assert [note_name(number) for number in (58, 60, 66)] == ["B♭3", "C4", "F♯4"]
    assert [note_number(name) for name in ("Bb3", "C4", "F#4", "C-1")] == [58, 60, 66, 0]
    assert with_signs("Bb major") == "B♭ major"


def test_the_pictures_of_the_documentation():
    """Drawn of a sample song as it is composed; kept when CONTROLROOM_PICTURES is set."""
    signal, truth = rough_mix(8, seconds=60)
    sung = sorted((note for note in truth.notes if note.part == "lead vocal"), key=lambda note: note.midi)
    held_s: dict[int, float] = {}
    for note in sung:
        held_s[note.midi] = held_s.get(note.midi, 0.0) + note.end_s - note.start_s
    local = [((a + b) / 2, 60 / (b - a)) for a, b in pairwise(truth.beats_s)]
    shown = _heard(
        signal,
        truth.title,
        bandwidth_hz=bandwidth_hz(Hearing(signal).spectrum),
        sections=tuple(Stretch(one.start_s, one.end_s, one.label) for one in truth.sections),
        chords=tuple(Stretch(one.start_s, one.end_s, one.chord) for one in truth.chords),
        key=truth.key,
        voice=tuple(sorted({Stretch(one.start_s, one.end_s) for one in truth.phrases})),
        sung=SungRange(
            lowest=sung[0].midi,
            highest=sung[-1].midi,
            tessitura=(sung[round(0.15 * len(sung))].midi, sung[round(0.85 * len(sung))].midi),
            held_s=held_s,
        ),
        tempo_bpm=truth.tempo_map[0].bpm,
        tempo=tuple(local),
        beats_s=truth.beats_s,
        downbeats_s=truth.downbeats_s,
    )
    drawn = draw(shown)
    assert list(drawn) == ALL
    assert all(_shades(png_of(picture, 720)) > 20 for picture in drawn.values())
    if os.environ.get("CONTROLROOM_PICTURES"):
        folder = Path(__file__).resolve().parents[3] / "docs" / "pictures"
        for name, picture in drawn.items():
            width = 640 if name == "spectrogram" else 1080  # shades do not pack well
            (folder / f"listening-{name}.png").write_bytes(png_of(picture, width))


def _fields(shown: Shown) -> dict[str, object]:
    return {name: getattr(shown, name) for name in shown.__struct_fields__}


def _shades(png: bytes) -> int:
    """How many different bytes its pixels are made of: one or two for an empty picture."""
    data, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    return len(set(zlib.decompress(data)))
