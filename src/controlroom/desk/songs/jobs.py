"""What is done with recordings in the background. Each may be run again: it comes to the same end."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, When
from django.utils import timezone

from controlroom.base.canonical import from_json, to_json
from controlroom.base.errors import Cancelled, ControlroomError, InputRefused
from controlroom.base.progress import Progress, scaled
from controlroom.desk.accounts.actor import house
from controlroom.desk.songs import actions, blobs, company, listening, media, renditions, signals
from controlroom.desk.songs.models import VERSION_KINDS, Recording, Song
from controlroom.desk.works import routine, work

LIGHT_KBPS = 192
LEFT_AFTER = timedelta(seconds=60)

log = logging.getLogger(__name__)


def _recording(pk: int) -> Recording:
    return Recording.objects.select_related("blob", "song", "part").get(pk=pk)


@work("songs.listen", queue="quick")
def listen(progress: Progress, *, song: int) -> dict[str, Any]:
    """Listen to everything of a song that nobody has listened to yet, versions before takes, in one go."""
    done: list[int] = []
    arrived = Recording.objects.filter(song=song, state="arrived", archived_at=None)
    versions_first = Case(When(kind__in=VERSION_KINDS, then=0), default=1)
    while (row := arrived.exclude(pk__in=done).order_by(versions_first, "pk").first()) is not None:
        whole = len(done) + arrived.exclude(pk__in=done).count()
        part = scaled(progress, len(done) / whole, (len(done) + 1) / whole, row.label)
        part(0.0, 1.0)
        _analyse_one(part, row)
        done.append(row.pk)
    _prepare(Song.objects.get(pk=song))
    return {"says": f"Listened to {len(done)} of them." if len(done) != 1 else "Listened to it."}


def _analyse_one(progress: Progress, row: Recording) -> None:
    """One of many: a file that is gone waits for its return, one that breaks us does not hold up the others."""
    try:
        analyse(progress, recording=row.pk)
    except Cancelled:
        raise
    except ControlroomError as error:
        log.warning("%s: %s", row.pk, error)
    except Exception:
        log.exception("listening to recording %s", row.pk)
        _refuse(
            row, f"{row.name}: something broke here while listening to it. Try again, or send it in another format."
        )


@routine(every_s=30.0)
def listen_to_what_was_left() -> None:
    """Ask again for what arrived in the very moment when its song's job ended."""
    left = Recording.objects.filter(state="arrived", archived_at=None, created_at__lt=timezone.now() - LEFT_AFTER)
    for row in left.select_related("song", "blob").order_by("pk")[:50]:
        if blobs.is_kept(row.blob):
            actions.ask_analysis(row)


@work("songs.analyse", queue="quick")
def analyse(progress: Progress, *, recording: int) -> dict[str, Any]:
    """Listen to what arrived: what it is, how loud, which tempo and key, and what its waveform looks like."""
    from controlroom.desk.songs.analysis import hear
    from controlroom.desk.songs.pictures import pictures_of
    from controlroom.production.listening import in_company
    from controlroom.rooms.listening.queue import need_of

    row = _recording(recording)
    path = blobs.path_of(row.blob)
    try:
        heard = hear(path, row.name, row.kind, progress)
    except InputRefused as error:
        return _refuse(row, str(ControlroomError(row.name, error.why, error.next_step)))
    report = in_company(heard.report, heard.survey.spectrum, company.company_of(row)) if heard.report else None
    told = report.to_json() if report else None
    kin = company.kin_of(row, told, heard.fingerprint) if told and heard.fingerprint else None
    pieces = {
        "survey": to_json(heard.survey),
        "peaks": heard.peaks,
        "fingerprint": heard.fingerprint,
        "pictures": to_json(pictures_of(heard.survey, row.label)),
        "heard": to_json(heard.drawn) if heard.drawn else None,
        "kin": to_json(kin) if kin else None,
    }
    for kind, data in pieces.items():
        if data is not None:
            renditions.keep_bytes(row, kind, data)
    if report:
        need, why = need_of(report, company.known_as(kin))
        renditions.keep_bytes(row, "listening", to_json(told), {"need": need, "why": why})
    _keep(row, heard)
    signals.heard.send(sender=Recording, recording=row)
    return {"says": f"{row.label} was listened to"}


