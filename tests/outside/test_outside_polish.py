"""Words polished by an endpoint: off unless named, what is sent is what was shown, and every failure is a sentence."""

from __future__ import annotations

import json

import pytest
from servers import free_port

from controlroom.base.errors import InputRefused, SurroundingsFailed, UsageError
from controlroom.outside.polish import Endpoint, polish, request_of

LETTER = "Dear Mara,\n\nthe chorus of Night Drive at 1:02 works. Bring the voice up 2 dB."


def answer(words: str | None, reason: str = "stop") -> bytes:
    return json.dumps({"id": "x", "choices": [{"message": {"content": words}, "finish_reason": reason}]}).encode()


@pytest.mark.parametrize("endpoint", [Endpoint(), Endpoint(url="https://llm.example.org/v1"), Endpoint(model="m")])
def test_it_is_off_unless_endpoint_and_model_are_named(endpoint):
    assert not endpoint.is_on
    with pytest.raises(UsageError, match="it is off"):
        request_of(endpoint, LETTER)
    with pytest.raises(UsageError, match="not an address"):
        request_of(Endpoint(url="file:///etc", model="m"), LETTER)


def test_what_is_sent_is_exactly_what_was_shown(web):
    heard = []

    def page(asked):
        heard.append((json.loads(asked.body), asked.headers.get("Authorization")))
        asked.answer(answer("  Dear Mara,\n\nBetter.  "), content_type="application/json")

    web.pages["/v1/chat/completions"] = page
    endpoint = Endpoint(url=f"{web.url}/v1/", model="small", key="k3y")
    request = request_of(endpoint, LETTER, language="de", tone="formal")
    assert "k3y" not in repr(request) + repr(endpoint)
    assert LETTER in [message["content"] for message in request.body["messages"]]
    assert "Its language is de, its tone formal" in request.body["messages"][0]["content"]
    polished = polish(endpoint, request)
    assert polished.text == "Dear Mara,\n\nBetter."
    assert polished.sent == request
    assert heard == [(request.body, "Bearer k3y")]


def test_an_endpoint_in_the_own_house_needs_no_key(web):
    def page(asked):
        asked.answer(answer(asked.headers.get("Authorization") or "no key"))

    web.pages["/v1/chat/completions"] = page
    endpoint = Endpoint(url=f"{web.url}/v1", model="small")
    assert polish(endpoint, request_of(endpoint, LETTER)).text == "no key"


@pytest.mark.parametrize(
    ("status", "body", "error", "says"),
    [
        (401, b"", SurroundingsFailed, "refused the key"),
        (404, b"", SurroundingsFailed, "no such model"),
        (429, b"", SurroundingsFailed, "asked too much"),
        (500, b"out of\nmemory", SurroundingsFailed, "status 500 .out of memory"),
        (302, b"", SurroundingsFailed, "status 302"),
        (200, b"<html>", InputRefused, "cannot be read"),
        (200, b'{"choices": [{"message": 3}]}', InputRefused, "cannot be read"),
        (200, b'{"choices": []}', InputRefused, "no words"),
        (200, answer(None), InputRefused, "no words"),
        (200, answer("Dear Ma", "length"), InputRefused, "end in the middle"),
        (200, answer("x" * 1_100_000), InputRefused, "larger than 1 MB"),
    ],
)
def test_what_goes_wrong_is_a_sentence(web, status, body, error, says):
    def page(asked):
        asked.answer(body, status, location="http://example.org/")

    web.pages["/v1/chat/completions"] = page
    endpoint = Endpoint(url=f"{web.url}/v1", model="small", key="k")
    with pytest.raises(error, match=says):
        polish(endpoint, request_of(endpoint, LETTER))


def test_an_endpoint_that_is_not_there_is_a_sentence():
    endpoint = Endpoint(url=f"http://127.0.0.1:{free_port()}/v1", model="small")
    with pytest.raises(SurroundingsFailed, match="nothing answers"):
        polish(endpoint, request_of(endpoint, LETTER))
