"""Headers and character sets as real mailers write them."""

from datetime import UTC, datetime

import pytest

from controlroom.rooms.correspondence.message import Address, Message
from controlroom.rooms.correspondence.reading import read_bytes
from controlroom.rooms.correspondence.reading.headers import addresses, ids, parameters, words
from controlroom.rooms.correspondence.reading.magic import is_audio
from controlroom.rooms.correspondence.reading.names import safe_name

GERMAN = "Schöne Grüße, der Refrain gefällt uns viel besser"
JAPANESE = "デモを聴いていただけますか。よろしくお願いします。"
CHINESE = "你好，这是我们的新歌，请听一下，谢谢。"
RUSSIAN = "Привет, послушай нашу новую песню, пожалуйста"
KOREAN = "안녕하세요 새로운 노래를 들어 주세요 감사합니다"


def read(raw: bytes) -> Message:
    return read_bytes(raw)


@pytest.mark.parametrize(
    ("words_", "codec", "claimed", "guessed"),
    [
        (GERMAN, "cp1252", "us-ascii", True),
        (GERMAN, "cp1252", "utf-8", True),
        (GERMAN, "cp1252", "", True),
        (GERMAN, "cp1252", "iso-8859-1", False),
        (GERMAN, "utf-8", "us-ascii", True),
        (GERMAN, "utf-8", "iso-8859-1", True),
        (GERMAN, "utf-8", "zip", True),
        ("“Quoted” – with dashes…", "cp1252", "iso-8859-1", False),
        (JAPANESE, "iso2022_jp", "iso-2022-jp", False),
        (JAPANESE, "iso2022_jp", "", True),
        (JAPANESE, "cp932", "shift_jis", False),
        (JAPANESE, "cp932", "", True),
        (JAPANESE, "euc_jp", "utf-8", True),
        (CHINESE, "gb18030", "gb2312", False),
        (CHINESE, "gb18030", "", True),
        (RUSSIAN, "koi8_r", "koi8-r", False),
        (RUSSIAN, "koi8_r", "", True),
        (RUSSIAN, "cp1251", "", True),
        (KOREAN, "cp949", "ks_c_5601-1987", False),
        (KOREAN, "cp949", "", True),
    ],
)
def test_words_are_read_whatever_set_is_claimed(words_: str, codec: str, claimed: str, guessed: bool) -> None:
    stated = f"; charset={claimed}" if claimed else ""
    message = read(f"From: a@example.org\r\nContent-Type: text/plain{stated}\r\n\r\n".encode() + words_.encode(codec))
    assert message.text == words_
    assert ("mail_charset_guessed" in {one.code for one in message.findings}) == guessed


