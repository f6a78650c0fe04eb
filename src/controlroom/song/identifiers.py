"""The numbers by which works, recordings, releases and people are known: ISRC, ISWC, EAN and UPC, IPI, ISNI.

Each function gives the normal form, or None where the text cannot be such a number (wrong shape or check digit).
"""

from __future__ import annotations

import re


def isrc(text: str) -> str | None:
    """A recording: "US-S1Z-99-00001" as "USS1Z9900001" (ISO 3901:2019: 2 letters, 3 letters or figures, 7 figures)."""
    compact = re.sub(r"^ISRC", "", _compact(text))
    return compact if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", compact) else None


def isrc_with_hyphens(compact: str) -> str:
    """ "USS1Z9900001" as it is printed: "US-S1Z-99-00001"."""
    return f"{compact[:2]}-{compact[2:5]}-{compact[5:7]}-{compact[7:]}"


def ean(text: str) -> str | None:
    """A release: 13 figures (GS1 EAN-13, weights 1 and 3, modulo 10); a UPC-A of 12 gets the 0 in front of it."""
    compact = _compact(text)
    if not re.fullmatch(r"\d{12,13}", compact):
        return None
    digits = compact.zfill(13)
    total = sum(int(digit) * (3 if k % 2 else 1) for k, digit in enumerate(digits[:12]))
    return digits if (10 - total % 10) % 10 == int(digits[12]) else None


def iswc(text: str) -> str | None:
    """A work: "T-034.524.680-1" as "T0345246801" (ISO 15707:2022, check digit: weights 1 to 9, plus 1, modulo 10)."""
    compact = re.sub(r"^ISWC", "", _compact(text))
    if not re.fullmatch(r"T\d{10}", compact):
        return None
    total = 1 + sum(weight * int(digit) for weight, digit in enumerate(compact[1:10], start=1))
    return compact if (10 - total % 10) % 10 == int(compact[10]) else None


def iswc_with_dots(compact: str) -> str:
    """ "T0345246801" as it is printed: "T-034.524.680-1"."""
    return f"{compact[0]}-{compact[1:4]}.{compact[4:7]}.{compact[7:10]}-{compact[10]}"


def ipi(text: str) -> str | None:
    """A writer or publisher: the IPI name number with all its 11 figures (CISAC; two check digits, modulo 101)."""
    compact = re.sub(r"^(IPI|CAE)", "", _compact(text))
    if not re.fullmatch(r"\d{9,11}", compact):
        return None
    digits = compact.zfill(11)
    rest = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits[:9], strict=True)) % 101
    check = (101 - rest) % 100 if rest else 0
    return digits if check == int(digits[9:]) and int(digits) else None


def isni(text: str) -> str | None:
    """A public identity: 16 places, "0000 0001 2103 2683" (ISO 27729; check character ISO 7064 MOD 11-2)."""
    compact = re.sub(r"^ISNI", "", _compact(text))
    if not re.fullmatch(r"\d{15}[\dX]", compact):
        return None
    total = 0
    for digit in compact[:15]:
        total = 2 * (total + int(digit)) % 11
    check = (12 - total) % 11
    return compact if compact[15] == ("X" if check == 10 else str(check)) else None


def _compact(text: str) -> str:
    return re.sub(r"[\s.\-‐-―:/]", "", text).upper()
