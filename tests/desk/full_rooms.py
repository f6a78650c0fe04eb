"""The rooms of a song as if it had gone through them: what they said, and the plan of its mix."""

from __future__ import annotations

from controlroom.base.canonical import to_toml
from controlroom.desk.songs.models import Chapter, PlanEdit, Song
from controlroom.desk.songs.production import out_of
from controlroom.rooms.mixing.plan import BusPlan, MixPlan, Ride, Squeeze, TrackPlan
from controlroom.sound.filters import Band

PARTS = ("drums", "bass", "guitar", "keys", "lead vocal", "choir")
WAVE = f'<svg viewBox="0 0 1000 44"><path d="{"M0 22L10 3" * 1200}"/></svg>'


def rooms_of(song: Song, edits: int, takes: int, tracks: int) -> None:
    """Chapters of a song with so many takes, and a mix of so many tracks whose plan was changed `edits` times."""
    plan = mix_of(tracks)
    folder = out_of(song) / "mix"
    folder.mkdir(parents=True)
    (folder / "plan.toml").write_text(to_toml(plan))
    (folder.parent / "report.html").write_text("<p>All is well.")
    (folder.parent / "delivery").mkdir()
    (folder.parent / "delivery" / "master.wav").write_bytes(b"x" * 100_000)
    of = {"studio_id": song.studio_id, "song": song}
    PlanEdit.objects.bulk_create(
        PlanEdit(**of, plan="mix", text=to_toml(plan), who="Jo", who_key="user:1") for _ in range(edits)
    )
    Chapter.objects.bulk_create(
        Chapter(**of, stage=stage, facts=facts | {"checks": [], "findings": []})
        for stage, facts in _said(plan, takes).items()
    )


def mix_of(tracks: int) -> MixPlan:
    squeeze = Squeeze(threshold_db=-18.0)
    bands = (Band("highpass", 80.0), Band("bell", 400.0, -2.0, 1.2), Band("highshelf", 9000.0, 1.5))
    return MixPlan(
        rate_hz=48000,
        buses=(BusPlan(name="music", compressor=squeeze),),
        tracks=tuple(
            TrackPlan(
                name=f"track {number}",
                path=f"takes/drums/{number}.wav",
                role="snare",
                gain_db=-3.5,
                reasons=("It stands 3 LU below the vocal.",),
                compressor=squeeze,
                eq=bands,
                rides=(Ride(at_s=10.0, gain_db=0.5), Ride(at_s=40.0, gain_db=-0.5)),
            )
            for number in range(tracks)
        ),
    )


def _said(plan: MixPlan, takes: int) -> dict[str, dict[str, object]]:
    sheet = [
        {"name": f"{k}.wav", "verdict": "keeper", "tone": "ok", "figures": "−20 LUFS", "wave": WAVE, "findings": []}
        for k in range(takes)
    ]
    strips = [
        {"name": track.name, "role": "snare", "gain": "+1.0 LU", "pan": "centre", "steps": "High-pass at 80 Hz."}
        for track in plan.tracks
    ]
    return {
        "tracking": {"takes": sheet},
        "editing": {"parts": [{"part": part, "says": "Comped.", "lanes": WAVE} for part in PARTS]},
        "mixing": {
            "says": "It is balanced.",
            "supplied": False,
            "strips": strips,
            "figures": [{"name": "Loudness", "value": -14.0, "unit": "LUFS"}],
        },
    }
