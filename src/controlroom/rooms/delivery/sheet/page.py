"""What stands on the master sheet: finished strings only."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import numpy as np

from controlroom.base.finding import Finding
from controlroom.rooms.delivery.cover import Cover
from controlroom.rooms.delivery.plan import FULL_SCALE_DBTP, DeliveryPlan, kind_name
from controlroom.rooms.delivery.report import DeliveredFile
from controlroom.sound.drawing import Curve, loudness_over_time
from controlroom.sound.meter import LoudnessSeries

SHORT_TERM_S = 3.0  # of BS.1770: a window that is not full yet reads too low
_EMPTY_LINES = re.compile(r"\n\s*\n")
GRAVE = ("blocking", "warning")


class MasterSheet(msgspec.Struct, frozen=True, kw_only=True):
    """All that a master sheet says; `as_pdf(MasterSheet(plan=..., files=...))` prints it.

    `plan` has every name: title, artist, album, composer, credits, ISRC, UPC, label, language, explicit, copyright,
    date, lyrics, markers (`decide` takes the same words). `files`: what was delivered, as `render` returns it; at
    least one, the first of them gives the length. What is left out is not printed: `series`, the loudness of the
    first file over time (`meter.series()`); `cover`, as `read_cover` gives it; `findings` of the preflight, of which
    those that are blocking or a warning are printed as what has to be settled.
    """

    plan: DeliveryPlan
    files: tuple[DeliveredFile, ...]
    series: LoudnessSeries | None = None
    cover: Cover | None = None
    findings: tuple[Finding, ...] = ()

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
            "open": [finding.says() for kind in GRAVE for finding in self.findings if finding.severity == kind],
            "facts": [{"what": what, "said": said} for what, said in self._facts() if said],
            "credits": [{"name": credit.name, "role": credit.role} for credit in plan.credits],
            "files": [_file(file) for file in self.files],
            "markers": [{"at": _clock(mark.at_s), "label": mark.label} for mark in plan.markers],
            "lyrics": [verse.strip().splitlines() for verse in _EMPTY_LINES.split(plan.lyrics) if verse.strip()],
        }

    def picture(self) -> str:
        """Short-term loudness over time, from where its window is full; nothing where it never is."""
        if self.series is None:
            return ""
        at_s = self.series.hop_s * np.arange(1, len(self.series.short_term_lufs) + 1)
        full = at_s > SHORT_TERM_S - self.series.hop_s / 2
        if np.count_nonzero(full) < 2:
            return ""
        curve = Curve("Short-term (3 s), LUFS", "", at_s[full], np.asarray(self.series.short_term_lufs, float)[full])
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


def _file(file: DeliveredFile) -> dict[str, Any]:
    bits = f"{file.bits} bit" if file.bits else f"{file.bitrate_kbps} kbps" if file.bitrate_kbps else ""
    if file.vbr_quality is not None:
        bits = f"V{file.vbr_quality}"
    channels = {1: "mono", 2: ""}.get(file.channels or 2, f"{file.channels} channels")
    words = [kind_name(file.kind), f"{(file.rate_hz or 0) / 1000:g} kHz", bits, channels]
    return {
        "name": file.path,
        "format": ", ".join(word for word in words if word),
        "length": _clock(file.duration_s or 0.0),
        "frames": f"{file.frames:,} frames" if file.frames else "",
        "lufs": _figure(file.integrated_lufs),
        "peak": _figure(file.true_peak_dbtp, sign="+"),
        "over": (file.true_peak_dbtp or FULL_SCALE_DBTP) > FULL_SCALE_DBTP,
        "sha256": file.sha256,
    }


def _figure(value: float | None, sign: str = "") -> str:
    """ "−14.0"; with `sign` also "+0.2"; what rounds to nothing has none."""
    if value is None:
        return "–"
    rounded = round(value, 1) or 0.0
    return f"{rounded:{sign if rounded else ''}.1f}".replace("-", "−")


def _clock(seconds: float) -> str:
    """ "3:42.5", "1:02:03.4"."""
    tenths = round(10 * seconds)
    hours, minutes = tenths // 36000, tenths // 600 % 60
    start = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{start}:{tenths // 10 % 60:02d}.{tenths % 10}"
