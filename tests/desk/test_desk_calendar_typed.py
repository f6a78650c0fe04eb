"""Hours and dates as people type them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from controlroom.base.errors import UsageError
from controlroom.desk.calendar import dates, hours

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("Mon-Fri 10:00-18:00", [0, 1, 2, 3, 4]),
        ("mon–fri 10-18", [0, 1, 2, 3, 4]),
        ("Sat, Sun 10:00 - 18:00", [5, 6]),
        ("Fri-Mon 10:00-18:00", [0, 4, 5, 6]),
        ("Wednesday 10:00-18:00", [2]),
    ],
)
def test_hours_are_read_however_they_are_typed(typed: str, days: list[int]) -> None:
    assert hours.read_hours(typed) == [[day, "10:00", "18:00"] for day in days]


@pytest.mark.parametrize("typed", ["Mon 18:00-10:00", "Mon 25:00-26:00", "Tag 10:00-18:00", "10:00-18:00", "Mon"])
def test_hours_that_cannot_be_meant_are_refused_with_the_line(typed: str) -> None:
    with pytest.raises(UsageError) as refusal:
        hours.read_hours(f"Sun 10:00-12:00\n{typed}")
    assert "Sun 10" not in str(refusal.value)


def test_hours_until_midnight_end_with_the_day() -> None:
    assert hours.read_hours("Mon 20:00-24:00") == [[0, "20:00", "23:59"]]


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 11), st.integers(12, 23)), min_size=0, max_size=8, unique=True)
)
def test_hours_are_written_as_they_are_read(kept: list[tuple[int, int, int]]) -> None:
    rows = sorted([day, f"{start:02d}:00", f"{end:02d}:00"] for day, start, end in kept)
    assert hours.read_hours(hours.written(rows)) == rows


@pytest.fixture
def in_berlin() -> None:
    with timezone.override("Europe/Berlin"):
        yield


@pytest.mark.usefixtures("in_berlin")
def test_a_day_two_days_and_an_afternoon() -> None:
    day, two, afternoon = dates.read_windows("2026-12-03\n2026-12-03 – 2026-12-04\n2026-12-03 14:00 – 20:00")
    assert day == (datetime(2026, 12, 3, tzinfo=BERLIN), datetime(2026, 12, 4, tzinfo=BERLIN))
    assert two == (datetime(2026, 12, 3, tzinfo=BERLIN), datetime(2026, 12, 5, tzinfo=BERLIN))
    assert afternoon == (datetime(2026, 12, 3, 14, tzinfo=BERLIN), datetime(2026, 12, 3, 20, tzinfo=BERLIN))


@pytest.mark.usefixtures("in_berlin")
def test_windows_are_written_as_they_are_read() -> None:
    typed = "2026-12-03\n2026-12-03 – 2026-12-08\n2026-12-03 14:00 – 20:00\n2026-12-03 22:00 – 2026-12-04 02:00"
    assert dates.written(dates.read_windows(typed)) == typed


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize("typed", ["tomorrow", "2026-13-01", "2026-12-03 25:00 – 26:00", "2026-12-05 – 2026-12-03"])
def test_dates_that_cannot_be_meant_are_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        dates.read_windows(typed)


@pytest.mark.usefixtures("in_berlin")
def test_a_day_on_which_the_clocks_change_has_its_own_length() -> None:
    ((start, end),) = dates.read_windows("2026-10-25")
    assert end.timestamp() - start.timestamp() == 25 * 3600
