"""The sound of the engine. When it changes on purpose, `ENGINE` gets a new number and these figures are taken anew."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from controlroom.rooms import mixing
from controlroom.rooms.mixing import MixPlan, MixReport
from controlroom.rooms.mixing.plan import BusPlan, Ride, Squeeze, TrackPlan
from controlroom.rooms.mixing.report import TrackHeard
from controlroom.rooms.mixing.space import PLATE, ROOM, planned
from controlroom.sound.filters import Band
from controlroom.sound.signal import Audio, in_memory

RATE_HZ = 48000
PLAN = MixPlan(
    rate_hz=RATE_HZ,
    gain_db=-2.0,
    tracks=(
        TrackPlan(
            name="Vox",
            path="",
            role="lead vocal",
            gain_db=-3.0,
            delay_ms=1.37,
            polarity=-1,
            bus="vocals",
            sends={"room": -12.0, "plate": -9.0},
            compressor=Squeeze(threshold_db=-24.0, ratio=3.0, detector="rms"),
            eq=(Band("highpass", 80.0), Band("bell", 2500.0, -3.0, 1.0)),
            rides=(Ride(at_s=0.5, gain_db=0.0), Ride(at_s=1.0, gain_db=-6.0)),
        ),
        TrackPlan(name="Gtr", path="", role="guitar", pan=0.6, bus="music"),
        TrackPlan(name="Keys", path="", role="keys", pan=-0.3, gain_db=-4.0, bus="music"),
    ),
    buses=(
        BusPlan(name="music", compressor=Squeeze(threshold_db=-20.0, ratio=2.0, auto_release=True)),
        BusPlan(name="vocals", gain_db=1.0),
    ),
    reverbs=(planned("room", ROOM), planned("plate", PLATE)),
)
GOLDEN_ENGINE = 4
GOLDEN_SAMPLES: list[list[float]] = [  # every 16,000th frame from the 9,000th on
    [-0.01726, -0.02453, 0.01871, -0.01207, -0.00746, 0.00324, -0.00382, 0.00059, 0.00015, 0.00000, -0.00000],
    [0.02759, -0.03418, -0.05393, 0.02768, -0.00327, -0.03796, 0.00329, 0.00037, 0.00003, -0.00001, 0.00001],
]


def tones(*freqs_hz: float) -> np.ndarray:
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    beat = 0.3 + 0.7 * np.exp(-(times_s % 0.4) / 0.1)
    return beat * sum(0.1 * np.sin(2 * np.pi * freq_hz * times_s) for freq_hz in freqs_hz)


def test_golden_samples() -> None:
    signals = {
        "Vox": Audio(tones(220.0, 660.0, 2800.0), RATE_HZ),
        "Gtr": Audio(tones(147.0, 1175.0), RATE_HZ),
        "Keys": Audio(np.stack([tones(330.0), tones(523.0, 98.0)]), RATE_HZ),
    }
    with mixing.render(signals, PLAN) as mix:
        made = in_memory(mix).samples[:, 9_000::16_000]
    assert mixing.ENGINE == GOLDEN_ENGINE
    np.testing.assert_allclose(made, GOLDEN_SAMPLES, atol=2e-5)


GOLDEN_STRIPS = {  # fader, pan, sends, threshold
    "Vox": (0.0, 0.0, {"room": -24.0, "plate": -17.0}, -27.3),
    "BV": (-7.0, -0.6, {"room": -20.0, "plate": -14.0}, None),
    "Kick": (-13.4, 0.0, {}, -1.9),
    "Snare": (-14.4, 0.0, {"room": -18.0, "plate": -18.0}, None),
    "Bass": (-16.4, 0.0, {}, None),
    "Keys": (-4.1, 0.4, {"room": -21.0}, None),
}


def test_golden_proposal(hear: Callable[..., TrackHeard]) -> None:
    """Proposals are remembered under the engine, too."""
    tracks = (
        hear("Vox", "lead vocal", -26.0, range_lu=9.0),
        hear("BV", "backing vocal", -24.0),
        hear("Kick", "kick", -18.0, peaks_db=22.0),
        hear("Snare", "snare", -20.0),
        hear("Bass", "bass", -16.0),
        hear("Keys", "keys", -30.0, plays=(10, 20)),
    )
    plan = mixing.decide(MixReport(tracks=tracks))
    strips = {
        track.name: (track.gain_db, track.pan, track.sends, track.compressor and track.compressor.threshold_db)
        for track in plan.tracks
    }
    assert mixing.ENGINE == GOLDEN_ENGINE
    assert strips == GOLDEN_STRIPS
