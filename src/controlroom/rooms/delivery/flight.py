"""All that a preflight looks at."""

from __future__ import annotations

import msgspec

from controlroom.rooms.delivery.cover import Cover
from controlroom.rooms.delivery.plan import DeliveryPlan
from controlroom.rooms.delivery.report import DeliveredFile, DeliveryReport
from controlroom.rooms.delivery.rights import Rights
from controlroom.sound.meter import Loudness


class Flight(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery about to leave; `files` are those that were written, `report` and `loudness` those of the master."""

    plan: DeliveryPlan
    report: DeliveryReport
    loudness: Loudness = Loudness()
    files: tuple[DeliveredFile, ...] = ()
    cover: Cover | None = None
    rights: Rights = Rights()
