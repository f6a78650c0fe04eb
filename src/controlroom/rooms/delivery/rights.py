"""Whether a song may be released at all: shares that are agreed, samples that are cleared."""

from __future__ import annotations

from typing import Literal

import msgspec

Settled = Literal["yes", "no", "unknown"]


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What is known: are the splits agreed by everybody, and every sample cleared (or none used)?"""

    splits_agreed: Settled = "unknown"
    samples_cleared: Settled = "unknown"
