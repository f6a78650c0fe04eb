"""What each system does to a sound is what its table says, and what is said of a record is true of it."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.rooms.mastering.translation import PLACES, Place, Translation, played_on, translate
from controlroom.rooms.mastering.translation.play import place_gain_db
from controlroom.sound.filters import response_db
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio, Samples

RATE_HZ = 48000
LOUDSPEAKERS = [place for place in PLACES if place.codec is None]


def _times_s(seconds: float, rate_hz: int = RATE_HZ) -> np.ndarray:
    return np.arange(round(seconds * rate_hz)) / rate_hz


def _bass(seconds: float, harmonics: int) -> np.ndarray:
    """A bass line of four notes, with harmonics falling as those of a string, or none."""
    times_s = _times_s(seconds)
    notes_hz = np.array([41.2, 55.0, 49.0, 61.7])[(times_s // 0.5).astype(int) % 4]
    phase = 2 * np.pi * np.cumsum(notes_hz) / RATE_HZ
    shape = np.minimum((times_s % 0.5) / 0.01, 1.0) * np.exp(-(times_s % 0.5) / 0.4)
    return sum(0.4 / n * shape * np.sin(n * phase) for n in range(1, harmonics + 1))


def _song(seconds: float, wide: bool = False) -> np.ndarray:
    times_s = _times_s(seconds)
    rng = np.random.default_rng(0)
    chords = sum(0.05 * np.sin(2 * np.pi * f * times_s) for f in (440.0, 660.0, 880.0, 1320.0))
    middle = chords * (1 + np.sin(2 * np.pi * 3 * times_s)) + 0.02 * rng.standard_normal(len(times_s))
    return np.stack([middle, -middle if wide else middle])


def _codes(made: Translation) -> dict[str, set[str]]:
    return {system.name: {finding.code for finding in system.findings} for system in made.systems}


@pytest.mark.parametrize("place", LOUDSPEAKERS, ids=lambda place: place.name)
@pytest.mark.parametrize("rate_hz", [44100, 96000])
def test_a_sine_comes_out_as_the_table_says(place: Place, rate_hz: int) -> None:
    for freq_hz in (60.0, 250.0, 1000.0, 6000.0):
        times_s = _times_s(0.8, rate_hz)
        sine = 0.02 * np.sin(2 * np.pi * freq_hz * times_s)  # below every protection
        played = played_on(Audio(np.stack([sine, sine]), rate_hz), place.name, loudness_lufs=-14.0)
        steady = played.read(round(0.4 * rate_hz), round(0.4 * rate_hz))
        level_db = 20 * np.log10(np.sqrt(2 * np.mean(steady[0] ** 2)) / 0.02 + 1e-9)
        wanted_db = response_db(place.bands, rate_hz, [freq_hz])[0] + place_gain_db(place, rate_hz)
        assert level_db == pytest.approx(wanted_db, abs=0.15)


def test_small_loudspeakers_lose_the_low_end_and_large_ones_do_not() -> None:
    at_60 = {place.name: response_db(place.bands, RATE_HZ, [60.0, 1000.0]) for place in LOUDSPEAKERS}
    lost_db = {name: float(middle - low) for name, (low, middle) in at_60.items()}
    assert lost_db["phone"] > 40
    assert lost_db["laptop"] > 25
    assert lost_db["kitchen-radio"] > 12
    assert all(lost_db[name] < 1 for name in ("hi-fi", "earbuds", "car", "club"))


def test_mono_systems_fold_and_the_club_folds_below_its_crossover() -> None:
    times_s = _times_s(1.0)
    low, high = 0.1 * np.sin(2 * np.pi * 50 * times_s), 0.1 * np.sin(2 * np.pi * 2000 * times_s)
    side = Audio(np.stack([low + high, -low - high]), RATE_HZ)
    for name in ("phone", "kitchen-radio"):
        assert np.abs(played_on(side, name, loudness_lufs=-20.0).read(0, RATE_HZ)).max() < 1e-6
    club = played_on(side, "club").read(RATE_HZ // 2, RATE_HZ // 2)[0]
    spectrum = np.abs(np.fft.rfft(club)) / len(club) * 2
    centre = played_on(Audio(np.stack([low, low]), RATE_HZ), "club").read(RATE_HZ // 2, RATE_HZ // 2)[0]
    assert spectrum[25] < 0.05 * np.abs(np.fft.rfft(centre))[25] / len(centre) * 2  # 50 Hz is gone
    assert spectrum[1000] > 0.02  # 2 kHz is there


def test_protection_holds_the_loud_down_and_leaves_the_quiet() -> None:
    times_s = _times_s(1.0)
    tone = np.sin(2 * np.pi * 1000 * times_s)

    def level_db(amplitude: float) -> float:
        played = played_on(Audio(np.stack([amplitude * tone] * 2), RATE_HZ), "phone", loudness_lufs=-14.0)
        return float(20 * np.log10(np.std(played.read(RATE_HZ // 2, RATE_HZ // 2)) / amplitude))

    assert level_db(0.5) < level_db(0.02) - 4


def test_played_block_by_block_is_played_whole_and_at_the_level_asked_for() -> None:
    record = Audio(_song(4.0) + _bass(4.0, 8), RATE_HZ)
    for place in LOUDSPEAKERS:
        whole = played_on(record, place.name).read(0, record.frames)
        played = played_on(record, place.name)
        cut = np.concatenate([played.read(at, 10_007) for at in range(0, record.frames, 10_007)], axis=1)
        np.testing.assert_array_equal(whole, cut)
        assert np.abs(whole).max() <= 1.0
        matched = played_on(record, place.name, at_lufs=-23.0)
        assert measure_loudness(matched).integrated_lufs == pytest.approx(-23.0, abs=0.05)
    with pytest.raises(UsageError, match="no such playback system"):
        played_on(record, "gramophone")


def test_a_bare_bass_vanishes_on_the_phone_and_one_with_harmonics_does_not() -> None:
    names = ["hi-fi", "phone", "laptop", "club"]
    bare = translate(Audio(_song(6.0) + _bass(6.0, 1), RATE_HZ), systems=names)
    rich = translate(Audio(_song(6.0) + _bass(6.0, 11), RATE_HZ), systems=names)
    assert "translate_bass_gone" in _codes(bare)["phone"]
    assert not any("translate_bass_gone" in found for found in _codes(rich).values())
    assert not any(_codes(bare)[name] for name in ("hi-fi", "club"))
    phone, rich_phone = bare.systems[1].figures, rich.systems[1].figures
    assert phone.low_end_kept_percent is not None
    assert phone.low_end_kept_percent < 5
    assert rich_phone.low_end_carried_percent is not None
    assert rich_phone.low_end_carried_percent > 80
    alone = translate(Audio(np.stack([_bass(4.0, 1)] * 2), RATE_HZ), systems=["phone", "hi-fi"])
    phone_alone, hifi_alone = (system.score for system in alone.systems)
    assert phone_alone is not None
    assert phone_alone < 30
    assert hifi_alone is not None
    assert hifi_alone > 95


def test_what_is_out_of_phase_is_found_by_the_systems_that_fold() -> None:
    record = Audio(_song(6.0, wide=True) + _bass(6.0, 8), RATE_HZ)
    made = translate(record, systems=["hi-fi", "phone", "laptop", "kitchen-radio", "club"])
    codes = _codes(made)
    assert {name for name, found in codes.items() if "translate_cancels_all" in found} == {"phone", "kitchen-radio"}
    assert "nothing is left" in next(f.says() for f in made.systems[1].findings if f.code == "translate_cancels_all")
    folding = {system.name: system.figures.fold_loss_lu for system in made.systems}
    assert folding["laptop"] is None
    assert folding["phone"] is not None
    low = Audio(np.stack([_bass(6.0, 1), -0.7 * _bass(6.0, 1)]) + _song(6.0), RATE_HZ)
    assert "translate_cancels" in _codes(translate(low, systems=["club"]))["club"]


def test_a_part_that_cancels_is_found_where_it_is() -> None:
    wide = _song(12.0)
    wide[1, 5 * RATE_HZ : 9 * RATE_HZ] *= -1
    (phone,) = translate(Audio(wide, RATE_HZ), systems=["phone"]).systems
    (found,) = [finding for finding in phone.findings if finding.code == "translate_cancels_here"]
    assert found.start_s == pytest.approx(5.0, abs=0.6)
    assert found.end_s == pytest.approx(9.0, abs=0.6)


def test_a_quiet_part_drowns_in_the_car() -> None:
    song = _song(16.0) + 0.3 * _bass(16.0, 8)
    song[:, : 7 * RATE_HZ] *= 0.12
    made = translate(Audio(song, RATE_HZ), systems=["hi-fi", "car"])
    codes = _codes(made)
    assert codes["hi-fi"] == set()
    assert "translate_drowned" in codes["car"]


def _voice_and_band(voice_db: float) -> tuple[Samples, Samples]:
    rng = np.random.default_rng(4)
    times_s = _times_s(6.0)
    pitch = 2 * np.pi * np.cumsum(220 * (1 + 0.02 * np.sin(2 * np.pi * 5 * times_s))) / RATE_HZ
    voice = sum(np.sin(n * pitch) / n for n in range(1, 30)) * (np.sin(2 * np.pi * 1.5 * times_s) > -0.5) * 0.1
    shape = np.fft.rfft(rng.standard_normal((2, len(times_s))), axis=1)
    band = np.fft.irfft(shape / np.sqrt(np.maximum(np.arange(shape.shape[1]), 100)), len(times_s), axis=1)
    both = voice * 10 ** (voice_db / 20) + 0.08 * band / np.std(band)
    return both.astype(np.float32), np.stack([voice, voice]).astype(np.float32)


def test_a_voice_is_judged_by_its_own_track_alone() -> None:
    index = []
    for voice_db in (-18.0, 0.0, 9.0):
        record, voice = _voice_and_band(voice_db)
        louder = Audio(record * 1.7, RATE_HZ)  # a master at another level
        made = translate(louder, vocal=Audio(voice, RATE_HZ), systems=["hi-fi", "phone"])
        assert made.voice_judged
        index.append(made.systems[0].figures.voice_index)
        assert ("translate_voice_buried" in _codes(made)["hi-fi"]) == (voice_db < -12)
    assert index == sorted(index)
    record, voice = _voice_and_band(0.0)
    assert translate(Audio(record, RATE_HZ), systems=["hi-fi"]).systems[0].figures.voice_index is None
    for shift in (700, 20_011, 90_001):
        other = Audio(np.roll(voice, shift, axis=1), RATE_HZ)
        assert not translate(Audio(record, RATE_HZ), vocal=other, systems=["hi-fi"]).voice_judged


def test_all_systems_of_a_hot_master_and_what_a_codec_says() -> None:
    rng = np.random.default_rng(2)
    hot = np.clip(_song(3.0) * 3 + _bass(3.0, 8) + 0.3 * rng.standard_normal((2, 3 * RATE_HZ)), -0.98, 0.98)
    made = translate(Audio(hot, RATE_HZ))
    assert [system.name for system in made.systems] == [place.name for place in PLACES]
    for system, place in zip(made.systems, PLACES, strict=True):
        assert system.score is not None
        assert 0 < system.score <= 100
        assert (system.figures.decoded_dbtp is None) == (place.codec is None)
        over = [finding for finding in system.findings if finding.code == "translate_codec_over"]
        assert bool(over) == bool(system.figures.over_db)
        for finding in system.findings:
            assert finding.says().startswith(place.title)
    assert any(system.figures.over_db for system in made.systems)
    said = made.to_json()["systems"][0]
    assert {"name", "title", "score", "findings", "figures"} <= set(said)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(Audio(_song(2.0)[:1], RATE_HZ), id="mono"),
        pytest.param(Audio(_song(2.0)[:, :900], RATE_HZ), id="short"),
        pytest.param(Audio(np.repeat(_song(1.0), 2, axis=1), 96000), id="96 kHz"),
        pytest.param(Audio(_song(2.0) * 0.02, 44100), id="quiet, 44.1 kHz"),
    ],
)
def test_odd_material_has_scores(record: Audio) -> None:
    made = translate(record, systems=["hi-fi", "phone", "car", "bluetooth", "opus-128"])
    assert all(system.score is not None and 0 <= system.score <= 100 for system in made.systems)


def test_silence_has_no_score() -> None:
    made = translate(Audio(np.zeros((2, 50_000)), 44100))
    assert all(system.score is None and not system.findings for system in made.systems)


def test_sections_have_their_own_scores() -> None:
    class Part:
        def __init__(self, label: str, start_s: float, end_s: float) -> None:
            self.label, self.start_s, self.end_s = label, start_s, end_s

    song = _song(8.0)
    song[1, : 4 * RATE_HZ] *= -1
    parts = [Part("verse", 0.0, 4.0), Part("chorus", 4.0, 8.0), Part("nothing", 8.0, 8.0)]
    (phone,) = translate(Audio(song, RATE_HZ), systems=["phone"], sections=parts).systems
    verse, chorus, nothing = phone.sections
    assert verse.score is not None
    assert chorus.score is not None
    assert verse.score < 30 < 60 < chorus.score
    assert nothing.score is None
