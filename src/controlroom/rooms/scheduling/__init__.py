"""People, rooms and time -> a session, an invitation, a call sheet.

session.py       what a session needs         calendar/  iCalendar in and out (iTIP, feeds, busy times)
availability.py  when somebody can            sheets/    call sheet, session sheet
propose/         the best slots, proven
"""
