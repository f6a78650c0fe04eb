"""What stands on the master sheet: finished strings only."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from controlroom.rooms.delivery.cover import Cover
from controlroom.rooms.delivery.plan import DeliveryPlan
from controlroom.rooms.delivery.report import DeliveredFile
from controlroom.sound.drawing import Curve, loudness_over_time
from controlroom.sound.meter import LoudnessSeries


class MasterSheet(msgspec.Struct, frozen=True, kw_only=True):
    """`files` as they were read back; `series`: the loudness of the first of them over time."""

    plan: DeliveryPlan
    files: tuple[DeliveredFile, ...]
    series: LoudnessSeries | None = None
    cover: Cover | None = None

    def page(self) -> dict[str, Any]:
        plan, first = self.plan, self.files[0]
        return {
            "label": "Master sheet",
            "title": plan.title or plan.name,
            "studio": plan.label or plan.artist or "Master",
            "as_of": plan.date[:10],
            "day": plan.artist,
            "hours": _clock(first.duration_s or 0.0),
            "paper": "a4",
            "facts": [{"what": what, "said": said} for what, said in self._facts() if said],
            "credits": [{"name": credit.name, "role": credit.role} for credit in plan.credits],
            "files": [_file(file) for file in self.files],
            "markers": [{"at": _clock(mark.at_s), "label": mark.label} for mark in plan.markers],
        }

    def picture(self) -> str:
        """Short-term loudness over time; nothing where there is none."""
        if self.series is None or len(self.series.short_term_lufs) < 2:
            return ""
        at_s = self.series.hop_s * np.arange(1, len(self.series.short_term_lufs) + 1)
        curve = Curve("Short-term, LUFS", "", at_s, np.asarray(self.series.short_term_lufs, float))
        return str(loudness_over_time([curve], "Short-term loudness over time", height=180))

    def _facts(self) -> list[tuple[str, str]]:
        plan = self.plan
        isrc = (
            "-".join((plan.isrc[:2], plan.isrc[2:5], plan.isrc[5:7], plan.isrc[7:]))
            if len(plan.isrc) == 12
            else plan.isrc
        )
        explicit = "" if plan.explicit is None else "Explicit" if plan.explicit else "Clean"
        cover = (
            f"{self.cover.width_px} x {self.cover.height_px} pixels, {self.cover.kind.upper()}" if self.cover else ""
        )
        return [
            ("ISRC", isrc),
            ("UPC", plan.upc),
            ("Album", plan.album),
            ("Composer", plan.composer),
            ("Label", plan.label),
            ("Language", plan.language),
            ("Words", explicit),
            ("Copyright", plan.copyright),
            ("Cover", cover),
        ]


def _file(file: DeliveredFile) -> dict[str, str]:
    bits = f"{file.bits} bit" if file.bits else f"{file.bitrate_kbps} kbps" if file.bitrate_kbps else ""
    if file.vbr_quality is not None:
        bits = f"V{file.vbr_quality}"
    return {
        "name": file.path,
        "format": f"{file.kind.upper()}, {(file.rate_hz or 0) / 1000:g} kHz, {bits}".strip(", "),
        "length": _clock(file.duration_s or 0.0),
        "lufs": _figure(file.integrated_lufs),
        "peak": _figure(file.true_peak_dbtp),
        "sha256": file.sha256,
    }


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".replace("-", "−")


def _clock(seconds: float) -> str:
    """ "3:42.5"."""
    tenths = round(10 * seconds)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
