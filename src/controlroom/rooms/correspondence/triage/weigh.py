"""Evidence added up: the score of a kind is the sum of the weights of what speaks for it (log-linear, by hand)."""

from __future__ import annotations

import math
from typing import NamedTuple

from controlroom.rooms.correspondence.message import Message
from controlroom.rooms.correspondence.triage.circumstances import Circumstances
from controlroom.rooms.correspondence.triage.facts import facts_of
from controlroom.rooms.correspondence.triage.habits import Habits, Learnt
from controlroom.rooms.correspondence.triage.rules import Rules
from controlroom.rooms.correspondence.triage.scene import Scene
from controlroom.rooms.correspondence.triage.urgency import quoted, urgent_reasons
from controlroom.rooms.correspondence.triage.verdict import KINDS, Kind, Reason, Verdict

MOST_REASONS = 4
_FADING = 0.8  # each further phrase of a kind counts that much of the one before
_SUBJECT = 1.25
_SURE, _SURE_OF_MUSIC = 1.0, 2.0  # how far junk must be ahead; further where music may be what is offered
_ENOUGH = 3.5  # what junk must come to at least


class _Evidence(NamedTuple):
    kind: Kind
    reason: Reason


def triage(message: Message, circumstances: Circumstances, rules: Rules, habits: Habits | None = None) -> Verdict:
    """What a message is and whether it cannot wait, with the reasons. `habits`: what corrections taught (`learn`)."""
    scene = Scene(message, circumstances, rules)
    evidence = [*_facts(scene), *_words(scene)]
    by_rules = _judged(evidence, scene)
    learnt = habits.of(message) if habits else Learnt()
    if learnt.said:
        return _said(learnt.said, by_rules, scene)
    evidence += [_Evidence(kind, reason) for kind, reason in learnt.kinds]
    kind = _best(_scores(evidence, rules)) if learnt.kinds else by_rules
    urgent = _urgent(scene, kind, learnt)
    turned = kind != by_rules or bool(urgent) != bool(urgent_reasons(scene, by_rules))
    return Verdict(
        kind=kind,
        urgent=bool(urgent),
        confidence=_confidence(_scores(evidence, rules), kind),
        reasons=(*urgent[:2], *_reasons(evidence, kind))[:MOST_REASONS],
        by="learnt" if turned else "rule",
    )


def _facts(scene: Scene) -> list[_Evidence]:
    table = scene.rules.settings.facts
    return [
        _Evidence(kind, Reason(code=fact.code, values=fact.values, weight=weight * fact.times))  # type: ignore[arg-type]
        for fact in facts_of(scene)
        for kind, weight in table[fact.code].items()
    ]


def _words(scene: Scene) -> list[_Evidence]:
    """For each kind the phrases that mean it; the first counts most, and all of them only up to its `words_most`."""
    rules, subject_end = scene.rules.settings, len(scene.message.subject)
    found = []
    for kind in KINDS:
        hits = [hit for hit in scene.hits if hit.group == kind]
        factor = 0.6 if scene.message.in_reply_to else _SUBJECT  # the subject of an answer may be our own words
        graded = sorted(
            ((rules.grades[hit.grade] * (factor if hit.end <= subject_end else 1.0), hit) for hit in hits),
            key=lambda pair: -pair[0],
        )
        total = sum(weight * _FADING**place for place, (weight, _) in enumerate(graded))
        if graded:
            values: dict[str, str | int | float] = {"words": quoted(hit.quote for _, hit in graded)}
            found.append(
                _Evidence(kind, Reason(code=f"words_{kind}", values=values, weight=min(total, rules.words_most[kind])))
            )
    return found


def _scores(evidence: list[_Evidence], rules: Rules) -> dict[Kind, float]:
    scores: dict[Kind, float] = {kind: rules.settings.prior.get(kind, 0.0) for kind in KINDS}
    for one in evidence:
        scores[one.kind] += one.reason.weight
    return scores


def _best(scores: dict[Kind, float]) -> Kind:
    return max(scores, key=lambda kind: scores[kind])


def _judged(evidence: list[_Evidence], scene: Scene) -> Kind:
    """The kind by rules alone. Junk is only said on strong evidence, and never of what may be somebody's music."""
    scores = _scores(evidence, scene.rules)
    kind = _best(scores)
    if kind != "junk":
        return kind
    rest: dict[Kind, float] = {other: score for other, score in scores.items() if other != "junk"}
    nearest = _best(rest)
    music = any(one.kind == "demo" and one.reason.code.startswith("audio_") for one in evidence)
    needed = _SURE_OF_MUSIC if music else _SURE
    sure = scores["junk"] >= _ENOUGH and scores["junk"] - rest[nearest] >= needed
    if scene.wrote_first or (music and scene.audio) or not sure:
        return nearest
    return kind


def _urgent(scene: Scene, kind: Kind, learnt: Learnt) -> tuple[Reason, ...]:
    """Reasons of the rules, unless corrections say that such mail can wait; reasons learnt, where there are none."""
    ruled = urgent_reasons(scene, kind)
    if kind in ("newsletter", "junk"):
        return ()
    if learnt.calm and sum(reason.weight for reason in ruled) < learnt.calm:
        return ()
    return ruled or learnt.urgent


def _said(label: str, by_rules: Kind, scene: Scene) -> Verdict:
    """What somebody said of this very message stands."""
    reason = Reason(code="you_said", values={"label": label}, weight=99.0)
    if label == "urgent":
        return Verdict(kind=by_rules, urgent=True, reasons=(reason,), by="you")
    return Verdict(kind=label, reasons=(reason,), by="you")  # type: ignore[arg-type]


def _reasons(evidence: list[_Evidence], kind: Kind) -> tuple[Reason, ...]:
    spoke = [one.reason for one in evidence if one.kind == kind and one.reason.weight > 0]
    spoke.sort(key=lambda reason: -reason.weight)
    rounded = (Reason(code=one.code, values=one.values, weight=round(one.weight, 2)) for one in spoke[:MOST_REASONS])
    return tuple(rounded) or (Reason(code="nothing_else"),)


def _confidence(scores: dict[Kind, float], kind: Kind) -> float:
    """The share of `kind` when scores are taken as logarithms of odds."""
    top = max(scores.values())
    powers = {one: math.exp(score - top) for one, score in scores.items()}
    return round(powers[kind] / sum(powers.values()), 3)
