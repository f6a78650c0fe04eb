"""The own calendar on a real Radicale: found, written to, asked; and what is said when a server misbehaves."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from servers import free_port
from servers.caldav_server import CalDavServer
from servers.web_server import WebServer, web_server

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.outside.caldav import CalDavAccount, ChangedElsewhere, busy_ics, calendars, delete, put

_numbers = itertools.count(1)


def event(uid: str, day: int = 5, title: str = "Vocals", rule: str = "") -> str:
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:202702{day:02}T100000Z\r\nDTEND:202702{day:02}T120000Z\r\n"
        f"{rule}SUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def of(server: CalDavServer, url: str = "", **changed: Any) -> CalDavAccount:
    given = {"url": url or server.url, "user": server.user, "password": server.password}
    return CalDavAccount(**(given | {"ca_file": str(server.ca_file)} | changed))


@pytest.fixture
def account(caldav: CalDavServer) -> CalDavAccount:
    """An account whose address is an empty calendar of its own."""
    return of(caldav, caldav.make_calendar(f"calendar{next(_numbers)}"))


@pytest.mark.parametrize("place", ["", "/", "/ada/", "/.well-known/caldav"])
def test_calendars_are_found_from_any_address_of_the_server(caldav, account, place):
    found = {calendar.url: calendar for calendar in calendars(of(caldav, caldav.url + place))}
    assert found[account.url].name == account.url.rstrip("/").rpartition("/")[2]
    assert found[account.url].may_write


def test_the_calendar_itself_leads_to_all_of_them(caldav, account):
    assert account.url in [calendar.url for calendar in calendars(account)]


def test_an_event_is_written_changed_and_taken_out(account):
    first = put(account, "s1@example.org", event("s1@example.org"))
    second = put(account, "s1@example.org", event("s1@example.org", title="Moved"), first)
    assert first
    assert second not in ("", first)
    (text,) = busy_ics(account, datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
    assert "SUMMARY:Moved" in text
    assert delete(account, "s1@example.org", second)
    assert not delete(account, "s1@example.org", second)
    assert busy_ics(account, datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)) == ()


def test_what_somebody_changed_there_is_not_written_over(caldav, account):
    etag = put(account, "s1", event("s1"))
    with caldav.client() as other:
        theirs = other.put(f"{account.url}s1.ics", content=event("s1", title="Theirs")).headers["etag"]
    for act in (lambda: put(account, "s1", event("s1"), etag), lambda: delete(account, "s1", etag)):
        with pytest.raises(ChangedElsewhere, match="changed there meanwhile") as changed:
            act()
        assert changed.value.etag == theirs
    with pytest.raises(ChangedElsewhere) as there:
        put(account, "s1", event("s1"))
    put(account, "s1", event("s1", title="Ours"), there.value.etag)
    assert "Ours" in busy_ics(account, datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))[0]


def test_what_somebody_took_out_is_told(account):
    etag = put(account, "s1", event("s1"))
    assert delete(account, "s1")
    with pytest.raises(ChangedElsewhere) as changed:
        put(account, "s1", event("s1"), etag)
    assert changed.value.etag == ""


def test_a_uid_may_hold_anything(account):
    uid = "../a/b?c=d#e%2F ü@example.org"
    put(account, uid, event(uid))
    assert uid in re.sub(r"\r?\n ", "", busy_ics(account, *month())[0])
    assert delete(account, uid)


def month() -> tuple[datetime, datetime]:
    return datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)


def test_only_what_touches_the_time_is_asked_for_recurring_events_too(account):
    put(account, "near", event("near", day=5))
    put(account, "far", event("far", day=20))
    put(account, "weekly", event("weekly", day=1, rule="RRULE:FREQ=WEEKLY\r\n"))
    texts = busy_ics(account, datetime(2027, 2, 5, tzinfo=UTC), datetime(2027, 2, 7, tzinfo=UTC))
    assert ["near" in text for text in texts] == [True]
    texts = busy_ics(account, datetime(2027, 2, 8, 9, tzinfo=UTC), datetime(2027, 2, 8, 11, tzinfo=UTC))
    assert ["weekly" in text for text in texts] == [True]


def test_two_events_of_one_uid_are_a_sentence(caldav, account):
    with caldav.client() as other:
        other.put(f"{account.url}elsewhere.ics", content=event("s1")).raise_for_status()
    with pytest.raises(SurroundingsFailed, match="same UID"):
        put(account, "s1", event("s1"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"password": "wrong"}, "refused ada.*app password"),
        ({"ca_file": ""}, "certificate is not trusted"),
        ({"url": "https://cal.invalid"}, "no host of that name"),
        ({"url": f"https://localhost:{free_port()}"}, "nothing answers"),
    ],
)
def test_what_goes_wrong_is_a_sentence(caldav, account, changed, says):
    for act in (calendars, lambda account: put(account, "s", event("s")), lambda account: busy_ics(account, *month())):
        with pytest.raises(SurroundingsFailed, match=says):
            act(of(caldav, account.url, **changed) if "url" not in changed else of(caldav, **changed))


def test_an_address_that_is_no_calendar_is_a_sentence(caldav):
    nowhere = of(caldav, f"{caldav.url}/ada/nowhere/")
    with pytest.raises(SurroundingsFailed, match=r"no calendar at that address|not allowed"):
        put(nowhere, "s", event("s"))
    with pytest.raises(SurroundingsFailed, match=r"no calendar at that address|not allowed"):
        busy_ics(nowhere, *month())


@pytest.mark.parametrize("url", ["", "cal.example.org", "ftp://cal.example.org", "http://[::1"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(UsageError, match="not an address"):
        calendars(CalDavAccount(url=url))


def test_an_account_keeps_its_password_to_itself(account):
    assert "secret" not in repr(account)


# ---- servers that Radicale is not


def multistatus(*responses: str) -> bytes:
    names = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
    return f'<?xml version="1.0"?><d:multistatus {names}>{"".join(responses)}</d:multistatus>'.encode()


def response(href: str, properties: str) -> str:
    propstat = f"<d:propstat><d:prop>{properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
    return f"<d:response><d:href>{href}</d:href>{propstat}</d:response>"


CALENDAR = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Studio</d:displayname>"


def answering(body: bytes, **headers: str):
    def page(asked):
        asked.answer(body, 207, **headers)

    return page


def test_the_way_leads_over_well_known_redirects_principal_and_home(web):
    principal = "<d:current-user-principal><d:href>/dav/ada/</d:href></d:current-user-principal>"
    home = "<c:calendar-home-set><d:href>/dav/ada/cal/</d:href></c:calendar-home-set>"
    reading = "<d:current-user-privilege-set><d:privilege><d:read/></d:privilege></d:current-user-privilege-set>"
    tasks = '<c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set>'
    web.pages |= {
        "/": lambda asked: asked.answer(b"no", 405),
        "/.well-known/caldav": lambda asked: asked.answer(status=301, location="/dav/"),
        "/dav/": answering(multistatus(response("/dav/", principal))),
        "/dav/ada/": answering(multistatus(response("/dav/ada/", home))),
        "/dav/ada/cal/": answering(
            multistatus(
                response("/dav/ada/cal/", "<d:resourcetype><d:collection/></d:resourcetype>"),
                response("/dav/ada/cal/studio/", CALENDAR + reading),
                response("/dav/ada/cal/todo/", CALENDAR + tasks),
            )
        ),
    }
    (found,) = calendars(CalDavAccount(url=web.url, user="ada", password="x"))
    assert (found.url, found.name, found.may_write) == (f"{web.url}/dav/ada/cal/studio/", "Studio", False)
    assert [method for method, path in web.asked if path == "/dav/"] == ["PROPFIND"]


def test_digest_is_spoken_where_it_is_asked_for(web):
    def page(asked):
        given = asked.headers.get("Authorization", "")
        if not given.startswith("Digest "):
            asked.answer(status=401, www_authenticate='Digest realm="dav", nonce="n1", qop="auth", algorithm=MD5')
            return
        parts = dict(re.findall(r'(\w+)="?([^",]+)"?', given))
        one, two = (hashlib.md5(text).hexdigest() for text in (b"ada:dav:secret", b"PROPFIND:/"))
        proof = f"{one}:n1:{parts['nc']}:{parts['cnonce']}:auth:{two}"
        right = parts["response"] == hashlib.md5(proof.encode()).hexdigest()
        asked.answer(multistatus(response("/", CALENDAR)), 207 if right else 403)

    web.pages["/"] = page
    assert [calendar.name for calendar in calendars(CalDavAccount(url=web.url, user="ada", password="secret"))] == [
        "Studio"
    ]


def test_a_token_goes_as_bearer(web):
    def page(asked):
        right = asked.headers.get("Authorization") == "Bearer t0ken"
        asked.answer(multistatus(response("/", CALENDAR)), 207 if right else 401)

    web.pages["/"] = page
    assert calendars(CalDavAccount(url=web.url, oauth_token="t0ken"))
    with pytest.raises(SurroundingsFailed, match="refused us"):
        calendars(CalDavAccount(url=web.url, oauth_token="stale"))


def test_a_password_is_never_led_from_https_to_http(web):
    with web_server({}, tls=True) as secure:
        for page in (
            lambda asked: asked.answer(status=302, location=f"{web.url}/"),
            answering(
                multistatus(response("/", f"<c:calendar-home-set><d:href>{web.url}/</d:href></c:calendar-home-set>"))
            ),
        ):
            secure.pages["/"] = page
            with pytest.raises(SurroundingsFailed, match="not encrypted"):
                calendars(CalDavAccount(url=secure.url, user="a", password="b", ca_file=str(secure.ca_file)))
    assert web.asked == []


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 30) for n in range(1, 9)).replace(b"&a0;", b"&a;")
    + b'<!ENTITY file SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    ("body", "headers", "says"),
    [
        (BOMB + b"<x>&a8;</x>", {}, "declares a document type|cannot be read"),
        (BOMB + b"<x>&file;</x>", {}, "declares a document type|cannot be read"),
        ((BOMB + b"<x>&a8;</x>").decode().encode("utf-16"), {}, "declares a document type|cannot be read"),
        (b"<html>Sign in", {}, "cannot be read"),
        (b"", {}, "cannot be read"),
        (b"\xff\xfe\0", {}, "cannot be read"),
        (b"<x>" * 100_000, {}, "cannot be read"),
        (multistatus(response("http://[::1", CALENDAR)), {}, "leads to"),
        (multistatus(response("file:///etc/passwd", CALENDAR)), {}, "leads to|not encrypted"),
        (gzip.compress(b"<x>" + bytes(40_000_000), mtime=0), {"content_encoding": "gzip"}, "larger than 20 MB"),
        (b"x", {"content_length": "30000000"}, "broke off|larger"),
    ],
)
def test_hostile_answers_are_a_sentence(web: WebServer, body, headers, says):
    def page(asked):
        asked.answer(body, 207, **headers)
        asked.close_connection = True

    web.pages["/"] = page
    for act in (calendars, lambda account: busy_ics(account, *month())):
        with pytest.raises(SurroundingsFailed, match=says):
            act(CalDavAccount(url=web.url, user="a", password="b"))


def test_a_server_that_leads_in_a_circle_or_fails_is_a_sentence(web):
    web.pages["/"] = lambda asked: asked.answer(status=302, location="/")
    with pytest.raises(SurroundingsFailed, match="without end"):
        calendars(CalDavAccount(url=web.url))
    web.pages["/"] = lambda asked: asked.answer(status=503)
    with pytest.raises(SurroundingsFailed, match="status 503"):
        calendars(CalDavAccount(url=web.url))
    web.pages["/"] = answering(multistatus())
    with pytest.raises(SurroundingsFailed, match="no calendars"):
        calendars(CalDavAccount(url=web.url))
