"""What is written into each file: tags, bext, iXML, markers."""

from __future__ import annotations

from controlroom.rooms.delivery.cover import Cover
from controlroom.rooms.delivery.plan import DeliveryPlan, Item, in_brackets
from controlroom.sound.files import Cue, Metadata
from controlroom.sound.meter import Loudness

SOFTWARE = "Controlroom"


def metadata(plan: DeliveryPlan, item: Item, loudness: Loudness, channels: int, cover: Cover | None) -> Metadata:
    """All that an item's file says of itself. An alternate version has its name in the title, and not the ISRC of the
    song: it is another recording, with one of its own (ISO 3901, 4.3)."""
    cues = (Cue(round(mark.at_s * item.rate_hz), mark.label) for mark in plan.markers)
    return Metadata(
        title=plan.title + in_brackets(item.version),
        artist=plan.artist,
        album=plan.album,
        composer=plan.composer,
        copyright=plan.copyright,
        date=plan.date,
        isrc="" if item.version else plan.isrc,
        upc=plan.upc,
        label=plan.label,
        language=plan.language,
        explicit=False if item.version == "clean" else plan.explicit,
        lyrics="" if item.version == "instrumental" else plan.lyrics,
        credits=plan.credits,
        cover=cover.embedded if cover else b"",
        software=SOFTWARE,
        integrated_lufs=loudness.integrated_lufs,
        range_lu=loudness.range_lu,
        true_peak_dbtp=loudness.true_peak_dbtp,
        max_momentary_lufs=loudness.max_momentary_lufs,
        max_short_term_lufs=loudness.max_short_term_lufs,
        ixml=_ixml(plan, item, loudness, channels) if item.kind == "wav" else {},
        cues=tuple(cues) if item.kind == "wav" else (),
    )


def _ixml(plan: DeliveryPlan, item: Item, loudness: Loudness, channels: int) -> dict[str, str]:
    """iXML 3.01: project, tracks, speed, loudness, and the song's names as ASWG-G006 has them."""
    sides = ("Left", "Right") if channels == 2 else tuple(f"Channel {k}" for k in range(1, channels + 1))
    levels = {
        "LOUDNESS_VALUE": loudness.integrated_lufs,
        "LOUDNESS_RANGE": loudness.range_lu,
        "MAX_TRUE_PEAK_LEVEL": loudness.true_peak_dbtp,
        "MAX_MOMENTARY_LOUDNESS": loudness.max_momentary_lufs,
        "MAX_SHORT_TERM_LOUDNESS": loudness.max_short_term_lufs,
    }
    said = {
        "IXML_VERSION": "3.01",
        "PROJECT": plan.album or plan.title,
        "SPEED/FILE_SAMPLE_RATE": str(item.rate_hz),
        "SPEED/AUDIO_BIT_DEPTH": str(item.bits or 24),
        **{f"LOUDNESS/{name}": f"{level:.2f}" for name, level in levels.items() if level is not None},
        "ASWG/contentType": "music",
        "ASWG/songTitle": plan.title,
        "ASWG/originator": plan.artist,
        "ASWG/composer": plan.composer,
        "ASWG/musicPublisher": plan.label,
        "ASWG/isrcId": "" if item.version else plan.isrc,
        **{f"TRACK_{k}": side for k, side in enumerate(sides, 1)},
    }
    return {name: text for name, text in said.items() if text}
