"""What a line of a letter states, as marks that can be compared: figures, days, units, money; which way it points.

The words of a language stand in its catalogue's [check]. Figures compare as they are written (a spelled-out number as
its figure), so a rewording keeps them as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from controlroom.rooms.correspondence.letters.catalogue import catalogue
from controlroom.rooms.correspondence.letters.facts import Language

_HOST = r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|de|fr|es|jp|io|fm|co|eu|info|app)\b(?:/\S*)?"
_LINK = rf"(?:https?://|www\.)[^\s<>「」（）]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|{_HOST}"
_NUMBER = r"[+±−-]?\d+(?:[.,:/'-]?\d+)*"
_UNIT = r"\b[A-Za-z]*[a-z][A-Z][A-Za-z]*\b|\b[A-Z]{2,}\b|[#♯♭%°$€£¥]"
_DEGREE_OR_NOTE = r"\b[b#]?(?:VII|VI|IV|V|III|II|vii|vi|iv|iii|ii)(?![\w'])|\b[A-H][#b♯♭]?\d\b"
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


class Marks(NamedTuple):
    """Of one line: what it states in its order, and how often it points one way, denies or makes a condition."""

    facts: tuple[str, ...]
    turns: Counter[str]


class _Words(NamedTuple):
    facts: re.Pattern[str]
    numbers: dict[str, str]
    turns: dict[str, re.Pattern[str]]


def plain(text: str) -> str:
    """With one kind of apostrophe and blank; a blank that only parts thousands goes."""
    text = text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)


def marks_of(line: str, language: Language) -> Marks:
    """The marks of a `plain` line."""
    words = _words(language)
    return Marks(
        facts=tuple(_facts(line, words)),
        turns=Counter({name: len(pattern.findall(line.lower())) for name, pattern in words.turns.items()}),
    )


def _facts(line: str, words: _Words) -> Iterator[str]:
    for match in words.facts.finditer(line):
        found = match[0].strip()
        yield words.numbers.get(found.lower(), found.lower() if match.lastgroup == "day" else found)


@cache
def _words(language: Language) -> _Words:
    table = catalogue(language).table
    check, form = table["check"], table["form"]
    edge = "" if language == "ja" else r"\b"
    numbers = "|".join(sorted(check["numbers"], key=len, reverse=True))
    named = [] if language == "ja" else [rf"\b(?:{'|'.join([*form['weekdays'], *form['months']])})\b"]
    if language in ("en", "de"):  # May and so, so and So: only with a capital
        named = [f"(?-i:{each})" for each in named]
    days = "|".join([*named, *check["days"], *check["currencies"]])
    spelled = rf"{edge}(?:{numbers}){edge}"
    if language == "ja":
        spelled = f"(?<!万)(?:{numbers})(?!分に)"
    elif language == "de":  # einundzwanzig, dreihundertste
        spelled = rf"\b(?:{numbers}|ein|und)*(?:{numbers})(?:{numbers}|ein|und)*(?:mal|fach|s?te[nrsm]?)?\b"
    units = f"(?P<unit>(?-i:{_keys(language)}|{_UNIT}|{_DEGREE_OR_NOTE}))"
    facts = f"(?P<link>{_LINK})|{units}|(?P<day>{days})|(?P<number>{_NUMBER}|{spelled})"
    turns = {name: [pattern] for name, pattern in check["polar"].items()}
    turns |= {"not": check["negations"], "if": check["conditions"]}
    return _Words(
        facts=re.compile(facts, re.IGNORECASE),
        numbers=dict(check["numbers"]),
        turns={name: re.compile("|".join(patterns)) for name, patterns in turns.items()},
    )


def _keys(language: Language) -> str:
    """Every key by its name, and notes whose names have a sharp or a flat."""
    tongue = catalogue(language).tongue
    notes = tongue.form["keys"]["notes"]
    names = {tongue.key(f"{note} {mode}") for note in notes for mode in ("major", "minor")}
    if language != "de":  # as, des and es are words there
        names |= {name for note, name in notes.items() if len(note) > 1}
    listed = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return listed if language == "ja" else rf"\b(?:{listed})\b"


@cache
def vocabulary(language: Language) -> frozenset[str]:
    """The words of all sentences of a language, and common ones beside them, as they are written and in lower case."""
    table = catalogue(language).table
    texts = [_JINJA.sub(" ", text) for name, part in table.items() if name != "check" for text in _strings(part)]
    found = _katakana_and_latin if language == "ja" else _WORD.findall
    written = {word for text in [*texts, table["check"]["common"]] for word in found(plain(text))}
    return frozenset(written | {word.lower() for word in written})


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def _katakana_and_latin(text: str) -> list[str]:
    return re.findall(r"[ァ-ヺー]+|[A-Za-z]+", text)


def names_in(line: str, language: Language) -> Iterator[str]:
    """Words of a `plain` line that may name somebody or something, by how they are written.

    A capital, where the language gives one to names; where a sentence begins only a word that is in no letter of ours.
    In German every noun that is not a common one. In Japanese katakana, Latin letters, who is called さん or 様.
    """
    known = vocabulary(language)
    if language == "ja":
        yield from (word for word in _katakana_and_latin(line) if word not in known)
        yield from (found[1] for found in _HONOURED.finditer(line) if found[1] not in _NOBODY)
        yield from (found[0] for found in _PLACE.finditer(line))
        return
    for match in _WORD.finditer(line):
        word = match[0].removesuffix("'s")
        if word[0].isupper() and word not in known and not _usual(word, line[: match.start()], language, known):
            yield word


_HONOURED = re.compile(r"([一-鿿々ァ-ヺー]{1,8})(?:さん|様|氏|君|くん|ちゃん|先生)")
_NOBODY = ("皆", "お客", "客", "疲", "苦労", "方")
_PLACE = re.compile(r"[一-鿿]{1,4}(?:駅|市|区|町|村|県|社|店|局)(?![一-鿿])")
_NOUN = re.compile(r".+(?:ung|ungen|heit|heiten|keit|keiten|schaft|tion|tionen|tät|nis|nisse|chen|ität|ismus)$")


def _usual(word: str, before: str, language: Language, known: frozenset[str]) -> bool:
    begins = not before.strip() or bool(re.search(r"[.!?:;…¡¿«„“\"(–-]\s*$", before))
    if begins and word.lower() in known:
        return True
    return language == "de" and (bool(_NOUN.match(word)) or word.lower() in known)
