"""Call sheet and session sheet: values, the words of their page, and the same as PDF.

call.py  session.py   what stands on them        clock.py   days and times in words
pdf.py                a sheet as PDF             *.typ      how it looks
"""

from controlroom.rooms.scheduling.sheets.call import Break, Call, CallSheet, Contact, Place, SongCall, VoiceRest
from controlroom.rooms.scheduling.sheets.pdf import Paper, Sheet, as_pdf
from controlroom.rooms.scheduling.sheets.session import Line, SessionSheet, SignOff, Takes, Worked

__all__ = [
    "Break",
    "Call",
    "CallSheet",
    "Contact",
    "Line",
    "Paper",
    "Place",
    "SessionSheet",
    "Sheet",
    "SignOff",
    "SongCall",
    "Takes",
    "VoiceRest",
    "Worked",
    "as_pdf",
]
