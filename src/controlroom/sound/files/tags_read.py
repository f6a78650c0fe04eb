"""Tags as a file has them: title, artist, ISRC and the rest, by the names each container has for them."""

# mypy: allow-untyped-calls
# (mutagen says its types for some of its functions only)

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from mutagen.aiff import AIFF
from mutagen.flac import FLAC
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from controlroom.sound.files.tag_names import FIELDS

_BY_VORBIS = {field.vorbis: field.name for field in FIELDS}


def read_tags(path: Path, container: str) -> dict[str, str]:
    """The tags of a file that keeps them in ID3, MP4 or Vorbis comments; unreadable tags are no tags."""
    try:
        match container:
            case "mp3" | "adts":
                return _from_id3(ID3(path))
            case "aiff" | "aifc":
                return _from_id3(AIFF(path).tags)
            case "mp4":
                return _from_mp4(MP4(path).tags)
            case "flac":
                return _from_vorbis(FLAC(path).tags)
            case "opus":
                return _from_vorbis(OggOpus(path).tags)
            case "vorbis":
                return _from_vorbis(OggVorbis(path).tags)
    except Exception:  # on damaged tags mutagen fails in any way; the sound is what counts
        pass
    return {}


def read_id3(data: bytes) -> dict[str, str]:
    """The tags of an ID3v2 tag in memory."""
    try:
        return _from_id3(ID3(io.BytesIO(data)))
    except Exception:  # as above
        return {}


def itunes_gapless(path: Path) -> str:
    """The iTunSMPB comment of an MP3's ID3 tag, or nothing."""
    try:
        comments = ID3(path).getall("COMM")
    except Exception:  # as above
        return ""
    return next((str(comment) for comment in comments if comment.desc == "iTunSMPB"), "")


def _from_id3(tags: Any) -> dict[str, str]:
    found = {}
    for field in FIELDS if tags is not None else ():
        frames = [frame for frame in tags.getall(field.id3) if not getattr(frame, "desc", "").startswith("iTun")]
        if frames and (text := _said(frames[0].text)):
            found[field.name] = text
    return found


def _said(text: Any) -> str:
    """An ID3 frame's text; of several, one after the other."""
    return (text if isinstance(text, str) else "; ".join(str(part) for part in text)).strip()


def _from_mp4(tags: Any) -> dict[str, str]:
    found = {}
    for field in FIELDS if tags is not None else ():
        if field.mp4 not in tags or not tags[field.mp4]:
            continue
        value = tags[field.mp4][0]
        if isinstance(value, tuple):
            value = value[0]
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        if text.strip():
            found[field.name] = text.strip()
    return found


def _from_vorbis(tags: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in tags or ():
        found.setdefault(_BY_VORBIS.get(name.upper(), name.lower()), text)
    return {name: text for name, text in found.items() if text.strip() and name != "metadata_block_picture"}
