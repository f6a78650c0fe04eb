"""What a tag is called in ID3v2.4, in MP4 and in Vorbis comments."""

from __future__ import annotations

from typing import NamedTuple

FREEFORM = "----:com.apple.iTunes:"


class Field(NamedTuple):
    """One tag: its name with us, in ID3v2.4, in MP4 and in Vorbis comments."""

    name: str
    id3: str
    mp4: str
    vorbis: str


FIELDS = (
    Field("title", "TIT2", "\xa9nam", "TITLE"),
    Field("artist", "TPE1", "\xa9ART", "ARTIST"),
    Field("album", "TALB", "\xa9alb", "ALBUM"),
    Field("album_artist", "TPE2", "aART", "ALBUMARTIST"),
    Field("composer", "TCOM", "\xa9wrt", "COMPOSER"),
    Field("genre", "TCON", "\xa9gen", "GENRE"),
    Field("track_number", "TRCK", "trkn", "TRACKNUMBER"),
    Field("date", "TDRC", "\xa9day", "DATE"),
    Field("isrc", "TSRC", FREEFORM + "ISRC", "ISRC"),
    Field("upc", "TXXX:BARCODE", FREEFORM + "BARCODE", "BARCODE"),
    Field("label", "TPUB", FREEFORM + "LABEL", "LABEL"),
    Field("language", "TLAN", FREEFORM + "LANGUAGE", "LANGUAGE"),
    Field("lyrics", "USLT", "\xa9lyr", "LYRICS"),
    Field("copyright", "TCOP", "cprt", "COPYRIGHT"),
    Field("comment", "COMM", "\xa9cmt", "COMMENT"),
    Field("software", "TSSE", "\xa9too", "ENCODER"),
    Field("bpm", "TBPM", "tmpo", "BPM"),
    Field("key", "TKEY", FREEFORM + "initialkey", "KEY"),
)
SEVERAL_LINES = ("lyrics", "comment")


class Work(NamedTuple):
    """What somebody does who does not play: the words for it, its function in ID3's TIPL, its name in other tags."""

    words: frozenset[str]
    id3: str
    name: str


WORKS = (
    Work(frozenset({"producer", "production", "co-producer", "executive producer"}), "producer", "PRODUCER"),
    Work(frozenset({"engineer", "recording", "recording engineer", "sound engineer"}), "engineer", "ENGINEER"),
    Work(frozenset({"mix", "mixer", "mixing", "mix engineer", "mixing engineer"}), "mix", "MIXER"),
    Work(frozenset({"mastering", "mastering engineer"}), "mastering", "MASTERING"),
    Work(frozenset({"arranger", "arrangement", "string arranger"}), "arranger", "ARRANGER"),
    Work(frozenset({"lyricist", "lyrics", "words"}), "lyricist", "LYRICIST"),
)
WRITERS = frozenset({"writer", "songwriter", "composer", "composition", "music", "author"})

# ISO 639-1 and ISO 639-2, which ID3 asks for
_LANGUAGES = """
ar ara bg bul bn ben ca cat cs ces cy cym da dan de deu el ell en eng es spa et est eu eus fa fas fi fin
fr fra ga gle gl glg he heb hi hin hr hrv hu hun id ind is isl it ita ja jpn ko kor la lat lt lit lv lav
mi mri mk mkd ms msa nb nob nl nld nn nno no nor pa pan pl pol pt por ro ron ru rus sk slk sl slv sq sqi
sr srp sv swe sw swa ta tam te tel th tha tr tur uk ukr ur urd vi vie yo yor zh zho zu zul
"""
_OF_THREE = dict(zip(*[iter(_LANGUAGES.split())] * 2, strict=True))


def language_of_three(code: str) -> str:
    """The language's three letters (ISO 639-2); "und" where nobody says which."""
    short = code.strip().lower().replace("_", "-").split("-")[0]
    return short if len(short) == 3 and short.isascii() and short.isalpha() else _OF_THREE.get(short, "und")
