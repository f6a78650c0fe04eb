"""Putting tags into a file that has just been encoded: ID3v2.4, MP4 atoms, Vorbis comments.

Loudness goes along as ReplayGain 2.0 (reference -18 LUFS, wiki.hydrogenaudio.org/ReplayGain_2.0), in Opus as R128 gain
(reference -23 LUFS, Q7.8; RFC 7845, 5.2.1). Credits: who plays as performer, everybody else by what they did.
"""

# mypy: allow-untyped-calls
# (mutagen says its types for some of its functions only)

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from mutagen import MutagenError
from mutagen import id3 as id3_frames
from mutagen.flac import FLAC, Picture
from mutagen.id3 import ID3
from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from controlroom.base.errors import UsageError
from controlroom.sound.files.info import Credit, Metadata
from controlroom.sound.files.tag_names import (
    FIELDS,
    FREEFORM,
    SEVERAL_LINES,
    WORKS,
    WRITERS,
    Field,
    language_of_three,
)

COVER_MOST_BYTES = 16_000_000
REPLAY_GAIN_LUFS, R128_LUFS = -18.0, -23.0
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_FRONT_COVER = 3
_UTF8 = id3_frames.Encoding.UTF8


def speakable(metadata: Metadata) -> Metadata:
    """The same without what no tag can hold: control characters, halves of characters, line breaks in a name."""
    texts = {
        name: _clean(value, name in SEVERAL_LINES)
        for name in metadata.__struct_fields__
        if isinstance(value := getattr(metadata, name), str)
    }
    return msgspec.structs.replace(
        metadata,
        **texts,
        artists=tuple(_clean(name) for name in metadata.artists),
        credits=tuple(Credit(_clean(credit.name), _clean(credit.role)) for credit in metadata.credits),
    )


def _clean(text: str, several_lines: bool = False) -> str:
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).encode("utf-8", "replace").decode("utf-8")
    return text.strip() if several_lines else re.sub(r"[\n\t]+", " ", text).strip()


class _Said(NamedTuple):
    """All there is to write: one text for a field, or several; beside them the tags that have no field."""

    fields: dict[Field, list[str]]
    credited: list[tuple[str, str]]  # (tag, name)
    replay: dict[str, str]
    metadata: Metadata


def write_tags(path: Path, kind: str, metadata: Metadata) -> None:
    """Put the tags into a file that has just been encoded; raises `OSError` where the disk refuses, `UsageError` where
    the cover is more than a FLAC picture holds (24 bits of length), which Ogg cannot carry in reasonable time either.
    """
    if kind in ("flac", "opus", "vorbis") and len(metadata.cover) > COVER_MOST_BYTES:
        why = f"it has {len(metadata.cover) / 1e6:.1f} MB, and {kind} holds {COVER_MOST_BYTES / 1e6:.0f} MB"
        raise UsageError("The cover does not go into the file", why, "Export it smaller.")
    fields = {field: list(_texts(metadata, field.name)) for field in FIELDS}
    replay = _r128(metadata) if kind == "opus" else _replay_gain(metadata)
    said = _Said(
        {field: texts for field, texts in fields.items() if texts}, list(_credited(metadata)), replay, metadata
    )
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


def _texts(metadata: Metadata, name: str) -> Iterator[str]:
    if name == "artist" and metadata.artists:
        yield from metadata.artists
    elif name == "composer" and not metadata.composer:
        yield from dict.fromkeys(credit.name for credit in metadata.credits if credit.role.lower() in WRITERS)
    elif text := str(getattr(metadata, name, "") or ""):
        yield text


def _credited(metadata: Metadata) -> Iterator[tuple[str, str]]:
    """(tag, name) of everybody but the writers: PRODUCER and its like, and PERFORMER with what they play."""
    for credit in metadata.credits:
        role = credit.role.lower()
        work = next((work for work in WORKS if role in work.words), None)
        if work:
            yield work.name, credit.name
        elif role not in WRITERS:
            yield "PERFORMER", f"{credit.name} ({credit.role})" if credit.role else credit.name


def _replay_gain(metadata: Metadata) -> dict[str, str]:
    found = {}
    for what, loudness, peak in _levels(metadata):
        if loudness is not None:
            found[f"REPLAYGAIN_{what}_GAIN"] = f"{REPLAY_GAIN_LUFS - loudness:+.2f} dB"
        if peak is not None:
            found[f"REPLAYGAIN_{what}_PEAK"] = f"{10 ** (peak / 20):.6f}"
    return found


def _r128(metadata: Metadata) -> dict[str, str]:
    return {
        f"R128_{what}_GAIN": str(min(max(round(256 * (R128_LUFS - loudness)), -32768), 32767))
        for what, loudness, _ in _levels(metadata)
        if loudness is not None
    }


