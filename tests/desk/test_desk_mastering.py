"""The mastering desk: a master is asked for, made once, kept whole or not at all; who may see and do what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from desk.songs_kit import Asked
from django.http import QueryDict
from django.test import Client

from controlroom.base.canonical import from_toml
from controlroom.base.errors import Cancelled, UsageError
from controlroom.base.progress import SILENT
from controlroom.desk import works
from controlroom.desk.accounts.actor import NotAllowed
from controlroom.desk.accounts.models import User
from controlroom.desk.mastering import actions, steps
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.mastering.wishes import Chosen, Wishes, wishes_in, wishes_of
from controlroom.desk.songs import actions as song_actions
from controlroom.desk.songs import blobs, renditions
from controlroom.desk.songs.models import Recording, Song
from controlroom.rooms.mastering import MasterPlan
from controlroom.sound.files import AudioFile
from controlroom.sound.meter import measure_loudness

pytestmark = pytest.mark.django_db


def made(mix: Recording, wishes: Wishes) -> Mastering:
    """Do at once what the job would."""
    result = works.WORKS["mastering.make"].run(SILENT, mix=mix.pk, wishes=wishes.to_json())
    return Mastering.objects.select_related("master__blob").get(pk=result["mastering"])


@pytest.fixture
def loud(heard: Recording) -> Mastering:
    return made(heard, Wishes(target="-14"))


@pytest.fixture
def reference(producer: User, song: Song, wav: Callable[..., Path]) -> Recording:
    """A reference of twelve seconds, listened to."""
    path = wav("record.wav", seconds=12.0)
    row = song_actions.arrive(producer.actor, song, path, kind="reference", name="A Record.wav")
    works.WORKS["songs.analyse"].run(SILENT, recording=row.pk)
    row.refresh_from_db()
    return row


def test_a_master_is_a_version_of_its_song_at_its_target(loud: Mastering, heard: Recording) -> None:
    master = loud.master
    assert (master.kind, master.label, master.song_id) == ("master", "Master 1", heard.song_id)
    assert master.says == "Of Mix 1, −14 LUFS"
    with AudioFile(blobs.path_of(master.blob)) as file:
        found = measure_loudness(file)
        assert file.frames == heard.frames
    assert found.integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert found.true_peak_dbtp is not None
    assert found.true_peak_dbtp <= -1.0
    assert loud.facts["after"]["integrated_lufs"] == pytest.approx(found.integrated_lufs, abs=0.02)
    assert from_toml(loud.plan, MasterPlan).target_lufs == -14.0
    assert master.song.events.filter(recording=master, kind="made").exists()


def test_the_song_moves_on_to_mastering_and_a_demo_does_not(
    loud: Mastering, producer: User, wav: Callable[..., Path]
) -> None:
    loud.mix.song.refresh_from_db()
    assert loud.mix.song.stage == "mastering"
    early = song_actions.create_song(producer.actor, title="Undertow")
    demo = song_actions.arrive(producer.actor, early, wav("demo.wav"), kind="demo", name="demo.wav")
    works.WORKS["songs.analyse"].run(SILENT, recording=demo.pk)
    made(Recording.objects.get(pk=demo.pk), Wishes(target="-14"))
    early.refresh_from_db()
    assert (early.stage, early.demo_state) == ("demo", "new")


def test_the_same_master_is_not_made_twice(loud: Mastering, producer: User, asked: list[Asked]) -> None:
    again = actions.make_master(producer.actor, loud.mix, Wishes(target="-14"))
    assert again == loud
    assert not [each for each in asked if each.name == "mastering.make"]
    assert made(loud.mix, Wishes(target="-14")) == loud  # the job, run once more after a crash
    assert Recording.objects.filter(kind="master").count() == 1
    other = actions.make_master(producer.actor, loud.mix, Wishes(target="-14", ceiling_dbtp=-2.0))
    assert isinstance(other, Asked)


def test_what_was_put_away_comes_back_instead_of_being_made_anew(loud: Mastering, producer: User) -> None:
    song_actions.archive_recording(producer.actor, loud.master)
    actions.make_master(producer.actor, loud.mix, Wishes(target="-14"))
    loud.master.refresh_from_db()
    assert loud.master.archived_at is None


def test_called_off_it_leaves_nothing(heard: Recording, fresh_home: Path) -> None:
    def stop(done: float, total: float, what: str = "") -> None:
        if done / total > 0.5:
            raise Cancelled

    before = set((fresh_home / "blobs").rglob("*"))
    with pytest.raises(Cancelled):
        works.WORKS["mastering.make"].run(stop, mix=heard.pk, wishes=Wishes(target="-9").to_json())
    assert not Mastering.objects.exists()
    assert not Recording.objects.filter(kind="master").exists()
    assert set((fresh_home / "blobs").rglob("*")) == before
    assert not list((fresh_home / "work").glob("making-*"))


def test_steps_that_are_not_ticked_are_left_out_of_the_next_one(heard: Recording) -> None:
    shelf = 'kind = "highshelf"\nfreq_hz = 8000.0\ngain_db = 1.5\nreason = "More air."'
    text = f"rate_hz = 48000\ntarget_lufs = -16.0\n[[tone]]\n{shelf}\n[high_pass]\nfreq_hz = 20.0\n"
    first = made(heard, Wishes(plan=text))
    assert [step.key for step in steps.steps_of(from_toml(first.plan, MasterPlan))] == [
        "high_pass",
        "tone 8000 stereo",
        "limit",
    ]
    second = made(heard, Wishes(plan=text, off=("tone 8000 stereo",)))
    plan = from_toml(second.plan, MasterPlan)
    assert plan.tone == ()
    assert plan.high_pass is not None
    assert from_toml(second.proposal, MasterPlan).tone  # it can be ticked again
    said = steps.changes_of(from_toml(first.plan, MasterPlan), first.facts["steps"], first.facts["taken"])
    assert said["tone 8000 stereo"].startswith("Loudness +0.")  # a shelf over the noise of the mix
    assert second.master != first.master


def test_steps_read_as_an_engineer_writes_them() -> None:
    plan = from_toml(
        "rate_hz = 48000\n[[width]]\nfrom_hz = 0.0\nto_hz = 120.0\nside_db = -1.5\nreason = 'It is -16.5 dB here.'\n"
        "[[width]]\nfrom_hz = 4000.0\nto_hz = 0.0\nside_db = 2.0\n",
        MasterPlan,
    )
    below, above, _ = steps.steps_of(plan)
    assert (below.what, below.reason) == ("sides −1.5 dB below 120 Hz", "It is −16.5 dB here.")
    assert above.what == "sides +2.0 dB from 4 kHz up"
    done = [{"name": "width", "loudness_change_lu": -0.6, "peak_change_db": -1.8, "most_db": 3.1}]
    said = steps.changes_of(plan, done, {})
    assert said[above.key] == "Loudness −0.6 LU, peaks −1.8 dB, 3.1 dB at most in a moment."


def test_a_master_goes_toward_its_reference_and_says_how_near_it_came(heard: Recording, reference: Recording) -> None:
    wishes = Wishes(target="-14", references=(Chosen(recording=reference.pk),))
    found = made(heard, wishes)
    assert found.facts["beside"]["names"] == ["A Record.wav"]
    plan = from_toml(found.plan, MasterPlan)
    assert any("A Record.wav" in reason for reason in plan.reasons)
    assert wishes_of(found.wishes) == wishes


def test_a_master_for_vinyl_is_held_against_the_rules_of_the_cutter(heard: Recording) -> None:
    found = made(heard, Wishes(target="vinyl"))
    plan = from_toml(found.plan, MasterPlan)
    assert plan.target_lufs is None
    assert plan.limit.ceiling_dbtp == -3.0
    assert {"phase below 150 Hz", "sibilants"} <= {check["name"] for check in found.facts["checks"]}


def test_the_form_says_what_is_wished() -> None:
    sent = QueryDict(
        "target=-9&ceiling_dbtp=−2&codec_safe=on&reference=5&weight_5=50&reference=6&weight_6=0&added=8"
        "&amount_tone=80&step=glue&step=clip&on=clip"
    )
    wishes = wishes_in(sent)
    assert (wishes.target, wishes.ceiling_dbtp, wishes.codec_safe, wishes.off) == ("-9", -2.0, True, ("glue",))
    assert wishes.references == (Chosen(recording=5, weight=0.5), Chosen(recording=8, weight=1.0))
    assert wishes.amounts.tone == 0.8


@pytest.mark.parametrize(
    ("field", "says"),
    [("target=louder", "There is none|there is none"), ("ceiling_dbtp=3", "between"), ("ceiling_dbtp=x", "no number")],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(field: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        wishes_in(QueryDict(field))


def test_a_refused_form_keeps_what_was_typed_beside_its_sentence(heard: Recording, client_of: Client) -> None:
    answer = client_of.post(f"/recordings/{heard.pk}/master/make/", {"target": "-9", "ceiling_dbtp": "5"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "5 dBTP is no ceiling" in page
    assert 'value="5"' in page
    assert 'value="-9" checked' in page


def test_the_page_before_and_after(heard: Recording, client_of: Client, asked: list[Asked]) -> None:
    url = f"/recordings/{heard.pk}/master/"
    page = client_of.get(url).content.decode()
    assert "What was measured" in page
    assert page.count("btn main") == 1
    answer = client_of.post(f"{url}make/", {"target": "-14"})
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert asked[-1].name == "mastering.make"
    kept = made(heard, wishes_of(asked[-1].arguments["wishes"]))
    waiting = client_of.get(f"{url}news/?seen=0", headers={"hx-request": "true"})
    assert "being listened to" in waiting.content.decode()
    works.WORKS["songs.analyse"].run(SILENT, recording=kept.master_id)
    came = client_of.get(f"{url}news/?seen=0", headers={"hx-request": "true"})
    assert came["HX-Redirect"] == f"{url}?made={kept.pk}"
    page = client_of.get(came["HX-Redirect"]).content.decode()
    assert "Before and after" in page
    assert "After, Master 1" in page
    assert client_of.get(f"/recordings/{kept.master_id}/master/")["Location"] == f"{url}?made={kept.pk}"
    again = client_of.post(f"{url}make/", {"target": "-14"})
    assert again["Location"] == f"{url}?made={kept.pk}"


def test_a_page_that_shows_a_master_is_told_of_the_next(loud: Mastering, client_of: Client) -> None:
    other = made(loud.mix, Wishes(target="-9"))
    works.WORKS["songs.analyse"].run(SILENT, recording=other.master_id)
    news = client_of.get(f"/recordings/{loud.mix_id}/master/news/?seen={loud.pk}", headers={"hx-request": "true"})
    assert "Hear Master 2" in news.content.decode()  # nothing is taken away from who listens
    works.WORKS["songs.analyse"].run(SILENT, recording=loud.master_id)
    older = client_of.get(f"/recordings/{loud.mix_id}/master/?made={loud.pk}").content.decode()
    assert "After, Master 1" in older
    assert "Hear Master 2" not in older  # it is no news: it stands among the masters


def test_a_plan_that_somebody_changed_makes_another_master(
    loud: Mastering, client_of: Client, asked: list[Asked]
) -> None:
    url = f"/recordings/{loud.mix_id}/master/plan/?made={loud.pk}"
    assert "target_lufs" in client_of.get(url).content.decode()
    refused = client_of.post(url, {"target_lufs": "loud"})
    assert refused.status_code == 422
    assert 'value="loud"' in refused.content.decode()
    assert client_of.post(url, {"target_lufs": "-16"}).status_code == 302
    kept = made(loud.mix, wishes_of(asked[-1].arguments["wishes"]))
    assert kept.facts["after"]["integrated_lufs"] == pytest.approx(-16.0, abs=0.1)


def test_what_was_not_listened_to_says_so(mix: Recording, producer: User, client_of: Client) -> None:
    assert "Not listened to yet" in client_of.get(f"/recordings/{mix.pk}/master/").content.decode()
    with pytest.raises(UsageError, match="still being listened to"):
        actions.make_master(producer.actor, mix, Wishes())
    assert client_of.get(f"/recordings/{mix.pk}/master/plan/").status_code == 422


def test_a_reference_of_another_studio_is_none(heard: Recording, producer: User) -> None:
    with pytest.raises(UsageError, match="not there any more"):
        actions.make_master(producer.actor, heard, Wishes(references=(Chosen(recording=99_999),)))


def test_who_may_only_read_makes_nothing(heard: Recording, reader: User, as_user: Callable[[User], Client]) -> None:
    with pytest.raises(NotAllowed):
        actions.make_master(reader.actor, heard, Wishes())
    client = as_user(reader)
    page = client.get(f"/recordings/{heard.pk}/master/").content.decode()
    assert "What was measured" in page
    assert "Make the master" not in page
    assert client.post(f"/recordings/{heard.pk}/master/make/", {"target": "-9"}).status_code == 403
    assert client.post(f"/recordings/{heard.pk}/translation/").status_code == 403


def test_strangers_find_nothing(loud: Mastering, stranger: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(stranger)
    for path in ("master/", "master/plan/", "master/news/", "translation/", "on/phone/", "on/phone/sound"):
        assert client.get(f"/recordings/{loud.mix_id}/{path}").status_code == 404
    assert Client().get(f"/recordings/{loud.mix_id}/master/").status_code == 302


def test_a_mix_that_an_earlier_version_heard_is_played_and_listened_to_again(
    loud: Mastering, client_of: Client
) -> None:
    works.WORKS["songs.analyse"].run(SILENT, recording=loud.master_id)
    renditions.keep_bytes(loud.mix, "survey", b'{"engine": 1, "other": "fields"}')
    answer = client_of.get(f"/recordings/{loud.mix_id}/master/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "heard by an earlier version" in page
    assert "Listen again" in page
    assert "After, Master 1" in page
    assert "Masters of Mix 1" in page
    assert "Make the master" not in page
