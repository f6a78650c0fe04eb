"""The doors of the desk: forgeries, guesses, other people's frames, and what the log says of a guest's link."""

from __future__ import annotations

import io
import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from desk.every_page import _patterns
from desk.songs_kit import Asked
from desk.test_desk_urls import address
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.utils.module_loading import import_string

from controlroom.desk import middleware, shell, surroundings
from controlroom.desk.accounts.models import User
from controlroom.desk.guests import actions as guest_actions
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.guests.tokens import token_of
from controlroom.desk.people import actions as people
from controlroom.desk.songs import blobs, uploads
from controlroom.desk.songs.models import Recording, Song, Upload

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "3", "Upload-Offset": "0", "Upload-Metadata": "filename eC53YXY="}
PATCH_TYPE = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def nobody_tried() -> None:
    cache.clear()


@pytest.fixture
def link(producer: User, song: Song) -> GuestLink:
    every = ["listen", "comment", "approve", "upload", "download"]
    return guest_actions.make_link(producer.actor, song=song, name="Mara", rights=every)[0]


def strict(user: User | None = None) -> Client:
    client = Client(enforce_csrf_checks=True)
    if user:
        client.force_login(user)
    return client


WRITING = [
    (route, method)
    for route, pattern in _patterns()
    for method in pattern.callback.methods
    if method not in ("GET", "HEAD", "OPTIONS")
]


@pytest.mark.parametrize(("route", "method"), WRITING, ids=lambda each: each)
def test_what_no_page_of_ours_sent_is_refused(route: str, method: str, producer: User) -> None:
    answer = strict(producer).generic(method, address(route), b"abc", PATCH_TYPE, headers=TUS)
    assert answer.status_code == 403
    assert "Load the page again" in answer.content.decode()
    assert "<style" not in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_pages_of_ours_send_what_they_need(producer: User, song: Song, link: GuestLink, wav: Any) -> None:
    """An upload by tus, with the token that stands in the page: a user's and a guest's."""
    data = wav().read_bytes()
    for client, page, url in (
        (strict(producer), f"/songs/{song.pk}/", f"/songs/{song.pk}/uploads/"),
        (strict(), f"/g/{token_of(link)}/", f"/g/{token_of(link)}/uploads/"),
    ):
        shown = client.get(page).content.decode()
        headers = TUS | {"X-CSRFToken": shown.split('data-csrf="')[1].split('"')[0], "Upload-Length": str(len(data))}
        made = client.post(url, headers=headers)
        assert made.status_code == 201
        assert client.patch(made["Location"], data, PATCH_TYPE, headers=headers).status_code == 204
        assert client.delete(made["Location"], headers=headers).status_code == 204


def test_a_guest_s_form_is_taken_as_browsers_send_it(link: GuestLink, mix: Recording) -> None:
    """A page with the policy "no-referrer" sends its forms with `Origin: null`, which is refused: ours must not be."""
    client, url = strict(), f"/g/{token_of(link)}/recordings/{mix.pk}/notes/"
    page = client.get(f"/g/{token_of(link)}/recordings/{mix.pk}/review/")
    assert page["Referrer-Policy"] == "same-origin"
    token = page.content.decode().split('data-csrf="')[1].split('"')[0]
    sent = {"text": "Louder", "csrfmiddlewaretoken": token}
    for origin, status in (("null", 403), ("http://evil.example", 403), ("http://testserver", 302)):
        assert client.post(url, sent, headers={"origin": origin}).status_code == status


ANSWERS = ["/", "/login/", "/nowhere/", "/songs/1/", "/static/desk/none.js", "/g/1-x.y/", "/%00/", "/songs/?q=%00"]


@pytest.mark.parametrize("url", ANSWERS)
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_answer_wears_its_headers(url: str, signed_in: bool, client_of: Client) -> None:
    answer = (client_of if signed_in else Client()).get(url)
    assert answer.status_code < 500
    if not url.startswith("/static/"):
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "'unsafe" not in policy
        for part in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "script-src 'self'"):
            assert part in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_an_address_with_nul_is_refused_in_a_sentence(client_of: Client, song: Song) -> None:
    for url in ("/%00/", "/songs/?q=%00", f"/songs/{song.pk}/plans/%00/text/", "/find/?q=a%00b"):
        answer = client_of.get(url)
        assert answer.status_code == 400
        assert "cannot be read" in answer.content.decode()


