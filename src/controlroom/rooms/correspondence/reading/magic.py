"""Whether bytes are sound, by how they begin. Names and media types are what a sender says; these are what came."""

from __future__ import annotations

LOOK = 4096
"""How many of the first bytes are looked at."""

_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_MP4_AUDIO = (b"M4A ", b"M4B ", b"M4P ", b"F4A ")


def is_audio(first: bytes) -> bool:
    """WAV, RF64, BW64, AIFF, FLAC, MP3, AAC, M4A, Ogg, CAF, WMA, WavPack, Monkey's Audio, AMR, AU, DSF."""
    form = first[8:12]
    if first[:4] in (b"RIFF", b"RF64", b"BW64", b"RIFX"):
        return form == b"WAVE"
    if first[:4] == b"FORM":
        return form in (b"AIFF", b"AIFC")
    if first[4:8] == b"ftyp":
        return form in _MP4_AUDIO or (b"soun" in first and b"vide" not in first)
    if first[:4] == b"OggS":
        return b"theora" not in first[:200]
    if first.startswith((b"fLaC", b"caff", b"wvpk", b"MAC ", b"#!AMR", b".snd", b"DSD ", b"ID3", _ASF)):
        return True
    return _is_mpeg(first)


def _is_mpeg(first: bytes) -> bool:
    """A frame of MPEG audio (ISO/IEC 11172-3 §2.4.1.3) or ADTS (ISO/IEC 14496-3 §1.A.3.2), not just its sync."""
    if len(first) < 4 or first[0] != 0xFF or first[1] & 0xE0 != 0xE0:
        return False
    version, layer = first[1] >> 3 & 3, first[1] >> 1 & 3
    if layer == 0:
        return first[1] & 0xF6 == 0xF0 and first[2] >> 2 & 15 < 13
    return version != 1 and first[2] >> 4 not in (0, 15) and first[2] >> 2 & 3 != 3
