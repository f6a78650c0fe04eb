"""Sorting mail against plain naive Bayes: macro F1, confusion, languages and speed on the shipped inbox.

    .venv/bin/python benchmarks/mail.py [--part held_out|train|hard] [--rounds 3]

Both see the same messages. Naive Bayes (scikit-learn's ComplementNB over words and pairs of words of subject and text,
with the names of attachments and the hosts of links) learns on the train part and knows no circumstances, as a mail
program's filter would. "Junk that is not" counts demos and urgent mail that were called junk.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import ComplementNB

from controlroom.rooms.correspondence.message import Message
from controlroom.rooms.correspondence.reading import read_bytes
from controlroom.rooms.correspondence.triage import KINDS, LABELS, Rules, triage
from controlroom.sample.inbox import Labelled, letters

Pair = tuple[str, str]  # what it is, what it was called


def f1(pairs: Iterable[Pair], label: str) -> float:
    pairs = list(pairs)
    right = sum(true == said == label for true, said in pairs)
    wrong = sum((true == label) != (said == label) for true, said in pairs)
    return 2 * right / (2 * right + wrong) if right + wrong else 1.0


def macro(pairs: list[Pair], labels: Iterable[str]) -> float:
    labels = list(labels)
    return sum(f1(pairs, label) for label in labels) / len(labels)


def words_of(message: Message) -> str:
    names = " ".join(one.name for one in message.attachments)
    hosts = " ".join(link.host for link in message.links)
    return f"{message.subject}\n{message.text}\n{names} {hosts}"


def by_bayes(train: list[tuple[Labelled, Message]], tried: list[tuple[Labelled, Message]]) -> list[str]:
    counter = CountVectorizer(ngram_range=(1, 2), binary=True)
    table = counter.fit_transform(words_of(message) for _, message in train)
    model = ComplementNB().fit(table, [one.label for one, _ in train])
    return [str(label) for label in model.predict(counter.transform(words_of(message) for _, message in tried))]


def report(name: str, tried: list[tuple[Labelled, Message]], called: list[str]) -> None:
    pairs = [(one.label, label) for (one, _), label in zip(tried, called, strict=True)]
    wrong = sum(
        one.label in ("demo", "urgent") and label == "junk" for (one, _), label in zip(tried, called, strict=True)
    )
    print(f"\n{name}: macro F1 {macro(pairs, LABELS):.3f}; junk that is not: {wrong}")
    print("  " + "  ".join(f"{label} {f1(pairs, label):.2f}" for label in LABELS))
    for language in sorted({one.language for one, _ in tried}):
        of_it = [pair for pair, (one, _) in zip(pairs, tried, strict=True) if one.language == language]
        right = sum(true == said for true, said in of_it)
        print(f"  {language}: {right} of {len(of_it)} right")
    print(f"  {'is, called':>12}" + "".join(f"{label[:9]:>10}" for label in LABELS))
    counts = Counter(pairs)
    for true in LABELS:
        print(f"  {true:>12}" + "".join(f"{counts[true, said] or '.':>10}" for said in LABELS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["held_out", "train", "hard"], default="held_out")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    inbox = [(one, read_bytes(one.raw)) for one in letters()]
    train = [pair for pair in inbox if pair[0].part == "train"]
    tried = [pair for pair in inbox if pair[0].part == asked.part]
    rules = Rules.shipped()
    took_s = []
    for _ in range(asked.rounds):
        began = time.process_time()
        verdicts = [triage(message, one.circumstances, rules) for one, message in tried]
        took_s.append((time.process_time() - began) / len(tried))
    print(f"{len(tried)} messages of the part {asked.part}; 1000 are sorted in {1000 * min(took_s):.2f} s (one core)")
    report("rules", tried, [verdict.label for verdict in verdicts])
    kinds = [(one.kind, verdict.kind) for (one, _), verdict in zip(tried, verdicts, strict=True)]
    flags = [(str(one.urgent), str(verdict.urgent)) for (one, _), verdict in zip(tried, verdicts, strict=True)]
    print(f"  kinds alone: macro F1 {macro(kinds, KINDS):.3f}; the flag alone: F1 {f1(flags, 'True'):.3f}")
    report("naive Bayes alone", tried, by_bayes(train, tried))


if __name__ == "__main__":
    main()
