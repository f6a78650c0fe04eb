"""Call sheet and session sheet: what they say, what they come to, and that their PDF holds it, whatever the words."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rooms.scheduling.pdf_text import page_sizes, shown_text

from controlroom.base.errors import UsageError
from controlroom.money.amount import Amount
from controlroom.rooms.scheduling.sheets import (
    Break,
    Call,
    CallSheet,
    Contact,
    Place,
    SessionSheet,
    SignOff,
    SongCall,
    Takes,
    VoiceRest,
    Worked,
    as_pdf,
)

BERLIN = ZoneInfo("Europe/Berlin")


def _at(hour, minute=0, day=30):
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


CALL = CallSheet(
    title="Vocals, Paper Lanterns",
    studio="Hinterhof Studio",
    start=_at(13),
    end=_at(18),
    stamp=datetime(2026, 11, 29, 11, tzinfo=UTC),
    setup_from=_at(12),
    teardown_until=_at(19),
    breaks=(Break(length_min=30, at=_at(15, 30)),),
    place=Place(name="Studio B", address="Hauptstraße 3\n10827 Berlin", directions="Ring at Brandt."),
    calls=(
        Call(name="Kei Tanaka", part="Arranger", at=_at(18), zone="Asia/Tokyo", needed=False),
        Call(name="Jo Brandt", part="Producer", at=_at(12), zone="Europe/Paris", answer="coming"),
    ),
    songs=(
        SongCall(
            title="Paper Lanterns",
            parts=("Lead vocal, verse 2", "last chorus"),
            key="F♯ minor",
            tempo_bpm=96.0,
            version="Mix 3",
            references=("Big Thief, Paul",),
        ),
    ),
    gear=("Neumann U 47",),
    contacts=(Contact(name="Sam Oka", phone="+49 30 000 0001"),),
    rests=(VoiceRest(name="Mara Lind", until=_at(13), rest_h=16, last_end=_at(20, day=29)),),
    notes="Quiet please.",
)
SESSION = SessionSheet(
    title="Vocals, Paper Lanterns",
    studio="Hinterhof Studio",
    place="Studio B",
    start=_at(13),
    end=_at(18),
    stamp=datetime(2026, 11, 30, 19, tzinfo=UTC),
    currency="EUR",
    worked=(
        Worked(name="Jo Brandt", start=_at(12), end=_at(19, 10), break_min=45, rate_minor=8500),
        Worked(name="Sam Oka", start=_at(12), end=_at(19, 25), break_min=45, rate_minor=2875),
    ),
    takes=(Takes(song="Paper Lanterns", part="Lead vocal", count=9, keeper="Take 7"),),
    signatures=(SignOff(name="Mara Lind", at=_at(18, 40)), SignOff(name="Jo Brandt")),
)


def test_each_comes_at_their_time_the_remote_in_their_own_too():
    jo, kei = CALL.page()["calls"]
    assert (jo["at"], jo["name"], jo["own"], jo["answer"]) == ("12:00", "Jo Brandt", "", "coming")
    assert (kei["at"], kei["own"], kei["optional"]) == ("18:00", "Tue 1 Dec, 02:00 in Tokyo", True)


def test_the_times_of_the_day_and_its_zone():
    page = CALL.page()
    assert page["day"] == "Monday, 30 November 2026"
    assert [tuple(one.values()) for one in page["times"]] == [
        ("Setup from", "12:00"),
        ("Session", "13:00 to 18:00"),
        ("Break", "15:30, 30 min"),
        ("Teardown until", "19:00"),
    ]
    assert page["zone"] == "All times are Berlin time (UTC+1), unless a city is named."
    assert page["as_of"] == "As of Sun 29 Nov 2026, 12:00"
    late = msgspec.structs.replace(CALL, end=_at(18) + timedelta(hours=8))
    assert late.page()["hours"] == "13:00 to Tue 1 Dec, 02:00"


def test_what_to_prepare_of_a_song():
    (song,) = CALL.page()["songs"]
    assert (song["facts"], song["version"], song["parts"]) == (
        ["F♯ minor", "96 BPM"],
        "Mix 3",
        ["Lead vocal, verse 2", "last chorus"],
    )


def test_the_voice_s_rest_and_what_is_short_of_it():
    (rest,) = CALL.rests
    assert rest.says() == "No singing before 13:00. The last session ended Sun 29 Nov, 20:00: 17 h of rest."
    short = msgspec.structs.replace(rest, rest_h=24.0)
    assert (rest.kept, short.kept) == (True, False)
    assert short.says().endswith("17 h of rest, less than the 24 h wanted. Start gently.")
    assert msgspec.structs.replace(rest, last_end=None).kept


def test_the_lines_are_exact_and_add_up():
    jo, sam = SESSION.lines()
    assert (jo.minutes, jo.amount) == (385, Amount(54542, "EUR"))  # 385 min at 85.00: 545.4166
    assert (sam.minutes, sam.amount) == (400, Amount(19167, "EUR"))  # 400 min at 28.75: 191.6666
    assert SESSION.total == Amount(54542 + 19167, "EUR")
    assert SESSION.minutes == 785
    page = SESSION.page()
    assert (page["total_time"], page["total_money"]) == ("13 h 5 min", "EUR 737.09")
    assert page["paid"]
    assert [one["signed"] for one in page["signatures"]] == ["Signed Mon 30 Nov 2026, 18:40", ""]


@given(st.integers(0, 100_000), st.integers(0, 10_000_000))
def test_a_line_is_the_exact_amount_rounded_half_up(minutes, rate_minor):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    worked = Worked(name="x", start=start, end=start + timedelta(minutes=minutes), rate_minor=rate_minor)
    exact = Fraction(minutes * rate_minor, 60)
    assert isinstance(worked.amount_minor, int)
    assert -Fraction(1, 2) < worked.amount_minor - exact <= Fraction(1, 2)


def test_the_night_of_the_change_has_its_real_hours():
    night = Worked(
        name="x", start=datetime(2026, 10, 24, 22, tzinfo=BERLIN), end=datetime(2026, 10, 25, 6, tzinfo=BERLIN)
    )
    assert night.minutes == 9 * 60


@pytest.mark.parametrize("wrong", [{"end": _at(11)}, {"break_min": 500}, {"break_min": -1}, {"rate_minor": -1}])
def test_hours_that_cannot_be_are_refused(wrong):
    with pytest.raises(UsageError):
        msgspec.structs.replace(SESSION.worked[0], **wrong)


def test_without_a_rate_no_money_isshown_text():
    free = tuple(msgspec.structs.replace(one, rate_minor=0) for one in SESSION.worked)
    assert not msgspec.structs.replace(SESSION, worked=free).page()["paid"]


@pytest.mark.parametrize("sheet", [CALL, SESSION], ids=["call", "session"])
@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("us-letter", (612, 792))])
def test_the_pdf_is_one_page_and_the_same_each_time(sheet, paper, size):
    pdf = as_pdf(sheet, paper)
    assert pdf == as_pdf(sheet, paper)
    assert page_sizes(pdf) == [size]
    assert sheet.stamp.strftime("D:%Y%m%d%H%M%S").encode() in pdf
    assert b"pdfaid:part>2<" in pdf
    assert pdf != as_pdf(msgspec.structs.replace(sheet, title="Another"), paper)


EVIL = (
    '#panic("x") #read("/etc/passwd") ]}) $ ` \\ // /* <a> @b *bold* _it_ = H\n- x " {{ #sys.inputs '
    '#eval("1+1") \x00\x1b\ud800'
)


def test_words_are_never_code():
    sheets = [_all_words(CALL, EVIL), _all_words(SESSION, EVIL)]
    for sheet in sheets:
        pdf = as_pdf(sheet)
        assert pdf.startswith(b"%PDF")
        shown = " ".join(shown_text(pdf).split())
        assert '#panic("x")' in shown
        assert '#eval("1+1")' in shown
        assert "root:" not in shown


def test_letters_of_any_script_make_a_sheet_and_what_no_font_has_is_told(monkeypatch):
    names = ("美空 ひばり", "Jürgen Ærø", "Лев", "Ελένη", "שלום", "🎤 Mara", "\ue000", "김")
    sheet = msgspec.structs.replace(CALL, calls=tuple(Call(name=name, at=_at(12)) for name in names))
    for options in ({}, {"ignore_system_fonts": True}):
        monkeypatch.setattr("controlroom.sound.drawing.paper._ALL_FONTS", {"pdf_standards": "a-2u", **options})
        monkeypatch.setattr("controlroom.sound.drawing.paper._ANY_PDF", options)
        shown = shown_text(as_pdf(sheet))
        for name in ("Jürgen Ærø", "Лев", "Ελένη", "Mara"):
            assert name in shown
        assert ("美空" in shown) != ("may stand for a letter" in shown)
    assert "?? ???" in shown


def test_long_sheets_go_over_several_pages_in_time():
    many = msgspec.structs.replace(
        CALL,
        title="A title that is much too long for one line of the sheet, and for two, and still goes on " * 3,
        calls=CALL.calls * 40,
        songs=CALL.songs * 40,
        notes="word " * 4000 + "x" * 3000,
    )
    began = time.process_time()
    assert len(page_sizes(as_pdf(many))) > 5
    assert time.process_time() - began < 20


@pytest.mark.parametrize("count", [0, 1, 3, 4, 12])
def test_everybody_s_number_is_on_the_sheet(count):
    contacts = tuple(Contact(name=f"Person {k}", phone=f"+49 30 000 {k:04}") for k in range(count))
    shown = shown_text(as_pdf(msgspec.structs.replace(CALL, contacts=contacts)))
    assert all(one.name in shown and one.phone in shown for one in contacts)
    assert ("IF SOMETHING IS LATE" in shown.upper()) == (count > 0)


def test_an_almost_empty_sheet_is_a_sheet():
    bare = CallSheet(title="x", studio="y", start=_at(1), end=_at(2), place=Place(name="z"), stamp=CALL.stamp)
    assert len(page_sizes(as_pdf(bare))) == 1
    bare = SessionSheet(title="x", studio="y", place="", start=_at(1), end=_at(2), stamp=CALL.stamp, currency="JPY")
    assert len(page_sizes(as_pdf(bare))) == 1


def _all_words(value, words):
    """`value` with every free text replaced."""
    if isinstance(value, str):
        return words
    if isinstance(value, tuple):
        return tuple(_all_words(one, words) for one in value)
    if isinstance(value, msgspec.Struct):
        kept = {"zone", "currency"}
        fields = msgspec.structs.asdict(value).items()
        return msgspec.structs.replace(value, **{key: _all_words(one, words) for key, one in fields if key not in kept})
    return value
