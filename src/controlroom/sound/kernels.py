"""How the inner loops are compiled.

A kernel is a plain function over float arrays, compiled on first use and kept in the user's cache folder. It runs
without the interpreter lock, so that threads work side by side. A kernel may call other kernels of *its own file*
only: the compiled form is renewed when its file changes, not when another does (a test holds this rule).
NaN never reaches a kernel: files are checked at the door.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "controlroom" / "kernels"
os.environ.setdefault("NUMBA_CACHE_DIR", str(_cache))

import numba  # noqa: E402  (it reads the folder's name when it is imported)


def kernel(function: Function) -> Function:
    """Compile an inner loop: cached, without the interpreter lock, with contraction but no reassociation."""
    return cast(Function, numba.njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")(function))


def reordering_kernel(function: Function) -> Function:
    """The same for sums whose order does not matter, so that they can run in SIMD lanes (still NaN-aware)."""
    flags = {"contract", "reassoc", "nsz"}
    return cast(Function, numba.njit(cache=True, nogil=True, fastmath=flags, error_model="numpy")(function))


def inlined_kernel(function: Function) -> Function:
    """A piece of a kernel, written into it before it is compiled: for sums that share what they load."""
    flags = {"contract"}
    return cast(Function, numba.njit(inline="always", nogil=True, fastmath=flags, error_model="numpy")(function))
