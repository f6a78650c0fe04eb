"""Tags: title, artist, ISRC and the rest, by the names each container has for them."""

# mypy: allow-untyped-calls
# (mutagen says its types for some of its functions only)

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple

from mutagen import MutagenError
from mutagen import id3 as id3_frames
from mutagen.aiff import AIFF
from mutagen.flac import FLAC
from mutagen.id3 import ID3
from mutagen.mp4 import MP4, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from controlroom.sound.files.info import Metadata

_FREEFORM = "----:com.apple.iTunes:"


class _Field(NamedTuple):
    """One tag: its name with us, in ID3v2.4, in MP4 and in Vorbis comments."""

    name: str
    id3: str
    mp4: str
    vorbis: str


_FIELDS = (
    _Field("title", "TIT2", "\xa9nam", "TITLE"),
    _Field("artist", "TPE1", "\xa9ART", "ARTIST"),
    _Field("album", "TALB", "\xa9alb", "ALBUM"),
    _Field("album_artist", "TPE2", "aART", "ALBUMARTIST"),
    _Field("composer", "TCOM", "\xa9wrt", "COMPOSER"),
    _Field("genre", "TCON", "\xa9gen", "GENRE"),
    _Field("track_number", "TRCK", "trkn", "TRACKNUMBER"),
    _Field("date", "TDRC", "\xa9day", "DATE"),
    _Field("isrc", "TSRC", _FREEFORM + "ISRC", "ISRC"),
    _Field("copyright", "TCOP", "cprt", "COPYRIGHT"),
    _Field("comment", "COMM", "\xa9cmt", "COMMENT"),
    _Field("software", "TSSE", "\xa9too", "ENCODER"),
    _Field("bpm", "TBPM", "tmpo", "BPM"),
    _Field("key", "TKEY", _FREEFORM + "initialkey", "KEY"),
)
_BY_VORBIS = {field.vorbis: field.name for field in _FIELDS}


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
    for field in _FIELDS if tags is not None else ():
        frames = [frame for frame in tags.getall(field.id3) if not getattr(frame, "desc", "").startswith("iTun")]
        if frames and (text := "; ".join(str(part) for part in frames[0].text).strip()):
            found[field.name] = text
    return found


def _from_mp4(tags: Any) -> dict[str, str]:
    found = {}
    for field in _FIELDS if tags is not None else ():
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


def write_tags(path: Path, kind: str, metadata: Metadata) -> None:
    """Put the tags into a file that has just been encoded; raises `OSError` where the disk refuses."""
    said = {field: text for field in _FIELDS if (text := str(getattr(metadata, field.name, "") or ""))}
    try:
        match kind:
            case "mp3":
                _write_id3(path, said)
            case "aac" | "alac":
                _write_mp4(path, said)
            case "flac":
                _write_vorbis(FLAC(path), said)
            case "opus":
                _write_vorbis(OggOpus(path), said)
            case "vorbis":
                _write_vorbis(OggVorbis(path), said)
    except MutagenError as error:
        raise (error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error))) from error


def _write_id3(path: Path, said: dict[_Field, str]) -> None:
    tags = ID3()
    for field, text in said.items():
        frame = getattr(id3_frames, field.id3)
        more = {"lang": "eng", "desc": ""} if field.id3 == "COMM" else {}
        tags.add(frame(encoding=id3_frames.Encoding.UTF8, text=[text], **more))
    if said:
        tags.save(path, v2_version=4)


def _write_mp4(path: Path, said: dict[_Field, str]) -> None:
    file: Any = MP4(path)
    if file.tags is None:
        file.add_tags()
    for field, text in said.items():
        if field.name == "track_number":
            file.tags[field.mp4] = [(int(text), 0)]
        elif field.mp4.startswith(_FREEFORM):
            file.tags[field.mp4] = [MP4FreeForm(text.encode())]
        else:
            file.tags[field.mp4] = [text]
    file.save()


def write_itunes_gapless(path: Path, text: str) -> None:
    """Say in an M4A how many frames come before and after the recording (iTunSMPB)."""
    file: Any = MP4(path)
    if file.tags is None:
        file.add_tags()
    file.tags[_FREEFORM + "iTunSMPB"] = [MP4FreeForm(text.encode())]
    file.save()


def _write_vorbis(file: Any, said: dict[_Field, str]) -> None:
    if file.tags is None:
        file.add_tags()
    for field, text in said.items():
        file.tags[field.vorbis] = [text]
    file.save()
