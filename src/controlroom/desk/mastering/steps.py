"""A mastering plan in words: its steps in the order of the signal, each with its reason, and the plan without some."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from controlroom.rooms.mastering import MasterPlan

SINGLE = ("high_pass", "multiband", "glue", "mono_below", "saturate")
LISTS = ("tone", "match", "dynamic", "width")
ORDER = ("high_pass", "tone", "match", "dynamic", "multiband", "glue", "mono_below", "width", "saturate", "clip")
KINDS = {
    "bell": "bell",
    "lowshelf": "low shelf",
    "highshelf": "high shelf",
    "highpass": "high-pass",
    "lowpass": "low-pass",
}


class Step(NamedTuple):
    """One step. `key` names it in whatever plan it stands ("glue", "tone 230 stereo"); `may_rest`: it can be switched
    off."""

    key: str
    name: str
    what: str
    reason: str
    may_rest: bool = True


def steps_of(plan: MasterPlan) -> list[Step]:
    """Every step that the plan has; gain and limiter last."""
    steps = [_step(field, one) for field, one in _held(plan)]
    limit = plan.limit
    what = f"under {limit.ceiling_dbtp:g} dBTP, release {limit.release_ms:g} ms"
    return [*steps, Step("limit", "Limiter", _minus(what), limit.reason, may_rest=False)]


def without(plan: MasterPlan, off: Collection[str]) -> MasterPlan:
    """The plan without the steps of those keys; keys that it does not have change nothing."""
    changed: dict[str, Any] = {}
    for field in SINGLE:
        if (one := getattr(plan, field)) is not None and _step(field, one).key in off:
            changed[field] = None
    for field in LISTS:
        kept = tuple(one for one in getattr(plan, field) if _step(field, one).key not in off)
        if len(kept) < len(getattr(plan, field)):
            changed[field] = kept
    if plan.clip is not None and "clip" in off:
        changed["clip"] = None
    return replace(plan, **changed)


def _held(plan: MasterPlan) -> Iterator[tuple[str, Any]]:
    for field in ORDER:
        value = getattr(plan, field)
        if field in LISTS:
            yield from ((field, one) for one in value)
        elif value is not None:
            yield field, value


def _step(field: str, one: Any) -> Step:
    key, name, what = _SAYS[field](one)
    return Step(key, name, _minus(what), one.reason)


def _tone(move: Any) -> tuple[str, str, str]:
    what = f"{move.gain_db:+.1f} dB, {KINDS.get(move.kind, move.kind)} at {_hz(move.freq_hz)}"
    return f"tone {move.freq_hz:.0f} {move.place}", f"Tone{_placed(move.place)}", what


def _match(match: Any) -> tuple[str, str, str]:
    most = max((abs(gain_db) for gain_db in match.gain_db), default=0.0)
    return f"match {match.place}", f"Match{_placed(match.place)}", f"a smooth curve, {most:.1f} dB at most"


def _dynamic(band: Any) -> tuple[str, str, str]:
    what = (
        f"{band.range_db:.1f} dB at most around {_hz(band.freq_hz)}, {band.ratio:g}:1 over {band.threshold_db:.0f} dBFS"
    )
    return f"dynamic {band.freq_hz:.0f}", "Dynamic EQ", what


def _multiband(multiband: Any) -> tuple[str, str, str]:
    where = " and ".join(_hz(hz) for hz in multiband.crossovers_hz)
    ratios = ", ".join(f"{band.ratio:g}:1" for band in multiband.bands)
    return "multiband", "Multiband", f"crossovers at {where}; {ratios} from low to high"


def _width(band: Any) -> tuple[str, str, str]:
    upto = f" to {_hz(band.to_hz)}" if band.to_hz else " up"
    return f"width {band.from_hz:.0f}", "Width", f"sides {band.side_db:+.1f} dB from {_hz(band.from_hz)}{upto}"


def _glue(glue: Any) -> tuple[str, str, str]:
    what = f"{glue.ratio:g}:1 over {glue.threshold_db:.1f} dBFS, {glue.attack_ms:g} ms to {glue.release_ms:g} ms"
    return "glue", "Glue", what


_SAYS: dict[str, Callable[[Any], tuple[str, str, str]]] = {
    "high_pass": lambda step: ("high_pass", "High-pass", f"at {_hz(step.freq_hz)}"),
    "tone": _tone,
    "match": _match,
    "dynamic": _dynamic,
    "multiband": _multiband,
    "glue": _glue,
    "mono_below": lambda step: ("mono_below", "Low end to mono", f"below {_hz(step.freq_hz)}"),
    "width": _width,
    "saturate": lambda step: ("saturate", "Saturation", f"{step.drive_db:g} dB of drive, {100 * step.mix:.0f} % of it"),
    "clip": lambda step: ("clip", "Soft clip", f"from {step.above_db:g} dB over the ceiling"),
}


def _placed(place: str) -> str:
    return "" if place == "stereo" else f", {place}"


def _hz(freq_hz: float) -> str:
    return f"{freq_hz / 1000:g} kHz" if freq_hz >= 1000 else f"{freq_hz:g} Hz"


def _minus(text: str) -> str:
    """With a minus before figures, as the page writes them."""
    return re.sub(r"-(?=\d)", "−", text)
