"""What a master lost against its source, beyond level and tone: distortion, onsets, contrast; and filled-in notches."""

from controlroom.sound.damage.damage import damage
from controlroom.sound.damage.notch import notch_depth_db, notched
from controlroom.sound.damage.struct import Damage, OnsetChange

__all__ = ["Damage", "OnsetChange", "damage", "notch_depth_db", "notched"]
