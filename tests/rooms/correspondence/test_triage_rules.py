"""The rules are a text that people change: what joins, what replaces, and where a mistake is."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from controlroom.base.errors import UsageError
from controlroom.rooms.correspondence.message import Address, Message
from controlroom.rooms.correspondence.triage import KINDS, Circumstances, Rules, triage
from controlroom.rooms.correspondence.triage.words import Phrasebook

NOW = Circumstances(now=datetime(2026, 5, 12, tzinfo=UTC))


def kind(text: str, rules: Rules) -> str:
    message = Message(message_id="1@x", from_=Address(email="a@b.example.org"), text=text)
    return triage(message, NOW, rules).kind


def test_own_words_join_ours() -> None:
    rules = Rules.read('[words.business.en]\nstrong = ["zorbl form"]')
    assert kind("the zorbl form", Rules.shipped()) == "other"
    assert kind("the zorbl form", rules) == "business"
    assert kind("the invoice", rules) == "business"


def test_a_word_can_be_taken_away() -> None:
    rules = Rules.read('[words.business.en]\nstrong = ["-invoice*"]')
    assert kind("the invoice", rules) == "other"


def test_a_language_can_be_added() -> None:
    rules = Rules.read('[words.business.nl]\nstrong = ["factuur*", "-niets"]')
    assert kind("hierbij de factuur", rules) == "business"


def test_figures_replace_ours() -> None:
    rules = Rules.read("waiting_days = 3\n[facts]\nbulk = { newsletter = 9.0 }")
    assert rules.settings.waiting_days == 3
    assert rules.settings.facts["bulk"]["newsletter"] == 9.0
    assert rules.settings.facts["bulk"]["demo"] == Rules.shipped().settings.facts["bulk"]["demo"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("waiting_days = 3\n\nnonsense here", 3),
        ("due_days = 2\nwaiting_days = 'soon'", 2),
        ("\n[words.pizza.en]\nstrong = []", 2),
        ("[words.demo.en]\nloud = ['x']", 2),
        ("[facts]\nbulk = { pizza = 1 }", 2),
        ("[facts]\nno_such_fact = { demo = 1 }", 2),
        ("\nno_such_rule = 1", 2),
        ("[words.demo.en]\nstrong = 'my demo'", 2),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int) -> None:
    with pytest.raises(UsageError, match=f"line {line}"):
        Rules.read(text)


@pytest.mark.parametrize(
    "text", ["words = 3", "[words]\ndemo = 3", "facts = []", "[words.demo]\nen = 1", "[facts]\nbulk = 2"]
)
def test_no_text_is_more_than_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        Rules.read(text)


def test_an_empty_text_changes_nothing() -> None:
    assert Rules.read("").settings == Rules.shipped().settings


def test_every_fact_has_a_sentence_and_every_kind_its_words() -> None:
    folder = files("controlroom.rooms.correspondence.triage")
    sentences = tomllib.loads(folder.joinpath("reasons.toml").read_text(encoding="utf-8"))
    settings = Rules.shipped().settings
    assert set(settings.facts) | set(settings.urgency) <= set(sentences)
    assert {f"words_{kind}" for kind in KINDS} <= set(sentences)
    assert set(settings.words_most) == set(KINDS)
    for group in KINDS:
        assert {"en", "de", "es", "fr", "ja", "pt", "it", "sv"} <= set(settings.words[group])


def quotes(phrase: str, text: str) -> list[str]:
    return [hit.quote for hit in Phrasebook([("demo", "en", "clear", phrase)], {}).find(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("vocal up", "Vocal  up, please", ["Vocal up"]),
        ("vocal up", "vocals up", []),
        ("vocal* up", "vocals up", ["vocals up"]),
        ("vocal .. up", "the vocal could come up", ["vocal could come up"]),
        ("vocal .. up", "the vocal could maybe just come up", []),
        ("by # pm", "by 5 pm", ["by 5 pm"]),
        ("by #pm", "by 5pm", ["by 5pm"]),
        ("by #pm", "by 5kg", []),
        ("schon", "Schön!", ["Schön"]),
        ("can t make it", "I can’t make it", ["can’t make it"]),
        ("請求書", "今月の請求書です", ["請求書"]),
        ("demo", "demo demo", ["demo"]),
    ],
)
def test_phrases(phrase: str, text: str, found: list[str]) -> None:
    assert quotes(phrase, text) == found


def test_a_phrase_inside_a_longer_one_counts_once() -> None:
    book = Phrasebook([("note", "en", "clear", "chorus"), ("note", "en", "strong", "second chorus")], {})
    assert [hit.quote for hit in book.find("in the second chorus")] == ["second chorus"]
