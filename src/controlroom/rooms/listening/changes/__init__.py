"""What changed since the last demo of a song: in the whole, and section by section.

changes_between : Told, Told, Recognition -> Changes      sentences as values, each with its place and confidence

Never a claim about one source inside a mix: what is said of the sound is said of all of it.
"""

from __future__ import annotations

from controlroom.rooms.listening.changes.change import Change, Changes, Counterpart
from controlroom.rooms.listening.changes.form import changes_of_form
from controlroom.rooms.listening.changes.sections import counterparts, louder_sections
from controlroom.rooms.listening.changes.whole import changes_of_whole
from controlroom.rooms.listening.told import Told
from controlroom.sound.versions import Recognition

__all__ = ["Change", "Changes", "Counterpart", "changes_between"]

APART = "The two do not sound like versions of one song, so nothing is compared section by section."


def changes_between(old: Told, new: Told, known: Recognition | None) -> Changes:
    """What the new demo does otherwise than the old one; `known`: how the old one was recognised in it (None: not).

    Form first, then speed and key, then sound.
    """
    if known is None:
        return Changes(kind="none", why=APART)
    sections = counterparts(old, new, known.alignment)
    return Changes(
        kind=known.kind,
        changes=(
            *changes_of_form(old, new, known.alignment),
            *changes_of_whole(old, new, known),
            *louder_sections(sections, known.confidence),
        ),
        sections=sections,
    )
