"""Words of the command line that several verbs understand."""

from __future__ import annotations

from controlroom.base.errors import UsageError


def target_lufs(said: str) -> float | None:
    """A loudness target in LUFS; None for "auto"."""
    if said.strip().lower() == "auto":
        return None
    try:
        return float(said)
    except ValueError:
        raise UsageError(f"--target {said}", "it is neither a number nor auto", "Try --target -14.") from None
