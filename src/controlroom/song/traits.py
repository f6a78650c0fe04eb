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
    """A guess; "unknown" where the figures could be several things. Never above 0.6.

    The limits were set by eye on some fifty stems and solo voices; they tell drums, low and bright things apart and
    leave guitars, keys and synths to names.
    """
    low, high = traits.share_below_120, traits.share_2k_8k + traits.share_above_8k
    struck = traits.crest_db > 20 and traits.pitched_share < 0.3
    if low > 0.8 and traits.centroid_hz < 300 and struck:
        return Guess(role="kick", confidence=0.5)
    if low > 0.55 and traits.centroid_hz < 200 and traits.pitched_share >= 0.4:
        return Guess(role="bass", confidence=0.6)
    if low > 0.9 and traits.centroid_hz < 100:
        return Guess(role="bass", confidence=0.4)
    if high > 0.9 and traits.pitched_share < 0.1 and traits.onsets_per_s > 2:
        return Guess(role="hi-hat", confidence=0.5)
    if high > 0.5 and traits.pitched_share < 0.1 and traits.onsets_per_s < 1.5:
        return Guess(role="effects", confidence=0.3)
    if struck and low > 0.15 and high > 0.03 and traits.onsets_per_s > 3:
        return Guess(role="drums", confidence=0.45)
    return Guess(role="lead vocal", confidence=0.3) if _like_a_voice(traits) else Guess()


def _like_a_voice(traits: SoundTraits) -> bool:
    """Most of it in the first formants, little below and above, and syllables."""
    return (
        traits.share_below_120 < 0.05
        and 0.5 <= traits.share_120_500 <= 0.68
        and 0.3 <= traits.share_500_2k <= 0.45
        and 0.005 <= traits.share_2k_8k < 0.1
        and 3 <= traits.onsets_per_s <= 6
    )
