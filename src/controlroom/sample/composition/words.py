"""Words to sing: a small vocabulary with its sounds, and lines that have as many syllables as the melody has notes."""

from __future__ import annotations

import msgspec
import numpy as np

# word=sounds, syllables parted by "|"; sounds as in `instruments.phonemes`
_VOCABULARY = {
    "noun": """light=l ay t, night=n ay t, rain=r ey n, sea=s iy, road=r ow d, heart=h aa r t, home=h ow m, moon=m uw n,
        stone=s t ow n, sky=s k ay, sun=s ah n, room=r uw m, line=l ay n, tide=t ay d, star=s t aa r, name=n ey m,
        snow=s n ow, flame=f l ey m, day=d ey, song=s ao ng, morning=m ao r|n ih ng, river=r ih|v er, summer=s ah|m er,
        window=w ih n|d ow, harbour=h aa r|b er, city=s ih|t iy, water=w ao|t er, winter=w ih n|t er,
        shadow=sh ae|d ow, station=s t ey|sh ah n, mountain=m aw n|t ah n, letter=l eh|t er, ocean=ow|sh ah n,
        silence=s ay|l ah n s, garden=g aa r|d ah n, island=ay|l ah n d, lantern=l ae n|t er n,
        melody=m eh|l ah|d iy, radio=r ey|d iy|ow, memory=m eh|m er|r iy""",
    "adjective": """slow=s l ow, long=l ao ng, blue=b l uw, warm=w ao r m, cold=k ow l d, old=ow l d, wild=w ay l d,
        new=n uw, low=l ow, pale=p ey l,
        golden=g ow l|d ah n, silver=s ih l|v er, broken=b r ow|k ah n,
        hollow=h aa|l ow, paper=p ey|p er, quiet=k w ay|eh t, open=ow|p ah n, empty=eh m p|t iy,
        northern=n ao r|dh er n,
        faraway=f aa|r ah|w ey""",
    "verb": """know=n ow, hold=h ow l d, run=r ah n, call=k ao l, find=f ay n d, keep=k iy p, leave=l iy v, feel=f iy l,
        need=n iy d, hear=h iy r, see=s iy, love=l ah v, follow=f aa|l ow, carry=k ae|r iy, believe=b ih|l iy v,
        remember=r ih|m eh m|b er""",
    "go": """wait=w ey t, fall=f ao l, stay=s t ey, sing=s ih ng, dance=d ae n s, sleep=s l iy p, wander=w aa n|d er,
        linger=l ih ng|g er""",
    "place": """in=ih n, on=aa n, by=b ay, through=th r uw, over=ow|v er, under=ah n|d er, into=ih n|t uw,
        beside=b ih|s ay d, along=ah|l ao ng""",
    "the": "the=dh ah, my=m ay, your=y ao r, our=aw r, this=dh ih s",
    "who": "I=ay, you=y uw, we=w iy, they=dh ey",
    "oh": "oh=ow",
}  # fmt: skip
_LINES = (
    "who verb the noun", "who verb the adjective noun", "who go place the noun", "adjective noun place the noun",
    "go place the adjective noun", "the adjective noun place the noun", "who verb the noun place the noun",
    "place the adjective noun", "place the noun who go", "verb the noun", "go place the noun",
    "oh who verb the adjective noun", "who go", "noun", "adjective noun", "the noun",
    "who verb the adjective noun place the noun",
)  # fmt: skip
_LEADS = ("", "oh", "the", "place the", "who verb the", "oh who verb the", "who go place the", "go place the")
_TITLES = ("adjective noun", "the noun", "noun")
_TRIES = 200


class Syllable(msgspec.Struct, frozen=True):
    """What is sung on one note: consonants, a vowel, consonants. `text`: its word at the first syllable, else ""."""

    text: str
    sounds: tuple[str, ...]


class Word(msgspec.Struct, frozen=True):
    text: str
    syllables: tuple[tuple[str, ...], ...]


def _vocabulary() -> dict[str, tuple[Word, ...]]:
    entries = {kind: (entry.strip().split("=") for entry in text.split(",")) for kind, text in _VOCABULARY.items()}
    return {
        kind: tuple(Word(word, tuple(tuple(part.split()) for part in sounds.split("|"))) for word, sounds in words)
        for kind, words in entries.items()
    }


_WORDS = _vocabulary()


def _fill(pattern: str, syllables: int, chance: np.random.Generator) -> list[Word] | None:
    """Words for a pattern of kinds with that many syllables together, no word twice; None when chance finds none."""
    words: list[Word] = []
    for kind in pattern.split():
        choice = [word for word in _WORDS[kind] if word not in words]
        words.append(choice[int(chance.integers(len(choice)))])
    return words if sum(len(word.syllables) for word in words) == syllables else None


def line(syllables: int, chance: np.random.Generator) -> list[Word]:
    """A line of words with exactly that many syllables."""
    for _ in range(_TRIES):
        if words := _fill(str(chance.choice(_LINES)), syllables, chance):
            return words
    return list(_WORDS["oh"]) * syllables


def title_words(syllables: int, chance: np.random.Generator) -> list[Word]:
    """A title of at most four syllables that can be sung on a hook of `syllables` notes."""
    wanted = min(syllables, int(chance.integers(3, 5)))
    for _ in range(_TRIES):
        if words := _fill(_TITLES[0] if wanted > 1 else _TITLES[2], wanted, chance):
            return words
    return line(wanted, chance)


def hook_line(title: list[Word], syllables: int, chance: np.random.Generator) -> list[Word]:
    """A line of that many syllables that ends with the title."""
    missing = syllables - sum(len(word.syllables) for word in title)
    for _ in range(_TRIES):
        if (lead := _fill(str(chance.choice(_LEADS)), missing, chance)) is not None:
            return lead + title
    return list(_WORDS["oh"]) * missing + title


def sung_syllables(words: list[Word]) -> list[Syllable]:
    """The words note by note."""
    return [Syllable(word.text if not at else "", sounds) for word in words for at, sounds in enumerate(word.syllables)]


def spoken(words: list[Word]) -> str:
    """The words as they are written."""
    return " ".join(word.text for word in words)
