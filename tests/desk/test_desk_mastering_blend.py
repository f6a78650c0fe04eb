"""How far toward the references: mixed as it is sent, equally loud, and made as it was heard."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from desk.songs_kit import Asked
from django.test import Client

from controlroom.base.progress import SILENT
from controlroom.desk import works
from controlroom.desk.accounts.models import User
from controlroom.desk.mastering import blending
from controlroom.desk.mastering.blending import Levels
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.mastering.wishes import Amounts, Chosen, Wishes, wishes_of
from controlroom.desk.songs import actions as song_actions
from controlroom.desk.songs import blobs, pcm
from controlroom.desk.songs.models import Recording, Song
from controlroom.rooms.mastering.reference import blend
from controlroom.sound.files import Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio

RATE_HZ = 48000


@pytest.fixture
def reference(producer: User, song: Song, wav: Callable[..., Path]) -> Recording:
    row = song_actions.arrive(producer.actor, song, wav("r.wav", seconds=6.0), kind="reference", name="A Record.wav")
    works.WORKS["songs.analyse"].run(SILENT, recording=row.pk)
    row.refresh_from_db()
    return row


def made(mix: Recording, wishes: Wishes) -> Mastering:
    """A master, listened to, with its samples at the song's clock."""
    result = works.WORKS["mastering.make"].run(SILENT, mix=mix.pk, wishes=wishes.to_json())
    row = Mastering.objects.select_related("master__blob", "master__song", "mix").get(pk=result["mastering"])
    works.WORKS["songs.analyse"].run(SILENT, recording=row.master_id)
    works.WORKS["songs.pcm"].run(SILENT, recording=row.master_id, rate_hz=RATE_HZ)
    return row


@pytest.fixture
def toward(heard: Recording, reference: Recording) -> Mastering:
    return made(heard, Wishes(target="-14", references=(Chosen(recording=reference.pk),)))


def noises(shared: float, frames: int = 5 * RATE_HZ) -> tuple[Audio, Audio]:
    """Two signals that share so much of their power."""
    rng = np.random.default_rng(5)
    both, *own = rng.normal(0, 1, (3, 2, frames))
    mixed = [np.sqrt(shared) * both + np.sqrt(1 - shared) * each for each in own]
    return Audio((0.2 * mixed[0]).astype(np.float32), RATE_HZ), Audio((0.05 * mixed[1]).astype(np.float32), RATE_HZ)


@pytest.mark.parametrize("shared", [1.0, 0.9, 0.4])
@pytest.mark.parametrize("percent", [0, 10, 30, 80, 100])
def test_the_loudness_of_a_mixture_is_known_from_that_of_half_of_each(shared: float, percent: int) -> None:
    plain, toward = noises(shared)
    ends = Levels(*(measure_loudness(one).integrated_lufs for one in (plain, toward)))
    half_lufs = measure_loudness(blend(plain, toward, ends.share(50))).integrated_lufs
    levels = Levels(ends.plain_lufs, ends.toward_lufs, half_lufs)
    found = measure_loudness(blend(plain, toward, levels.share(percent))).integrated_lufs
    assert levels.lufs(percent) == pytest.approx(found, abs=0.1)


def test_both_ends_count_as_if_they_were_equally_loud() -> None:
    plain, toward = noises(0.0)
    levels = Levels(*(measure_loudness(one).integrated_lufs for one in (plain, toward)))
    share = levels.share(50)
    assert share * np.std(toward.samples) == pytest.approx((1 - share) * np.std(plain.samples), rel=0.02)
    assert Levels(None, -14.0).share(30) == pytest.approx(0.3)
    assert Levels(None, None).lufs(30) is None


@pytest.mark.parametrize(("start", "stop"), [(0, 10), (3, 70), (57, 58), (61, 5000), (100_001, 300_003), (0, None)])
def test_a_wav_that_nobody_writes_has_the_bytes_of_one_that_was_written(
    start: int, stop: int | None, tmp_path: Path
) -> None:
    signal, _ = noises(0.5, 70_000)
    write(tmp_path / "written.wav", signal, Format("wav", 32))
    written, made = (tmp_path / "written.wav").read_bytes(), pcm.Wav.of(signal)
    assert made.size == len(written)
    stop = made.size if stop is None else stop
    assert b"".join(made.sent(start, stop)) == written[start:stop]


