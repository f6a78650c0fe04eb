"""Loudness and true peak, as BS.1770-5 and EBU R 128 define them."""

from controlroom.sound.meter.loudness import (
    Loudness,
    LoudnessMeter,
    LoudnessSeries,
    measure_loudness,
    metered,
    true_peak_dbtp,
)
from controlroom.sound.meter.reference import true_peak_16x_dbtp
from controlroom.sound.meter.weighting import LAYOUTS, channel_weights

__all__ = [
    "LAYOUTS",
    "Loudness",
    "LoudnessMeter",
    "LoudnessSeries",
    "channel_weights",
    "measure_loudness",
    "metered",
    "true_peak_16x_dbtp",
    "true_peak_dbtp",
]
