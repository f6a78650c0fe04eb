"""Conversations: by ids; by subject only where a message plainly answers."""

from datetime import UTC, datetime, timedelta

import pytest

from controlroom.rooms.correspondence.message import Address, Message
from controlroom.rooms.correspondence.threads import Spoken, bare_subject, is_answer, thread_of

NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)
ANA, ME = Address(email="ana@example.org"), Address(email="me@example.org")


def answer(subject: str = "Re: Paper Lanterns", **more: object) -> Message:
    values: dict[str, object] = {"message_id": "new@x", "sent_at": NOW, "from_": ANA, "to": (ME,), "subject": subject}
    return Message(**{**values, **more})  # type: ignore[arg-type]


def spoken(
    thread: str = "t1", subject: str = "Paper Lanterns", days: float = 2, people: tuple[str, ...] = ()
) -> Spoken:
    everyone = frozenset(people or (ANA.email, ME.email))
    return Spoken(thread=thread, subject=subject, people=everyone, sent_at=NOW - timedelta(days=days))


def test_the_answered_message_comes_before_older_ones() -> None:
    known = {"old@x": "t1", "newer@x": "t2", "answered@x": "t3"}
    assert thread_of(answer(in_reply_to="answered@x", references=("old@x", "newer@x", "answered@x")), known.get) == "t3"
    assert thread_of(answer(in_reply_to="lost@x", references=("old@x", "newer@x")), known.get) == "t2"
    assert thread_of(answer(references=("old@x",)), known.get) == "t1"
    assert thread_of(answer(), known.get) is None


def test_a_message_that_others_already_answered_finds_them() -> None:
    assert thread_of(answer("Paper Lanterns"), {"new@x": "t1"}.get) == "t1"


def test_a_bounce_belongs_to_what_bounced() -> None:
    assert thread_of(answer("Undeliverable", bounced=("letter@x",)), {"letter@x": "t4"}.get) == "t4"


def test_huge_and_circular_references_are_asked_a_bounded_number_of_times() -> None:
    asked: list[str] = []

    def ask(one: str) -> None:
        asked.append(one)

    references = ("root@x", *(f"{number}@x" for number in range(5000)), "new@x", "root@x")
    assert thread_of(answer(references=references), ask) is None
    assert len(asked) == len(set(asked)) <= 101
    assert "root@x" in asked
    assert "4999@x" in asked


@pytest.mark.parametrize(
    "prefix",
    [
        "Re: ",
        "RE: ",
        "AW: ",
        "Aw: ",
        "SV: ",
        "Antw: ",
        "Réf : ",
        "TR: Re: ",
        "返信: ",
        "Re[2]: ",
        "回复：",
        "[demos] Re: ",
    ],
)
def test_an_answer_without_ids_joins_the_newest_of_its_subject(prefix: str) -> None:
    lately = (spoken("t1", days=9), spoken("t2", days=2), spoken("t3", "Other", days=1))
    expected = None if prefix.startswith("TR") else "t2"
    assert thread_of(answer(f"{prefix}Paper  lanterns"), {}.get, lately) == expected


@pytest.mark.parametrize(
    ("message", "lately"),
    [
        (answer("Paper Lanterns"), spoken()),  # the same subject alone is no answer
        (answer("Fwd: Paper Lanterns"), spoken()),
        (answer("Re: "), spoken(subject="")),
        (answer(), spoken(days=31)),
        (answer(), spoken(days=-1)),
        (answer(), spoken(people=("bo@example.org", "me@example.org"))),
        (answer(), spoken(people=("ana@example.org", "bo@example.org"))),
        (answer(bulk=True), spoken()),
        (answer(sent_at=None), spoken()),
    ],
)
def test_what_does_not_plainly_answer_is_not_joined(message: Message, lately: Spoken) -> None:
    assert thread_of(message, {}.get, (lately,)) is None


def test_subjects_lose_their_prefixes_only() -> None:
    assert bare_subject("AW: [demos] Re[3]: WG: Réunion") == "réunion"
    assert bare_subject("Relax: a song") == "relax: a song"
    assert not is_answer("Relax: a song")
    assert not is_answer("Regarding you")
