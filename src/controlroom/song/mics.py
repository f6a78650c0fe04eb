"""Which microphones of a part hear the same: roles, as in `song.roles.ROLES`."""

from __future__ import annotations

SPOTS = ("kick in", "kick out", "kick", "snare top", "snare", "tom", "hi-hat", "ride")
"""Close mics of a kit, that overheads and rooms hear later; the snare's lower head moves the other way."""
CENTRE = ("snare top", "snare", "kick in", "kick out", "kick")
"""Close mics of what stands in the middle: a pair of overheads hears it at the same time."""
