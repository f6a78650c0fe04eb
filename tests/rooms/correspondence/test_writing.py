"""Letters as messages: nothing can be slipped into a header, and what is composed is read back the same."""

import io
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.base.errors import UsageError
from controlroom.rooms.correspondence.message import Address
from controlroom.rooms.correspondence.reading import copy_attachment, read_bytes
from controlroom.rooms.correspondence.writing import Enclosed, Invitation, Outgoing, compose

NOW = datetime(2026, 11, 3, 10, 12, 5, tzinfo=timezone(timedelta(hours=1)))
LETTER = Outgoing(
    uid="letter-7",
    domain="studio.example.org",
    now=NOW,
    from_=Address(email="desk@example.org", name="Müller, Ann"),
    to=(Address(email="ana@example.org", name="Ana Ruiz"), Address(email="yuki@example.com", name="山田ゆき")),
    cc=(Address(email="bo@example.net"),),
    reply_to=Address(email="answers@example.org"),
    subject="Größe und 灯り",
    text="Liebe Ana,\n\ndie Strophe trägt.\n\nHerzlich",
    in_reply_to="b@x.example",
    references=("a@x.example", "b@x.example"),
)
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Aufnahme – Gesang\r\nEND:VCALENDAR\r\n"


def test_a_letter_is_read_back_as_it_was_meant() -> None:
    message = read_bytes(compose(LETTER))
    assert (message.message_id, message.sent_at) == ("letter-7@studio.example.org", NOW.astimezone(UTC))
    assert (message.from_, message.reply_to) == (LETTER.from_, LETTER.reply_to)
    assert (message.to, message.cc, message.subject) == (LETTER.to, LETTER.cc, LETTER.subject)
    assert (message.in_reply_to, message.references) == (LETTER.in_reply_to, LETTER.references)
    assert message.text == LETTER.text
    assert message.findings == ()
    assert not message.automatic


def test_it_is_fit_for_any_server() -> None:
    raw = compose(msgspec.structs.replace(LETTER, text="very long " * 500 + "\n漢字 " * 300))
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw == compose(msgspec.structs.replace(LETTER, text="very long " * 500 + "\n漢字 " * 300))


def test_an_invitation_is_an_alternative_and_a_file() -> None:
    letter = msgspec.structs.replace(LETTER, invitation=Invitation(method="REQUEST", ics=ICS))
    raw = compose(letter)
    message = read_bytes(raw)
    assert message.calendars == (ICS.replace("\r\n", "\n"),)
    assert [one.name for one in message.attachments] == ["invite.ics"]
    parsed = message_from_bytes(raw, policy=default)
    calendar = next(part for part in parsed.walk() if part.get_content_type() == "text/calendar")
    assert (calendar.get_param("method"), calendar.get_param("charset")) == ("REQUEST", "utf-8")
    assert calendar.get_payload(decode=True) == ICS.encode()
    alternative = next(part for part in parsed.walk() if part.get_content_type() == "multipart/alternative")
    assert [part.get_content_type() for part in alternative.iter_parts()] == ["text/plain", "text/calendar"]


def test_files_go_with_it(tmp_path: Path) -> None:
    pdf = b"%PDF-1.7\n" + bytes(range(256)) * 10
    letter = msgspec.structs.replace(
        LETTER, enclosed=(Enclosed(name="Plan – Größe.pdf", media_type="application/pdf", content=pdf),)
    )
    path = tmp_path / "m.eml"
    path.write_bytes(compose(letter))
    (file,) = read_bytes(path.read_bytes()).attachments
    assert (file.name, file.media_type, file.size) == ("Plan – Größe.pdf", "application/pdf", len(pdf))
    target = io.BytesIO()
    copy_attachment(path, file.part, target, 1 << 20)
    assert target.getvalue() == pdf


def test_automatic_letters_say_so() -> None:
    assert read_bytes(compose(msgspec.structs.replace(LETTER, automatic=True))).automatic


@pytest.mark.parametrize(
    "evil",
    [
        "x\r\nBcc: evil@example.org",
        "x\nBcc: evil@example.org\n\nbody",
        "x\rBcc: e@x.example",
        "a\x00b\x0b\x85\u2028Bcc: e@x.example",
    ],
)
def test_no_header_is_slipped_in(evil: str) -> None:
    letter = msgspec.structs.replace(
        LETTER,
        subject=evil,
        from_=Address(email="desk@example.org", name=evil),
        to=(Address(email="a@example.org", name=evil),),
    )
    letter = msgspec.structs.replace(
        letter, enclosed=(Enclosed(name=evil, media_type="application/pdf", content=b"x"),)
    )
    parsed = message_from_bytes(compose(letter), policy=default)
    allowed = {
        "From",
        "To",
        "Cc",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "MIME-Version",
        "Content-Type",
    }
    assert set(parsed.keys()) == allowed


@pytest.mark.parametrize(
    "changed",
    [
        {"to": ()},
        {"to": (Address(email="a@example.org\r\nBcc: x@example.org"),)},
        {"to": (Address(email="nobody"),)},
        {"to": (Address(email="größe@example.org"),)},
        {"to": (Address(email="a@example.org, b@example.org"),)},
        {"uid": "a b"},
        {"uid": "a>\r\nBcc: x"},
        {"now": NOW.replace(tzinfo=None)},
    ],
)
def test_what_cannot_stand_in_a_header_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        compose(msgspec.structs.replace(LETTER, **changed))


def test_odd_ids_of_others_never_stop_an_answer() -> None:
    letter = msgspec.structs.replace(
        LETTER, in_reply_to="x@y>\r\nBcc: <z", references=("no-at-sign", "größe@x.example")
    )
    message = read_bytes(compose(letter))
    assert (message.in_reply_to, message.references) == ("", ("no-at-sign",))
    assert b"Bcc" not in compose(letter)


def test_long_threads_keep_their_first_and_newest() -> None:
    letter = msgspec.structs.replace(LETTER, references=tuple(f"{number}@x.example" for number in range(500)))
    found = read_bytes(compose(letter)).references
    assert len(found) == 50
    assert found[0] == "0@x.example"
    assert found[-1] == "b@x.example"


# What can stand on one line: no controls, no half of a pair, no marks that turn the direction of reading.
WORDS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")), min_size=1, max_size=30)


@pytest.mark.parametrize(
    "name",
    [
        'Ana "Ace" Ruiz',
        "Ruiz, Ana",
        "back\\slash",
        "=?utf-8?q?x?=",
        "a" * 200,
        "dots. and @ signs",
        "plain name",
        "x" * 30 + " ü",
    ],
)
def test_any_name_is_a_name(name: str) -> None:
    letter = msgspec.structs.replace(
        LETTER, to=(Address(email="a@example.org", name=name), Address(email="b@example.org"))
    )
    assert [one.email for one in read_bytes(compose(letter)).to] == ["a@example.org", "b@example.org"]
    assert [one.name for one in read_bytes(compose(letter)).to] == [name, ""]


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=8), st.lists(st.lists(WORDS, max_size=10), max_size=8), WORDS)
def test_any_words_come_back_the_same(subject: list[str], lines: list[list[str]], name: str) -> None:
    text = "Hello\n" + "\n".join(" ".join(line) for line in lines)
    letter = msgspec.structs.replace(
        LETTER, subject=" ".join(subject), text=text, from_=Address(email="desk@example.org", name=name)
    )
    message = read_bytes(compose(letter))
    assert message.subject == letter.subject
    assert message.from_ == Address(email="desk@example.org", name=name.strip("\"'"))
    said = f"{message.text}\n{message.quoted}"
    assert sorted(said.split()) == sorted(text.split())
