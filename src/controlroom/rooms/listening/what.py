"""What kind of recording a demo is: it decides which advice makes sense."""

from __future__ import annotations

from controlroom.rooms.listening.report import DemoReport, What

FINISHED_LUFS, FINISHED_PLR_DB, FINISHED_DBTP = -16.0, 15.0, -3.0
NARROW_HZ = 12000.0
NOISY_DBFS, ROOMY_S = -62.0, 0.35
SAID_LEAST = 0.5


def what_it_is(report: DemoReport) -> What:
    """Told by what was heard, before findings, praise and advice."""
    if report.loudness.integrated_lufs is None:
        return What(kind="silence", confidence=0.99, because="There is no loudness to measure.")
    return _one_source(report) or _memo(report) or _production(report)


def _one_source(report: DemoReport) -> What | None:
    voice, harmony, rhythm = report.voice, report.harmony, report.rhythm
    if voice.kind == "solo voice":
        return What(kind="solo voice", confidence=voice.presence_confidence or SAID_LEAST, because="One voice, alone.")
    if rhythm.tempo_bpm is not None and harmony.key is None and not harmony.chords and voice.kind == "no voice":
        confidence = min(rhythm.tempo_confidence, voice.presence_confidence or 0.0)
        return What(kind="drums alone", confidence=confidence, because="A beat without pitch and without a voice.")
    if rhythm.tempo_bpm is None and harmony.key is None:
        return What(kind="recording", confidence=SAID_LEAST, because="Neither a beat nor a key was found.")
    return None


def _memo(report: DemoReport) -> What | None:
    """Signs of a telephone on a table: one microphone, a narrow band, noise, the room."""
    sound = report.sound
    signs = {
        "one channel": sound.stereo in ("mono", "false stereo"),
        "a narrow band": (report.bandwidth_hz or 0.0) < NARROW_HZ,
        "noise in the pauses": sound.noise_floor_dbfs is not None and sound.noise_floor_dbfs > NOISY_DBFS,
        "the room": sound.reverberation_s is not None and sound.reverberation_s > ROOMY_S,
    }
    found = [sign for sign, there in signs.items() if there]
    if not signs["one channel"] or len(found) < 2:
        return None
    return What(
        kind="voice memo", confidence=round(0.45 + 0.15 * len(found), 2), because=f"{', '.join(found).capitalize()}."
    )


def _production(report: DemoReport) -> What:
    loud = report.loudness
    lufs, plr_db, peak = loud.integrated_lufs, loud.plr_db, loud.true_peak_dbtp
    assert lufs is not None
    finished = lufs > FINISHED_LUFS and (plr_db or 99.0) < FINISHED_PLR_DB and (peak or -99.0) > FINISHED_DBTP
    because = f"{lufs:.1f} LUFS" + ("" if plr_db is None else f", peaks {plr_db:.1f} dB above it") + "."
    sure = min(abs(lufs - FINISHED_LUFS) / 6, 1.0)
    kind = "finished production" if finished else "rough mix"
    return What(kind=kind, confidence=round(0.6 + 0.35 * sure, 2), because=because)
