"""Plans read, replaced and discarded by name, and as forms."""

from __future__ import annotations

import shutil

import pytest

from controlroom.base.canonical import to_toml
from controlroom.base.errors import UsageError
from controlroom.production.material import read_material
from controlroom.production.options import Options
from controlroom.production.plan_fields import Field, Group, plan_fields, with_changes
from controlroom.production.plans import discard_plan, stage_plans, write_plan
from controlroom.production.walk import produce_song
from controlroom.rooms.delivery import DeliveryPlan
from controlroom.rooms.mixing import MixPlan


@pytest.fixture
def plans(produced):
    return stage_plans(produced[0] / "out")


def fields_of(form: Group) -> dict[str, Field]:
    return {field.path: field for group in form.every_group() for field in group.fields}


def as_sent(field: Field) -> str:
    """A value as a browser sends it."""
    return "" if field.value is None else str(field.value).lower() if field.kind == "flag" else str(field.value)


def test_every_room_that_plans_has_its_plans_in_order(plans):
    names = list(plans)
    assert names[-3:] == ["mix", "master", "delivery"]
    assert "edit/drums" in names[:-3]
    assert not any(plan.edited for plan in plans.values())
    assert isinstance(plans["mix"].read(), MixPlan)


def test_what_the_house_proposed_can_be_written_back(plans, tmp_path, produced):
    out = tmp_path / "out"
    shutil.copytree(produced[0] / "out", out)
    for name, plan in plans.items():
        write_plan(out, name, plan.text)
    assert not any(plan.edited for plan in stage_plans(out).values())


def test_a_form_sent_back_untouched_is_the_same_plan(plans):
    for each in plans.values():
        plan = each.read()
        sent = {path: as_sent(field) for path, field in fields_of(plan_fields(plan)).items() if not field.fixed}
        assert with_changes(plan, sent) == plan


def test_a_changed_plan_is_kept_rendered_and_can_be_discarded(again):
    folder = again()
    out, material = folder / "out", read_material(folder)
    produce_song(material, out)
    before = (out / "masters" / "Empty Room.wav").stat().st_mtime_ns
    plan = stage_plans(out)["master"]
    write_plan(out, "master", to_toml(with_changes(plan.read(), {"target_lufs": "-18", "relief": None})))
    assert stage_plans(out)["master"].edited
    walk = produce_song(material, out, Options(until="mastering"))
    assert walk.story.the_master.facts.loudness.integrated_lufs == pytest.approx(-18.0, abs=0.1)
    assert walk.story.the_master.plan.relief is None
    assert (out / "masters" / "Empty Room.wav").stat().st_mtime_ns > before
    assert stage_plans(out)["master"].edited
    discard_plan(out, "master")
    walk = produce_song(material, out, Options(until="mastering"))
    assert walk.story.the_master.facts.loudness.integrated_lufs > -17.0
    assert not stage_plans(out)["master"].edited


def test_a_field_says_what_it_is(plans):
    fields = fields_of(plan_fields(plans["mix"].read()))
    gain, pan, bus = fields["tracks.0.gain_db"], fields["tracks.0.pan"], fields["tracks.0.bus"]
    assert (gain.label, gain.kind, gain.unit) == ("Gain", "number", "dB")
    assert (pan.at_least, pan.at_most) == (-1.0, 1.0)
    assert bus.kind == "choice"
    assert set(bus.choices) >= {"drums", "vocals"}
    assert fields["tracks.0.mute"].kind == "flag"
    assert fields["tracks.0.role"].fixed
    assert fields["tracks.0.sends.plate"].optional
    track = plan_fields(plans["mix"].read()).groups[0].groups[0]
    assert track.label == plans["mix"].read().tracks[0].name
    assert track.reasons
    edit = fields_of(plan_fields(plans["edit/drums"].read()))
    assert edit["segments.0.take"].choices == ("take 1", "take 2")


def test_steps_and_entries_are_added_and_taken_out(plans):
    mix, master, edit = (plans[name].read() for name in ("mix", "master", "edit/drums"))
    silent = with_changes(mix, {"tracks.0.sends.plate": "", "tracks.0.sends.room": -30.0})
    assert silent.tracks[0].sends == {"room": -30.0}
    k, track = next((k, track) for k, track in enumerate(mix.tracks) if track.compressor)
    place = f"tracks.{k}.eq.{len(track.eq)}"
    band = {f"{place}.kind": "bell", f"{place}.freq_hz": "400", f"{place}.gain_db": "-2.5"}
    more = with_changes(mix, band | {f"tracks.{k}.compressor": None})
    assert (more.tracks[k].eq[-1].freq_hz, more.tracks[k].eq[-1].gain_db) == (400.0, -2.5)
    assert more.tracks[k].compressor is None
    assert with_changes(more, {place: None}).tracks[k].eq == track.eq
    again = with_changes(more, {f"tracks.{k}.compressor.threshold_db": -20})
    assert again.tracks[k].compressor.threshold_db == -20.0
    assert master.high_pass is None
    assert with_changes(master, {"high_pass.freq_hz": 30}).high_pass.freq_hz == 30.0
    assert with_changes(master, {"high_pass.freq_hz": ""}) == master
    one = with_changes(edit, {f"segments.{k}": None for k in range(1, len(edit.segments))})
    assert one.segments == edit.segments[:1]


