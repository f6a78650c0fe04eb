"""What plays in a file, told from a few figures of its sound: modest, for names like "Audio 1"."""

from __future__ import annotations

import msgspec

from controlroom.song.model import Guess


class SoundTraits(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a file's sound where it sounds. Shares are 0 to 1; the five shares of energy add up to 1."""

    centroid_hz: float
    share_below_120: float
    share_120_500: float
    share_500_2k: float
    share_2k_8k: float
    share_above_8k: float
    crest_db: float
    onsets_per_s: float
    pitched_share: float
    active_share: float
    channels: int = 1


def role_from_sound(traits: SoundTraits) -> Guess:
    """A guess; "unknown" where the figures could be several things. Never above 0.6."""
    low = traits.share_below_120
    high = traits.share_2k_8k + traits.share_above_8k
    middle = traits.share_120_500 + traits.share_500_2k
    if low > 0.7 and traits.crest_db > 15 and traits.pitched_share < 0.5:
        return Guess(role="kick", confidence=0.5)
    if low > 0.55 and traits.pitched_share >= 0.4:
        return Guess(role="bass", confidence=0.6)
    if traits.share_above_8k > 0.4 and traits.pitched_share < 0.2:
        busy = traits.onsets_per_s > 2
        return Guess(role="hi-hat", confidence=0.5) if busy else Guess(role="effects", confidence=0.3)
    if traits.pitched_share < 0.2 and traits.crest_db > 15 and traits.onsets_per_s > 1.5 and low > 0.1 and high > 0.1:
        return Guess(role="drums", confidence=0.4)
    if traits.channels == 1 and middle > 0.6 and traits.pitched_share > 0.45 and 0.2 < traits.active_share < 0.9:
        return Guess(role="lead vocal", confidence=0.3)
    return Guess()
