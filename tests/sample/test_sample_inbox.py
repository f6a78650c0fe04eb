"""The shipped inbox: big, ugly, the same every time; and how well the rules sort what they were not tuned on."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from controlroom.rooms.correspondence.message import Message
from controlroom.rooms.correspondence.reading import read_bytes
from controlroom.rooms.correspondence.triage import KINDS, LABELS, Rules, Verdict, triage
from controlroom.sample.inbox import Labelled, letters


@cache
def shipped() -> list[tuple[Labelled, Message]]:
    return [(one, read_bytes(one.raw)) for one in letters()]


@cache
def inbox(part: str) -> list[tuple[Labelled, Verdict]]:
    rules = Rules.shipped()
    return [(one, triage(message, one.circumstances, rules)) for one, message in shipped() if one.part == part]


def f1(pairs: list[tuple[str, str]], label: str) -> float:
    right = sum(true == said == label for true, said in pairs)
    wrong = sum((true == label) != (said == label) for true, said in pairs)
    return 2 * right / (2 * right + wrong)


def macro_f1(part: str) -> float:
    pairs = [(one.label, found.label) for one, found in inbox(part)]
    return sum(f1(pairs, label) for label in LABELS) / len(LABELS)


@pytest.mark.parametrize(("part", "least"), [("train", 0.98), ("held_out", 0.95), ("hard", 0.95)])
def test_macro_f1(part: str, least: float) -> None:
    assert macro_f1(part) >= least


@pytest.mark.parametrize("part", ["train", "held_out", "hard"])
def test_kinds_and_the_flag_by_themselves(part: str) -> None:
    kinds = [(one.kind, found.kind) for one, found in inbox(part)]
    assert sum(f1(kinds, kind) for kind in KINDS) / len(KINDS) >= 0.95
    flags = [(str(one.urgent), str(found.urgent)) for one, found in inbox(part)]
    assert f1(flags, "True") >= 0.95


def test_no_demo_and_nothing_urgent_is_junk() -> None:
    for part in ("train", "held_out", "hard"):
        for one, found in inbox(part):
            assert found.kind != "junk" or one.label not in ("demo", "urgent"), one.source


def test_every_verdict_says_why() -> None:
    for part in ("train", "held_out", "hard"):
        for _, found in inbox(part):
            assert found.reasons
            assert all(reason.says() and "{" not in reason.says() for reason in found.reasons)
            assert found.urgent <= (found.reasons[0].weight >= 0.5)


def test_it_is_as_big_as_it_says() -> None:
    count = Counter((one.part, one.label) for one, _ in shipped())
    assert sum(count.values()) >= 1500
    for part in ("train", "held_out"):
        assert all(count[part, label] >= 15 for label in LABELS), count
    languages = Counter(one.language for one, _ in shipped() if one.part == "held_out")
    assert set(languages) == {"en", "de", "es", "fr", "ja", "pt", "it", "sv", "nl"}
    assert languages["en"] < sum(languages.values()) / 2


def test_the_same_seed_makes_the_same_bytes() -> None:
    first = [one.raw for one, _ in shipped()]
    assert [one.raw for one in letters()] == first
    assert [one.raw for one in letters(8)] != first


def test_the_parts_share_no_wording() -> None:
    def runs(part: str) -> set[tuple[str, ...]]:
        """Five words in a row, of every message of a part."""
        found = set()
        for one, message in shipped():
            if one.part == part:
                words = re.findall(r"\w+", message.text.casefold())
                found |= {tuple(words[at : at + 5]) for at in range(len(words) - 4)}
        return found

    train, held_out = runs("train"), runs("held_out")
    assert len(train & held_out) < 0.02 * len(held_out)


def test_it_is_as_ugly_as_real_mail() -> None:
    whole = b"\n".join(one.raw for one, _ in shipped())
    for trait in (
        b"iso-2022-jp",
        b"charset=us-ascii",
        b"charset=iso-8859-1",
        b"multipart/related",
        b"winmail.dat",
        b"METHOD:REPLY",
        b"METHOD:COUNTER",
        b"List-Unsubscribe",
        b"Auto-Submitted",
        b"=?utf-8?",
        b"quoted-printable",
        b"MsoNormal",
    ):
        assert trait in whole, trait
    assert re.search(rb"=[0-9A-F]{2}=\r\n=[0-9A-F]{2}", whole), "a soft break between the bytes of one letter"


def test_sound_is_sound() -> None:
    demos = [message for one, message in shipped() if one.kind == "demo"]
    attached = [
        each for message in demos for each in message.attachments if each.name.endswith((".mp3", ".wav", ".m4a"))
    ]
    assert len(attached) > 100
    assert all(each.is_audio for each in attached)
