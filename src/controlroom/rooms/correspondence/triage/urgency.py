"""What makes a message urgent: today's sessions, a date that is near, somebody who waits long, words that mean it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from controlroom.rooms.correspondence.triage.facts import Fact
from controlroom.rooms.correspondence.triage.scene import Scene
from controlroom.rooms.correspondence.triage.verdict import Kind, Reason

_AHEAD = timedelta(hours=24)
_OF_THE_SONG: frozenset[Kind] = frozenset({"note", "scheduling", "business"})
_NEVER: frozenset[Kind] = frozenset({"newsletter", "junk"})


def urgent_reasons(scene: Scene, kind: Kind) -> tuple[Reason, ...]:
    """What speaks for urgent; empty where it is not enough. A newsletter or junk is never urgent, whatever it says."""
    if kind in _NEVER or scene.message.bounced or scene.message.automatic:
        return ()
    rules = scene.rules.settings
    facts = [*_today(scene), *_due(scene, kind), *_waiting(scene), *_words(scene, kind)]
    reasons = [
        Reason(code=fact.code, values=fact.values, weight=round(rules.urgency[fact.code] * fact.times, 2))
        for fact in facts
    ]
    if sum(reason.weight for reason in reasons) < rules.urgent_from:
        return ()
    return tuple(sorted((one for one in reasons if one.weight > 0), key=lambda one: -one.weight))


def _today(scene: Scene) -> Iterator[Fact]:
    """Somebody who comes today writes, from the day before on until the session ends."""
    for session in scene.circumstances.sessions:
        if scene.sender in session.people and session.start - _AHEAD <= scene.sent_at <= session.end:
            if scene.message.bulk:
                continue
            name = (scene.person.name if scene.person else "") or scene.sender_name or scene.sender
            yield Fact("session_today", {"name": name, "session": session.title, "at": f"{session.start:%H:%M}"})
            return


def _due(scene: Scene, kind: Kind) -> Iterator[Fact]:
    if scene.message.bulk:
        return
    today = scene.circumstances.now.date()
    their = scene.person.songs if scene.person and kind in _OF_THE_SONG else ()
    known = scene.person is not None or scene.letter is not None
    for song in scene.circumstances.songs:
        if song.due_on is None or not (song.title in their or (known and song.title in scene.titles)):
            continue
        days = (song.due_on - today).days
        if days < 0 and song.due == "deadline":
            yield Fact("deadline_past", {"song": song.title, "count": -days})
            return
        if 0 <= days <= scene.rules.settings.due_days:
            yield Fact(f"{song.due}_near", {"song": song.title, "day": f"{song.due_on:%A, %d %B}", "count": days})
            return


def _waiting(scene: Scene) -> Iterator[Fact]:
    """Somebody whose songs are in work, and whom we have not answered."""
    person = scene.person
    if person is None or not person.songs or person.waiting_since is None:
        return
    days = (scene.circumstances.now - person.waiting_since).days
    if days > scene.rules.settings.waiting_days:
        yield Fact("waits_long", {"name": person.name or scene.sender, "count": days})


def _words(scene: Scene, kind: Kind) -> Iterator[Fact]:
    """Words that mean it. Strangers find much urgent that is not: theirs count less, least with music."""
    times = {"demo": 0.5, "other": 0.8}.get(kind, 1.0) if scene.stranger else 1.0
    grades = scene.rules.settings.grades
    pressing = ("urgent",) if kind in ("scheduling", "other") else ("urgent", "deadline")
    for groups, code in ((pressing, "words_urgent"), (("calm",), "words_calm")):
        hits = [hit for hit in scene.hits if hit.group in groups]
        if hits:
            weight = sum(sorted((grades[hit.grade] for hit in hits), reverse=True)[:3])
            yield Fact(code, {"words": quoted(hit.quote for hit in hits)}, weight * times)


def quoted(quotes: Iterator[str]) -> str:
    """The first three, as they stand in the message."""
    return ", ".join(f"“{quote}”" for quote in list(quotes)[:3])
