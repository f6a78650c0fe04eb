"""`controlroom mail`: fetched from a folder, sorted, drafted; nothing is sent."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk.mail_kit import raw

from controlroom.cli.app import app
from controlroom.cli.refusals import refused
from controlroom.desk.accounts.models import User
from controlroom.desk.mail import account_actions
from controlroom.desk.mail.models import MailMessage, Outgoing

pytestmark = pytest.mark.django_db

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, in this process: exit code, stdout, stderr."""

    def command(*words: str) -> tuple[int, str, str]:
        try:
            with refused():
                code = app(["mail", *words], standalone_mode=False) or 0
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def inbox(producer: User, song: Any, asked: list[Any], tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    letters = {"Paper Lanterns": "Please call me back today, the deadline is tonight!", "Hello": "A coffee some day?"}
    for number, (subject, text) in enumerate(letters.items()):
        path = folder / f"{number}.eml"
        path.write_bytes(raw(subject, text, sender="Ines Okafor <ines@example.net>", hours_ago=0.2))
        os.utime(path, (time.time() - 60, time.time() - 60))
    account_actions.add_account(
        producer.actor, name="Folder", way="folder", path=str(folder), from_email="studio@example.com"
    )
    return folder


def test_fetched_once_and_sorted(inbox: Path, run: Run) -> None:
    code, out, _ = run("fetch", "--json")
    (account,) = json.loads(out)["accounts"]
    assert (code, account["account"], account["new"], account["error"]) == (0, "Folder", 2, None)
    (again,) = json.loads(run("fetch", "--account", "studio@example.com", "--json")[1])["accounts"]
    assert again["new"] == 0
    told = json.loads(run("triage", "--json")[1])
    urgent = next(each for each in told["messages"] if each["subject"] == "Paper Lanterns")
    assert urgent["label"] == "urgent"
    assert urgent["reasons"]
    assert sum(told["numbers"].values()) == 2
    assert "ines@" in run("triage", "--most", "1")[1]


def test_a_draft_is_printed_and_neither_kept_nor_sent(inbox: Path, run: Run, heard: Any) -> None:
    _, out, _ = run("draft", "Paper Lanterns", "--kind", "approval_request", "--tone", "brief", "--json")
    draft = json.loads(out)
    assert (draft["kind"], draft["tone"], draft["language"]) == ("approval_request", "brief", "en")
    assert "Paper Lanterns" in draft["subject"]
    assert draft["missing"]
    run("fetch")
    number = MailMessage.objects.get(subject="Paper Lanterns").pk
    _, out, _ = run("draft", str(number), "--kind", "approval_request")
    assert out.startswith("To: ines@example.net")
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(
    "words", [["draft", "No such song"], ["fetch", "--account", "x"], ["draft", "1", "--kind", "x"]]
)
def test_what_cannot_be_meant_is_one_line(words: list[str], inbox: Path, run: Run) -> None:
    code, out, err = run(*words)
    assert (code, out, len(err.strip().splitlines())) == (2, "", 1)


def test_an_account_that_fails_is_5_and_said(inbox: Path, run: Run) -> None:
    inbox.rename(inbox.with_name("away"))
    code, out, _ = run("fetch", "--json")
    assert code == 5
    assert "it is not there" in json.loads(out)["accounts"][0]["error"]