def _refuse(row: Recording, sentence: str) -> dict[str, Any]:
    with transaction.atomic():
        told = row.state == "refused"
        Recording.objects.filter(pk=row.pk).update(state="refused", refusal=sentence)
        if not told:
            actions.tell(house(row.studio_id), row.song, "said", sentence, row)
    return {"says": sentence}


@transaction.atomic
def _keep(row: Recording, heard: Any) -> None:
    """What was measured, on the recording; its tempo and key, where its song has none."""
    info, loudness = heard.info, heard.survey.loudness
    row.state, row.refusal = "heard", ""
    row.rate_hz, row.channels, row.frames, row.codec = info.rate_hz, info.channels, info.frames, info.codec
    row.samples_sha256 = heard.samples_sha256
    row.integrated_lufs, row.range_lu = loudness.integrated_lufs, loudness.range_lu
    row.true_peak_dbtp = loudness.true_peak_dbtp
    row.info, row.findings = from_json(to_json(info), dict), heard.findings
    row.save(
        update_fields=[
            *("state", "refusal", "rate_hz", "channels", "frames", "codec", "samples_sha256"),
            *("integrated_lufs", "range_lu", "true_peak_dbtp", "info", "findings"),
        ]
    )
    if heard.report and row.kind in VERSION_KINDS:
        _tempo_and_key(row, heard.report)


def _tempo_and_key(row: Recording, report: Any) -> None:
    song = Song.objects.select_for_update().get(pk=row.song_id)
    lines = []
    if song.tempo_bpm is None and report.rhythm.tempo_bpm is not None:
        song.tempo_bpm = round(report.rhythm.tempo_bpm, 1)
        song.meter = song.meter or report.rhythm.meter or ""
        lines.append(f"{song.tempo_bpm:g} BPM (confidence {report.rhythm.tempo_confidence:.2f})")
    if not song.key and report.harmony.key:
        song.key = report.harmony.key
        lines.append(f"{song.key} (confidence {report.harmony.key_confidence:.2f})")
    if lines:
        song.save(update_fields=["tempo_bpm", "meter", "key"])
        actions.tell(house(row.studio_id), song, "decided", f"Heard in {row.label}: {', '.join(lines)}", row)


def _prepare(song: Song) -> None:
    """Have every version and reference ready at the song's clock, so that comparing them begins at once.

    Once all that arrived together was heard: each of them may set another clock.
    """
    clock_hz = listening.clock_hz(song)
    rows = song.recordings.filter(kind__in=[*VERSION_KINDS, "reference"], archived_at=None, state="heard")
    for row in rows.exclude(renditions__kind=f"pcm-{clock_hz}").select_related("blob"):
        if blobs.is_kept(row.blob):
            media.ask_pcm(row, clock_hz)


@work("songs.pcm", queue="quick", first=True)
def pcm(progress: Progress, *, recording: int, rate_hz: int) -> dict[str, Any]:
    """The recording as a WAV at that rate; a WAV that has it already is taken as it is."""
    from controlroom.desk.songs.pcm import facts_of_original, make_pcm
    from controlroom.sound.files import probe

    row, kind = _recording(recording), f"pcm-{rate_hz}"
    path = blobs.path_of(row.blob)
    sound = not any(finding["code"] == "nonfinite_samples" for finding in row.findings)
    facts = facts_of_original(path, probe(path), rate_hz) if sound else None
    if facts:
        renditions.keep_blob(row, kind, row.blob, facts)
    else:
        with renditions.scratch() as folder:
            target = folder / "pcm.wav"
            facts = make_pcm(path, target, rate_hz, progress)
            renditions.keep_file(row, kind, target, facts)
    return facts


@work("songs.light", queue="quick", first=True)
def light(progress: Progress, *, recording: int) -> None:
    """A small stream for a phone: AAC, stereo, at most 48 kHz."""
    from controlroom.sound.files import AudioFile, Format, write
    from controlroom.sound.resample import Resampled
    from controlroom.sound.signal import Channels, Signal

    row = _recording(recording)
    with AudioFile(blobs.path_of(row.blob)) as file, renditions.scratch() as folder:
        signal: Signal = Channels(file, (0, 1)) if file.channels > 2 else file
        if file.rate_hz not in (44100, 48000):
            signal = Resampled(signal, 44100 if file.rate_hz % 11025 == 0 else 48000)
        target = folder / "light.m4a"
        write(target, signal, Format("aac", bitrate_kbps=LIGHT_KBPS), progress=progress)
        renditions.keep_file(row, "light", target)
