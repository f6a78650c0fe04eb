"""A mix with many masters, its survey, what every system makes of it, and the other end of the first master."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from controlroom.base.canonical import identity, to_json, to_toml
from controlroom.desk.mastering import blending, making, systems
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.mastering.wishes import Wishes
from controlroom.desk.songs import blobs, listening
from controlroom.desk.songs.models import Blob, Recording, Rendition
from controlroom.rooms.mastering import measure
from controlroom.sound.files import Format, write
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio
from controlroom.sound.survey import Survey

RATE_HZ = 48000


def survey() -> Survey:
    """Three seconds of noise, heard."""
    noise = np.random.default_rng(3).normal(0, 0.1, (2, 3 * RATE_HZ)).astype(np.float32)
    return Hearing(Audio(noise, RATE_HZ)).survey


def masters_of(mix: Recording, sounds: list[Blob]) -> list[Mastering]:
    """One master of the mix for each of the blobs, the first of them played on a telephone."""
    heard, wishes = survey(), Wishes()
    plan = to_toml(making.foreseen(Hearing.from_survey(heard), measure(Hearing.from_survey(heard)), wishes))
    masters = Recording.objects.bulk_create(_master(mix, number, blob) for number, blob in enumerate(sounds, start=1))
    for kind, data in {
        "survey": to_json(heard),
        systems.TRANSLATION: json.dumps({"engine": systems.ENGINE, "systems": [], "voice_judged": False}).encode(),
    }.items():
        blob = _kept(mix.studio_id, data)
        Rendition.objects.bulk_create(_rendition(each, kind, blob) for each in (mix, *masters))
    facts = {"rate_hz": RATE_HZ, "offset": 44, "frames": 10, "sample": "s16", "channels": 2, "level_lufs": -14.0}
    Rendition.objects.bulk_create(_rendition(each, "on-phone", sounds[0], facts) for each in (mix, *masters))
    made = Mastering.objects.bulk_create(
        Mastering(
            studio_id=mix.studio_id,
            mix=mix,
            master=master,
            key=identity(master.pk),
            wishes=wishes.to_json(),
            proposal=plan,
            plan=plan,
            facts={"after": {"integrated_lufs": -9.0, "true_peak_dbtp": -1.0}, "checks": [], "findings": []},
        )
        for master in masters
    )
    _other_end(made[0])
    return made


def _other_end(made: Mastering) -> None:
    """Of a master without references: it goes toward those of its song."""
    ends = blending.ends_of(made, blending.references_of(made.mix, Wishes()))
    assert ends is not None
    clock_hz = listening.clock_hz(made.master.song)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "end.wav"
        write(path, Audio(np.full((2, clock_hz), 0.1, np.float32), clock_hz), Format("wav", 24))
        blob = blobs.keep(made.studio_id, path)
    facts = {"rate_hz": clock_hz, "lufs": -14.0, "half_lufs": -14.1, "of": blending.other_key(ends)}
    Rendition.objects.update_or_create(
        recording=made.master,
        kind=f"pcm-{clock_hz}",
        defaults={"studio_id": made.studio_id, "blob": blob, "facts": facts},
    )
    _rendition(made.master, blending.OTHER_END, blob, facts).save()


def _master(mix: Recording, number: int, blob: Blob) -> Recording:
    fields = ("studio_id", "song_id", "rate_hz", "channels", "frames", "integrated_lufs", "true_peak_dbtp", "range_lu")
    return Recording(
        **{field: getattr(mix, field) for field in fields},
        kind="master",
        number=number,
        name=f"master {number}.wav",
        blob=blob,
        state="heard",
        made_by="Controlroom",
        made_by_key="house",
    )


def _kept(studio_id: int, data: bytes) -> Blob:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "piece"
        path.write_bytes(data)
        return blobs.keep(studio_id, path)


def _rendition(recording: Recording, kind: str, blob: Blob, facts: dict[str, object] | None = None) -> Rendition:
    return Rendition(studio_id=recording.studio_id, recording=recording, kind=kind, blob=blob, facts=facts or {})
