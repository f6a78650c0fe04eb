"""`controlroom schedule`: times for the desk's sessions, and its calendar as a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from desk.calendar_kit import Band

from controlroom.cli.app import app
from controlroom.cli.refusals import refused
from controlroom.desk.calendar.models import Session

pytestmark = pytest.mark.django_db
Make = Callable[..., Session]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, in this process: exit code, stdout, stderr."""

    def command(*words: str) -> tuple[int, str, str]:
        try:
            with refused():
                code = app(["schedule", *words], standalone_mode=False) or 0
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_times_are_found_and_nothing_is_booked(run: Run, band: Band, want: Make) -> None:
    session = want("Lead vocals", length_min=120)
    code, out, _ = run("propose", "--from", "2026-12-07", "--until", "2026-12-11", "--json")
    found = json.loads(out)
    (placed,) = found["placed"]
    assert (code, placed["session"], placed["title"], found["optimal"]) == (0, session.pk, "Lead vocals", True)
    assert placed["start"].startswith("2026-12-07T")
    assert placed["room"] in ("Live room", "Booth")
    assert 1 <= len(found["alternatives"]) <= 5
    assert Session.objects.get().state == "wanted"


def test_with_take_they_are_booked(run: Run, band: Band, want: Make) -> None:
    want("Lead vocals", length_min=120)
    code, out, _ = run("propose", "--from", "2026-12-07", "--until", "2026-12-11", "--take")
    assert code == 0
    assert "Lead vocals" in out
    assert Session.objects.get().state == "booked"


def test_when_nothing_fits_it_says_what_would_have_to_give_way(run: Run, band: Band, want: Make) -> None:
    from controlroom.desk.calendar import keeping

    keeping.change_availability(band.producer.actor, band.mara, hours=[[0, "10:00", "11:00"]])
    want("Lead vocals", length_min=120)
    code, out, _ = run("propose", "--from", "2026-12-07", "--until", "2026-12-08", "--json")
    found = json.loads(out)
    assert (code, found["placed"]) == (0, [])
    assert any("Mara Lind" in each["says"] for each in found["relax"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("propose", "999"), "Session 999"),
        (("propose",), "every session has its time"),
        (("propose", "--from", "2026-12-09", "--until", "2026-12-07"), "Turn them round"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_line(run: Run, band: Band, words: tuple[str, ...], says: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_the_calendar_is_written_as_a_file_once(run: Run, band: Band, book: Make, tmp_path: Path) -> None:
    book("Lead vocals")
    target = tmp_path / "sessions.ics"
    code, out, _ = run("export", "-o", str(target), "--json")
    assert (code, json.loads(out)["sessions"][0]["title"]) == (0, "Lead vocals")
    assert b"SUMMARY:Lead vocals\r\n" in target.read_bytes()
    code, _, err = run("export", "-o", str(target))
    assert (code, "--force" in err) == (2, True)
    assert run("export", "-o", str(target), "--force")[0] == 0
