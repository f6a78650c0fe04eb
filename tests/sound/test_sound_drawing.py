"""Drawing: one style for pages and for files, and letters on machines that have none."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import av
import numpy as np
import pytest
import resvg_py

from controlroom.sound.drawing import (
    Curve,
    clock,
    fitted,
    gray_png,
    label,
    loudness_over_time,
    png_of,
    standalone,
    style,
    svg,
    time_marks,
)
from controlroom.sound.drawing.leaving import FONTS, TOKENS

PAGES = Path(__file__).resolve().parents[2] / "src/controlroom"


def _picture(text: str) -> str:
    return svg(60, 24, label(text, 4, 17, tone="strong"), "a word")


def test_signs_and_accents_are_in_the_house_s_own_letters():
    """Each differs from the box that stands for a letter that is missing, and from nothing."""
    missing, nothing = png_of(_picture("\ue000"), 184), png_of(_picture(""), 184)
    drawn = {letter: png_of(_picture(letter), 184) for letter in "♯♭♮éßŁőş–−…·°→"}
    assert all(png not in (missing, nothing) for png in drawn.values())
    assert len(set(drawn.values())) == len(drawn)


def test_the_letters_stay_small_and_carry_their_licences():
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 200_000
    assert len(list(FONTS.glob("LICENSE-*"))) == 2


def test_every_token_of_the_style_is_known_to_every_page():
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", style()))
    assert used <= set(TOKENS)
    for page in ("desk/assets/style/tokens.css", "production/report/style.css"):
        assert used <= set(re.findall(r"--([a-z0-9-]+):", (PAGES / page).read_text())), page


def test_a_picture_alone_has_its_colours_and_its_size():
    alone = standalone(_picture("x"))
    assert 'width="92" height="56"' in alone
    assert "var(" not in alone
    assert TOKENS["ink"] in alone
    assert ":is(" not in alone
    assert ":where(" not in alone


def test_what_was_not_drawn_here_is_no_picture():
    with pytest.raises(ValueError, match="not a picture"):
        standalone("<svg></svg>")


def test_words_cannot_break_out():
    assert "<script" not in svg(10, 10, label("<script>", 0, 0), '"><script>')


def test_text_is_cut_to_its_room():
    assert fitted("Chorus", 100) == "Chorus"
    assert fitted("Instrumental", 60).endswith("…")
    assert fitted("Chorus", 12) == ""


@pytest.mark.parametrize(("seconds", "says"), [(0, "0:00"), (88.4, "1:28"), (3725, "1:02:05")])
def test_places_in_time(seconds, says):
    assert clock(seconds) == says


@pytest.mark.parametrize("span_s", [0.5, 7, 61, 240, 10800])
def test_time_marks_are_round_and_few(span_s):
    marks = time_marks(span_s)
    assert marks[0] == 0
    assert 1 <= len(marks) <= 11
    assert marks[-1] <= span_s


def test_a_gray_png_gives_its_shades_back():
    shades = np.random.default_rng(1).integers(0, 256, (7, 11), dtype=np.uint8)
    image = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 11 7">{_image(shades)}</svg>'
    direct = resvg_py.svg_to_bytes(svg_string=image, width=11, height=7, image_rendering="optimize_speed")
    assert _gray_of(bytes(direct), 11, 7) == pytest.approx(shades, abs=1)


def _image(shades: np.ndarray) -> str:
    data = base64.b64encode(gray_png(shades)).decode()
    return f'<image width="11" height="7" href="data:image/png;base64,{data}"/>'


def _gray_of(png: bytes, columns: int, rows: int) -> np.ndarray:
    with av.open(io.BytesIO(png)) as file:
        frame = next(file.decode(video=0))
    return frame.to_ndarray(format="gray")[:rows, :columns]


def test_a_curve_breaks_where_nothing_is_known():
    levels = np.array([-20.0, -20.0, np.nan, -18.0, -18.0])
    picture = loudness_over_time([Curve("song", "after", np.arange(5), levels)], "loudness")
    line = re.search(r'class="curve after" d="([^"]*)"', picture)[1]
    assert line.count("M") == 2
