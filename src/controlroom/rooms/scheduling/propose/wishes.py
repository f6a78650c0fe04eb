"""What is better where all demands are met, in one currency: 60 units are what one day of waiting costs.

The figures say what is given up for what: rather eight weeks later than without somebody who would be good to have,
rather two days later than one hour too early in the morning for one person.
"""

from __future__ import annotations

from datetime import time

import numpy as np

from controlroom.rooms.scheduling.availability import DAY_MIN, Minutes, opening, range_of
from controlroom.rooms.scheduling.propose.check import zone_of
from controlroom.rooms.scheduling.propose.problem import Problem, length_of
from controlroom.rooms.scheduling.session import Hours, Member, Wanted

DAY = 60
MISSING = 56 * DAY  # an optional person cannot come
RATHER_NOT = 5 * DAY  # "can" in a poll, not "likes"
UNANSWERED = 8 * DAY  # answered the poll, but not for this time
ODD_MIN = 2  # each minute before 9:00 or after 20:00 by somebody's own clock
TRIP = 10 * DAY  # a day on which somebody has to come
TRIP_MIN = 2  # and each minute of their way, once there and once back
IDLE_MIN = 1  # each minute somebody waits between two sessions of a day
REBUILD = 8 * DAY  # a room built up for one more set of gear on a day
WEEKEND = 10 * DAY
MONEY = 0.06  # each minor unit: a day later to save 10 EUR

CIVIL = time(9), time(20)


def session_wish(problem: Problem) -> Minutes:
    """What each start costs for itself: earlier is a little better, a weekend is worse."""
    waiting = (problem.starts - problem.grid.begin) * DAY // DAY_MIN
    weekend = (problem.start_days + problem.grid.first.weekday()) % 7 >= 5
    return np.asarray(waiting + WEEKEND * weekend, np.int64)


def person_wish(problem: Problem, id_: str, one: Wanted) -> Minutes:
    """What each start costs one person who comes: their poll, and hours that are early or late where they are."""
    member = problem.members[id_]
    return poll_wish(problem, member, one) + ODD_MIN * odd_minutes(problem, member, one)


def poll_wish(problem: Problem, member: Member, one: Wanted) -> Minutes:
    if not (member.likes or member.can or member.cannot):
        return np.zeros(len(problem.starts), np.int64)
    liked, possible = (
        problem.grid.minutes_in(~problem.grid.painted(map(range_of, spans)), problem.starts, length_of(one)) == 0
        for spans in (member.likes, (*member.likes, *member.can))
    )
    return np.where(liked, 0, np.where(possible, RATHER_NOT, UNANSWERED)).astype(np.int64)


def odd_minutes(problem: Problem, member: Member, one: Wanted) -> Minutes:
    """How many minutes lie outside 9:00 to 20:00 by the member's own clock."""
    zone = zone_of(member.time_zone, member.name)
    days = [Hours(weekday=day, start=CIVIL[0], end=CIVIL[1]) for day in range(7)]
    civil = problem.grid.painted(opening(days, zone, *problem.grid.dates_in(zone)))
    return problem.grid.minutes_in(~civil, problem.starts, length_of(one))


def trip_wish(member: Member) -> int:
    return TRIP + TRIP_MIN * 2 * member.travel_min


def money_wish(minor: int) -> int:
    return round(minor * MONEY)
