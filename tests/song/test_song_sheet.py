"""song.toml: forgiving to read, precise about errors."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.base.errors import SongFileError
from controlroom.song.folder import create, read_sheet, sheet_findings, write_sheet
from controlroom.song.model import Person, Sheet, Split
from controlroom.song.roles import ROLES
from controlroom.song.tomlines import line_of, lines_of


def write(folder: Path, text: str | bytes) -> Path:
    (folder / "song.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_without_a_sheet_nothing_is_said(tmp_path):
    assert read_sheet(tmp_path) == Sheet()
    assert sheet_findings(tmp_path) == ()


def test_a_full_sheet(tmp_path):
    write(
        tmp_path,
        """
        title = "Blue Sky"
        artist = "Ana & Bo"
        tempo_bpm = 120.5
        key = "F# minor"
        meter = "6/8"
        isrc = "US-S1Z-99-00001"
        iswc = "T-034.524.680-1"
        rate_hz = 48000
        stems = false
        references = ["references/a.wav"]
        [roles]
        "Audio 1" = "lead vocal"
        [[people]]
        name = "Ana"
        roles = ["singer", "writer"]
        email = "ana@example.org"
        ipi = "00014107338"
        [[splits]]
        name = "Ana"
        share = "1/3"
        [[splits]]
        name = "Bo"
        share = "2/3"
        """,
    )
    assert read_sheet(tmp_path) == Sheet(
        title="Blue Sky",
        artist="Ana & Bo",
        tempo_bpm=120.5,
        key="F# minor",
        meter="6/8",
        isrc="USS1Z9900001",
        iswc="T0345246801",
        rate_hz=48000,
        stems=False,
        references=(Path("references/a.wav"),),
        roles={"Audio 1": "lead vocal"},
        people=(Person(name="Ana", roles=("singer", "writer"), email="ana@example.org", ipi="00014107338"),),
        splits=(Split(name="Ana", share=Fraction(1, 3)), Split(name="Bo", share=Fraction(2, 3))),
    )


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ('BPM = "120 bpm"', "tempo_bpm", 120.0),
        ('tempo = "92,5"', "tempo_bpm", 92.5),
        ('Key = "F#m"', "key", "F# minor"),
        ('key = "f sharp minor"', "key", "F# minor"),
        ('time = "6 / 8"', "meter", "6/8"),
        ("meter = 3", "meter", "3/4"),
        ('"time signature" = "4/4"', "meter", "4/4"),
        ('sample-rate = "44.1 kHz"', "rate_hz", 44100),
        ("rate = 96", "rate_hz", 96000),
        ('stems = "yes"', "stems", True),
        ('reference = "a.wav"', "references", (Path("a.wav"),)),
        ('artist = ["Ana", "Bo"]', "artist", "Ana & Bo"),
        ('[song]\ntitle = "x"', "title", "x"),
        ("title = 1999", "title", "1999"),
        ('tempo = ""', "tempo_bpm", None),
        ('people = ["Ana (vocals, guitar)"]', "people", (Person(name="Ana", roles=("vocals", "guitar")),)),
        ('[people]\nAna = "vocals"', "people", (Person(name="Ana", roles=("vocals",)),)),
        (
            '[people]\nAna = {role = "vocals", email = "a@b"}',
            "people",
            (Person(name="Ana", roles=("vocals",), email="a@b"),),
        ),
        ('[splits]\nAna = "50%"', "splits", (Split(name="Ana", share=Fraction(1, 2)),)),
        ("[splits]\nAna = 0.1", "splits", (Split(name="Ana", share=Fraction(1, 10)),)),
        ("[splits]\nAna = 33.3", "splits", (Split(name="Ana", share=Fraction(333, 1000)),)),
        ('[splits.master]\nAna = "1/2"', "splits", (Split(name="Ana", share=Fraction(1, 2), of="recording"),)),
        ('[roles]\n"a.wav" = "Lead Vox"', "roles", {"a.wav": "lead vocal"}),
        ('\ufefftitle = "BOM"', "title", "BOM"),
        ('title = "x"\r\nartist = "y"\r\n', "artist", "y"),
    ],
)
def test_people_write_it_in_their_own_way(tmp_path, text, field, value):
    assert getattr(read_sheet(write(tmp_path, text)), field) == value


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('title = "x"\n\ntempo = "fast"', 3, ["tempo", "beats per minute", '"fast"', "Correct it"]),
        ("tempo = 1000", 1, ["20 to 400", "1000"]),
        ("tempo = true", 1, ["true"]),
        ('key = "H sharp dorian"', 1, ["F# minor", '"H sharp dorian"']),
        ('meter = "four"', 1, ["4/4", '"four"']),
        ('isrc = "US-S1Z-99-1"', 1, ["QZ-ABC-24-00001"]),
        ('iswc = "T-034.524.680-2"', 1, ["T-034.524.680-1"]),
        ('rate = "fast"', 1, ["48000"]),
        ("people = 3", 1, ["[[people]]"]),
        ('[[people]]\nname = "a"\n[[people]]\nroles = ["x"]', 3, ["name"]),
        ('[[people]]\nname = "a"\nroles = [1]', 3, ["roles"]),
        ('[[splits]]\nname = "a"\nshare = "1/2"\n\n[[splits]]\nname = "b"\nshare = "lots"', 7, ["50%", '"lots"']),
        ('splits = [\n {name = "a", share = 1},\n {name = "b"},\n]', 3, ["share", "nothing"]),
        ('[[splits]]\nname = "a"\nshare = 1\nof = "cake"', 4, ['"work" or "recording"', '"cake"']),
        ('[splits]\nAna = "half"', 2, ['"half"']),
        ('[roles]\n"Audio 1" = "zither-ish"', 2, ["lead vocal", '"zither-ish"', "Choose one"]),
        ("references = [\n'a.wav',\n3]", 3, ["the name of a file"]),
        ("title = My Song", 1, ["Put quotes", 'title = "My Song"']),
        ("title: My Song", 1, ['Write it as: title = "My Song"']),
        ('title = "a"\ntitle = "b"', 2, ["Write each key once"]),
        ('title = "x', 1, ["Close the quotes"]),
        ('title = "x"\n[[people]\n', 2, ["brackets"]),
        (b'title = "ok"\nartist = "caf\xe9"', 2, ["UTF-8"]),
        ('title = "x"'.encode("utf-16"), 1, ["UTF-16", "Save it as UTF-8"]),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_line(tmp_path, text, line, says):
    with pytest.raises(SongFileError) as caught:
        read_sheet(write(tmp_path, text))
    assert caught.value.line == line
    assert caught.value.exit_code == 3
    said = str(caught.value)
    assert f"song.toml, line {line}:" in said
    assert "\n" not in said
    for part in says:
        assert part in said


def test_a_huge_file_is_no_song_file(tmp_path):
    with pytest.raises(SongFileError, match="megabyte"):
        read_sheet(write(tmp_path, "#" * 2_000_000))


def test_deep_brackets_do_not_break_the_reader(tmp_path):
    with pytest.raises(SongFileError):
        read_sheet(write(tmp_path, "a = " + "[" * 5000))


def test_what_nobody_knows_is_passed_over_and_said(tmp_path):
    write(tmp_path, 'title = "x"\nweather = "y"\n[[splits]]\nname = "a"\nshare = 1\nmood = "blue"\n')
    assert read_sheet(tmp_path).title == "x"
    notes = sheet_findings(tmp_path)
    assert [(note.code, note.severity, note.args["key"], note.args["line"]) for note in notes] == [
        ("song_key_unknown", "info", "weather", 2),
        ("song_key_unknown", "info", "mood", 6),
    ]
    assert "line 2" in notes[0].says()


def test_the_template_of_a_new_song_explains_every_key_and_reads_back_when_filled_in(tmp_path):
    create(tmp_path, "T", "A")
    text = (tmp_path / "song.toml").read_text()
    assert read_sheet(tmp_path) == Sheet(title="T", artist="A")
    opened = [
        line.removeprefix("# ") if " = " in line or line.startswith("# [") else line for line in text.splitlines()
    ]
    sheet = read_sheet(write(tmp_path, "\n".join(opened)))
    assert (sheet.tempo_bpm, sheet.key, sheet.stems) == (120.0, "F# minor", True)
    assert sheet.people[0].roles == ("singer", "writer")
    assert sheet.splits[0].share == Fraction(1, 2)
    assert sheet.roles == {"Audio 1": "lead vocal"}


def test_the_page_about_the_song_folder_shows_a_sheet_that_reads(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "song-folder.md").read_text(encoding="utf-8")
    block = page.split("## song.toml")[1].split("Shorter ways")[0]
    sheet = read_sheet(write(tmp_path, "\n".join(line.removeprefix("    ") for line in block.splitlines())))
    assert (sheet.title, sheet.key, sheet.rate_hz, sheet.stems) == ("Blue Sky", "F# minor", 48000, False)
    assert sheet.roles == {"Audio 1": "lead vocal", "Gtr*": "electric guitar"}


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20).map(
    lambda text: " ".join(text.split())
)
sheets = st.builds(
    Sheet,
    title=words,
    artist=words,
    tempo_bpm=st.none() | st.floats(20, 400),
    key=st.none() | st.sampled_from(["F# minor", "Bb major", "C major"]),
    meter=st.none() | st.sampled_from(["4/4", "6/8"]),
    isrc=st.none() | st.just("USS1Z9900001"),
    iswc=st.none() | st.just("T0345246801"),
    rate_hz=st.none() | st.sampled_from([44100, 48000, 192000]),
    stems=st.none() | st.booleans(),
    references=st.lists(st.sampled_from(["a.wav", "references/b c.flac"]).map(Path), max_size=2).map(tuple),
    roles=st.dictionaries(words.filter(bool), st.sampled_from(ROLES), max_size=3),
    people=st.lists(
        st.builds(
            Person,
            name=words.filter(bool),
            roles=st.lists(st.sampled_from(["singer", "writer"]), max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    splits=st.lists(
        st.builds(
            Split,
            name=words.filter(bool),
            share=st.fractions(0, 1, max_denominator=1000),
            of=st.sampled_from(["work", "recording"]),
        ),
        max_size=3,
    ).map(tuple),
)


@settings(deadline=None)
@given(sheet=sheets)
def test_what_is_written_is_read_back(tmp_path_factory, sheet):
    folder = tmp_path_factory.mktemp("song")
    write_sheet(folder, sheet)
    assert read_sheet(folder) == sheet


def test_lines_of_every_way_to_write_toml():
    text = '''# a note = 1
title = "a # no note"
long = """
two
lines = 3
"""
[people.'Ana B']   # note
role = 'x'
list = [ 1,
  # note ] here
  { a = 2, b = "]" },
  "x"]
[[splits]]
name = "a"
[[splits]]
name = "b"
address.city = "C"
[splits.more]
deep = """a"b"""""
'''
    lines = lines_of(text)
    assert lines[("title",)] == 2
    assert lines[("long",)] == 3
    assert lines[("people", "Ana B")] == 7
    assert lines[("people", "Ana B", "role")] == 8
    assert lines[("people", "Ana B", "list", 1, "b")] == 11
    assert lines[("people", "Ana B", "list", 2)] == 12
    assert lines[("splits", 0, "name")] == 14
    assert lines[("splits", 1, "name")] == 16
    assert lines[("splits", 1, "address", "city")] == 17
    assert lines[("splits", 1, "more", "deep")] == 19
    assert line_of(lines, ("splits", 1, "share")) == 15
    assert line_of(lines, ("nowhere",)) == 0
