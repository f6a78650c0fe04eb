"""What kind of recording a demo is: it decides which advice makes sense."""

from __future__ import annotations

from controlroom.rooms.listening.character_faults import HISSY_DB
from controlroom.rooms.listening.report import DemoReport, What
from controlroom.sound.character import Sound
from controlroom.sound.voice.report import LEAST_HELD

FINISHED_LUFS, FINISHED_PLR_DB, FINISHED_DBTP = -16.0, 15.0, -3.0
NARROW_HZ = 12000.0
NOISY_DBFS, ROOMY_S = -62.0, 0.5
SAID_LEAST, SURE_ENOUGH = 0.5, 0.7
SELDOM, MOSTLY = 0.15, 0.6  # of the time, a voice
LEAST_OVER_NOISE_DB = 16.0
LONGEST_LOOP_S = 60.0
HELD = 0.6  # the confidence of the tuning from which on notes are held, which drums do not


def what_it_is(report: DemoReport) -> What:
    """Told by what was heard, before findings, praise and advice."""
    if report.loudness.integrated_lufs is None:
        return What(kind="silence", confidence=0.99, because="There is no loudness to measure.")
    return _one_source(report) or _memo(report) or _production(report)


def _one_source(report: DemoReport) -> What | None:
    """A voice alone, drums alone, speech, or mere noise."""
    voice, rhythm = report.voice, report.rhythm
    sure, share, beats = voice.presence_confidence or SAID_LEAST, voice.share or 0.0, rhythm.tempo_bpm is not None
    if voice.kind == "solo voice" and voice.held_share is not None and voice.held_share < LEAST_HELD:
        return What(kind="speech", confidence=SURE_ENOUGH, because="A voice alone that hardly holds a note.")
    if voice.kind == "solo voice":
        return What(kind="solo voice", confidence=sure, because="One voice, alone.")
    if report.harmony.chords:
        return None
    mastered = _is_finished(report) and report.info.duration_s > LONGEST_LOOP_S  # a wall of guitars holds no chord
    pitched = (report.harmony.tuning_confidence or 0.0) > HELD
    if beats and share < SELDOM and not mastered and not pitched:
        return What(kind="drums alone", confidence=rhythm.tempo_confidence, because="A beat without chords or a voice.")
    if _is_noise(report):
        return What(kind="noise", confidence=SURE_ENOUGH, because="It is as loud in its quietest moments as anywhere.")
    if not beats and share > MOSTLY:
        return What(kind="speech", confidence=SURE_ENOUGH, because="A voice that holds neither a beat nor a chord.")
    return None if beats else What(kind="recording", confidence=SAID_LEAST, because="It has neither a beat nor chords.")


def _is_noise(report: DemoReport) -> bool:
    floor, lufs = report.sound.noise_floor_dbfs, report.loudness.integrated_lufs
    return floor is not None and lufs is not None and lufs - floor < LEAST_OVER_NOISE_DB


def _memo(report: DemoReport) -> What | None:
    """Signs of a telephone on a table: one microphone, a narrow band, noise, the room."""
    sound = report.sound
    signs = {
        "one channel": sound.stereo in ("mono", "false stereo"),
        "a narrow band": (report.bandwidth_hz or 0.0) < NARROW_HZ,
        "noise": _is_noisy(sound),
        "the room": sound.reverberation_s is not None and sound.reverberation_s > ROOMY_S,
    }
    found = [sign for sign, there in signs.items() if there]
    if not signs["one channel"] or len(found) < 2:
        return None
    return What(
        kind="voice memo", confidence=round(0.45 + 0.15 * len(found), 2), because=f"{', '.join(found).capitalize()}."
    )


def _is_noisy(sound: Sound) -> bool:
    floor_dbfs, hiss_db = sound.noise_floor_dbfs, sound.hiss_db
    return (floor_dbfs is not None and floor_dbfs > NOISY_DBFS) or (hiss_db is not None and hiss_db > HISSY_DB)


def _is_finished(report: DemoReport) -> bool:
    """As loud and as dense as records are."""
    lufs, plr_db, peak = report.loudness.integrated_lufs, report.loudness.plr_db, report.loudness.true_peak_dbtp
    if lufs is None or plr_db is None or peak is None:
        return False
    return lufs > FINISHED_LUFS and plr_db < FINISHED_PLR_DB and peak > FINISHED_DBTP


def _production(report: DemoReport) -> What:
    loud = report.loudness
    lufs, plr_db = loud.integrated_lufs, loud.plr_db
    assert lufs is not None
    because = f"{lufs:.1f} LUFS" + ("" if plr_db is None else f", peaks {plr_db:.1f} dB above it") + "."
    sure = min(abs(lufs - FINISHED_LUFS) / 6, 1.0)
    kind = "finished production" if _is_finished(report) else "rough mix"
    return What(kind=kind, confidence=round(0.6 + 0.35 * sure, 2), because=because)
