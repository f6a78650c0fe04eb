"""The one guarded door through which links of strangers are fetched.

addresses.py   which addresses are public; everything else is refused
passage.py     one way through: look up, check, connect to what was checked, follow redirects, keep the limits
services.py    Dropbox, Google Drive, WeTransfer: from the page to the file, as a table
fetching.py    fetch: a link -> an audio file, or the word that a person is needed
"""

from controlroom.outside.door.fetching import Fetched, NeedsPerson, fetch
from controlroom.outside.door.passage import Limits

__all__ = ["Fetched", "Limits", "NeedsPerson", "fetch"]
