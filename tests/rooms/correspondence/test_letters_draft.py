"""A draft says what the facts say, in the tone that was asked for, and tells what a person has to fill in."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms.correspondence.letter_facts import BERLIN, REPORT, full, kind_of

from controlroom.base.errors import UsageError
from controlroom.rooms.correspondence.letters import (
    LANGUAGES,
    TONES,
    Answered,
    ApprovalFacts,
    DemoFacts,
    FollowUpFacts,
    InvoiceFacts,
    RevisionFacts,
    SessionFacts,
    draft,
    unknown_facts,
)
from controlroom.rooms.correspondence.letters.draft import one_line
from controlroom.rooms.correspondence.letters.points import LEAST_CONFIDENCE
from controlroom.rooms.listening.advice import LEAST_CONFIDENCE as LISTENING_SAYS_FROM
from controlroom.rooms.listening.advice import advised
from controlroom.rooms.listening.report import DemoReport, What
from controlroom.rooms.listening.works import what_works
from controlroom.sound.files import AudioInfo
from controlroom.sound.form import Form, Section
from controlroom.sound.harmony import Harmony
from controlroom.sound.meter import Loudness
from controlroom.sound.rhythm import Rhythm

HERE = Path(__file__).parent


def replaced(facts, **changes):
    return msgspec.structs.replace(facts, **changes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_feedback_says_what_works_then_three_changes_then_the_next_step(language):
    made = draft("feedback", full(language)["feedback"], language=language)
    body = made.body.replace("\u00a0", " ")
    order = [body.index(mark) for mark in ("1:12", "0:24", "2:30", "104")]
    assert order == sorted(order)
    assert "6" in body[order[-1] :]
    assert "50" not in body  # the fourth point waits
    assert [name for name in made.used if name.startswith("advice")] == [
        "advice late_chorus",
        "advice tempo_moves",
        "advice out_of_reach",
    ]
    assert {"title", "send_by", "praise chorus_lifts"} <= set(made.used)
    assert made.missing == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_decline_gives_one_useful_thing_and_encouragement_none(language):
    declined = draft("decline", full(language)["decline"], language=language)
    assert [name for name in declined.used if name.startswith("advice")] == ["advice late_chorus"]
    encouraged = draft("encouragement", full(language)["encouragement"], language=language)
    assert not [name for name in encouraged.used if name.startswith("advice")]
    assert [name for name in encouraged.used if name.startswith("praise")] == [
        "praise chorus_lifts",
        "praise clear_key",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tones_are_different_letters(language):
    """Hardly a line of one stands in another, facts aside, and the brief one is the shortest."""
    for name, facts in full(language).items():
        made = {tone: draft(kind_of(name), facts, tone=tone, language=language) for tone in TONES}
        lines = {tone: {line for line in each.body.split("\n") if line} for tone, each in made.items()}
        for one, other in (("warm", "brief"), ("warm", "formal"), ("brief", "formal")):
            assert len(lines[one] & lines[other]) <= 0.5 * min(len(lines[one]), len(lines[other])), (name, one, other)
        assert len(made["brief"].body) <= min(len(made["warm"].body), len(made["formal"].body)) + 12, name


@pytest.mark.parametrize(
    ("language", "near", "far"),
    [
        ("de", r"\b(?:du|dir|dich|dein\w*)\b", r"\b(?:Sie|Ihnen|Ihr\w*)\b"),
        ("es", r"\b(?:te|tu|tus|ti|dime|mándame)\b", r"\b(?:le|su|sus|usted|Le|Su)\b"),
        ("fr", r"\b(?:tu|te|toi|ton|tes|ta)\b|\bt’", r"\b(?:vous|votre|vos)\b"),
        ("ja", r"さん\n", r"様\n"),
    ],
)
def test_warm_and_brief_are_near_and_formal_keeps_its_distance(language, near, far):
    for name, facts in full(language).items():
        for tone in TONES:
            body = draft(kind_of(name), facts, tone=tone, language=language).body
            body = re.sub(r"Sie war|Er liegt", "", body)  # the invoice, not the reader
            if tone == "formal":
                assert re.search(far, body), (name, body)
                assert not re.search(near, body), (name, re.findall(near, body))
            else:
                assert not re.search(far.replace("|su|sus|usted|Le|Su", "|usted"), body), (name, tone, body)


def test_japanese_honorifics_are_never_doubled():
    facts = replaced(full("ja")["feedback"], to="山田花子様", called="花子さん")
    assert draft("feedback", facts, language="ja").body.startswith("花子さん\n")
    assert draft("feedback", facts, tone="formal", language="ja").body.startswith("山田花子様\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_greeted_by_a_gender_and_nobody_unknown_by_a_name(language):
    for tone in TONES:
        body = draft("feedback", DemoFacts(title="A", report=REPORT), tone=tone, language=language).body
        first = body.split("\n")[0]
        assert not any(word in first for word in ("Herr", "Frau", "Mr", "Ms", "Señor", "Monsieur Anna", "geehrte"))
        assert "None" not in body


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Friday, 6 November 2026", "10 am", "6:30 pm")),
        ("de", ("Freitag, 6. November 2026", "10 Uhr", "18:30 Uhr")),
        ("es", ("viernes 6 de noviembre de 2026", "10:00", "18:30")),
        ("fr", ("vendredi 6 novembre 2026", "10\u00a0h", "18\u00a0h\u00a030")),
        ("ja", ("2026年11月6日（金）", "10時", "18時30分")),
    ],
)
def test_dates_and_times_stand_in_the_languages_own_form(language, said):
    for tone in TONES:
        body = draft("session_call", full(language)["session_call"], tone=tone, language=language).body
        assert all(each.lower() in body.lower() for each in said), body


@pytest.mark.parametrize(
    ("language", "currency", "minor", "said"),
    [
        ("en", "EUR", 125000, "€1,250.00"),
        ("en", "CHF", 125000, "CHF 1,250.00"),
        ("de", "EUR", 125000, "1.250,00\u00a0€"),
        ("es", "EUR", 99, "0,99\u00a0€"),
        ("fr", "EUR", 125000, "1\u00a0250,00\u00a0€"),
        ("ja", "JPY", 125000, "125,000円"),
        ("de", "KWD", 1500, "1,500\u00a0KWD"),
    ],
)
def test_money_is_exact_and_written_as_here(language, currency, minor, said):
    facts = replaced(full(language)["invoice_reminder_1"], amount_minor=minor, currency=currency)
    assert said in draft("invoice_reminder", facts, language=language).body


@pytest.mark.parametrize("language", LANGUAGES)
def test_reminders_get_firmer_by_degrees(language):
    for tone in TONES:
        made = [
            draft("invoice_reminder", full(language)[f"invoice_reminder_{k}"], tone=tone, language=language)
            for k in (1, 2, 3)
        ]
        assert len({each.subject for each in made}) == 3
        assert all("2026-014" in each.subject and "2026-014" in each.body for each in made)
        assert all("32" in each.body for each in made[1:])
        assert all("pay_by" in each.used for each in made)


def test_a_date_in_another_year_and_the_first_of_a_month():
    facts = FollowUpFacts(about="A", since=date(2027, 1, 1))
    assert "vendredi 1er janvier 2027" in draft("follow_up", facts, language="fr").body


def test_a_session_over_midnight_names_the_day_on_which_it_ends():
    facts = SessionFacts(start=datetime(2026, 3, 28, 20, tzinfo=BERLIN), end=datetime(2026, 3, 29, 3, tzinfo=BERLIN))
    assert "Sunday, 29 March 2026" in draft("session_call", facts).body
    assert "(MEZ)" in draft("session_call", facts, language="de").body


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_letter_needs_and_does_not_have_is_told_and_not_invented(language):
    bare = draft("approval_request", ApprovalFacts(title="A", version="2"), language=language)
    told = " ".join(bare.missing)
    for what in ("addressed to", "signs it", "link", "changed", "until when"):
        assert what in told
    assert "http" not in bare.body


def test_notes_without_a_reason_and_words_of_a_person_are_to_be_checked():
    facts = RevisionFacts(title="A", version="2", notes=(Answered(note="no reverb", done=False),))
    assert "why this was not done: no reverb" in draft("revision_answer", facts).missing
    assert any("(notes)" in each for each in draft("revision_answer", facts).missing)


def test_a_demo_nobody_listened_to_gets_no_invented_praise():
    made = draft("feedback", DemoFacts(title="A", to="B", sender="C"))
    assert made.missing == ("everything about the sound: there is no report on this demo",)
    assert "works" not in made.body


def test_what_is_not_sure_is_not_said():
    unsure = {
        "works": [REPORT["works"][0] | {"confidence": LEAST_CONFIDENCE - 0.01}],
        "advice": [REPORT["advice"][0] | {"confidence": LEAST_CONFIDENCE - 0.01}],
    }
    made = draft("feedback", DemoFacts(title="A", report=unsure))
    assert "1:12" not in made.body
    assert LEAST_CONFIDENCE == LISTENING_SAYS_FROM


OLD = {"works": [{"says": "The chorus lifts at 1:12.", "because": "-"}], "advice": [
    {"says": "Ask for the whole file.", "because": "-", "reason": "It breaks off.", "next": "Write.", "confidence": 0.9}
]}  # fmt: skip


def test_a_report_without_codes_speaks_english_or_not_at_all():
    english = draft("feedback", DemoFacts(title="A", report=OLD))
    assert "The chorus lifts at 1:12." in english.body
    assert any("Ask for the whole file" in each for each in english.missing)
    assert english.used == ("title",)
    german = draft("feedback", DemoFacts(title="A", report=OLD), language="de")
    assert "1:12" not in german.body
    assert any("The chorus lifts at 1:12." in each for each in german.missing)


@pytest.mark.parametrize("args", [{}, {"chorus_s": "soon", "bars": 3, "cut_s": 1.0, "then_s": 2.0}])
def test_a_point_whose_values_are_not_those_of_its_code_is_left_out(args):
    report = {"advice": [REPORT["advice"][0] | {"args": args, "says": "The chorus comes late."}]}
    made = draft("feedback", DemoFacts(title="A", report=report), language="fr")
    assert any("The chorus comes late." in each for each in made.missing)
    assert "refrain" not in made.body


def test_no_line_break_or_hidden_sign_of_a_fact_gets_into_a_letter():
    facts = ApprovalFacts(title="A\r\nBcc: x@example.org\u202e", version="2\x00", link="javascript:alert(1)")
    made = draft("approval_request", facts)
    assert "\n" not in made.subject
    assert "\r" not in made.body
    assert not {"\u202e", "\x00"} & set(made.subject + made.body)
    assert "javascript" not in made.body
    assert "the link where it is heard" in made.missing


def test_a_title_is_no_template():
    assert "{{ sender }}" in draft("feedback", DemoFacts(title="{{ sender }}", sender="Mara")).subject


WORDS = st.text(min_size=1, max_size=40).filter(lambda text: one_line(text) != "")


@settings(max_examples=80, deadline=None)
@given(title=WORDS, to=WORDS, note=WORDS, language=st.sampled_from(LANGUAGES), tone=st.sampled_from(TONES))
def test_whatever_somebody_is_called_or_wrote_stays_on_its_line(title, to, note, language, tone):
    """Facts come from mails and forms: no line break, no template, no control sign of theirs changes the letter."""
    notes = (Answered(note=note, done=True, says=note), Answered(note=note, done=False))
    facts = RevisionFacts(to=to, title=title, version="Mix 3", notes=notes)
    made = draft("revision_answer", facts, tone=tone, language=language)
    plain = draft("revision_answer", replaced(facts, to="x", title="x"), tone=tone, language=language)
    assert made.body.count("\n") == plain.body.count("\n")
    assert one_line(made.subject).replace(" ", "") == "".join(made.subject.split())
    assert unknown_facts(made, made.body, facts) == ()


NOON = datetime(2026, 3, 1, 12, tzinfo=BERLIN)
BAD = [
    ("feedback", ApprovalFacts(title="A", version="2")),
    ("condolence", DemoFacts(title="A")),
    ("feedback", DemoFacts(title=" ")),
    ("feedback", DemoFacts(title="A", report={"advice": "none"})),
    ("session_call", SessionFacts(start=NOON, end=NOON)),
    ("session_call", SessionFacts(start=NOON.replace(tzinfo=None), end=NOON.replace(tzinfo=None, hour=13))),
    ("invoice_reminder", InvoiceFacts(number="1", amount_minor=1, currency="EUR", due=NOON.date(), today=NOON.date())),
    (
        "invoice_reminder",
        InvoiceFacts(number="1", amount_minor=0, currency="EUR", due=NOON.date(), today=date(2027, 1, 1)),
    ),
]


@pytest.mark.parametrize(("kind", "facts"), BAD)
def test_a_letter_that_cannot_be_written_is_refused_with_a_reason(kind, facts):
    with pytest.raises(UsageError) as refused:
        draft(kind, facts)
    assert refused.value.next_step


def test_an_unknown_tone_or_language_is_refused():
    for asked in ({"tone": "icy"}, {"language": "xx"}):
        with pytest.raises(UsageError, match="there is no such letter"):
            draft("feedback", DemoFacts(title="A"), **asked)


def heard_report() -> DemoReport:
    """A report as the listening room makes it: a late chorus after a repeated verse, one key, a click."""
    rows = [("intro", "A", 4, -20.0), ("verse", "B", 16, -18.0), ("verse", "B", 16, -18.0), ("chorus", "C", 8, -14.0)]
    rows += [("verse", "B", 16, -18.0), ("chorus", "C", 8, -14.0)]
    made, at_s = [], 0.0
    for label, letter, bars, lufs in rows:
        end_s = at_s + 2.0 * bars
        made.append(
            Section(
                start_s=at_s,
                end_s=end_s,
                label=label,
                confidence=0.9,
                letter=letter,
                bars=bars,
                loudness_lufs=lufs,
                energy=0.5,
            )
        )
        at_s = end_s
    report = DemoReport(
        info=AudioInfo(
            path=Path("demo.wav"),
            frames=round(at_s * 48000),
            rate_hz=48000,
            channels=2,
            codec="pcm_s24",
            container="wav",
        ),
        what=What(kind="rough mix", confidence=0.9, because="-18.0 LUFS."),
        bandwidth_hz=20000.0,
        loudness=Loudness(
            integrated_lufs=-18.0,
            range_lu=6.0,
            max_momentary_lufs=-12.0,
            max_short_term_lufs=-14.0,
            true_peak_dbtp=-2.0,
        ),
        rhythm=Rhythm(
            tempo_bpm=120.0, tempo_confidence=0.95, beats_confidence=0.95, drift_percent=0.2, steady=True, to_click=True
        ),
        harmony=Harmony(key="F# minor", key_confidence=0.9),
        form=Form(sections=tuple(made), sections_confidence=0.9, time_to_chorus_s=72.0),
    )
    return msgspec.structs.replace(report, works=what_works(report), advice=advised(report))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_as_the_listening_room_prints_it_becomes_a_letter(language):
    """The praise and the advice of one code, over JSON."""
    report = msgspec.json.decode(msgspec.json.encode(heard_report().to_json()))
    made = draft("feedback", DemoFacts(title="A", to="B", sender="C", report=report), language=language)
    assert made.missing == ()
    assert {"praise chorus_lifts", "praise holds_tempo", "praise clear_key", "advice late_chorus"} <= set(made.used)
    for said in ("1:12", "0:40", "120"):
        assert said in made.body