def test_another_host_than_ours_is_refused(client_of: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["desk.example"]
    for host in ("evil.example", "desk.example:80:80", "a b", "desk.example/evil"):
        answer = client_of.get("/", headers={"host": host})
        assert answer.status_code == 400
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "cannot be read" in answer.content.decode()


def test_mails_name_the_desk_s_own_address_whatever_host_was_asked(
    producer: User, as_user: Any, song: Song, link: GuestLink
) -> None:
    link.person = people.add_person(producer.actor, name="Mara Lind", email="mara@example.org")
    link.save()
    client = as_user(producer)
    url = f"/links/{link.pk}/"
    assert "evil" not in client.get(url, headers={"host": "evil.example"}).content.decode()
    assert client.post(url, {"words": "Hello"}, headers={"host": "evil.example"}).status_code == 302
    assert settings.SITE_URL in mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body


ELSEWHERE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "http:///evil.example", "javascript:alert(1)",
    "\t//evil.example", "https:evil.example", "///evil.example", "/\n/evil.example", "http://testserver@evil.example/",
]  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_leads_nowhere_else(wanted: str, producer: User) -> None:
    sent = {"username": producer.email, "password": "a long password", "next": wanted}
    answer = Client().post("/login/", sent)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert Client().get("/login/", {"next": wanted}).status_code == 200


def test_an_endless_address_is_no_break(client_of: Client) -> None:
    for url in ("/songs/?q=" + "a" * 10_000, "/" + "a" * 10_000, "/login/?next=/" + "a" * 10_000):
        assert Client().get(url).status_code in (200, 302, 400, 404, 414)
        assert client_of.get(url).status_code in (200, 302, 400, 404, 414)


def test_guessing_a_password_is_stopped(producer: User) -> None:
    client = Client()
    wrong = {"username": producer.email, "password": "guess"}
    assert [client.post("/login/", wrong).status_code for _ in range(11)] == [422] * 10 + [429]
    assert client.post("/login/", wrong | {"password": "a long password"}).status_code == 429
    cache.clear()
    assert client.post("/login/", wrong | {"password": "a long password"}).status_code == 302


def test_an_unknown_address_and_a_wrong_password_read_the_same(producer: User) -> None:
    def says(email: str) -> str:
        page = Client().post("/login/", {"username": email, "password": "guess"}).content.decode()
        return page.split("<form")[1].split('role="alert"')[1][:150]

    assert says(producer.email) == says("nobody@example.org")


