"""Whatever is typed, asked and sent: a sentence, never a broken page, and nothing of it is run as markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from desk.every_page import _filled, _patterns, every_page
from desk.full_studio import Studio, rows
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from controlroom.desk.accounts.models import User
from controlroom.desk.guests.tokens import token_of
from controlroom.desk.people.models import Person
from controlroom.desk.review.models import Note
from controlroom.desk.songs.models import Recording, Song

pytestmark = pytest.mark.django_db

MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
RUN = re.compile(r"<script>alert|<img src=x")
NASTY = [
    "", " ", "\0", "a\0b", "\x07\x1b[31m", "a\r\nBcc: evil@example.org\r\n\r\nx", "\u202egnp.exe", "\u2028\u2029\x85",
    "🎛️👩‍🎤" * 20, "é" * 10_000, "x" * 10_000, MARKUP, '"><svg onload=alert(1)>', "{{ 7*7 }}{% load x %}{0}%s%n",
    "javascript:alert(1)", "=cmd|' /C calc'!A0", "@SUM(1)", "../../../etc/passwd", "nan", "inf", "-inf", "1e400", "-1",
    "9" * 5000, "18446744073709551616", "0x1p9", "٣", "²", "0001-01-01", "9999-12-31", "\ud800",
]  # fmt: skip
EVERY = 15
"""Each field is tried with every fifteenth of them, the next field with the next."""
NUMBERS = [str(2**63), "9" * 5000]


@pytest.fixture(autouse=True)
def nobody_tried() -> None:
    cache.clear()


@pytest.fixture
def full(make_user: Callable[..., User], fresh_home: Path) -> Studio:
    return Studio(make_user(), rows(6))


def body_of(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else bytes(answer.content)


def forms_of(full: Studio) -> dict[str, dict[str, Any]]:
    """Every form of the desk, filled in as it should be."""
    song, version, note, person = full.song.pk, full.version.pk, full.note.pk, full.people[0].pk
    guest = f"/g/{token_of(full.links[0])}"
    song_form = {"title": "Song", "artist": "Mara", "tempo_bpm": "96", "key": "C major", "meter": "4/4",
                 "due_on": "2026-12-01", "target_lufs": "-14", "isrc": ""}  # fmt: skip
    person_form = {"name": "Mara", "kind": "artist", "email": "m@example.org", "phone": "1", "time_zone": "",
                   "ipi": "", "isni": "", "notes": "n"}  # fmt: skip
    return {
        "/login/": {"username": "m@example.org", "password": "x", "next": "/"},
        "/settings/profile/": {"profile-name": "Jo", "profile-time_zone": "", "profile-wants_mail": "on"},
        "/settings/studio/": {"name": "Room", "time_zone": "UTC"},
        "/settings/colleagues/": {"colleague-email": "n@x.org", "colleague-name": "N", "colleague-role": "reader"},
        "/people/new/": person_form,
        f"/people/{person}/edit/": person_form,
        "/songs/new/": song_form | {"stage": "demo"},
        f"/songs/{song}/edit/": song_form,
        f"/songs/{song}/stage/": {"stage": "mixing"},
        "/songs/board/move/": {"song": str(song), f"to-{song}": "mixing"},
        f"/songs/{song}/words/lyrics/": {"words": "la"},
        f"/songs/{song}/words/notes/": {"words": "la"},
        f"/songs/{song}/credits/": {"person": "Mara", "role": "singer"},
        f"/songs/{song}/rooms/mixing/start/": {"anew": "on", "mix": "ours"},
        f"/songs/{song}/share/": {"person": "", "name": "Ben", "recording": "", "rights": "listen", "days": "30",
                                  "password": ""},
        f"/songs/{song}/plans/mix/": {"tracks.0.gain_db": "1", "tracks.0.pan": "0", "remove:tracks.1": ""},
        f"/songs/{song}/plans/mix/text/": {"text": "a = 1"},
        "/demos/box/": {"name": "Ben"},
        f"/links/{full.links[0].pk}/": {"words": "Hello"},
        f"/recordings/{version}/edit/": {"kind": "mix", "part": "", "says": "new"},
        f"/recordings/{version}/notes/": {"text": "Hello", "at_s": "1", "until_s": "2", "recording": str(version),
                                          "internal": ""},
        f"/notes/{note}/reply/": {"text": "Hello"},
        f"/notes/{note}/rewrite/": {"text": "Hello"},
        f"/recordings/{version}/revision/done/": {"note": str(note), "done_in": ""},
        f"/recordings/{version}/ask/": {"of": "Mara"},
        f"/recordings/{version}/approve/": {"says": "Yes"},
        f"{guest}/recordings/{version}/notes/": {"text": "Hello", "at_s": "1", "until_s": "2", "recording": ""},
        f"{guest}/notes/{note}/reply/": {"text": "Hello"},
        f"{guest}/recordings/{version}/approve/": {"says": "Yes"},
    }  # fmt: skip


def encoded(sent: dict[str, str]) -> str:
    return "&".join(f"{quote(name)}={quote(value, errors='surrogatepass')}" for name, value in sent.items())


FORM = "application/x-www-form-urlencoded"


def test_every_field_takes_or_refuses_whatever_is_typed(full: Studio, asked: list[Any]) -> None:
    client = Client()
    client.force_login(full.user)
    tried = 0
    for url, form in forms_of(full).items():
        for field in form:
            for nasty in NASTY[tried % EVERY :: EVERY]:
                cache.clear()
                htmx = {"hx-request": "true"} if tried % 2 else {}
                answer = client.post(url, encoded(form | {field: nasty}), FORM, headers=htmx)
                assert answer.status_code < 500, (url, field, nasty[:40])
                assert not RUN.search(answer.content.decode()), (url, field)
                assert "\n" not in str(answer.headers.get("HX-Trigger", "")), (url, field)
                tried += 1
        client.post(url, encoded(dict.fromkeys(form, MARKUP)), FORM)
    assert tried > 150
    _every_page_stands(full, client)
    stored = [*Person.objects.values_list("name", flat=True), *Song.objects.values_list("title", flat=True)]
    for odd in "\0\n\r\x1b\u202e\u2028\x85":
        assert not [each for each in stored if odd in each]
    assert not Note.objects.filter(text__contains="\x1b").exists()


def _every_page_stands(full: Studio, client: Client) -> None:
    for page in every_page(full):
        answer = client.get(page.url, headers={"hx-request": "true"} if page.part else {})
        assert answer.status_code < 400, page
        if "html" in answer["Content-Type"] and "attachment" not in answer.get("Content-Disposition", ""):
            assert not RUN.search(body_of(answer).decode()), page
        else:
            body_of(answer)


def test_what_people_are_called_everywhere_is_only_text(full: Studio) -> None:
    """Straight into the database: past forms and actions, as an older Controlroom may have left it."""
    of = {"studio_id": full.studio_id}
    Song.objects.filter(**of).update(title=MARKUP, lyrics=MARKUP, notes=MARKUP, key=MARKUP[:24], meter=MARKUP[:12])
    Person.objects.filter(**of).update(name=MARKUP, email=MARKUP, phone=MARKUP[:60], notes=MARKUP)
    Recording.objects.filter(**of).update(
        name=MARKUP, says=MARKUP, refusal=MARKUP, made_by=MARKUP, codec=MARKUP[:32],
        findings=[{"code": MARKUP, "severity": MARKUP, "says": MARKUP}],
    )  # fmt: skip
    Note.objects.filter(**of).update(text=MARKUP, said_to_artist=MARKUP, who=MARKUP)
    for model, fields in (("events", ("says", "who")), ("jobs", ("says", "error", "step", "who"))):
        for song in full.songs:
            getattr(song, model).update(**dict.fromkeys(fields, MARKUP[:100]))
    client = Client()
    client.force_login(full.user)
    _every_page_stands(full, client)


def test_numbers_in_addresses_that_no_row_has(full: Studio) -> None:
    client = Client()
    client.force_login(full.user)
    tried = 0
    for route, pattern in _patterns():
        if "<int:pk>" not in route:
            continue
        link = full.links[0] if route.startswith("g/") else None
        url = "/credits/1/remove/" if route.startswith("credits") else _filled(route, full, link)[0]
        head, _, tail = route.partition("<int:pk>")
        before = url[: len(url) - len(_tail(url, tail))].rsplit("/", 1)[0]
        for number in NUMBERS:
            for method in pattern.callback.methods:
                headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "1", "Upload-Metadata": "filename eA=="}
                answer = client.generic(method, f"{before}/{number}{_tail(url, tail)}", headers=headers)
                assert answer.status_code == 404, (method, head, number[:30], tail)
                tried += 1
    assert tried > 100


def _tail(url: str, tail: str) -> str:
    """What follows the number in a filled address."""
    pieces = tail.strip("/").count("/") + 1 if tail.strip("/") else 0
    kept = url.rstrip("/").split("/")
    end = "/" if url.endswith("/") else ""
    return ("/" + "/".join(kept[len(kept) - pieces :]) if pieces else "") + end


@pytest.mark.parametrize("rate", NUMBERS)
def test_rates_that_no_clock_has(rate: str, full: Studio) -> None:
    client = Client()
    client.force_login(full.user)
    assert client.get(f"/recordings/{full.version.pk}/pcm/{rate}/status").status_code == 404


def test_questions_that_mean_nothing(full: Studio) -> None:
    client = Client()
    client.force_login(full.user)
    song, version, note, guest = full.song.pk, full.version.pk, full.note.pk, token_of(full.links[0])
    odd = [
        *NUMBERS,
        "-1",
        "99999",
        "1.5",
        "٣",
        "²",
        "nan",
        "%ff%fe",
        "%c3%28",
        "%ed%a0%80",
        "'",
        "a" * 5000,
        "%25",
        "_",
    ]
    for url in (
        "/songs/?page=", "/songs/?q=", "/demos/?page=", "/people/?page=",
        "/people/?q=", "/find/?q=", f"/songs/{song}/timeline/?page=", "/songs/?q=a&q=",
        f"/recordings/{version}/review/?with=", f"/recordings/{version}/review/?undo=", f"/notes/{note}/reply/?on=",
        f"/recordings/{version}/notes/?waiting=", f"/songs/{song}/words/lyrics/?edit=", "/login/?next=",
        f"/g/{guest}/notes/{note}/reply/?on=", f"/g/{guest}/recordings/{version}/review/?with=",
    ):  # fmt: skip
        for value in odd:
            answer = client.get(url + value)
            assert answer.status_code in (200, 302, 404), url + value[:40]


def test_forms_in_no_known_encoding(client_of: Client, song: Song) -> None:
    url = f"/songs/{song.pk}/edit/"
    broken = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\xfe\xed\xa0\x80\r\n--x--\r\n'
    for data, kind in (
        (b"title=%ff%fe&artist=%c3%28", FORM),
        (b"title=\xff\xfe\x80", FORM),
        (broken, "multipart/form-data; boundary=x"),
        (broken, "multipart/form-data; boundary=" + "y" * 300),
        (broken[:40], "multipart/form-data"),
        (b'{"title": "x"}', "application/json"),
        (b"title=x", f"{FORM}; charset=utf-7"),
        (b"title=x", f"{FORM}; charset=nonsense"),
        (b"&" * 100_000, FORM),
        (b"", "text/xml; charset=\xff".encode("latin-1").decode("latin-1")),
    ):
        answer = client_of.generic("POST", url, data, kind)
        assert answer.status_code in (302, 400, 422), (data[:30], kind)
        if answer.status_code == 400:
            assert "cannot be read" in answer.content.decode()


PLANS = {
    "lists in lists": "a = " + "[" * 100_000,
    "closed lists in lists": "a = " + "[" * 5000 + "]" * 5000,
    "tables in tables": "a = " + "{a=" * 5000,
    "a deep name": ".".join("a" * 20_000) + " = 1",
    "a deep table": "[" + ".".join("a" * 20_000) + "]",
    "a number of 5,000 figures": "rate_hz = " + "9" * 5000,
    "a huge number": "rate_hz = " + "9" * 40,
    "not a number": "rate_hz = nan",
    "infinite": "rate_hz = inf",
    "NUL": "a = '\0'",
    "no TOML": "<script>alert(1)</script>",
    "twice": "a = 1\na = 2",
    "an odd day": "a = 0000-00-00",
    "an odd escape": 'a = "\\ud800"',
    "5 MB": "# " + "x" * 5_000_000,
    "nothing": "",
}


@pytest.mark.parametrize("how", PLANS)
def test_a_plan_as_text_that_cannot_be_meant(how: str, full: Studio) -> None:
    client = Client()
    client.force_login(full.user)
    answer = client.post(f"/songs/{full.song.pk}/plans/mix/text/", {"text": PLANS[how]})
    assert answer.status_code == 422
    assert not RUN.search(answer.content.decode())


def test_figures_of_a_plan_that_no_knob_has(full: Studio) -> None:
    client = Client()
    client.force_login(full.user)
    url = f"/songs/{full.song.pk}/plans/mix/text/"
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", client.get(url).content.decode(), re.S)
    assert text
    plan = text[1].replace("&quot;", '"').replace("&#x27;", "'")
    for figure in ("nan", "inf", "-inf", "1e400", "1e300", "-99999", "true", '"x"', "9" * 4000, "[1]"):
        changed = re.sub(r"gain_db = -3\.5", f"gain_db = {figure}", plan, count=1)
        assert changed != plan
        assert client.post(url, {"text": changed}).status_code == 422, figure


@pytest.mark.parametrize(
    "name", ["../mix", "../../secret", "mix/../mix", "%2e%2e/mix", "edit/../../mix", "/etc/passwd"]
)
def test_the_name_of_a_plan_is_no_path(name: str, full: Studio) -> None:
    client = Client()
    client.force_login(full.user)
    (settings.HOME / "secret").write_text("very secret")
    for verb in ("", "text/", "again/", "undo/"):
        url = f"/songs/{full.song.pk}/plans/{name}/{verb}"
        for answer in (client.get(url, follow=True), client.post(url, {"text": "a = 1"}, follow=True)):
            assert answer.status_code in (200, 404, 405), url
            assert "very secret" not in answer.content.decode()
    assert (settings.HOME / "secret").read_text() == "very secret"


def test_a_table_of_notes_runs_nothing(full: Studio) -> None:
    client = Client()
    client.force_login(full.user)
    for words in ("=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1"):
        client.post(f"/recordings/{full.version.pk}/notes/", {"text": words, "at_s": "1"})
    table = client.get(f"/recordings/{full.version.pk}/revision/csv/").content.decode("utf-8-sig")
    cells = [cell.strip('"') for line in table.splitlines() for cell in line.split(",")]
    assert any("cmd|" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@＝＋－＠\t")]
