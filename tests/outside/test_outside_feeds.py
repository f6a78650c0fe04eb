"""Calendars at an address: read through the guarded door, and again only when they have changed."""

from __future__ import annotations

import pytest
from servers.web_server import web_server

from controlroom.base.errors import InputRefused, SurroundingsFailed
from controlroom.outside.door import Limits
from controlroom.outside.feeds import fetch_ics

ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def allowed(web, **changed):
    return Limits(allow=(f"{web.host}:{web.port}",), ca_file=str(web.ca_file), **({"most_bytes": 10_000} | changed))


def calendar(asked):
    if asked.headers.get("If-None-Match") == '"7"' or asked.headers.get("If-Modified-Since") == "Mon":
        asked.answer(status=304)
    else:
        asked.answer(b"\xef\xbb\xbf" + ICS.encode(), content_type="text/calendar", etag='"7"', last_modified="Mon")


def test_a_calendar_is_read_and_not_again_while_it_is_unchanged(web):
    web.pages["/a.ics"] = calendar
    first = fetch_ics(f"{web.url}/a.ics", limits=allowed(web))
    assert (first.ics, first.etag, first.last_modified, first.unchanged) == (ICS, '"7"', "Mon", False)
    for marks in ({"etag": first.etag}, {"last_modified": first.last_modified}):
        again = fetch_ics(f"{web.url}/a.ics", limits=allowed(web), **marks)
        assert again.unchanged
        assert again.ics == ""


def test_webcal_is_https():
    with web_server({"/a.ics": calendar}, tls=True) as web:
        assert fetch_ics(web.url.replace("https", "webcal") + "/a.ics", limits=allowed(web)).ics == ICS


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ({"body": b"<html>Sign in</html>", "content_type": "text/calendar"}, InputRefused, "not a calendar"),
        ({"body": ICS.encode() + bytes(20_000)}, InputRefused, "10 kB are allowed"),
        ({"status": 404}, InputRefused, "not .or no longer. given out"),
        ({"status": 500}, SurroundingsFailed, "status 500"),
        ({"status": 302, "location": "http://169.254.169.254/"}, InputRefused, "private network"),
    ],
)
def test_what_is_no_calendar_is_a_sentence(web, answer, error, says):
    web.pages["/a.ics"] = lambda asked: asked.answer(**answer)
    with pytest.raises(error, match=says):
        fetch_ics(f"{web.url}/a.ics", limits=allowed(web))


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.ics", "webcal://localhost/a.ics", "file:///etc/passwd", ""])
def test_it_is_the_same_door(url):
    with pytest.raises(InputRefused):
        fetch_ics(url)
