"""What each destination asks for, as data. A bound that is None is not asked for."""

from __future__ import annotations

import msgspec

from controlroom.base.errors import UsageError


class Medium(msgspec.Struct, frozen=True, kw_only=True):
    """A destination and its rules.

    `target_lufs` None: no loudness is asked for; the level follows from the rules. `tolerance_lu`: how far a programme
    may lie from it there. `bits`, `most_channels` and `rate_hz` (None: the mix's own) of the file that goes there.
    `limiting_db`: how far peaks may stand over the ceiling before the limiter, where the level follows from them.
    `mono_below_hz`: the bass below goes to the middle. Bounds of the checks: `least_plr_db`; `most_side_low_db`: side
    less mid below 150 Hz; `least_low_correlation`: below 150 Hz, in the worst 10 s; `most_sibilance_db`: 6 to 12 kHz in
    its loudest 10 ms of the worst 10 s, less the programme; `least_sub_db`: 30 to 80 Hz, less everything;
    `most_clipped`: samples in flat tops; `least_lufs`; `most_range_lu`; `most_short_term_lufs`: in programmes shorter
    than two minutes.
    """

    name: str
    says: str
    target_lufs: float | None = None
    tolerance_lu: float = 0.1
    ceiling_dbtp: float = -1.0
    bits: int = 24
    most_channels: int | None = None
    rate_hz: int | None = None
    limiting_db: float | None = None
    mono_below_hz: float | None = None
    least_plr_db: float | None = None
    most_side_low_db: float | None = None
    least_low_correlation: float | None = None
    most_sibilance_db: float | None = None
    least_sub_db: float | None = None
    most_clipped: int | None = None
    least_lufs: float | None = None
    most_range_lu: float | None = None
    most_short_term_lufs: float | None = None

    @property
    def sets_level(self) -> bool:
        """Does the level follow from its rules, and not from what the mix carries?"""
        return self.target_lufs is not None or self.limiting_db is not None


MEDIA = {
    one.name: one
    for one in (
        Medium(
            name="vinyl",
            says="A pre-master for cutting: dynamic, its bass in the middle, its sibilants tame.",
            ceiling_dbtp=-3.0,  # room for the cutting engineer's filters
            most_channels=2,  # a groove has two walls
            limiting_db=1.0,  # no brick wall: only a stray peak is held
            mono_below_hz=150.0,  # what is vertical there lifts the stylus out of the groove
            least_plr_db=10.0,
            most_side_low_db=-10.0,
            least_low_correlation=0.5,
            most_sibilance_db=6.0,  # the cutter head's treble burns it, and the inner grooves cannot play it
            most_clipped=0,
        ),
        Medium(
            name="club",
            says="For large systems that play the bass in mono, beside records as loud.",
            ceiling_dbtp=-0.5,
            most_channels=2,
            limiting_db=4.0,
            mono_below_hz=100.0,
            least_plr_db=8.0,
            most_side_low_db=-12.0,
            least_low_correlation=0.5,
            least_sub_db=-12.0,
            least_lufs=-13.0,
        ),
        Medium(
            name="cd",
            says="Red Book: 16 bits at 44.1 kHz, as loud as the mix carries.",
            ceiling_dbtp=-0.3,  # converters and ripped files want a little room
            bits=16,
            most_channels=2,
            rate_hz=44100,
            most_clipped=0,
        ),
        Medium(
            name="r128",
            says="European broadcast: EBU R 128 (2023), R 128 s1 for short programmes.",
            target_lufs=-23.0,
            tolerance_lu=0.5,
            rate_hz=48000,
            most_range_lu=20.0,  # EBU Tech 3343: more than that does not suit a living room
            most_short_term_lufs=-18.0,
        ),
        Medium(
            name="a85",
            says="American broadcast: ATSC A/85:2013, annex J for short programmes.",
            target_lufs=-24.0,
            tolerance_lu=2.0,
            ceiling_dbtp=-2.0,
            rate_hz=48000,
            most_range_lu=20.0,
        ),
    )
}


def medium(name: str) -> Medium:
    """The destination called `name`; raises `UsageError` for one that is not known."""
    wanted = name.strip().lower()
    if wanted not in MEDIA:
        raise UsageError(f"There is no destination called {name!r}", "they are " + ", ".join(MEDIA))
    return MEDIA[wanted]
