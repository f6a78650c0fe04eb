import msgspec
import pytest

from controlroom.base.errors import InputRefused, SurroundingsFailed
from controlroom.store.ledger import Ledger
from controlroom.store.plans import edited_plan, read_plan, settle


class Plan(msgspec.Struct, frozen=True):
    schema: str = "test/1"
    gain_db: float = 0.0
    reason: str | None = None


@pytest.fixture
def out(tmp_path):
    (tmp_path / "mix").mkdir()
    return tmp_path


def test_an_output_is_fresh_only_under_its_key_and_untouched(out):
    mix = out / "mix" / "a.wav"
    mix.write_bytes(b"sound")
    Ledger(out).record(mix, "k1")
    again = Ledger(out)
    assert again.fresh(mix, "k1")
    assert not again.fresh(mix, "k2")
    mix.write_bytes(b"edited by hand")
    assert not again.fresh(mix, "k1")
    mix.unlink()
    assert not again.fresh(mix, "k1")


def test_a_broken_ledger_costs_a_render_not_a_failure(out):
    mix = out / "mix" / "a.wav"
    mix.write_bytes(b"sound")
    Ledger(out).record(mix, "k1")
    (out / ".controlroom" / "ledger.json").write_text("{ half")
    assert not Ledger(out).fresh(mix, "k1")


def test_two_walks_do_not_work_in_one_folder(out):
    with Ledger(out).held(), pytest.raises(SurroundingsFailed, match="another walk"), Ledger(out).held():
        pass


def test_parts_of_a_killed_walk_are_swept(out):
    part = out / "mix" / ".0a1b2c3d4e5f.part.wav"
    part.write_bytes(b"half")
    with Ledger(out).held():
        assert not part.exists()


def test_an_untouched_plan_follows_the_proposal(out):
    path = out / "mix" / "plan.toml"
    assert settle(path, Plan(gain_db=1.0), Ledger(out)).plan.gain_db == 1.0
    settled = settle(path, Plan(gain_db=2.0), Ledger(out))
    assert (settled.plan.gain_db, settled.edited) == (2.0, False)
    assert read_plan(path, Plan).gain_db == 2.0


def test_an_edited_plan_is_kept_and_rendered(out):
    path = out / "mix" / "plan.toml"
    settle(path, Plan(gain_db=1.0), Ledger(out))
    path.write_text(path.read_text().replace("1.0", "3"))
    settled = settle(path, Plan(gain_db=1.0), Ledger(out))
    assert (settled.plan.gain_db, settled.edited, settled.outdated) == (3.0, True, False)
    settled = settle(path, Plan(gain_db=2.0), Ledger(out))
    assert (settled.plan.gain_db, settled.edited, settled.outdated) == (3.0, True, True)
    settled = settle(path, Plan(gain_db=2.0), Ledger(out), replan=True)
    assert (settled.plan.gain_db, settled.edited) == (2.0, False)


def test_a_plan_that_cannot_be_meant_is_refused_with_the_way_out(out):
    path = out / "mix" / "plan.toml"
    path.write_text('gain_db = "loud"')
    with pytest.raises(InputRefused, match="--replan"):
        settle(path, Plan(), Ledger(out))
    assert path.read_text() == 'gain_db = "loud"'


def test_a_lost_ledger_does_not_make_a_proposal_an_edit(out):
    path = out / "mix" / "plan.toml"
    settle(path, Plan(gain_db=1.0), Ledger(out))
    (out / ".controlroom" / "ledger.json").unlink()
    assert not settle(path, Plan(gain_db=1.0), Ledger(out)).edited


def test_only_what_a_person_made_is_an_edited_plan(out):
    path, ledger = out / "mix" / "plan.toml", Ledger(out)
    assert edited_plan(path, Plan, ledger) is None
    settle(path, Plan(gain_db=1.0), ledger)
    assert edited_plan(path, Plan, ledger) is None
    path.write_text(path.read_text().replace("1.0", "3"))
    assert edited_plan(path, Plan, ledger).gain_db == 3.0
    path.write_text("gain_db = ")
    with pytest.raises(InputRefused):
        edited_plan(path, Plan, ledger)


class Sparse(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str = "a"
    gain_db: float = 0.0


def test_a_default_that_is_written_out_is_no_edit(out):
    path, ledger = out / "mix" / "plan.toml", Ledger(out)
    settle(path, Sparse(name="b"), ledger)
    path.write_text('name = "b"\ngain_db = 0.0\n')
    assert edited_plan(path, Sparse, ledger) is None
    assert not settle(path, Sparse(name="b"), ledger).edited
