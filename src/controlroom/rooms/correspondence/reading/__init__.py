"""Raw bytes -> Message, safely.

scan.py       where the parts lie            transfer.py   base64, quoted-printable, uuencode undone in chunks
headers.py    fields, names, parameters      charsets.py   claimed and real character sets
body.py       words, calendars, attachments  html.py       made harmless; html_text.py: its words
quotes.py     what is repeated, cut off      links.py      addresses, told apart
bounces.py    what did not arrive            names.py, magic.py   files: safe names, real sound
"""

from controlroom.rooms.correspondence.reading.html import sanitised, text_of
from controlroom.rooms.correspondence.reading.links import link_of, links_in
from controlroom.rooms.correspondence.reading.read import copy_attachment, read_bytes, read_message

__all__ = ["copy_attachment", "link_of", "links_in", "read_bytes", "read_message", "sanitised", "text_of"]
