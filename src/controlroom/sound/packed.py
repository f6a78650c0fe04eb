"""Arrays as small values: whole numbers of a step, compressed, fit for JSON and for keeping."""

from __future__ import annotations

import zlib
from typing import Literal, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]


class Packed(msgspec.Struct, frozen=True):
    """An array of floats rounded to `step`: little-endian integers, zlib-compressed (base64 in JSON)."""

    shape: tuple[int, ...]
    step: float
    data: bytes
    kind: Literal["<i2", "<i4"] = "<i2"

    def array(self) -> Floats:
        whole = np.frombuffer(zlib.decompress(self.data), self.kind).reshape(self.shape)
        return whole * self.step


def packed(values: npt.ArrayLike, step: float, kind: Literal["<i2", "<i4"] = "<i2") -> Packed:
    """`values` rounded to `step`; what does not fit into the integers is brought to their ends."""
    array = np.asarray(values, float)
    ends = np.iinfo(kind)
    whole = np.clip(np.round(array / step), ends.min, ends.max).astype(kind)
    return Packed(array.shape, step, zlib.compress(whole.tobytes(), 6), kind)
