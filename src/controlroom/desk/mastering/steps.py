"""A mastering plan in words: its steps in the order of the signal, each with its reason, and the plan without some."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from controlroom.production.plan_words import label_of
from controlroom.rooms.mastering import MasterPlan

DONE_AS = {
    "high_pass": "high-pass",
    "dynamic": "dynamic band",
    "mono_below": "low end to mono",
    "saturate": "saturation",
}
"""What the engine calls a step that it measured, where that is not the name of the field."""
TAKEN = {"ride": "ride_max_db", "relief": "relief_max_db", "clip": "clipper_max_db", "limit": "limiter_max_db"}
HEARD_LU = 0.05
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
    """Every step that the plan has, in the order of the signal, which is the order of its fields."""
    return [_step(field, one) for field, one in _held(plan)]


def without(plan: MasterPlan, off: Collection[str]) -> MasterPlan:
    """The plan without the steps of those keys; keys that it does not have change nothing."""
    changed: dict[str, Any] = {}
    for field, one in _held(plan):
        step = _step(field, one)
        if step.may_rest and step.key in off:
            before = changed.get(field, getattr(plan, field))
            changed[field] = tuple(each for each in before if each != one) if isinstance(before, tuple) else None
    return replace(plan, **changed)


def changes_of(plan: MasterPlan, done: Sequence[Mapping[str, Any]], taken: Mapping[str, float]) -> dict[str, str]:
    """What each step of a rendered plan changed, in words, by its key; bands of one step say it together, at the last.

    `done`: the steps as the engine measured them (`shaping.Step`), `taken`: what the last stage took off.
    """
    said: dict[str, str] = {}
    left = list(done)
    held = list(_held(plan))
    for k, (field, one) in enumerate(held):
        key = _step(field, one).key
        if field in TAKEN:
            most_db = taken.get(TAKEN[field], 0.0)
            said[key] = f"{most_db:.1f} dB at most." if most_db > HEARD_LU else "It had nothing to do."
        last = field == "dynamic" or k + 1 == len(held) or held[k + 1][0] != field
        found = next((each for each in left if each["name"].startswith(DONE_AS.get(field, field))), None)
        if last and found:
            left.remove(found)
            said[key] = _changed(found)
    return said


def _changed(step: Mapping[str, Any]) -> str:
    figures = (("loudness", "loudness_change_lu", "LU"), ("peaks", "peak_change_db", "dB"))
    parts = [f"{name} {step[field]:+.1f} {unit}" for name, field, unit in figures if _is_heard(step[field])]
    if _is_heard(step["most_db"]):
        parts.append(f"{abs(step['most_db']):.1f} dB at most in a moment")
    said = f"{', '.join(parts)}."
    return minus(said[:1].upper() + said[1:]) if parts else "It had nothing to do."


def _is_heard(change: float | None) -> bool:
    return change is not None and abs(change) >= HEARD_LU


def _held(plan: MasterPlan) -> Iterator[tuple[str, Any]]:
    for field in plan.__struct_fields__:
        value = getattr(plan, field)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, msgspec.Struct):
                yield field, one


def _step(field: str, one: Any) -> Step:
    key, name, what = _SAYS[field](one) if field in _SAYS else (field, label_of(field), "")
    return Step(key, name, minus(what), minus(one.reason), may_rest=field != "limit")


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
    *others, last = map(_hz, multiband.crossovers_hz)
    where = f"{', '.join(others)} and {last}" if others else last
    ratios = ", ".join(f"{band.ratio:g}:1" for band in multiband.bands)
    return "multiband", "Multiband", f"crossovers at {where}; {ratios} from low to high"


def _width(band: Any) -> tuple[str, str, str]:
    if band.from_hz:
        where = f"from {_hz(band.from_hz)} {f'to {_hz(band.to_hz)}' if band.to_hz else 'up'}"
    else:
        where = f"below {_hz(band.to_hz)}" if band.to_hz else "all over"
    return f"width {band.from_hz:.0f}", "Width", f"sides {band.side_db:+.1f} dB {where}"


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
    "ride": lambda step: ("ride", "Ride", f"soft sections within {step.within_lu:g} LU of the loud ones"),
    "relief": lambda step: ("relief", "Relief", "the low end" + (" and the mids" if step.mids_above_db else "")),
    "clip": lambda step: ("clip", "Soft clip", f"from {step.above_db:g} dB over the ceiling"),
    "limit": lambda step: ("limit", "Limiter", f"under {step.ceiling_dbtp:.3g} dBTP, release {step.release_ms:g} ms"),
}


def _placed(place: str) -> str:
    return "" if place == "stereo" else f", {place}"


def _hz(freq_hz: float) -> str:
    return f"{freq_hz / 1000:g} kHz" if freq_hz >= 1000 else f"{freq_hz:g} Hz"


def minus(text: str) -> str:
    """With a minus before figures, as the page writes them."""
    return re.sub(r"-(?=\d)", "−", text)
