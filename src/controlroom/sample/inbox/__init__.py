"""A producer's inbox: some 1,600 invented messages in nine languages as raw bytes, each with its label.

train/ held_out/  what people write, by language; the two parts share no wording (others*: by another hand)
hard/             what looks like what it is not
names.toml        who writes, of which songs        sounds/   a second of sound in four formats
letters.py        words filled in, circumstances    dress.py  as mail programs send it, with their faults
"""

from controlroom.sample.inbox.letters import Labelled, letters

__all__ = ["Labelled", "letters"]
