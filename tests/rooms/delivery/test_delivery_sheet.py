"""The master sheet: what stands on it, in any script, the same bytes each time."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

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
            "lufs": "−14.0",
            "peak": "−1.0",
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


def test_silence_has_no_picture() -> None:
    assert msgspec.structs.replace(SHEET, series=None).picture() == ""
    assert as_pdf(msgspec.structs.replace(SHEET, series=None)).startswith(b"%PDF-")
