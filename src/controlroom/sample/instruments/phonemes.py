"""The sounds of speech as a singer makes them: formants, voice, breath and friction of each.

Vowel formants after Peterson and Barney (JASA 24, 1952) for men, opened a little as in singing; consonants after
Klatt (JASA 67, 1980, table II). Frequencies are those of a vocal tract of 17 cm.
"""

from __future__ import annotations

import msgspec

Formants = tuple[float, float, float]


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """One sound. `formants` where it begins, `glide` where it ends (a diphthong); `voice`, `breath` (through the
    whole tract) and `friction` (at the teeth, around `friction_hz`) from 0 to 1; `length_s` of a consonant;
    `burst`: silence first, friction only at the end; `damping` widens the formants (the nose takes part).
    """

    formants: Formants
    glide: Formants | None = None
    voice: float = 1.0
    breath: float = 0.0
    friction: float = 0.0
    friction_hz: float = 5000.0
    friction_q: float = 1.0
    length_s: float = 0.0
    burst: bool = False
    damping: float = 1.0

    @property
    def vowel(self) -> bool:
        return self.length_s == 0.0


_VOWELS: dict[str, tuple[Formants, Formants | None]] = {
    "iy": ((300.0, 2240.0, 2980.0), None),
    "ih": ((410.0, 1950.0, 2550.0), None),
    "eh": ((560.0, 1800.0, 2500.0), None),
    "ae": ((690.0, 1680.0, 2430.0), None),
    "aa": ((740.0, 1120.0, 2480.0), None),
    "ao": ((590.0, 880.0, 2450.0), None),
    "uh": ((450.0, 1050.0, 2300.0), None),
    "uw": ((330.0, 900.0, 2260.0), None),
    "ah": ((640.0, 1220.0, 2440.0), None),
    "er": ((500.0, 1340.0, 1720.0), None),
    "ey": ((500.0, 1880.0, 2550.0), (360.0, 2150.0, 2800.0)),
    "ay": ((740.0, 1120.0, 2480.0), (420.0, 1980.0, 2600.0)),
    "ow": ((540.0, 1000.0, 2380.0), (380.0, 860.0, 2280.0)),
    "aw": ((740.0, 1120.0, 2480.0), (440.0, 980.0, 2320.0)),
}
_CONSONANTS = """
      F1   F2   F3  voice breath friction  Hz    Q   ms  damping
m    270 1100 2200   0.5   0      0       5000  1.0  75  2.6
n    270 1500 2450   0.5   0      0       5000  1.0  65  2.6
ng   270 1900 2500   0.48  0      0       5000  1.0  75  2.6
l    340 1080 2800   0.7   0      0       5000  1.0  65  1.4
r    350 1120 1500   0.72  0      0       5000  1.0  70  1.3
w    310  680 2200   0.68  0      0       5000  1.0  75  1.2
y    280 2200 3000   0.7   0      0       5000  1.0  65  1.2
v    260 1150 2150   0.42  0      0.05    6500  0.6  60  1.8
dh   280 1400 2550   0.42  0      0.05    6000  0.6  50  1.8
z    260 1500 2600   0.32  0      0.3     6600  1.2  75  2.0
s    330 1500 2600   0     0      0.6     6600  1.1 100  1.0
sh   320 1750 2600   0     0      0.6     3700  1.0 100  1.0
f    340 1150 2100   0     0      0.11    7500  0.5  85  1.0
th   340 1350 2550   0     0      0.1     6500  0.5  80  1.0
h    560 1500 2500   0     0.5    0       5000  1.0  60  1.6
b    240  900 2100   0.16  0      0.18     900  0.7  60  2.0
d    240 1650 2650   0.16  0      0.24    4200  0.8  55  2.0
g    240 1950 2650   0.16  0      0.24    2100  1.4  60  2.0
p    360  950 2150   0     0.22   0.24    1000  0.7  90  1.0
t    360 1650 2650   0     0.16   0.4     4600  0.8  85  1.0
k    360 1950 2600   0     0.2    0.38    2200  1.4  90  1.0
"""
_STOPS = "bdgptk"


def _consonant(name: str, figures: list[float]) -> Phone:
    f1, f2, f3, voice, breath, friction, friction_hz, friction_q, length_ms, damping = figures
    return Phone(
        formants=(f1, f2, f3),
        voice=voice,
        breath=breath,
        friction=friction,
        friction_hz=friction_hz,
        friction_q=friction_q,
        length_s=length_ms / 1000,
        burst=name in _STOPS,
        damping=damping,
    )


def _phones() -> dict[str, Phone]:
    phones = {name: Phone(formants=begin, glide=end) for name, (begin, end) in _VOWELS.items()}
    for row in _CONSONANTS.strip().splitlines()[1:]:
        name, *figures = row.split()
        phones[name] = _consonant(name, [float(figure) for figure in figures])
    return phones


PHONES = _phones()
BREATH = Phone(
    formants=(620.0, 1650.0, 2700.0), voice=0.0, breath=1.0, friction=0.3, friction_hz=4200.0, friction_q=0.6,
    length_s=0.3, damping=2.2,
)  # fmt: skip
