"""Delivery: files, tags, checksums. What leaves the house.

measure : the master -> DeliveryReport   its ends; `preflight` says what would keep it from being released
decide  : the song's names, its rate -> DeliveryPlan
render  : masters by rate, DeliveryPlan, folder -> Delivered   each file read back and measured
"""

from controlroom.rooms.delivery.decide import decide, lossy_rate_hz
from controlroom.rooms.delivery.measure import measure, preflight
from controlroom.rooms.delivery.plan import DeliveryPlan, Item
from controlroom.rooms.delivery.render import render
from controlroom.rooms.delivery.report import Delivered, DeliveredFile, DeliveryReport

ENGINE = 1

__all__ = [
    "ENGINE",
    "Delivered",
    "DeliveredFile",
    "DeliveryPlan",
    "DeliveryReport",
    "Item",
    "decide",
    "lossy_rate_hz",
    "measure",
    "preflight",
    "render",
]
