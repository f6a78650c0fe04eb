"""The audio CD: Red Book times and rules, the CUE sheet, CD-Text, and the DDP 2.00 fileset that a plant presses from.

Disc              what is on it, in sectors of 1/75 s
findings          which rules of the Red Book it breaks
cue_sheet         the same as a CUE sheet of one file, or of a file for each track
write_ddp         DDPID, DDPMS, PQDESCR, CDTEXT.BIN, IMAGE.DAT and their checksums
"""

from controlroom.rooms.delivery.disc.cue import cue_sheet
from controlroom.rooms.delivery.disc.ddp import write_ddp
from controlroom.rooms.delivery.disc.disc import (
    CD_RATE_HZ,
    PREGAP_SECTORS,
    SECTOR_FRAMES,
    SECTORS_PER_S,
    Disc,
    DiscTrack,
    sectors_of,
)
from controlroom.rooms.delivery.disc.rules import findings

__all__ = [
    "CD_RATE_HZ",
    "PREGAP_SECTORS",
    "SECTORS_PER_S",
    "SECTOR_FRAMES",
    "Disc",
    "DiscTrack",
    "cue_sheet",
    "findings",
    "sectors_of",
    "write_ddp",
]
