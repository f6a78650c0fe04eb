"""Having the words of a draft polished by a machine somebody named: off unless it is, and never a fact is added.

`CONTROLROOM_POLISH_URL`, `CONTROLROOM_POLISH_MODEL` and `CONTROLROOM_POLISH_KEY` name any OpenAI-compatible endpoint.
"""

from __future__ import annotations

import difflib
from typing import Any

from django.conf import settings

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mail.models import Outgoing


def endpoint() -> str:
    """Where words are polished; "" where that is off."""
    return str(settings.POLISH["URL"])


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """The lines of both as (mark, words): " " in both, "-" only before, "+" only after."""
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(line[0], line[2:]) for line in compared if line[0] in " +-"]


def request_of(letter: Outgoing) -> str:
    return ""


def polished(actor: Actor, letter: Outgoing) -> dict[str, Any]:
    return {}


def take(actor: Actor, letter: Outgoing, text: str) -> Outgoing:
    """The polished words become the draft's; raises `UsageError` where they say what it did not."""
    raise UsageError("", "")
