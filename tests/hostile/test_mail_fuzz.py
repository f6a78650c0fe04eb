"""Any bytes are a message: no exception, bounded, the same twice."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controlroom.rooms.correspondence.reading import read_bytes, read_message

PIECES = [
    b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Received: ;", b"Message-ID: <", b"References: ",
    b"Content-Type: ", b"multipart/mixed; boundary=", b"multipart/report; report-type=delivery-status; boundary=b",
    b"message/rfc822", b"text/html", b"text/plain; charset=", b"text/calendar", b"iso-2022-jp", b"utf-7", b"utf-16",
    b"idna", b"hz", b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"x-uuencode",
    b"Content-Disposition: attachment; filename", b"*0*=", b"*=", b"utf-8''%00%ff", b"=?utf-8?b?", b"?=",
    b"=?iso-2022-jp?q?", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\n ", b"--b", b"--b--", b"b", b'"', b"\\", b"<",
    b">", b"@", b",", b";", b":", b"(", b")", b"=", b"==", b"<a href='", b"<img src=cid:", b"</", b"<!--", b"> ",
    b"\x00", b"\xff", b"\xe3\x81", b"\x1b$B", b"On 123 a@b wrote:", b"https://", b"begin 644 x\n", b"#0V%T\n",
    b"1 Jan 9999 00:00:00 +2359", b"Action: failed",
]  # fmt: skip
MAIL = st.one_of(
    st.binary(max_size=2000),
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=60).map(b"".join),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=MAIL)
def test_any_bytes_are_a_message(raw: bytes, tmp_path: Path) -> None:
    message = read_bytes(raw)
    assert message.message_id
    assert "\n" not in message.subject + message.message_id
    assert message == read_bytes(raw)
    assert len(message.text) <= 4 * len(raw) + 100
    assert len(message.attachments) <= len(raw)
    assert all(one.says() for one in message.findings)
    assert all(one.name and "/" not in one.name for one in message.attachments)
    for one in (message.from_, message.reply_to, *message.to, *message.cc):
        assert one is None or (one.email == one.email.lower() and "@" in one.email and one.email.isprintable())
    path = tmp_path / "m.eml"
    path.write_bytes(raw)
    assert read_message(path) == message