@pytest.mark.parametrize(
    ("name", "path", "value", "says"),
    [
        ("mix", "tracks.0.pan", "2", "pan"),
        ("mix", "tracks.0.gain_db", "loud", "a number"),
        ("mix", "tracks.0.gain_db", "nan", "between -200 and 60"),
        ("mix", "tracks.0.gain_db", "-inf", "between -200 and 60"),
        ("mix", "tracks.0.bus", "choir", "choir"),
        ("mix", "tracks.99.gain_db", "1", "no such place"),
        ("mix", "tracks.0.name", "Other", "no such place"),
        ("mix", "tracks.0", None, "no such place"),
        ("master", "limit.ceiling_dbtp", "3", "between -20 and 0"),
        ("master", "rate_hz", "", "rate_hz: it may not be left out"),
        ("mix", "reverbs.0.decay_s", None, r"reverbs\.0\.decay_s: it may not"),
        ("master", "limit.release_ms", "0", "between"),
        ("delivery", "name", "../../Song", "no name for a file"),
        ("delivery", "items.0.bits", "20", "items.0.bits"),
        ("delivery", "items.1.bits", "32", "32 bits"),
        ("edit/drums", "segments.0.take", "take 9", "take 9"),
        ("edit/drums", "fade_in_ms", "-1", "fade"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_place(plans, name, path, value, says):
    with pytest.raises(UsageError, match=says):
        with_changes(plans[name].read(), {path: value})


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("mix", "gain_db = ", "gain_bd = ", "gain_bd"),
        ("mix", "ratio = ", "ration = ", r"tracks\.\d+\.compressor\.ration"),
        ("master", "target_lufs = -", 'target_lufs = "loud"\n# ', "target_lufs"),
        ("master", "target_lufs = -", "target_lufs = nan\n# ", "target_lufs"),
        ("master", "target_lufs = -", "target_lufs = \n# ", "line 3"),
        ("delivery", 'kind = "flac"', 'kind = "aiff"', "items.1.kind"),
        ("edit/drums", "crossfade_ms = 6.0", "crossfade_ms = inf", "crossfade_ms"),
    ],
)
def test_text_that_cannot_be_meant_is_refused_and_not_written(again, name, old, new, place):
    out = again() / "out"
    before = stage_plans(out)[name]
    assert old in before.text
    with pytest.raises(UsageError, match=place):
        write_plan(out, name, before.text.replace(old, new, 1))
    assert stage_plans(out)[name].text == before.text


def test_a_plan_that_is_not_there_is_refused(tmp_path, produced):
    with pytest.raises(UsageError, match="none yet"):
        write_plan(tmp_path, "mix", "")
    with pytest.raises(UsageError, match="at hand: edit/"):
        write_plan(produced[0] / "out", "edit/../../mix", "")
    assert stage_plans(tmp_path) == {}


def test_an_edit_that_plays_a_take_which_was_taken_away_is_refused(again):
    folder = again()
    out = folder / "out"
    plan = stage_plans(out)["edit/drums"].read()
    write_plan(out, "edit/drums", to_toml(with_changes(plan, {"fade_in_ms": 5})))
    for take in (folder / "takes" / "drums").glob("*_02.wav"):
        take.unlink()
    with pytest.raises(UsageError, match=r"takes/drums/.*_02.wav \(take 2\), which is not there"):
        produce_song(read_material(folder), out, Options(until="editing"))


def test_delivery_is_one_list_of_files(plans):
    plan = plans["delivery"].read()
    assert isinstance(plan, DeliveryPlan)
    sixteen = {"items.3.kind": "wav", "items.3.rate_hz": str(plan.items[0].rate_hz), "items.3.bits": "16"}
    assert with_changes(plan, sixteen).items[3].bits == 16
    with pytest.raises(UsageError, match=r"items\.3"):
        with_changes(plan, sixteen | {"items.3.bits": "24"})


def test_a_delivery_at_another_rate_is_mastered_at_that_rate(again):
    folder = again()
    out, material = folder / "out", read_material(folder)
    plan = stage_plans(out)["delivery"].read()
    assert 44100 not in plan.rates_hz
    compact_disc = {"items.3.kind": "wav", "items.3.rate_hz": "44100", "items.3.bits": "16"}
    write_plan(out, "delivery", to_toml(with_changes(plan, compact_disc)))
    walk = produce_song(material, out)
    (disc,) = (file for file in walk.story.delivered.files if file.rate_hz == 44100)
    assert (disc.codec, disc.bits) == ("pcm_s16", 16)
    assert disc.true_peak_dbtp <= -0.99
