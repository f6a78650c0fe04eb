import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.base.files import safe_name, sha256_of, whole_or_nothing, write_bytes


def test_a_file_appears_whole(tmp_path):
    with whole_or_nothing(tmp_path / "new" / "a.wav") as part:
        part.write_bytes(b"sound")
        assert not (tmp_path / "new" / "a.wav").exists()
        assert part.suffix == ".wav"
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["a.wav"]


def test_nothing_is_left_when_writing_fails(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"old")

    def interrupted() -> None:
        with whole_or_nothing(tmp_path / "a.wav") as part:
            part.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.wav": b"old"}


def test_an_existing_file_is_refused_unless_forced(tmp_path):
    write_bytes(tmp_path / "a", b"1")
    with pytest.raises(UsageError, match="--force"):
        write_bytes(tmp_path / "a", b"2", force=False)
    assert (tmp_path / "a").read_bytes() == b"1"


def test_a_full_disk_is_said(tmp_path):

    def onto_a_full_disk() -> None:
        with whole_or_nothing(tmp_path / "a") as part:
            part.symlink_to("/dev/full")
            part.write_bytes(b"x" * 100_000)

    with pytest.raises(SurroundingsFailed, match="no space"):
        onto_a_full_disk()
    assert list(tmp_path.iterdir()) == []


def test_sha256_is_the_hash_of_the_bytes(tmp_path):
    data = bytes(range(256)) * 9000
    (tmp_path / "a").write_bytes(data)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(data).hexdigest()


@given(st.text())
def test_a_safe_name_is_one_path_component_that_fits(title):
    name = safe_name(title)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set('/\\:*?"<>|\0')
    assert len(name.encode("utf-8", "surrogatepass")) <= 120


def test_a_title_with_slashes_stays_readable():
    assert safe_name("AC/DC: Live?") == "AC-DC- Live-"
