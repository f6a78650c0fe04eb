"""Having a letter's wording polished by an endpoint that speaks OpenAI's chat completions. Off unless one is named.

    request_of : what would be sent, to be shown beforehand       polish : sends exactly that, and gives the words back

Whether the words say more than the letter did is asked elsewhere (`rooms.correspondence.letters`); nothing is taken
unasked.
"""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from controlroom.base.errors import InputRefused, SurroundingsFailed, UsageError
from controlroom.outside.bodies import whole
from controlroom.outside.reaching import reached, short, tls_context

_TIMEOUT_S = 120.0
_MOST_BYTES = 1_000_000
_ASKED = (
    "You polish the wording of a letter. Its language is {language}, its tone {tone}. Change only how things are said, "
    "never what is said: add nothing, leave nothing out. Every name, number, date, time, amount, key, tempo, title and "
    "address stays as it is. Keep the paragraphs. Answer with the letter alone."
)


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where words are polished: `url` is the base of the interface (https://llm.example.org/v1, http://localhost:11434/v1),
    `key` may be "" for one in the own house. No `url` or no `model`: it is off."""

    url: str = ""
    model: str = ""
    key: str = ""
    ca_file: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.url and self.model)

    def __repr__(self) -> str:
        return f"Endpoint({self.model} at {self.url})"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """All that leaves the house: `body`, as JSON, to `url`. The key goes along as a header and is not in here."""

    url: str
    body: dict[str, Any]


class Polished(msgspec.Struct, frozen=True, kw_only=True):
    """The words that came back, and what was sent for them."""

    text: str
    sent: Request


def request_of(endpoint: Endpoint, text: str, *, language: str = "en", tone: str = "warm") -> Request:
    """What `polish` would send. Raises `UsageError` where it is off, or the address cannot be meant."""
    if not endpoint.is_on:
        raise UsageError("Polishing", "it is off", "Name an endpoint and a model to turn it on.")
    if not endpoint.url.startswith(("https://", "http://")):
        raise UsageError(short(endpoint.url), "it is not an address of the web", "Write https://…/v1")
    asked = _ASKED.format(language=language, tone=tone)
    messages = [{"role": "system", "content": asked}, {"role": "user", "content": text}]
    body = {"model": endpoint.model, "messages": messages, "temperature": 0.2}
    return Request(url=f"{endpoint.url.rstrip('/')}/chat/completions", body=body)


def polish(endpoint: Endpoint, request: Request) -> Polished:
    """Send a request that `request_of` made, and nothing else.

    Raises `SurroundingsFailed`: not reached, key refused, too slow (two minutes of silence), too much asked of it; and
    `InputRefused` when no words came back.
    """
    what = f"The endpoint {httpx.URL(request.url).host}"
    headers = {"Accept-Encoding": "identity", "User-Agent": "Controlroom"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    try:
        with (
            reached(what),
            httpx.Client(verify=tls_context(endpoint.ca_file), trust_env=False, timeout=_TIMEOUT_S) as client,
            client.stream("POST", request.url, json=request.body, headers=headers) as answer,
        ):
            encoding = answer.headers.get("content-encoding", "").strip().lower()
            body, status = whole(answer.iter_raw(), encoding, _MOST_BYTES, what), answer.status_code
    except httpx.TimeoutException as error:
        raise SurroundingsFailed(what, "it does not answer", "Try again later.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SurroundingsFailed(what, f"it broke off ({short(error)})", "Try again later.") from error
    _check(what, status, body)
    return Polished(text=_words_in(what, body), sent=request)


def _check(what: str, status: int, body: bytes) -> None:
    if status == 200:
        return
    if status in (401, 403):
        raise SurroundingsFailed(what, "it refused the key", "Check the key.")
    if status == 404:
        raise SurroundingsFailed(what, "it has no such model, or nothing at that address", "Check address and model.")
    if status == 429:
        raise SurroundingsFailed(what, "it was asked too much, or the account is empty", "Try again later.")
    said = short(body[:500].decode(errors="replace"))
    raise SurroundingsFailed(what, f"it answers with status {status} ({said})", "Try again later.")


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice]


def _words_in(what: str, body: bytes) -> str:
    try:
        choices = msgspec.json.decode(body, type=_Answer).choices
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InputRefused(what, f"its answer cannot be read ({short(error)})", "Check the address.") from error
    words = (choices[0].message.content or "").strip() if choices else ""
    if not words:
        raise InputRefused(what, "no words came back", "Try again, or keep the letter as it is.")
    if choices[0].finish_reason == "length":
        raise InputRefused(what, "the words end in the middle", "Keep the letter as it is, or polish a shorter one.")
    return words
