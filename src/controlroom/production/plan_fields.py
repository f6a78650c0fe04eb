"""A plan as a form: its fields with labels, units and bounds, and the plan that a filled-in form means.

A field is named by its path in the plan, such as `tracks.3.gain_db` or `glue.ratio`; lists count from 0. What a plan
merely quotes (schema, files, the takes at hand) is not part of the form, nor are rows of figures (a curve, crossovers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from controlroom.base.canonical import from_json, to_json, to_toml
from controlroom.base.errors import UsageError
from controlroom.production.plan_text import AnyPlan, Plan, plan_of
from controlroom.production.plan_words import bounds_of, item_label, label_of, unit_of
from controlroom.rooms.editing import EditPlan
from controlroom.rooms.mixing import MixPlan

Value = str | int | float | bool | None
FieldKind = Literal["number", "text", "flag", "choice"]

HIDDEN = {
    "EditPlan": ("schema", "part", "takes", "mics"),
    "MixPlan": ("schema",),
    "MasterPlan": ("schema",),
    "DeliveryPlan": ("schema", "destinations", "lyrics"),
    "TrackPlan": ("name", "path"),
    "BusPlan": ("name",),
    "ReverbPlan": ("name",),
}
FIXED = {
    "Segment": ("score",),
    "MixPlan": ("rate_hz",),
    "TrackPlan": ("role", "printed", "loudness_lufs"),
}
GROWS = ("segments", "eq", "rides", "tone", "match", "dynamic", "width", "items", "credits", "markers")
"""Lists that a person may add to and take from."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to set; `fixed`: to be seen only. `optional`: it may be None (left empty). Bounds are inclusive."""

    path: str
    label: str
    kind: FieldKind
    value: Value
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    choices: tuple[str | int, ...] = ()
    optional: bool = False
    fixed: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Fields that belong together, and why they stand as they do.

    `removable`: setting its path to None takes it out. `adds`: the empty fields of what may be put in here and is not
    there: one more of a list, or a step that this plan goes without; set those that have no value yet.
    """

    path: str
    label: str
    fields: tuple[Field, ...] = ()
    groups: tuple[Group, ...] = ()
    reasons: tuple[str, ...] = ()
    removable: bool = False
    adds: tuple[Field, ...] = ()

    def every_group(self) -> Iterator[Group]:
        """This group and all below it, in the order of the form."""
        yield self
        for group in self.groups:
            yield from group.every_group()


def plan_fields(plan: AnyPlan) -> Group:
    """The form of a plan."""
    return _Form(plan).group(type(plan), plan, "", item_label(plan))


def with_changes(plan: Plan, changes: Mapping[str, Value]) -> Plan:
    """`plan` with other values, by path; strings are read as what their field holds, as a form sends them.

    The paths are those of the form: of its fields, of what it `adds`, and of removable groups. None (or an empty
    string, where a number or a choice stands) leaves a field empty, and takes a group out. Raises `UsageError`; its
    `what` is the path that cannot be meant.
    """
    groups = list(plan_fields(plan).every_group())
    fields = {field.path: field for group in groups for field in (*group.fields, *group.adds) if not field.fixed}
    absent = {field.path for group in groups for field in group.adds}
    removable = {group.path for group in groups if group.removable}
    tree = from_json(to_json(plan), dict[str, Any])
    for path, value in changes.items():
        if path not in fields and not (path in removable and value is None):
            raise UsageError(path, "the plan has no such place to set", "Look at the plan again.")
        empty = value is None or (value == "" and fields[path].kind != "text")
        if not (empty and path in absent):
            _set(tree, path.split("."), None if empty else value)
    return within_bounds(plan_of(to_toml(_without_gaps(tree)), type(plan)))


def within_bounds(plan: Plan) -> Plan:
    """`plan`, when every figure lies within its bounds; raises `UsageError` with the path of one that does not."""
    for field in (field for group in plan_fields(plan).every_group() for field in group.fields):
        if field.kind == "choice" and field.value not in (*field.choices, None):
            at_hand = ", ".join(str(choice) for choice in field.choices)
            raise UsageError(field.path, f"there is no {field.value!r}", f"At hand: {at_hand}.")
        if field.kind != "number" or field.fixed or not isinstance(field.value, int | float):
            continue
        low, high = field.at_least, field.at_most
        if not (low is None or field.value >= low) or not (high is None or field.value <= high):
            raise UsageError(field.path, f"{field.label} is {field.value:g} {field.unit}".strip(), _span(low, high))
    return plan


def _span(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"It lies between {low:g} and {high:g}."
    return f"It is at least {low:g}." if low is not None else f"It is at most {high:g}."


class _Shape(NamedTuple):
    """What a field holds, and whether it may be None."""

    kind: Any
    optional: bool


def _shape(kind: Any) -> _Shape:
    if get_origin(kind) in (Union, UnionType):
        (held,) = (one for one in get_args(kind) if one is not type(None))
        return _Shape(held, True)
    return _Shape(kind, False)


@cache
def _fields(kind: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The fields of a struct that stand on a form; reading its types anew for each of forty tracks is slow."""
    hidden = (*HIDDEN.get(kind.__name__, ()), "reason", "reasons")
    return tuple(field for field in msgspec.structs.fields(kind) if field.name not in hidden)


