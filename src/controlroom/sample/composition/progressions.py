"""Freer loops: borrowed chords, suspensions, secondary dominants, minor with and without leading note."""

from __future__ import annotations

import numpy as np

from controlroom.sample.composition.form import Section
from controlroom.sample.composition.harmony import Chord, Key, fitted

_LOOPS = {
    ("major", "verse"): (
        "I vi IV V", "I IV I V", "I iii IV iv", "I bVII IV I", "I V/vi vi IV", "Imaj7 IVmaj7 Imaj7 IVmaj7",
        "Isus2 vi7 IVsus2 Vsus4", "I V/V IV I", "vi V IV V", "IV I IV I", "I I IV iv", "I ii7 IV I",
    ),
    ("major", "chorus"): (
        "I V vi IV", "IV V iii vi", "vi IV I V", "I bVII IV I", "IV iv I I", "I V/vi vi V/V", "I bVI bVII I",
        "ii7 V7 I vi", "IV I V vi", "I IV vi V", "IV V/ii ii V7", "I bIII IV iv",
    ),
    ("major", "pre-chorus"): ("ii IV V V", "IV V vi V", "vi V/V IV Vsus4", "ii7 vi IV V7", "iv I ii V"),
    ("major", "bridge"): ("vi iii IV V", "bVI bVII I I", "ii vii0 I V/ii", "iii vi ii V7", "IV iv I V/IV"),
    ("minor", "verse"): (
        "i VI III VII", "i iv i V", "i VII VI VII", "i v VI iv", "i i VI VII", "i IV i IV", "i7 iv7 VImaj7 v7",
        "isus2 VI III VII", "i III VII IV", "i VI iv V7", "i bII i V", "i iv i iv",
    ),
    ("minor", "chorus"): (
        "VI VII i III", "i VI III VII", "VI III VII i", "i iv V7 i", "VI iv i V", "i VII VI V", "iv VII III VI",
        "III VII i VI", "i ii0 V7 i", "VI VII i i", "i VII IV VI",
    ),
    ("minor", "pre-chorus"): ("iv V VI V", "VI VII VI VII", "iv v VI VII", "ii0 V7 VI V", "iv i iv Vsus4"),
    ("minor", "bridge"): ("VI VI iv V", "iv VII III VI", "bII VI iv V", "III VII iv iv", "VI vii0 i V7"),
}  # fmt: skip
_SAME = {"intro": ("chorus", "verse"), "outro": ("chorus", "verse"), "break": ("verse",), "instrumental": ("chorus",)}
_OPEN = {"I": "Isus2", "IV": "IVsus2", "V": "Vsus4", "i": "isus2"}  # thirds left to the tune


def harmonise_freely(keys: list[Key], sections: tuple[Section, ...], chance: np.random.Generator) -> list[Chord]:
    """One chord a measure (in some sections of some songs one in two), `keys` by section."""
    mode = keys[0].mode
    loops = {label: str(chance.choice(choice)).split() for (own, label), choice in _LOOPS.items() if own == mode}
    for label, choice in _SAME.items():
        loops[label] = loops[str(chance.choice(choice))]
    slow = {label for label in ("verse", "bridge", "instrumental") if chance.random() < 0.2}
    if chance.random() < 0.15:
        loops["chorus"] = loops["verse"]  # one loop all the way: the arrangement alone tells them apart
    coloured = {label for label in loops if chance.random() < 0.35}
    if chance.random() < 0.2:
        loops["verse"] = [_OPEN.get(numeral, numeral) for numeral in loops["verse"]]
    chords: list[Chord] = []
    for key, section in zip(keys, sections, strict=True):
        steps = 2 if section.label in slow and section.length >= 8 else 1
        loop = fitted(loops[section.label], -(-section.length // steps))
        chords += [key.chord(numeral, section.label in coloured) for numeral in loop for _ in range(steps)][
            : section.length
        ]
    return chords
