"""Mail in folders: each message once under a key that stays, nothing moved, half-written files left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from controlroom.base.errors import SurroundingsFailed
from controlroom.outside.pickup import found_in

NOW_S = 1_800_000_000.0


def put(path: Path, text: str = "Subject: x\n\n", *, age_s: float = 60.0) -> Path:
    path.write_text(text)
    os.utime(path, (NOW_S - age_s, NOW_S - age_s))
    return path


def names(folder: Path, known: tuple[str, ...] = ()) -> list[str]:
    return [found.path.name for found in found_in(folder, known, now_s=NOW_S)]


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for part in ("new", "cur", "tmp"):
        (tmp_path / part).mkdir()
    return tmp_path


def test_a_maildir_gives_new_and_read_mail_and_not_what_is_being_delivered(maildir):
    put(maildir / "new" / "2.host", age_s=0)
    put(maildir / "cur" / "1.host:2,S", age_s=90)
    put(maildir / "tmp" / "3.host")
    before = sorted(maildir.rglob("*"))
    assert names(maildir) == ["1.host:2,S", "2.host"]
    assert sorted(maildir.rglob("*")) == before


def test_a_message_keeps_its_key_when_it_is_read_and_marked(maildir):
    path = put(maildir / "new" / "1.host")
    (found,) = found_in(maildir)
    path = path.rename(maildir / "cur" / "1.host:2,")
    assert names(maildir, (found.key,)) == []
    path.rename(maildir / "cur" / "1.host;2,RS")
    assert [each.key for each in found_in(maildir)] == [found.key]


def test_a_folder_gives_its_eml_files(tmp_path):
    put(tmp_path / "b.EML", age_s=10)
    put(tmp_path / "a.eml", age_s=20)
    put(tmp_path / "notes.txt")
    put(tmp_path / ".hidden.eml")
    (tmp_path / "folder.eml").mkdir()
    assert names(tmp_path) == ["a.eml", "b.EML"]


def test_a_file_that_is_still_being_written_is_left_for_the_next_time(tmp_path):
    put(tmp_path / "now.eml", age_s=0.5)
    put(tmp_path / "empty.eml", "")
    put(tmp_path / "tomorrow.eml", age_s=-86_400)
    assert names(tmp_path) == ["tomorrow.eml"]
    assert [found.path.name for found in found_in(tmp_path, now_s=NOW_S + 60)] == ["now.eml", "tomorrow.eml"]


def test_a_file_that_was_replaced_is_another_message(tmp_path):
    put(tmp_path / "a.eml", "Subject: one\n\n")
    (first,) = found_in(tmp_path, now_s=NOW_S)
    assert names(tmp_path, (first.key,)) == []
    put(tmp_path / "a.eml", "Subject: another\n\n", age_s=30)
    assert names(tmp_path, (first.key,)) == ["a.eml"]


def test_links_lead_nowhere(tmp_path, maildir):
    secret = put(tmp_path / "secret")
    (maildir / "new" / "1.host").symlink_to(secret)
    assert names(maildir) == []


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(SurroundingsFailed, match="it is not there"):
        list(found_in(tmp_path / "nowhere"))