class _Form:
    """Builds the groups of one plan."""

    def __init__(self, plan: Any) -> None:
        self._choices: dict[str, tuple[str, ...]] = {}
        if isinstance(plan, EditPlan):
            self._choices["take"] = tuple(take.name for take in plan.takes)
        if isinstance(plan, MixPlan):
            self._choices["bus"] = tuple(bus.name for bus in plan.buses)
            self._choices["sends"] = tuple(reverb.name for reverb in plan.reverbs)

    def group(self, kind: Any, value: Any, path: str, label: str, *, removable: bool = False) -> Group:
        """The form of a struct `value`."""
        groups = []
        for field, place in self._shown(kind, path):
            groups += self._below(field, getattr(value, field.name), place)
        reasons = (getattr(value, "reason", ""), *getattr(value, "reasons", ()))
        return Group(
            path=path,
            label=label,
            fields=self._plain(kind, value, path),
            groups=tuple(groups),
            reasons=tuple(reason for reason in reasons if reason),
            removable=removable,
        )

    def _shown(self, kind: Any, path: str) -> Iterator[tuple[msgspec.structs.FieldInfo, str]]:
        for field in _fields(kind):
            yield field, f"{path}.{field.name}" if path else field.name

    def _below(self, field: msgspec.structs.FieldInfo, value: Any, path: str) -> list[Group]:
        """The groups that a field opens: a step, a list of them, or sends."""
        held, optional = _shape(field.type)
        label = label_of(field.name)
        if get_origin(held) is dict:
            sends = tuple(self._send(name, value, path) for name in self._choices.get(field.name, ()))
            return [Group(path=path, label=label, fields=sends)] if sends else []
        if get_origin(held) is tuple:
            if _is_row(held):
                return []
            return [self._list(field.name, get_args(held)[0], value, path)]
        if not _is_struct(held):
            return []
        if value is None:
            return [Group(path=path, label=label, adds=self._blank(held, path))]
        return [self.group(held, value, path, label, removable=optional)]

    def _list(self, name: str, held: Any, values: tuple[Any, ...], path: str) -> Group:
        grows = name in GROWS
        groups = (
            self.group(held, one, f"{path}.{k}", item_label(one, k), removable=grows) for k, one in enumerate(values)
        )
        adds = self._blank(held, f"{path}.{len(values)}") if grows else ()
        return Group(path=path, label=label_of(name), groups=tuple(groups), adds=adds)

    def _blank(self, kind: Any, path: str) -> tuple[Field, ...]:
        """The fields of a struct that is not there yet; none where rows of figures belong to it."""
        if any(_is_row(field.type) and field.required for field in _fields(kind)):
            return ()
        return tuple(field for field in self._plain(kind, None, path) if not field.fixed)

    def _plain(self, kind: Any, value: Any, path: str) -> tuple[Field, ...]:
        """The fields of a struct that hold one value each; with their defaults when `value` is None."""
        found = []
        for field, place in self._shown(kind, path):
            held, optional = _shape(field.type)
            if get_origin(held) in (dict, tuple) or _is_struct(held):
                continue
            default = None if field.default is msgspec.NODEFAULT else field.default
            found.append(self._field(kind, field.name, held, optional, getattr(value, field.name, default), place))
        return tuple(found)

    def _field(self, kind: Any, name: str, held: Any, optional: bool, value: Any, path: str) -> Field:
        choices = self._choices.get(name, ()) or (get_args(held) if get_origin(held) is Literal else ())
        low, high = bounds_of(name) if held in (int, float) else (None, None)
        return Field(
            path=path,
            label=label_of(name),
            kind="choice" if choices else _KINDS[held],
            value=value,
            unit=unit_of(name),
            at_least=low,
            at_most=high,
            choices=choices,
            optional=optional,
            fixed=name in FIXED.get(kind.__name__, ()),
        )

    def _send(self, name: str, sends: Mapping[str, float], path: str) -> Field:
        low, high = bounds_of("gain_db")
        return Field(
            path=f"{path}.{name}",
            label=name,
            kind="number",
            value=sends.get(name),
            unit="dB",
            at_least=low,
            at_most=high,
            optional=True,
        )


_KINDS: dict[Any, FieldKind] = {bool: "flag", int: "number", float: "number", str: "text"}


def _is_row(kind: Any) -> bool:
    """Several figures, as a curve has them."""
    return get_origin(kind) is tuple and not _is_struct(get_args(kind)[0])


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _set(tree: Any, way: list[str], value: Value) -> None:
    """Put `value` where `way` leads, making what is not there yet."""
    step: Any = way[0]
    if isinstance(tree, list):
        step = int(step)
        tree.extend([None] * (step + 1 - len(tree)))
    if len(way) == 1:
        tree[step] = value
        return
    if isinstance(tree, dict):
        tree.setdefault(step, None)
    if tree[step] is None:
        tree[step] = [] if way[1].isdigit() else {}
    _set(tree[step], way[1:], value)


def _without_gaps(tree: Any) -> Any:
    """What was set to None is gone, from lists too."""
    if isinstance(tree, dict):
        return {key: _without_gaps(value) for key, value in tree.items() if value is not None}
    if isinstance(tree, list):
        return [_without_gaps(value) for value in tree if value is not None]
    return tree