def test_cookies_stay_with_the_desk(producer: User, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get("/login/")
    before = client.cookies.get("sessionid")
    client.post("/login/", {"username": producer.email, "password": "a long password"})
    session = client.cookies["sessionid"]
    assert session.value != (before and before.value)
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert session["secure"]
    assert client.cookies["csrftoken"]["samesite"] == "Lax"
    assert client.cookies["csrftoken"]["secure"]


def test_a_new_password_ends_other_sessions(producer: User, as_user: Any) -> None:
    here, elsewhere = as_user(producer), as_user(producer)
    sent = {"password-old": "a long password", "password-new": "another long word"}
    assert here.post("/settings/password/", sent).status_code == 302
    assert here.get("/songs/").status_code == 200
    assert elsewhere.get("/songs/").status_code == 302


def test_the_log_does_not_tell_a_guest_s_link(link: GuestLink, mix: Recording) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    make = settings.LOGGING["formatters"]["line"]["()"]
    handler.setFormatter(import_string(make)())
    log = logging.getLogger("django")
    log.addHandler(handler)
    try:
        base = f"/g/{token_of(link)}"
        for url in (f"{base}/recordings/{mix.pk + 1}/review/", f"{base}/nowhere/", f"{base}/recordings/1/approve/"):
            assert Client().get(url).status_code >= 400
        assert strict().post(f"{base}/recordings/{mix.pk}/notes/").status_code == 403
        Client().post(f"{base}/recordings/{mix.pk}/notes/", {"text": ""})
    finally:
        log.removeHandler(handler)
    assert "/g/.../" in written.getvalue()
    assert token_of(link) not in written.getvalue()
    assert link.nonce not in written.getvalue()


def test_one_guest_s_link_is_told_to_nobody_else(
    link: GuestLink, mix: Recording, producer: User, reader: User, as_user: Any
) -> None:
    other, _ = guest_actions.make_link(producer.actor, song=mix.song, name="Ben", rights=["listen", "comment"])
    client = Client()
    pages = [f"/g/{token_of(other)}/", f"/g/{token_of(other)}/recordings/{mix.pk}/review/"]
    assert all(link.nonce not in client.get(url).content.decode() for url in pages)
    for url in ("/", f"/songs/{mix.song_id}/", f"/recordings/{mix.pk}/review/", "/jobs/", "/settings/"):
        assert link.nonce not in as_user(reader).get(url).content.decode()


def test_a_break_is_a_page_that_asks_nothing(client_of: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the database is what broke, and the navigation cannot be counted."""

    def broken(*_: Any) -> Any:
        raise DatabaseError("no database")

    monkeypatch.setattr(shell, "_nav", broken)
    client_of.raise_request_exception = False
    answer = client_of.get("/songs/")
    assert answer.status_code == 500
    assert "Something broke here" in answer.content.decode()
    assert "no database" not in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_more_than_any_file_is_refused_before_it_is_read(client_of: Client, settings: Any) -> None:
    settings.MOST_UPLOAD_BYTES = 1000
    large = b"x" * (middleware.FORM_BYTES + 2000)
    for client, url in ((client_of, "/songs/new/"), (Client(), "/login/"), (Client(), "/g/1-x.y/files/")):
        answer = client.post(url, {"title": "x", "file": io.BytesIO(large)})
        assert answer.status_code == 413
        assert "make it shorter" in answer.content.decode()


def test_too_long_a_form_is_refused_in_a_sentence(client_of: Client, song: Song) -> None:
    for url, sent in (
        (f"/songs/{song.pk}/words/lyrics/", {"words": "x" * (17 * 1024**2)}),
        (f"/songs/{song.pk}/edit/", {f"x{k}": "" for k in range(20_001)}),
    ):
        answer = client_of.post(url, "&".join(f"{k}={v}" for k, v in sent.items()), "application/x-www-form-urlencoded")
        assert answer.status_code == 400
        assert "make it shorter" in answer.content.decode()
        assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_home_is_its_owner_s_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROLROOM_HOME", str(tmp_path / "new" / "home"))
    monkeypatch.delenv("CONTROLROOM_SECRET", raising=False)
    before = os.umask(0o002)
    try:
        home = surroundings.home()
        secret = surroundings.secret_key(home)
    finally:
        os.umask(before)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600
    assert secret == surroundings.secret_key(home)
    assert len(secret) > 40


def test_kept_files_are_not_written_again(mix: Recording, settings: Any) -> None:
    path = blobs.path_of(mix.blob)
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert path.is_relative_to(settings.HOME)


def test_a_guest_is_not_told_where_files_lie(
    link: GuestLink, settings: Any, monkeypatch: pytest.MonkeyPatch, asked: list[Asked]
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    client, url = Client(), f"/g/{token_of(link)}/uploads/"
    made = client.post(url, headers=TUS)
    monkeypatch.setattr(uploads, "_append", full)
    answer = client.patch(made["Location"], b"abc", PATCH_TYPE, headers=TUS)
    assert answer.status_code == 503
    assert "no space left" in answer.content.decode()
    assert str(settings.HOME) not in answer.content.decode()
    monkeypatch.undo()
    monkeypatch.setattr(blobs.shutil, "copyfile", full)
    monkeypatch.setattr(Path, "replace", full)
    answer = client.patch(made["Location"], b"abc", PATCH_TYPE, headers=TUS)
    assert answer.status_code == 503
    assert str(settings.HOME) not in answer.content.decode()


def test_nobody_announces_files_without_end(client_of: Client, song: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 3)
    url = f"/songs/{song.pk}/uploads/"
    answers = [client_of.post(url, headers=TUS) for _ in range(4)]
    assert [each.status_code for each in answers] == [201, 201, 201, 429]
    assert "Finish those first" in answers[-1].content.decode()
    client_of.delete(answers[0]["Location"], headers=TUS)
    assert client_of.post(url, headers=TUS).status_code == 201
    assert Upload.objects.count() == 3