def _levels(metadata: Metadata) -> tuple[tuple[str, float | None, float | None], ...]:
    track = ("TRACK", metadata.integrated_lufs, metadata.true_peak_dbtp)
    return track, ("ALBUM", metadata.album_lufs, metadata.album_true_peak_dbtp)


def _image_type(cover: bytes) -> str:
    return "image/png" if cover.startswith(b"\x89PNG") else "image/jpeg"


def _write_id3(path: Path, said: _Said) -> None:
    tags, metadata = ID3(), said.metadata
    language = language_of_three(metadata.language)
    for field, texts in said.fields.items():
        name, _, description = field.id3.partition(":")
        more: dict[str, Any] = {"lang": "eng", "desc": ""} if name == "COMM" else {}
        if name == "USLT":
            tags.add(id3_frames.USLT(encoding=_UTF8, lang=language, desc="", text=texts[0]))
            continue
        if name == "TXXX":
            more = {"desc": description}
        tags.add(getattr(id3_frames, name)(encoding=_UTF8, text=[language] if name == "TLAN" else texts, **more))
    people = [[work.id3, name] for tag, name in said.credited for work in WORKS if work.name == tag]
    writers = {credit.role.lower() for credit in metadata.credits} & WRITERS
    worked = {word for work in WORKS for word in work.words} | writers
    players = [[credit.role, credit.name] for credit in metadata.credits if credit.role.lower() not in worked]
    for frame, pairs in ((id3_frames.TIPL, people), (id3_frames.TMCL, players)):
        if pairs:
            tags.add(frame(encoding=_UTF8, people=pairs))
    advisory = {} if metadata.explicit is None else {"ITUNESADVISORY": "1" if metadata.explicit else "2"}
    for name, text in {**said.replay, **advisory}.items():
        tags.add(id3_frames.TXXX(encoding=_UTF8, desc=name, text=[text]))
    if metadata.cover:
        tags.add(
            id3_frames.APIC(
                encoding=_UTF8, mime=_image_type(metadata.cover), type=_FRONT_COVER, desc="", data=metadata.cover
            )
        )
    if len(tags):
        tags.save(path, v2_version=4)


def _write_mp4(path: Path, said: _Said) -> None:
    file: Any = MP4(path)
    if file.tags is None:
        file.add_tags()
    for field, texts in said.fields.items():
        if field.name == "track_number":
            file.tags[field.mp4] = [(int(texts[0]), 0)]
        elif field.name == "language":
            file.tags[field.mp4] = [MP4FreeForm(language_of_three(texts[0]).encode())]
        elif field.mp4.startswith(FREEFORM):
            file.tags[field.mp4] = [MP4FreeForm(text.encode()) for text in texts]
        else:
            file.tags[field.mp4] = texts
    for name, text in said.credited:
        file.tags.setdefault(FREEFORM + name, []).append(MP4FreeForm(text.encode()))
    for name, text in said.replay.items():
        file.tags[FREEFORM + name.lower()] = [MP4FreeForm(text.encode())]
    if said.metadata.explicit is not None:
        file.tags["rtng"] = [1 if said.metadata.explicit else 2]
    if cover := said.metadata.cover:
        form = MP4Cover.FORMAT_PNG if _image_type(cover) == "image/png" else MP4Cover.FORMAT_JPEG
        file.tags["covr"] = [MP4Cover(cover, imageformat=form)]
    file.save()


def write_itunes_gapless(path: Path, text: str) -> None:
    """Say in an M4A how many frames come before and after the recording (iTunSMPB)."""
    file: Any = MP4(path)
    if file.tags is None:
        file.add_tags()
    file.tags[FREEFORM + "iTunSMPB"] = [MP4FreeForm(text.encode())]
    file.save()


def _write_vorbis(file: Any, said: _Said) -> None:
    if file.tags is None:
        file.add_tags()
    for field, texts in said.fields.items():
        file.tags[field.vorbis] = texts
    for name in dict.fromkeys(name for name, _ in said.credited):
        file.tags[name] = [text for tag, text in said.credited if tag == name]
    for name, text in said.replay.items():
        file.tags[name] = [text]
    if said.metadata.explicit is not None:
        file.tags["ITUNESADVISORY"] = ["1" if said.metadata.explicit else "2"]
    if said.metadata.cover:
        picture = Picture()
        picture.data, picture.type, picture.mime = said.metadata.cover, _FRONT_COVER, _image_type(said.metadata.cover)
        if isinstance(file, FLAC):
            file.add_picture(picture)
        else:
            file.tags["METADATA_BLOCK_PICTURE"] = [base64.b64encode(picture.write()).decode("ascii")]
    file.save()
