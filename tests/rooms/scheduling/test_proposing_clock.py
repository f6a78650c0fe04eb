"""Hours are hours of the clock on the wall, whatever the clocks do: both changes, in three zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.rooms.scheduling.availability import Grid, minute_of, moment_of, opening, wall
from controlroom.rooms.scheduling.propose import propose, violations
from controlroom.rooms.scheduling.session import Hours, House, Member, Span, StudioRoom, Wanted

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Sydney", date(2026, 4, 5)),
    ("Australia/Sydney", date(2026, 10, 4)),
]
CLOCK = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
MINUTE = timedelta(minutes=1)


def shown(minute: int, zone: ZoneInfo) -> datetime:
    return moment_of(minute).astimezone(zone)


@pytest.mark.parametrize(("key", "change"), CHANGES)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(start=CLOCK, end=CLOCK)
def test_each_minute_lies_in_the_hours_by_the_clock(key: str, change: date, start: time, end: time) -> None:
    zone = ZoneInfo(key)
    daily = [Hours(weekday=day, start=start, end=end) for day in range(7)]
    for first, last in opening(daily, zone, change - timedelta(days=1), change + timedelta(days=1)):
        for minute in range(first, last, 15):
            clock = shown(minute, zone).time()
            assert (start <= clock < end) if start < end else (clock >= start or clock < end)


@pytest.mark.parametrize(("key", "change"), CHANGES)
def test_nothing_is_lost_where_the_clocks_do_not_change_within(key: str, change: date) -> None:
    zone = ZoneInfo(key)
    daily = [Hours(weekday=day, start=time(10), end=time(18)) for day in range(7)]
    spans = opening(daily, zone, change, change)
    assert [last - first for first, last in spans] == [480, 480]
    between = spans[1][0] - spans[0][0]
    assert abs(between - 24 * 60) == 60
    night = [Hours(weekday=day, start=time(22), end=time(6)) for day in range(7)]
    lengths = {last - first for first, last in opening(night, zone, change, change)}
    assert lengths == {480, 480 + between - 24 * 60}


@pytest.mark.parametrize(("key", "change"), CHANGES)
@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.sampled_from([15, 30, 45, 60, 90]))
def test_the_raster_is_one_of_the_clock(key: str, change: date, slot_min: int) -> None:
    grid = Grid(ZoneInfo(key), change - timedelta(days=1), change + timedelta(days=1))
    clocks = [shown(minute, grid.zone) for minute in grid.raster(slot_min)]
    assert all((clock.hour * 60 + clock.minute) % slot_min == 0 for clock in clocks)
    assert len({minute_of(clock) for clock in clocks}) == len(clocks)
    assert abs(grid.end - grid.begin - 3 * 1440) == 60


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.sampled_from([key for key, _ in CHANGES]))  # noqa: DTZ001
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_clock_is_read_both_ways(local: datetime, key: str) -> None:
    zone = ZoneInfo(key)
    early, late = wall(zone, local.date(), local.time().replace(second=0, microsecond=0))
    readings = [shown(minute, zone).replace(tzinfo=None) for minute in (early, late)]
    asked = local.replace(second=0, microsecond=0)
    assert readings == [asked, asked] or readings == [asked - timedelta(hours=1), asked + timedelta(hours=1)]


@pytest.mark.parametrize(("key", "change"), CHANGES)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(
    studio=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Sydney"]),
    start_h=st.integers(0, 23),
    length_min=st.integers(2, 20).map(lambda quarter: quarter * 15),
)
def test_what_is_proposed_around_a_change_holds(
    key: str, change: date, studio: str, start_h: int, length_min: int
) -> None:
    """A night session over the change has its true length and lies in everybody's own hours."""
    daily = tuple(Hours(weekday=day, start=time(start_h), end=time((start_h + 6) % 24)) for day in range(7))
    singer = Member(id="ann", name="Ann", time_zone=key, hours=daily)
    wanted = [Wanted(id=f"s{index}", title="", length_min=length_min, needed=("ann",)) for index in range(2)]
    rules = House(time_zone=studio, first=change - timedelta(days=1), last=change + timedelta(days=1), rest_h=4)
    question = wanted, [singer], [StudioRoom(id="a", name="A")], [], rules
    found = propose(*question)
    assert violations(found, *question) == ()
    assert len(found.placed) == 2
    for one in found.placed:
        assert one.end - one.start == length_min * MINUTE
        clocks = [(one.start + count * MINUTE).astimezone(ZoneInfo(key)) for count in range(length_min)]
        assert all((clock.hour - start_h) % 24 < 6 for clock in clocks)
        assert all(later.astimezone(UTC) - earlier.astimezone(UTC) == MINUTE for earlier, later in pairwise(clocks))


def test_busy_times_of_another_zone_and_seconds() -> None:
    away = Span(
        start=datetime(2026, 10, 25, 1, 30, 20, tzinfo=ZoneInfo("Europe/Berlin")),
        end=datetime(2026, 10, 25, 3, 29, 40, tzinfo=ZoneInfo("Europe/Berlin")),
    )
    grid = Grid(ZoneInfo("Europe/Berlin"), date(2026, 10, 25), date(2026, 10, 25))
    assert grid.end - grid.begin == 25 * 60
    taken = grid.painted([(minute_of(away.start), minute_of(away.end, up=True))])
    assert taken.sum() == 180
    assert not taken[89]
    assert taken[90]
    assert taken[269]
    assert not taken[270]
