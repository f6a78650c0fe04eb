"""Translation: what is left of a master on a telephone, in a kitchen, in a car, in a club, and after a codec."""

from controlroom.rooms.mastering.translation.overs import SAFE_FOR, CodecSafe, Over, codec_safe, overs

__all__ = ["SAFE_FOR", "CodecSafe", "Over", "codec_safe", "overs"]