@pytest.mark.parametrize("name", ["idna", "punycode", "unicode_escape", "rot13", "base64", "x" * 5000, "utf-8\x00"])
def test_names_that_are_no_character_set_do_nothing(name: str) -> None:
    assert read(f"Content-Type: text/plain; charset={name}\r\n\r\nplain words".encode()).text == "plain words"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"=?utf-8?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        (b"=?utf-8?B?R3LD?= =?utf-8?B?tsOfZQ==?=", "Größe"),  # cut inside the two bytes of one letter
        (b"=?utf-8?Q?Gr=C3?=\r\n =?UTF-8?Q?=B6=C3=9Fe?= ok", "Größe ok"),
        (b"=?iso-2022-jp?B?GyRCJUclYhsoQg==?=", "デモ"),
        (b"=?koi8-r?Q?=F0=C5=D3=CE=D1?=", "Песня"),
        (b"=?utf-8*en?Q?song?=", "song"),
        (b"=?utf-8?B?R3LDtsOfZQ?=", "Größe"),  # its padding is missing
        (b"=?unknown?Q?caf=E9?=", "café"),
        (b"=?broken", "=?broken"),
        ("Größe".encode(), "Größe"),
        ("Größe".encode("cp1252"), "Größe"),
        (b"a\r\n\tfolded\r\n line", "a folded line"),
        (b"nul\x00 and \x1b[31mred", "nul and [31mred"),
        ("turned \u202egnp.exe".encode(), "turned gnp.exe"),
        (b"=?utf-8?Q?a=0D=0ABcc:_x=40example.org?=", "a Bcc: x@example.org"),
    ],
)
def test_fields_are_words_on_one_line(raw: bytes, said: str) -> None:
    assert words(raw) == said


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        (b"Ana <Ana@Example.ORG>", [("Ana", "ana@example.org")]),
        (b"ana@example.org (Ana Ruiz)", [("Ana Ruiz", "ana@example.org")]),
        (b'"Ruiz, Ana" <ana@example.org>, b@example.net', [("Ruiz, Ana", "ana@example.org"), ("", "b@example.net")]),
        (b"Ruiz, Ana <ana@example.org>", [("Ruiz, Ana", "ana@example.org")]),
        (b"=?utf-8?Q?Jos=C3=A9=2C_Mar=C3=ADa?= <j@example.org>", [("José, María", "j@example.org")]),
        (b"band: a@example.org, b@example.org;", [("", "a@example.org"), ("", "b@example.org")]),
        (b'"ceo@bank.example" <x@evil.example>', [("ceo@bank.example", "x@evil.example")]),
        (b"undisclosed-recipients:;", []),
        (b"a@example.org, a@example.org", [("", "a@example.org")]),
        (b'"never closed <a@example.org>', [("never closed", "a@example.org")]),
    ],
)
def test_addresses_are_found(raw: bytes, people: list[tuple[str, str]]) -> None:
    assert [(one.name, one.email) for one in addresses([raw])] == people


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'attachment; filename="song.wav"', "song.wav"),
        (b"attachment; filename=song one.wav", "song one.wav"),
        (b"attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.wav", "Größe.wav"),
        (b"attachment; filename*0*=utf-8''Gr%C3%B6; filename*1=sse; filename*2*=%2Ewav", "Grösse.wav"),
        (b'attachment; filename*1="b.wav"; filename*0="a"', "ab.wav"),
        (b"attachment; filename*0=utf-8''%61.wav", "utf-8''%61.wav"),  # not marked as coded: taken as it stands
        (b'attachment; filename="=?utf-8?Q?Gr=C3=B6=C3=9Fe.wav?="', "Größe.wav"),
        (b'attachment; filename="a\\"b.wav"', 'a"b.wav'),
        (b'attachment; filename="a.wav"; filename="b.exe"', "a.wav"),
        (b"attachment; filename*99999999999=x; filename=a.wav", "a.wav"),
        ('attachment; filename="Größe.wav"'.encode(), "Größe.wav"),
    ],
)
def test_names_in_parameters(raw: bytes, name: str) -> None:
    assert parameters(raw)[1]["filename"] == name


