"""Sorting: what speaks for which kind, what makes a message urgent, and that every verdict says why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from controlroom.rooms.correspondence.message import Address, Attachment, Link, Message
from controlroom.rooms.correspondence.triage import (
    Circumstances,
    Letter,
    Person,
    Rules,
    Song,
    TodaySession,
    Verdict,
    triage,
)

NOW = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
MAYA = "maya@mail.example.org"
SOUND = Attachment(part="2", name="song.mp3", media_type="audio/mpeg", size=9000, is_audio=True)


def mail(text: str = "", subject: str = "", sender: str = MAYA, **more: Any) -> Message:
    address = Address(email=sender, name="Maya Holt")
    return Message(message_id="1@x", sent_at=NOW, from_=address, subject=subject, text=text, **more)


def verdict(message: Message, rules: Rules | None = None, **known: Any) -> Verdict:
    return triage(message, Circumstances(now=NOW, **known), rules or Rules.shipped())


def said(found: Verdict) -> list[str]:
    return [reason.says() for reason in found.reasons]


def test_audio_from_a_stranger_is_a_demo_and_says_so() -> None:
    found = verdict(mail("hi there", attachments=(SOUND, SOUND, SOUND)))
    assert (found.kind, found.by) == ("demo", "rule")
    assert "3 audio files attached and no earlier thread" in said(found)


def test_one_file_is_spoken_of_in_the_singular() -> None:
    assert "an audio file attached and no earlier thread" in said(verdict(mail("hi", attachments=(SOUND,))))


def test_a_link_to_where_audio_lives_is_a_demo() -> None:
    link = Link(url="https://we.tl/t-1", host="we.tl", kind="wetransfer")
    assert verdict(mail("three songs we made: https://we.tl/t-1", links=(link,))).kind == "demo"


def test_a_word_of_demos_without_sound_is_none() -> None:
    assert verdict(mail("May I send you my demo some day? I wrote a few songs.")).kind == "other"


def test_audio_of_a_song_in_work_is_a_new_version() -> None:
    people = {MAYA: Person(name="Maya Holt", songs=("Paper Lanterns",), we_wrote=True)}
    found = verdict(mail("here you go", "Paper Lanterns bass", attachments=(SOUND,)), people=people)
    assert found.kind == "note"
    assert "an audio file attached, about Paper Lanterns, which is in work" in said(found)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("approval_request", "note"),
        ("version", "note"),
        ("session_call", "scheduling"),
        ("invoice_reminder", "business"),
    ],
)
def test_an_answer_is_of_the_kind_of_our_letter(kind: str, expected: str) -> None:
    letters = {"ours@x": Letter(kind=kind)}
    assert verdict(mail("👍", in_reply_to="ours@x"), letters=letters).kind == expected


def test_a_thread_is_found_by_any_reference() -> None:
    letters = {"ours@x": Letter(kind="session_call")}
    message = mail("ok", in_reply_to="theirs@x", references=("ours@x", "theirs@x"))
    assert verdict(message, letters=letters).kind == "scheduling"


@pytest.mark.parametrize("method", ["REPLY", "COUNTER", "REQUEST", "CANCEL"])
def test_calendar_parts_are_scheduling(method: str) -> None:
    assert verdict(mail(calendars=(f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\n",))).kind == "scheduling"


def test_words_are_quoted_as_they_stand() -> None:
    found = verdict(mail("Vocal UP a touch in the second chorus, please. Snare too loud."))
    assert found.kind == "note"
    assert any("“Vocal UP”" in sentence and "“second chorus”" in sentence for sentence in said(found))


def test_nothing_at_all_is_other_and_has_a_reason() -> None:
    found = verdict(Message(message_id="1@x"))
    assert (found.kind, said(found)) == ("other", ["nothing in it speaks for anything else"])


def test_who_comes_today_is_urgent_whatever_they_write() -> None:
    start = NOW + timedelta(hours=2)
    session = TodaySession(title="Drums", start=start, end=start + timedelta(hours=6), people=frozenset({MAYA}))
    found = verdict(mail("which door was it?"), people={MAYA: Person(name="Maya Holt")}, sessions=(session,))
    assert (found.urgent, found.label, found.kind) == (True, "urgent", "scheduling")
    assert said(found)[0] == "Maya Holt comes today (Drums, 11:30)"
    assert not verdict(mail("which door?", sender="else@x.example.org"), sessions=(session,)).urgent


def test_old_mail_of_who_comes_today_can_wait() -> None:
    start = NOW + timedelta(hours=2)
    session = TodaySession(title="Drums", start=start, end=start + timedelta(hours=6), people=frozenset({MAYA}))
    old = Message(message_id="1@x", sent_at=NOW - timedelta(days=3), from_=Address(email=MAYA), text="which door?")
    assert not verdict(old, sessions=(session,)).urgent


@pytest.mark.parametrize(("days", "urgent"), [(0, True), (4, True), (5, False), (-1, False)])
def test_a_release_that_is_near(days: int, urgent: bool) -> None:
    on = NOW.date() + timedelta(days=days)
    found = verdict(
        mail("the fade on Paper Lanterns is too short"),
        people={MAYA: Person(songs=("Paper Lanterns",))},
        songs=(Song(title="Paper Lanterns", due_on=on, due="release"),),
    )
    assert found.urgent is urgent


def test_the_release_is_named_with_its_day() -> None:
    songs = (Song(title="Paper Lanterns", due_on=date(2026, 5, 15), due="release"),)
    found = verdict(mail("Paper Lanterns: the mix"), people={MAYA: Person()}, songs=songs)
    assert said(found)[0] == "the release of Paper Lanterns is on Friday, 15 May"


@pytest.mark.parametrize(("days", "urgent"), [(7, False), (8, True)])
def test_who_waits_for_longer_than_a_week(days: int, urgent: bool) -> None:
    person = Person(name="Maya", songs=("Halogen",), waiting_since=NOW - timedelta(days=days, hours=1))
    found = verdict(mail("hello?"), people={MAYA: person})
    assert found.urgent is urgent
    assert ("Maya has waited 8 days for an answer" in said(found)) is urgent


def test_a_stranger_who_sent_a_demo_long_ago_can_wait() -> None:
    person = Person(waiting_since=NOW - timedelta(days=30))
    assert not verdict(mail("did you listen?"), people={MAYA: person}).urgent


@pytest.mark.parametrize(
    "text",
    [
        "We need it as soon as possible.",
        "Wir brauchen das dringend.",
        "Lo necesitamos cuanto antes.",
        "Il nous le faut au plus vite.",
        "至急お願いいたします。",
        "Precisamos disso o quanto antes.",
        "Ci serve il prima possibile.",
        "Vi behöver den snarast.",
    ],
)
def test_words_that_mean_it(text: str) -> None:
    assert verdict(mail(text)).urgent


@pytest.mark.parametrize("text", ["No rush, whenever you have time. It is not urgent.", "The drums feel urgent now."])
def test_words_that_do_not_mean_it(text: str) -> None:
    assert not verdict(mail(text)).urgent


def test_a_newsletter_is_never_urgent() -> None:
    found = verdict(mail("URGENT: last chance, ends tonight! Unsubscribe.", bulk=True))
    assert (found.kind, found.urgent) == ("newsletter", False)


PHISHING = "Dear customer, your account has been suspended. Verify your account: http://203.0.113.5/login"
TRAP = Link(url="http://203.0.113.5/login", host="203.0.113.5")


def test_junk_needs_strong_evidence_and_is_never_urgent() -> None:
    found = verdict(mail(f"URGENT! {PHISHING}", links=(TRAP,)))
    assert (found.kind, found.urgent) == ("junk", False)
    assert verdict(mail("Dear customer, please click.")).kind != "junk"


def test_whom_we_wrote_to_is_never_junk() -> None:
    found = verdict(mail(PHISHING, links=(TRAP,)), people={MAYA: Person(we_wrote=True)})
    assert found.kind != "junk"
    letters = {"ours@x": Letter()}
    assert verdict(mail(PHISHING, links=(TRAP,), in_reply_to="ours@x"), letters=letters).kind != "junk"


def test_what_brings_music_is_never_junk_by_rules() -> None:
    shouting = "GUARANTEED HIT!!! millions of streams, real followers, promote my song, act now"
    assert verdict(mail(shouting, "LISTEN TO THIS NOW", attachments=(SOUND,))).kind == "demo"


def test_a_name_that_is_not_theirs() -> None:
    message = Message(
        message_id="1@x",
        from_=Address(email="service@paypal-help.example.net", name="PayPal Service"),
        text="Confirm your identity within 24 hours.",
    )
    found = verdict(message)
    assert found.kind == "junk"
    assert any("PayPal Service" in sentence and "paypal-help.example.net" in sentence for sentence in said(found))


def test_a_bounce_is_no_junk_and_not_urgent() -> None:
    found = verdict(mail("urgent: returned", bounced=("ours@x",), automatic=True))
    assert (found.kind, found.urgent) == ("other", False)


def test_a_word_of_another_language_does_not_count() -> None:
    spanish = mail(
        "Para evitar el bloqueo preventivo de la cuenta no hay que hacer nada, ya está en orden con el banco."
    )
    assert not any("preventivo”" in sentence for sentence in said(verdict(spanish)) if "business" in sentence)


def test_confidence_is_a_share_and_grows_with_evidence() -> None:
    weak, strong = verdict(mail("snare")), verdict(mail("Vocal up, snare too loud, less reverb.", "mix notes"))
    assert 0 < weak.confidence < strong.confidence <= 1


def test_a_title_that_is_a_word_counts_as_it_is_spelt() -> None:
    songs = (Song(title="Home", due_on=date(2026, 5, 13)), Song(title="Paper Lanterns"))
    assert not verdict(mail("I recorded it at home"), people={MAYA: Person()}, songs=songs).urgent
    assert verdict(mail("the snare on Home"), people={MAYA: Person()}, songs=songs).urgent
    assert verdict(mail("the snare on home"), people={MAYA: Person(songs=("Home",))}, songs=songs).urgent


def test_sound_after_our_letter_about_a_demo_is_a_demo_again() -> None:
    letters = {"ours@x": Letter(kind="feedback", song="Slip Road")}
    link = Link(url="https://we.tl/t-1", host="we.tl", kind="wetransfer")
    found = verdict(
        mail("I re-sang it and took the synths out: https://we.tl/t-1", in_reply_to="ours@x", links=(link,)),
        letters=letters,
    )
    assert found.kind == "demo"
    assert "a link to where audio lives, after our letter about their demo" in said(found)


def test_an_address_on_the_web_says_nothing() -> None:
    found = verdict(mail("look: https://www.example.net/newsletter/invoice/contract/article"))
    assert (found.kind, said(found)) == ("other", ["nothing in it speaks for anything else"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Does the deal still stand: 60/40 on the publishing?", "business"),
        ("Can you do 19-21 April? I'm free all three days.", "scheduling"),
    ],
)
def test_days_are_no_shares(text: str, kind: str) -> None:
    found = verdict(mail(text))
    assert found.kind == kind
    assert any("60/40" in sentence for sentence in said(found)) is (kind == "business")


def test_a_few_words_about_a_day_by_somebody_known() -> None:
    people = {MAYA: Person(name="Maya", songs=("Halogen",), we_wrote=True)}
    assert verdict(mail("saturday then?"), people=people).kind == "scheduling"
    dayless = verdict(mail("it rained on the train"), people=people)
    assert "a few words about a day or an hour" not in said(dayless)


def test_a_house_in_danger_is_urgent() -> None:
    found = verdict(mail("There is a water leak above the live room.", "Studio B"))
    assert found.urgent


def test_a_false_name_makes_its_papers_worthless() -> None:
    link = Link(url="http://tunecore-verify.example.org/", host="tunecore-verify.example.org")
    text = "Your royalty statement could not be paid. Verify your identity: http://tunecore-verify.example.org/"
    message = Message(
        message_id="1@x",
        sent_at=NOW,
        from_=Address(email="support@tunecore-verify.example.org", name="TuneCore"),
        subject="Royalty statement",
        text=text,
        links=(link,),
    )
    found = verdict(message)
    assert found.kind == "junk"
    assert any("which is not theirs" in sentence for sentence in said(found))


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Dzień dobry, czy mogę zadać pytanie o studio? Czy przyjmują Państwo praktykantów?", "Pytanie"),
        ("안녕하세요. 녹음실 견학이 가능한지 여쭤보고 싶습니다. 감사합니다.", "문의드립니다"),
        ("", ""),
        ("This is disgraceful. I want my money back.", "ABSOLUTELY FED UP"),
    ],
)
def test_a_person_is_never_junk(text: str, subject: str) -> None:
    found = verdict(mail(text, subject))
    assert found.kind != "junk"
    assert said(found)


def test_a_demo_in_a_language_without_words_is_a_demo() -> None:
    assert (
        verdict(mail("W załączniku przesyłam nagranie. Pozdrawiam", "Moja piosenka", attachments=(SOUND,))).kind
        == "demo"
    )


def test_dutch_is_spoken() -> None:
    assert (
        verdict(mail("In de bijlage vind je de factuur. Graag betalen binnen 30 dagen.", "Factuur")).kind == "business"
    )
