"""The sections of a new demo beside those that they come from, and how loud each is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from controlroom.rooms.listening.changes.change import Change, Counterpart
from controlroom.rooms.listening.changes.form import LABEL_TRUST, side_of, titled
from controlroom.rooms.listening.changes.spans import partners
from controlroom.rooms.listening.told import Told
from controlroom.sound.versions import Alignment

LOUDER_LU = 1.0
PARTLY = 0.6


def counterparts(old: Told, new: Told, alignment: Alignment) -> tuple[Counterpart, ...]:
    before, after = side_of(old, alignment), side_of(new, alignment.turned())
    found = []
    for at, partner in enumerate(partners(before.sections, after.sections, alignment)):
        section, was = after.sections[at], None if partner is None else before.sections[partner]
        louder = (
            round(section.loudness_lufs - was.loudness_lufs, 1)
            if was is not None and section.loudness_lufs is not None and was.loudness_lufs is not None
            else None
        )
        found.append(
            Counterpart(
                name=after.names[at],
                start_s=section.start_s,
                end_s=section.end_s,
                kept_share=round(1 - min(after.alone_s[at] / max(section.length_s, 1e-6), 1.0), 2),
                old_name=None if partner is None else before.names[partner],
                old_start_s=None if was is None else was.start_s,
                old_end_s=None if was is None else was.end_s,
                louder_lu=louder,
            )
        )
    return tuple(found)


def louder_sections(sections: Sequence[Counterpart], sure: float) -> Iterator[Change]:
    """Sections that became louder or quieter than the song as a whole did."""
    known = [each for each in sections if each.louder_lu is not None and each.kept_share >= PARTLY]
    if len(known) < 2:
        return
    whole_lu = median(each.louder_lu for each in known if each.louder_lu is not None)
    for each in known:
        by_lu = round((each.louder_lu or 0.0) - whole_lu, 1)
        if abs(by_lu) < LOUDER_LU:
            continue
        against = " against the rest" if abs(whole_lu) >= LOUDER_LU / 2 else ""
        yield Change(
            kind="loudness",
            says=f"{titled(each.name)} is {abs(by_lu):.1f} LU {'louder' if by_lu > 0 else 'quieter'}{against}.",
            confidence=round(sure * LABEL_TRUST, 2),
            at_s=each.start_s,
            old_at_s=each.old_start_s,
            figures={"section": each.name, "louder_lu": by_lu},
        )
