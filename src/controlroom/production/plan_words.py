"""What the fields of plans are called, counted in and bounded by, for those who read them on a page."""

from __future__ import annotations

from typing import Any

from controlroom.rooms.mixing.plan import DELAY_MOST_MS, GAIN_MOST_DB, RATIO_MOST

Bounds = tuple[float | None, float | None]

UNITS = {
    "db": "dB",
    "dbtp": "dBTP",
    "lufs": "LUFS",
    "ms": "ms",
    "s": "s",
    "hz": "Hz",
    "kbps": "kbps",
}

LABELS = {
    "above_db": "Above the ceiling",
    "at_s": "At",
    "buses": "Buses",
    "clip": "Clipper",
    "decay_high": "Decay of the highs",
    "dynamic": "Moving bands",
    "end_s": "To",
    "eq": "Equaliser",
    "freq_hz": "Frequency",
    "glue": "Bus compressor",
    "head_s": "Starts at",
    "headroom_dbtp": "Peak of the mix",
    "high_cut_hz": "High cut",
    "high_pass": "High-pass",
    "isrc": "ISRC",
    "items": "Files",
    "limit": "Limiter",
    "loudness_lufs": "Loudness of the file",
    "match": "Toward the references",
    "mono_below": "Low end to mono",
    "name": "File name",
    "q": "Q",
    "upc": "UPC",
    "vbr_quality": "Variable bit rate, V",
    "range_db": "At most",
    "rate_hz": "Sample rate",
    "ride": "Ride of soft sections",
    "saturate": "Saturation",
    "side_db": "Sides",
    "start_s": "From",
    "tail_s": "Ends at",
    "target_lufs": "Target loudness",
}

ITEMS = {
    "Segment": "Segment",
    "Band": "Band",
    "ToneMove": "Band",
    "DynamicBand": "Band",
    "BandControl": "Band",
    "WidthBand": "Band",
    "Match": "Curve",
    "Ride": "Point",
    "Item": "File",
    "Credit": "Credit",
    "Marker": "Marker",
}
PLANS = {"MixPlan": "Mix", "MasterPlan": "Master", "DeliveryPlan": "Delivery"}

BOUNDS: dict[str, Bounds] = {
    "above_db": (0.0, 60.0),
    "attack_ms": (0.01, 1000.0),
    "bitrate_kbps": (8.0, 320.0),
    "ceiling_dbtp": (-20.0, 0.0),
    "crossfade_ms": (0.0, 10_000.0),
    "decay_high": (0.0, 1.0),
    "decay_s": (0.05, 30.0),
    "delay_ms": (-DELAY_MOST_MS, DELAY_MOST_MS),
    "drive_db": (-60.0, 60.0),
    "freq_hz": (0.5, 100_000.0),
    "gain_db": (-200.0, GAIN_MOST_DB),
    "headroom_dbtp": (-60.0, 0.0),
    "knee_db": (0.0, 60.0),
    "makeup_db": (-GAIN_MOST_DB, GAIN_MOST_DB),
    "mix": (0.0, 1.0),
    "pan": (-1.0, 1.0),
    "predelay_ms": (0.0, 1000.0),
    "q": (0.05, 50.0),
    "range_db": (0.0, 60.0),
    "rate_hz": (8000.0, 384_000.0),
    "ratio": (1.0, RATIO_MOST),
    "release_ms": (0.01, 10_000.0),
    "side_db": (-60.0, 24.0),
    "target_lufs": (-70.0, 0.0),
    "within_lu": (0.0, 20.0),
    "vbr_quality": (0.0, 9.0),
    "threshold_db": (-120.0, 20.0),
}
A_DAY_S = 86_400.0


def unit_of(name: str) -> str:
    """The unit that the name of a field ends in."""
    return UNITS.get(name.rpartition("_")[2], "") if "_" in name else ""


def label_of(name: str) -> str:
    """A field's name as a person says it, without its unit."""
    if name in LABELS:
        return LABELS[name]
    words = name.rpartition("_")[0] if unit_of(name) else name
    return words.replace("_", " ").capitalize()


def item_label(value: Any, at: int = 0) -> str:
    """What a plan, or the entry `at` of a list in it, is called."""
    kind = type(value).__name__
    if kind in ITEMS:
        return f"{ITEMS[kind]} {at + 1}"
    return PLANS.get(kind) or str(getattr(value, "part" if kind == "EditPlan" else "name"))


def bounds_of(name: str) -> Bounds:
    """The lowest and the highest figure that a field may hold: finite, so that no infinity gets in."""
    if name in BOUNDS:
        return BOUNDS[name]
    if unit_of(name) == "s":
        return 0.0, A_DAY_S
    return (0.0, 100_000.0) if unit_of(name) in ("ms", "Hz") else (-1000.0, 1000.0)
