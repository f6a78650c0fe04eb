"""What was measured, in the words and figures of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from controlroom.desk.songs.models import Recording
from controlroom.desk.templatetags.words import figure
from controlroom.rooms.mastering import MasterReport
from controlroom.rooms.mastering.measure import GONE_LU
from controlroom.rooms.mastering.services import playback
from controlroom.sound.meter import Loudness
from controlroom.sound.tone import RegionBalance

SAME_DB = 0.05
LOUDNESS = (
    ("Loudness", "integrated_lufs", "LUFS"),
    ("Loudest 3 s", "max_short_term_lufs", "LUFS"),
    ("True peak", "true_peak_dbtp", "dBTP"),
    ("Range", "range_lu", "LU"),
    ("Peak over loudness", "plr_db", "dB"),
)


def measured(report: MasterReport) -> list[str]:
    """What a mastering engineer would say first, in whole sentences."""
    level, peak = report.loudness.integrated_lufs, report.loudness.true_peak_dbtp
    if level is None:
        return ["There is no loudness in it: it is silent, or shorter than 0.4 s."]
    says = [f"It stands at {figure(level, 'LUFS')} with its highest peak at {figure(peak, 'dBTP')}."]
    if report.finished:
        says.append("Somebody has limited it already: it is treated as a finished master.")
    says.append(_tone(report.balance))
    if report.stereo is None:
        says.append("It is mono.")
    elif report.stereo.fold_loss_lu is not None and report.stereo.fold_loss_lu > GONE_LU:
        says.append("On one loudspeaker it disappears: left and right are each other's opposite.")
    elif report.stereo.fold_loss_lu is not None:
        says.append(f"On one loudspeaker it gets {figure(report.stereo.fold_loss_lu, 'LU')} quieter.")
    return says


def _tone(balance: Sequence[RegionBalance]) -> str:
    if not balance:
        return "There is too little sound in it to judge its tone."
    outside = [region for region in balance if region.excess_db]
    if not outside:
        return "Its tone lies within the range of finished records."
    said = ", ".join(
        f"{region.name} {figure(abs(region.excess_db), 'dB')} {'over' if region.excess_db > 0 else 'under'}"
        for region in outside
    )
    return f"Outside the range of finished records: {said}."


def figures(before: Loudness, after: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The rows of before and after."""
    return [
        {
            "name": name,
            "unit": unit,
            "before": getattr(before, field),
            "after": None if after is None else after.get(field),
        }
        for name, field, unit in LOUDNESS
    ]


def services(recording: Recording) -> list[dict[str, Any]]:
    """What each service does to its level, and the ceiling it asks for where this one is over it."""
    if recording.integrated_lufs is None:
        return []
    return [
        {
            "name": each.name,
            "gain": _turned(each.gain_db),
            "plays": figure(each.playback_lufs),
            "asks": figure(each.ceiling_dbtp, "dBTP") if each.over_ceiling else "",
        }
        for each in playback(recording.integrated_lufs, recording.true_peak_dbtp)
    ]


def _turned(gain_db: float) -> str:
    if abs(gain_db) < SAME_DB:
        return "as it is"
    return f"{'up' if gain_db > 0 else 'down'} {figure(abs(gain_db))}"


def beside(said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """How near the master came to its references: a sentence, and the bands that crest and width are compared in."""
    if not said:
        return None
    bands = [
        {"name": f"{what}, {_band(band)}", "figures": [figure(value, "dB") for value in band[field]]}
        for what, field in (("Crest", "crest_db"), ("Width", "width_db"))
        for band in said["bands"]
    ]
    names = ", ".join(said["names"]) or "the references"
    says = (
        f"Its tone lies {figure(said['mean_off_db'], 'dB')} from {names} on average and"
        f" {figure(said['worst_off_db'], 'dB')} at most; the mix lay {figure(said['mean_before_db'], 'dB')} and"
        f" {figure(said['worst_before_db'], 'dB')} from it."
    )
    return {"says": says, "bands": bands}


def _band(band: Mapping[str, Any]) -> str:
    if not band["low_hz"]:
        return f"below {band['high_hz']:g} Hz"
    return f"{band['low_hz']:g} to {band['high_hz']:g} Hz" if band["high_hz"] else f"above {band['low_hz']:g} Hz"


def checks(said: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those with a limit first, then what is only told."""
    return sorted(said, key=lambda check: check["at_least"] is None and check["at_most"] is None)


def codecs(overs: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What codecs made of the master's peaks, where that was asked for."""
    return [{"name": over["codec"], "says": figure(over["decoded_dbtp"], "dBTP")} for over in overs]


def findings(report: MasterReport, made: Sequence[Mapping[str, Any]] | None) -> list[Any]:
    """What was noticed in the mix; of a master, what was noticed in all."""
    return list(report.findings) if made is None else list(made)
