"""Corrections are learnt: a few change what is alike, one overturns nothing else, and all of it can be read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from controlroom.rooms.correspondence.message import Address, Attachment, Link, Message
from controlroom.rooms.correspondence.reading import read_bytes
from controlroom.rooms.correspondence.triage import Circumstances, Habits, Rules, Verdict, learn, triage
from controlroom.sample.inbox import letters

NOW = Circumstances(now=datetime(2026, 5, 12, tzinfo=UTC))
SOUND = Attachment(part="2", name="beat.mp3", media_type="audio/mpeg", size=9000, is_audio=True)


def mail(number: int, text: str, sender: str = "", **more: object) -> Message:
    address = Address(email=sender or f"somebody{number}@mail.example.org")
    return Message(message_id=f"{number}@x", from_=address, text=text, **more)  # type: ignore[arg-type]


def beats(number: int) -> Message:
    moods = ["dark trap", "soulful boom bap", "melodic drill", "lofi afternoon", "club"]
    text = f"New {moods[number % 5]} instrumental pack, ready for vocals, dm for stems. Producer tag, wav on request."
    return mail(number, text, attachments=(SOUND,))


def sorted_(message: Message, habits: Habits | None = None) -> Verdict:
    return triage(message, NOW, Rules.shipped(), habits)


def test_a_few_corrections_change_what_is_alike() -> None:
    habits = learn([(beats(number), "junk") for number in range(4)])
    assert sorted_(beats(9)).kind == "demo"
    found = sorted_(beats(9), habits)
    assert (found.kind, found.by) == ("junk", "learnt")
    assert any(reason.says().startswith("learnt from 4 corrections to junk: “") for reason in found.reasons)


def test_one_correction_overturns_nothing_else() -> None:
    habits = learn([(beats(0), "junk")])
    assert sorted_(mail(50, "this is my demo, recorded at home", attachments=(SOUND,)), habits).kind == "demo"
    assert sorted_(beats(9), habits).kind == "demo"


def test_corrections_leave_the_rest_of_the_inbox_alone() -> None:
    shipped = [(read_bytes(one.raw), one) for one in letters() if one.part == "train"][::3]
    habits = learn([(beats(number), "junk") for number in range(4)])
    rules = Rules.shipped()
    for message, one in shipped:
        assert (
            triage(message, one.circumstances, rules, habits).label == triage(message, one.circumstances, rules).label
        )


def test_what_was_said_of_a_message_stands() -> None:
    habits = learn([(beats(0), "business"), (beats(1), "urgent")])
    assert (sorted_(beats(0), habits).kind, sorted_(beats(0), habits).by) == ("business", "you")
    found = sorted_(beats(1), habits)
    assert (found.kind, found.urgent, found.by, found.reasons[0].says()) == ("demo", True, "you", "you said so")


def test_the_last_word_on_a_message_counts() -> None:
    habits = learn([(beats(0), "junk"), (beats(0), "note")])
    assert habits.corrections == {"note": 1}


def test_a_list_is_learnt_at_once_and_a_person_slowly() -> None:
    news = "In this issue: unsubscribe whenever you like."
    of_a_list = learn([(mail(1, news, "label@list.example.org", bulk=True), "business")])
    later = mail(2, "Something quite different this month. Unsubscribe.", "label@list.example.org", bulk=True)
    assert sorted_(later).kind == "newsletter"
    found = sorted_(later, of_a_list)
    assert (found.kind, found.by) == ("business", "learnt")
    assert any("you called a letter of label@list.example.org business" in reason.says() for reason in found.reasons)
    of_a_person = learn([(mail(1, "the invoice", "ann@mail.example.org"), "business")])
    assert sorted_(mail(2, "Vocal up, snare too loud.", "ann@mail.example.org"), of_a_person).kind == "note"


def test_urgent_is_learnt_and_unlearnt() -> None:
    def alarm(number: int) -> Message:
        return mail(number, f"Tape machine number {number} has eaten the multitrack reel and stands still.")

    assert not sorted_(alarm(9)).urgent
    found = sorted_(alarm(9), learn([(alarm(number), "urgent") for number in range(3)]))
    assert (found.urgent, found.by) == (True, "learnt")

    def cry(number: int) -> Message:
        return mail(number, f"Urgent parking notice number {number}, municipal gardening department.")

    assert sorted_(cry(9)).urgent
    assert not sorted_(cry(9), learn([(cry(number), "other") for number in range(4)])).urgent


def test_habits_are_json() -> None:
    link = Link(url="https://beats.example.com/a", host="beats.example.com")
    habits = learn([(beats(0), "junk"), (mail(7, "some words to learn by", links=(link,)), "other")])
    assert msgspec.json.decode(msgspec.json.encode(habits), type=Habits) == habits
    assert habits.counts["(links to beats.example.com)"] == {"other": 1}
    assert habits.counts["(audio attached)"] == {"junk": 1}


def test_everyday_words_teach_nothing() -> None:
    assert not {"the", "und", "merci"} & set(learn([(mail(1, "the and und merci tuba"), "other")]).counts)


def test_nothing_said_is_nothing_learnt() -> None:
    assert learn([]) == Habits()
    assert sorted_(beats(0), Habits()) == sorted_(beats(0))


def test_a_label_that_is_none() -> None:
    with pytest.raises(ValueError, match="pizza"):
        learn([(beats(0), "pizza")])


@pytest.fixture
def without_learner() -> Iterator[None]:
    kept = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "sklearn"}
    for name in kept:
        del sys.modules[name]
    yield
    sys.modules.update(kept)


def test_sorting_needs_no_learner(without_learner: None) -> None:
    habits = Habits(corrections={"junk": 1}, weights={"a b": {"junk": 1.0}}, counts={"a b": {"junk": 1}})
    sorted_(beats(0), habits)
    assert "sklearn" not in sys.modules
