"""Pictures of sound as SVG, in one style: whatever shows a curve, a waveform or lanes over time draws it here.

A picture carries classes and no colours. On a page the colours are the page's tokens (`style.css`); a picture that
leaves the page takes them along (`standalone`), and becomes PNG by `png_of`.
"""

from controlroom.sound.drawing.diagrams import Lane, comp_lanes, fold, loudness_over_time, spectra, waveform
from controlroom.sound.drawing.frame import Curve, Frame
from controlroom.sound.drawing.leaving import png_of, standalone, style
from controlroom.sound.drawing.marks import clock, fitted, label, rect, svg, time_marks
from controlroom.sound.drawing.raster import gray_png

__all__ = [
    "Curve",
    "Frame",
    "Lane",
    "clock",
    "comp_lanes",
    "fitted",
    "fold",
    "gray_png",
    "label",
    "loudness_over_time",
    "png_of",
    "rect",
    "spectra",
    "standalone",
    "style",
    "svg",
    "time_marks",
    "waveform",
]