@pytest.mark.parametrize(
    ("stated", "safe"),
    [
        ("Größe.wav", "Größe.wav"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.dll", "evil.dll"),
        ("C:evil.wav", "evil.wav"),
        ("a\x00b.wav", "ab.wav"),
        ("song\u202evaw.exe", "songvaw.exe"),
        ("..", "attachment-1.2.wav"),
        ("", "attachment-1.2.wav"),
        ("CON", "_CON"),
        ("nul.wav", "_nul.wav"),
        (".htaccess", "htaccess"),
        ("song.wav . .", "song.wav"),
        ("what?*.wav", "what__.wav"),
        ("a\r\nb.wav", "a b.wav"),
    ],
)
def test_names_are_safe(stated: str, safe: str) -> None:
    assert safe_name(stated, "1.2", "audio/wav") == safe


def test_long_names_keep_their_extension() -> None:
    for stated in ("x" * 300 + ".wav", "漢" * 300 + ".wav"):
        name = safe_name(stated, "1", "audio/wav")
        assert name.endswith(".wav")
        assert 100 < len(name.encode()) <= 150
    assert len(safe_name("a." + "x" * 300, "1", "audio/wav").encode()) <= 150


def test_ids_are_bare() -> None:
    assert ids(b"<a@example.org>\r\n <b@example.org> <a@example.org>") == ("a@example.org", "b@example.org")
    assert ids(b"a@example.org") == ("a@example.org",)
    assert ids(b"nothing") == ()


def test_references_end_with_what_is_answered() -> None:
    message = read(b"References: <a@x.example> <b@x.example>\r\nIn-Reply-To: <c@x.example>\r\n\r\nhi")
    assert message.references == ("a@x.example", "b@x.example", "c@x.example")
    many = b"References: " + b" ".join(b"<%d@x.example>" % number for number in range(3000)) + b"\r\n\r\nhi"
    assert len(read(many).references) == 200
    assert read(many).references[0] == "0@x.example"


@pytest.mark.parametrize(
    ("date", "received", "sent"),
    [
        ("Tue, 3 Nov 2026 10:12:00 +0100", "", datetime(2026, 11, 3, 9, 12, tzinfo=UTC)),
        ("3 Nov 26 10:12 EST", "", datetime(2026, 11, 3, 15, 12, tzinfo=UTC)),
        ("yesterday", "Tue, 3 Nov 2026 10:12:00 +0000", datetime(2026, 11, 3, 10, 12, tzinfo=UTC)),
        ("Tue, 3 Nov 2099 10:12:00 +0100", "Tue, 3 Nov 2026 10:12:00 +0000", datetime(2026, 11, 3, 10, 12, tzinfo=UTC)),
        ("Thu, 1 Jan 1970 00:00:00 +0000", "", None),
        ("Tue, 99 Nov 2026 10:12:00 +9999", "", None),
        ("", "", None),
    ],
)
def test_dates_that_cannot_be_give_way_to_the_arrival(date: str, received: str, sent: datetime | None) -> None:
    received_field = f"Received: from a by b; {received}\r\n" if received else ""
    message = read(f"{received_field}Date: {date}\r\n\r\nhi".encode())
    assert message.sent_at == sent
    if date != "Tue, 3 Nov 2026 10:12:00 +0100" and "EST" not in date:
        assert {"mail_date_missing", "mail_date_ahead"} & {one.code for one in message.findings}


def test_a_line_that_was_not_folded_belongs_to_the_one_before() -> None:
    message = read(b"Subject: a long\nsubject goes on\nFrom: a@example.org\n\nhi")
    assert message.subject == "a long subject goes on"
    assert message.from_ == Address(email="a@example.org")
    assert message.text == "hi"


def test_two_senders_and_a_masked_one_are_said() -> None:
    twice = read(b"From: a@example.org\r\nFrom: b@example.org\r\n\r\nhi")
    assert twice.from_ == Address(email="a@example.org")
    assert "mail_sender_twice" in {one.code for one in twice.findings}
    masked = read(b'From: "boss@label.example" <x@evil.example>\r\n\r\nhi')
    assert "mail_sender_masked" in {one.code for one in masked.findings}


def test_an_mbox_line_is_passed_over() -> None:
    assert read(b"From a@example.org Tue Nov  3 10:12:00 2026\nSubject: x\n\nhi").subject == "x"


@pytest.mark.parametrize(
    ("first", "sound"),
    [
        (b"RIFF\x00\x00\x00\x00WAVE", True), (b"RF64\xff\xff\xff\xffWAVE", True), (b"RIFF\x00\x00\x00\x00AVI ", False),
        (b"fLaC\x00", True), (b"ID3\x03", True), (b"\xff\xfb\x90\x64", True), (b"\xff\xf1\x50\x80", True),
        (b"\xff\xff\xff\xff", False), (b"\xff\xfe<\x00", False), (b"\x00\x00\x00\x20ftypM4A ", True),
        (b"\x00\x00\x00\x20ftypisom" + b"vide", False), (b"OggS\x00", True), (b"FORM\x00\x00\x00\x00AIFF", True),
        (b"FORM\x00\x00\x00\x00AIFC", True), (b"caff\x00\x01", True),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), True),
        (b"PK\x03\x04", False), (b"%PDF", False), (b"", False), (b"\xff\xd8\xff\xe0", False),
    ],
)  # fmt: skip
def test_sound_is_told_by_its_first_bytes(first: bytes, sound: bool) -> None:
    assert is_audio(first) is sound
