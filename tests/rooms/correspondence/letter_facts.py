"""Facts for letters: one of everything, for several readers, full and sparse."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from controlroom.rooms.correspondence.letters import (
    Answered,
    ApprovalFacts,
    DemoFacts,
    Facts,
    FollowUpFacts,
    InvoiceFacts,
    Kind,
    RevisionFacts,
    SessionFacts,
    ToRecord,
)

BERLIN = ZoneInfo("Europe/Berlin")
WHO = {
    "en": {"to": "Anna Bergström", "called": "Anna", "sender": "Mara Lindt", "house": "Studio Nord"},
    "ja": {"to": "山田花子", "called": "花子", "sender": "佐藤健", "house": "スタジオ・ノルド"},
}
REPORT = {
    "works": [
        {"says": "-", "because": "-", "code": "chorus_lifts", "args": {"lift_lu": 3.14}, "at_s": 72.0},
        {"says": "-", "because": "-", "code": "clear_key", "args": {"key": "Bb minor"}, "confidence": 0.8},
    ],
    "advice": [
        {
            "says": "-",
            "code": "late_chorus",
            "args": {"chorus_s": 72.0, "bars": 16, "cut_s": 24.0, "then_s": 40.0},
            "confidence": 0.9,
            "at_s": 24.0,
        },
        {
            "says": "-",
            "code": "tempo_moves",
            "args": {"from_bpm": 101.2, "to_bpm": 108.7, "from_s": 12.0, "to_s": 150.0, "tempo_bpm": 104.0},
            "confidence": 0.8,
            "at_s": 12.0,
        },
        {"says": "-", "code": "out_of_reach", "args": {"semitones": -2, "key": "F# minor"}, "confidence": 0.7},
        {"says": "-", "code": "hum", "args": {"mains_hz": 50}, "confidence": 0.95},
    ],
}


def who(language: str) -> dict[str, str]:
    return WHO.get(language, WHO["en"])


def full(language: str = "en") -> dict[str, Facts]:
    """A letter of each kind (of reminders one a degree), with everything that it can say."""
    names = who(language)
    until = date(2026, 11, 6)
    demo = DemoFacts(title="Nachtlicht", report=REPORT, send_by=until, **names)
    facts: dict[str, Facts] = {
        "feedback": demo,
        "encouragement": demo,
        "decline": DemoFacts(title="Nachtlicht", report=REPORT, **names),
        "follow_up": FollowUpFacts(about="Nachtlicht", since=date(2026, 10, 1), answer_by=until, **names),
        "session_call": SessionFacts(
            start=datetime(2026, 11, 6, 10, tzinfo=BERLIN),
            end=datetime(2026, 11, 6, 18, 30, tzinfo=BERLIN),
            place="Studio Nord",
            address="Hafenstr. 3, 20359 Hamburg",
            songs=(ToRecord(title="Nachtlicht", parts=("lead vocal", "piano", "Theremin")),),
            bring=("capo",),
            answer_by=date(2026, 11, 2),
            **names,
        ),
        "session_call_moved": SessionFacts(
            start=datetime(2026, 11, 9, 10, tzinfo=BERLIN),
            end=datetime(2026, 11, 9, 18, 30, tzinfo=BERLIN),
            place="Studio Nord",
            moved=True,
            **names,
        ),
        "session_off": SessionFacts(
            start=datetime(2026, 11, 6, 10, tzinfo=BERLIN), end=datetime(2026, 11, 6, 18, 30, tzinfo=BERLIN), **names
        ),
        "session_off_for_you": SessionFacts(
            start=datetime(2026, 11, 6, 10, tzinfo=BERLIN),
            end=datetime(2026, 11, 6, 18, 30, tzinfo=BERLIN),
            without_you=True,
            **names,
        ),
        "revision_answer": RevisionFacts(
            title="Nachtlicht",
            version="Mix 3",
            notes=(
                Answered(note="vocal louder", done=True, says="+1 dB", at_s=72.0),
                Answered(note="no reverb", done=False, says="too dry beside the piano"),
            ),
            link="https://desk.example.org/r/3",
            **names,
        ),
        "approval_request": ApprovalFacts(
            title="Nachtlicht",
            version="Master 1",
            changes=("vocal +1 dB",),
            until=until,
            link="https://desk.example.org/a/1",
            **names,
        ),
    }
    for degree in (1, 2, 3):
        facts[f"invoice_reminder_{degree}"] = InvoiceFacts(
            number="2026-014",
            amount_minor=125000,
            currency="JPY" if language == "ja" else "EUR",
            due=date(2026, 10, 1),
            today=date(2026, 11, 2),
            degree=degree,
            pay_by=date(2026, 11, 9),
            **names,
        )
    return facts


def sparse() -> list[tuple[str, Facts]]:
    """Letters with as little as possible, and with one of what may be many."""
    one = [REPORT["advice"][0]]
    noon = datetime(2026, 3, 1, 12, tzinfo=BERLIN)
    demos: list[Facts] = [
        DemoFacts(title="A"),
        DemoFacts(title="A", report={"works": [], "advice": one}, talk_at=noon),
        DemoFacts(title="A", report={"works": REPORT["works"][:1], "advice": REPORT["advice"][:2]}, reason="No time."),
    ]
    late = datetime(2026, 3, 2, 2, 5, tzinfo=BERLIN)
    others: list[tuple[str, Facts]] = [
        *(("follow_up", FollowUpFacts(about="A", since=noon.date(), awaited=each)) for each in ("answer", "decision")),
        ("session_call", SessionFacts(start=noon, end=late)),
        ("session_call", SessionFacts(start=noon, end=late, songs=(ToRecord(title="A"), ToRecord(title="B")))),
        ("session_call_moved", SessionFacts(start=noon, end=late, moved=True)),
        ("session_off", SessionFacts(start=noon, end=late)),
        ("revision_answer", RevisionFacts(title="A", version="2")),
        ("revision_answer", RevisionFacts(title="A", version="2", notes=(Answered(note="up", done=False),))),
        ("revision_answer", RevisionFacts(title="A", version="2", notes=(Answered(note="up", done=True),))),
        ("approval_request", ApprovalFacts(title="A", version="2")),
    ]
    for degree in (1, 2, 3):
        invoice = InvoiceFacts(
            number="7",
            amount_minor=5,
            currency="KWD",
            due=date(2026, 3, 1),
            today=date(2026, 3, 2),
            degree=degree,
        )
        others.append((f"invoice_reminder_{degree}", invoice))
    return [*((kind, each) for kind in ("feedback", "encouragement", "decline") for each in demos), *others]


def kind_of(name: str) -> Kind:
    kinds = ("invoice_reminder", "session_call", "session_off")
    return next((kind for kind in kinds if name.startswith(kind)), name)  # type: ignore[return-value]
