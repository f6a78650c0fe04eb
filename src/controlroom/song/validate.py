"""What cannot be right in a song's facts, as findings: each function looks at one thing and returns what it saw."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

from controlroom.base.finding import Finding
from controlroom.song import identifiers
from controlroom.song.model import Sheet
from controlroom.song.words import plain


def validate_splits(sheet: Sheet) -> tuple[Finding, ...]:
    """The shares of the work, and those of the recording, each add up to exactly 1; none is negative or given twice."""
    return (*_sums(sheet), *_negative(sheet), *_twice(sheet))


def _sums(sheet: Sheet) -> list[Finding]:
    totals: dict[str, Fraction] = {}
    for split in sheet.splits:
        totals[split.of] = totals.get(split.of, Fraction(0)) + split.share
    return [
        Finding(
            code="splits_sum",
            severity="warning",
            args={"of": of, "total": percent(total)},
        )
        for of, total in totals.items()
        if total != 1
    ]


def _negative(sheet: Sheet) -> list[Finding]:
    return [
        Finding(
            code="split_negative",
            severity="warning",
            args={"name": split.name, "of": split.of, "share": percent(split.share)},
        )
        for split in sheet.splits
        if split.share < 0
    ]


def _twice(sheet: Sheet) -> list[Finding]:
    counts = Counter((split.of, plain(split.name)) for split in sheet.splits)
    named = {plain(split.name): split.name for split in sheet.splits}
    return [
        Finding(code="split_twice", severity="advice", args={"name": named[name], "of": of, "count": count})
        for (of, name), count in counts.items()
        if count > 1
    ]


def validate_people(sheet: Sheet) -> tuple[Finding, ...]:
    """IPI and ISNI numbers have the right check digits."""
    findings = []
    for person in sheet.people:
        for kind, said, normal in (("IPI", person.ipi, identifiers.ipi), ("ISNI", person.isni, identifiers.isni)):
            if said and normal(said) is None:
                args: dict[str, str | int | float | bool] = {"kind": kind, "number": said, "name": person.name}
                findings.append(Finding(code="identifier_wrong", severity="warning", args=args))
    return tuple(findings)


def validate_references(sheet: Sheet, folder: Path) -> tuple[Finding, ...]:
    """The references that `song.toml` names are there."""
    return tuple(
        Finding(code="reference_missing", severity="advice", path=path.as_posix(), args={"name": path.as_posix()})
        for path in sheet.references
        if not (folder / path).is_file()
    )


def percent(share: Fraction) -> str:
    """ "33.33%": two places where needed, exact where it is exact."""
    hundred = share * 100
    if hundred.denominator == 1:
        return f"{hundred.numerator}%"
    return f"{float(hundred):.2f}%" if (hundred * 100).denominator == 1 else f"about {float(hundred):.2f}%"
