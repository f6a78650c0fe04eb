"""Delivery reports, standard and not: which of our messages did not arrive."""

import pytest

from controlroom.rooms.correspondence.reading import read_bytes

OURS = "letter-7@studio.example.org"
ORIGINAL = f"From: me@example.org\r\nTo: gone@example.net\r\nSubject: Your demo\r\nMessage-ID: <{OURS}>\r\n"


def report(
    action: str = "failed", enclosed: str = "message/rfc822", original: str = ORIGINAL + "\r\nHello\r\n"
) -> bytes:
    return (
        "From: MAILER-DAEMON@example.net\r\nTo: me@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Message-ID: <report@example.net>\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nI could not deliver it.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; gone@example.net\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        f"--B\r\nContent-Type: {enclosed}\r\n\r\n{original}--B--\r\n"
    ).encode()


@pytest.mark.parametrize("enclosed", ["message/rfc822", "text/rfc822-headers"])
def test_a_standard_report_names_our_message(enclosed: str) -> None:
    message = read_bytes(report(enclosed=enclosed))
    assert message.bounced == (OURS,)
    assert message.automatic
    assert message.text == "I could not deliver it."


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered"])
def test_a_delay_or_a_receipt_is_no_bounce(action: str) -> None:
    message = read_bytes(report(action))
    assert message.bounced == ()
    assert message.automatic


def test_our_own_files_do_not_come_back_as_somebodys() -> None:
    inside = (
        ORIGINAL
        + "Content-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\nContent-Type: audio/wav; name=a.wav\r\n\r\n"
        + "RIFF\r\n--C--\r\n"
    )
    names = [one.name for one in read_bytes(report(original=inside)).attachments]
    assert "a.wav" not in names


@pytest.mark.parametrize(
    "headers",
    [
        "From: Mail Delivery <mailer-daemon@example.net>\r\nSubject: Mail delivery failed: returning it\r\n",
        "From: postmaster@example.net\r\nSubject: Unzustellbar: Ihre Demo\r\n",
        "From: postmaster@example.net\r\nSubject: 配信不能\r\n",
        "From: x@example.net\r\nX-Failed-Recipients: gone@example.net\r\nSubject: hm\r\n",
        "From: x@example.net\r\nReturn-Path: <>\r\nSubject: failure notice\r\n",
    ],
)
def test_reports_of_their_own_kind_name_it_in_their_text(headers: str) -> None:
    text = "Hi. I was not able to deliver your message.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n"
    message = read_bytes(f"{headers}\r\n{text}{ORIGINAL}\r\nHello".encode())
    assert message.bounced == (OURS,)
    assert message.automatic


def test_a_report_that_encloses_nothing_answers_it() -> None:
    raw = f"From: postmaster@example.net\r\nSubject: Undeliverable\r\nIn-Reply-To: <{OURS}>\r\n\r\nNo such user."
    assert read_bytes(raw.encode()).bounced == (OURS,)


@pytest.mark.parametrize(
    "headers",
    [
        "From: ana@example.org\r\nSubject: Your mail delivery failed?\r\n",
        "From: ana@example.org\r\nSubject: Re: demo\r\n",
        "From: postmaster@example.net\r\nSubject: Your quota\r\n",
        "From: MAILER-DAEMON@example.net\r\nSubject: Warning: message delayed, failure notice\r\n",
    ],
)
def test_people_and_warnings_are_no_bounce(headers: str) -> None:
    assert read_bytes(f"{headers}In-Reply-To: <{OURS}>\r\n\r\n{ORIGINAL}".encode()).bounced == ()


def test_a_read_receipt_is_automatic_and_no_bounce() -> None:
    raw = report().replace(b"report-type=delivery-status", b"report-type=disposition-notification")
    message = read_bytes(raw.replace(b"Undelivered Mail Returned to Sender", b"Read: Your demo"))
    assert message.bounced == ()
    assert message.automatic
