"""Rendering: unity is the sum, blocks leave no trace, what stands in the mix is what was measured."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.base.errors import Cancelled, UsageError
from controlroom.rooms.mixing import Mixdown, MixPlan, render, standing
from controlroom.rooms.mixing.plan import BusPlan, Ride, Squeeze, TrackPlan
from controlroom.rooms.mixing.space import PLATE, ROOM, planned
from controlroom.sound.filters import Band
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio, Signal, blocks, in_memory

RATE_HZ = 48000


def noise(seconds: float, channels: int = 2, seed: int = 0, rate_hz: int = RATE_HZ) -> Audio:
    rng = np.random.default_rng(seed)
    return Audio(0.1 * rng.standard_normal((channels, round(seconds * rate_hz))), rate_hz)


def track(name: str, **more: object) -> TrackPlan:
    given = {"path": f"{name}.wav", "role": "keys", "bus": "music"} | more
    return TrackPlan(name=name, **given)  # type: ignore[arg-type]


def plan(*tracks: TrackPlan, **more: object) -> MixPlan:
    return MixPlan(rate_hz=RATE_HZ, tracks=tracks, **more)  # type: ignore[arg-type]


def whole(mix: Mixdown) -> npt.NDArray[np.float32]:
    with mix:
        return np.concatenate(list(blocks(mix)), axis=1)


FULL = plan(
    track(
        "a",
        gain_db=-3.0,
        pan=-0.4,
        delay_ms=1.37,
        polarity=-1,
        sends={"room": -12.0, "plate": -9.0},
        compressor=Squeeze(threshold_db=-24.0, ratio=3.0),
        eq=(Band("highpass", 80.0), Band("bell", 2500.0, -3.0, 1.0)),
        rides=(Ride(at_s=0.5, gain_db=0.0), Ride(at_s=1.0, gain_db=-6.0)),
    ),
    track("b", role="lead vocal", bus="vocals", sends={"plate": -10.0}),
    track("c", gain_db=-6.0),
    buses=(
        BusPlan(name="music", compressor=Squeeze(threshold_db=-20.0, ratio=2.0, auto_release=True)),
        BusPlan(name="vocals", gain_db=1.0),
    ),
    reverbs=(planned("room", ROOM), planned("plate", PLATE)),
    gain_db=-2.0,
)
SIGNALS: dict[str, Signal] = {"a": noise(3.0, 1, 1), "b": noise(2.0, 1, 2), "c": noise(2.5, 2, 3)}


def test_unity_is_the_exact_sample_sum() -> None:
    stems = {f"s{k}": noise(1.0 + 0.3 * k, 2, k) for k in range(7)}
    mixed = whole(render(stems, plan(*(track(name, printed=True) for name in stems))))
    total = np.zeros((2, stems["s6"].frames))
    for stem in stems.values():
        total[:, : stem.frames] += stem.samples
    assert np.array_equal(mixed, total.astype(np.float32))


def test_a_printed_mono_stem_stands_on_both_sides_as_it_is() -> None:
    stem = noise(0.5, 1)
    mixed = whole(render({"s": stem}, plan(track("s", printed=True))))
    assert np.array_equal(mixed, np.repeat(stem.samples, 2, axis=0))


def test_a_mono_track_in_the_centre_keeps_its_loudness() -> None:
    voice = noise(5.0, 1)
    mix = render({"s": voice}, plan(track("s")))
    loudness = measure_loudness(in_memory(mix)).integrated_lufs
    assert loudness == pytest.approx(measure_loudness(voice).integrated_lufs, abs=0.01)


def test_it_may_pass_full_scale() -> None:
    loud = Audio(np.full((2, 1000), 0.9), RATE_HZ)
    mixed = whole(render({"a": loud, "b": loud}, plan(track("a", printed=True), track("b", printed=True))))
    assert mixed.max() == pytest.approx(1.8)


def test_any_block_size_gives_the_same_samples() -> None:
    once = whole(render(SIGNALS, FULL))
    for frames in (1111, 4096, 50_000):
        with render(SIGNALS, FULL) as mix:
            again = np.concatenate(list(blocks(mix, frames)), axis=1)
        assert np.array_equal(once, again)


def test_reading_backwards_starts_over() -> None:
    with render(SIGNALS, FULL) as mix:
        first = mix.read(1000, 5000)
        mix.read(60_000, 40_000)
        assert np.array_equal(mix.read(1000, 5000), first)


def test_the_reverb_rings_out_after_the_last_track() -> None:
    with render(SIGNALS, FULL) as mix:
        assert mix.frames == pytest.approx(3.0 * RATE_HZ + (PLATE.decay_s + PLATE.predelay_ms / 1000) * RATE_HZ, abs=70)
        tail = mix.read(round(3.1 * RATE_HZ), 4000)
        assert tail.any()


def test_mixed_rates_and_any_number_of_channels() -> None:
    signals = {"a": noise(1.0, 1, 1, 44100), "b": noise(1.0, 24, 2), "c": noise(0.0, 2)}
    mix = render(signals, plan(*(track(name) for name in signals)))
    assert mix.frames == RATE_HZ
    assert np.isfinite(whole(mix)).all()


def test_the_gain_in_the_mix_is_measured() -> None:
    """A low-passed noise loses loudness that its fader does not tell of; bus and trim count too."""
    signals = {"a": noise(6.0, 2, 1), "b": noise(6.0, 2, 2), "c": noise(6.0, 1, 3)}
    files = {name: measure_loudness(signal).integrated_lufs for name, signal in signals.items()}
    mixed = plan(
        track("a", gain_db=-4.0, loudness_lufs=files["a"], eq=(Band("lowpass", 500.0),)),
        track("b", gain_db=2.0, loudness_lufs=files["b"]),
        track("c", pan=0.7, loudness_lufs=files["c"]),
        buses=(BusPlan(name="music", gain_db=1.0),),
        gain_db=-3.0,
    )
    mix = render(signals, mixed)
    together = whole(mix)
    alone = render(signals, plan(mixed.tracks[0], buses=mixed.buses, gain_db=-3.0))
    gains = {one.name: one.gain_db for one in standing(mix)}
    heard = measure_loudness(in_memory(alone)).integrated_lufs
    assert heard is not None
    assert files["a"] is not None
    assert gains["a"] == pytest.approx(heard - files["a"], abs=0.02)
    assert gains["a"] < -10.0
    assert gains["b"] == pytest.approx(0.0)
    assert gains["c"] == pytest.approx(-2.0)
    assert mix.heard().loudness.integrated_lufs == pytest.approx(
        measure_loudness(Audio(together, RATE_HZ)).integrated_lufs, abs=0.01
    )


def test_unity_stands_at_zero_exactly() -> None:
    mix = render({"s": noise(1.0)}, plan(track("s", printed=True, loudness_lufs=-20.3)))
    whole(mix)
    assert standing(mix)[0].gain_db == 0.0


def test_rides_are_linear_in_decibels() -> None:
    steady = Audio(np.ones((2, 3 * RATE_HZ)) * 0.5, RATE_HZ)
    points = (Ride(at_s=1.0, gain_db=0.0), Ride(at_s=2.0, gain_db=-12.0))
    mixed = whole(render({"s": steady}, plan(track("s", rides=points))))
    level = 20 * np.log10(mixed[0, [0, RATE_HZ + RATE_HZ // 2, -1]] / 0.5)
    assert level == pytest.approx([0.0, -6.0, -12.0], abs=0.01)


def test_a_muted_track_is_not_there() -> None:
    mix = render({"a": noise(1.0, 2, 1), "b": noise(1.0, 2, 2)}, plan(track("a", mute=True), track("b")))
    mixed = whole(mix)
    assert np.array_equal(mixed, noise(1.0, 2, 2).samples)
    assert standing(mix)[0].gain_db is None


def test_a_track_without_a_signal_is_refused() -> None:
    with pytest.raises(UsageError, match="no track 'b'"):
        render({"a": noise(0.1)}, plan(track("a"), track("b")))


def test_cancelling_stops_it() -> None:
    def stop(done: float, total: float, what: str = "") -> None:
        if done > total / 2:
            raise Cancelled

    with pytest.raises(Cancelled), render(SIGNALS, FULL, progress=stop) as mix:
        for _ in blocks(mix):
            pass


def test_an_error_in_a_strip_is_told() -> None:
    class Broken(Audio):
        def read(self, start: int, frames: int) -> npt.NDArray[np.float32]:
            raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        whole(render({"a": Broken(np.zeros((2, 10)), RATE_HZ)}, plan(track("a"))))
