"""Listen to a take: is it captured correctly, how was it performed, and do the mics of its pass agree?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from controlroom.base.finding import Finding
from controlroom.rooms.tracking.captured import findings_of_bandwidth, findings_of_file, findings_of_levels
from controlroom.rooms.tracking.edges import findings_of_edges, findings_of_noise, noise_in_pauses_db
from controlroom.rooms.tracking.performance import SINGLE_VOICES, findings_of_performance, pitch_of, timing_of
from controlroom.rooms.tracking.relations import (
    Hearings,
    findings_of_fights,
    findings_of_pairs,
    findings_of_pickups,
    findings_of_polarity,
    heard_from_afar,
    pickups,
)
from controlroom.rooms.tracking.report import PassReport, Pitch, TakeReport, Timing
from controlroom.song.model import Mic
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.files import AudioInfo
from controlroom.sound.hearing import Hearing


def measure_take(
    hearing: Hearing,
    facts: AudioInfo,
    role: str,
    *,
    path: Path | None = None,
    tempo_bpm: float | None = None,
    first_beat_s: float | None = None,
    key: str | None = None,
    printed: bool = False,
    nonfinite_samples: int = 0,
) -> TakeReport:
    """What there is to say of one file on its own. Costs the hearing's one pass, a few short reads, and the pitch of a
    single voice.

    `path` as the song knows the file (else the one in `facts`); `first_beat_s` where in the file a beat of the tempo
    lies, when that is known; `printed`: a finished stem, which is not asked for
    headroom, noise or intonation; `nonfinite_samples` as the open file counted them while it was heard.
    """
    levels = hearing.levels
    noise_db = None if printed and levels.hum is None else noise_in_pauses_db(hearing)
    pitch = None if printed or role not in SINGLE_VOICES else _pitch(hearing, key)
    timing = None if printed else timing_of(hearing.onsets, tempo_bpm, first_beat_s)
    end_hz = bandwidth_hz(hearing.spectrum) if levels.active else None
    return TakeReport(
        path=path or facts.path,
        role=role,
        printed=printed,
        peak_db=_rounded(levels.peak_db),
        loudness_lufs=_rounded(hearing.loudness.integrated_lufs),
        noise_db=_rounded(noise_db),
        bandwidth_hz=None if end_hz is None else round(end_hz),
        clipped_percent=_clipped_percent(hearing),
        pitch=pitch,
        timing=timing,
        findings=(
            *findings_of_file(facts, nonfinite_samples),
            *_findings(hearing, role, pitch, timing, noise_db, end_hz, printed=printed),
        ),
    )


def _pitch(hearing: Hearing, key: str | None) -> Pitch | None:
    active_s = sum(end - start for start, end in hearing.levels.active)
    return pitch_of(hearing.pitch, active_s, key) if active_s else None


def _findings(
    hearing: Hearing,
    role: str,
    pitch: Pitch | None,
    timing: Timing | None,
    noise_db: float | None,
    end_hz: float | None,
    *,
    printed: bool,
) -> Iterator[Finding]:
    if not hearing.levels.active:
        yield Finding(code="silent", severity="warning")
        return
    yield from findings_of_levels(hearing, printed=printed, noise_db=noise_db)
    yield from findings_of_bandwidth(hearing.spectrum, end_hz)
    yield from findings_of_edges(hearing, noise_db)
    if not printed:
        yield from findings_of_noise(hearing, role, noise_db)
        yield from findings_of_performance(pitch, timing, role)


def measure_pass(hearings: Hearings, mics: Sequence[Mic]) -> PassReport:
    """How the mics of one pass stand to each other; `hearings` (with their signals) by the paths in `mics`."""
    heard = [mic for mic in mics if mic.path in hearings and hearings[mic.path].levels.active]
    if len(heard) < 2:
        return PassReport()
    kit, direct = heard_from_afar(hearings, heard), pickups(hearings, heard)
    findings = [
        *findings_of_polarity(kit),
        *findings_of_pairs(hearings, heard, kit),
        *findings_of_pickups(direct),
    ]
    accused = {finding.path for finding in findings}
    findings += findings_of_fights(hearings, kit, accused)
    return PassReport(relations=(*(one.relation() for one in kit), *direct), findings=tuple(findings))


def _clipped_percent(hearing: Hearing) -> float:
    active_s = sum(end - start for start, end in hearing.levels.active)
    most = max(hearing.levels.clipped_frames, default=0)
    return round(100 * most / (active_s * hearing.rate_hz), 3) if active_s else 0.0


def _rounded(level_db: float | None) -> float | None:
    return None if level_db is None else round(level_db, 2)
