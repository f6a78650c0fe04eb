"""People, rooms and time -> a session, an invitation, a call sheet.

    session.py   what a session needs            availability.py  when somebody can
    propose/     the best slots, proven           calendar/        iCalendar in and out (iTIP, feeds, busy times)
    sheets/      call sheet, session sheet
"""
