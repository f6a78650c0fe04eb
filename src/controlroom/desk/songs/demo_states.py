"""What becomes of a demo: new, listening, shortlisted, answered, signed, declined. Each step is a row that stays."""

from __future__ import annotations

from django.db.models import Count
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.people.text import one_line
from controlroom.desk.songs.models import DemoStep, Song

MOST_REASON = 200
REASONS_OFFERED = 6
MOST_REASONS = 300
_SAID = {
    "new": "The demo is new again",
    "listening": "The demo is being listened to",
    "shortlisted": "The demo is shortlisted",
    "answered": "The demo was answered",
    "signed": "The demo is signed",
    "declined": "The demo is declined",
}


def said(state: str, reason: str = "") -> str:
    """A step as a line of the timeline."""
    return f"{_SAID[state]}: {reason}" if reason else _SAID[state]


def stepped(actor: Actor, song: Song, state: str, reason: str = "", *, answers: bool = False) -> DemoStep | None:
    """Bring the demo of `song` into a state, within the caller's transaction; None where it is in it already and no
    reason is given. `answers`: its sender has an answer by this step.
    """
    locked = Song.objects.select_for_update().only("demo_state", "answered_at").get(pk=song.pk)
    song.demo_state, song.answered_at = locked.demo_state, locked.answered_at
    reason, at, step = one_line(reason, MOST_REASON), timezone.now(), None
    if reason or song.demo_state != state:
        step = DemoStep.objects.create(
            studio_id=actor.studio_id,
            song=song,
            state=state,
            before=song.demo_state,
            reason=reason,
            who=actor.name,
            who_key=actor.key,
            at=at,
        )
        song.demo_state = state
    if answers and song.answered_at is None:
        song.answered_at = at
    song.save(update_fields=["demo_state", "answered_at"])
    return step


def last(song: Song) -> DemoStep | None:
    """The step by which the demo is what it is; None where none was taken, or all were taken back."""
    return song.demo_steps.filter(taken_back_at=None).first()


def took_back(song: Song, step: DemoStep) -> bool:
    """Take the last step back, and the answer that it was, within the caller's transaction; False where `step` is not
    the last."""
    if last(song) != step:
        return False
    step.taken_back_at = timezone.now()
    step.save(update_fields=["taken_back_at"])
    song.demo_state = step.before
    if song.answered_at == step.at:
        song.answered_at = None
    song.save(update_fields=["demo_state", "answered_at"])
    return True


def reasons(actor: Actor) -> dict[str, list[str]]:
    """The reasons that the studio gave before, by state, the most used first."""
    given = (
        DemoStep.objects.filter(studio_id=actor.studio_id, taken_back_at=None)
        .exclude(reason="")
        .values_list("state", "reason")
        .annotate(times=Count("pk"))
        .order_by("-times", "reason")
    )
    found: dict[str, list[str]] = {}
    for state, reason, _ in given[:MOST_REASONS]:
        found.setdefault(state, []).append(reason)
    return {state: those[:REASONS_OFFERED] for state, those in found.items()}
