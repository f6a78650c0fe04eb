"""What the mixing room would do: a strip for every track, a few buses and reverbs, and why.

A strip runs: source ─ delay and polarity ─ equaliser ─ compressor ─ fader and rides ─ pan ─> bus; sends leave after
the fader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from controlroom.base.errors import UsageError
from controlroom.sound.dynamics import Detector
from controlroom.sound.filters import Band
from controlroom.sound.reverb import Kind

SCHEMA = "controlroom.mix/1"
RATIO_MOST = 100.0
DELAY_MOST_MS = 1000.0
GAIN_MOST_DB = 60.0


class Squeeze(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A compressor: above `threshold_db` (dBFS) the level rises by only 1/`ratio`, with a soft knee.

    `detector`, `auto_release` as in `sound.dynamics.Compressor`.
    """

    threshold_db: float
    ratio: float = 2.0
    attack_ms: float = 15.0
    release_ms: float = 120.0
    knee_db: float = 6.0
    makeup_db: float = 0.0
    detector: Detector = "peak"
    auto_release: bool = False


class Ride(msgspec.Struct, frozen=True, kw_only=True):
    """A point of fader automation on the song's time line, on top of the fader; linear in dB between points."""

    at_s: float
    gain_db: float


class TrackPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One strip. `gain_db` is the fader, `pan` -1 (left) to 1; `polarity` -1 turns it over, `delay_ms` < 0 is earlier.

    `loudness_lufs` is what the file measures (BS.1770), kept beside the fader to show what that was set from. A mono
    track in the centre stands at -3 dB on each side (constant power); a `printed` one stands there as it is.
    """

    name: str
    path: str
    role: str
    gain_db: float = 0.0
    pan: float = 0.0
    polarity: Literal[1, -1] = 1
    delay_ms: float = 0.0
    mute: bool = False
    printed: bool = False
    bus: str = "music"
    sends: dict[str, float] = {}
    loudness_lufs: float | None = None
    reasons: tuple[str, ...] = ()
    compressor: Squeeze | None = None
    eq: tuple[Band, ...] = ()
    rides: tuple[Ride, ...] = ()


class BusPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A group of strips: equaliser, compressor, gain, then the mix."""

    name: str
    gain_db: float = 0.0
    reasons: tuple[str, ...] = ()
    compressor: Squeeze | None = None
    eq: tuple[Band, ...] = ()


class ReverbPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A reverb that strips are sent to by its name; `gain_db` is its return. The rest as in `sound.reverb.Reverb`."""

    name: str
    kind: Kind
    decay_s: float
    decay_high: float
    predelay_ms: float
    low_cut_hz: float
    high_cut_hz: float
    gain_db: float = 0.0


class MixPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The whole mix. `gain_db` is the trim of the sum, set so that its true peak comes to `headroom_dbtp`."""

    schema: str = SCHEMA
    rate_hz: int
    gain_db: float = 0.0
    headroom_dbtp: float | None = None
    reasons: tuple[str, ...] = ()
    tracks: tuple[TrackPlan, ...]
    buses: tuple[BusPlan, ...] = ()
    reverbs: tuple[ReverbPlan, ...] = ()

    def track(self, name: str) -> TrackPlan:
        return next(track for track in self.tracks if track.name == name)


def checked(plan: MixPlan) -> MixPlan:
    """`plan`, when it can be rendered; raises `UsageError` with what to mend when somebody edited it out of shape."""
    if plan.schema != SCHEMA:
        raise _refused(f"its schema is {plan.schema!r}, not {SCHEMA!r}", "Plan it anew with --replan.")
    if plan.rate_hz <= 0:
        raise _refused(f"a rate of {plan.rate_hz} Hz", "Give the session's rate, such as 48000.")
    for what, names in (
        ("tracks", [track.name for track in plan.tracks]),
        ("buses", [bus.name for bus in plan.buses]),
        ("reverbs", [reverb.name for reverb in plan.reverbs]),
    ):
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise _refused(f"two {what} are called {twice[0]!r}", "Give each its own name.")
    buses, reverbs = {bus.name for bus in plan.buses}, {reverb.name for reverb in plan.reverbs}
    for track in plan.tracks:
        _check_track(track, buses, reverbs)
        _check_inserts(track)
    for bus in plan.buses:
        _check_inserts(bus)
    return plan


def _check_track(track: TrackPlan, buses: set[str], reverbs: set[str]) -> None:
    if buses and track.bus not in buses:
        raise _refused(f"{track.name!r} goes to the bus {track.bus!r}, which is not there", _at_hand(buses))
    for send in track.sends:
        if send not in reverbs:
            raise _refused(f"{track.name!r} is sent to {send!r}, which is not there", _at_hand(reverbs))
    if not -1.0 <= track.pan <= 1.0:
        raise _refused(f"{track.name!r} is panned to {track.pan:g}", "Pan lies between -1 (left) and 1 (right).")
    if abs(track.delay_ms) > DELAY_MOST_MS:
        raise _refused(f"{track.name!r} is delayed by {track.delay_ms:g} ms", "Move the clip in the session instead.")
    if any(after.at_s < before.at_s for before, after in zip(track.rides, track.rides[1:], strict=False)):
        raise _refused(f"the rides of {track.name!r} are out of order", "Sort them by at_s.")
    loudest = max([track.gain_db, *track.sends.values(), *(ride.gain_db for ride in track.rides)])
    if loudest > GAIN_MOST_DB:
        raise _refused(f"{track.name!r} has a gain of {loudest:g} dB", f"Stay below {GAIN_MOST_DB:g} dB.")


def _check_inserts(strip: TrackPlan | BusPlan) -> None:
    squeeze = strip.compressor
    if squeeze is None:
        return
    if not 1.0 <= squeeze.ratio <= RATIO_MOST:
        raise _refused(f"the compressor of {strip.name!r} has ratio {squeeze.ratio:g}", "Ratios run from 1 to 100.")
    if min(squeeze.attack_ms, squeeze.release_ms) <= 0 or squeeze.knee_db < 0:
        raise _refused(f"the compressor of {strip.name!r} has no time", "Give attack and release above 0 ms.")


def _at_hand(names: Iterable[str]) -> str:
    return f"At hand: {', '.join(sorted(names)) or 'none'}."


def _refused(why: str, next_step: str) -> UsageError:
    return UsageError("The mix plan", why, next_step)
