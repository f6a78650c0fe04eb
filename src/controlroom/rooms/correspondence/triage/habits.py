"""What somebody's corrections taught: words and traits that go with a label, and senders who go with one.

Naive Bayes (scikit-learn's `BernoulliNB`, the same prior for every label) over words, pairs of words and traits that
people can read. What no correction speaks of stands in 1 of 20 letters of mail at large. Kept are counts and weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

import msgspec

from controlroom.rooms.correspondence.message import Message
from controlroom.rooms.correspondence.triage.rules import Rules
from controlroom.rooms.correspondence.triage.verdict import KINDS, LABELS, Kind, Reason
from controlroom.rooms.correspondence.triage.words import tokens

_LONGEST = 400  # words of a message that are looked at
_LARGE, _EVERYDAY = 20.0, 1.0  # mail at large: so many letters, and in how many of them any word stands
_SMOOTHING = 0.05
_ALIKE = 0.5  # the share of its words that a message has in common with corrections it is quite like
_AT_LARGE = "mail at large"
_SHARED_LEAST = 3  # features that a message shares with corrections before they count for it
_PER_CORRECTION, _MOST = 4.0, 16.0
_SENDER, _LIST = 1.0, 12.0


class Learnt(msgspec.Struct, frozen=True):
    """What habits say of one message. `calm`: how much weighs against urgent. `said`: the label somebody gave it."""

    kinds: tuple[tuple[Kind, Reason], ...] = ()
    urgent: tuple[Reason, ...] = ()
    calm: float = 0.0
    said: str = ""


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """`corrections`: how many for each label. `weights`: feature -> label -> log odds against mail at large.

    `counts`: feature -> label -> in how many corrections it stood. `senders`, `lists`: address -> label -> how often.
    `said`: Message-ID -> label. All of it is JSON.
    """

    corrections: dict[str, int] = {}
    weights: dict[str, dict[str, float]] = {}
    counts: dict[str, dict[str, int]] = {}
    senders: dict[str, dict[str, int]] = {}
    lists: dict[str, dict[str, int]] = {}
    said: dict[str, str] = {}

    def of(self, message: Message) -> Learnt:
        """What the corrections say of `message`."""
        said = self.said.get(message.message_id, "")
        if said or not self.corrections:
            return Learnt(said=said)
        found = {label: reason for label in self.corrections if (reason := self._likeness(message, label))}
        kinds = [*self._sender(message)]
        kinds += [(kind, found[kind]) for kind in KINDS if kind in found]
        like_urgent = found["urgent"].weight if "urgent" in found else 0.0
        like_calm = max((reason.weight for label, reason in found.items() if label != "urgent"), default=0.0)
        urgent = (found["urgent"],) if like_urgent >= 2 * _PER_CORRECTION and like_urgent > like_calm else ()
        return Learnt(kinds=tuple(kinds), urgent=urgent, calm=max(like_calm - like_urgent, 0.0))

    def _likeness(self, message: Message, label: str) -> Reason | None:
        """How like the corrections to `label` it is; worth more the more of them share its words."""
        features = _features(message)
        odds = {word: self.weights[word].get(label, 0.0) for word in features if word in self.weights}
        shared = sorted((word for word in odds if odds[word] > 0), key=lambda word: (-odds[word], word))
        if len(shared) < _SHARED_LEAST:
            return None
        support = sorted((self.counts[word].get(label, 0) for word in shared), reverse=True)[_SHARED_LEAST - 1]
        alike = min(1.0, len(shared) / len(features) / _ALIKE)
        weight = alike * min(sum(odds.values()), _PER_CORRECTION * support, _MOST)
        if weight <= 0:
            return None
        words = ", ".join(f"“{word}”" for word in _telling(shared))
        count = self.corrections[label]
        values: dict[str, str | int | float] = {"label": label, "count": count, "words": words}
        return Reason(code="learnt_words", values=values, weight=round(weight, 2))

    def _sender(self, message: Message) -> Iterator[tuple[Kind, Reason]]:
        """One correction speaks for a whole list, but only a little for a person, who writes of many things."""
        address = message.from_.email if message.from_ else ""
        table, each, code = (
            (self.lists, _LIST, "learnt_list") if message.bulk else (self.senders, _SENDER, "learnt_sender")
        )
        seen = table.get(address, {})
        for kind in KINDS:
            count = seen.get(kind, 0) - max((times for label, times in seen.items() if label != kind), default=0)
            if count > 0:
                values: dict[str, str | int | float] = {"address": address, "label": kind, "count": count}
                yield kind, Reason(code=code, values=values, weight=min(each * count, _LIST))


def learn(corrections: Iterable[tuple[Message, str]]) -> Habits:
    """Habits of somebody who gave these labels; the last word on a message counts. Raises ValueError for no label."""
    latest = {message.message_id: (message, label) for message, label in corrections}
    rows = [(_features(message), label) for message, label in latest.values()]
    if wrong := {label for _, label in rows} - set(LABELS):
        raise ValueError(f"no such label: {', '.join(sorted(wrong))}")
    if not rows:
        return Habits()
    counts: dict[str, dict[str, int]] = {}
    for features, label in rows:
        for feature in features:
            counts.setdefault(feature, Counter())[label] += 1
    return Habits(
        corrections=dict(sorted(Counter(label for _, label in rows).items())),
        weights=_fitted(rows, sorted(counts)) if counts else {},
        counts={feature: dict(labels) for feature, labels in sorted(counts.items())},
        senders=_addresses(latest.values(), bulk=False),
        lists=_addresses(latest.values(), bulk=True),
        said={message_id: label for message_id, (_, label) in latest.items()},
    )


def _fitted(rows: list[tuple[set[str], str]], vocabulary: list[str]) -> dict[str, dict[str, float]]:
    """Logarithms of the odds of each feature under each label against mail at large."""
    import numpy as np

    # not at the top: sorting needs no learner, and starts without it
    from sklearn.naive_bayes import BernoulliNB

    place = {feature: column for column, feature in enumerate(vocabulary)}
    table = np.zeros((len(rows) + 2, len(vocabulary)))
    for row, (features, _) in enumerate(rows):
        table[row, [place[feature] for feature in features]] = 1.0
    table[-1] = 1.0  # with the empty row before it: any word, in so many letters of so many
    labels = [*(label for _, label in rows), _AT_LARGE, _AT_LARGE]
    times = [1.0] * len(rows) + [_LARGE - _EVERYDAY, _EVERYDAY]
    model = BernoulliNB(alpha=_SMOOTHING, fit_prior=False).fit(table, labels, sample_weight=times)
    logs = dict(zip(model.classes_, model.feature_log_prob_, strict=True))
    large = logs.pop(_AT_LARGE)
    return {
        feature: {str(label): round(float(row[column] - large[column]), 4) for label, row in logs.items()}
        for feature, column in place.items()
    }


def _addresses(said: Iterable[tuple[Message, str]], *, bulk: bool) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for message, label in said:
        if message.from_ and message.bulk == bulk:
            table.setdefault(message.from_.email, Counter())[label] += 1
    return {address: dict(labels) for address, labels in sorted(table.items())}


def _features(message: Message) -> set[str]:
    """Words, pairs of neighbours, and traits; everyday words are left out, for they tell nothing."""
    row = [token.word for token in tokens(f"{message.subject}\n{message.text}"[:8000])][:_LONGEST]
    telling = [word if word not in _everyday() and len(word) > 1 and not word.isdigit() else "" for word in row]
    words = {word for word in telling if word}
    words |= {f"{one} {two}" for one, two in pairwise(telling) if one and two}
    return words | set(_traits(message))


def _traits(message: Message) -> Iterator[str]:
    if message.bulk:
        yield "(sent to a list)"
    if any(one.is_audio for one in message.attachments):
        yield "(audio attached)"
    yield from sorted(
        {f"(a file .{one.name.rpartition('.')[2].lower()})" for one in message.attachments if "." in one.name}
    )
    yield from sorted({f"(links to {link.host})" for link in message.links})


def _telling(shared: list[str]) -> list[str]:
    """The three that say most; a word inside a pair already named is left out."""
    named: list[str] = []
    for word in sorted(shared[:12], key=lambda word: -len(word.split())):
        if not any(word in other for other in named):
            named.append(word)
    return named[:3]


@cache
def _everyday() -> frozenset[str]:
    return frozenset().union(*Rules.shipped().settings.everyday.values())
