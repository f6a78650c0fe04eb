"""References: the tone, dynamics, width and loudness of chosen records as a guide for a master.

portrait : Signal -> Profile                       what one recording sounds like, by band and by kind of section
profile  : Signals, weights -> Profile             several weighed together; kept as TOML
toward   : MasterPlan, Profile, Profile -> MasterPlan    a plan that goes toward them, each dimension by its amount
refined  : ... the same once the master was heard        what dynamics and limiter did to the tone is taken in
compared : Profile, Profile, Profile -> Comparison       what was changed and how near it came, as figures and pictures
"""

from controlroom.rooms.mastering.reference.audition import Evened, blend, evened
from controlroom.rooms.mastering.reference.compare import Comparison, compared
from controlroom.rooms.mastering.reference.hear import Refused, portrait, profile
from controlroom.rooms.mastering.reference.make import Guide, Guided, guided
from controlroom.rooms.mastering.reference.pictures import bands_picture, correction_picture, spectrum_picture
from controlroom.rooms.mastering.reference.profile import Profile, from_toml, merged, to_toml
from controlroom.rooms.mastering.reference.toward import Amounts, findings, refined, toward, wanted_lufs

__all__ = [
    "Amounts",
    "Comparison",
    "Evened",
    "Guide",
    "Guided",
    "Profile",
    "Refused",
    "bands_picture",
    "blend",
    "compared",
    "correction_picture",
    "evened",
    "findings",
    "from_toml",
    "guided",
    "merged",
    "portrait",
    "profile",
    "refined",
    "spectrum_picture",
    "to_toml",
    "toward",
    "wanted_lufs",
]
