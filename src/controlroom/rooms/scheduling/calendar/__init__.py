"""iCalendar in and out: invitations and what is answered to them, the private feed, when somebody is busy.

event.py     a session in calendars         skim.py       the lines we ask for, out of any file
invite.py    REQUEST, CANCEL, feed          times.py      its times           rules.py, recurring.py  what repeats
answers.py   REPLY, COUNTER                 zones.py      what a zone's name means; wall times
busy.py      busy times of a calendar       vtimezone.py  a zone as we write it
"""

from controlroom.rooms.scheduling.calendar.answers import Answer, answered, read_answer, uids_in
from controlroom.rooms.scheduling.calendar.busy import Busy, busy_in
from controlroom.rooms.scheduling.calendar.event import Attendee, Event, Organizer, is_email
from controlroom.rooms.scheduling.calendar.invite import cancel, cancelled, feed, request, revised, stored, update
from controlroom.rooms.scheduling.calendar.zones import WallTime, wall_time

__all__ = [
    "Answer",
    "Attendee",
    "Busy",
    "Event",
    "Organizer",
    "WallTime",
    "answered",
    "busy_in",
    "cancel",
    "cancelled",
    "feed",
    "is_email",
    "read_answer",
    "request",
    "revised",
    "stored",
    "uids_in",
    "update",
    "wall_time",
]