@pytest.mark.django_db
def test_the_other_end_is_made_once_and_what_lies_between_is_mixed(
    toward: Mastering, client_of: Client, asked: list[Asked]
) -> None:
    url = f"/masterings/{toward.pk}/blend/50/"
    assert client_of.get(url).status_code == 404  # nobody asked for it
    client_of.post(url)
    assert asked[-1].name == "mastering.blend"
    works.WORKS["mastering.blend"].run(SILENT, **asked[-1].arguments)
    facts = client_of.get(url).json()
    assert facts["level_lufs"] == pytest.approx(-14.0, abs=0.3)
    sound = client_of.get(facts["url"])
    samples, rate_hz = soundfile.read(io.BytesIO(b"".join(sound)), dtype="float32", always_2d=True)  # type: ignore[call-overload]
    assert (rate_hz, samples.shape) == (RATE_HZ, (facts["frames"], facts["channels"]))
    heard = measure_loudness(Audio(np.ascontiguousarray(samples.T), RATE_HZ)).integrated_lufs
    assert heard == pytest.approx(facts["level_lufs"], abs=0.1)
    size = 4 * facts["channels"]
    part = client_of.get(
        facts["url"], headers={"range": f"bytes={facts['offset'] + 100 * size}-{facts['offset'] + 200 * size - 1}"}
    )
    assert part.status_code == 206
    assert b"".join(part) == np.ascontiguousarray(samples[100:200]).tobytes()
    whole = client_of.get(f"/masterings/{toward.pk}/blend/100/sound")
    own, _ = soundfile.read(blobs.path_of(toward.master.blob), dtype="float32", always_2d=True)
    mixed, _ = soundfile.read(io.BytesIO(b"".join(whole)), dtype="float32", always_2d=True)  # type: ignore[call-overload]
    assert np.array_equal(own, mixed)
    assert Recording.objects.filter(kind="master").count() == 1  # it is no version of the song
    assert client_of.get(f"/masterings/{toward.pk}/blend/55/").status_code == 404


@pytest.mark.django_db
def test_what_was_heard_is_made(toward: Mastering, client_of: Client, asked: list[Asked]) -> None:
    url = f"/masterings/{toward.pk}/blend/"
    assert client_of.post(url, {"share": "50"}).status_code == 302
    wishes = wishes_of(asked[-1].arguments["wishes"])
    assert wishes.amounts == Amounts(tone=0.5, dynamics=0.25, width=0.25, loudness=0.0)
    assert (wishes.target, wishes.references) == ("-14", wishes_of(toward.wishes).references)
    client_of.post(url, {"share": "0"})
    assert wishes_of(asked[-1].arguments["wishes"]) == Wishes(target="-14")
    assert client_of.post(url, {"share": "100"})["Location"].endswith(f"?made={toward.pk}")  # it is there already
    assert client_of.post(url, {"share": "33"}).status_code == 422


@pytest.mark.django_db
def test_a_master_without_references_goes_toward_those_of_its_song(
    heard: Recording, reference: Recording, client_of: Client, asked: list[Asked]
) -> None:
    plain = made(heard, Wishes(target="-14", codec_safe=True))
    page = client_of.get(f"/recordings/{heard.pk}/master/").content.decode()
    assert "Toward A Record.wav" in page
    assert 'data-own="0"' in page
    client_of.post(f"/masterings/{plain.pk}/blend/", {"share": "100"})
    wishes = wishes_of(asked[-1].arguments["wishes"])
    assert (wishes.references, wishes.amounts) == ((Chosen(recording=reference.pk),), Amounts())
    client_of.post(f"/masterings/{plain.pk}/blend/70/")
    works.WORKS["mastering.blend"].run(SILENT, **asked[-1].arguments)
    assert client_of.get(f"/masterings/{plain.pk}/blend/70/").status_code == 200
    song_actions.archive_recording(User.objects.get(role="producer").actor, reference)
    assert client_of.get(f"/masterings/{plain.pk}/blend/70/").status_code == 404
    assert 'id="blend"' not in client_of.get(f"/recordings/{heard.pk}/master/").content.decode()


@pytest.mark.django_db
def test_a_plan_by_hand_has_no_other_end(heard: Recording, reference: Recording) -> None:
    row = made(heard, Wishes(plan="rate_hz = 48000\ntarget_lufs = -16.0\n"))
    assert blending.ends_of(row, [reference]) is None


@pytest.mark.django_db
def test_readers_hear_it_and_make_nothing(
    toward: Mastering, reader: User, stranger: User, as_user: Callable[[User], Client], asked: list[Asked]
) -> None:
    client = as_user(reader)
    client.post(f"/masterings/{toward.pk}/blend/50/")
    assert asked[-1].name == "mastering.blend"
    assert client.post(f"/masterings/{toward.pk}/blend/", {"share": "50"}).status_code == 403
    page = client.get(f"/recordings/{toward.mix_id}/master/").content.decode()
    assert "−14 LUFS, toward references, tone 100 %" in page
    assert 'name="share"' in page
    assert "Make a master of it" not in page
    for path in ("blend/50/", "blend/50/sound"):
        assert as_user(stranger).get(f"/masterings/{toward.pk}/{path}").status_code == 404
