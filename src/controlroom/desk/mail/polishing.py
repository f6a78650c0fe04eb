"""Having the words of a draft polished by a machine somebody named: off unless it is, and never a fact is added.

`CONTROLROOM_POLISH_URL`, `CONTROLROOM_POLISH_MODEL` and `CONTROLROOM_POLISH_KEY` name any OpenAI-compatible endpoint.
What comes back is shown as a difference; a person takes it, or not.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from typing import Any

from django.conf import settings

from controlroom.base.errors import UsageError
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.jobs.models import Job
from controlroom.desk.mail import facts
from controlroom.desk.mail.models import Outgoing
from controlroom.desk.people.text import many_lines
from controlroom.outside import polish as outside
from controlroom.rooms.correspondence import letters as room

WORK = "mail.polish"


def endpoint() -> outside.Endpoint:
    """Where words are polished, as the settings name it."""
    return outside.Endpoint(**settings.POLISH, ca_file=settings.MAIL_CA)


def request_of(letter: Outgoing) -> outside.Request:
    """What would be sent of a letter: its words alone, neither to whom nor about what it is."""
    return outside.request_of(endpoint(), letter.body, language=letter.language, tone=letter.tone)


def ask(actor: Actor, letter: Outgoing) -> works.Asked:
    """Have the words polished in the background."""
    actor.must("manage")
    request_of(letter)  # refuses here what would fail there
    return works.ask(actor, WORK, says="Polishing the words of a letter", letter=letter.pk, words=_mark(letter.body))


def polish_now(letter: Outgoing, words: str) -> dict[str, Any]:
    """Send the draft; gives the job's result. Where it was changed meanwhile nothing is sent."""
    if _mark(letter.body) != words:
        return {"says": "The draft is another one by now. Ask again."}
    polished = outside.polish(endpoint(), request_of(letter))
    return {"says": "The words came back.", "text": many_lines(polished.text)}


def _mark(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:24]


def job_of(letter: Outgoing) -> Job | None:
    """The newest job that polished, or is to polish, the words as they stand."""
    arguments = {"letter": letter.pk, "words": _mark(letter.body)}
    jobs = Job.objects.filter(studio_id=letter.studio_id, work=WORK, arguments=arguments)
    return jobs.order_by("-pk").first()


def polished_page(letter: Outgoing) -> dict[str, Any]:
    """What would be sent, and what came back: as a difference, with what keeps it from being taken (`unknown`)."""
    if not endpoint().is_on:
        return {"letter": letter}
    request = request_of(letter)
    context = {
        "letter": letter,
        "endpoint": request.url,
        "request": json.dumps(request.body, indent=2, ensure_ascii=False),
        "job": (job := job_of(letter)),
    }
    text = (job.result or {}).get("text", "") if job and job.state == "done" else ""
    if text:
        context |= {"lines": difference(letter.body, text), "unknown": unknown(letter, text)}
    return context


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """The lines of both as (mark, words): " " in both, "-" only before, "+" only after."""
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(line[0], line[2:]) for line in compared if line[0] in " +-" and line[2:].strip()]


def unknown(letter: Outgoing, text: str) -> tuple[str, ...]:
    """What `text` says that the letter did not, or no longer says; empty where it may be taken."""
    draft = room.Draft(subject=letter.subject, body=letter.body, language=letter.language, tone=letter.tone)
    return room.unknown_facts(draft, text, facts.facts_behind(letter))


def take(actor: Actor, letter: Outgoing) -> Outgoing:
    """The polished words become the draft's; raises `UsageError` where they say what it did not."""
    actor.must("manage")
    job = job_of(letter)
    text = (job.result or {}).get("text", "") if job and job.state == "done" else ""
    if not text or letter.state not in ("draft", "failed"):
        raise UsageError("The polished words", "they are not here any more", "Ask for them again.")
    if says := unknown(letter, text):
        raise UsageError("The polished words", f"they say what the letter did not ({'; '.join(says)})", "Leave them.")
    letter.body = text
    letter.save(update_fields=["body"])
    return letter
