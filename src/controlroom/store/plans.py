"""Plans on disk: what was proposed, what a person changed, and which of the two is rendered."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from controlroom.base.canonical import from_json, from_toml, identity, to_json, to_toml
from controlroom.base.errors import InputRefused
from controlroom.base.files import write_text
from controlroom.store.ledger import Ledger

Plan = TypeVar("Plan", bound=msgspec.Struct)


class Settled(msgspec.Struct, Generic[Plan], frozen=True):
    """The plan to render; `edited`: a person changed it; `outdated`: what it was proposed from has changed since."""

    plan: Plan
    edited: bool = False
    outdated: bool = False


def settle(path: Path, proposal: Plan, ledger: Ledger, *, replan: bool = False) -> Settled[Plan]:
    """Write `proposal` to `path`, unless a person has changed the plan that lies there: that one is kept.

    Raises `InputRefused` when the plan on disk cannot be understood.
    """
    kind = type(proposal)
    text = to_toml(from_json(to_json(proposal), kind))  # one order of keys, whether proposed now or remembered
    proposal = from_toml(text, kind)  # as it will be read back, so that both have one identity
    proposed = fingerprint(proposal)
    kept = None if replan else _read(path, kind)
    if kept is not None and fingerprint(kept) not in (proposed, ledger.proposal(path)):
        return Settled(kept, edited=True, outdated=ledger.proposal(path) != proposed)
    if _read_text(path) != text:
        write_text(path, text)
    ledger.record_proposal(path, proposed)
    return Settled(proposal)


def edited_plan(path: Path, kind: type[Plan], ledger: Ledger) -> Plan | None:
    """The plan at `path` when a person made it; None where the house's proposal lies there, or nothing.

    Raises `InputRefused` when it cannot be understood.
    """
    kept = _read(path, kind)
    return kept if kept is not None and fingerprint(kept) != ledger.proposal(path) else None


def read_plan(path: Path, kind: type[Plan]) -> Plan:
    """The plan in a file; raises `InputRefused` with the place that cannot be understood."""
    plan = _read(path, kind)
    if plan is None:
        raise InputRefused(path, "there is no such plan", "Name a plan.toml that a walk has written.")
    return plan


def fingerprint(plan: msgspec.Struct) -> str:
    """By which a plan is known again: a default that somebody wrote out is the same plan as one that is left out, and
    a plan from before there was a field the same as one that leaves it alone."""
    return identity(_said(plan))


def _said(value: Any) -> Any:
    """What differs from the defaults."""
    if isinstance(value, msgspec.Struct):
        fields = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
        return {field.name: _said(held) for field, held in fields if field.required or held != _default(field)}
    return [_said(item) for item in value] if isinstance(value, tuple) else value


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default is not msgspec.NODEFAULT else field.default_factory()


def _read_text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(
            path, f"the plan cannot be read ({error})", "Mend it, or discard it with --replan."
        ) from error


def _read(path: Path, kind: type[Plan]) -> Plan | None:
    text = _read_text(path)
    if text is None:
        return None
    try:
        return from_toml(text, kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise InputRefused(
            path, f"the plan cannot be meant: {error}", "Mend it, or discard it with --replan."
        ) from error
