"""What the text of a plan means, or the place in it that cannot be meant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from controlroom.base.canonical import from_tree
from controlroom.base.errors import UsageError
from controlroom.base.files import safe_name
from controlroom.rooms import mixing
from controlroom.rooms.delivery import DeliveryPlan, destination_names
from controlroom.rooms.editing import EditPlan
from controlroom.rooms.editing.plan import checked as checked_edit
from controlroom.rooms.mastering import MasterPlan
from controlroom.rooms.mixing import MixPlan

AnyPlan = EditPlan | MixPlan | MasterPlan | DeliveryPlan
MOST_CHARACTERS = 2_000_000
MOST_DOTS = 100
"""In one line: reading a name of many parts takes the square of their number."""
Plan = TypeVar("Plan", bound=AnyPlan)

_WORDS = {
    "`float`": "a number",
    "`int`": "a whole number",
    "`str`": "text",
    "`bool`": "true or false",
    "`array`": "a list",
    "`object`": "a table",
    " | null": "",
}


def plan_of(text: str, kind: type[Plan]) -> Plan:
    """The plan in `text` (TOML), as its room can render it.

    Raises `UsageError`; its `what` is the place that cannot be meant, such as `tracks.3.gain_db`, or the whole plan.
    """
    values = _read(text)
    try:
        plan = from_tree(values, kind)
    except msgspec.ValidationError as error:
        place, why = _told(str(error))
        raise UsageError(place, why, "Mend it there.") from error
    for place in _unknown(values, plan):
        raise UsageError(place, "the plan has no such field", "Mend its name, or take it out.")
    if isinstance(plan, EditPlan):
        checked_edit(plan)
    elif isinstance(plan, MixPlan):
        mixing.checked(plan)
    elif isinstance(plan, DeliveryPlan):
        checked_delivery(plan)
    return plan


def _read(text: str) -> dict[str, Any]:
    if len(text) > MOST_CHARACTERS:
        raise UsageError("The plan", f"it has more than {MOST_CHARACTERS:,} characters", "No plan is as long as that.")
    deep = next((k for k, line in enumerate(text.split("\n"), 1) if line.count(".") > MOST_DOTS), None)
    if deep:
        raise UsageError("The plan", f"line {deep} has more than {MOST_DOTS} dots", "Break it into several lines.")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UsageError("The plan", "its lists or tables lie too deep in one another", "Mend it.") from None
    except ValueError as error:  # TOMLDecodeError, or a number of thousands of figures
        raise UsageError("The plan", f"it cannot be read: {error}", "Mend that line.") from error


def checked_delivery(plan: DeliveryPlan) -> DeliveryPlan:
    """`plan`, when its files stay in their folder, do not overwrite one another, and are of a kind that exists."""
    if safe_name(plan.name, fallback="") != plan.name:
        why = f"{plan.name!r} is no name for a file"
        raise UsageError("name", why, f"Try {safe_name(plan.name)!r}; the title stands in the tags.")
    destination_names(plan.destinations)
    names = []
    for k, item in enumerate(plan.items):
        try:
            names.append(plan.file_name(item))
        except ValueError as error:
            raise UsageError(f"items.{k}.{_field_of(error)}", str(error), "Mend it there.") from error
        if names[-1] in names[:-1]:
            raise UsageError(f"items.{k}", f"{names[-1]!r} is in the list twice", "Take one of them out.")
    return plan


def _field_of(error: ValueError) -> str:
    """The field of a file that its format cannot have."""
    said = str(error)
    return "dither" if "dither" in said else "vbr_quality" if "mp3" in said and "bits" not in said else "bits"


def _told(message: str) -> tuple[str, str]:
    """The place of a validation error, and what is wrong there."""
    said, _, place = message.partition(" - at `$")
    place = re.sub(r"\[(\w+|\.\.\.)\]", r".\1", place.rstrip("`")).strip(".")
    if missing := re.fullmatch(r"Object missing required field `(\w+)`", said):
        return f"{place}.{missing[1]}".strip("."), "it may not be left out"
    for word, meant in _WORDS.items():
        said = said.replace(word, meant)
    return place or "The plan", said[:1].lower() + said[1:].replace("`", "'")


def _unknown(values: Any, meant: Any, place: str = "") -> Iterator[str]:
    """The places of keys that no field reads."""
    if isinstance(meant, msgspec.Struct):
        for key, value in values.items():
            if key not in meant.__struct_fields__:
                yield f"{place}{key}"
            else:
                yield from _unknown(value, getattr(meant, key), f"{place}{key}.")
    elif isinstance(meant, tuple):
        for k, (value, one) in enumerate(zip(values, meant, strict=True)):
            yield from _unknown(value, one, f"{place}{k}.")
