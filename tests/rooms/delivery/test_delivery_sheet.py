"""The master sheet: what stands on it, in any script, the same bytes each time."""

from __future__ import annotations

import re

import msgspec
import numpy as np
import pytest

from controlroom.base.finding import Finding
from controlroom.rooms.delivery import DeliveredFile, Marker, decide
from controlroom.rooms.delivery.sheet import MasterSheet, as_pdf
from controlroom.sound.files import Credit
from controlroom.sound.meter import LoudnessSeries

PLAN = decide(
    rate_hz=48000,
    title="Night & Run",
    artist="Zoë",
    isrc="DEABC2600001",
    upc="036000291452",
    explicit=False,
    credits=(Credit("Ana <b>", "writer"),),
    markers=(Marker(at_s=61.25, label="Chorus"),),
)
FILE = DeliveredFile(
    path="Zoë - Night & Run.wav",
    sha256="ab" * 32,
    kind="wav",
    bytes=1,
    rate_hz=48000,
    bits=24,
    frames=8_881_920,
    duration_s=185.04,
    integrated_lufs=-13.96,
    true_peak_dbtp=-1.02,
)
LEVELS = np.linspace(-40, -10, 500, dtype=np.float32)
SHEET = MasterSheet(
    plan=PLAN, files=(FILE,), series=LoudnessSeries(hop_s=0.1, momentary_lufs=LEVELS, short_term_lufs=LEVELS)
)


def test_what_stands_on_it() -> None:
    page = SHEET.page()
    assert (page["title"], page["day"], page["hours"]) == ("Night & Run", "Zoë", "3:05.0")
    assert {"what": "ISRC", "said": "DE-ABC-26-00001"} in page["facts"]
    assert page["files"] == [
        {
            "name": FILE.path,
            "format": "WAV, 48 kHz, 24 bit",
            "length": "3:05.0",
            "frames": "8,881,920 frames",
            "lufs": "−14.0",
            "peak": "−1.0",
            "over": False,
            "sha256": FILE.sha256,
        }
    ]
    assert page["markers"] == [{"at": "1:01.2", "label": "Chorus"}]
    assert "<path" in SHEET.picture()


@pytest.mark.parametrize("title", ["Night & Run", "夜に駆ける #[1+1] $x$", "عنوان", "\x00\ud800", "x" * 3000, ""])
def test_any_title_is_printed_and_the_same_sheet_has_the_same_bytes(title: str) -> None:
    sheet = msgspec.structs.replace(SHEET, plan=msgspec.structs.replace(PLAN, title=title))
    pdf = as_pdf(sheet)
    assert pdf.startswith(b"%PDF-")
    assert pdf == as_pdf(sheet)
    assert b"CreationDate" not in pdf


@pytest.mark.parametrize(
    ("peak_dbtp", "shown", "over"),
    [(0.23, "+0.2", True), (-0.04, "0.0", False), (0.04, "0.0", True), (None, "–", False)],
)
def test_a_peak_bears_its_sign_and_an_over_is_marked(peak_dbtp: float | None, shown: str, over: bool) -> None:
    (file,) = _sheet(files=(msgspec.structs.replace(FILE, true_peak_dbtp=peak_dbtp),)).page()["files"]
    assert (file["peak"], file["over"]) == (shown, over)


def test_a_file_says_its_kind_and_how_it_was_made() -> None:
    opus = msgspec.structs.replace(FILE, kind="opus", bits=None, bitrate_kbps=160, channels=1)
    assert _sheet(files=(opus,)).page()["files"][0]["format"] == "Opus, 48 kHz, 160 kbps, mono"


def test_loudness_is_drawn_from_where_its_window_is_full() -> None:
    rising = np.concatenate([np.linspace(-60, -21, 29), np.full(471, -20.0)]).astype(np.float32)
    series = LoudnessSeries(hop_s=0.1, momentary_lufs=rising, short_term_lufs=rising)
    assert _lowest(_sheet(series=series).picture()) == _highest(_sheet(series=series).picture())
    short = LoudnessSeries(hop_s=0.1, momentary_lufs=rising[:29], short_term_lufs=rising[:29])
    assert _sheet(series=short).picture() == ""


def _sheet(**change: object) -> MasterSheet:
    return msgspec.structs.replace(SHEET, **change)


def _heights(picture: str) -> list[float]:
    curve = max(re.findall(r'<path[^>]* d="([^"]+)"', picture), key=len)
    return [float(y) for y in re.findall(r"[ML]?[\d.]+[ ,](-?[\d.]+)", curve)]


def _lowest(picture: str) -> float:
    return max(_heights(picture))


def _highest(picture: str) -> float:
    return min(_heights(picture))


def test_what_is_grave_is_printed_and_advice_is_not() -> None:
    severities = {"delivery_no_isrc": "advice", "delivery_splits_open": "blocking"}
    findings = tuple(Finding(code=code, severity=severity) for code, severity in severities.items())
    assert _sheet(findings=findings).page()["open"] == [findings[1].says()]
    assert as_pdf(_sheet(findings=findings)) != as_pdf(SHEET)


def test_lyrics_are_printed_by_verses() -> None:
    words = msgspec.structs.replace(PLAN, lyrics="\none\ntwo\n \nthree\n")
    assert _sheet(plan=words).page()["lyrics"] == [["one", "two"], ["three"]]
    assert as_pdf(_sheet(plan=words)) != as_pdf(SHEET)


def test_silence_has_no_picture() -> None:
    assert msgspec.structs.replace(SHEET, series=None).picture() == ""
    assert as_pdf(msgspec.structs.replace(SHEET, series=None)).startswith(b"%PDF-")
