"""Translation: what is left of a master on a telephone, in a kitchen, in a car, in a club, and after a codec."""

from controlroom.rooms.mastering.translation.overs import SAFE_FOR, CodecSafe, Over, codec_safe, overs
from controlroom.rooms.mastering.translation.play import played_on
from controlroom.rooms.mastering.translation.report import Figures, SectionScore, System, Translation
from controlroom.rooms.mastering.translation.systems import PLACES, Place, place_of
from controlroom.rooms.mastering.translation.translate import translate

__all__ = [
    "PLACES",
    "SAFE_FOR",
    "CodecSafe",
    "Figures",
    "Over",
    "Place",
    "SectionScore",
    "System",
    "Translation",
    "codec_safe",
    "overs",
    "place_of",
    "played_on",
    "translate",
]
