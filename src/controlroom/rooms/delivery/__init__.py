"""Delivery: files, tags, checksums. What leaves the house.

measure : the master -> DeliveryReport   its ends; `preflight` says what would keep it from being released, and where
decide  : the song's names, its rate -> DeliveryPlan
render  : masters by rate, DeliveryPlan, folder -> Delivered   each file read back and measured

formats.py       the formats by name, which of them every song gets     said.py    what stands in each file
destinations/    where it goes, what each place asks for, who says so   places.py  what one place does not get
sheet/           the master sheet (PDF)                                 disc/      the audio CD: CUE, CD-Text, DDP
"""

from controlroom.rooms.delivery.cover import Cover, read_cover
from controlroom.rooms.delivery.decide import decide
from controlroom.rooms.delivery.destinations import destination_names, destinations
from controlroom.rooms.delivery.flight import Flight
from controlroom.rooms.delivery.formats import RELEASE, STANDARD, format_names
from controlroom.rooms.delivery.measure import measure
from controlroom.rooms.delivery.plan import VERSIONS, DeliveryPlan, Item, Marker, Version
from controlroom.rooms.delivery.preflight import preflight
from controlroom.rooms.delivery.render import render
from controlroom.rooms.delivery.report import Delivered, DeliveredFile, DeliveryReport
from controlroom.rooms.delivery.rights import Rights
from controlroom.rooms.delivery.sheet import MasterSheet, as_pdf

ENGINE = 3

__all__ = [
    "ENGINE",
    "RELEASE",
    "STANDARD",
    "VERSIONS",
    "Cover",
    "Delivered",
    "DeliveredFile",
    "DeliveryPlan",
    "DeliveryReport",
    "Flight",
    "Item",
    "Marker",
    "MasterSheet",
    "Rights",
    "Version",
    "as_pdf",
    "decide",
    "destination_names",
    "destinations",
    "format_names",
    "measure",
    "preflight",
    "read_cover",
    "render",
]
